"""An axis is the part of a dial that is searched: shares of it, levels on it, and what it refuses."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from toy_case import CASE, ToyDesign

from simulator.design import Dial
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.study.axes import Axis, axes_of, plan_of, turned
from simulator.study.designs import misfit
from simulator.units import day

LINE, SERVERS = ToyDesign.dial("line"), ToyDesign.dial("servers")
RULE = Dial("choice", "Rule", "a", name="rule", options=("a", "b", "c"))
ON = Dial("switch", "On", False, name="on")
EVEN = (np.arange(6000) + 0.5) / 6000


@pytest.mark.parametrize(
    ("axis", "values"),
    [
        (Axis.of(SERVERS), (1, 2, 3, 4, 5)),
        (Axis.of(SERVERS, 2, 4), (2, 3, 4)),
        (Axis.of(RULE), ("a", "b", "c")),
        (Axis.of(RULE, options=("c", "a")), ("c", "a")),
        (Axis.of(ON), (False, True)),
    ],
)
def test_what_can_be_counted_has_equal_shares(axis, values):
    assert Counter(axis.at(share) for share in EVEN) == dict.fromkeys(values, 6000 / len(values))


def test_numbers_are_spread_evenly_and_on_a_log_scale_by_their_ratios():
    even, log = Axis.of(LINE, 0.2, 0.6), Axis.of(LINE, 0.01, 1.0, log=True)
    assert np.mean([even.at(share) for share in EVEN]) == pytest.approx(0.4)
    assert np.median([log.at(share) for share in EVEN]) == pytest.approx(0.1, rel=0.01)
    assert [log.at(0.0), log.at(1.0), even.at(0.0), even.at(1.0)] == [0.01, 1.0, 0.2, 0.6]


@pytest.mark.parametrize(
    ("axis", "levels"),
    [
        (Axis.of(LINE), (0.0, 0.5, 1.0)),
        (Axis.of(LINE, 0.001, 0.1, log=True), (0.001, 0.01, 0.1)),
        (Axis.of(SERVERS), (1, 3, 5)),
        (Axis.of(SERVERS, 1, 2), (1, 2)),
        (Axis.of(RULE), ("a", "b", "c")),
    ],
)
def test_levels_go_from_end_to_end(axis, levels):
    assert axis.levels(3) == levels


def test_values_are_told_as_they_are_flown():
    assert Axis.of(LINE).neat(0.123456) == 0.123
    assert Axis.of(LINE, 0.1234, 0.5).neat(0.12341) == 0.1234
    assert Axis.of(LINE, 0.001, 1.0, log=True).neat(0.00123456) == 0.001235
    assert Axis.of(SERVERS).neat(3.0) == 3 and Axis.of(RULE).neat("b") == "b"


def test_a_dial_has_one_axis_and_its_range_is_checked():
    assert axes_of(ToyDesign, ["line", Axis.of(SERVERS, 1, 3)]) == (Axis(LINE, 0.0, 1.0), Axis(SERVERS, 1.0, 3.0))
    assert Axis.of(LINE, 0.2, 0.6).holds(0.6) and not Axis.of(LINE, 0.2, 0.6).holds(0.7)


BAD = {
    "no dials": lambda: axes_of(ToyDesign, []),
    "twice": lambda: axes_of(ToyDesign, ["line", Axis.of(LINE)]),
    "unknown": lambda: axes_of(ToyDesign, ["lin"]),
    "of another design": lambda: axes_of(ToyDesign, [Axis.of(RULE)]),
    "empty": lambda: Axis.of(LINE, 0.5, 0.5),
    "backwards": lambda: Axis.of(LINE, 0.5, 0.1),
    "too wide": lambda: Axis.of(LINE, 0.5, 1.1),
    "half a server": lambda: Axis.of(SERVERS, 1.5, 3),
    "log from 0": lambda: Axis.of(LINE, log=True),
    "range of a choice": lambda: Axis.of(RULE, 0, 1),
    "log of a choice": lambda: Axis.of(RULE, log=True),
    "one option": lambda: Axis.of(RULE, options=("a",)),
    "unknown option": lambda: Axis.of(RULE, options=("a", "d")),
    "options of a number": lambda: Axis.of(LINE, options=(0.1, 0.2)),
    "a pilot by name": lambda: plan_of(CASE, "expert"),
    "a pilot": lambda: plan_of(CASE, CASE.pars["expert"]),
    "unknown par": lambda: plan_of(CASE, "storng"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name):
    with pytest.raises(BadInput) as error:
        BAD[name]()
    assert str(error.value).isprintable()


def test_a_search_keeps_what_its_plan_does_later():
    base = plan_of(CASE, "strong")
    plan = turned(base, {"servers": 4})
    assert plan.design == ToyDesign(servers=4, line=0.6)
    assert (plan.changes, plan.acts) == (base.changes, base.acts)
    assert plan_of(CASE, None) == Plan(ToyDesign()) and plan_of(CASE, {"line": 0.2}).design.line == 0.2


def test_what_does_not_fit_is_named():
    import dataclasses

    case = dataclasses.replace(CASE, fits=lambda design, setting: "servers: too many" * (design.servers > 3))
    later = Plan(ToyDesign()).then(day(1), line=0.2)
    assert misfit(case, turned(later, {"servers": 4})) == "servers: too many"
    assert misfit(case, turned(later, {"servers": 3})) == ""
