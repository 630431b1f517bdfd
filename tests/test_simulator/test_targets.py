"""Targets: the limit itself is good enough, and what is not known is not."""

from __future__ import annotations

import math

import pytest

from simulator.targets import Target, judged


@pytest.mark.parametrize(
    ("at_least", "value", "met"),
    [(True, 0.9, True), (True, 0.89, False), (True, 1.0, True), (False, 0.9, True), (False, 0.91, False),
     (False, -1.0, True), (True, math.nan, False), (False, math.nan, False), (True, math.inf, True)],
)  # fmt: skip
def test_a_target_is_met_on_its_side_of_the_limit(at_least, value, met):
    assert Target("approved", 0.9, at_least).met(value) is met


def test_a_run_is_held_against_each_target():
    targets = (Target("profit", 100.0, True), Target("wait", 5.0, False, guardrail=True))
    verdicts = judged(targets, {"wait": 7.0, "profit": 100.0, "other": 1.0})
    assert [(v.name, v.value, v.limit, v.met, v.guardrail) for v in verdicts] == [
        ("profit", 100.0, 100.0, True, False),
        ("wait", 7.0, 5.0, False, True),
    ]
