"""Worlds are shared by who flies in the same one: what a condition says is not part of it, that there is one is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from toy_case import CASE

from simulator import worlds
from simulator.simulation import simulate
from simulator.units import day
from simulator.worlds import keep_worlds, tape_of

DRAWN = []


def drawn(*given):
    """Draw the world of the toy, and note that."""
    DRAWN.append(given)
    return CASE.world(*given)


TOY = replace(CASE, world=drawn)
LATENT = TOY.but(when={"feast": "never"})


@pytest.fixture(autouse=True)
def room(monkeypatch):
    """Keep eight worlds, of which none is drawn yet."""
    DRAWN.clear()
    monkeypatch.setattr(worlds, "_kept", type(worlds._kept)())
    keep_worlds(8)
    yield
    keep_worlds(1)


@pytest.mark.parametrize("test", ["since 2d", "since 2.1d", "asked > 5 and line unchanged", {"gauge": "a", "above": 1}])
def test_what_a_condition_says_is_not_part_of_the_world(test):
    tape = tape_of(LATENT, 0)
    assert tape_of(TOY.but(when={"feast": test}), 0) is tape
    assert len(DRAWN) == 1


@pytest.mark.parametrize(
    "other",
    [
        TOY, LATENT.but(when={"strike": "never"}), LATENT.but(move={"feast": "2.1d"}),
        LATENT.but(level=3), LATENT.but(world={"people": 210}), LATENT.but(drop=["strike"]),
        replace(LATENT, timeline=(replace(LATENT.timeline[0], size=0.525), LATENT.timeline[1])),
        replace(LATENT, timeline=(replace(LATENT.timeline[0], lasts=day(1.05)), LATENT.timeline[1])),
    ],
    ids=["no condition", "two conditions", "moved", "level", "setting", "dropped", "stronger", "longer"],
)  # fmt: skip
def test_all_else_is(other):
    tape = tape_of(LATENT, 0)
    assert tape_of(other, 0) is not tape
    assert tape_of(LATENT, 0) is tape and len(DRAWN) == 2


def test_a_seed_is():
    assert tape_of(LATENT, 0) is not tape_of(LATENT, 1)


def test_targets_are_not():
    assert tape_of(LATENT.but(targets={"served": 0.9}), 0) is tape_of(LATENT, 0)


def test_what_a_run_is_does_not_hang_on_who_drew_its_world():
    """The tape of another condition gives the run that its own would have given."""
    later = TOY.but(when={"feast": "since 2.5d"})
    alone = simulate(later, None, 0).digest()
    worlds._kept.clear()
    simulate(LATENT, None, 0, until=day(1))
    assert simulate(later, None, 0).digest() == alone and len(DRAWN) == 2


def test_the_oldest_goes_first():
    keep_worlds(2)
    first, second = tape_of(LATENT, 0), tape_of(LATENT, 1)
    assert tape_of(LATENT, 0) is first
    tape_of(LATENT, 2)
    assert tape_of(LATENT, 0) is first
    assert tape_of(LATENT, 1) is not second
