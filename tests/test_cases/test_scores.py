"""What every case of the house owes its score: reachable lines, ordered answers, and no prize for luck."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import cases
from simulator.exhibits.standing import probes_of
from simulator.probes import Asked, Posed
from simulator.record import Look, Record
from simulator.rubric import DIMENSIONS, LEVELS
from simulator.score import Scorecard, Yardstick, score, yardstick
from simulator.simulation import fly, tape_of

NAMES = cases.names()


@cache
def measure(name: str, seed: int) -> Yardstick:
    return yardstick(cases.load(name), seed)


@cache
def flown(name: str, par: str, seed: int = 0):
    case = cases.load(name)
    return fly(case, {**case.pars, **case.traps}[par], seed)


def card(name: str, par: str, seed: int = 0) -> Scorecard:
    return score(cases.load(name), flown(name, par, seed), known=measure(name, seed))


@pytest.mark.soak  # the sheet of each case has its own tests, on fewer flights
@pytest.mark.parametrize("name", NAMES)
def test_the_four_answers_are_ordered_by_their_scores(name):
    totals = [card(name, par).total for par in LEVELS]
    assert totals == sorted(totals)
    assert len(set(totals)) == len(LEVELS)


@pytest.mark.parametrize("name", NAMES)
def test_each_case_has_anchors_of_all_dimensions_and_traps(name):
    case = cases.load(name)
    assert set(case.anchors) == set(DIMENSIONS)
    assert case.traps
    assert len(case.probes) >= 4
    assert {behaviour.dimension for behaviour in case.behaviours} <= set(DIMENSIONS)


@pytest.mark.soak  # the sheet of each case has its own tests, on fewer flights
@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_sheet_reaches_both_ends(name):
    """Some answer or trap shows it each time it is asked for, and some never; with eyes open, and shut."""
    case = cases.load(name)
    logs = [case.log(flown(name, par), record) for par in (*case.pars, *case.traps) for record in sitting(name, par)]
    for behaviour in case.behaviours:
        shares = [[one.shown for one in behaviour.occasions(log)] for log in logs]
        assert any(share and all(share) for share in shares), behaviour.text
        assert any(share and not any(share) for share in shares), behaviour.text


def sitting(name: str, par: str) -> list[Record]:
    """Return who looked at nothing, and who looked at everything just before each decision."""
    run, case = flown(name, par), cases.load(name)
    charts = [*(f"chart:{chart}" for chart in cases_charts()), *(f"panel:{group}" for group in PANELS)]
    moments = {step.at for step in case.log(run).steps()}
    return [Record(), Record(looks=tuple(Look(what, at, 0.0) for at in sorted(moments) for what in charts))]


PANELS = ("business", "system", "model", "map", "journal")


def cases_charts() -> list[str]:
    from simulator.evidence import EVIDENCE

    return list(EVIDENCE)


@pytest.mark.soak  # the sheet of each case has its own tests, on fewer flights
@pytest.mark.parametrize("name", NAMES)
def test_each_probe_has_evidence_from_each_answer(name):
    case = cases.load(name)
    for par in case.pars:
        asked = Asked(case, flown(name, par), tape_of(case, 0))
        posed = [Posed.of(probe, asked) for probe in probes_of(case)]
        assert len(posed) >= 8
        assert all(one.exhibit.text.strip() for one in posed)
        assert sum(one.check is not None for one in posed) >= 4


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_a_lucky_weak_run_does_not_outscore_an_average_strong_one(name):
    seeds = range(30)
    strong = float(np.mean([once(name, "strong", seed) for seed in seeds]))
    assert np.mean([once(name, "weak", seed) > strong for seed in seeds]) <= 0.1


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_ordered_on_average_over_many_seeds(name):
    means = [np.mean([once(name, par, seed) for seed in range(30)]) for par in LEVELS]
    assert means == sorted(means)


@cache
def once(name: str, par: str, seed: int) -> float:
    """Return a total, and let go of the run."""
    case = cases.load(name)
    total = score(case, fly(case, par, seed), known=measure(name, seed)).total
    assert total is not None
    return total
