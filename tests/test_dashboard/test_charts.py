"""Pictures say what the figures say: right numbers, few points, axes that do not jump, and text that stays text."""

from __future__ import annotations

import itertools
import json
import math
import random
import tomllib
from importlib.resources import files
from types import SimpleNamespace as Some

import pytest

from dashboard import charts
from dashboard.charts.scale import MOST, nice, scale, thin
from dashboard.charts.text import label, marked
from simulator.evidence.calibration import Bin, Reliability
from simulator.evidence.drift import Drift, Moved
from simulator.evidence.flow import Flow, Link, Node
from simulator.evidence.inspector import Request, Visit
from simulator.evidence.labels import Maturity, ScoreHistory
from simulator.evidence.latency import Histogram, Stage, Waterfall
from simulator.evidence.slices import Slice, SliceTable
from simulator.evidence.thresholds import Cell, Confusion, ThresholdCurve
from simulator.probes import Chart
from simulator.study import Interval
from simulator.units import DAY, day

EVIL = '<img src=x onerror="hacked=1"><b>b</b>&lt;{0.__class__}\u202egnp\x07'
THEMES = pytest.mark.parametrize("palette", [charts.LIGHT, charts.DARK], ids=["light", "dark"])


def some_curve():
    return ThresholdCurve(
        thresholds=(1.0, 0.5, 0.2, 0.1),
        acted_share=(0.0, 0.01, 0.02, 0.05),
        precision=(None, 0.9, 0.7, 0.3),
        recall=(0, 0.3, 0.6, 0.9),
        dollars_per_1000=(0.0, 120.0, 310.0, 90.0),
        operating_share=0.01,
        operating_dollars=120.0,
        best_threshold=0.2,
        best_dollars=310.0,
        labelled=800,
        total=12_000,
    )


def some_reliability():
    return Reliability(
        (Bin(0, 0.1, 0.05, 0.08, 0.05, 0.12, 500), Bin(0.1, 1, 0.4, 0.2, 0.15, 0.26, 400)), 900, 0.1, 0.115
    )


def some_waterfall(name="store"):
    stages = (Stage(name, 0.01, 0.02, 0.05, 0.03), Stage("rank", 0.0, 0.005, 0.001, 0.009))
    return Waterfall(stages, 0.035, 0.09, 0.12, 4000, 600.0)


def some_histogram():
    return Histogram((0.01, 0.02, 0.05, 0.2), (5, 9, 2), 1, 17, 0.12, 0.06)


def some_drift(name="amount"):
    features = (Moved(name, (0.01, 0.3, 0.2), (0, 0, 0)), Moved("calm", (0.01, None, 0.02), (0, 0, 0)))
    return Drift(
        (0.0, day(2), day(4)), (500, 500, 500), (0.02,) * 3, features, (None, 0.05, 0.3), "before take-off", 900
    )


def some_flow(name="model"):
    nodes = (Node("requests", "all", 100), Node(name, "route", 90), Node("cache", "route", 10))
    return Flow(nodes, (Link(0, 1, 90), Link(0, 2, 10)))


def some_request(name="store"):
    visits = (Visit(name, 0.0, 0.01, 0.05), Visit("rank", 0.05, None, 0.06))
    return Request(
        7, day(3), 20.0, "a", 0.3, 1, "approve", True, None, 0.06, "model", None, None, None, None, (), visits, ()
    )


def some_confusion():
    truths = ((True, 1, 10, 900.0), (True, 0, 5, -50.0), (True, None, 3, None))
    left = ((False, 1, 2, -400.0), (False, 0, 70, 60.0), (False, None, 10, None))
    return Confusion(tuple(Cell(*each) for each in (*truths, *left)), 100)


def some_history():
    at = (0.0, day(1), day(2))
    return ScoreHistory(
        at,
        (10, 10, 10),
        (9, 5, 0),
        (0.1,) * 3,
        (0.2, 0.2, None),
        (0.7, 0.8, None),
        (0.5, 0.6, None),
        (1, 1, None),
        (1, 1, None),
    )


def some_points(name="mine"):
    one = {"label": name, "x": 0.97, "y": 52_000.0, "broken": [], "chosen": True}
    return [one, {**one, "label": "other", "x": 0.9, "y": 60_000.0, "broken": [f"in time {name}"]}, {**one, "x": None}]


def gap(mean, low, high):
    return Interval(mean, low, high, 1.0, 0.1, 0.5, 8)


