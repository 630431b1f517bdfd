"""People who judge err as often as they are said to, and surprise those who believed the scores."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.learning.verdicts import Judges, Verdicts

JUDGES = Judges(0.92, 0.97)


def test_they_recognise_so_many():
    luck = (np.arange(10_000) + 0.5) / 10_000
    assert np.mean([JUDGES.says(True, u) for u in luck]) == pytest.approx(0.92, abs=1e-4)
    assert np.mean([JUDGES.says(False, u) for u in luck]) == pytest.approx(0.03, abs=1e-4)


def test_what_is_expected_of_them():
    assert JUDGES.expected(0.25) == pytest.approx(0.25 * 0.92 + 0.75 * 0.03)


def test_verdicts_are_fresh_once():
    verdicts = Verdicts(JUDGES, last=400)
    assert verdicts.judge(1, True, 0.5, 10.0)
    assert not verdicts.judge(0, False, 0.5, 11.0)
    assert verdicts.fresh == [(1, 1, 10.0), (0, 0, 11.0)]
    scores = np.array([0.5, 0.2])
    verdicts.take(scores)
    assert verdicts.fresh == []
    promised = np.array([JUDGES.expected(0.2), JUDGES.expected(0.5)])
    z = (1 - promised.sum()) / np.sqrt((promised * (1 - promised)).sum())
    assert verdicts.surprise.reading() == pytest.approx(z)


def test_people_surprise_as_often_as_chance_does():
    luck = np.random.default_rng(2)
    p, verdicts = luck.random(400), Verdicts(JUDGES, last=400)
    for id, chance in enumerate(p):
        verdicts.judge(id, bool(luck.random() < chance), luck.random(), 0.0)
    verdicts.take(p)
    assert abs(verdicts.surprise.reading()) < 3.0
    for id in range(400):
        verdicts.judge(id, True, luck.random(), 0.0)
    verdicts.take(p)
    assert verdicts.surprise.reading() > 5.0
