"""Queueing theory in closed form: the answers that the simulator has to agree with."""
