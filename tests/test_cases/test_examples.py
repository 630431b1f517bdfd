"""The examples that come along do what they say: in small here, and whole where there is time."""

from __future__ import annotations

import importlib
import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cases.__main__ import main
from cases._examples import about, examples
from cases.testing import fly
from simulator.units import day

FOLDER = Path(__file__).parents[2] / "cases" / "examples"


def shown(name):
    """Return an example as a module."""
    return importlib.import_module(f"cases.examples.{name}")


def test_a_league_has_the_best_above(capsys):
    shown("league").main(seeds=2, jobs=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:6]] == ["expert", "strong", "own", "mid", "weak"]
    assert sum(" p = " in line for line in lines) == 10


def test_a_sweep_is_drawn(tmp_path):
    module = shown("threshold_sweep")
    found = module.flown([0.04, 0.8], seeds=2, days=8, jobs=1)
    module.drawn(found, str(tmp_path / "t.svg"))
    low, high = found.table()["profit"]
    assert low > high
    assert (tmp_path / "t.svg").read_text().count("<path") > 10


def test_a_frontier_is_marked(capsys):
    shown("latency_frontier").main(seeds=1, minutes=2, jobs=1)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 14
    assert sum(line.endswith("*") for line in lines) == int(lines[-1].split()[0])


def test_an_agent_searches_and_is_compared(capsys):
    gain = shown("agent").main(rounds=1, people=4, seeds=2)
    said = capsys.readouterr().out
    assert "round 1: the best of 4 earned $" in said
    assert gain.n == 2 and f"agent - mid = ${gain.mean:.2f}" in said


def test_a_policy_trains_when_the_model_is_off():
    module, run = shown("drift_policy"), fly("drift_retraining", str(FOLDER / "drift_policy.py"), 1, until=day(60))
    at = [act.at for act in run.plan.acts]
    assert at and all(later - earlier >= module.PAUSE for earlier, later in itertools.pairwise(at))
    assert all(run.gauges.series("label_loss_z", until)[1][-1] > module.LIMIT for until in at)


WHOLE = {
    "agent": "agent - mid = $",
    "latency_frontier": "designs are on the frontier",
    "league": "expert - strong",
    "threshold_sweep": "drawn into threshold.svg",
}


@pytest.mark.long
@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_example_runs_from_a_copy(tmp_path, name):
    assert main(["example", name, "--out", str(tmp_path)]) == 0
    done = subprocess.run([sys.executable, f"{name}.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert WHOLE[name] in done.stdout


@pytest.mark.long
def test_the_agent_beats_mid_where_it_has_not_been():
    gain = shown("agent").main(rounds=3, people=10, seeds=8)
    assert gain.low > 10


@pytest.mark.long
def test_the_policy_passes_its_test_from_a_copy(tmp_path):
    assert main(["example", "--out", str(tmp_path)]) == 0
    asked = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_drift_policy.py"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout


# --- the command ------------------------------------------------------------------------------------------------------


def test_all_are_listed_with_what_they_show(capsys):
    assert main(["example"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert sorted(examples()) == sorted(file.stem for file in FOLDER.glob("*.py"))
    assert all(name in said for name in examples())
    assert about(examples()["league"]).startswith("A league of policies")


def test_one_is_printed_as_it_is(capsys):
    assert main(["example", "league"]) == 0
    assert capsys.readouterr().out == (FOLDER / "league.py").read_text(encoding="utf-8")


def test_programs_get_one_document(capsys, tmp_path):
    assert main(["example", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["examples"]
    assert [one["name"] for one in listed] == list(examples()) and "text" not in listed[0]
    assert main(["example", "agent", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["examples"][0]["text"] == examples()["agent"]
    assert main(["example", "agent", "--out", str(tmp_path / "new"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"written": [str(tmp_path / "new" / "agent.py")]}


def test_what_is_there_stays(capsys, tmp_path):
    (tmp_path / "league.py").write_text("mine")
    assert main(["example", "--out", str(tmp_path)]) == 2
    assert "league.py exists already in '" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["league.py"]
    assert main(["example", "league", "--out", str(tmp_path / "league.py")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_unknown_one_is_told(capsys):
    assert main(["example", "leage"]) == 2
    assert "unknown example 'leage'; did you mean 'league'?" in capsys.readouterr().err


def test_examples_are_no_cases():
    import cases

    assert not {"examples", "environments", *examples()} & set(cases.names())
