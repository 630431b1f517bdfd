"""Each closer look at a flight opens in a browser."""

from __future__ import annotations

import pytest
from flown import closer_looks, land, reads

pytestmark = pytest.mark.browser


def broken(page) -> list[str]:
    """Open each closer look, and name those that break."""
    return [name for name in closer_looks(page) if "Something broke" in reads(page)]


@pytest.mark.soak
def test_each_closer_look_opens(page, watch, in_flight):
    in_flight("fraud_threshold", seed=31)
    land(page)
    assert broken(page) == []
    assert watch.complaints == []
