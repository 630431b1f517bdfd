"""A training job takes its time and its money; jobs wait for one another."""

from __future__ import annotations

import pytest

from simulator.clock import Clock
from simulator.learning.trainer import Terms, Trainer
from simulator.units import HOUR


def trained(orders, lasts: float = 6 * HOUR, until: float = 1000 * HOUR):
    """Order jobs at the times *orders*; return what happened: (what, when [h])."""
    log = []
    clock = Clock(lambda until: None)

    def fit(at: float, why: str):
        log.append((f"fit {why}", clock.now / HOUR))
        assert at == clock.now
        return lambda: log.append((f"live {why}", clock.now / HOUR))

    trainer = Trainer(clock, Terms(lasts, 400), fit, lambda at: log.append(("charge", at / HOUR)))
    for number, at in enumerate(orders):
        clock.call(at * HOUR, lambda number=number: trainer.order(str(number)))
    clock.run(until=until)
    return log, trainer


def timing_holds(log, starts: list[float], ends: list[float]) -> bool:
    """Tell whether jobs were cut at *starts* and live at *ends* [h]."""
    cuts = [at for what, at in log if what.startswith("fit")]
    lives = [at for what, at in log if what.startswith("live")]
    return cuts == pytest.approx(starts) and lives == pytest.approx(ends)


def test_a_version_is_cut_at_the_order_and_live_when_the_job_is_done():
    log, _ = trained([10])
    assert timing_holds(log, [10], [16])
    assert log == [("charge", 10.0), ("fit 0", 10.0), ("live 0", 16.0)]


@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_twin_a_job_5_percent_off_is_noticed(factor):
    assert not timing_holds(trained([10], lasts=factor * 6 * HOUR)[0], [10], [16])


def test_jobs_run_one_after_another_in_the_order_of_the_orders():
    log, trainer = trained([10, 11, 12, 30])
    assert timing_holds(log, [10, 16, 22, 30], [16, 22, 28, 36])
    assert [what for what, _ in log if what.startswith("live")] == ["live 0", "live 1", "live 2", "live 3"]
    assert trainer.jobs == 4


@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_twin_queueing_5_percent_off_is_noticed(factor):
    assert not timing_holds(trained([10, 11], lasts=factor * 6 * HOUR)[0], [10, 16], [16, 22])


def test_each_job_is_paid_for_once_when_it_starts():
    log, _ = trained([10, 10, 10])
    assert [at for what, at in log if what == "charge"] == [10.0, 16.0, 22.0]


def test_a_job_under_way_at_the_end_is_paid_for_and_never_live():
    log, trainer = trained([10], until=12 * HOUR)
    assert [what for what, _ in log] == ["charge", "fit 0"]
    assert trainer.jobs == 1


def test_a_job_without_duration_is_live_at_once():
    assert timing_holds(trained([10, 10], lasts=0.0)[0], [10, 10], [10, 10])


def test_a_schedule_orders_at_each_period():
    clock, log = Clock(lambda until: None), []
    trainer = Trainer(
        clock, Terms(HOUR, 1), lambda at, why: lambda: log.append((clock.now / HOUR, why)), lambda at: None
    )
    trainer.schedule(24 * HOUR)
    clock.run(until=80 * HOUR)
    assert log == [(25.0, "schedule"), (49.0, "schedule"), (73.0, "schedule")]


def test_a_schedule_may_be_begun_in_flight():
    clock, log = Clock(lambda until: None), []
    trainer = Trainer(clock, Terms(HOUR, 1), lambda at, why: lambda: log.append(clock.now / HOUR), lambda at: None)
    clock.call(30 * HOUR, lambda: trainer.schedule(24 * HOUR))
    clock.run(until=80 * HOUR)
    assert log == [49.0, 73.0]
