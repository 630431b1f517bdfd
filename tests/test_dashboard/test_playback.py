"""The clock of a flight: it runs at its pace, halts where it must, and never runs back by itself."""

from __future__ import annotations

import pytest

from dashboard.playback import Playback, pace


@pytest.fixture
def clock():
    return Playback("f", 1500.0)


def test_it_stands_until_it_plays(clock):
    assert clock.now(0.0) == clock.now(100.0) == 0.0


def test_it_runs_at_its_pace(clock):
    clock.play(10.0)
    assert clock.now(13.0) == pytest.approx(3 * pace(1500.0)) == pytest.approx(30.0)
    assert clock.rate == pytest.approx(10.0)


def test_another_speed_changes_what_follows_only(clock):
    clock.play(0.0)
    clock.turn(2.0, 4.0)
    assert clock.now(2.0) == pytest.approx(20.0)
    assert clock.now(3.0) == pytest.approx(60.0)


def test_a_pause_holds_the_moment(clock):
    clock.play(0.0)
    assert clock.pause(5.0) == pytest.approx(50.0) == clock.now(1000.0)


def test_it_halts_at_its_stop_and_at_the_end(clock):
    clock.play(0.0, stop=35.0)
    assert not clock.halted(3.0)
    assert clock.now(9.0) == 35.0
    assert clock.halted(9.0)
    clock.pause(9.0)
    clock.play(9.0)
    assert clock.now(1e6) == 1500.0
    assert clock.halted(1e6)


def test_at_the_end_it_does_not_play(clock):
    clock.jump(2000.0)
    clock.play(0.0)
    assert clock.now(1.0) == 1500.0
    assert not clock.playing


def test_a_wall_clock_that_runs_back_does_not_turn_it_back(clock):
    clock.play(10.0)
    assert clock.now(9.0) == 0.0


def test_a_stop_in_the_past_does_not_turn_it_back(clock):
    clock.jump(100.0)
    clock.play(0.0, stop=50.0)
    assert clock.now(1.0) == 100.0
