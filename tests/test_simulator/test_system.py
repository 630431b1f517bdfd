"""The laws of a run are always watched: whoever breaks one stops the run, and is told the seed and the time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from toy_case import CASE, build

from simulator.errors import BrokenInvariant
from simulator.simulation import simulate
from simulator.system import Ended, Endings, Scored, System
from simulator.units import DAY, day
from simulator.world.labels import Landed

WHEN = day(2.5)


def broken(how):
    """Make a case that behaves until day 2.5; then *how(system, parts)* acts, or says which parts go wrong."""

    def wire(system: System, setting, incidents):
        parts = build(system, setting, incidents)
        wrong: dict = {}

        def late(name):
            good = getattr(parts, name)
            return lambda *given: wrong[name](good, *given) if name in wrong else good(*given)

        system.clock.call(WHEN, lambda: wrong.update(how(system, parts) or {}))
        return replace(
            parts, **{name: late(name) for name in ("score", "serve", "decide", "respond", "price", "owe", "learn")}
        )

    return replace(CASE, build=wire)


def with_column(name: str, value: float):
    """Let the first row of what a part returns have a wrong *value* in the column *name*."""

    def wrong(good, *given):
        result = good(*given)
        column = np.array(getattr(result, name), dtype=float)
        column[:1] = value
        return replace(result, **{name: column})

    return wrong


def ended_again(good, requests, decided, until):
    """End the first request of the flight a second time."""
    ended = good(requests, decided, until)
    return Ended(np.append(ended.id, 250), np.append(ended.at, WHEN), np.append(ended.result, 2))


def ended_early(good, requests, decided, until):
    """End the last request of the tape, which has not been asked yet."""
    ended = good(requests, decided, until)
    return Ended(np.append(ended.id, 1400), np.append(ended.at, WHEN), np.append(ended.result, 2))


def ended_before_it_was_asked(good, requests, decided, until):
    ended = good(requests, decided, until)
    return replace(ended, at=np.where(np.arange(len(ended.at)) == 0, 5.0, ended.at))


def loop(system: System):
    while True:
        yield system.clock.timeout(0.0)


def nan_delay(system: System):
    yield system.clock.timeout(float("nan"))


def later(n: float) -> float:
    return WHEN + n


VIOLATIONS = {
    "a request ends twice": lambda s, p: {"respond": ended_again},
    "a request ends that was never asked": lambda s, p: {"respond": ended_early},
    "a request ends before it was asked": lambda s, p: {"respond": ended_before_it_was_asked},
    "a request ends at no time": lambda s, p: {"respond": with_column("at", np.nan)},
    "a request ends in nothing": lambda s, p: {"respond": with_column("result", 0)},
    "a request is forgotten": lambda s, p: setattr(s.outcomes, "asked", s.outcomes.asked + 1),
    "a total is tampered with": lambda s, p: s.ledger._totals.update(sales=s.ledger.total("sales") + 1),
    "a row is tampered with": lambda s, p: tamper(s.ledger.postings().amount),
    "money is not whole": lambda s, p: s.ledger.post("sales", "x", s.clock.now, 1.5),
    "money at no time": lambda s, p: s.ledger.post("sales", "x", float("nan"), 1),
    "money from the future": lambda s, p: s.ledger.post("sales", "x", later(day(2)), 1),
    "a score above 1": lambda s, p: {"score": with_column("score", 1.5)},
    "a score below 0": lambda s, p: {"score": with_column("score", -0.1)},
    "a score that is no number": lambda s, p: {"score": with_column("score", np.nan)},
    "a score that is infinite": lambda s, p: {"score": with_column("score", np.inf)},
    "a latency that is no number": lambda s, p: {"serve": with_column("latency", np.nan)},
    "a latency below 0": lambda s, p: {"serve": with_column("latency", -1.0)},
    "a propensity of 0": lambda s, p: {"decide": with_column("propensity", 0.0)},
    "a propensity above 1": lambda s, p: {"decide": with_column("propensity", 1.1)},
    "a label known before it is due": lambda s, p: s.labels.known.land(Landed.of([(300, 1, later(DAY * 1.2))])),
    "a label known before it was asked for": lambda s, p: s.labels.known.land(Landed.of([(1300, 1, WHEN)])),
    "a label due in the past": lambda s, p: s.labels.owe(np.array([300]), np.array([1]), np.array([later(-1.0)])),
    "a label due at no time": lambda s, p: s.labels.owe(np.array([300]), np.array([1]), np.array([np.nan])),
    "the clock runs back": lambda s, p: s.clock.call(later(-1.0), lambda: None),
    "a moment at no time": lambda s, p: s.clock.call(float("nan"), lambda: None),
    "a delay of nan": lambda s, p: no_answer(s.clock.process(nan_delay(s))),
    "a loop without delay": lambda s, p: no_answer(s.clock.process(loop(s))),
    "an instrument runs back": lambda s, p: s.gauges.mark("asked", 5.0, 1.0),
}  # fmt: skip


def tamper(column: np.ndarray) -> None:
    column.setflags(write=True)
    column[3] += 1


def no_answer(process: object) -> None:
    """Start a process, and let no part go wrong."""


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_violation_stops_the_run_and_names_seed_and_time(name):
    with pytest.raises(BrokenInvariant) as error:
        simulate(broken(VIOLATIONS[name]), None, 7)
    assert "seed 7" in str(error.value)
    assert "day " in str(error.value)


def test_twin_a_case_that_does_nothing_wrong_flies():
    """The harness itself breaks no law: the run is that of the case as it is, but for its wiring."""
    assert simulate(broken(lambda system, parts: None), None, 7).digest() == simulate(CASE, None, 7).digest()


@pytest.mark.parametrize("name", ["a request ends twice", "a score that is no number", "a latency that is no number"])
def test_a_violation_is_found_at_once_and_not_at_the_end(name):
    """By the end of the day at the latest, so that the time it names is of use."""
    with pytest.raises(BrokenInvariant, match=r"day [23] "):
        simulate(broken(VIOLATIONS[name]), None, 7)


@pytest.mark.parametrize("part", ["learn", "respond", "price"])
def test_the_data_plane_raises_no_alarms_and_reads_no_gauges(part):
    """While requests are advanced the clock stands at the last control event: such dates depend on the blocks."""
    for act in (lambda s: s.say("alarm", "late", "dated wrongly"), lambda s: s.mark("late", 1.0)):

        def how(system, parts, act=act):
            def wrong(good, *given):
                act(system)
                return good(*given)

            return {part: wrong}

        with pytest.raises(BrokenInvariant):
            simulate(broken(how), None, 7)


def test_ends_are_collected_one_by_one_and_as_columns():
    ends = Endings()
    ends.add(5, 1.0, 2)
    ends.add(6, 2.0, 3)
    ended = ends.with_others(np.array([7]), np.array([3.0]), np.array([2]))
    assert (ended.id.tolist(), ended.at.tolist(), ended.result.tolist()) == ([5, 6, 7], [1.0, 2.0, 3.0], [2, 3, 2])
    none = Endings().with_others(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
    assert len(none.id) == 0 and none.id.dtype == np.int64


def test_a_fact_may_be_called_as_the_diary_calls_its_own():
    """A live dial named `name`, `kind`, `text` or `seen` is a dial like any other."""
    from dataclasses import dataclass

    from toy_case import ToyDesign

    from simulator.design import number

    @dataclass(frozen=True)
    class Odd(ToyDesign):
        name: float = number(0.5, 0, 1, "Name", live=True)
        kind: float = number(0.5, 0, 1, "Kind", live=True)
        seen: float = number(0.5, 0, 1, "Seen", live=True)
        why: float = number(0.5, 0, 1, "Why", live=True)

    case = replace(CASE, design=Odd)
    plan = case.read_plan('{"changes": [{"at": "1d", "dials": {"name": 0.1, "kind": 0.2, "seen": 0.0, "why": 0.3}}]}')
    decisions = [entry for entry in simulate(case, plan, 0).journal if entry.kind == "decision"]
    assert [dict(entry.facts) for entry in decisions] == [{"name": 0.1, "kind": 0.2, "seen": 0.0, "why": 0.3}]
    assert decisions[0].seen is True


def test_scores_are_what_the_part_said():
    assert Scored(np.array([0.5]), 1).version == 1
