"""Stretches of a flight: which there are, and how they differ."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.exhibits.stretches import (
    CALM,
    by_action,
    by_version,
    fallen,
    fell_short,
    misreported,
    share_of,
    stretches,
)
from simulator.incidents import Incident
from simulator.units import day
from simulator.world.labels import Landed

FAIR, JUMP = Incident("fair", "season", day(2), lasts=day(1)), Incident("jump", "jump", day(4))
ASKED, WORTH = day(1) * np.arange(8), np.array([8.0, 8.0, 7.0, 8.0, 2.0, 4.0, 8.0, 8.0])


def flown(**columns: Any) -> Any:
    return SimpleNamespace(until=day(8), **columns)


def test_each_incident_has_its_time_as_far_as_it_was_flown():
    names = {"fair": "the fair", "jump": "the jump"}
    assert stretches(flown(), (FAIR, JUMP), names, day(2)) == {
        CALM: (0.0, day(2)), "the fair": (day(2), day(3)), "the jump": (day(4), day(6)),
    }  # fmt: skip
    assert set(stretches(flown(), (FAIR, JUMP), names, day(5))) == {CALM, "the fair"}
    assert stretches(flown(), (), names, day(5)) == {CALM: (0.0, day(8))}


def test_what_fell_short_is_against_the_calm_days():
    of = {CALM: (0.0, day(2)), "the fair": (day(2), day(3)), "the jump": (day(4), day(6))}
    assert fell_short(WORTH, ASKED, of) == {"the fair": 1.0, "the jump": 5.0}
    assert fallen(WORTH, ASKED, (day(4), day(6))) == pytest.approx(7.5 - 3.0)
    assert math.isnan(fallen(WORTH, ASKED, None))


def test_labels_that_lie_are_counted_among_the_positives():
    landed = Landed.of([(0, 0, 1.0), (1, 1, 2.0), (2, 0, 3.0), (3, 0, 9.0)])
    tape: Any = SimpleNamespace(truths=SimpleNamespace(label=np.array([True, True, False, True])))
    assert misreported(flown(landed=landed), tape, (0.0, 5.0)) == 0.5
    assert math.isnan(misreported(flown(landed=landed), tape, None))


def test_means_by_version_and_by_action():
    score = np.array([0.1, 0.2, math.nan, 0.3, 0.4, 0.5, 0.6, 0.7])
    book = SimpleNamespace(
        score=score, version=np.array([1, 1, 1, 2, 2, 3, 3, 3]), result=np.array([2, 2, 2, 2, 3, 2, 2, 2]),
        action=np.array([0, 0, 1, 1, 1, 1, 2, 0]),
    )  # fmt: skip
    assert by_version(flown(outcomes=book), WORTH, 2) in (
        {"version 1": 8.0, "version 3": pytest.approx(20 / 3)}, {"version 2": 5.0, "version 3": pytest.approx(20 / 3)},
    )  # fmt: skip
    found = by_action(flown(outcomes=book), WORTH, 2, {0: "best", 1: "other"})
    assert found == {"best": 8.0, "other": pytest.approx(19 / 3)}


def test_a_share_is_of_those_who_came_in_the_stretch():
    assert share_of(WORTH < 5, ASKED, (day(4), day(7))) == pytest.approx(2 / 3)
    assert math.isnan(share_of(WORTH < 5, ASKED, None))
