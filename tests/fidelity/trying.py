"""Tells whether a check of the fidelity table agrees, and whether it is off in earnest."""

from __future__ import annotations

import math
from dataclasses import replace

from simulator.fidelity.table import Check, Tolerance, rows


def agrees(check: Check) -> bool:
    """Tell whether every figure agrees."""
    return all(row.ok for row in rows(check))


def is_off(check: Check) -> bool:
    """Tell whether a figure lies off, and not merely has too large a standard error."""
    loose = {name: replace(tolerance(check, name), cap=math.inf) for name in check.expected}
    return not agrees(replace(check, tolerance=loose))


def tolerance(check: Check, name: str) -> Tolerance:
    """Return the tolerance of one figure."""
    return check.tolerance if isinstance(check.tolerance, Tolerance) else check.tolerance[name]
