"""A desk that answers at once, on a system of a few requests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from simulator.books.requests import Outcomes
from simulator.desks.at_once import AtOnce
from simulator.system import Decided, Scored
from simulator.world.labels import Labels

AT = np.array([-2.0, -1.0, 1.0, 2.0])


def desk() -> tuple[AtOnce, Any]:
    truths = SimpleNamespace(label=np.array([True, False, True, False]), known_at=AT + 10.0)
    tape = SimpleNamespace(start=2, truths=truths, requests=SimpleNamespace(at=AT))
    system: Any = SimpleNamespace(tape=tape, outcomes=Outcomes(4), labels=Labels(4))
    return AtOnce(system, 0.3, (2, 3)), system


def test_who_reaches_the_line_is_acted_on_at_once():
    parts, _ = desk()
    asked: Any = SimpleNamespace(id=np.array([2, 3]), at=AT[2:], __len__=lambda: 2)

    class Two(SimpleNamespace):
        def __len__(self) -> int:
            return 2

    two: Any = Two(**vars(asked))
    scored = Scored(np.array([0.3, 0.29]), 1)
    served = parts.serve(two, scored, 9.0)
    assert served.latency.tolist() == [0.0, 0.0]
    decided: Decided = parts.decide(two, scored, served)
    assert decided.action.tolist() == [1, 0]
    ended = parts.respond(two, decided, 9.0)
    assert ended.result.tolist() == [3, 2] and ended.at.tolist() == [1.0, 2.0]


def test_everybody_has_a_label_in_its_time_those_before_take_off_too():
    parts, system = desk()
    parts.take_over()
    assert system.outcomes.result.tolist() == [2, 2, 0, 0]
    landed = system.labels.due(8.5)
    assert (landed.id.tolist(), landed.label.tolist(), landed.at.tolist()) == ([0], [1], [8.0])
    assert system.labels.due(99.0).id.tolist() == [1]
