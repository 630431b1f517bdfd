"""An adversary closes in on the line by half with each probe, follows when it moves, and never sees it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.streams import Streams
from simulator.world.adversary import Adversary, probes_to_reach, width_after


def spent(spies: Adversary, line: np.ndarray | float, luck: np.random.Generator) -> Adversary:
    """Let all of *spies* spend what they have left today against a *line*; below it, all passes."""
    while (who := spies.left > 0).any():
        level = spies.probes(luck.random(len(spies.left)))
        spies = spies.probed(who, level, level < line)
    return spies


LINES = Streams(1).get("lines").random(500) * 1_000


def test_bisection_halves_what_is_unknown():
    spies = spent(Adversary.of(500, 0.0, 1_000.0, budget=7), LINES, Streams(1).get("luck"))
    assert spies.unknown == pytest.approx(np.full(500, width_after(1_000.0, 7)))
    assert ((spies.passed <= LINES) & (spies.refused >= LINES)).all()
    assert (LINES - spies.passed <= 1_000 / 2**7).all()


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_with_jitter_the_mean_unknown_falls_by_a_half_and_a_sixth_of_its_square(jitter):
    spies = spent(Adversary.of(20_000, 0.0, 1.0, 4, jitter=jitter), lines := Streams(2).get("l").random(20_000), luck())
    expected = (0.5 + jitter**2 / 6) ** 4
    error = float(spies.unknown.std()) / np.sqrt(len(lines))
    assert abs(spies.unknown.mean() - expected) < 4 * error + 1e-12
    assert jitter == 0 or abs(spies.unknown.mean() - (0.5 + (jitter * 1.05) ** 2 / 6) ** 4) > 2 * error


def luck() -> np.random.Generator:
    return Streams(3).get("luck")


def test_days_go_on_where_the_last_one_ended():
    spies = Adversary.of(500, 0.0, 1_000.0, budget=3)
    for _ in range(3):
        spies = spent(spies.next_day(), LINES, luck())
    assert spies.unknown == pytest.approx(np.full(500, 1_000 / 2**9))
    assert probes_to_reach(1_000.0, 1_000 / 2**9) == 9
    assert probes_to_reach(1_000.0, 1.0) == 10


def test_it_asks_for_just_under_what_passes():
    spies = spent(Adversary.of(500, 0.0, 1_000.0, budget=10, margin=0.05), LINES, luck())
    who, wanted = np.arange(500), np.full(500, 2_000.0)
    asked = spies.shifted(wanted, who)
    assert (asked <= LINES).all()
    sure = LINES > 10
    assert asked[sure] == pytest.approx(spies.passed[sure] * 0.95)
    assert spies.shifted(np.zeros(500), who).tolist() == [0.0] * 500  # less is never made more


def test_who_has_seen_nothing_pass_asks_for_what_it_wants():
    spies = Adversary.of(2, 0.0, 100.0, budget=1)
    assert spies.shifted(np.array([70.0, 80.0]), np.array([0, 1])).tolist() == [70.0, 80.0]


@pytest.mark.parametrize("moved", [0.5, 1.5])
def test_it_finds_a_line_that_moved(moved):
    lines = np.full(500, 400.0)
    spies = spent(Adversary.of(500, 0.0, 1_000.0, budget=10), lines, luck())
    asked = spies.passed if moved < 1 else np.full(500, 401.0)  # an ordinary request meets the new line
    spies = spies.told(np.ones(500, bool), asked, asked < lines * moved)
    assert (spies.unknown > 390).all()
    spies = spent(spies.next_day(), lines * moved, luck())
    assert (np.abs(spies.passed - 400 * moved) < 1).all()


def test_an_answer_that_says_nothing_new_changes_nothing():
    spies = spent(Adversary.of(3, 0.0, 1_000.0, budget=5), np.array([100.0, 500.0, 900.0]), luck())
    told = spies.told(np.ones(3, bool), spies.passed / 2, np.ones(3, bool))
    assert (told.passed == spies.passed).all()
    assert (told.refused == spies.refused).all()
    nobody = spies.told(np.zeros(3, bool), np.full(3, 999.0), np.ones(3, bool))
    assert (nobody.passed == spies.passed).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Adversary.of(1, 5.0, 5.0, 1), "the first must be lower"),
        (lambda: Adversary.of(1, 0.0, 5.0, -1), "budget -1"),
        (lambda: Adversary.of(1, 0.0, 5.0, 1, margin=2.0), "margin 2.0"),
        (lambda: Adversary.of(1, 0.0, 5.0, 0).probed(np.array([True]), np.ones(1), np.ones(1, bool)), "no probe left"),
        (lambda: probes_to_reach(1.0, 2.0), "a rest of 2.0"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(BadInput, match=says):
        call()
