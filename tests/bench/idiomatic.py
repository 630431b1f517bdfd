"""The fraud desk as a good SimPy programmer writes it: a process a payment, river row by row, a process an analyst.

It reads the same tape as the engine and knows the same rules, and nothing else of the engine: what it decides and
when must come out the same. It stands here to be timed and to be compared with, so it is written for clarity.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from river import linear_model, preprocessing

from simulator.world.tape import Tape

DAY, HOUR = 86400.0, 3600.0
APPROVE, REVIEW, BLOCK = 0, 2, 3


class IdiomaticDesk:
    """A fixed threshold, a review line for each day, one logistic regression, *analysts* from nine to five."""

    def __init__(self, tape: Tape, threshold: float, review_line: list[float], analysts: int, setting: Any) -> None:
        self.tape, self.threshold, self.review_line, self.setting = tape, threshold, review_line, setting
        self.env = simpy.Environment()
        self.queue: simpy.Store = simpy.Store(self.env)
        self.model = preprocessing.StandardScaler() | linear_model.LogisticRegression()
        self.published = self.model
        self.rows = [dict(enumerate(row)) for row in tape.requests.X.tolist()]
        self.at = tape.requests.at.tolist()
        self.fraud = tape.truths.label.tolist()
        self.known_at = tape.truths.known_at.tolist()
        self.luck = {name: draws.tolist() for name, draws in tape.truths.luck.items()}
        self.actions = np.zeros(len(tape), dtype=np.int64)
        self.analysts = analysts

    def warm_up(self, maturity: float) -> None:
        """Learn the history up to take-off in the order in which its labels landed; set the rest going."""
        landed = []
        for i in range(self.tape.start):
            if self.known_at[i] > self.at[i] + maturity:
                landed.append((self.at[i] + maturity, i, False))
            if self.fraud[i]:
                landed.append((self.known_at[i], i, True))
        landed.sort()
        for due, i, label in landed:
            if due < 0:
                self.model.learn_one(self.rows[i], label)
            else:
                self.env.process(self.label(i, due, label))
        self.published = copy.deepcopy(self.model)

    def fly(self, until: float, maturity: float) -> None:
        """Run the desk up to *until* [s]."""
        self.maturity = maturity
        for _ in range(self.analysts):
            self.env.process(self.analyst())
        self.env.process(self.publisher())
        self.env.process(self.source(until))
        self.env.run(until=until)

    def source(self, until: float) -> Generator[Any, Any, None]:
        for i in range(self.tape.start, len(self.at)):
            if self.at[i] >= until:
                return
            yield self.env.timeout(self.at[i] - self.env.now)
            self.env.process(self.payment(i))

    def payment(self, i: int) -> Generator[Any, Any, None]:
        p = round(self.published.predict_proba_one(self.rows[i])[True], 9)
        if self.worth(p) >= self.review_line[int(self.at[i] // DAY)]:
            self.actions[i] = REVIEW
            done = self.env.event()
            yield self.queue.put((i, done))
            refused = yield done
            self.model.learn_one(self.rows[i], refused)
            if refused:
                return
        elif p >= self.threshold:
            self.actions[i] = BLOCK
            return
        yield from self.approved(i)

    def worth(self, p: float) -> float:
        odds, line = p / (1 - p), self.threshold / (1 - self.threshold)
        risk = max(odds / line, 1e-12)
        return min(risk, 1 / risk)

    def approved(self, i: int) -> Generator[Any, Any, None]:
        released = self.env.now
        if self.fraud[i]:
            self.env.process(self.label(i, max(self.known_at[i], released), True))
        due = max(self.at[i] + self.maturity, released)
        if max(self.known_at[i], released) > due:  # else it did not keep quiet
            yield self.env.timeout(due - released)
            self.model.learn_one(self.rows[i], False)

    def label(self, i: int, due: float, label: bool) -> Generator[Any, Any, None]:
        yield self.env.timeout(due - self.env.now)
        self.model.learn_one(self.rows[i], label)

    def publisher(self) -> Generator[Any, Any, None]:
        while True:
            yield self.env.timeout(DAY)
            self.published = copy.deepcopy(self.model)

    def analyst(self) -> Generator[Any, Any, None]:
        while True:
            today = self.env.now // DAY * DAY
            opens, closes = today + 9 * HOUR, today + 17 * HOUR
            if self.env.now < opens:
                yield self.env.timeout(opens - self.env.now)
            while self.env.now < closes:
                wanted = self.queue.get()
                yield wanted | self.env.timeout(closes - self.env.now)
                if not wanted.triggered:
                    wanted.cancel()
                    break
                yield from self.review(*wanted.value)
            yield self.env.timeout(max(0.0, today + DAY - self.env.now))

    def review(self, i: int, done: simpy.Event) -> Generator[Any, Any, None]:
        work = self.setting.minutes * 60.0 * math.exp(self.luck["work"][i])
        yield self.env.timeout(work)
        luck = self.luck["verdict"][i]
        done.succeed(luck < self.setting.sensitivity if self.fraud[i] else luck >= self.setting.specificity)
