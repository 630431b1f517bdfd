"""Whatever a person gets wrong is exit code 2 and one line that says what, where and what is allowed."""

from __future__ import annotations

import json

import pytest

FRAUD = "fraud_threshold"
FILES = {
    "latin.json": b'{"design": {"rule": "\xe9"}}',
    "broken.json": b'{"design": ',
    "twice.json": b'{"design": {"review": 1, "review": 2}}',
    "nan.json": b'{"design": {"threshold": NaN}}',
    "infinite.json": b'{"design": {"threshold": 1e999}}',
    "list.json": b"[]",
    "extra.json": b'{"desing": {}}',
    "deep.json": b"[" * 100_000,
    "long.json": b'{"design": {}}' + b" " * 300_000,
    "dial.json": b'{"design": {"treshold": 0.5}}',
    "fixed.json": b'{"changes": [{"at": "3d", "dials": {"audit": 0.1}}]}',
    "late.json": b'{"changes": [{"at": "60d", "dials": {"review": 1}}]}',
    "act.json": b'{"acts": [{"at": "3d", "act": "fire", "arguments": {}}]}',
    "argument.json": b'{"acts": [{"at": "3d", "act": "hire", "arguments": {"people": 1}}]}',
    "reason.json": json.dumps({"acts": [{"at": 1.0, "act": "retrain", "arguments": {}, "why": "x" * 3000}]}).encode(),
    "good.json": b'{"design": {"review": 1}}',
    "broken.toml": b"[scenario",
    "latin.toml": b"# \xe9",
    "twice.toml": b"[scenario]\nlevel = 1\nlevel = 2",
    "table.toml": b"[scene]\nlevel = 1",
    "key.toml": b"[scenario]\nlevels = 1",
    "world.toml": b"[scenario]\nworld = {payments = nan}",
    "setting.toml": b"[scenario]\nworld = {payment = 100}",
    "incident.toml": b"[scenario]\ndrop = ['rings']",
    "kind.toml": b"[scenario]\nadd = [{name = 'x', kind = 'flood', at = '3d'}]",
    "move.toml": b"[scenario]\nmove = {ring = 'soon'}",
    "level.toml": b"[scenario]\nlevel = 9",
    "empty.py": b"",
    "none.py": b"CASE = 3",
    "error.py": b"1 / 0",
    "syntax.py": b"def",
    "latin.py": b"x = '\xe9'",
    "exit.py": b"import sys; sys.exit(3)",
    "policies.py": b"def one(view): ...\ndef two(view): ...\nclass policy: ...",
    "fails.py": b"def policy(view):\n    return view.nonsense",
    "number.py": b"def policy(view):\n    return 3",
    "dials.py": b"def policy(view):\n    return {'lime': 0.3}",
    "full/notes.txt": b"mine",
}
BAD = {
    # commands and options
    "no such command": (["fly"], "fly"),
    "no such option": (["run", FRAUD, "--sed", "3"], "--seed"),
    "no case": (["run"], "CASE"),
    "no value": (["run", FRAUD, "--seed"], "--seed"),
    "two cases": (["run", FRAUD, FRAUD], "unexpected extra argument"),
    "no command of case": (["case", "old"], "old"),
    "a level that is a word": (["run", FRAUD, "--level", "hard"], "whole number"),
    "jobs that are none": (["study", FRAUD, "--jobs", "0"], "1 or more"),
    "a control character": (["run", FRAUD, "--x\ny\x1b[1m"], "--x"),
    # cases
    "unknown case": (["run", "fraud_treshold"], "did you mean 'fraud_threshold'?"),
    "no such file": (["run", "nowhere.py"], "nowhere.py"),
    "a folder": (["run", "folder.py"], "folder.py"),
    "a file without a case": (["run", "empty.py"], "CASE"),
    "a case of another type": (["check", "none.py"], "CASE"),
    "a file that fails": (["brief", "error.py"], "ZeroDivisionError"),
    "a file that is no Python": (["run", "syntax.py"], "SyntaxError"),
    "a file that is no UTF-8": (["run", "latin.py"], "latin.py"),
    "a file that leaves": (["run", "exit.py"], "SystemExit"),
    # pars, dials, steps
    "unknown par": (["run", FRAUD, "--par", "export"], "did you mean 'expert'?"),
    "unknown dial": (["run", FRAUD, "--set", "treshold=0.3"], "did you mean 'threshold'?"),
    "a dial called self": (["run", FRAUD, "--set", "self=1"], "unknown dial"),
    "out of range": (["run", FRAUD, "--set", "threshold=2"], "from 0.005 to 0.99"),
    "not a number": (["run", FRAUD, "--set", "threshold=nan"], "from 0.005 to 0.99"),
    "not a whole number": (["run", FRAUD, "--set", "maturity_days=1.5"], "from 0 to 45 days"),
    "unknown option of a dial": (["run", FRAUD, "--set", "rule=coast"], "did you mean 'cost'?"),
    "not a switch": (["run", FRAUD, "--set", "balanced=2"], "true or false"),
    "a dial without a value": (["run", FRAUD, "--set", "threshold"], "NAME=VALUE"),
    "a dial set twice": (["run", FRAUD, "--set", "review=1", "--set", "review=2"], "twice"),
    "a fixed dial in flight": (["run", FRAUD, "--at", "12d audit=0.1"], "threshold, review, challenge"),
    "a step without a dial": (["run", FRAUD, "--at", "12d"], "12d DIAL=VALUE"),
    "a step without a time": (["run", FRAUD, "--at", "threshold=0.3 review=1"], "90s, 15m, 6h or 12d"),
    "a step after the end": (["run", FRAUD, "--at", "60d review=1"], "before 60d"),
    "a dial called at": (["run", FRAUD, "--at", "3d at=4"], "unknown dial"),
    "unknown act": (["run", FRAUD, "--do", "3d retrane"], "did you mean 'retrain'?"),
    "unknown argument": (["run", FRAUD, "--do", "3d hire people=2"], "analysts"),
    "argument out of range": (["run", FRAUD, "--do", "3d hire analysts=9"], "from 1 to 4"),
    "an argument called at": (["run", FRAUD, "--do", "3d hire at=9"], "analysts"),
    # seeds, times, names
    "a seed below 0": (["run", FRAUD, "--seed", "-1"], "2^63"),
    "a seed too large": (["run", FRAUD, "--seed", str(2**63)], "2^63"),
    "several seeds to a run": (["run", FRAUD, "--seed", "0-9"], "2^63"),
    "no seeds": (["study", FRAUD, "--seeds", ""], "0-29"),
    "seeds backwards": (["study", FRAUD, "--seeds", "9-0"], "0-9"),
    "a seed twice": (["study", FRAUD, "--seeds", "0-9,3"], "twice"),
    "too many seeds": (["study", FRAUD, "--seeds", "0-999999999999"], "100,000"),
    "unknown par of a study": (["study", FRAUD, "--pars", "weak,export"], "expert"),
    "a par twice": (["study", FRAUD, "--pars", "weak,weak"], "once"),
    "unknown KPI": (["study", FRAUD, "--kpi", "profits"], "did you mean 'profit'?"),
    "until after the end": (["run", FRAUD, "--until", "61d"], "up to 60d"),
    "until nothing": (["run", FRAUD, "--until", "0d"], "more than 0"),
    "until tomorrow": (["study", FRAUD, "--until", "tomorrow"], "90s, 15m, 6h or 12d"),
    "unknown level": (["run", FRAUD, "--level", "7"], "1, 2, 3"),
    "unknown engine": (["run", FRAUD, "--engine", "compild"], "did you mean 'compiled'?"),
    "unknown area": (["verify", "--area", "frau"], "did you mean 'fraud'?"),
    # plans
    "no such plan": (["run", FRAUD, "--plan", "nowhere.json"], "No such file"),
    "a plan that is a folder": (["run", FRAUD, "--plan", "full"], "full"),
    "a plan that is no UTF-8": (["run", FRAUD, "--plan", "latin.json"], "UTF-8"),
    "a plan that is no JSON": (["run", FRAUD, "--plan", "broken.json"], "not JSON"),
    "a key twice": (["run", FRAUD, "--plan", "twice.json"], "'review' stands there twice"),
    "NaN in a plan": (["run", FRAUD, "--plan", "nan.json"], "NaN"),
    "infinity in a plan": (["run", FRAUD, "--plan", "infinite.json"], "from 0.005 to 0.99"),
    "a list for a plan": (["run", FRAUD, "--plan", "list.json"], "plan"),
    "an unknown key": (["run", FRAUD, "--plan", "extra.json"], "design, changes, acts"),
    "a deep plan": (["run", FRAUD, "--plan", "deep.json"], "deep"),
    "a long plan": (["run", FRAUD, "--plan", "long.json"], "too long"),
    "an unknown dial in a plan": (["run", FRAUD, "--plan", "dial.json"], "did you mean 'threshold'?"),
    "a fixed dial in a plan": (["run", FRAUD, "--plan", "fixed.json"], "threshold, review, challenge"),
    "a late change in a plan": (["run", FRAUD, "--plan", "late.json"], "before 60d"),
    "an unknown act in a plan": (["run", FRAUD, "--plan", "act.json"], "retrain, hire"),
    "an unknown argument in a plan": (["run", FRAUD, "--plan", "argument.json"], "analysts"),
    "a reason like a book": (["run", FRAUD, "--plan", "reason.json"], "2000"),
    # scenarios
    "no such scenario": (["run", FRAUD, "--scenario", "nowhere.toml"], "No such file"),
    "a scenario that is no TOML": (["run", FRAUD, "--scenario", "broken.toml"], "not TOML"),
    "a scenario that is no UTF-8": (["run", FRAUD, "--scenario", "latin.toml"], "UTF-8"),
    "a scenario's key twice": (["run", FRAUD, "--scenario", "twice.toml"], "not TOML"),
    "an unknown table": (["run", FRAUD, "--scenario", "table.toml"], "did you mean 'scenario'?"),
    "an unknown key of a scenario": (["run", FRAUD, "--scenario", "key.toml"], "did you mean 'level'?"),
    "NaN in a scenario": (["study", FRAUD, "--scenario", "world.toml"], "payments"),
    "an unknown setting": (["run", FRAUD, "--scenario", "setting.toml"], "did you mean 'payments'?"),
    "an unknown incident": (["run", FRAUD, "--scenario", "incident.toml"], "did you mean 'ring'?"),
    "an unknown kind": (["run", FRAUD, "--scenario", "kind.toml"], "absence"),
    "a time that is none": (["run", FRAUD, "--scenario", "move.toml"], "90s, 15m, 6h or 12d"),
    "a scenario's level": (["run", FRAUD, "--scenario", "level.toml"], "1, 2, 3"),
    # policies and combinations
    "no such policy file": (["run", FRAUD, "--policy", "nowhere.py"], "nowhere.py"),
    "a policy file that fails": (["run", FRAUD, "--policy", "error.py"], "ZeroDivisionError"),
    "a policy file without one": (["run", FRAUD, "--policy", "empty.py"], "known: none"),
    "several policies": (["run", FRAUD, "--policy", "policies.py"], "one, two"),
    "an unknown policy": (["run", FRAUD, "--policy", "policies.py:on"], "did you mean 'one'?"),
    "a policy that is no par": (["run", FRAUD, "--policy", "export"], "did you mean 'expert'?"),
    "a par and a plan": (["run", FRAUD, "--par", "weak", "--plan", "good.json"], "one of them"),
    "two pilots": (["run", FRAUD, "--par", "expert", "--policy", "fails.py"], "is a pilot"),
    "two plans": (["run", FRAUD, "--policy", "weak", "--plan", "good.json"], "no pilot"),
    # files to write
    "a case without .py": (["case", "new", "my_case"], "my_case.py"),
    "a case that is there": (["case", "new", "empty.py"], "exists already"),
    "a case in no folder": (["case", "new", "nowhere/a.py"], "No such file"),
    "out into a full folder": (["run", FRAUD, "--out", "full"], "notes.txt"),
    "out into a file": (["run", FRAUD, "--out", "empty.py"], "a folder is wanted"),
    "out below a file": (["run", FRAUD, "--out", "empty.py/run"], "empty.py"),
}  # fmt: skip
IN_FLIGHT = {
    "a policy that fails": ("fails.py", "day 0 00:00, line 2: AttributeError"),
    "a policy that returns a number": ("number.py", "dials by name, a plan, or None"),
    "a policy that turns no dial": ("dials.py", "did you mean 'line'?"),
}


@pytest.fixture
def files(tmp_path):
    """The files that a person might have."""
    (tmp_path / "full").mkdir()
    (tmp_path / "folder.py").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_bytes(text)


def refused(said) -> str:
    """Check that what was *said* is a refusal, and return its line."""
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert said.err.startswith("windtunnel: ")
    assert said.err[:-1].isprintable()
    return said.err


@pytest.mark.parametrize("what", BAD)
def test_bad_input(say, files, what):
    words, hint = BAD[what]
    assert hint in refused(say(*words))


@pytest.mark.parametrize("what", IN_FLIGHT)
def test_bad_policy(say, files, claims, what):
    file, hint = IN_FLIGHT[what]
    assert hint in refused(say("run", claims, "--policy", file, "--json"))


def test_there_are_enough():
    assert len(BAD) + len(IN_FLIGHT) >= 40
