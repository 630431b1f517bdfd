"""Where versions are made: one learner, its training jobs, and the registry that they end in."""

from __future__ import annotations

from collections.abc import Callable

from simulator.clock import Clock
from simulator.learning.models import BatchLearner, OnlineLearner
from simulator.learning.pipeline import Pipeline, Recipe, Sample, made
from simulator.learning.registry import Model, Registry, Version
from simulator.learning.trainer import Terms, Trainer
from simulator.units import Floats

__all__ = ["Workshop"]


class Workshop:
    """Makes versions of one model by a *recipe*, from what *sample(at)* says may be learned from at time *at* [s].

    *charge(at)* pays for a job; *went_live(version)* is called when a version has gone live.
    """

    def __init__(
        self,
        clock: Clock,
        learner: BatchLearner | OnlineLearner,
        recipe: Recipe,
        sample: Callable[[float], Sample],
        went_live: Callable[[Version], object],
    ) -> None:
        self.clock, self.learner, self.recipe = clock, learner, recipe
        self._sample, self._went_live = sample, went_live
        self.registry: Registry[Pipeline] = Registry()

    @property
    def online(self) -> bool:
        """Whether the learner takes labels one by one, between training jobs too."""
        return isinstance(self.learner, OnlineLearner)

    def trainer(self, terms: Terms, charge: Callable[[float], None]) -> Trainer:
        """Return the process that runs training jobs on these *terms*."""
        return Trainer(self.clock, terms, self.fit, charge)

    def fit(self, at: float, why: str) -> Callable[[], None]:
        """Make a version from what is known at time *at* [s]; return the call that puts it live."""
        sample = self._sample(at)
        pipeline, facts = made(self.learner, sample, self.recipe)
        return lambda: self._put_live(pipeline, at, why, sample, facts)

    def _put_live(self, pipeline: Pipeline, at: float, why: str, sample: Sample, facts: dict[str, float]) -> None:
        number, positives = self.registry.next_number, int(sample.y.sum())
        version = Version(number, at, why, len(sample), positives, facts)
        self.registry.promote(Model(version, pipeline.score, pipeline))
        self._went_live(version)

    def learn(self, X: Floats, y: Floats, weight: Floats) -> None:
        """Let an online learner learn rows in the order given; a batch learner waits for its next job."""
        if isinstance(self.learner, OnlineLearner):
            self.learner.learn(X, y, weight)

    def publish(self) -> None:
        """Serve what an online learner has learned by now, with the calibration and line of its last job."""
        if isinstance(self.learner, OnlineLearner):
            live = self.registry.live
            pipeline = Pipeline(self.learner.snapshot(), live.rest.calibrator, live.rest.line)
            self.registry.publish(Model(live.version, pipeline.score, pipeline))
