"""`windtunnel optimise` and `windtunnel sensitivity`: a table for people, one document for programs, and the way on."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from simulator.errors import Cancelled

LINE = ["--dials", "line=0.02:0.9", "--seeds", "0-2", "--jobs", "1"]
STORM = ["--until", "30s", "--seeds", "0-1", "--jobs", "1"]
SHORT = {"fraud_threshold": ["--until", "1d", "--seeds", "0-1", "--jobs", "1"], "burst_storm": STORM}


# optimise


def test_it_finds_the_line_that_a_check_pays_from(say, claims):
    """A check costs $4 and finds $60 at best: the line is to be near 4 / 60, and it began far off."""
    said = say("optimise", claims, *LINE, "--budget", "12", "--json")
    data = said.data
    assert (said.code, said.err) == (0, "")
    assert list(data)[:6] == ["case", "kpi", "dials", "best", "value", "low"]
    assert data["low"] < data["value"] < data["high"] and 0.03 < data["best"]["line"] < 0.16
    assert data["dials"] == {"line": {"low": 0.02, "high": 0.9, "log": False}}
    assert data["gain"]["low"] > 0 and data["kept"] and data["guardrails"]["checked"] < 0.6
    assert data["plan"]["design"] == data["best"] and data["finished"] and len(data["history"]) == 12
    assert set(data["history"][0]) == {"number", "design", "value", "runs", "kept", "dropped"}
    assert data["searched"] + data["spared"] == 12 * 3 and data["runs"] == data["searched"] + 3 * 3 + 2 * 3
    assert set(data["seeds"]).isdisjoint(data["fresh_seeds"]) and len(data["fresh_seeds"]) == 3


def test_people_get_tables_and_a_command_to_fly_it(say, claims):
    words = ["optimise", claims, *LINE, "--budget", "4", "--par", "mid", "--level", "2", "--out", "search"]
    out = say(*words).out
    for part in ("BEST  on 3 fresh seeds", "over par mid", "DECISIONS", "GUARDRAILS", "✓  checked", "of 12 runs flown"):
        assert part in out
    fly = next(line for line in out.splitlines() if line.startswith("  windtunnel run"))
    data = say(*words, "--json").data
    assert fly.strip() == data["fly"] and fly.split()[3:7] == ["--level", "2", "--par", "mid"]
    assert say(*shlex.split(fly)[1:], "--no-compare", "--json").data["plan"] == data["plan"]


def test_less_is_better_where_it_is(say, claims):
    data = say("optimise", claims, *LINE, "--budget", "6", "--kpi", "checked", "--json").data
    values = [tried["value"] for tried in data["history"] if not tried["dropped"]]
    assert data["best"]["line"] == max(tried["design"]["line"] for tried in data["history"])
    assert data["gain"]["mean"] < 0 and min(values) < 0.05


def test_a_best_at_the_end_of_its_range_is_pointed_out(say, claims):
    """With a budget of one, the best is where it began: at 0.5."""
    for span, said in (("line=0.5:0.9", True), ("line=0.4:0.9", False)):
        out = say("optimise", claims, "--dials", span, "--seeds", "0-1", "--jobs", "1", "--budget", "1").out
        assert ("to 0.9 probability; the best lies at its end" in out) == said


def test_kept_runs_are_not_flown_again(say, claims, monkeypatch):
    words = ["optimise", claims, *LINE, "--budget", "2", "--out", "search", "--json"]
    first = say(*words).data
    assert Path("search/runs.sqlite3").exists()
    monkeypatch.setattr("simulator.study.campaign.fly", lambda *given, **more: pytest.fail("flown again"))
    assert say(*words).data == first


@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
def test_whoever_stops_it_is_shown_the_best_so_far(say, claims, monkeypatch, stop):
    from simulator.study import campaign

    fly, runs = campaign.fly, []

    def some(*given, **more):
        runs.append(given)
        if len(runs) > 10:
            raise stop
        return fly(*given, **more)

    monkeypatch.setattr(campaign, "fly", some)
    said = say("optimise", claims, *LINE, "--budget", "16", "--json")
    assert (said.code, said.data["finished"], said.data["fresh_seeds"]) == (130, False, [0, 1, 2])
    assert 1 <= len(said.data["history"]) < 16 and "cancelled" in said.err
    runs[:] = [()] * 7
    assert "on the seeds of the search, which flatter" in say("optimise", claims, *LINE).out
    said = say("optimise", claims, *LINE)
    assert (said.code, said.out) == (130, "")


# sensitivity


def test_effects_as_one_document(say, claims):
    said = say("sensitivity", claims, *LINE, "--json")
    data = said.data
    assert (said.code, said.err) == (0, "")
    assert [one["value"] for one in data["effects"]] == [0.02, 0.46, 0.9]
    assert data["base"]["design"] == {"line": 0.5} and data["effects"][2]["mean"] < 0
    assert all(one["p_value"] <= one["p_adjusted"] for one in data["effects"])
    means = [0.0, *(one["mean"] for one in data["effects"])]
    assert data["swings"] == {"line": pytest.approx(max(means) - min(means))}
    assert data["runs"] == 3 * (1 + 3) and data["indices"] == []


def test_all_dials_together_share_the_variance(say):
    words = ["sensitivity", "burst_storm", "--dials", "drop,retries=none:budget", *STORM, "--global", "--n", "2"]
    data = say(*words, "--out", "kept", "--json").data
    assert [one["value"] for one in data["effects"]] == [True, "none", "budget"]
    assert [one["dial"] for one in data["indices"]] == ["drop", "retries"]
    assert set(data["indices"][0]["first"]) == set(data["indices"][0]["total"]) == {"share", "low", "high"}
    assert "ALL TOGETHER" in say(*words, "--out", "kept").out


def test_effects_as_tables(say, claims):
    out = say("sensitivity", claims, *LINE, "--par", "strong").out
    assert "ONE AT A TIME  each from par strong" in out and "p (Holm)" in out and "ALL TOGETHER" not in out


# what a person can mend


@pytest.mark.parametrize("command", ["optimise", "sensitivity"])
@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--dials", "lin"], "unknown dial"),
        (["--dials", "line,line"], "--dials"),
        (["--dials", "line=0.5"], "line=LOW:HIGH"),
        (["--dials", "line=0.1:0.5:lag"], "line=LOW:HIGH:log"),
        (["--dials", "line=0.5:0.1"], "no range"),
        (["--dials", "line=0.1:2"], "line = '2'"),
        (["--dials", "line=0:0.5:log"], "log scale"),
        (["--par", "expert"], "pilot"),
        (["--par", "storng"], "unknown par"),
        (["--kpi", "profti"], "unknown KPI"),
        (["--seeds", "3"], "two seeds"),
        (["--jobs", "0"], "--jobs 0"),
        (["--backend", "dusk"], "unknown backend"),
        (["--until", "21d"], "until"),
    ],
)
def test_bad_options_are_one_line_and_exit_code_2(say, claims, command, more, says):
    said = say(command, claims, *LINE, *more)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1) and says in said.err


@pytest.mark.parametrize(
    ("command", "more", "says"),
    [
        ("optimise", ["--budget", "0"], "budget"),
        ("optimise", ["--budget", "x"], "--budget"),
        ("sensitivity", ["--global", "--n", "12"], "at least two"),
    ],
)
def test_bad_sizes_too(say, claims, command, more, says):
    said = say(command, claims, *LINE, *more)
    assert (said.code, said.out) == (2, "") and says in said.err


def test_one_option_leaves_nothing_to_search(say):
    said = say("optimise", "burst_storm", "--dials", "retries=none", *STORM)
    assert said.code == 2 and "leaves nothing to search" in said.err


@pytest.mark.parametrize("command", ["optimise", "sensitivity"])
def test_examples_work(say, command):
    out = say(command, "--help").out
    found = [shlex.split(line)[1:] for line in out.splitlines() if line.startswith("    windtunnel ")]
    assert len(found) == 2
    for words in found:
        said = say(*words, *SHORT[words[1]], *(["--budget", "1"] if command == "optimise" else []))
        assert (said.code, said.err) == (0, "")
