"""The data plane: everything a request waits for, machines and people alike."""
