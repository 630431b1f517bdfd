"""Mock interviews: a script as data, the state of a room, what is steered in flight, and what is written afterwards."""
