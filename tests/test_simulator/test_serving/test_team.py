"""People work in their hours, come when they were hired, and stay away when they are ill."""

from __future__ import annotations

import pytest

from simulator.clock import Clock
from simulator.serving.team import Hours, Team
from simulator.units import DAY, HOUR, day

WORKING = Hours()


class Desk:
    """A desk that writes down who is there, and when."""

    def __init__(self) -> None:
        self.log: list[tuple[float, int]] = []

    def staff(self, at: float, n: int) -> None:
        self.log.append((at, n))

    def hours(self) -> float:
        """Work out the hours worked in all, from opening to closing."""
        open, worked = (0.0, 0), 0.0
        for at, n in self.log:
            worked += open[1] * (at - open[0])
            open = (at, n)
        return worked / HOUR


def worked(size: int = 10, days: float = 4.0, hours: Hours = WORKING, plans=()) -> tuple[Desk, list[int], Team]:
    """Let a team work for some *days*; *plans* are calls (time, what to do with the team)."""
    clock, desk, paid = Clock(lambda until: None), Desk(), []
    team = Team(clock, desk, size, hours, paid.append)
    for at, act in plans:
        clock.call(at, lambda act=act: act(team))
    clock.run(until=day(days))
    return desk, paid, team


def hours_hold(desk: Desk, expected: float) -> bool:
    """Tell whether the desk was staffed for the *expected* hours, within 1 %."""
    return abs(desk.hours() / expected - 1) < 0.01


def test_the_desk_is_staffed_in_the_hours_and_not_else():
    desk, _, _ = worked(size=3, days=2)
    assert desk.log == [(9 * HOUR, 3), (17 * HOUR, 0), (DAY + 9 * HOUR, 3), (DAY + 17 * HOUR, 0)]


def test_ten_people_work_eighty_hours_a_day():
    assert hours_hold(worked()[0], 4 * 80.0)


@pytest.mark.parametrize(
    "hours", [Hours(9 * HOUR, 17.4 * HOUR), Hours(9 * HOUR, 16.6 * HOUR), Hours(8.6 * HOUR, 17 * HOUR)]
)
def test_twin_hours_5_percent_off_are_noticed(hours):
    assert not hours_hold(worked(hours=hours)[0], 4 * 80.0)


def ill(share: float):
    """Make a call that lets a *share* of the team stay away."""
    return lambda team: team.miss(share)


def test_who_is_ill_stays_away_from_the_next_opening_on():
    desk, _, _ = worked(size=20, plans=[(day(1) + 10 * HOUR, ill(0.5)), (day(3), ill(0.0))])
    assert [n for at, n in desk.log if n] == [20, 20, 10, 20]
    assert hours_hold(desk, 8 * 70.0)


def test_twin_an_absence_5_percent_larger_is_noticed():
    desk, _, _ = worked(size=20, plans=[(day(1) + 10 * HOUR, ill(1.05 * 0.5 + 0.05)), (day(3), ill(0.0))])
    assert not hours_hold(desk, 8 * 70.0)


@pytest.mark.parametrize(
    ("size", "share", "present"), [(3, 0.5, 2), (2, 0.5, 1), (5, 1.0, 0), (0, 0.0, 0), (7, 0.1, 6)]
)
def test_people_come_whole(size, share, present):
    team = worked(size=size, days=0.1)[2]
    team.miss(share)
    assert team.present == present


def test_who_was_hired_is_there_at_the_first_opening_after_the_notice():
    arrived = []
    desk, paid, _ = worked(
        size=2, days=5, plans=[(HOUR, lambda team: team.hire(3, day(1), lambda: arrived.append(team.clock.now)))]
    )
    assert [n for at, n in desk.log if n] == [2, 5, 5, 5, 5]
    assert arrived == [day(1) + HOUR]
    assert paid == [0, 3, 3, 3, 3]


def test_who_is_paid_for_a_day_was_there_at_its_opening():
    """Hired people who arrive at noon start the next morning; the day they arrive costs nothing."""
    desk, paid, _ = worked(size=2, days=3, plans=[(12 * HOUR, lambda team: team.hire(1, DAY))])
    present = [n - 2 for at, n in desk.log if n]
    assert paid == present == [0, 0, 1]


def test_hires_add_up():
    desk, _, team = worked(size=1, days=4, plans=[(HOUR, lambda team: (team.hire(1, DAY), team.hire(2, 2 * DAY)))])
    assert [n for at, n in desk.log if n] == [1, 2, 4, 4]
    assert team.hired == 3
