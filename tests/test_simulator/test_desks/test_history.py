"""What others did before take-off: it has an end, and its labels have come or are to come."""

from __future__ import annotations

import numpy as np

from simulator.desks.history import take_over
from simulator.units import DAY


def test_history_ends_as_it_was_asked_and_what_is_due_is_learned(standing):
    system, learned = standing([-3, -2, 1], [1, 1, 1], [-1, 4, 9]), []

    def owe(ended):
        system.labels.owe(ended.id, np.ones(len(ended.id), np.int64), system.tape.truths.known_at[ended.id])

    take_over(system, 2, owe, learned.append)
    assert system.outcomes.result.tolist() == [2, 2, 0]
    assert system.outcomes.done_at[:2].tolist() == [-3 * DAY, -2 * DAY]
    assert [landed.id.tolist() for landed in learned] == [[0]]
    assert system.labels.pending().id.tolist() == [1]
