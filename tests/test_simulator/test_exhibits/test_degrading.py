"""How it degrades: the gauge that moved most against its spread, and how long the first alarm took."""

from __future__ import annotations

import dataclasses
import statistics

import pytest

from simulator.books.gauges import Gauges
from simulator.books.journal import Entry, Journal
from simulator.exhibits.degrading import HOW_IT_DEGRADES, first_alarm, first_harm, moved_most, movements
from simulator.exhibits.words import said
from simulator.probes import Posed
from simulator.units import DAY, HOUR

LEVEL = (1.0, 1.2, 0.8, 1.1, 0.9, 1.0, 1.1, 0.9)


def with_gauges(asked, **series):
    gauges = Gauges()
    for name, values in series.items():
        for k, value in enumerate(values):
            gauges.mark(name, 6 * HOUR * (k + 1), value)
    return dataclasses.replace(asked, run=dataclasses.replace(asked.run, gauges=gauges))


def with_alarms(asked, *alarms):
    journal = Journal()
    for at, name, seen in alarms:
        journal.write(Entry(at, "alarm", name, "it rings", seen))
    return dataclasses.replace(asked, run=dataclasses.replace(asked.run, journal=journal))


def test_the_first_harm(asked):
    assert first_harm(asked).name == "feast"
    harmless = tuple(dataclasses.replace(one, distractor=one.name == "feast") for one in asked.case.timeline)
    case = dataclasses.replace(asked.case, timeline=harmless)
    assert first_harm(dataclasses.replace(asked, case=case)).name == "strike"


def test_movements_by_hand(asked):
    feast = first_harm(asked).at
    usual, jump = list(LEVEL), [1.0, 2.0, 4.0, 1.0, 1.0, 9.0]
    found = movements(with_gauges(asked, small=[*usual, 1.0, 1.0, 1.3, 1.0], large=[*usual, *jump]), feast)
    assert feast == pytest.approx(2.0357 * DAY, rel=1e-3)
    assert [one.gauge for one in found] == ["large", "small"]
    large = found[0]
    assert large.usual == pytest.approx(statistics.mean(LEVEL))
    assert large.furthest == 4.0
    assert large.left_at == 2.5 * DAY
    assert not found[1].stood
    assert found[1].size == pytest.approx((1.3 - statistics.mean(LEVEL)) / statistics.stdev(LEVEL))
    assert large.spread == pytest.approx(max(statistics.stdev(LEVEL), 0.02 * (9.0 - 0.8)))


def test_three_spreads_are_far(asked):
    feast, spread = first_harm(asked).at, statistics.stdev(LEVEL)
    for spreads, far in ((2.9, False), (3.1, True)):
        beyond = statistics.mean(LEVEL) + spreads * spread
        (one,) = movements(with_gauges(asked, level=[*LEVEL, 1.0, beyond, 1.0]), feast)
        assert (one.left_at == 2.5 * DAY) is far


def test_what_runs_on_by_itself_is_left_out(asked):
    feast = first_harm(asked).at
    rising = [float(k) for k in range(12)]
    slope = [k + 0.1 * (-1) ** k for k in range(8)] + [3.0, 9.0, 2.0, 1.0]
    assert movements(with_gauges(asked, total=rising, slope=slope), feast) == []


def test_names_of_things_are_no_levels(asked):
    case = dataclasses.replace(asked.case, watched={"version": "number", "level": "ms"})
    one = with_gauges(dataclasses.replace(asked, case=case), version=[1.0] * 8 + [2.0] * 4, level=[*LEVEL, 2.0, 2.0])
    assert [m.gauge for m in movements(one, first_harm(one).at)] == ["level"]


def test_the_gauge_that_moved_most_is_drawn(asked):
    exhibit, (_, one) = Posed.of(HOW_IT_DEGRADES, asked).exhibit, moved_most(asked)
    assert list(exhibit.chart.series) == [one.gauge.replace("_", " ")]
    assert (first_harm(asked).at, "feast") in exhibit.chart.marks
    assert f"usually {said(one.usual)}, it went to {said(one.furthest)}" in exhibit.text
    assert "nobody was told" in exhibit.text


def test_the_next_alarm_is_asked_for(asked):
    feast = first_harm(asked).at
    rang = with_alarms(
        asked, (feast - HOUR, "early", True), (feast + DAY, "hidden", False), (feast + 3 * DAY, "x", True)
    )
    assert first_alarm(rang, feast).name == "x"
    check = Posed.of(HOW_IT_DEGRADES, rang).check
    assert check.truth == pytest.approx(3.0)
    assert check.unit == "days"
    assert check.tolerance == 1.0
    assert "days after feast began did the next alarm ring" in check.ask


def test_late_alarms_may_be_missed_by_a_quarter(asked):
    feast = first_harm(asked).at
    check = Posed.of(HOW_IT_DEGRADES, with_alarms(asked, (feast + 40 * DAY, "x", True))).check
    assert check.truth == pytest.approx(40.0)
    assert check.tolerance == pytest.approx(10.0)


def test_distractors_are_no_alarms(asked):
    feast = first_harm(asked).at
    false = tuple(dataclasses.replace(one, distractor=one.name == "strike") for one in asked.case.timeline)
    rang = with_alarms(asked, (feast + DAY, "strike", True), (feast + 2 * DAY, "x", True))
    rang = dataclasses.replace(rang, case=dataclasses.replace(asked.case, timeline=false))
    assert first_alarm(rang, feast).name == "x"


def test_without_an_alarm_the_gauge_is_asked_for(asked):
    silent = with_alarms(with_gauges(asked, large=[*LEVEL, 1.0, 4.0, 4.0, 1.0]))
    check, harm = Posed.of(HOW_IT_DEGRADES, silent).check, first_harm(asked)
    assert "no alarm rang" in Posed.of(HOW_IT_DEGRADES, silent).exhibit.text
    assert check.truth == pytest.approx((2.5 * DAY - harm.at) / DAY)
    assert "large first lie over three spreads" in check.ask


def test_nothing_happened(asked):
    calm = dataclasses.replace(asked, case=dataclasses.replace(asked.case, timeline=()))
    posed = Posed.of(HOW_IT_DEGRADES, calm)
    assert posed.exhibit.text.startswith("Nothing harmful happened in this flight.")
    assert posed.exhibit.chart is not None
    assert posed.check is None
