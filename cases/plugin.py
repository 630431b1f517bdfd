"""The pytest plugin: what a test of a policy asks for by name."""

__all__: list[str] = []
