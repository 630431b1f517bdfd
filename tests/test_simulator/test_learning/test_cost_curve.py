"""The cost curve: against trying each threshold in turn, and against the closed form of the best one."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.learning.cost_curve import threshold_curve_of
from simulator.streams import Streams


@pytest.mark.parametrize("seed", range(5))
def test_equal_to_trying_each_threshold(seed):
    luck = Streams(seed).get("rows")
    score, label = luck.integers(0, 12, 150) / 12, luck.integers(0, 2, 150)
    positive, negative = luck.normal(20, 5, 150), luck.normal(-7, 2, 150)
    found = threshold_curve_of(score, label, positive, negative)
    assert found.threshold[1:].tolist() == sorted(set(score.tolist()), reverse=True)
    assert found.threshold[0] > score.max()
    worth = []
    for k, line in enumerate(found.threshold):
        above = score >= line
        worth.append(sum(p if y else n for p, n, y, a in zip(positive, negative, label, above, strict=True) if a))
        assert (found.acted[k], found.caught[k]) == (above.sum(), label[above].sum())
    assert found.worth == pytest.approx(worth, abs=1e-9)
    assert found.worth[found.best] == max(found.worth)


@pytest.mark.parametrize(("c_fp", "c_fn"), [(1.0, 9.0), (3.0, 5.0), (10.0, 1.0), (2.0, 2.0)])
def test_the_best_threshold_of_calibrated_scores_is_elkans(c_fp, c_fn):
    # A thousand requests at each score i/1000, of which just i are positive: calibrated without any luck.
    level = np.arange(1, 1000)
    score = np.repeat(level / 1000, 1000)
    label = (np.arange(1000)[None, :] < level[:, None]).ravel().astype(np.int64)
    found = threshold_curve_of(score, label, np.full(len(score), c_fn), np.full(len(score), -c_fp))
    assert found.threshold[found.best] == pytest.approx(c_fp / (c_fp + c_fn), abs=0.0011)
    assert found.worth[found.best] / len(score) == pytest.approx(c_fn**2 / (2 * (c_fp + c_fn)), rel=0.015)


def test_of_equals_the_one_that_acts_least():
    found = threshold_curve_of(np.array([0.9, 0.5]), [1, 0], np.array([3.0, 3.0]), np.array([0.0, 0.0]))
    assert found.threshold[found.best] == 0.9
    nothing = threshold_curve_of(np.array([0.9, 0.5]), [0, 0], np.ones(2), -np.ones(2))
    assert nothing.best == 0 and nothing.acted[0] == 0


def test_nobody_and_nonsense():
    none = np.empty(0)
    assert threshold_curve_of(none, none, none, none).worth.tolist() == [0.0]
    with pytest.raises(BadInput, match="do not go together"):
        threshold_curve_of(np.ones(3), [1, 0], np.ones(3), np.ones(3))
