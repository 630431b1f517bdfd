"""From an order to a live version, with its lineage; an online learner publishes in between."""

from __future__ import annotations

import numpy as np

from simulator.clock import Clock
from simulator.learning.gates import Ruling, passed
from simulator.learning.pipeline import Recipe, Sample, held_out
from simulator.learning.release import Canary
from simulator.learning.trainer import Terms
from simulator.learning.workshop import Rules, Workshop
from simulator.units import HOUR


class Batch:
    """A batch learner that scores by the share of positives it was shown."""

    name = "batch"

    def fit(self, X, y, weight):
        share = float(y.mean())
        return lambda rows: np.full(len(rows), share)


class Online:
    """An online learner that scores by the number of rows it has learned."""

    name = "online"

    def __init__(self) -> None:
        self.rows = 0

    def learn(self, X, y, weight) -> None:
        self.rows += len(y)

    def snapshot(self):
        score = min(1.0, self.rows / 100)
        return lambda rows: np.full(len(rows), score)


class Bench:
    """A workshop on a clock of its own; its sample grows by 40 rows an hour."""

    def __init__(self, learner) -> None:
        self.clock, self.live, self.paid, self.asked = Clock(lambda until: None), [], [], []
        self.workshop = Workshop(self.clock, learner, Recipe("none", "threshold"), self.sample, self.live.append)
        self.trainer = self.workshop.trainer(Terms(2 * HOUR, 400), self.paid.append)

    def sample(self, at: float) -> Sample:
        self.asked.append(at)
        n = 40 + int(40 * at / HOUR)
        return Sample(np.zeros((n, 2)), (np.arange(n) % 2).astype(float), np.ones(n))

    def score(self) -> float:
        return float(self.workshop.registry.live.score(np.zeros((1, 2)))[0])


def test_a_version_is_made_from_what_is_known_at_the_order_and_says_so():
    bench = Bench(Batch())
    bench.workshop.fit(0.0, "take-off")()
    bench.clock.call(HOUR, lambda: bench.trainer.order("on demand"))
    bench.clock.run(until=10 * HOUR)
    assert bench.asked == [0.0, HOUR] and bench.paid == [HOUR]
    facts = [(v.number, v.trained_at, v.why, v.rows, v.positives) for v in bench.workshop.registry.facts]
    assert facts == [(1, 0.0, "take-off", 40, 20), (2, HOUR, "on demand", 80, 40)]
    assert bench.live == bench.workshop.registry.facts


def test_until_a_job_is_done_the_version_before_serves():
    bench, seen = Bench(Batch()), []
    bench.workshop.fit(0.0, "take-off")()
    bench.clock.call(HOUR, lambda: bench.trainer.order("on demand"))
    for hour in (2.9, 3.1):
        bench.clock.call(hour * HOUR, lambda: seen.append(bench.workshop.registry.live.version.number))
    bench.clock.run(until=10 * HOUR)
    assert seen == [1, 2]


def test_versions_are_numbered_as_they_go_live():
    """A job cut first but live last gets the later number: numbers tell the order of service."""
    bench = Bench(Batch())
    late = bench.workshop.fit(0.0, "late")
    bench.workshop.fit(0.0, "soon")()
    late()
    assert [v.why for v in bench.live] == ["soon", "late"]
    assert [v.number for v in bench.live] == [1, 2]


def test_an_online_learner_serves_what_it_published_not_what_it_knows():
    bench = Bench(Online())
    bench.workshop.fit(0.0, "take-off")()
    assert bench.workshop.online and bench.score() == 0.0
    bench.workshop.learn(np.zeros((30, 2)), np.zeros(30), np.ones(30))
    assert bench.score() == 0.0
    bench.workshop.publish()
    assert bench.score() == 0.3
    assert [v.number for v in bench.workshop.registry.facts] == [1]


def test_a_batch_learner_waits_for_its_next_job():
    bench = Bench(Batch())
    bench.workshop.fit(0.0, "take-off")()
    before = bench.workshop.registry.live
    bench.workshop.learn(np.zeros((30, 2)), np.ones(30), np.ones(30))
    bench.workshop.publish()
    assert not bench.workshop.online and bench.workshop.registry.live is before


