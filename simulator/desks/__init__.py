"""What desks that act on scores have in common: people who look, labels by silence, instruments on the wall."""