def some_ghost(name):
    profits = {"yours": (0.0, 50.0, 145.0), "expert": (0.0, 90.0, 195.0), "weak": (0.0, 40.0, 95.0)}
    marks = [
        {"kind": "incident", "at": day(1), "end": day(2), "name": name},
        {"kind": "incident", "at": day(2), "end": None, "name": "b"},
        {"kind": "known", "at": day(1.5), "name": name},
    ]
    return (0.0, day(1), day(2)), profits, marks


def some_worths(name):
    return [
        {"told": name, "alone": 50.0, "shared": 65.0, "mean": 40.0, "low": 20.0, "high": 60.0},
        {"told": "servers", "alone": -20.0, "shared": None, "mean": None, "low": None, "high": None},
        {"told": "unknown", "alone": None, "shared": None, "mean": None, "low": None, "high": None},
    ]


def some_events(name):
    return [
        {"at": day(1), "end": day(2), "kind": "incident", "name": name, "text": name, "seen": True},
        {"at": day(2), "end": None, "kind": "incident", "name": "fault", "text": name, "seen": False},
        {"at": day(1), "end": None, "kind": "alarm", "name": "queue", "text": name, "seen": True},
        {"at": day(1.5), "end": None, "kind": "decision", "name": "line", "text": name, "seen": True},
    ]


def some_exhibit(name, **more):
    made = {
        "kind": "line", "title": name, "unit": "share", "x": (0.0, day(1)), "over_time": True, "x_title": name,
        "series": {name: (0.2, None), "b": (0.1, 0.4)}, "marks": ((day(1), name),),
    }  # fmt: skip
    return Chart(**{**made, **more})


def stills(name, palette):
    """Draw every paused picture, with *name* wherever a text of somebody else may stand."""
    series = {
        name: Some(at=[0.0, DAY, 2 * DAY], value=[1.0, math.nan, 3.0]),
        "other": Some(at=[0.0, DAY], value=[2.0, None]),
    }
    return {
        "curve": charts.threshold_curve(some_curve(), palette),
        "reliability": charts.reliability(some_reliability(), palette),
        "waterfall": charts.waterfall(some_waterfall(name), palette),
        "histogram": charts.latency_histogram(some_histogram(), palette),
        "psi": charts.psi(some_drift(name), palette),
        "confusion": charts.confusion(some_confusion(), palette),
        "flow": charts.flow(some_flow(name), palette),
        "history": charts.score_history(some_history(), palette),
        "maturity": charts.maturity(Maturity((0.0, day(1)), (10, 30), (10, 2), (1.0, 2 / 30)), palette),
        "request": charts.request_timeline(some_request(name), palette),
        "frontier": charts.frontier(some_points(name), (name, "share"), ("profit", "$"), palette),
        "overlay": charts.overlay(name, "$", series, horizon=day(3), tick=DAY, palette=palette),
        "forest": charts.forest(name, "$", {name: gap(-4100, -6200, -2000), "x": gap(5, -math.inf, math.inf)}, palette),
        "bridge": charts.bridge([(name, 9000.0, 12_000.0, 12_000.0), ("fees", 0.0, -3000.0, 20.0)], palette),
        "ghost": charts.ghost(*some_ghost(name), horizon=day(3), tick=DAY, palette=palette),
        "attribution": charts.attribution(some_worths(name), palette),
        "attainable": charts.attainable([(name, -20.0), ("You", 140.0)], 1, palette),
        "luck": charts.luck([145.0, 100.0, 100.5, 190.0], palette),
        "happened": charts.happened(some_events(name), (day(1), name), horizon=day(3), tick=DAY, palette=palette),
        "exhibit": charts.exhibit(some_exhibit(name), horizon=day(3), tick=DAY, palette=palette),
        "bars": charts.exhibit(some_exhibit(name, kind="bar", x=(name, "b"), over_time=False, marks=()), horizon=1.0,
                               tick=1.0, palette=palette),
        "none": charts.threshold_curve(None, palette),
    }  # fmt: skip


