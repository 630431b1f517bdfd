"""A version goes live at once, or serves a share first and is stopped where it is not sound."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.errors import BadInput
from simulator.learning.gates import Ruling
from simulator.learning.registry import Model, Registry, Version
from simulator.learning.release import Canary, Release, Told
from simulator.streams import Streams
from simulator.units import DAY


class Bench:
    """A release on a clock of its own, of versions that say their own number over ten."""

    def __init__(self, share: float = 0.2, sound=lambda version: True) -> None:
        self.clock, self.registry, self.log = Clock(lambda until: None), Registry(keep=2), []
        told = Told(
            lambda v: self.log.append((self.clock.now / DAY, "live", v.number)),
            lambda v, ruling: self.log.append((self.clock.now / DAY, ruling.why, v.number)),
        )
        judge = lambda version: Ruling(sound(version), "stopped")  # noqa: E731
        self.release = Release(self.clock, self.registry, Canary(share, DAY), judge, told)

    def begin(self) -> None:
        number = self.registry.next_number
        version = Version(number, self.clock.now, "test", 1, 1)
        self.release.begin(Model(version, lambda X: np.full(len(X), number / 10), None))

    def at(self, *days: float) -> Bench:
        self.begin()
        for when in days:
            self.clock.call(when * DAY, self.begin)
        return self


def share_of(bench: Bench, number: int, n: int = 40_000) -> float:
    luck = Streams(2).get("canary").random(n)
    return float(np.mean(bench.registry.score(np.zeros((n, 1)), luck)[1] == number))


def test_the_first_version_and_one_without_a_canary_are_live_at_once():
    bench = Bench(share=0.0).at(1.0)
    bench.clock.run(until=10 * DAY)
    assert bench.log == [(0.0, "live", 1), (1.0, "live", 2)]


def test_a_canary_serves_its_share_and_then_everybody():
    bench = Bench().at(1.0)
    bench.clock.run(until=1.5 * DAY)
    assert bench.registry.live.version.number == 1
    assert share_of(bench, 2) == pytest.approx(0.2, abs=0.008), "a share 5 % off would show"
    bench.clock.run(until=3 * DAY)
    assert bench.log == [(0.0, "live", 1), (2.0, "live", 2)] and share_of(bench, 2) == 1.0


def test_who_meets_the_canary_depends_on_their_luck_alone():
    bench = Bench().at(1.0)
    bench.clock.run(until=1.5 * DAY)
    scores, versions = bench.registry.score(np.zeros((4, 1)), np.array([0.0, 0.1999, 0.2, 0.9]))
    assert versions.tolist() == [2, 2, 1, 1] and scores.tolist() == [0.2, 0.2, 0.1, 0.1]


def test_a_canary_that_is_not_sound_is_stopped_and_thrown_away():
    bench = Bench(sound=lambda version: version.number != 2).at(1.0, 4.0)
    bench.clock.run(until=10 * DAY)
    assert bench.log == [(0.0, "live", 1), (2.0, "stopped", 2), (5.0, "live", 3)]
    assert bench.registry.kept() == [1, 3]


def test_a_later_release_takes_the_place_of_a_canary():
    bench = Bench().at(1.0, 1.5)
    bench.clock.run(until=10 * DAY)
    assert bench.log == [(0.0, "live", 1), (1.5, "version 3 took its place as a canary", 2), (2.5, "live", 3)]


@pytest.mark.parametrize(("share", "lasts"), [(1.0, DAY), (-0.1, DAY), (1.5, DAY), (0.5, 0.0)])
def test_a_canary_that_cannot_be_is_refused(share, lasts):
    with pytest.raises(BadInput, match="canary"):
        Canary(share, lasts)
