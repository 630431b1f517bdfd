"""Two who fly beside six who read: what the full load promises, in short; and a promise that is broken is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from load import Flier, Load, Watch, crossed, measured, rows

TIMED = (
    "health, slowest",
    "a click in flight, median",
    "presses that came to nothing",
)  # a busy machine is no broken promise: the command judges them


@pytest.mark.soak
def test_a_short_load_keeps_the_promises(tmp_path: Path) -> None:
    load = measured(8, 2, 8.0, tmp_path, checked=1)
    broken = {row.what: row.measured for row in rows(load) if row.kept is False and row.what not in TIMED}
    assert not broken, (broken, load.troubles, load.lost, crossed(load))
    assert len(load.ground) == 6 and all(flier.frames for flier in load.fliers)


def fine() -> Load:
    """Two flights as they should be."""
    fliers = [
        Flier(k, "burst_storm", 100 + k, flight=f"{k}" * 32, said=[f"word {k}"], latencies=[0.2], decisions=[0.9])
        for k in range(2)
    ]
    for flier in fliers:
        flier.frames = [f"{flier.flight} seed {flier.seed} {flier.word}".encode()]
    return Load(fliers, Watch([0.1], [300.0], [500.0]), ground=[[b"cards"]], clicks=[0.1], checked=2)


def broken(load: Load) -> list[str]:
    return [row.what for row in rows(load) if row.kept is False]


def test_a_good_load_breaks_nothing() -> None:
    assert broken(fine()) == []


@pytest.mark.parametrize("strange", ["1" * 32, "seed 101 ", "zebra1quartz101"])
def test_what_belongs_to_another_is_noticed(strange: str) -> None:
    load = fine()
    load.fliers[0].frames.append(f"…{strange}…".encode())
    assert broken(load) == ["seen of others"] and len(crossed(load)) == 1


def test_a_reason_that_comes_to_a_reader_is_noticed() -> None:
    load = fine()
    load.ground.append([b"zebra0quartz100 3"])
    assert broken(load) == ["seen of others"]


def test_each_promise_can_be_broken() -> None:
    load = fine()
    load.troubles, load.lost, load.differing = ["Slow: …"], ["word 1"], ["1" * 32]
    load.watch = Watch([0.1, 1.05], [630.0], [500.0])
    load.fliers[0].latencies = load.fliers[1].latencies = [1.05]
    load.fliers[0].said = load.fliers[1].said = []
    load.fliers[1].repeated = 1
    told = [row.what for row in rows(load) if row.kept is not None]
    assert set(broken(load)) == set(told) - {"seen of others"}