def live(name="p99", n=5000, palette=charts.LIGHT, **more):
    at = [i * 60.0 for i in range(n)]
    lines = {
        name: [math.nan if i % 97 == 0 else 100 + i % 40 for i in range(n)],
        "p50": [None if i % 89 == 0 else 20.0 for i in range(n)],
    }
    marks = [
        {"at": 600.0, "kind": kind, "name": "n", "text": name}
        for kind in ("incident", "decision", "version", "alarm", "note", "odd")
    ]
    frame = {"horizon": 6000 * 60.0, "tick": 60.0, "limit": 120.0, "palette": palette, **more}
    return charts.timeline(name, "ms", at, lines, marks, **frame)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pictures_have_the_colours_of_the_pages(name):
    folder = files("dashboard") / ".streamlit" / "config.toml"
    theme, colours = tomllib.loads(folder.read_text())["theme"][name], charts.palette(name)
    assert colours.lines == tuple(theme["chartCategoricalColors"])
    shared = ("backgroundColor", "textColor", "greenColor", "orangeColor", "redColor")
    assert [theme[key] for key in shared] == [
        colours.paper, colours.ink, colours.good, colours.warn, colours.bad
    ]  # fmt: skip
    assert _contrast("#ffffff", theme["primaryColor"]) >= 4.5, "what stands on a button can be read"


@THEMES
def test_colours_can_be_read(palette):
    texts = (palette.ink, palette.dim, palette.accent, palette.good, palette.warn, palette.bad)
    assert [colour for colour in texts if _contrast(colour, palette.paper) < 4.0] == []
    assert [colour for colour in palette.lines if _contrast(colour, palette.paper) < 2.7] == []


def _contrast(one, two):
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- text -----------------------------------------------------------------------------------------------------


def test_labels_are_one_clean_line():
    assert label("a\n\tb\x07 \u202ec\u2066") == "a b c"
    assert label("x" * 99, 5) == "xxxx…"
    assert marked("<b>&amp;</b>") == "&lt;b&gt;&amp;amp;&lt;/b&gt;"


@THEMES
def test_hostile_text_stays_text(palette):
    for name, drawn in stills(EVIL, palette).items():
        sent = drawn.update_layout(meta={}).to_json()  # the caption is no part of the picture
        assert not any(
            tag in sent for tag in ("<img", "\\u003cimg", "<b>b", "\\u003cb\\u003eb", "\\u202e", "\\u0007")
        ), name
        assert (
            name in ("curve", "reliability", "histogram", "confusion", "history", "maturity", "luck", "none")
            or "&lt;img" in sent
            or "\\u0026lt;img" in sent
        )


def test_hostile_text_in_a_live_picture():
    option = live(EVIL)
    assert option["tooltip"]["renderMode"] == "richText"  # no HTML at all
    assert "\u202e" not in json.dumps(option, ensure_ascii=False)
    assert not any("formatter" in part for part in (option["tooltip"], option["title"], option["legend"]))


# --- live pictures --------------------------------------------------------------------------------------------


@THEMES
def test_a_live_picture_is_small_and_plain_json(palette):
    option = live(palette=palette)
    assert len(json.dumps(option, allow_nan=False)) < 30_000
    assert sum(len(series["data"]) for series in option["series"]) <= MOST
    assert option["animation"] is False and not any(series["animation"] for series in option["series"])
    assert type(option.caption) is str and "aria" in option and "label" not in option["aria"]


def test_the_axis_of_time_is_the_whole_flight():
    assert [live(n=n)["xAxis"]["max"] for n in (1, 50, 5000)] == [6000] * 3
    assert live(tick=DAY, horizon=day(60))["xAxis"]["max"] == 60


def test_where_marks_stand():
    first = live()["series"][0]
    assert first["markPoint"]["data"][0]["coord"] == [10.0, live()["yAxis"]["max"]]
    assert [area[0]["xAxis"] for area in first["markArea"]["data"]] == [10.0]
    assert [line.get("xAxis", line.get("yAxis")) for line in first["markLine"]["data"]] == [10.0, 10.0, 120.0]


def test_gaps_stay_gaps():
    option = charts.timeline("a", "", [0.0, 60.0, 120.0], {"a": [1.0, math.nan, 3.0]}, horizon=600.0, tick=60.0)
    assert option["series"][0]["data"] == [[0.0, 1.0], [1.0, None], [2.0, 3.0]]


def test_shares_and_thousands_are_drawn_as_such():
    option = charts.timeline("a", "share", [0.0], {"a": [0.25]}, horizon=600.0, tick=60.0)
    assert option["series"][0]["data"] == [[0.0, 25.0]] and option["yAxis"]["name"] == "%"
    money = charts.profit([0.0], [48_000.0], {"a": [50_000.0], "b": [-2000.0]}, horizon=day(2), tick=DAY)
    assert money["series"][0]["data"] == [[0.0, 48.0]] and money["yAxis"]["name"] == "$ thousand"
    assert money["series"][0]["lineStyle"]["width"] == 3


