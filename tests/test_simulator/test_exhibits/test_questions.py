"""Questions that many cases ask have the answers that can be counted a second way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.board import Board, Stakes
from simulator.exhibits import Claim
from simulator.exhibits.questions import among_the_highest, break_even, either, stopped_by
from simulator.probes import Asked
from simulator.simulation import tape_of
from simulator.units import day


@pytest.fixture(scope="module")
def asked(toy, flown) -> Asked:
    """The toy's default flight, of somebody to whom a request is worth three of its price, or costs one."""
    board = Board(actions=("serve", "hold"), stakes=lambda setting, value: Stakes(3 * value, -value))
    return Asked(replace(toy, board=board), flown, tape_of(toy, 0))


def test_the_line_is_where_gain_and_loss_are_even(asked):
    check = break_even("hold one")(asked)
    assert check.truth == pytest.approx(0.25)
    values = [v / 1e6 for v, at in zip(asked.run.requests.value, asked.run.requests.at, strict=True) if at >= 0]
    assert f"${sorted(values)[len(values) // 2]:.1f}" in check.ask
    assert break_even("hold one")(replace(asked, case=replace(asked.case, board=Board()))) is None


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_the_highest_scores_hold_a_share_of_positives(asked, share):
    rows = [
        (-score, label)
        for score, label, at in zip(
            asked.run.outcomes.score, asked.tape.truths.label, asked.run.requests.at, strict=True
        )
        if at >= 0
    ]
    top = sorted(rows, key=lambda row: row[0])[: max(1, round(share * len(rows)))]
    check = among_the_highest(share, "What share?")(asked)
    assert check.truth == pytest.approx(np.mean([label for _, label in top]), abs=0.05)
    assert (check.ask, check.unit) == ("What share?", "share")


def test_what_was_stopped_is_the_value_of_positives_a_posting(asked):
    held = [int(id) for id in asked.run.ledger.postings().request[asked.run.ledger.caused_by("held")]]
    caught = sum(asked.run.requests.value[id] / 1e6 for id in held if asked.tape.truths.label[id])
    check = stopped_by("held", 3, "How much?")(asked)
    assert check.truth == pytest.approx(caught / len(held))
    assert stopped_by("held", 2, "How much?")(asked).truth == 0.0
    assert stopped_by("nothing", 3, "How much?")(asked) is None


def test_a_claim_is_turned_by_what_is_so():
    assert either(True, "It {}.", "rose", "fell") == Claim("It rose.", "It fell.")
    assert either(False, "It {}.", "rose", "fell") == Claim("It fell.", "It rose.")


def test_those_after_the_end_are_not_counted(asked):
    short = replace(asked, run=replace(asked.run, until=day(1)))
    assert break_even("hold one")(short).ask != break_even("hold one")(asked).ask
