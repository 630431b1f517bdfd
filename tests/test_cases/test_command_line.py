"""The contract of the command line: documents, exit codes, streams, files, and examples that work."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest

FRAUD = "fraud_threshold"
RUN_KEYS = [
    "case", "revision", "seed", "engine", "plan", "scenario", "kpis", "units", "targets", "ledger", "requests",
    "digest", "score", "cpu_s",
]  # fmt: skip
COMMANDS = ("", "list", "brief", "run", "study", "sweep", "check", "verify", "case", "case new", "example")
SLOW = {"check": "--help", "verify": "--help"}  # what they do is tested with a small case and with a stand-in
SHORT = {
    "run": ["--until", "2d", "--no-compare"],
    "study": ["--until", "2d", "--jobs", "1"],
    "sweep": ["--until", "2d", "--jobs", "1"],
}


# documents


def test_list(say):
    said = say("list", "--json")
    assert (said.code, said.err) == (0, "")
    case = next(case for case in said.data if case["name"] == FRAUD)
    assert list(case) == ["name", "title", "revision", "topics", "minutes", "horizon_days"]
    assert FRAUD in say("list").out


def test_brief(say):
    data = say("brief", FRAUD, "--json").data
    assert list(data) == ["name", "brief", "dials", "targets", "pars"]
    dial = next(dial for dial in data["dials"] if dial["name"] == "threshold")
    assert list(dial) == ["name", "label", "kind", "unit", "low", "high", "options", "default", "live", "help"]
    assert dial["live"] and dial["low"] == 0.005
    assert data["pars"] == ["weak", "mid", "strong", "expert"]
    assert "threshold" in say("brief", FRAUD).out


def test_players_are_not_told(say, claims):
    assert "4 / 60" not in say("brief", claims).out
    assert "4 / 60" in say("brief", claims, "--teacher").out
    assert "4 / 60" in say("brief", claims, "--teacher", "--json").data["teacher"]


def test_run(say, claims):
    said = say("run", claims, "--par", "strong", "--seed", "3", "--until", "2d", "--json")
    data = said.data
    assert (said.code, said.err, list(data)) == (0, "", RUN_KEYS)
    assert (data["case"], data["seed"], data["engine"], data["score"]) == ("claims", 3, "compiled", None)
    assert data["plan"]["design"] == {"line": 0.12}
    assert list(data["targets"][0]) == ["name", "value", "limit", "met", "guardrail"]
    assert sum(data["ledger"].values()) == pytest.approx(data["kpis"]["profit"])
    assert list(data["units"]) == list(data["kpis"])


def test_the_score_of_a_whole_flight(say, claims):
    """Weak is at 0 and expert at 100 of the outcome; without them there is no score."""
    scores = {
        par: say("run", claims, "--par", par, "--seed", "3", "--json").data["score"] for par in ("weak", "expert")
    }
    assert 0 <= scores["weak"] < scores["expert"] <= 120
    assert say("run", claims, "--par", "expert", "--seed", "3", "--no-compare", "--json").data["score"] is None
    assert f"score {scores['expert']:.0f} of 100" in say("run", claims, "--par", "expert", "--seed", "3").out


def test_the_score_is_in_the_folder_of_a_run(say, claims):
    say("run", claims, "--par", "expert", "--seed", "3", "--out", "kept")
    document = json.loads(Path("kept/run.json").read_text())
    assert document["score"] == say("run", claims, "--par", "expert", "--seed", "3", "--json").data["score"] is not None


def test_a_run_of_the_fraud_case(say):
    said = say("run", FRAUD, "--par", "strong", "--until", "1d", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.data["requests"] > 2000


def test_same_document_twice(say, claims):
    first, second = (say("run", claims, "--until", "2d", "--json").data for _ in range(2))
    del first["cpu_s"], second["cpu_s"]
    assert first == second


def test_nan_is_null(say, claims, tmp_path):
    text = Path(claims).read_text().replace('"checked": float(', '"checked": float("nan") + float(')
    (tmp_path / "blind.py").write_text(text)
    data = say("run", "blind.py", "--until", "1d", "--json").data
    assert (data["kpis"]["checked"], data["targets"][1]["value"], data["targets"][1]["met"]) == (None, None, False)


def test_what_a_case_prints_is_no_result(say, claims, tmp_path):
    text = Path(claims).read_text().replace("def expert(view", "print('hello')\n\n\ndef expert(view")
    text = text.replace('return {"line": 0.07} if view.now == 0 else None', 'print("now")\n    return None')
    (tmp_path / "loud.py").write_text(text)
    said = say("run", "loud.py", "--par", "expert", "--until", "1d", "--json")
    assert said.data["case"] == "claims"
    assert said.err == "hello\nnow\n"


def test_study(say, claims):
    said = say("study", claims, "--seeds", "0-2", "--until", "3d", "--jobs", "1", "--json")
    data = said.data
    assert (said.code, said.err) == (0, "")
    assert list(data) == ["case", "kpi", "seeds", "arms", "differences"]
    assert (data["seeds"], list(data["arms"])) == ([0, 1, 2], ["weak", "mid", "strong", "expert"])
    assert list(data["arms"]["weak"]) == ["mean", "low", "high", "values"]
    keys = ["a", "b", "mean", "low", "high", "p_value", "share_b_better", "p_adjusted", "bootstrap", "pairing"]
    assert list(data["differences"][0]) == keys
    pairs = [(found["a"], found["b"]) for found in data["differences"]]
    assert pairs == [("weak", "mid"), ("mid", "strong"), ("strong", "expert"), ("weak", "expert")]
    values = data["arms"]["weak"]["values"], data["arms"]["mid"]["values"]
    assert data["differences"][0]["mean"] == pytest.approx(sum(b - a for a, b in zip(*values, strict=True)) / 3)


def test_less_may_be_better(say, claims):
    words = ["study", claims, "--pars", "weak,strong", "--seeds", "0,1", "--until", "2d", "--jobs", "1"]
    more = say(*words, "--json").data["differences"][0]
    less = say(*words, "--kpi", "checked", "--json").data["differences"][0]
    assert (more["share_b_better"], less["share_b_better"]) == (1.0, 0.0)
    assert less["mean"] > 0


def test_one_seed_has_no_interval(say, claims):
    data = say("study", claims, "--pars", "weak", "--seeds", "4", "--until", "1d", "--json").data
    assert (data["arms"]["weak"]["low"], data["differences"]) == (None, [])
    assert "n/a" in say("study", claims, "--seeds", "4", "--until", "1d").out


def test_a_study_in_processes(say, claims):
    words = ["study", claims, "--pars", "weak,expert", "--seeds", "0-3", "--until", "1d", "--json"]
    assert say(*words, "--jobs", "2").out == say(*words, "--jobs", "1").out


def test_check(say, claims):
    said = say("check", claims, "--json")
    assert [list(found) for found in said.data] == [["check", "ok", "detail"]] * len(said.data)
    assert said.code == (0 if all(found["ok"] for found in said.data) else 1)


def test_a_check_that_fails(say, claims, tmp_path):
    (tmp_path / "mute.py").write_text(Path(claims).read_text().replace('"strong": Plan(Decisions(line=0.12)),', ""))
    said = say("check", "mute.py")
    assert said.code == 1
    assert "par strong is missing" in said.out


@pytest.mark.parametrize("ok", [True, False])
def test_verify(say, monkeypatch, ok):
    from simulator import fidelity

    row = fidelity.Row("f.elkan", "cost rule", {"cost": 3}, 0.25, 0.26, None, ok, "Elkan 2001")
    monkeypatch.setattr(fidelity, "verify", lambda area, progress: [row])
    said = say("verify", "--area", "fraud", "--json")
    assert said.code == (0 if ok else 1)
    assert list(said.data[0]) == ["id", "mechanism", "setting", "expected", "simulated", "se", "ok", "source"]
    assert "f.elkan" in say("verify").out


# what is flown


def flown(say, *words: str):
    """The plan of a run of two days."""
    return say("run", *words, "--until", "2d", "--json").data["plan"]


def test_set_at_do(say):
    settings = ["--set", "rule=f1", "--set", "review=1"]
    steps = ["--at", "1d review=3 challenge=0.5 # more eyes", "--at", "12h review=2", "--do", "1d hire analysts=2"]
    plan = flown(say, FRAUD, "--par", "strong", *settings, *steps)
    assert (plan["design"]["rule"], plan["design"]["review"], plan["design"]["retrain_days"]) == ("f1", 1.0, 14)
    assert [change["at"] for change in plan["changes"]] == [43200.0, 86400.0]
    assert plan["changes"][1] == {"at": 86400.0, "dials": {"review": 3.0, "challenge": 0.5}, "why": "more eyes"}
    assert plan["acts"] == [{"at": 86400.0, "act": "hire", "arguments": {"analysts": 2}, "why": ""}]


def test_a_plan_flies_as_it_was_recorded(say, claims, tmp_path):
    first = say("run", claims, "--par", "expert", "--at", "1d line=0.2", "--until", "2d", "--json").data
    (tmp_path / "plan.json").write_text(json.dumps(first["plan"]))
    again = say("run", claims, "--plan", "plan.json", "--until", "2d", "--json").data
    assert (again["digest"], again["plan"]) == (first["digest"], first["plan"])


def test_set_has_the_last_word_over_a_pilot(say, claims):
    assert flown(say, claims, "--par", "expert")["design"]["line"] == 0.07
    assert flown(say, claims, "--par", "expert", "--set", "line=0.3")["design"]["line"] == 0.3


def test_steps_are_added_to_a_pilot(say, claims):
    plan = flown(say, claims, "--policy", "expert", "--at", "1d line=0.3")
    assert (plan["design"]["line"], plan["changes"][0]["dials"]) == (0.07, {"line": 0.3})


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        ("def policy(view): return None", 0.12),
        ("def policy(view): return {}", 0.12),
        ("def policy(view): return {'line': 0.4} if view.now == 0 else None", 0.4),
        ("def only(view): return {'line': 0.4} if view.now == 0 else None", 0.4),
        ("def policy(view): return view.plan.then(3600, line=0.9) if view.now == 0 else None", 0.12),
    ],
)
def test_a_policy_goes_on_from_a_par(say, claims, tmp_path, policy, line):
    (tmp_path / "mine.py").write_text(policy)
    assert flown(say, claims, "--par", "strong", "--policy", "mine.py")["design"]["line"] == line


def test_a_policy_by_name(say, claims, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from math import sin\nclass A: ...\ndef a(v): ...\ndef b(v): return {'line': .9}\n"
    )
    assert flown(say, claims, "--policy", "mine.py:b")["design"]["line"] == 0.9


def test_a_par_for_a_policy(say, claims):
    assert flown(say, claims, "--policy", "strong")["design"] == flown(say, claims, "--par", "strong")["design"]


def test_a_scenario(say, tmp_path):
    (tmp_path / "busy.toml").write_text('[scenario]\nlevel = 1\nworld = {payments = 500}\ndrop = ["holiday"]\n')
    data = say("run", FRAUD, "--scenario", "busy.toml", "--level", "3", "--until", "1d", "--json").data
    scenario = data["scenario"]
    assert (scenario["level"], scenario["world"], scenario["drop"]) == (3, {"payments": 500}, ["holiday"])
    assert data["requests"] < 1000


def test_engines_agree(say, claims):
    fast, slow = (say("run", claims, "--until", "1d", "--engine", e, "--json").data for e in ("compiled", "reference"))
    assert (fast["kpis"], slow["engine"]) == (slow["kpis"], "reference")


# files


def test_out(say, claims):
    said = say("run", claims, "--at", "1d line=0.4 # =1+1", "--until", "2d", "--out", "runs/a", "--json")
    folder = Path("runs/a")
    assert sorted(path.name for path in folder.iterdir()) == ["frame.csv", "journal.csv", "plan.json", "run.json"]
    assert json.loads((folder / "run.json").read_text()) == said.data
    assert json.loads((folder / "plan.json").read_text()) == said.data["plan"]
    frame = list(csv.DictReader((folder / "frame.csv").read_text().splitlines()))
    assert [row["day"] for row in frame] == ["0", "1"]
    assert sum(float(row["$profit"]) for row in frame) == pytest.approx(said.data["kpis"]["profit"])
    journal = list(csv.DictReader((folder / "journal.csv").read_text().splitlines()))
    assert (journal[0]["kind"], journal[0]["text"]) == ("decision", "line = 0.4 (=1+1)")


def test_a_run_may_replace_a_run(say, claims):
    words = ["run", claims, "--until", "1d", "--out", "here", "--json"]
    assert [say(*words).code, say(*words, "--seed", "1").code] == [0, 0]
    assert json.loads(Path("here/run.json").read_text())["seed"] == 1


def test_text_is_no_formula():
    from cases._export import table

    rows = [["=1", "+1", "-1", "@a", "\ta", "a=1", -1, -1.5, float("nan"), True]]
    assert list(table(rows)) == ["'=1,'+1,'-1,'@a,'\ta,a=1,-1,-1.5,,True\n"]


# help


def test_no_command_is_a_cry_for_help(say):
    assert say().out == say("--help").out
    assert say("--version").out.startswith("windtunnel ")


def examples(say, command: str) -> list[list[str]]:
    """The examples in the help of a *command*, as words."""
    out = say(*command.split(), "--help").out
    return [shlex.split(line)[1:] for line in out.splitlines() if line.startswith("    windtunnel ")]


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_work(say, command):
    found = examples(say, command)
    assert found
    for words in found:
        more = [SLOW[words[0]]] if words[0] in SLOW else SHORT.get(words[0], [])
        said = say(*words, *more)
        assert (said.code, said.err) == (0, "")
