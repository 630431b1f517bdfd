"""Standard output is for results: one JSON document, or something for people to read."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `windtunnel --help` has to be quick
    from rich.console import Console

__all__ = ["results_only", "say", "tell"]


def results_only() -> contextlib.AbstractContextManager[object]:
    """Keep standard output for results: whatever else is printed inside goes to standard error."""
    return contextlib.redirect_stdout(sys.stderr)


def tell(json: bool, data: Callable[[], object], show: Callable[[Console], None]) -> None:
    """Print the *data* as one JSON document, or *show* them to a person."""
    from cases._export import document
    from cases._terminal import screen

    if json:
        print(document(data()))
    else:
        show(screen())


def say(text: str) -> None:
    """Tell a person something besides the results: one line on standard error."""
    print(f"windtunnel: {text}", file=sys.stderr)
