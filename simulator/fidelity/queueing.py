"""Checks of the queueing area: the data plane against queueing theory, on published settings and on more."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.fidelity import fleets, identities, losses, ranks, stores, storms, unlisted, waits
from simulator.fidelity.table import Check

__all__ = ["LEFT_OUT", "checks"]

_CALIBRATE = "a figure to calibrate a world with, not a test"
LEFT_OUT: Mapping[str, str] = {
    "q.tail.leaf": _CALIBRATE,
    "q.azure": _CALIBRATE,
    "q.sre": "defaults to configure clients with, not a test",
}
"""Target -> why it is not tried here."""


def checks() -> list[Check]:
    """List the checks of the area."""
    areas = (storms, identities, losses, stores, ranks, waits, fleets, unlisted)
    return [check for area in areas for check in area.checks()]
