"""Worlds that answer through `respond`, with luck of the tape: who probes the line and moves, who is held and leaves.

What they know changes at midnight and nowhere else, so the cut into blocks shows in nothing; what they do has been
drawn before, so another decision meets the same people in the same mood.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from toy_case import PEOPLE, SERVED, Stall

from simulator.books.requests import ABSENT, rows
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.units import DAY, day
from simulator.world.adversary import Adversary
from simulator.world.population import Departures

RING = 12  # people who probe; the other ones leave when they have been held, three times in ten
LEAVES = 0.3
DAYS = 6


class Besieged(Stall):
    """The toy stall with a ring of adversaries and with customers who leave."""

    def __init__(self, system, setting):
        super().__init__(system, setting)
        self.ring = Adversary.of(RING, 0.0, 1.0, budget=10_000, margin=0.02)
        self.departures = Departures(PEOPLE)
        self.heard = []
        self.asked = self.requests.X[:, 0].copy()

    def parts(self):
        return replace(super().parts(), see=self.see)

    def see(self, requests):
        """The ring asks for no more than it believes to pass; one in three of its requests is a probe."""
        X, who = requests.X.copy(), requests.entity
        mine = np.flatnonzero(who < RING)
        probes = self.truths.luck["hold"][requests.id[mine]] < 1 / 3
        level = np.where(probes, self.ring.probes(np.full(RING, 0.5))[who[mine]], X[mine, 0])
        X[mine, 0] = np.where(probes, level, self.ring.shifted(level, who[mine]))
        self.asked[requests.id] = X[:, 0]
        return X

    def respond(self, requests, decided, until):
        gone = []
        for row, (id, who, at) in enumerate(zip(requests.id, requests.entity, requests.at, strict=True)):
            passed = decided.action[row] == SERVED
            if self.departures.left_at[who] <= at:
                gone.append(row)
            elif who < RING:
                self.heard.append((int(who), float(self.asked[id]), bool(passed)))
            elif not passed and self.truths.luck["service"][id] < LEAVES:
                self.departures.leave(int(who), float(at))
        away = np.isin(np.arange(len(requests)), gone)
        ended = super().respond(rows(requests, ~away), replace(decided, action=decided.action[~away]), until)
        return replace(
            ended,
            id=np.concatenate([ended.id, requests.id[away]]),
            at=np.concatenate([ended.at, requests.at[away]]),
            result=np.concatenate([ended.result, np.full(len(gone), ABSENT)]),
        )

    def at_midnight(self):
        super().at_midnight()
        for who, level, passed in self.heard:
            one = np.arange(RING) == who
            self.ring = self.ring.told(one, np.full(RING, level), np.full(RING, passed))
        self.heard.clear()
        self.system.mark("believed", float(self.ring.passed.mean()))


def besieged(case):
    """Return the toy *case* with a besieged stall, and a list that takes the stalls of its flights."""
    stalls = []

    def build(system, setting, incidents):
        stalls.append(Besieged(system, setting))
        return stalls[-1].parts()

    return replace(case, build=build), stalls


@pytest.fixture
def world(toy):
    return besieged(toy.but(drop=["feast", "strike"], world={"people": 600}))


def test_blocks_and_one_by_one_agree(world):
    case, _ = world
    runs = [simulate(case, {"line": 0.5}, 3, engine=engine) for engine in ("compiled", "reference")]
    assert runs[0].digest() == runs[1].digest()


@pytest.mark.parametrize("line", [0.3, 0.45])
def test_the_ring_ends_just_under_the_line(world, line):
    case, stalls = world
    run = simulate(case, {"line": line}, 3)
    ring = stalls[-1].requests.entity < RING
    last = ring & (stalls[-1].requests.at > day(DAYS - 1)) & (stalls[-1].truths.luck["hold"] >= 1 / 3)
    refused = run.outcomes.score[last] >= line
    assert refused.mean() < 0.1, "it hardly asks for what is refused any more"
    score = np.sort(run.outcomes.score[last])[-20:]
    assert 0.9 * line < score.mean() < line, "and for nearly all that passes"


def test_when_the_line_moves_so_does_the_ring(world):
    case, stalls = world
    run = simulate(case, Plan(case.design.of({"line": 0.5})).then(day(3), line=0.3), 3)
    at, believed = run.gauges.series("believed")
    before, after = believed[at == day(3)][0], believed[at == day(5)][0]
    assert after < 0.75 * before
    ring = (stalls[-1].requests.entity < RING) & (stalls[-1].truths.luck["hold"] >= 1 / 3)
    days = stalls[-1].requests.at // DAY
    refused = [float((run.outcomes.score[ring & (days == n)] >= 0.3).mean()) for n in (3, 5)]
    assert refused[0] > 3 * refused[1]


def test_another_decision_meets_the_same_people_in_the_same_mood(world):
    case, stalls = world
    plan = Plan(case.design.of({"line": 0.5}))
    one = simulate(case, plan, 3)
    other = simulate(case, plan.then(day(3), line=0.9), 3)
    assert one.digest_until(day(3)) == other.digest_until(day(3))
    left = [stall.departures.left_at for stall in stalls[-2:]]
    early = left[0] < day(3)
    assert early.any() and (left[0][early] == left[1][early]).all()
    assert np.isfinite(left[0]).sum() > np.isfinite(left[1]).sum(), "whom nobody holds, nobody offends"


def test_who_is_held_leaves_in_the_share_that_was_said(world):
    case, stalls = world
    simulate(case, {"line": 0.97}, 3, until=day(5))
    stall = stalls[-1]
    others = stall.requests.entity >= RING
    held = others & (stall.system.outcomes.action == 3) & (stall.system.outcomes.result != ABSENT)
    leavers = int(np.isfinite(stall.departures.left_at).sum())
    assert 0 < leavers == int((held & (stall.truths.luck["service"] < LEAVES)).sum())
    gone = stall.system.outcomes.result == ABSENT
    assert (stall.requests.at[gone] >= stall.departures.left_at[stall.requests.entity[gone]]).all()