def test_lines_differ_by_more_than_colour():
    option = charts.timeline("a", "", [0.0], {str(i): [1.0] for i in range(7)}, horizon=9.0, tick=1.0)
    assert len({str(series["lineStyle"]["type"]) for series in option["series"]}) == 7
    assert len({series["color"] for series in option["series"]}) == 7


def test_the_accounts_that_moved_most_are_drawn():
    accounts = {name: [size] for name, size in (("a", 1.0), ("b", -90.0), ("c", 30.0), ("d", 20.0), ("e", None))}
    option = charts.profit([0.0], [9.0], accounts, horizon=day(2), tick=DAY)
    assert [series["name"] for series in option["series"]] == ["profit", "b", "c", "d"]


def test_twins_of_a_name_stay_apart():
    option = charts.timeline("t", "", [0.0], {"a\n": [1.0], "a": [2.0]}, horizon=9.0, tick=1.0)
    assert len({series["name"] for series in option["series"]}) == 2


def test_names_at_the_ends_of_lines_do_not_touch():
    lines = {"a": [10.0], "b": [9.0], "c": [0.0], "d": [8.9]}
    option = charts.timeline("t", "", [0.0], lines, horizon=9.0, tick=1.0)
    assert option["yAxis"]["max"] == 10
    for height in (140, 264):  # px of the plot
        ends = {s["name"]: s["data"][0][1] / 10 * height - s["endLabel"]["offset"][1] for s in option["series"]}
        assert sorted(ends, key=ends.get) == ["c", "d", "b", "a"]
        stood = sorted(ends.values())
        assert all(high - low >= 15.9 for low, high in itertools.pairwise(stood))
    assert ends["c"] == 0 and ends["d"] == pytest.approx(0.89 * 264)


def test_what_is_not_known_yet_is_told_above_the_empty_picture():
    option = charts.timeline("Review line", "", [0.0], {"a": [None]}, horizon=9.0, tick=1.0)
    assert option["title"]["text"] == "Review line – not known yet"


def test_nothing_yet():
    option = charts.timeline("t", "$", [], {}, horizon=9.0, tick=1.0)
    assert option["series"] == [] and charts.caption(option) == "t: nothing yet."


# --- scales ---------------------------------------------------------------------------------------------------


def test_the_axis_only_grows():
    luck = random.Random(5)
    for _ in range(200):
        size, level = 10 ** luck.uniform(-3, 8), luck.choice([-1, 0, 1, 30])
        walk, low, high = [], math.inf, -math.inf
        for _ in range(40):
            walk.append(size * (level + luck.gauss(0, 1)))
            found = scale(walk, "")
            bottom, top = found.low / found.times, found.high / found.times
            assert bottom <= min(walk) and max(walk) <= top
            low, high = (min(low, bottom), max(high, top)) if len(walk) > 1 else (math.inf, -math.inf)
            assert len(walk) < 3 or (
                bottom <= low + found.step / found.times and top >= high - found.step / found.times
            )


@pytest.mark.parametrize(
    ("low", "high", "found"), [(0, 97, (0, 100, 25 + 0)), (0, 0, (0, 1, 1)), (-30, 214, (-100, 300, 100))]
)
def test_round_limits(low, high, found):
    bottom, top, step = nice(low, high)
    if high:
        assert (bottom, top) == found[:2] or (top - bottom) % step == 0
    assert (bottom <= low <= high <= top and 2 <= round((top - bottom) / step) <= 7) or high == low


@pytest.mark.parametrize(("unit", "top", "step"), [("share", 1, 0.25), ("", 1, 0.25), ("$", 1, 0.25)])
def test_an_axis_of_nothing_but_nought_is_a_whole_one(unit, top, step):
    found = scale([0.0, 0.0], unit)
    assert (found.low, found.high, found.step) == (0, top, step)


@pytest.mark.parametrize("size", [120.0, 1 / 3, -5.0, 1e9])
def test_values_that_differ_in_the_last_digit_alone_have_an_axis(size):
    near = size * (1 + 2**-51)
    assert near != size
    found = scale([size, near], "")
    assert found.low < found.high and found.low <= found.times * size <= found.high
    option = charts.timeline("t", "ms", [0, 1], {"a": [size, near], "b": [near, size]}, horizon=9.0, tick=1.0)
    assert len(option["series"]) == 2


