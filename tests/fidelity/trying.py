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
    return not agrees(in_part(check, len(check.seeds)))


def in_part(check: Check, seeds: int) -> Check:
    """Cut a check down to its first *seeds*; with few of them only distances are left to judge it, no vagueness."""
    loose = {name: replace(tolerance(check, name), cap=math.inf) for name in check.expected}
    return replace(check, seeds=check.seeds[:seeds], tolerance=loose)


def tolerance(check: Check, name: str) -> Tolerance:
    """Return the tolerance of one figure."""
    return check.tolerance if isinstance(check.tolerance, Tolerance) else check.tolerance[name]
