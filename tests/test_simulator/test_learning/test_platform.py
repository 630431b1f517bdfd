"""The platform goes back a version, breaks a package, and mends it: at once where it is kept, else in a while."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.learning.pipeline import Recipe, Sample
from simulator.learning.platform import UNREADABLE, Desk, Platform
from simulator.learning.release import Canary
from simulator.learning.workshop import Rules, Workshop

REPAIR = 100.0


class Batch:
    """A batch learner that always says the same."""

    name = "batch"

    def fit(self, X, y, weight):
        return lambda rows: np.full(len(rows), 0.25)


class Bench:
    """A platform with a first version live, on a clock of its own."""

    def __init__(self, keep: int | None = None, canary: float = 0.0) -> None:
        self.clock, self.said, self.changes = Clock(lambda until: None), [], 0
        rules = Rules(keep=keep, canary=Canary(canary, 50.0))
        sample = Sample(np.zeros((40, 2)), (np.arange(40) % 2).astype(float), np.ones(40))
        self.workshop = Workshop(
            self.clock, Batch(), Recipe("none", "threshold"), lambda at: sample, lambda version: None, rules
        )
        self.platform = Platform(self.workshop, Desk(self.say, self.changed), REPAIR)
        self.workshop.fit(0.0, "take-off")()

    def say(self, kind: str, name: str, text: str) -> None:
        self.said.append((kind, name))

    def changed(self) -> None:
        self.changes += 1

    def live(self) -> int:
        return self.workshop.registry.live.version.number

    def score(self) -> float:
        return float(self.workshop.registry.live.score(np.zeros((1, 2)))[0])

    def run(self, until: float) -> None:
        self.clock.run(until=until)


def test_a_broken_package_says_the_same_to_everything():
    bench = Bench()
    bench.platform.break_package()
    assert bench.platform.unreadable
    assert bench.workshop.registry.live.version.why == UNREADABLE
    assert bench.score() == 0.5


def test_a_version_that_is_kept_serves_again_at_once():
    bench = Bench()
    bench.platform.break_package()
    bench.platform.notice()
    bench.run(1.0)
    assert (bench.live(), bench.score(), bench.changes) == (1, 0.25, 1)
    assert bench.said == [("version", "repaired")]


@pytest.mark.parametrize(("until", "broken"), [(REPAIR * 0.99, True), (REPAIR * 1.01, False)])
def test_one_that_is_not_kept_is_mended_in_a_while(until, broken):
    bench = Bench(keep=1)
    bench.platform.break_package()
    bench.platform.notice()
    bench.run(until)
    assert bench.platform.unreadable is broken
    assert bench.live() == (2 if broken else 3)
    assert bench.score() == (0.5 if broken else 0.25)


def test_a_package_broken_twice_is_mended_to_what_was_readable():
    bench = Bench()
    bench.platform.break_package()
    bench.platform.break_package()
    bench.platform.notice()
    bench.run(1.0)
    assert (bench.live(), bench.score()) == (1, 0.25)


def test_rolling_back():
    bench = Bench()
    bench.platform.roll_back()
    assert bench.said == [("note", "no_rollback")]
    bench.workshop.fit(0.0, "again")()
    assert bench.live() == 2
    bench.platform.roll_back()
    assert (bench.live(), bench.changes, bench.said[-1]) == (1, 1, ("version", "rolled_back"))


def test_rolling_back_ends_a_canary_and_leaves_the_live_version():
    bench = Bench(canary=0.2)
    bench.workshop.fit(0.0, "again")()
    assert bench.workshop.registry.canary is not None
    bench.platform.roll_back()
    assert bench.workshop.registry.canary is None
    assert (bench.live(), bench.changes, bench.said) == (1, 0, [("version", "stopped")])


def test_rolling_back_to_a_broken_package_has_it_mended():
    bench = Bench()
    bench.platform.break_package()
    bench.workshop.fit(0.0, "again")()
    bench.platform.roll_back()
    assert bench.platform.unreadable
    bench.run(REPAIR * 0.99)
    assert bench.platform.unreadable
    bench.run(REPAIR * 1.01)
    assert (bench.live(), bench.score()) == (1, 0.25)
