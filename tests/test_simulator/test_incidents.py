"""Incidents are data; each has its own luck, so that one more moves no other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.incidents import Incident, Kind, When, condition, read_incident, resolved, when_told
from simulator.units import DAY, HOUR, day

KINDS = {"burst": Kind("more people come"), "pause": Kind("labels wait")}
RING = Incident("ring", "burst", day(30), jitter=day(5))


def starts(incident: Incident, seeds: int = 2000) -> np.ndarray:
    """Return the start of *incident* under many seeds [s]."""
    return np.array([resolved((incident,), seed)[0].at for seed in range(seeds)])


def spread_holds(at: np.ndarray, centre: float, jitter: float) -> bool:
    """Tell whether starts *at* are uniform within *jitter* around *centre*: range, mean and variance."""
    inside = np.abs(at - centre).max() <= jitter
    n = len(at)
    mean = abs(at.mean() - centre) < 4 * jitter / math.sqrt(3 * n)
    variance = abs(at.var() / (jitter**2 / 3) - 1) < 4 * math.sqrt(0.8 / n)
    return bool(inside and mean and variance)


def test_a_start_is_spread_evenly_within_its_jitter():
    assert spread_holds(starts(RING), day(30), day(5))


@pytest.mark.parametrize("jitter", [0.95 * day(5), 1.05 * day(5)])
def test_twin_a_jitter_5_percent_off_is_noticed(jitter):
    assert not spread_holds(starts(Incident("ring", "burst", day(30), jitter=jitter)), day(30), day(5))


@given(
    st.integers(0, 2**62),
    st.permutations([RING, Incident("b", "burst", day(3), jitter=DAY), Incident("c", "pause", day(9))]),
)
def test_an_incident_does_not_notice_the_others(seed, timeline):
    together = {incident.name: incident for incident in resolved(tuple(timeline), seed)}
    assert together["ring"] == resolved((RING,), seed)[0]
    assert resolved(tuple(timeline), seed) == resolved(tuple(timeline), seed)


def test_what_has_been_resolved_stays_where_it_is():
    once = resolved((RING,), 7)
    assert resolved(once, 8) == once
    assert Incident("c", "pause", day(9)) == resolved((Incident("c", "pause", day(9)),), 7)[0]


def test_no_incident_starts_before_take_off():
    assert (starts(Incident("early", "burst", HOUR, jitter=DAY), 200) >= 0).all()


def test_an_incident_ends_after_it_has_lasted_or_never():
    assert Incident("a", "burst", 5.0, lasts=3.0).end == 8.0
    assert Incident("a", "burst", 5.0).end == math.inf


@pytest.mark.parametrize(
    ("test", "reading", "holds"),
    [("above", 5.1, True), ("above", 5.0, False), ("below", 4.9, True), ("below", 5.0, False),
     ("above", math.nan, False), ("below", math.nan, False)],
)  # fmt: skip
def test_a_condition_holds_strictly_and_never_for_nan(test, reading, holds):
    assert When("queue", test, 5.0).holds(reading) is holds


def test_a_condition_is_above_or_below():
    with pytest.raises(BadInput, match="above, below"):
        When("queue", "over", 5.0)


def test_an_incident_is_read_from_a_table():
    data = {
        "name": "rush",
        "kind": "burst",
        "at": "3d",
        "lasts": "2h",
        "size": 2,
        "when": {"gauge": "queue", "below": 3},
    }
    assert read_incident(data, KINDS) == Incident(
        "rush", "burst", day(3), lasts=2 * HOUR, size=2, when=When("queue", "below", 3.0)
    )


GOOD = {"name": "rush", "kind": "burst", "at": "3d"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nam": "x"}, "did you mean 'name'"), ({"distractor": True}, "unknown key"),
        ({"kind": "brust"}, "did you mean 'burst'"), ({"kind": ["burst"]}, "kind"), ({"kind": 3}, "kind"),
        ({"at": "soon"}, "at 'soon'"), ({"at": -1}, "at"), ({"at": math.nan}, "at"), ({"at": 10**400}, "at"),
        ({"lasts": math.inf}, "lasts"), ({"jitter": "x"}, "jitter"), ({"says": 3}, "says"),
        ({"name": 3}, "name"), ({"name": ""}, "name"), ({"name": "a\nb"}, "name"), ({"name": "x" * 1000}, "name"),
        ({"size": "big"}, "size"), ({"size": True}, "size"), ({"size": math.nan}, "size"), ({"size": 10**400}, "size"),
        ({"when": {"gauge": "q"}}, "a condition"), ({"when": {"gauge": "q", "above": "x"}}, "number"),
        ({"when": {"gauge": "q", "above": math.nan}}, "condition"), ({"when": "now"}, "the condition"),
        ({"when": {"gauge": "q", "above": 10**400}}, "condition"),
        ({"when": {"gauge": ["q"], "above": 1}}, "condition"),
    ],
    ids=lambda value: ascii(value)[:40] if isinstance(value, dict) else "",
)  # fmt: skip
def test_a_bad_incident_is_refused_in_one_line_that_names_the_key(change, says):
    with pytest.raises(BadInput, match=says) as error:
        read_incident({**GOOD, **change}, KINDS)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("key", ["name", "kind", "at"])
def test_an_incident_needs(key):
    with pytest.raises(BadInput, match=f"needs a {key}"):
        read_incident({k: v for k, v in GOOD.items() if k != key}, KINDS)


@pytest.mark.parametrize(
    "data", [{}, {"gauge": "q", "above": 1, "below": 2}, [], "x", None, {"gauge": "q", "above": True}]
)
def test_a_condition_is_one_gauge_and_one_test(data):
    with pytest.raises(BadInput):
        condition(data)


def test_an_incident_is_written_for_people():
    assert when_told(Incident("a", "burst", day(30))) == "day 30"
    assert when_told(Incident("a", "burst", day(30), lasts=day(9))) == "days 30-39"
    assert when_told(Incident("a", "burst", 130.0), 15.0) == "2:10"
    assert when_told(Incident("a", "burst", 300.0, lasts=60.0), 15.0) == "5:00-6:00"
