"""`windtunnel sweep` flies designs under the same seeds, tells the best and the frontier, and draws them."""

from __future__ import annotations

import importlib.util
from xml.etree import ElementTree

import pytest

from simulator.study import read_parquet

GRID = ("--grid", "line=0.05:0.25:0.1", "--par", "mid", "--seeds", "0-2", "--until", "2d", "--jobs", "1")


def test_a_sweep(say, claims, tmp_path):
    said = say("sweep", claims, *GRID, "--frontier", "profit,checked", "--json", "--out", "kept")
    data = said.data
    assert (said.code, said.err) == (0, "")
    assert list(data) == ["case", "kpi", "seeds", "rows", "best", "frontier", "left_out"]
    assert [row["line"] for row in data["rows"]] == [0.05, 0.15, 0.25]
    assert list(data["rows"][0])[:3] == ["design", "line", "profit"]
    low, high = data["rows"][0]["intervals"]["profit"]
    assert low < data["rows"][0]["profit"] < high
    best = max(data["rows"], key=lambda row: row["profit"])
    assert {k: v for k, v in data["best"].items() if k != "rivals"} == best
    assert best in data["frontier"]
    assert len(read_parquet(tmp_path / "kept" / "runs.parquet")) == 9


def test_a_design_is_what_run_flies(say, claims):
    data = say("sweep", claims, *GRID, "--seeds", "7", "--json").data
    for row in data["rows"]:
        flown = say(
            "run", claims, "--set", f"line={row['line']}", "--seed", "7", "--until", "2d", "--no-compare", "--json"
        )
        assert flown.data["kpis"]["profit"] == row["profit"]


def test_who_flies_does_not_show(say, claims):
    assert say("sweep", claims, *GRID, "--json", "--jobs", "2").out == say("sweep", claims, *GRID, "--json").out


@pytest.mark.parametrize("how", ["--random", "--latin"])
def test_designs_can_be_drawn(say, claims, how):
    words = ["sweep", claims, how, "4", "--over", "line=0.1:0.2", "--seeds", "0", "--until", "1d", "--jobs", "1"]
    rows = say(*words, "--json").data["rows"]
    assert len(rows) == 4 and all(0.1 <= row["line"] <= 0.2 for row in rows)
    assert say(*words, "--json").data["rows"] == rows


def test_it_is_told_to_people(say, claims):
    said = say("sweep", claims, *GRID, "--frontier", "profit,checked")
    assert (said.code, said.err) == (0, "")
    assert "best that keeps the guardrails: design" in said.out and "FRONTIER" in said.out
    assert all(len(line) <= 100 for line in said.out.splitlines())


@pytest.mark.parametrize(
    ("more", "axes"),
    [([], ("Line", "profit")), (["--frontier", "profit,checked"], ("profit", "checked"))],
    ids=["curve", "frontier"],
)
def test_it_is_drawn(say, claims, tmp_path, more, axes):
    pytest.importorskip("matplotlib")
    for name in ("one.svg", "two.svg"):
        assert say("sweep", claims, *GRID, "--seeds", "0", *more, "--plot", name).code == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    drawn = (tmp_path / "one.svg").read_text()
    ElementTree.fromstring(drawn)
    assert all(axis.lower() in drawn.lower() for axis in axes)


def test_the_curve_of_a_choice(say, tmp_path):
    pytest.importorskip("matplotlib")
    words = ["sweep", "burst_storm", "--grid", "order=all", "--seeds", "0-1", "--until", "5s", "--jobs", "1"]
    assert say(*words, "--plot", "order.png").code == 0
    assert (tmp_path / "order.png").read_bytes().startswith(b"\x89PNG")


BAD = {
    "nothing to sweep": ([], "--grid DIAL=a,b,c"),
    "both": (["--grid", "line=0.1", "--latin", "3"], "one of --grid"),
    "over a grid": (["--grid", "line=0.1", "--over", "line"], "--over goes with"),
    "nothing to draw from": (["--latin", "3"], "--over DIAL"),
    "a dial twice": (["--latin", "3", "--over", "line", "--over", "line=0.1:0.2"], "twice"),
    "unknown dial": (["--grid", "lien=0.1"], "did you mean 'line'?"),
    "unknown dial to draw from": (["--random", "3", "--over", "lien"], "did you mean 'line'?"),
    "no value": (["--grid", "line"], "NAME=VALUE"),
    "beyond the range": (["--grid", "line=7"], "it takes"),
    "a step that is none": (["--grid", "line=0:1:0"], "LOW:HIGH:STEP"),
    "too many": (["--grid", "line=0:1:0.00001"], "10,000"),
    "a number that is none": (["--random", "x", "--over", "line"], "--random 'x' is not a whole number"),
    "a pilot": (["--grid", "line=0.1", "--par", "expert"], "no dials to sweep"),
    "unknown KPI": (["--grid", "line=0.1", "--kpi", "porfit"], "did you mean 'profit'?"),
    "one KPI": (["--grid", "line=0.1", "--frontier", "profit"], "two or more"),
    "a picture of nothing": (["--latin", "3", "--over", "line", "--plot", "x.gif"], ".svg or .png"),
    "no seeds": (["--grid", "line=0.1", "--seeds", ""], "0-29"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line(say, claims, name):
    words, told = BAD[name]
    said = say("sweep", claims, *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert told in said.err


def test_without_matplotlib_it_is_said_what_to_install(say, claims, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr("cases._sweep_plot.find_spec", lambda name: None if name == "matplotlib" else found(name))
    said = say("sweep", claims, *GRID, "--plot", "x.svg")
    assert said.code == 2 and 'pip install "ml-windtunnel[report]"' in said.err


def test_two_dials_and_no_frontier_are_no_picture(say):
    words = ["sweep", "burst_storm", "--latin", "3", "--over", "most", "--over", "least", "--plot", "x.svg"]
    assert "this sweep has neither" in say(*words).err
