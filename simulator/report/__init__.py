"""A debrief to take along: as a page, as a post-mortem, as data; whatever people wrote stands in it as text."""

from __future__ import annotations

from importlib.util import find_spec

from simulator.debrief.results import Debrief
from simulator.errors import BadInput
from simulator.report.data import as_json

__all__ = ["FORMATS", "as_json", "html", "markdown", "ready"]

FORMATS = ("html", "md", "json")


def ready(format: str) -> None:
    """See that what a *format* needs is installed; BadInput where it is not."""
    needed = {"html": ("jinja2", "matplotlib"), "md": ("jinja2",), "json": ()}[format]
    missing = [name for name in needed if not _installed(name)]
    if missing:
        raise BadInput(f"a report needs {' and '.join(missing)}; install it with: pip install 'ml-windtunnel[report]'")


def html(debrief: Debrief, note: str = "") -> str:
    """Write *debrief* as one page that needs nothing else: no script, no network; a *note* stands below its title.

    BadInput where jinja2 or matplotlib is not installed.
    """
    ready("html")
    from simulator.report.page import page_of

    return page_of(debrief, note)


def markdown(debrief: Debrief) -> str:
    """Write *debrief* as a post-mortem in Markdown; BadInput where jinja2 is not installed."""
    ready("md")
    from simulator.report.postmortem import postmortem_of

    return postmortem_of(debrief)


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # of one that is held back
        return False
