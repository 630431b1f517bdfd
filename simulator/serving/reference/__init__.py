"""The readable data plane: what the compiled loop does, as a SimPy process per request - slow, and held against it."""
