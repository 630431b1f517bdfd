"""A flight of minutes is told in minutes and seconds, wherever somebody reads about it; a flight of days in days."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from cases import load
from cases._report import report
from cases._steps import pace, steps
from cases._words import example, flown
from simulator.books.journal import Entry, Journal
from simulator.errors import BadInput
from simulator.simulation import simulate
from simulator.units import DAY, HOUR

SHORT = ("burst_storm", "latency_budget")
STORM = "burst_storm"


@pytest.fixture(scope="module")
def storm():
    """The storm with few people, whose vote comes early."""
    return load(STORM).but(world={"rate": 20}, move={"disk_page": "70s", "vote": "100s"}, drop=["zone", "news"])


@pytest.fixture(scope="module")
def run(storm):
    """Three minutes of it."""
    return simulate(storm, storm.plan().then(130.4, "the vote", least=7), 7, until=180.0)


def printed(width: int, case, run) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, markup=False, emoji=False)
    report(console, case, run, "the default design", 1.0)
    return file.getvalue()


def noted(run, *entries: Entry):
    """*run* with a journal of these *entries*."""
    journal = Journal()
    for entry in entries:
        journal.write(entry)
    return replace(run, journal=journal)


def lines(text: str, title: str) -> list[str]:
    """The lines of a section, up to the next empty one."""
    section, *_ = text[text.index(title) :].split("\n\n")
    return [line.rstrip() for line in section.splitlines()[1:]]


# before a flight


@pytest.mark.parametrize("name", SHORT)
def test_the_list_and_the_brief(say, name):
    assert "15 minutes to fly" in " ".join(say("list").out.split())
    brief = say("brief", name, "--teacher").out
    assert '--at "3m DIAL=VALUE"' in brief
    assert "15 minutes to fly" in brief
    assert "day" not in brief[brief.index("TIMELINE") : brief.index("TEACHING NOTE")]


def test_the_timeline(say):
    timeline = say("brief", STORM, "--teacher").out
    assert "        2:10  disk_page" in timeline
    assert "   5:00-6:00  vote" in timeline


@pytest.mark.parametrize("name", SHORT)
def test_documents_are_those_of_any_case(say, name):
    case = next(case for case in say("list", "--json").data if case["name"] == name)
    assert case["horizon_days"] == 900 / DAY
    assert list(say("brief", name, "--json").data) == ["name", "brief", "dials", "targets", "pars"]


def test_examples_fit_the_flight(storm):
    fraud = load("fraud_threshold")
    assert (example(fraud, 1 / 5), example(fraud, 7 / 30)) == ("12d", "14d")
    assert (example(storm, 1 / 5), example(storm, 1 / 3)) == ("3m", "5m")


# the report


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits(storm, run, width):
    assert max(map(len, printed(width, storm, run).splitlines())) <= width


def test_how_much_was_flown(storm, run):
    assert "3 of 15 minutes · " in printed(100, storm, run)
    assert flown(storm, replace(run, until=450.0)) == "7:30 of 15 minutes"
    assert flown(storm, replace(run, until=900.0)) == "15 minutes"


def test_the_chart_is_drawn_by_tick(storm, run):
    rows = lines(printed(100, storm, run), "EVERY 15 SECONDS  with lowest")
    money = next(row for row in rows if row.startswith("  replicas a step"))
    assert len(money.split()[3]) == 180 / 15
    events, minutes = rows[-2:]
    first = events.index("▲")
    assert events[first : first + 5] == "▲ ▲ ◆"  # steps 4, 6 and 8
    assert (minutes.split(), minutes[first]) == (["minute", "0", "1", "2"], "1")


def test_a_day_is_told_in_days():
    assert [pace(step) for step in (DAY, 6 * HOUR, 15.0, 0.5)] == [
        "day by day", "every 6 hours", "every 15 seconds", "every 0.5 seconds",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tick", "width", "numbers"), [(15, 120, 3), (1, 120, 3), (1, 60, 3), (60, 80, 1), (90, 80, 1)]
)
def test_numbers_below_a_chart_do_not_touch(storm, run, tick, width, numbers):
    file = io.StringIO()
    Console(file=file, width=width).print(steps(replace(storm, tick=float(tick)), run, width))
    ruler = file.getvalue().splitlines()[-1].split()
    assert ruler[0] == "minute"
    assert ruler[1:] == [str(n) for n in range(numbers)]


def test_what_is_watched_is_shown_in_its_order_and_with_its_unit(storm, run):
    watching = replace(storm, watched={"p99_ms": "ms", "rate": "1/s", "good_share": "", "nothing": ""})
    rows = lines(printed(100, watching, run), "EVERY 15 SECONDS")
    gauges = [row for row in rows if not row.startswith(("  profit", "  replicas", "  events", "  minute"))]
    assert [row.split("  ")[1] for row in gauges] == ["p99 ms", "rate"]  # the others do not move
    assert gauges[0].endswith(" ms") and gauges[1].endswith(" 1/s")


@pytest.mark.parametrize("name", SHORT)
def test_what_a_case_watches_is_read_in_a_run(name):
    case = load(name)
    assert set(case.watched) <= set(simulate(case, None, 0, until=case.tick).gauges.names())


def test_the_journal_has_seconds(storm, run):
    told = lines(printed(100, storm, run), "WHAT HAPPENED")
    assert "   1:40  incident  the vote is open: one minute (until 2:40)" in told
    assert "   2:10  decision  least = 7 (the vote)" in told


def test_what_is_said_twice_at_a_moment_is_told_once(storm, run):
    assert len([entry for entry in run.journal if "log disk" in entry.text]) == 2
    assert printed(100, storm, run).count("log disk") == 1
    twice = noted(run, Entry(5.0, "incident", "i", "same", seen=False), Entry(5.0, "alarm", "a", "same"))
    assert printed(100, storm, twice).count("same") == 2  # nobody was told of the first


def test_an_alarm_that_rings_on_is_told_once(storm, run):
    rings = [Entry(at, "alarm", "q", f"ring at {at:g}") for at in (15.0, 30.0, 89.0, 149.0)]
    others = [
        Entry(20.0, "alarm", "other", "another"),
        Entry(21.0, "note", "q", "note"),
        Entry(22.0, "note", "q", "note"),
    ]
    told = printed(100, storm, noted(run, *sorted(rings + others, key=lambda entry: entry.at)))
    assert lines(told, "WHAT HAPPENED") == [
        "   0:15  alarm  ring at 15 (2 more alarms until 1:29)",
        "   0:20  alarm  another",
        "   0:21  note   note",
        "   0:22  note   note",
        "   2:29  alarm  ring at 149",
    ]


# files


def test_out(say):
    said = say("run", STORM, "--until", "45s", "--set", "least=2", "--at", "20s least=3", "--out", "here", "--json")
    frame = list(csv.DictReader(Path("here/frame.csv").read_text().splitlines()))
    assert [row["at_s"] for row in frame] == ["0.0", "15.0", "30.0"] and "day" not in frame[0]
    assert sum(float(row["$profit"]) for row in frame) == pytest.approx(said.data["kpis"]["profit"])
    journal = list(csv.DictReader(Path("here/journal.csv").read_text().splitlines()))
    assert list(journal[0]) == ["at_s", "kind", "name", "text", "seen", "facts"]
    assert ("20.0", "least = 3") in [(row["at_s"], row["text"]) for row in journal]


# errors


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--at", "905s least=3"], "time 905s is outside the flight; allowed: from 0s to before 900s"),
        (["--at", "15m least=3"], "time 900s is outside the flight"),
        (["--at", "12d least=3"], "time 1036800s is outside the flight"),
        (["--at", "3m"], '"3m DIAL=VALUE"'),
        (["--do", "3m"], '"3m ACT ARGUMENT=VALUE"'),
        (["--until", "16m"], "until 960s is outside the flight; allowed: more than 0s, up to 900s"),
        (["--plan", "late.json"], "time 3600s is outside the flight; allowed: from 0s to before 900s"),
        (["--scenario", "late.toml"], "incident 'vote' lies outside the flight of 900s"),
        (["--policy", "lost.py", "--until", "1m"], "lost.py:policy failed at 0:30, line 3: ValueError: where am I"),
        (["--policy", "back.py", "--until", "1m"], "the pilot decided at 15s about 10s, in the past"),
    ],
)
def test_times_in_errors(say, words, told):
    Path("late.json").write_text('{"changes": [{"at": "1h", "dials": {"least": 5}}]}')
    Path("late.toml").write_text('[scenario]\nmove = {vote = "900s"}\n')
    Path("lost.py").write_text("def policy(view):\n    if view.now == 30:\n        raise ValueError('where am I')\n")
    Path("back.py").write_text("def policy(view):\n    return view.plan.then(10, least=5) if view.now else None\n")
    said = say("run", STORM, *words)
    assert said.code == 2
    assert told in said.err and said.err.count("\n") == 1


def test_a_conditional_incident_behind_the_end(storm):
    level = load(STORM).but(level=3)
    with pytest.raises(BadInput, match="'copycats' lies outside the flight of 900s"):
        simulate(level, None, 0, fired={"copycats": 901.0})


# many flights


def test_a_study(say):
    words = ["study", STORM, "--pars", "weak,strong", "--seeds", "0-1", "--until", "30s", "--jobs", "1"]
    assert "weak → strong" in say(*words).out


def test_a_gap_without_spread_is_not_counted(say):
    words = ["study", STORM, "--pars", "weak,mid", "--seeds", "0-2", "--until", "30s", "--jobs", "1", "--kpi", "bill"]
    row = next(line for line in say(*words).out.splitlines() if "→" in line)
    assert " n/a " in row
