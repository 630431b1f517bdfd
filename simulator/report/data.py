"""A debrief as data: one strict JSON document."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping

from simulator.debrief.results import Debrief

__all__ = ["as_json", "strict"]


def as_json(debrief: Debrief) -> str:
    """Write *debrief* as one strict JSON document: NaN and infinities become null; money stays in µ$, times in s."""
    return json.dumps(strict(debrief), indent=1, allow_nan=False) + "\n"


def strict(data: object) -> object:
    """Return *data* made of what JSON knows; a function is left out."""
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {field.name: strict(getattr(data, field.name)) for field in dataclasses.fields(data)}
    if isinstance(data, Mapping):
        return {str(key): strict(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [strict(value) for value in data]
    if hasattr(data, "item"):  # a number of numpy's
        data = data.item()
    return None if callable(data) or (isinstance(data, float) and not math.isfinite(data)) else data
