"""Attention feeds on itself as in Pólya's urn, and who goes without it for too long is gone from that moment."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput, BrokenInvariant
from simulator.streams import Streams
from simulator.units import DAY
from simulator.world.popularity import Patience, polya, polya_limits


def one_by_one(start: list[float], luck: np.ndarray, added: float) -> np.ndarray:
    """Run one urn step by step: old weights first, then those added, in the order they came."""
    owners, sizes = list(range(len(start))), list(start)
    for draw in luck:
        edges = np.cumsum(sizes)
        winner = owners[min(int(np.searchsorted(edges, draw * edges[-1], side="right")), len(sizes) - 1)]
        owners.append(winner)
        sizes.append(added)
    return np.bincount(owners, weights=sizes)


@pytest.mark.parametrize(("start", "added"), [([1.0, 1, 1], 1.0), ([2.0, 0.5, 3], 0.7)])
def test_the_loop_is_the_urn_step_by_step(start, added):
    luck = Streams(1).get("luck").random((40, 60))
    by_hand = [one_by_one(start, row, added) for row in luck]
    assert polya(start, luck, added) == pytest.approx(np.array(by_hand))


def test_expected_shares_stay_and_their_spread_is_that_of_the_urn():
    start, n, runs = np.array([3.0, 1.0]), 200, 40_000
    weights = polya(start, Streams(2).get("luck").random((runs, n)))
    share = weights[:, 0] / weights.sum(axis=1)
    variance = 0.75 * 0.25 / 5 * n / (n + 4)
    assert weights.sum(axis=1) == pytest.approx(np.full(runs, 4.0 + n))
    assert share.mean() == pytest.approx(0.75, abs=4 * np.sqrt(variance / runs))
    assert share.var() == pytest.approx(variance, rel=0.03)
    wrong = polya(start, Streams(2).get("luck").random((runs, n)), 1.05)
    assert (wrong[:, 0] / wrong.sum(axis=1)).var() != pytest.approx(variance, rel=0.03)


def test_what_a_run_was_lucky_in_early_it_keeps():
    luck = Streams(3).get("luck").random((2_000, 400))
    early, late = polya([1.0, 1.0], luck[:, :50]), polya([1.0, 1.0], luck)
    shares = [w[:, 0] / w.sum(axis=1) for w in (early, late)]
    assert np.corrcoef(*shares)[0, 1] > 0.95


def test_no_steps_leave_the_start():
    assert polya([1.0, 2.0], np.empty((3, 0))).tolist() == [[1.0, 2.0]] * 3
    assert polya_limits(2) == pytest.approx((0.75, 0.25, 2 / 3))


def test_who_is_discontent_for_long_enough_leaves():
    state = Patience.of(3, floor=0.1, lasts=2 * DAY)
    for day, share in enumerate([[0.5, 0.05, 0.05], [0.5, 0.05, 0.2], [0.5, 0.05, 0.05], [0.5, 0.5, 0.05]]):
        state = state.after(day * DAY, np.array(share))
    assert state.left.tolist() == [np.inf, 2 * DAY, np.inf]
    assert state.here.tolist() == [True, False, True]
    assert state.gone(DAY, 3 * DAY).tolist() == [1]
    state = state.after(4 * DAY, np.array([0.5, 0.5, 0.05]))
    assert state.left.tolist() == [np.inf, 2 * DAY, 4 * DAY]  # who has left does not come back


def test_the_moment_of_leaving_does_not_depend_on_when_one_looks():
    for looks in ([0.0, 1.9, 2.1, 5.0], [0.0, 5.0], [0.0, 2.0]):
        state = Patience.of(1, 0.1, 2 * DAY)
        for at in looks:
            state = state.after(at * DAY, np.array([0.0]))
        assert state.left.tolist() == [2 * DAY]


@pytest.mark.parametrize("wrong", [{"floor": 0.105}, {"lasts": 2.1 * DAY}])
def test_twin_patience_5_percent_off_is_noticed(wrong):
    def left(floor: float = 0.1, lasts: float = 2 * DAY) -> float:
        state = Patience.of(1, floor, lasts)
        for at, share in enumerate([0.102, 0.05, 0.05, 0.05]):
            state = state.after(at * DAY, np.array([share]))
        return float(state.left[0])

    assert left() == 3 * DAY
    assert left(**wrong) != 3 * DAY


def test_newcomers_are_content_and_states_are_not_changed():
    before = Patience.of(2, 0.1, DAY).after(0.0, np.zeros(2))
    after = before.joined(1).after(DAY, np.zeros(3))
    assert before.left.tolist() == [np.inf, np.inf]
    assert after.left.tolist() == [DAY, DAY, np.inf]
    assert after.since[2] == DAY


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: polya([1.0, 0.0], np.zeros((1, 1))), "each over 0"),
        (lambda: polya([1.0], np.zeros(3)), "runs x steps"),
        (lambda: polya([1.0], np.zeros((1, 1)), added=0), "added 0"),
        (lambda: Patience.of(2, 1.5, DAY), "floor 1.5"),
        (lambda: Patience.of(2, 0.5, DAY).after(0.0, np.zeros(3)), "do not fit 2 entities"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()


def test_looks_do_not_run_backwards():
    state = Patience.of(1, 0.1, DAY).after(5.0, np.zeros(1))
    with pytest.raises(BrokenInvariant, match=r"5.0 s, after 5.0 s"):
        state.after(5.0, np.zeros(1))
