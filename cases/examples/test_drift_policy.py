"""A retraining policy under test: it keeps the contract of a policy, and it earns more than training every week.

Run it with:  pytest test_drift_policy.py
"""

from __future__ import annotations

from pathlib import Path

from cases.testing import assert_better, assert_policy
from simulator.units import day

POLICY = str(Path(__file__).with_name("drift_policy.py"))
CASE = "drift_retraining"


def test_it_is_a_policy() -> None:
    """It acts on the view alone, within bounds, and twice the same."""
    assert_policy(POLICY, CASE)


def test_it_beats_training_every_week() -> None:
    """Both meet the same leads under each seed, for two months; it takes as many seeds as are needed to know."""
    verdict = assert_better(POLICY, than="mid", case=CASE, max_seeds=20, until=day(60))
    assert verdict.difference > 10_000, "dollars in two months"
