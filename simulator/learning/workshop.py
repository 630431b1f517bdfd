"""Where versions are made: one learner, its training jobs, and the registry that they end in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.clock import Clock
from simulator.learning.gates import Candidate, Gate, Ruling, passed
from simulator.learning.models import BatchLearner, OnlineLearner
from simulator.learning.pipeline import Pipeline, Recipe, Sample, held_out, made
from simulator.learning.registry import Model, Registry, Version
from simulator.learning.release import Canary, Release, Told
from simulator.learning.trainer import Hooks, Terms, Trainer
from simulator.units import Floats

__all__ = ["Rules", "Workshop"]


@dataclass(frozen=True)
class Rules:
    """What stands between a fitted version and the people it would serve."""

    gate: Gate = passed
    canary: Canary = field(default_factory=Canary)
    sound: Callable[[Version], Ruling] = lambda version: Ruling(True, "nobody looked")
    """judges a canary by what it has done so far"""
    refused: Callable[[Version, Ruling], object] = lambda version, ruling: None
    """is told of a version that the gate refused, or whose canary was stopped"""
    keep: int | None = None
    """versions that can be rolled back to, the live one included; None = all"""
    tried: Callable[[Version], object] = lambda version: None
    """is told of a version that begins as a canary"""


class Workshop:
    """Makes versions of one model by a *recipe*, from what *sample(at)* says may be learned from at time *at* [s].

    *went_live(version)* is called when a version has gone live; *rules* say what it has to pass before.
    """

    def __init__(
        self,
        clock: Clock,
        learner: BatchLearner | OnlineLearner,
        recipe: Recipe,
        sample: Callable[[float], Sample],
        went_live: Callable[[Version], object],
        rules: Rules | None = None,
    ) -> None:
        self.clock, self.learner, self.recipe, self.rules = clock, learner, recipe, rules or Rules()
        self._sample, self._went_live = sample, went_live
        self._fed = 0  # the version that an online learner publishes to: the last that it was made for
        self._fitted: set[int] = set()
        self.registry: Registry[Pipeline] = Registry(self.rules.keep)
        told = Told(self._live_now, self.rules.refused, self.rules.tried)
        self.release = Release(clock, self.registry, self.rules.canary, self.rules.sound, told)

    @property
    def online(self) -> bool:
        """Whether the learner takes labels one by one, between training jobs too."""
        return isinstance(self.learner, OnlineLearner)

    def trainer(self, terms: Terms, charge: Callable[[float], None], hooks: Hooks | None = None) -> Trainer:
        """Return the process that runs training jobs on these *terms*; *charge(at)* pays for one."""
        return Trainer(self.clock, terms, self.fit, charge, hooks=hooks)

    def fit(self, at: float, why: str) -> Callable[[], None]:
        """Make a version from what is known at time *at* [s]; return the call that takes it to the gate."""
        sample = self._sample(at)
        if not len(sample) and self._live:
            pipeline, facts = self.registry.live.rest, dict[str, float]()  # the gate refuses it
        else:
            pipeline, facts = made(self.learner, sample, self.recipe)
        return lambda: self._deliver(pipeline, at, why, sample, facts)

    def deliver(self, pipeline: Pipeline, at: float, why: str, *, own: bool = False) -> None:
        """Release a *pipeline* that was made elsewhere at time *at* [s]; it meets no gate, but the canary.

        *own*: it is of this workshop's learner, so an online one goes on publishing to it.
        """
        number = self.registry.next_number
        self._fitted |= {number} if own else set()
        self.release.begin(self._model(pipeline, Version(number, at, why, 0, 0, parent=self._live)))

    def _deliver(self, pipeline: Pipeline, at: float, why: str, sample: Sample, facts: dict[str, float]) -> None:
        number, positives = self.registry.next_number, int(sample.y.sum())
        ruling = self._ruling(pipeline, sample)
        known = {**facts, **ruling.facts}
        version = Version(number, at, why, len(sample), positives, known, sample.since, self._live)
        self._fitted.add(number)
        if ruling.passed:
            self.release.begin(self._model(pipeline, version))
        else:
            self.registry.facts.append(version)
            self.rules.refused(version, ruling)

    def _live_now(self, version: Version) -> None:
        if version.number in self._fitted:
            self._fed = version.number
        self._went_live(version)

    def _ruling(self, pipeline: Pipeline, sample: Sample) -> Ruling:
        if not self._live:
            return passed(Candidate(pipeline.score, pipeline.score, sample, sample))
        if not len(sample):
            return Ruling(False, "there is nothing to learn from")
        live = self.registry.live.score
        return self.rules.gate(Candidate(pipeline.score, live, sample.rows(held_out(sample)), sample))

    def _model(self, pipeline: Pipeline, version: Version) -> Model[Pipeline]:
        return Model(version, pipeline.score, pipeline)

    @property
    def _live(self) -> int:
        return self.registry.live.version.number if self.registry.serving else 0

    def learn(self, X: Floats, y: Floats, weight: Floats) -> None:
        """Let an online learner learn rows in the order given; a batch learner waits for its next job."""
        if isinstance(self.learner, OnlineLearner):
            self.learner.learn(X, y, weight)

    def publish(self) -> None:
        """Serve what an online learner has learned by now, with the calibration and line of its last job.

        Only the version that it was made for is kept up to date: after a roll back, or while somebody else's package
        is live, nothing is published until a training job, or the way forward, makes that version live again.
        """
        if isinstance(self.learner, OnlineLearner) and self._live == self._fed:
            live = self.registry.live
            pipeline = Pipeline(self.learner.snapshot(), live.rest.calibrator, live.rest.line)
            self.registry.publish(Model(live.version, pipeline.score, pipeline))
