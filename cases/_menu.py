"""The menu of rankers: how long real scikit-learn models take and how good they are, measured once and stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Entry", "measured_on", "ranker"]


@dataclass(frozen=True)
class Entry:
    """What one model on the menu takes and brings; times are of one call in one thread."""

    fixed_ms: float
    """of a call, however few rows it scores"""
    per_row_ms: float
    """on top of it, for each row of the call"""
    sigma: float
    """of the lognormal that spreads like the calls"""
    auc: float
    """on rows the model has not seen"""
    p50_ms: dict[int, float]
    """the median call, by rows"""
    p99_ms: dict[int, float]
    """the call that one in a hundred exceeds, by rows"""


@cache
def ranker() -> dict[str, Entry]:
    """Return the models by name."""
    return {name: _entry(found) for name, found in _stored()["models"].items()}


def measured_on() -> str:
    """Say on what the times were measured, in one line for the sources of a case."""
    found = _stored()["measured"]
    machine = f"{found['processor']}, {found['cores']} cores ({found['threads']} thread used)"
    software = f"Python {found['python']}, numpy {found['numpy']}, scikit-learn {found['scikit_learn']}"
    return f"{machine}, {software}, on {found['date']} (UTC)"


@cache
def _stored() -> dict[str, Any]:
    text = resources.files("cases").joinpath("menus", "ranker.json").read_text(encoding="utf-8")
    stored: dict[str, Any] = json.loads(text)
    return stored


def _entry(found: dict[str, Any]) -> Entry:
    sums = {part: found[part] for part in ("fixed_ms", "per_row_ms", "sigma", "auc")}
    return Entry(**sums, p50_ms=_by_rows(found, "p50"), p99_ms=_by_rows(found, "p99"))


def _by_rows(found: dict[str, Any], quantile: str) -> dict[int, float]:
    return {int(rows): found["batches"][rows][quantile] for rows in sorted(found["batches"], key=int)}
