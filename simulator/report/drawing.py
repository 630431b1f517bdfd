"""Draws figures as SVG to stand inside a page: no ids but its own, no colours but the page's, no text but as text."""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

__all__ = ["COLOURS", "WIDTH", "bare", "drawn", "keys"]

WIDTH = 640.0
"""of a figure [px]; a page may scale it"""

COLOURS = {
    "ink": "#1b2229", "soft": "#66717b", "line": "#d3d8db", "back": "#fdfdfc", "you": "#1f6fd6", "weak": "#a8650d",
    "expert": "#0d7d69", "good": "#2c8a44", "bad": "#c4372c", "other": "#7b4fb5",
}  # fmt: skip
"""the page has a variable of this name for each, with another value in the dark"""

_NAMES = {value: name for name, value in COLOURS.items()}
_COLOUR = re.compile("|".join(_NAMES))
_XLINK = "{http://www.w3.org/1999/xlink}href"
_TAGS = frozenset({"svg", "g", "path", "text", "tspan", "defs", "rect", "use"})
_KEPT = frozenset({"d", "style", "transform", "x", "y", "width", "height", "viewBox", "id"})
_SETTINGS: Any = {
    "svg.fonttype": "none", "svg.hashsalt": "windtunnel", "text.parse_math": False, "text.usetex": False,
    "font.size": 10.5, "axes.labelsize": 10.0, "xtick.labelsize": 10.0, "ytick.labelsize": 10.5,
    "legend.fontsize": 10.0,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "legend.frameon": False,
    "text.color": COLOURS["ink"], "axes.labelcolor": COLOURS["soft"], "axes.edgecolor": COLOURS["line"],
    "xtick.color": COLOURS["line"], "ytick.color": COLOURS["line"], "xtick.labelcolor": COLOURS["soft"],
    "ytick.labelcolor": COLOURS["ink"], "grid.color": COLOURS["line"], "grid.linewidth": 0.6,
    "figure.facecolor": "none", "savefig.facecolor": "none", "axes.facecolor": "none", "path.simplify_threshold": 0.5,
}  # fmt: skip
_ONE_AT_A_TIME = threading.Lock()  # settings and warnings belong to the whole process


def drawn(name: str, told: str, height: float, paint: Callable[[Figure], None]) -> str:
    """Return what *paint* draws, *height* [px] high, as an `svg` element; *told* says what it shows to who cannot see.

    *name* keeps what is referred to inside apart from other figures of a page.
    """
    with _ONE_AT_A_TIME, mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what no font here can draw, the reader's can
        figure = Figure(figsize=(WIDTH / 72, height / 72), layout="constrained")
        FigureCanvasSVG(figure)
        paint(figure)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    root = ElementTree.fromstring(file.getvalue())
    _trim(root, re.sub(r"\W", "-", name))
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": told}
    return ElementTree.tostring(root, encoding="unicode")


def bare(axes: Axes, grid: str = "x") -> None:
    """Take frame and ticks from *axes*, and draw the grid across the axis called *grid*."""
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.grid(axis=grid)  # type: ignore[arg-type]


def keys(axes: Axes, named: dict[str, Any], columns: int = 3) -> None:
    """Write above *axes* what its marks mean: name -> one of them; a name is text, whatever it begins with."""
    places = [str(place) for place in range(len(named))]
    legend = axes.legend(
        list(named.values()), places, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.2,
        handlelength=1.6, columnspacing=1.4,
    )  # fmt: skip
    for text, name in zip(legend.get_texts(), named, strict=True):
        text.set_text(name)


# what matplotlib wrote, reduced to what may stand in a page


def _trim(root: ElementTree.Element, name: str) -> None:
    used = _used(root)
    for parent in list(root.iter()):
        for child in list(parent):
            if _bare_tag(child) not in _TAGS:
                parent.remove(child)
    for element in root.iter():
        element.tag = _bare_tag(element)
        element.attrib = _attributes(element.attrib, name, used)


def _bare_tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _used(root: ElementTree.Element) -> set[str]:
    """Return the ids that something refers to."""
    return {element.attrib[_XLINK].lstrip("#") for element in root.iter() if _XLINK in element.attrib}


def _attributes(old: dict[str, str], name: str, used: set[str]) -> dict[str, str]:
    kept = {key: value for key, value in old.items() if key in _KEPT and (key != "id" or value in used)}
    if _XLINK in old:
        kept["href"] = f"#{name}-{old[_XLINK].lstrip('#')}"
    if "id" in kept:
        kept["id"] = f"{name}-{kept['id']}"
    if "style" in kept:
        kept["style"] = _COLOUR.sub(lambda found: f"var(--{_NAMES[found[0]]})", kept["style"])
    return kept
