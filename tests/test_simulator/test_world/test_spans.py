"""Faults that overlap do not end each other."""

from __future__ import annotations

import numpy as np

from simulator.world.spans import Spans


def test_what_holds_is_remembered_for_its_own_time():
    now = [0.0]
    spans = Spans(lambda: now[0])
    for at, act in (
        (10.0, ("begin", "a", 2.0)),
        (15.0, ("begin", "b", 5.0)),
        (20.0, ("end", "a")),
        (30.0, ("end", "b")),
    ):
        now[0] = at
        getattr(spans, act[0])(*act[1:])
    assert spans.product(np.array([9.0, 10.0, 15.0, 20.0, 29.0, 30.0])).tolist() == [1, 2, 10, 5, 5, 1]


def test_the_largest_that_holds_now_counts():
    spans = Spans(lambda: 1.0)
    assert spans.most() == 0.0
    spans.begin("a", 0.5)
    spans.begin("b", 0.9)
    assert spans.most() == 0.9
    spans.end("b")
    assert spans.most() == 0.5
