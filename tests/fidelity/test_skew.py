"""The skew area agrees with theory, and each statistical check would notice a parameter that is a twentieth off."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from simulator.fidelity import skew
from simulator.fidelity.table import Check, Tolerance, mutated, rows

LISTED = skew.checks()
ALL = {check.id: check for check in LISTED}
LUCKY = [id for id in ALL if ALL[id].seeds]
TARGETS = ["s.noise", "s.stale", "s.missing", "s.delay.exp", "s.criteo", "s.leak", "s.fb"]


def is_off(check: Check) -> bool:
    """Tell whether a figure lies off, and not merely has too large a standard error."""
    loose = {name: replace(_tolerance(check, name), cap=math.inf) for name in check.expected}
    return not all(row.ok for row in rows(replace(check, tolerance=loose)))


def _tolerance(check: Check, name: str) -> Tolerance:
    return check.tolerance if isinstance(check.tolerance, Tolerance) else check.tolerance[name]


@pytest.mark.parametrize("id", ALL)
def test_agrees(id):
    assert [row for row in rows(ALL[id]) if not row.ok] == []


@pytest.mark.parametrize("id", LUCKY)
def test_twin(id):
    assert is_off(mutated(replace(ALL[id], seeds=ALL[id].seeds[:10])))


@pytest.mark.soak
@pytest.mark.parametrize("id", LUCKY)
def test_whole_twin(id):
    assert is_off(mutated(ALL[id]))


@pytest.mark.soak
@pytest.mark.parametrize("id", LUCKY)
def test_agrees_with_other_luck(id):
    """The committed seeds are no lucky ones."""
    assert not is_off(replace(ALL[id], seeds=tuple(seed + 1000 for seed in ALL[id].seeds)))


def test_every_target_is_tried_or_left_out_with_a_reason():
    assert len(ALL) == len(LISTED)
    assert [id for id in TARGETS if id not in ALL and id not in skew.LEFT_OUT] == []
    assert all(skew.LEFT_OUT.values()) and not set(skew.LEFT_OUT) & set(ALL)


def test_checks_are_well_formed():
    for check in LISTED:
        assert check.area == "skew" and check.source and check.mechanism
        assert json.dumps(check.setting)
        assert bool(check.seeds) == bool(check.twin)
        assert not check.seeds or 10 <= len(set(check.seeds)) == len(check.seeds) <= 30


def test_there_are_settings_off_the_list():
    more = [id for id in ALL if id.startswith("s.more.")]
    assert len(more) >= 5 and not set(more) & set(TARGETS)