def test_thinning_keeps_the_shape():
    values = [math.sin(i / 900) for i in range(20_000)]
    values[7777], values[12_345] = 9.0, -9.0
    places = thin(values, 600)
    assert len(places) <= 600 and places == sorted(set(places))
    assert {0, 7777, 12_345, 19_999} <= set(places)
    assert thin([None] * 1000, 10)[0] == 0 and len(thin([None] * 1000, 10)) <= 10


# --- paused pictures ------------------------------------------------------------------------------------------


@THEMES
def test_paused_pictures_are_whole(palette):
    for name, drawn in stills("n", palette).items():
        layout = drawn.layout
        assert json.loads(drawn.to_json(), parse_constant=pytest.fail)["data"] is not None, name
        assert charts.caption(drawn).endswith("."), name
        titled = all(axis.title.text is not None for axis in (layout.xaxis, layout.yaxis))
        assert titled or name in ("flow", "none"), name
        assert layout.font.color == palette.ink and layout.dragmode is False


def test_the_curve_and_where_one_stands():
    drawn = charts.threshold_curve(some_curve())
    line, best, now = drawn.data
    assert list(line.x) == [0, 1, 2, 5] and list(line.y) == [0, 120, 310, 90]
    assert (best.x[0], best.y[0], now.x[0], now.y[0]) == (2, 310, 1, 120)
    assert "$310 per 1,000" in charts.caption(drawn).replace("\u00a0", " ")


def test_the_bars_of_a_waterfall_add_up():
    drawn = charts.waterfall(some_waterfall())
    starts, waits, works = ([round(v, 9) for v in bar.x] for bar in drawn.data)
    assert (starts, waits, works) == ([0, 0, 30, 80], [10, 50, 0, 1], [20, 30, 5, 9])
    assert starts[-1] + waits[-1] + works[-1] == 90 and drawn.layout.shapes[0].x0 == 120
    assert "slow one 90 ms, against a budget of 120 ms" in charts.caption(drawn).replace("\u00a0", " ")


def test_what_is_late_is_hatched():
    drawn = stills("n", charts.LIGHT)["histogram"]
    assert list(drawn.data[0].marker.pattern.shape) == ["", "", ""]  # the middle of the last bin is 100 ms
    late = charts.latency_histogram(Histogram((0.01, 0.1, 0.3), (5, 2), 0, 7, 0.12, 0.2))
    assert list(late.data[0].marker.pattern.shape) == ["", "/"] and "20 % took longer" in charts.caption(late).replace(
        "\u00a0", " "
    )


def test_error_bars_end_at_the_interval():
    points = charts.reliability(some_reliability()).data[1]
    ends = [
        (y - down, y + up)
        for y, up, down in zip(points.y, points.error_y.array, points.error_y.arrayminus, strict=True)
    ]
    assert ends == [pytest.approx((0.05, 0.12)), pytest.approx((0.15, 0.26))]


def test_drift_names_what_moved_most():
    said = charts.caption(charts.psi(some_drift())).replace("\u00a0", " ")
    assert "amount moved most: a PSI of 0.3 in the step from day 2" in said and said.endswith("over 0.25 now: score.")
    assert [shape.y0 for shape in charts.psi(some_drift()).layout.shapes] == [0.1, 0.25]


def test_the_confusion_in_money():
    drawn = charts.confusion(some_confusion())
    assert drawn.data[0].text[1][0] == "10 (10\u00a0%)<br><b>+$900</b>" and drawn.data[0].text[0][2] == "10 (10\u00a0%)"
    assert drawn.data[0].z[1][0] == 1 and drawn.data[0].z[0][0] < 0
    assert "18 were to act; of 13 it is not known" in charts.caption(drawn)


def test_one_request_stage_by_stage():
    wait, work = charts.request_timeline(some_request()).data
    assert (
        list(wait.base) == [0, 50]
        and list(wait.x) == pytest.approx([10, 10])
        and list(work.x) == pytest.approx([40, 0])
    )


