"""People decide in their hours, what waits too long is let go unseen, and the line is where time is worth most."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.desks.analysts import Analysts
from simulator.learning.policy import Triage
from simulator.learning.verdicts import Judges
from simulator.serving.pool import ROUTES
from simulator.units import HOUR, MINUTE, day, micro


@pytest.fixture
def system(standing):
    system = standing([0.0, 0.4, 0.4, 0.4], [1, 1, 0, 1])
    system.outcomes.score[:] = 0.25
    return system


def sent(system, judges=None, hold=24 * HOUR) -> Analysts:
    return Analysts(system, judges or Judges(1.0, 1.0), 1, hold, micro(180))


def run(analysts: Analysts, until: float, ids=(1, 2, 3)):
    """Open at nine, hand in *ids* at the time they are asked, and give what was decided before *until* [s]."""
    desk, at = analysts.desk, 0.4 * day(1)
    desk.staff(9 * HOUR, 1)
    for id in ids:
        desk.submit(id, at, 30 * MINUTE)
    return list(analysts.rulings(until))


def test_they_tell_positives_from_negatives_by_the_luck_of_the_request(system):
    ruled = run(sent(system), day(1))
    assert [(one.id, one.positive) for one in ruled] == [(1, True), (2, False), (3, True)]
    assert [one.done for one in ruled] == pytest.approx([0.4 * day(1) + n * 30 * MINUTE for n in (1, 2, 3)])


def test_they_err_as_often_as_is_said(system):
    assert [one.positive for one in run(sent(system, Judges(0.49, 1.0)), day(1))] == [False, False, False]
    assert [one.positive for one in run(sent(system, Judges(1.0, 0.49)), day(1))] == [True, True, True]


def test_what_waits_too_long_is_let_go_and_its_route_says_so(system):
    ruled = run(sent(system, hold=45 * MINUTE), day(1))
    assert [(one.id, one.positive) for one in ruled] == [(1, True), (3, False), (2, False)]
    timeout = ROUTES.index("timeout")
    assert (system.outcomes.route == timeout).tolist() == [False, False, False, True]


def test_verdicts_are_taken_once_and_held_against_the_scores(system):
    analysts = sent(system)
    run(analysts, day(1))
    assert np.isnan(analysts.verdicts.surprise.reading())
    assert analysts.judged().id.tolist() == [1, 2, 3]
    assert analysts.take().label.tolist() == [1, 0, 1]
    assert len(analysts.take()) == 0
    p = 0.25  # with judges who do not err, what is expected of three verdicts at this score
    assert analysts.verdicts.surprise.reading() == pytest.approx((2 - 3 * p) / np.sqrt(3 * p * (1 - p)))


def test_the_line_is_what_a_share_of_the_last_days_exceeds(standing):
    system = standing(np.arange(100) / 100, np.zeros(100), X=np.arange(100)[:, None] / 100)
    system.outcomes.result[:] = 2
    system.clock.run(day(1))
    triage = Triage((lambda v: 0 * v + 1.0, lambda v: 0 * v + 1.0), line=None)
    analysts = sent(system)

    def score(X):
        return X[:, 0] / 2

    line = analysts.line(triage, score, 0.1, day(1))
    worth = triage.worth(np.arange(100) / 200, np.ones(100))
    assert (worth >= line).mean() == pytest.approx(0.1, abs=0.01)
    late = analysts.line(triage, score, 0.1, day(0.5))  # of the later half, which scores higher
    assert late > line * 1.02


def test_only_the_hired_are_paid_and_the_journal_says_when_they_start(system):
    analysts = sent(system)
    analysts.hire(2, 3 * HOUR)
    system.clock.run(day(1) + 12 * HOUR)
    assert [(e.at, e.text) for e in system.journal] == [(3 * HOUR, "2 hired analysts start")]
    assert system.ledger.by_account() == {"wages": -micro(360)}
