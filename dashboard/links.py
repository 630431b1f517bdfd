"""A draft as an address: whoever opens it, or reloads the page, has the same case, seed and dials before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cases
from dashboard.session import Draft
from simulator.errors import BadInput, shown, unknown

__all__ = ["read", "written"]

_MODES = ("training", "check")
_MOST_DIALS = 40


def written(draft: Draft) -> dict[str, str | list[str]]:
    """Return the words of an address for *draft*; none where it brings along what fits into no address."""
    if draft.scenario or draft.plan or draft.parent:
        return {}
    dials = [f"{name}={value}" for name, value in draft.dials.items()]
    words = {"case": draft.case, "level": str(draft.level), "seed": str(draft.seed), "mode": draft.mode}
    return {**words, "set": dials} if dials else dict(words)


def read(words: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what `session.start_draft` takes, from the *words* of an address; BadInput says what does not fit."""
    name, mode = _one(words, "case", ""), _one(words, "mode", "training")
    if name not in cases.names():
        raise unknown("case", name, cases.names())
    if mode not in _MODES:
        raise unknown("mode", mode, _MODES)
    case = cases.load(name)
    level, seed = _whole(words, "level", 2), _whole(words, "seed", 0)
    case.but(level=level)
    dials = dict(_dial(case.design, text) for text in list(words.get("set", ()))[:_MOST_DIALS])
    return {"case": name, "level": level, "seed": seed, "mode": mode, "dials": dials}


def _one(words: Mapping[str, Sequence[str]], name: str, default: str) -> str:
    found = list(words.get(name, ()))
    return found[-1] if found else default


def _whole(words: Mapping[str, Sequence[str]], name: str, default: int) -> int:
    text = _one(words, name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadInput(f"{name} {shown(text)} of the address is not a whole number")
    return int(text)


def _dial(design: Any, text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    dials = {dial.name: dial for dial in design.dials()}
    if name not in dials:
        raise unknown("dial", name, dials)
    return name, dials[name].read(value)