def ruled(gate, *, lasts: float = 0.0, sound: bool = True):
    """Return a bench whose versions pass a *gate* and a canary of *lasts* [s], and what was refused."""
    bench, refused = Bench(Batch()), []
    canary = Canary(0.2, lasts) if lasts else Canary()
    rules = Rules(
        gate, canary, lambda v: Ruling(sound, "sound"), lambda v, r: refused.append((v.number, r.why)), keep=2
    )
    bench.workshop = Workshop(bench.clock, Batch(), Recipe("none", "threshold"), bench.sample, bench.live.append, rules)
    bench.trainer = bench.workshop.trainer(Terms(2 * HOUR, 400), bench.paid.append)
    bench.workshop.fit(0.0, "take-off")()
    return bench, refused


def test_the_first_version_meets_no_gate_and_no_canary():
    bench, refused = ruled(lambda candidate: Ruling(False, "never"), lasts=HOUR)
    assert [v.number for v in bench.live] == [1] and refused == []


def test_what_the_gate_refuses_is_remembered_and_does_not_serve():
    bench, refused = ruled(lambda candidate: Ruling(False, "no", {"loss": 0.5}))
    bench.trainer.order("schedule")
    bench.clock.run(until=10 * HOUR)
    registry = bench.workshop.registry
    assert refused == [(2, "no")] and registry.live.version.number == 1
    assert [(v.number, v.parent, v.facts) for v in registry.facts[1:]] == [(2, 1, {"loss": 0.5})]
    assert registry.next_number == 3


def test_the_gate_judges_on_rows_that_were_held_out_and_sees_the_whole_window():
    seen = []
    bench, _ = ruled(lambda candidate: seen.append(candidate) or Ruling(True, "yes"))
    bench.trainer.order("schedule")
    bench.clock.run(until=10 * HOUR)
    (candidate,) = seen
    assert (len(candidate.check), len(candidate.sample)) == (10, 40)


def test_a_version_made_elsewhere_meets_the_canary_too():
    for sound, live in ((True, 2), (False, 1)):
        bench, refused = ruled(passed, lasts=HOUR, sound=sound)
        pipeline = bench.workshop.registry.live.rest
        bench.workshop.deliver(pipeline, 0.0, "elsewhere")
        assert bench.workshop.registry.live.version.number == 1
        bench.clock.run(until=2 * HOUR)
        assert bench.workshop.registry.live.version.number == live
        assert refused == ([] if sound else [(2, "sound")])


def test_with_nothing_to_learn_from_a_version_does_not_serve():
    bench, refused = ruled(passed)
    bench.workshop._sample = lambda at: Sample(np.zeros((0, 2)), np.zeros(0), np.zeros(0))
    bench.trainer.order("schedule")
    bench.clock.run(until=10 * HOUR)
    assert refused == [(2, "there is nothing to learn from")] and bench.workshop.registry.live.version.number == 1


def test_after_a_roll_back_an_online_learner_publishes_nothing_until_its_own_version_is_live_again():
    bench = Bench(Online())
    bench.workshop.fit(0.0, "take-off")()
    bench.workshop.fit(0.0, "again")()
    bench.workshop.registry.roll_back()
    bench.workshop.learn(np.zeros((50, 2)), np.zeros(50), np.ones(50))
    bench.workshop.publish()
    assert bench.score() == 0.0
    bench.workshop.fit(0.0, "once more")()
    bench.workshop.learn(np.zeros((20, 2)), np.zeros(20), np.ones(20))
    bench.workshop.publish()
    assert bench.score() == 0.7


def test_held_out_rows_are_the_same_for_every_version_where_requests_are_known():
    windows = [
        Sample(np.zeros((40, 2)), np.zeros(40), np.ones(40), id=np.arange(first, first + 40)) for first in (0, 7)
    ]
    held = [set(window.id[held_out(window)].tolist()) for window in windows]
    assert held[0] & set(range(7, 40)) == held[1] & set(range(7, 40)) and len(held[0]) == 10