def test_the_frontier_marks_who_broke_a_guardrail():
    drawn = charts.frontier(some_points(), ("good", "share"), ("profit", "$"))
    kept, broken = drawn.data
    assert (list(kept.x), list(kept.y), list(broken.y)) == ([97], [52], [60])
    assert "2 flights, 1 of them" in charts.caption(drawn) and "$52k" in charts.caption(drawn)


def test_sure_differences_are_filled():
    drawn = charts.forest(
        "t", "$", {"a": gap(-4100, -6200, -2000), "b": gap(10, -5, 25), "c": gap(5, -math.inf, math.inf)}
    )
    symbols = [mark.marker.symbol for mark in drawn.data if mark.mode == "markers+text"]
    assert symbols == ["diamond", "diamond-open", "diamond-open"]
    assert "a −$4.1k (−$6.2k to −$2k)" in charts.caption(drawn)


def test_differences_of_shares_are_in_percent():
    drawn = charts.forest("t", "share", {"a": gap(0.034, 0.01, 0.05)})
    assert drawn.data[1].text[0] == "+3.4\u00a0%" and drawn.data[1].x[0] == 3.4


def test_a_bridge_leads_from_weak_to_you_to_expert():
    bars = [
        ("fraud", 0.0, 20_000.0, 25_000.0),
        ("fees", 0.0, -3000.0, -3000.0),
        ("margin", 12_000.0, 12_000.0, 13_000.0),
    ]
    drawn = charts.bridge(bars)
    bar = drawn.data[0]
    assert list(bar.measure) == ["absolute", "relative", "relative", "total", "relative", "relative", "total"]
    assert list(bar.x) == [12, 20, -3, 29, 5, 1, 35]
    names = [place.split("\u200b")[1] for place in bar.y]
    assert names == ["Weak", "fraud", "fees", "You", "fraud", "margin", "Expert"]
    assert charts.caption(drawn) == (
        "Weak made $12k, you $29k, expert $35k. From weak to you the largest step is fraud: +$20k."
        " From you to expert the largest step is fraud: +$5k."
    )


def test_ghosts_are_drawn_with_what_could_be_known():
    drawn = charts.ghost(*some_ghost("rush"), horizon=day(3), tick=DAY)
    lines = {trace.name: list(trace.y) for trace in drawn.data if trace.mode == "lines"}
    assert lines == {"Expert": [0, 90, 195], "Weak": [0, 40, 95], "You": [0, 50, 145]}
    assert [(shape.x0, shape.x1) for shape in drawn.layout.shapes] == [(1, 2), (2, 3)]
    (known,) = [trace for trace in drawn.data if trace.mode == "markers"]
    assert (list(known.x), list(known.y), list(known.text)) == ([1.5], [50], ["rush"])
    assert charts.caption(drawn) == (
        "Profit at the end: you $145, expert $195, weak $95; 1 moment at which you could have known."
    )


def test_decisions_are_drawn_with_their_whiskers():
    drawn = charts.attribution(some_worths("line"))
    bars, whiskers, diamonds = drawn.data
    assert list(bars.x) == [50, -20]
    assert (list(whiskers.x), list(whiskers.error_x.array), list(whiskers.error_x.arrayminus)) == ([40], [20], [20])
    assert (list(diamonds.x), list(diamonds.y)) == ([65], [0])
    assert list(drawn.layout.yaxis.ticktext) == ["line<br><b>+$50</b>", "servers<br><b>\u2212$20</b>"]
    assert charts.caption(drawn) == "Of 2 decisions the most came from line (+$50), the least from servers (\u2212$20)."
    assert "could be taken out" in charts.caption(charts.attribution(some_worths("line")[2:]))


def test_what_is_attainable_is_drawn_as_it_is():
    drawn = charts.attainable([("Weak", -20.0), ("You", 140.0)], 1)
    assert list(drawn.data[0].x) == [-20, 140] and list(drawn.layout.yaxis.ticktext) == ["Weak", "<b>You</b>"]
    low, high = drawn.layout.xaxis.range
    assert low < -20 and high > 140


def test_siblings_that_lie_close_do_not_cover_each_other():
    drawn = charts.luck([145.0, 190.0, 100.5, 100.0])
    others, mine = drawn.data
    assert (list(others.x), list(mine.x)) == ([100, 100.5, 190], [145])
    assert others.y[0] == others.y[2] < others.y[1]
    assert drawn.layout.shapes[0].x0 == 100.5
    assert charts.caption(drawn) == "This world: $145; 3 siblings: $100 to $190, median $100."


