"""Says what is wrong with an input in one line: what, where, and what is allowed instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """An input that a person can mend; its message is one line and fit for a screen."""


class BrokenInvariant(AssertionError):
    """A law of the simulation failed; the message names the law, the seed and the simulated time."""


class Cancelled(Exception):
    """A run was stopped on request, cleanly, before its end."""


def unknown(kind: str, name: object, known: Iterable[str]) -> BadInput:
    """Build the error for a *name* that is not among the *known* ones; the nearest of them is suggested."""
    names = list(known)
    near = difflib.get_close_matches(name if isinstance(name, str) else shown(name), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return BadInput(f"unknown {kind} {shown(name)}; {hint}known: {', '.join(names) or 'none'}")


def shown(value: object, most: int = 60) -> str:
    """Quote a *value* of unknown origin for a one-line message: escaped, and at most *most* characters."""
    try:
        text = ascii(value)
    except (ValueError, RecursionError):  # integers of more than 4300 digits cannot be written
        return f"<{type(value).__name__} too large to show>"
    return text if len(text) <= most else text[: most - 3] + "..."
