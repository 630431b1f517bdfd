"""Says what makes the numbers of a run, and in which version."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["versions"]

_MADE_BY = ("ml-windtunnel", "numpy", "scipy", "scikit-learn", "river", "simpy")


@cache
def versions() -> dict[str, str]:
    """Return what makes the numbers, and in which version."""
    return {"python": platform.python_version(), **{name: _version(name) for name in _MADE_BY}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