def test_what_happened_has_a_row_each():
    drawn = charts.happened(some_events("rush"), (day(1), "a fault"), horizon=day(3), tick=DAY)
    assert list(drawn.layout.yaxis.ticktext) == ["Rush", "Fault", "Alarms", "Your decisions", "You believed"]
    rush, fault = (trace for trace in drawn.data if trace.type == "bar")
    assert (rush.base[0], rush.x[0], rush.marker.pattern.shape) == (1, 1, "")
    assert (fault.base[0], fault.x[0], fault.marker.pattern.shape) == (2, 1, "/")
    assert drawn.data[-1].marker.symbol == "star" and drawn.data[-1].x[0] == 1
    assert charts.caption(drawn) == (
        "2 incidents, 1 of them untold; 1 alarm. You believed: “a fault”, from day\u00a01 on."
    )
    assert "nothing out of the ordinary" in charts.caption(charts.happened([], horizon=day(3), tick=DAY))


def test_exhibits_over_time_have_marks():
    drawn = charts.exhibit(some_exhibit("drift"), horizon=day(3), tick=DAY)
    assert [list(trace.x) for trace in drawn.data] == [[0, 1], [0, 1]]
    assert [list(trace.y) for trace in drawn.data] == [[20, None], [10, 40]]
    assert drawn.layout.shapes[0].x0 == 1 and drawn.layout.annotations[0].text == "Drift"
    assert list(drawn.layout.xaxis.range) == [0, 3]
    said = charts.caption(drawn)
    assert said.startswith("Drift: from 20\u00a0% at day\u00a00, 00:00") and "b from 10\u00a0% at" in said


def test_exhibits_of_names_are_bars_that_lie():
    more = {"x": ("sales", "fines"), "series": {"$": (120.0, -20.0)}, "over_time": False, "marks": ()}
    chart = some_exhibit("cost", kind="bar", unit="$", **more)
    drawn = charts.exhibit(chart, horizon=1.0, tick=1.0)
    assert (drawn.data[0].orientation, list(drawn.data[0].x)) == ("h", [120, -20])
    assert list(drawn.layout.yaxis.ticktext) == ["sales", "fines"]
    assert charts.caption(drawn) == "Cost: from \u2212$20 at fines to $120 at sales."


def test_exhibits_of_numbers_stand():
    chart = some_exhibit(
        "cost", unit="$", x=(1.0, 2.5), series={"a": (3.0, 9.0)}, over_time=False, x_title="servers", marks=()
    )
    drawn = charts.exhibit(chart, horizon=1.0, tick=1.0)
    assert (list(drawn.data[0].x), drawn.layout.xaxis.title.text) == ([1, 2.5], "servers")
    assert "there is nothing to show" in charts.caption(
        charts.exhibit(some_exhibit("cost", series={"a": (None, math.nan)}), horizon=1.0, tick=1.0)
    )


def test_slices_as_rows():
    part = Slice("segment", EVIL, None, None, 10, 0.25, None, 4, 0.5, 0.2, 0.8, 0.0213, 0.71239, 1.5)
    rows = charts.slice_table(SliceTable((part,)))
    assert rows[0]["acted on"] == 25 and rows[0]["latency"] == 21.3 and rows[0]["AUC"] == 0.712
    assert "\u202e" not in rows[0]["slice"] and rows[0]["95 % interval"] == "20.0 – 80.0 %"
    assert charts.caption(SliceTable((part,))).startswith("Label rates by slice (1 with labels) go from 50\u00a0%")


def test_columns_in_which_nothing_stands_are_left_out():
    parts = [Slice(by, "low", 0.0, 1.0, 9, None, 0.0, 0, None, None, None, 0.02, None, 0.0) for by in ("all", "psi_x")]
    rows = charts.slice_table(SliceTable(tuple(parts)))
    assert [row["slice"] for row in rows] == ["low", "PSI x: low"]
    assert list(rows[0]) == ["slice", "requests", "latency"]


def test_stations_of_a_flow_have_short_lines():
    names = charts.flow(some_flow("answered by the fallback")).data[0].node.label
    assert names[1] == "answered by<br>the fallback<br>90" and names[0] == "requests<br>100"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG has it."""

    def light(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@THEMES
def test_words_in_colour_can_be_read(palette):
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for colour in (palette.good, palette.warn, palette.bad, palette.dim, palette.accent):
        assert contrast(colour, palette.paper) >= 4.5
