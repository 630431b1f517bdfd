"""A debrief that is made up: round figures, of a flight of six days, with text of somebody else wherever it may be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.debrief.results import (
    Attribution,
    Bar,
    Bridge,
    Debrief,
    Event,
    Ghost,
    Instead,
    Knowable,
    Luck,
    Moves,
    Practise,
    Regret,
    Truth,
    WorstHour,
    Worth,
)
from simulator.probes import Chart, Check, Exhibit, Posed
from simulator.rubric import Anchors
from simulator.score import Line, Part, Row, Scorecard
from simulator.units import day

EVIL = "<b>$5 *now*</b> [x](javascript:alert(1)) :fire:"
MILLION = 1_000_000
"""a dollar [µ$]"""


def card(**more: Any) -> Scorecard:
    """Return a score."""
    line = Line(f"checked {EVIL}", "data", 1.0, 2.0, (f"seen {EVIL}",))
    parts = (
        Part("outcome", 25.0, 50.0, "half way", ()),
        Part("behaviours", 15.0, 30.0, "one of two", (line,)),
        Part("predictions", None, 10.0, "nobody sat in this run"),
        Part("defence", -1.0, 10.0, "nothing"),
    )
    rows = (
        Row("data", "Data and labels", 1.0, 2.0, "strong", Anchors("a1", f"a2 {EVIL}", "a3", "a4")),
        Row("serving", "Serving and latency", 0.0, 0.0, "", None),
    )
    made = Scorecard(50.0, 50.0, (), 50.0, 100 * MILLION, 150 * MILLION, 200 * MILLION, parts, rows)
    return replace(made, **more)


def truth(**more: Any) -> Truth:
    """Return a true story: a rush that was told, a fault that was not, and a decision."""
    events = (
        Event(day(1), day(2), "incident", "rush", f"rush {EVIL}", True),
        Event(day(1.5), None, "alarm", "queue", "the queue is long", True),
        Event(day(3), None, "incident", "silent_fault", "silent_fault: a sensor lies", False),
        Event(day(4), None, "decision", "line", f"line 0.5 “{EVIL}”", True),
    )
    causes = {"rush": "more people come", "fault": "a sensor lies", "siren": "an alarm that means nothing"}
    return replace(Truth(events, causes, "fault", day(2), "silent_fault", day(1)), **more)


WORTHS = (
    Worth("dial:servers", f"Servers 3 {EVIL}", 0.0, -20 * MILLION, -15 * MILLION, -10.0, -30.0, 10.0),
    Worth("turn:0:line", "day 4: Line 0.5", day(4), 50 * MILLION, 65 * MILLION, 40.0, 20.0, 60.0),
    Worth("act:0", "day 5: Retrain", day(5), None, None, None, None, None, f"it cannot be flown {EVIL}"),
)

KNOWABLE = (
    Knowable("rush", True, False, day(1), day(2), "queue", "people", day(1.25), 0.0, 10.0, 14.0, "queue", day(1.5),
             f"day 4: Line 0.5 {EVIL}", day(4)),
    Knowable("silent_fault", False, False, day(3), None, "", "", None, None, None, None, "", None, "", None),
    Knowable("siren", True, True, day(5), None, "", "", None, None, None, None, "", None, "", None),
)  # fmt: skip


def posed(name: str = "why", **more: Any) -> Posed:
    """Return a probe as it is asked of a run."""
    chart = Chart("bar", f"Accounts {EVIL}", "$", ("sales", f"fines {EVIL}"), {"$": (120.0, -20.0)})
    check = Check("Which is larger?", "sales are $120, fines $20", ("sales", f"fines {EVIL}"), 0)
    anchors = {level: f"the {level} answer {EVIL}" for level in ("weak", "mid", "strong", "expert")}
    made = Posed(
        name, f"Why {name}? {EVIL}", "metrics", True, Exhibit(f"it is {EVIL}", chart), check, anchors, "And then?"
    )
    return replace(made, **more)


NUMBER = Check("How much?", "it is $50", truth=50.0, tolerance=5.0, unit="$")
SHARE = Check("Which share?", "it is 20 %", truth=0.2, tolerance=0.02, unit="share")


def made_up(**more: Any) -> Debrief:
    """Return a whole debrief."""
    bars = (
        Bar("sales", 120 * MILLION, 200 * MILLION, 230 * MILLION),
        Bar("fines", -20 * MILLION, -50 * MILLION, -30 * MILLION),
        Bar("rent", -5 * MILLION, -5 * MILLION, -5 * MILLION),
    )
    at = tuple(day(n) for n in range(7))
    ghost = Ghost(at, *(tuple(top * n / 6 for n in range(7)) for top in (145.0, 95.0, 195.0)))
    made = Debrief(
        case="burst_storm", title="T", revision=1, scenario={}, seed=3, plan={}, until=day(6), digest="d", kpis={},
        units={}, labels={}, targets=(), score=card(), bridge=Bridge(bars, 95 * MILLION, 145 * MILLION, 195 * MILLION),
        ghost=ghost, truth=truth(),
        worst=WorstHour(day(2), day(3), -7 * MILLION, 3 * MILLION, {"fines": -9 * MILLION}, (4, 9), 4 * MILLION),
        attribution=Attribution(WORTHS, 100 * MILLION, 145 * MILLION, True, 6, (3, 4)),
        moves=Moves((Instead("dial:servers", f"Servers 4 {EVIL}", 9 * MILLION, {"design": {}}),)),
        regret=Regret(95 * MILLION, 145 * MILLION, "expert", 195 * MILLION, 185 * MILLION, {}, 11, 250 * MILLION, 0.5),
        knowable=KNOWABLE, luck=Luck((3, 4, 5, 6), tuple(n * MILLION for n in (145, 100, 120, 190)), 2 / 3),
        practise=(Practise("data", "Data and labels", 1.0, 2.0, f"a4 {EVIL}", ("burst_storm", "gone")),),
        posed=(posed(),),
    )  # fmt: skip
    return replace(made, **more)
