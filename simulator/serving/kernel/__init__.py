"""The compiled data plane: a next-event loop on rows, one source for numba and for plain Python."""
