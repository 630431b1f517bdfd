"""A campaign flies each run once, keeps it, and gives the same rows whoever flies and whatever was there before."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from toy_case import CASE

import simulator.study.campaign as module
from simulator.errors import BadInput, Cancelled
from simulator.simulation import fly
from simulator.study import Campaign, Row, Shelf, Workers
from simulator.units import DAY

SEEDS = (0, 3, 4)
ARMS = {"mid": "mid", "own": {"line": 0.3}, "expert": CASE.pars["expert"]}
FLOWN: list[int] = []


def counted(run) -> dict[str, float]:
    """Count the runs of this process."""
    FLOWN.append(run.seed)
    return {"n": 1.0}


def wavering():
    """Return a policy that remembers, as it must not from one run to the next; its class travels with it."""

    class Wavering:
        asked = 0

        def __call__(self, view):
            self.asked += 1
            return {"line": 0.5 + 0.05 * self.asked}

    return Wavering()


@pytest.fixture
def shelf(tmp_path):
    """An empty shelf."""
    made = Shelf(tmp_path / "runs.sqlite3")
    yield made
    made.close()


def campaign(shelf=None, **more) -> Campaign:
    """A short campaign in this process, whose runs are counted."""
    return Campaign(**{"case": CASE, "workers": 1, "until": 2 * DAY, "read": counted, "shelf": shelf} | more)


def flown(campaign: Campaign, arms=None, seeds=SEEDS) -> int:
    """Return how many runs were flown."""
    before = len(FLOWN)
    campaign.fly(arms or ARMS, seeds)
    return len(FLOWN) - before


def test_rows_are_those_of_the_runs():
    rows = campaign().fly(ARMS, SEEDS)
    for arm, seed in itertools.product(("mid", "expert"), SEEDS):
        run = fly(CASE, arm, seed, until=2 * DAY)
        assert rows[arm][SEEDS.index(seed)] == Row(run.kpis() | {"n": 1.0}, run.digest())
    assert list(rows) == list(ARMS) and all(len(row) == len(SEEDS) for row in rows.values())


@pytest.mark.parametrize("arms", [1, 4, 5, 9])
@pytest.mark.parametrize("kept", [False, True], ids=["plain", "kept"])
def test_who_flies_does_not_show(tmp_path, arms, kept):
    plans = {f"d{n}": {"line": n / 10} for n in range(arms)}
    found = []
    for jobs in (1, 2):
        shelf = Shelf(tmp_path / f"{jobs}.sqlite3") if kept else None
        found.append(Campaign(CASE, jobs, until=DAY, shelf=shelf).fly(plans, SEEDS))
        if shelf:
            shelf.close()
    assert found[0] == found[1]


def test_a_policy_that_remembers_begins_anew_with_each_run():
    policy = wavering()
    here, twice, there = (Campaign(CASE, jobs, 2 * DAY).fly({"a": policy, "b": policy}, SEEDS) for jobs in (1, 1, 2))
    assert here == twice == there and here["a"] == here["b"] and policy.asked == 0


# --- what is kept


def test_what_is_kept_is_not_flown_again(shelf):
    first = campaign(shelf).fly(ARMS, SEEDS)
    assert len(shelf) == 9 and flown(campaign(shelf)) == 0
    assert campaign(shelf).fly(ARMS, SEEDS) == first == campaign().fly(ARMS, SEEDS)


def test_what_is_new_is_flown(shelf):
    flown(campaign(shelf))
    assert flown(campaign(shelf), {**ARMS, "new": {"line": 0.9}}) == 3
    assert flown(campaign(shelf), seeds=(*SEEDS, 7)) == 3
    assert flown(campaign(shelf), {"under another name": {"line": 0.3}}) == 0


def other_file(run) -> dict[str, float]:
    """Read the same in other words."""
    return counted(run)


OTHERS = {
    "end": {"until": DAY},
    "revision": {"case": dataclasses.replace(CASE, revision=2)},
    "scenario": {"case": CASE.but(level=3)},
    "reader": {"read": other_file},
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_run_is_not_taken_for_this_one(shelf, name):
    flown(campaign(shelf))
    assert flown(campaign(shelf, **OTHERS[name])) == 9


def test_other_versions_make_other_runs(shelf, monkeypatch):
    flown(campaign(shelf))
    monkeypatch.setattr(module, "versions", lambda: {"python": "9.9"})
    assert flown(campaign(shelf)) == 9


def test_a_campaign_that_is_cancelled_keeps_what_is_done(shelf):
    def enough(share: float) -> None:
        if share > 0.5:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        campaign(shelf, progress=enough).fly(ARMS, SEEDS)
    assert len(shelf) == 5 and flown(campaign(shelf)) == 4


def test_progress_begins_with_what_was_there(shelf):
    told: list[float] = []
    flown(campaign(shelf), seeds=SEEDS[:2])
    campaign(shelf, progress=told.append).fly(ARMS, SEEDS)
    assert told == pytest.approx([7 / 9, 8 / 9, 1.0])


def test_a_policy_that_nobody_could_tell_from_another_is_not_kept(shelf):
    with pytest.raises(BadInput, match="importable or picklable"):
        campaign(shelf).fly({"a": lambda view: None}, SEEDS)


# --- worlds


@pytest.mark.parametrize("kept", [False, True], ids=["plain", "kept"])
def test_designs_of_a_seed_share_its_world(tmp_path, shelf, kept):
    """Each of two workers draws it once at most: also that of a case which was put together here."""

    def world(seed, *more):
        with open(tmp_path / "drawn", "a") as file:
            file.write(f"{seed}\n")
        return CASE.world(seed, *more)

    plans = {f"d{n}": {"line": n / 20} for n in range(20)}
    by_hand = dataclasses.replace(CASE, world=world, origin=None)
    rows = Campaign(by_hand, Workers(2), DAY, shelf=shelf if kept else None).fly(plans, range(4))
    drawn = (tmp_path / "drawn").read_text().split()
    assert 4 <= len(drawn) <= 2 * 4 and set(drawn) == set("0123")
    assert rows == Campaign(CASE, 1, DAY).fly(plans, range(4))
