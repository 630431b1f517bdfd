"""A probe card lights when its condition first holds, by what had been read by then; what was read later counts not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from toy_case import CASE

from simulator.books.gauges import Gauges
from simulator.conditions import read_condition
from simulator.exhibits.standing import STANDING
from simulator.rounds.asking import Card
from simulator.rounds.lighting import lit
from simulator.simulation import simulate
from simulator.units import HOUR, day

LOAD = ((1.0, 5.0), (2.0, 12.0), (3.0, 15.0), (4.0, 9.0), (5.0, 20.0))
"""day, reading"""


def card(when: str, name: str = "why") -> Card:
    """Return a card that is worth asking *when*; empty = always."""
    return Card(replace(STANDING[0], name=name), read_condition(when) if when else None, (), "")


@pytest.fixture(scope="module")
def run():
    """Return a flown run whose gauge `load` reads as LOAD; its line was turned on day 2.5, and not on day 1.5."""
    plan = CASE.plan({"line": 0.7}).then(day(1.5), "", line=0.7).then(day(2.5), "", line=0.4)
    gauges = Gauges()
    for at, value in LOAD:
        gauges.mark("load", day(at), value)
    return replace(simulate(CASE, plan, 1), gauges=gauges)


@pytest.mark.parametrize(
    ("when", "first"),
    [
        ("load > 10", 2.0),
        ("load > 16", 5.0),
        ("load > 10 for 1d", 3.0),
        ("load > 10 for 2d", None),
        ("load < 10 and since 3d", 4.0),
        ("load > 16 or load < 10 and since 2d", 4.0),
        ("not load > 10 and since 3d", 4.0),
        ("line changed", 2.5),
        ("line changed and load > 16", 5.0),
        ("line unchanged and since 1d", 1.0),
        ("line unchanged for 2d and since 3d", 4.5),
        ("nobody > 1", None),
        ("never", None),
    ],
)
def test_the_first_moment_at_which_it_held(run, when, first):
    found = lit([card(when)], run, CASE, run.until)
    assert found == ({} if first is None else {"why": pytest.approx(day(first), abs=HOUR + 1.0)})


def test_a_card_without_a_condition_is_always_worth_asking(run):
    assert lit([card("")], run, CASE, 0.0) == {"why": 0.0}


def test_what_was_read_later_is_of_no_weight(run):
    assert lit([card("load > 16")], run, CASE, day(5) - 1.0) == {}
    assert lit([card("load > 16")], run, CASE, day(5)) == {"why": day(5)}


def test_as_much_is_known_at_each_moment_as_at_the_end(run):
    """Cutting the run at a moment and asking then gives what asking the whole of it about that moment gives."""
    cards = [card(when, when) for when in ("load > 10", "load > 10 for 1d", "line unchanged", "line changed")]
    whole = lit(cards, run, CASE, run.until)
    for until in (day(n / 4) for n in range(1, 25)):
        gauges = Gauges()
        for at, value in LOAD:
            if day(at) <= until:
                gauges.mark("load", day(at), value)
        cut = replace(run, gauges=gauges)
        assert lit(cards, cut, CASE, until) == {name: at for name, at in whole.items() if at <= until}


def test_a_figure_is_read_at_the_landing(run):
    name, value = next((n, v) for n, v in run.kpis().items())
    when = f"{name} > {value - 1:.6f}"
    assert lit([card(when)], run, CASE, run.until) == {"why": run.until}
    assert lit([card(when)], run, CASE, run.until - 1.0) == {}


def test_each_card_stands_for_itself(run):
    found = lit([card("load > 16", "late"), card("load > 10", "early"), card("never", "not")], run, CASE, run.until)
    assert found == {"late": day(5), "early": day(2)}
