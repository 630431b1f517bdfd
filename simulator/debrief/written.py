"""Sections of a debrief as JSON, and back."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from simulator.debrief.results import Attribution, Debrief, Knowable, Luck, Moves, Regret
from simulator.errors import BadInput, unknown

__all__ = ["dumped", "loaded"]

_SHAPES: Mapping[str, Any] = {
    "beginning": Debrief,
    "debrief": Debrief,
    "attribution": Attribution,
    "orders": Attribution,
    "siblings": Attribution,
    "moves": Moves,
    "knowable": tuple[Knowable, ...],
    "luck": Luck,
    "regret": Regret,
}


def dumped(name: str, thing: object) -> str:
    """Write the section called *name*, `beginning`, or a whole `debrief`, as one JSON document.

    What is no finite number is written as `NaN`, `Infinity` or `-Infinity` in quotes; where any data may stand, as
    null.
    """
    _shape(name)
    return json.dumps(_plain(thing), allow_nan=False)


def loaded(name: str, text: str | bytes) -> Any:
    """Read what `dumped` wrote; BadInput where it is something else, as after a change of what a debrief holds."""
    try:
        return _shape(name).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"{name} of a debrief: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _shape(name: str) -> TypeAdapter[Any]:
    if name not in _SHAPES:
        raise unknown("section of a debrief", name, _SHAPES)
    return _adapter(name)


@functools.cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_SHAPES[name])


def _plain(value: Any, loose: bool = False) -> Any:
    """Return *value* as JSON has it; *loose* data has no type that would turn a word into a number again."""
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name), "Any" in str(f.type)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one, loose) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, loose) for one in value]
    if isinstance(value, np.generic):
        return _plain(value.item(), loose)
    if isinstance(value, float) and not math.isfinite(value):
        return None if loose else json.dumps(value)
    return value
