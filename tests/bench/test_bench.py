"""The loop that the engine is timed against decides the same, payment for payment."""

from __future__ import annotations

import bench


def test_engine_and_loop_take_the_same_actions() -> None:
    case = bench.bench_case(40_000)
    engine, run = bench.flown(case)
    loop = bench.looped(case, run)
    assert (engine.actions == loop.actions).all()
    assert (engine.actions == 2).sum() > 100
