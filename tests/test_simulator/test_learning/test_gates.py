"""A gate judges by labels as they are known: it keeps out what is worse, and lets in what lies if the labels lie."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.gates import Candidate, ChampionChallenger, DataChecks, every, passed
from simulator.learning.pipeline import Sample
from simulator.streams import Streams


def sample(n: int = 2000, share: float = 0.2, lost: float = 0.0) -> Sample:
    luck = Streams(1).get("gate")
    y = (luck.random(n) < share) & (luck.random(n) >= lost)
    return Sample(np.zeros((n, 2)), y.astype(np.float64), np.ones(n))


def candidate(new: float, old: float, rows: Sample) -> Candidate:
    return Candidate(lambda X: np.full(len(X), new), lambda X: np.full(len(X), old), rows, rows)


def test_the_better_version_passes_and_the_worse_does_not():
    rows, gate = sample(), ChampionChallenger()
    assert gate(candidate(0.2, 0.4, rows)).passed
    assert not gate(candidate(0.4, 0.2, rows)).passed
    assert gate(candidate(0.2, 0.2, rows)).passed, "a draw is no harm"


def test_poisoned_labels_promote_the_poisoned_version():
    assert not ChampionChallenger()(candidate(0.02, 0.2, sample())).passed
    assert ChampionChallenger()(candidate(0.02, 0.2, sample(lost=0.92))).passed


def test_a_margin_has_to_be_won():
    gain = 0.2 * np.log(0.2 / 0.3) + 0.8 * np.log(0.8 / 0.7)
    rows = Sample(np.zeros((1000, 1)), (np.arange(1000) % 5 == 0).astype(float), np.ones(1000))
    for factor, passes in ((0.98, True), (1.02, False)):
        assert ChampionChallenger(float(factor * gain))(candidate(0.2, 0.3, rows)).passed == passes


def test_rows_count_as_much_as_they_weigh():
    y = np.array([1.0, 0.0])
    heavy = Sample(np.zeros((2, 1)), y, np.array([9.0, 1.0]))
    assert ChampionChallenger(least=2)(candidate(0.9, 0.1, heavy)).passed


def test_without_labels_nothing_passes():
    ruling = ChampionChallenger(least=100)(candidate(0.2, 0.4, sample(99)))
    assert not ruling.passed and "99 rows" in ruling.why


@pytest.mark.parametrize(("lost", "passes"), [(0.0, True), (0.25, True), (0.4, False), (0.92, False)])
def test_labels_as_frequent_as_usual_are_learned_from(lost, passes):
    assert DataChecks(usual=0.2)(candidate(0.2, 0.2, sample(20_000, lost=lost))).passed == passes


def test_the_limits_of_the_label_rate_are_where_they_were_set():
    for share, passes in ((0.139, False), (0.141, True), (0.299, True), (0.301, False)):
        rows = Sample(np.zeros((1000, 1)), (np.arange(1000) < 1000 * share).astype(float), np.ones(1000))
        assert DataChecks(usual=0.2, low=0.7, high=1.5)(candidate(0.2, 0.2, rows)).passed == passes


def test_missing_features_and_an_empty_window_are_refused():
    rows = sample(100)
    rows.X[:6, 0] = np.nan
    assert "missing" in DataChecks(usual=0.2, missing=0.02)(candidate(0.2, 0.2, rows)).why
    assert not DataChecks(usual=0.2)(candidate(0.2, 0.2, sample(0))).passed


def test_of_several_gates_the_first_that_refuses_has_the_word():
    gate = every(DataChecks(usual=0.2), ChampionChallenger())
    assert "usual" in gate(candidate(0.02, 0.2, sample(lost=0.92))).why
    assert "log loss" in gate(candidate(0.9, 0.2, sample())).why
    assert gate(candidate(0.2, 0.9, sample())).passed and passed(candidate(0.9, 0.2, sample())).passed


def test_a_gate_that_asks_for_nothing_sensible_is_refused():
    with pytest.raises(BadInput, match="at least 1 row"):
        ChampionChallenger(least=0)
