"""A complaint tells of a positive, silence in time of a negative, and people of either at once."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.desks.silence import Silence
from simulator.system import Ended
from simulator.units import DAY, day

PASSED, STOPPED, JUDGED = 2, 3, 7


@pytest.fixture
def system(standing):
    """Six requests; 1 is complained of on day 5, 3 on day 40."""
    return standing([0, 1, 2, 3, 10, 11], [0, 1, 0, 1, 0, 0], [np.inf, 5, np.inf, 40, np.inf, np.inf])


def silence(system) -> Silence:
    return Silence(system, PASSED, (JUDGED,), maturity=day(7), window=day(30), half_life=day(10))


def ended(system, stopped=()) -> Ended:
    ids = np.arange(6)
    result = np.where(np.isin(ids, stopped), STOPPED, PASSED)
    system.outcomes.result[:] = result
    return Ended(ids, system.tape.requests.at, result)


def test_only_complaints_are_owed_to_who_does_not_learn_online(system):
    silence(system).owe(ended(system, stopped=[3]), online=False)
    owed = system.labels.pending()
    assert (owed.id.tolist(), owed.label.tolist(), (owed.at / DAY).tolist()) == ([1], [1], [5.0])


def test_silence_is_owed_to_who_learns_online_once_it_has_lasted(system):
    silence(system).owe(ended(system), online=True)
    owed = {int(id): (int(y), at / DAY) for id, y, at in zip(*_columns(system.labels.pending()), strict=True)}
    kept_quiet_first = 3  # its complaint comes later than its silence is believed, and revises it
    rest = {0: (0, 7.0), 1: (1, 5.0), 2: (0, 9.0), 4: (0, 17.0), 5: (0, 18.0)}
    assert owed == {**rest, kept_quiet_first: (1, 40.0)}
    labels = [y for id, y in zip(*_columns(system.labels.pending())[:2], strict=True) if id == kept_quiet_first]
    assert labels == [0, 1]


def _columns(landed):
    return landed.id, landed.label, landed.at


def test_a_training_job_gets_what_has_matured_and_what_people_judged(system):
    ended(system, stopped=[2, 5])
    system.outcomes.action[5] = JUDGED
    known = system.labels.known
    known.label[1], known.label[5] = 1, 0
    sample = silence(system).sample(day(12))
    # 0, 1 and 3 passed and are 7 days old; 2 was stopped, 4 is young, 5 is young and was judged
    assert sample.y.tolist() == [0.0, 1.0, 0.0, 0.0]
    assert sample.weight == pytest.approx(0.5 ** (np.array([12, 11, 9, 1]) / 10))


def test_a_training_job_looks_back_no_further_than_its_window(system):
    ended(system)
    few = Silence(system, PASSED, (JUDGED,), day(7), window=day(2.5), half_life=day(10)).sample(day(12))
    assert few.weight == pytest.approx(0.5 ** (np.array([9]) / 10))
