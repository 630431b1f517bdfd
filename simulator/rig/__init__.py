"""The test rig: a bare serving system described as data, flown by itself, with queueing theory beside it."""
