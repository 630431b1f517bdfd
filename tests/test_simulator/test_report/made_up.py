"""A debrief made up by hand, with something in every field; whoever wants to may put texts of their own into it."""

from __future__ import annotations

import math
from collections.abc import Callable

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
from simulator.record import BELIEF, Answer
from simulator.rubric import DIMENSIONS, Anchors
from simulator.score import Line, Part, Row, Scorecard
from simulator.units import DAY, HOUR, micro

Text = Callable[[str], str]


def made_up(text: Text = lambda said: said) -> Debrief:
    """Return a debrief of a flight of four days; *text* is asked for every text of a person or of a case."""
    plan = {
        "design": {"servers": 2, "line": 0.7, text("dial"): text("value")},
        "changes": [{"at": 2 * DAY, "dials": {"line": 0.5}, "why": text("people learn")}],
        "acts": [{"at": DAY, "act": text("retrain"), "arguments": {text("boost"): text("much")}, "why": text("drift")}],
    }
    return Debrief(
        case=text("stall"), title=text("The stall"), revision=3, scenario={"level": 2, "note": text("scene")}, seed=7,
        plan=plan, until=4 * DAY, digest="d1" * 32, kpis={"profit": 100.0, text("kpi"): math.nan},
        units={"profit": "$", text("kpi"): text("unit")}, labels={"line": text("Line to be drawn")},
        targets=targets(text), score=scorecard(text),
        bridge=bridge(text), ghost=ghost(), truth=truth(text), worst=worst(text), attribution=attribution(text),
        moves=moves(text), regret=regret(text), knowable=knowable(text),
        luck=Luck((7, 8, 9, 10), (micro(100), micro(80), micro(120), micro(81)), 2 / 3),
        practise=(Practise("data", text("Data"), 1.0, 3.0, text("waits for labels"), (text("drift"),)),),
        posed=posed(text), answers=answers(text),
    )  # fmt: skip


def targets(text: Text) -> tuple[dict[str, object], ...]:
    return (
        {"name": "profit", "value": 100.0, "limit": 50.0, "met": True, "guardrail": False},
        {"name": text("served"), "value": math.nan, "limit": 0.2, "met": False, "guardrail": True},
    )


def scorecard(text: Text) -> Scorecard:
    line = Line(text("waited for labels"), "data", 1.0, 3.0, (text("shown on day 2"), text("not shown on day 3")))
    parts = (
        Part("outcome", 40.0, 50.0, text("80 of 100"), (Line(text("profit"), None, 0.8, 1.0, (text("ends"),)),)),
        Part("behaviours", 10.0, 30.0, text("1 of 3"), (line, Line(text("never asked"), "model", 0.0, 0.0, ()))),
        Part("predictions", None, 10.0, text("nobody sat in this run")),
        Part("defence", 0.0, 10.0, text("none")),
    )
    anchors = Anchors(text("weak one"), text("mid one"), text("strong one"), text("expert one"))
    rows = tuple(
        Row(name, label, 1.0, 3.0 * (name == "data"), "mid" if name == "data" else "", anchors)
        for name, label in DIMENSIONS.items()
    )
    return Scorecard(55.6, 62.5, (text("served"),), 80.0, micro(20), micro(100), micro(120), parts, rows)


def bridge(text: Text) -> Bridge:
    bars = (Bar(text("sales"), micro(50), micro(150), micro(160)), Bar("losses", micro(-30), micro(-50), micro(-40)))
    return Bridge(bars, micro(20), micro(100), micro(120))


def ghost() -> Ghost:
    at = tuple(day * DAY for day in range(5))
    return Ghost(at, (0.0, 20.0, 60.0, 70.0, 100.0), (0.0, 5.0, 10.0, 12.0, 20.0), (0.0, 30.0, 60.0, 90.0, 120.0))


def truth(text: Text) -> Truth:
    events = (
        Event(DAY, 2 * DAY, "incident", text("feast"), text("more people come"), False),
        Event(1.5 * DAY, None, "alarm", text("losses"), text("losses are high"), True),
        Event(2 * DAY, None, "decision", text("line"), text("line 0.5 # people learn"), True),
    )
    causes = {"rush": text("more people come"), "pause": text("labels are held up")}
    return Truth(events, causes, "rush", 1.2 * DAY, text("feast"), 0.2 * DAY)


def worst(text: Text) -> WorstHour:
    accounts = {text("losses"): micro(-15), "sales": micro(3)}
    return WorstHour(DAY, DAY + HOUR, micro(-12), micro(3), accounts, (4, 12), micro(5))


def attribution(text: Text) -> Attribution:
    worths = (
        Worth("dial:line", text("Line 0.7"), 0.0, micro(30), micro(25), 28.0, 10.0, 46.0),
        Worth("turn:0:line", text("Line 0.5"), 2 * DAY, micro(-4), micro(-2), None, None, None),
        Worth("act:0", text("retrain"), DAY, None, None, None, None, None, text("nothing to promote without it")),
    )
    return Attribution(worths, micro(77), micro(100), True, 6, (7, 8, 9))


def moves(text: Text) -> Moves:
    earlier = Instead("turn:0:line", text("Line 0.5 a day earlier"), micro(8), {"design": {}})
    return Moves((earlier, Instead("act:0", text("no retraining"), None, None, text("cannot be flown"))))


def regret(text: Text) -> Regret:
    design = {"line": 0.6, text("dial"): text("value")}
    return Regret(micro(20), micro(100), text("expert"), micro(120), micro(131), design, 24, micro(200), 80 / 111)


def knowable(text: Text) -> tuple[Knowable, ...]:
    return (
        Knowable(text("feast"), False, False, DAY, 2 * DAY, text("asked"), text("people"), 1.1 * DAY, 10.0, 20.0, 31.0,
                 text("losses"), 1.5 * DAY, text("line 0.5"), 2 * DAY),
        Knowable("strike", True, True, 3 * DAY, None, "", "", None, None, None, None, "", None, "", None),
    )  # fmt: skip


def posed(text: Text) -> tuple[Posed, ...]:
    line = Chart("line", text("Losses"), text("$"), (0.0, DAY, 2 * DAY), {text("yours"): (1.0, None, 3.0)}, True,
                 text("day"), ((DAY, text("feast")),))  # fmt: skip
    bars = Chart("bar", text("By hour"), "share", (text("early"), "late"), {text("held"): (0.5, 0.25), "b": (0.1, 0.2)})
    anchors = {level: text(f"a {level} answer") for level in ("weak", "mid", "strong", "expert")}
    choice = Check(text("Which?"), text("because of 12"), (text("waiting"), text("losses")), 1)
    number = Check(text("How many?"), text("counted"), truth=12.0, tolerance=1.0, unit=text("people"))
    return (
        Posed("wait", text("Why did they wait?"), "serving", True, Exhibit(text("They did."), line), choice, anchors,
              text("And then?")),
        Posed("count", text("How many came?"), "metrics", True, Exhibit(text("Some."), bars), number, anchors, ""),
        Posed("idle", text("Not worth asking"), "model", False, Exhibit("", None), None, anchors, ""),
    )  # fmt: skip


def answers(text: Text) -> tuple[Answer, ...]:
    return (
        Answer("wait", choice=text("losses"), words=text("I think so"), mark=text("mid")),
        Answer("count", number=11.5),
        Answer(BELIEF, "rush", 1.2 * DAY, text("because of the queue")),
    )
