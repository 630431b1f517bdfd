"""The review desk: against Erlang C, against a SimPy process per review, and against its own laws."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.errors import BadInput, BrokenInvariant
from simulator.serving.desk import Desk, Review
from simulator.streams import Streams
from simulator.units import HOUR

CONTROL, COMPLETION, EXPIRY, ARRIVAL = range(4)  # the order of one instant


class Reference:
    """The same desk, naively: one SimPy process per item, on absolute times."""

    def __init__(self, hold: float, discipline: str) -> None:
        self.clock = Clock(advance=lambda until: None)
        self.hold, self.ranked = hold, discipline == "priority"
        self.present = self.busy = 0
        self.line: list[tuple[float, float, int, Any]] = []
        self.ended: list[Review] = []

    def staff(self, at: float, n: int) -> None:
        self.clock.call(at, lambda: self._now_present(n), CONTROL)

    def submit(self, id: int, at: float, work: float, priority: float) -> None:
        self.clock.process(self._review(id, at, work, -priority if self.ranked else 0.0))

    def run(self) -> list[Review]:
        self.clock.run()
        return sorted(self.ended, key=lambda review: (review.done, review.id))

    def _now_present(self, n: int) -> None:
        self.present = n
        self._hand_out()

    def _hand_out(self) -> None:
        while self.line and self.busy < self.present:
            first = min(self.line, key=lambda entry: entry[:3])
            self.line.remove(first)
            self.busy += 1
            first[3].succeed()

    def _review(self, id: int, at: float, work: float, rank: float) -> Generator[Any, Any, None]:
        yield self.clock.at(at, ARRIVAL)
        turn = self.clock.event()
        entry = (rank, at, id, turn)
        self.line.append(entry)
        self._hand_out()
        if not turn.triggered:
            late = [self.clock.at(at + self.hold, EXPIRY)] if self.hold < math.inf else []
            yield self.clock.any_of([turn, *late])
        if not turn.triggered:
            self.line.remove(entry)
            self.ended.append(Review(id, at, math.inf, at + self.hold, "expired"))
            return
        started = self.clock.now
        yield self.clock.at(started + work, COMPLETION)
        self.busy -= 1
        self.ended.append(Review(id, at, started, started + work, "reviewed"))
        self._hand_out()


def scenario(seed: int, grid: bool) -> dict[str, Any]:
    """Draw a random day at a desk; on a grid nearly everything happens at the same time as something else."""
    luck = Streams(seed).get("scenario", grid)
    n, changes = int(luck.integers(20, 300)), int(luck.integers(1, 10))
    at, work = np.cumsum(luck.exponential(1.0, n)), luck.exponential(2.5, n)
    shifts = np.append(0.0, luck.uniform(0, at[-1], changes))
    hold = float(luck.choice([math.inf, luck.exponential(3.0), 0.0], p=[0.4, 0.5, 0.1]))
    if grid:
        at, work, shifts, hold = np.floor(at), np.floor(work), np.floor(shifts), np.floor(hold)
    return {
        "hold": float(hold),
        "discipline": ("fifo", "priority")[int(luck.integers(2))],
        "items": [
            (i, *row)
            for i, row in enumerate(
                zip(at.tolist(), work.tolist(), luck.integers(0, 3, n).astype(float).tolist(), strict=True)
            )
        ],
        "staff": list(zip(np.sort(shifts).tolist(), luck.integers(0, 5, changes + 1).tolist(), strict=True)),
        "looks": np.sort(luck.uniform(0, at[-1], 20)).tolist(),
    }


def flown(day: dict[str, Any]) -> list[Review]:
    """Fly a day on the desk; it is asked for its results at odd moments in between."""
    desk, ended = Desk(day["hold"], day["discipline"]), []
    events = [(at, 0, ("staff", at, n)) for at, n in day["staff"]]
    events += [(at, 1, ("look", at)) for at in day["looks"]]
    events += [(item[1], 2, ("submit", *item)) for item in day["items"]]
    for _, _, (kind, *rest) in sorted(events, key=lambda event: event[:2]):
        if kind == "look":
            ended += desk.advance(*rest)
        else:
            getattr(desk, kind)(*rest)
    return ended + desk.advance(math.inf)


def referred(day: dict[str, Any]) -> list[Review]:
    reference = Reference(day["hold"], day["discipline"])
    for at, n in day["staff"]:
        reference.staff(at, n)
    for item in day["items"]:
        reference.submit(*item)
    return reference.run()


@pytest.mark.parametrize("grid", [False, True], ids=["continuous", "grid"])
@pytest.mark.parametrize("seed", range(50))
def test_equal_to_a_process_per_review(seed, grid):
    day = scenario(seed, grid)
    assert flown(day) == referred(day)


def test_the_scenarios_reach_everything():
    days = [scenario(seed, grid) for seed in range(50) for grid in (False, True)]
    outcomes = [review.outcome for day in days for review in flown(day)]
    assert {day["discipline"] for day in days} == {"fifo", "priority"}
    assert min(outcomes.count(outcome) for outcome in ("reviewed", "expired")) > 1_000
    assert any(len(flown(day)) < len(day["items"]) for day in days)  # some wait for ever


def mmc(seed: int, mu: float, n: int = 40_000) -> tuple[float, float]:
    """Return P(wait) and the mean wait [min] of λ = 100/h, *mu* reviews an hour, 10 analysts."""
    luck, desk = Streams(seed), Desk()
    desk.staff(0.0, 10)
    at = np.cumsum(luck.get("at").exponential(HOUR / 100, n)).tolist()
    for id, (asked, work) in enumerate(zip(at, luck.get("work").exponential(HOUR / mu, n).tolist(), strict=True)):
        desk.submit(id, asked, work)
    waits = np.array([review.started - review.asked for review in desk.advance(math.inf)][n // 20 :])
    return float((waits > 0).mean()), float(waits.mean()) / 60


def agrees(mu: float) -> bool:
    runs = np.array([mmc(seed, mu) for seed in range(10)])
    se = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
    near = np.abs(runs.mean(axis=0) - [0.48761, 1.4628]) <= 4 * se
    return bool(near.all() and (se <= [0.015, 0.06]).all())


def test_erlang_c():
    assert agrees(mu=12.0)


def test_twin_erlang_c_with_a_service_five_percent_slower():
    assert not agrees(mu=12.0 / 1.05)


@pytest.mark.parametrize("seed", range(10))
def test_littles_law_is_exact_from_empty_to_empty(seed):
    day = scenario(seed, grid=True)
    desk, present, ended = Desk(day["hold"], day["discipline"]), 0, []
    held = 0
    for now in range(5_000):
        changes = [n for at, n in day["staff"] if at == now] + ([4] if now == 1_000 else [])
        for present in changes:
            desk.staff(now, present)
        desk.meet(now)
        for item in day["items"]:
            if item[1] == now:
                desk.submit(*item)
        ended += desk.advance(now)
        desk.meet(now)
        held += desk.waiting + desk.busy
    ended += desk.advance(math.inf)
    assert len(ended) == len(day["items"]) and desk.waiting == desk.busy == 0
    assert held == math.fsum(review.done - review.asked for review in ended)


def test_who_goes_home_finishes_the_item_in_hand():
    desk = Desk()
    desk.staff(0.0, 2)
    for id in range(3):
        desk.submit(id, 0.0, 10.0)
    desk.staff(5.0, 0)
    assert (desk.busy, desk.present, desk.waiting) == (2, 0, 1)
    assert [review.id for review in desk.advance(100.0)] == [0, 1]
    desk.staff(100.0, 1)
    assert desk.advance(200.0) == [Review(2, 0.0, 100.0, 110.0, "reviewed")]


def test_the_order_of_one_instant():
    leaving, arriving = Desk(hold=10.0), Desk(hold=10.0)
    for desk, there in ((leaving, 1), (arriving, 0)):
        desk.staff(0.0, there)
        desk.submit(0, 0.0, 10.0)
        desk.submit(1, 0.0, 10.0)
    leaving.staff(10.0, 0)  # before the completion at 10, which therefore starts nobody
    arriving.staff(10.0, 1)  # before the expiry at 10: to wait exactly 10 s is not too long
    assert [review.outcome for review in leaving.advance(math.inf)] == ["reviewed", "expired"]
    assert arriving.advance(math.inf) == [
        Review(1, 0.0, math.inf, 10.0, "expired"),
        Review(0, 0.0, 10.0, 20.0, "reviewed"),
    ]


def test_an_arrival_meets_the_analyst_who_finishes_just_then():
    desk = Desk()
    desk.staff(0.0, 1)
    desk.submit(0, 0.0, 10.0)
    desk.submit(1, 10.0, 1.0)
    assert (desk.waiting, desk.busy) == (0, 1)


def test_priorities():
    desk = Desk(discipline="priority")
    desk.submit(4, 0.0, 1.0, 1.0)
    desk.submit(3, 0.0, 1.0, 1.0)
    desk.submit(1, 1.0, 1.0, 1.0)
    desk.submit(2, 2.0, 1.0, 9.0)
    desk.staff(3.0, 1)
    assert [review.id for review in desk.advance(math.inf)] == [2, 3, 4, 1]


def test_results_come_once_and_only_when_ended():
    desk = Desk()
    desk.staff(0.0, 1)
    desk.submit(0, 0.0, 10.0)
    assert desk.advance(10.0) == []
    desk.submit(1, 10.0, 5.0)  # brings the desk to 10, the completion included
    assert desk.advance(10.0) == []
    assert [review.id for review in desk.advance(15.0)] == [0]
    assert [review.id for review in desk.advance(15.1)] == [1]


def test_broken_orders_are_refused():
    desk = Desk()
    desk.submit(0, 5.0, 1.0)
    for broken in (
        lambda: desk.submit(0, 5.0, 1.0),  # twice
        lambda: desk.submit(1, 4.0, 1.0),  # back in time
        lambda: desk.staff(5.0, 1),  # control after data of its instant
        lambda: desk.advance(4.0),
        lambda: desk.submit(1, math.nan, 1.0),
        lambda: desk.advance(math.nan),
    ):
        with pytest.raises(BrokenInvariant):
            broken()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Desk(hold=-1.0),
        lambda: Desk(hold=math.nan),
        lambda: Desk(discipline="lifo"),
        lambda: Desk().staff(0.0, -1),
        lambda: Desk().submit(0, 0.0, -1.0),
        lambda: Desk().submit(0, 0.0, math.nan),
        lambda: Desk().submit(0, math.inf, 1.0),
        lambda: Desk().submit(0, 0.0, 1.0, math.nan),
    ],
    ids=["hold", "hold nan", "discipline", "analysts", "work", "work nan", "never", "priority nan"],
)
def test_bad_input_is_refused(make):
    with pytest.raises(BadInput):
        make()


def test_a_lost_item_is_noticed():
    desk = Desk()
    desk.submit(0, 0.0, 1.0)
    desk._waiting.clear()
    with pytest.raises(BrokenInvariant, match="lost an item"):
        desk.advance(1.0)


def test_more_reviews_than_analysts_are_noticed():
    desk = Desk()
    desk.staff(0.0, 1)
    desk.submit(0, 0.0, 1.0)
    desk._present = 0
    with pytest.raises(BrokenInvariant):
        desk._start(1, 0.0, 0.0, 1.0)
