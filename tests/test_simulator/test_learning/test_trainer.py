"""A training job takes its time and its money; jobs wait for one another."""

from __future__ import annotations

import pytest
import simpy

from simulator.clock import Clock
from simulator.errors import BadInput
from simulator.learning.trainer import Hooks, Terms, Trainer
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


def bench(slots: int, hooks: Hooks | None = None, cost: int = 1):
    """Return a clock, a log and a trainer with so many *slots*."""
    clock, log = Clock(lambda until: None), []
    trainer = Trainer(
        clock, Terms(HOUR, cost), lambda at, why: lambda: log.append((clock.now / HOUR, why)),
        lambda at: log.append((at / HOUR, "paid")), slots=simpy.Resource(clock, slots), hooks=hooks,
    )  # fmt: skip
    return clock, log, trainer


def test_two_slots_train_two_at_a_time():
    clock, log, trainer = bench(2)
    for name in "abc":
        trainer.order(name)
    assert trainer.ordered == 3
    clock.run(until=10 * HOUR)
    assert [entry for entry in log if entry[1] != "paid"] == [(1.0, "a"), (1.0, "b"), (2.0, "c")]
    assert trainer.ordered == 0


def test_a_slot_may_be_shared_with_somebody_else():
    clock, log, trainer = bench(1)
    slots = trainer._slots
    held = slots.request()
    trainer.order("waits")
    clock.call(5 * HOUR, lambda: slots.release(held))
    clock.run(until=10 * HOUR)
    assert log == [(5.0, "paid"), (6.0, "waits")]


def test_a_job_that_breaks_off_is_paid_for_and_puts_nothing_live():
    failed = []
    clock, log, trainer = bench(1, Hooks(fails=lambda job: job == 1, failed=failed.append))
    trainer.order("first")
    trainer.order("second")
    clock.run(until=10 * HOUR)
    assert log == [(0.0, "paid"), (1.0, "paid"), (2.0, "second")] and failed == ["first"]


def test_training_takes_machines_from_serving_and_gives_them_back():
    replicas = []
    clock, _, trainer = bench(1, Hooks(occupies=lambda change: replicas.append((clock.now / HOUR, change))))
    clock.call(2 * HOUR, lambda: trainer.order("job"))
    clock.run(until=10 * HOUR)
    assert replicas == [(2.0, 1), (3.0, -1)]


def test_terms_that_cannot_be_are_refused():
    with pytest.raises(BadInput, match="neither is negative"):
        bench(1, cost=-1)
