"""The command `gate`: a verdict as JSON, as words and as JUnit, and an exit code that a pipeline can go by."""

from __future__ import annotations

import gc
import shlex
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cases import load
from simulator.simulation import fly

SHORT = ("--until", "2d", "--jobs", "1")
SAME = "def policy(view):\n    return {'line': 0.5} if view.now == 0 else None\n"
KEYS = ["verdict", "difference", "low", "high", "seeds_used"]


@pytest.fixture(scope="module")
def kept(claims, tmp_path_factory) -> str:
    """A folder in which what one test has flown is found by the next; and no look for garbage among libraries."""
    fly(load(claims), "weak", until=86400.0)
    gc.collect()
    gc.freeze()
    return str(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def gated(say, claims, kept):
    """A caller of `gate` on the small case: `gated("strong", "weak", "--json")`."""
    how = (*SHORT, "--out", kept)
    return lambda policy, beats, *words: say("gate", claims, "--policy", policy, "--beats", beats, *how, *words)


def test_better(gated):
    said = gated("strong", "weak", "--json")
    data = said.data
    assert (said.code, said.err, list(data)[:5]) == (0, "", KEYS)
    assert (data["verdict"], data["seeds_used"], data["passed"]) == ("better", 10, True)
    assert 0 < data["low"] < data["difference"] < data["high"] and data["p_value"] < 0.05
    assert data["seeds"] == list(range(10)) and len(data["differences"]) == 10
    assert sum(data["differences"]) / 10 == pytest.approx(data["difference"])


def test_worse(gated):
    said = gated("weak", "strong", "--json")
    assert (said.code, said.data["verdict"], said.data["passed"]) == (1, "worse", False)
    assert said.data["high"] < 0


def test_not_better(gated):
    Path("same.py").write_text(SAME)
    said = gated("same.py", "weak", "--max-seeds", "20", "--first-seed", "7", "--json")
    data = said.data
    assert (said.code, data["verdict"], data["difference"], data["seeds_used"]) == (1, "not_better", 0.0, 20)
    assert data["seeds"] == list(range(7, 27)) and "No flight of one differed" in data["reason"]


def test_less_may_be_better(gated):
    assert gated("weak", "strong", "--kpi", "checked", "--json").data["verdict"] == "better"


def test_words(gated):
    Path("mine.py").write_text(SAME.replace("0.5", "0.1"))
    said = gated("mine.py", "weak")
    text = " ".join(said.out.split())
    assert said.code == 0 and text.startswith("PASSED better mine.py beats weak on profit in claims: by +$")
    assert "95 % interval" in text and "known after 10 paired seeds (0-9), look 1 of 6; better under 10 of 10" in text


def test_it_is_seen_again_by_the_commands_it_prints(say, gated, kept):
    Path("mine.py").write_text(SAME.replace("0.5", "0.45"))
    words = ("--max-seeds", "20", "--confidence", "0.9", "--kpi", "checked", "--first-seed", "3", "--guardrails")
    said = gated("mine.py", "weak", *words, "--json")
    windtunnel, *again = shlex.split(said.data["again"])
    assert windtunnel == "windtunnel" and "--jobs" not in again
    assert say(*again, "--json", "--jobs", "1", "--out", kept).data == said.data
    windtunnel, *flight = shlex.split(said.data["one_flight"])
    seed = said.data["seeds"][said.data["differences"].index(max(said.data["differences"]))]
    data = say(*flight, "--json").data
    assert (data["seed"], data["plan"]["design"]["line"], data["kpis"]["checked"] > 0) == (seed, 0.45, True)


def test_guardrails(gated):
    """In two days check nearly all: that earns more than to check few, and breaks what was promised."""
    Path("eager.py").write_text(SAME.replace("0.5", "0.01"))
    alone, guarded = (gated("eager.py", "weak", *words, "--json") for words in ((), ("--guardrails",)))
    assert (alone.code, guarded.code, guarded.data["verdict"], guarded.data["passed"]) == (0, 1, "better", False)
    (one,) = guarded.data["guardrails"]
    assert (one["kpi"], one["verdict"], one["kept"], one["limit"]) == ("checked", "broken", False, 0.6)
    assert one["low"] > 0.6 and one["broken_under"] == list(range(10))
    shown = " ".join(gated("eager.py", "weak", "--guardrails").out.split())
    assert shown.startswith("FAILED better, and not within the guardrails")
    assert "Guardrail checked is broken" in shown and "10 of 10 flights broke it (seeds 0-9)" in shown


def test_junit(gated):
    Path("eager\x07.py").write_text(SAME.replace("0.5", "0.01"))
    Path("gate.xml").write_text("what was there")
    said = gated("eager\x07.py", "weak", "--guardrails", "--junit", "gate.xml", "--json")
    suites = ElementTree.parse("gate.xml").getroot()
    (suite,) = suites
    assert (suites.tag, suite.tag, suite.get("tests"), suite.get("failures")) == ("testsuites", "testsuite", "2", "1")
    better, kept = suite.findall("testcase")
    assert better.get("classname") == "windtunnel.gate.claims" and better.find("failure") is None
    assert "windtunnel gate" in (better.findtext("system-out") or "")
    failure = kept.find("failure")
    assert failure is not None and failure.get("type") == "broken" and "is broken" in (failure.get("message") or "")
    assert said.code == 1


def test_junit_of_a_policy_that_is_not_better(gated):
    assert gated("weak", "strong", "--junit", "gate.xml").code == 1
    (failure,) = ElementTree.parse("gate.xml").getroot().iter("failure")
    assert failure.get("type") == "worse" and "weak is worse than strong on profit" in (failure.get("message") or "")


def test_runs_are_kept(gated, monkeypatch):
    first = gated("strong", "weak", "--json")
    monkeypatch.setattr("simulator.study.campaign.fly", lambda *_, **__: pytest.fail("flown again"))
    assert gated("strong", "weak", "--json").data == first.data


def test_a_policy_that_is_edited_is_flown_again(gated):
    found = []
    for line in ("0.1", "0.9"):
        Path("mine.py").write_text(SAME.replace("0.5", line))
        found.append(gated("mine.py", "weak", "--json").data["difference"])
    assert found[0] > 0 > found[1]


BAD = {
    "an unknown policy": (["--policy", "storng", "--beats", "mid"], "did you mean 'strong'?"),
    "an unknown opponent": (["--policy", "strong", "--beats", "none.py"], "there is no file 'none.py'"),
    "an unknown KPI": (["--policy", "strong", "--beats", "mid", "--kpi", "profti"], "did you mean 'profit'?"),
    "no confidence": (["--policy", "strong", "--beats", "mid", "--confidence", "1"], "confidence 1.0 is not allowed"),
    "no number": (["--policy", "strong", "--beats", "mid", "--confidence", "x"], "--confidence 'x'"),
    "too few seeds": (["--policy", "strong", "--beats", "mid", "--max-seeds", "5"], "it takes 6 to 100,000"),
    "no seed": (["--policy", "strong", "--beats", "mid", "--first-seed", "-1"], "is not a whole number"),
    "no folder": (["--policy", "strong", "--beats", "mid", "--junit", "no/where.xml"], "lies in no folder"),
    "a folder": (["--policy", "strong", "--beats", "mid", "--junit", "."], "is a folder"),
    "no policy": (["--beats", "mid"], "--policy"),
    "no opponent": (["--policy", "mid"], "--beats"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(say, claims, name):
    words, hint = BAD[name]
    said = say("gate", claims, *words, "--jobs", "1", "--json")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert hint in said.err


def test_a_policy_that_fails_is_bad_input(gated):
    Path("fails.py").write_text("def policy(view):\n    return view.nonsense\n")
    said = gated("fails.py", "weak")
    assert said.code == 2 and "policy fails.py:policy failed on day 0 00:00, line 2: AttributeError" in said.err


# --- check CASE --policy


def test_check_a_policy(say, claims):
    Path("mine.py").write_text(SAME)
    said = say("check", claims, "--policy", "mine.py", "--json")
    assert (said.code, [finding["ok"] for finding in said.data]) == (0, [True] * len(said.data))
    assert [list(finding) for finding in said.data] == [["check", "ok", "detail"]] * len(said.data)


def test_check_a_bad_policy(say, claims):
    Path("fixed.py").write_text("def policy(view):\n    return {'lime': 0.5}\n")
    said = say("check", claims, "--policy", "fixed.py")
    assert said.code == 1 and "did you mean 'line'?" in said.out
    said = say("check", claims, "--policy", "strong")
    assert said.code == 2 and "is a plan" in said.err


def test_the_examples_of_help_work(say):
    out = say("gate", "--help").out
    first = next(line.split() for line in out.splitlines() if line.strip().startswith("windtunnel gate"))
    assert say(*first[1:], "--jobs", "1", "--until", "30s", "--max-seeds", "10").code in (0, 1)
    assert sys.modules["cases.__main__"] and "--junit" in out
