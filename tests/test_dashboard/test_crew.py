"""Worker processes: they do what is asked, one errand a player, and what goes wrong with one harms no other."""

from __future__ import annotations

import os
import sys
import time
import types
from pathlib import Path

import pytest
import slow_jobs

from dashboard.crew import Crew
from simulator.errors import BadInput

PATIENCE = 40.0  # s of wall time; the machine may be busy


@pytest.fixture(scope="module")
def crew():
    made = Crew(1, slow_jobs.begin, most=3, limit=60.0)
    yield made
    made.stop()


def until(holds, seconds=40.0):
    """Wait until *holds*."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_an_errand_is_done(crew):
    errand = crew.ask("a", slow_jobs.double, 21)
    assert errand.wait(PATIENCE) == "done"
    assert (errand.result, errand.share, errand.trouble) == (42, 1.0, "")


def test_it_is_done_in_another_process(crew, tmp_path):
    note = tmp_path / "pid"
    assert crew.ask("a", slow_jobs.sleep, 0.0, str(note)).wait(PATIENCE) == "done"
    assert int(note.read_text()) != os.getpid()


def test_progress_and_place_in_the_queue(crew):
    first = crew.ask("a", slow_jobs.sleep, 1.0)
    second = crew.ask("b", slow_jobs.double, 1)
    assert until(lambda: first.share == 0.25)
    assert (first.ahead, second.ahead) == (0, 1)
    assert second.wait(PATIENCE) == "done"
    assert first.state == "done"


def test_a_new_errand_of_the_same_player_cancels_the_old(crew):
    old = crew.ask("a", slow_jobs.sleep, 45.0)
    assert until(lambda: old.state == "running")
    new = crew.ask("a", slow_jobs.double, 4)
    assert old.state == "cancelled"
    assert new.wait(PATIENCE) == "done"


def test_cancelling_stops_the_worker(crew, tmp_path):
    note = tmp_path / "pid"
    errand = crew.ask("a", slow_jobs.sleep, 45.0, str(note))
    assert until(note.exists)
    errand.cancel()
    worker = Path(f"/proc/{note.read_text()}")
    assert until(lambda: not worker.exists())
    assert errand.state == "cancelled"
    assert crew.ask("a", slow_jobs.double, 5).wait(PATIENCE) == "done"


def test_the_queue_is_bounded(crew):
    busy = [crew.ask("p", slow_jobs.sleep, 45.0)]
    assert until(lambda: busy[0].state == "running")
    busy += [crew.ask(f"q{k}", slow_jobs.sleep, 45.0) for k in range(3)]
    with pytest.raises(BadInput, match="3 flights wait to be computed"):
        crew.ask("one too many", slow_jobs.sleep, 45.0)
    for errand in busy:
        errand.cancel()


def test_what_a_person_can_mend_is_told_and_nothing_else(crew):
    refused, broken = crew.ask("a", slow_jobs.refuse), crew.ask("b", slow_jobs.break_down)
    assert refused.wait(PATIENCE) == broken.wait(PATIENCE) == "failed"
    assert refused.trouble == "this cannot be flown"
    assert "secret" not in broken.trouble and "log" in broken.trouble


def test_a_worker_that_dies_is_replaced_and_the_errand_done(crew, tmp_path):
    errand = crew.ask("a", slow_jobs.die, str(tmp_path / "note"))
    assert until(lambda: errand.state == "done")
    assert errand.result == "done after all"


def test_who_dies_twice_is_given_up(crew):
    errand = crew.ask("a", slow_jobs.always_die)
    assert until(lambda: errand.state == "failed")
    assert "died twice" in errand.trouble
    assert crew.ask("b", slow_jobs.double, 1).wait(PATIENCE) == "done"


def test_workers_do_not_run_the_main_program(tmp_path, monkeypatch):
    program = types.ModuleType("__main__")
    program.__file__ = str(tmp_path / "page.py")
    Path(program.__file__).write_text("raise SystemExit('nobody should run this')")
    monkeypatch.setitem(sys.modules, "__main__", program)
    apart = Crew(1, slow_jobs.begin)
    try:
        assert apart.ask("a", slow_jobs.double, 3).wait(PATIENCE) == "done"
    finally:
        apart.stop()
