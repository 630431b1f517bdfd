"""`windtunnel study` keeps runs, goes on where it was, settles, leaves the warm-up out, and flies policies beside."""

from __future__ import annotations

import hashlib
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.study import Shelf, read_parquet

ROOT = Path(__file__).resolve().parents[2]
SHORT = ("--until", "2d", "--jobs", "1")
POLICY = "def policy(view):\n    return {'line': 0.12} if view.now == 0 else None\n"


def test_runs_are_kept_and_found_again(say, claims, tmp_path, monkeypatch):
    words = ["study", claims, "--pars", "weak,mid", "--seeds", "0-2", *SHORT]
    plain = say(*words, "--json")
    assert say(*words, "--json", "--out", "kept").out == plain.out
    table = read_parquet(tmp_path / "kept" / "runs.parquet")
    assert (len(table), table.attrs["until"], table.attrs["case"]) == (6, 2 * 86400.0, "claims")
    first = hashlib.sha256((tmp_path / "kept" / "runs.parquet").read_bytes()).digest()
    monkeypatch.setattr("simulator.study.campaign.fly", lambda *a, **b: pytest.fail("it was flown again"))
    assert say(*words, "--json", "--out", "kept").out == plain.out
    assert hashlib.sha256((tmp_path / "kept" / "runs.parquet").read_bytes()).digest() == first


def test_a_difference_says_how_far_it_can_be_relied_on(say, claims):
    words = ["study", claims, "--seeds", "0-5", *SHORT]
    data = say(*words, "--json").data
    for found in data["differences"]:
        low, high = found["bootstrap"]
        assert low <= found["mean"] <= high and found["pairing"] > 1
        assert found["p_value"] <= found["p_adjusted"] <= 1
    assert max(one["p_adjusted"] / one["p_value"] for one in data["differences"]) == pytest.approx(4)
    assert "p (Holm)" in say(*words).out


def test_policies_fly_beside_the_answers(say, claims, tmp_path):
    (tmp_path / "mine.py").write_text(POLICY)
    words = ["study", claims, "--pars", "strong", "--policy", "mine.py", "--seeds", "0-1", "--until", "1d", "--json"]
    data = say(*words, "--jobs", "1").data
    assert list(data["arms"]) == ["strong", "mine"]
    assert data["arms"]["mine"]["values"] == data["arms"]["strong"]["values"]
    assert say(*words, "--jobs", "2").data == data
    alone = say("study", claims, "--policy", "mine.py:policy", "--policy", "weak", "--seeds", "0", *SHORT, "--json")
    assert list(alone.data["arms"]) == ["policy", "weak"]


def test_a_policy_that_was_changed_is_flown_again(say, claims, tmp_path):
    words = ["study", claims, "--policy", "mine.py", "--seeds", "0-1", *SHORT, "--json", "--out", "kept"]
    found = []
    for line in ("0.12", "0.2"):
        (tmp_path / "mine.py").write_text(POLICY.replace("0.12", line))
        found.append(say(*words).data["arms"]["mine"]["values"])
    assert found[0] != found[1]


def test_seeds_are_added_until_it_is_narrow(say, claims):
    words = ["study", claims, "--pars", "mid", "--seeds", "0-4", "--until", "1d", "--jobs", "1"]
    data = say(*words, "--half-width", "1", "--max-seeds", "13", "--json").data
    assert (data["seeds"], data["settled"]["reached"]) == (list(range(13)), False)
    assert data["settled"]["looks"] == [10, 13]
    wide = say(*words, "--half-width", "1e6", "--max-seeds", "40", "--json").data
    assert (wide["seeds"], wide["settled"]["reached"]) == (list(range(10)), True)
    assert "looked at after 10 seeds" in say(*words, "--half-width", "1e6", "--max-seeds", "40").out


def test_the_steady_state(say, claims):
    words = ["study", claims, "--pars", "weak,mid", "--seeds", "0-2", "--kpi", "steady.profit_per_day", "--jobs", "1"]
    data = say(*words, "--warmup", "1d", "--until", "3d", "--json").data
    assert all(value is not None for value in data["arms"]["mid"]["values"])
    assert "$" in say(*words, "--warmup", "auto", "--until", "3d").out


BAD = {
    "a width alone": (["--half-width", "3"], "belong together"),
    "no width": (["--half-width", "-3", "--max-seeds", "20"], "above 0"),
    "too few": (["--half-width", "3", "--max-seeds", "4"], "10 seeds before the first look"),
    "warm-up behind the end": (["--warmup", "2d", "--until", "1d"], "not before the end, 1d"),
    "warm-up that is no time": (["--warmup", "long"], "90s, 15m"),
    "steady without a warm-up": (["--kpi", "steady.line"], "unknown KPI"),
    "a gauge that there is not": (
        ["--kpi", "steady.nothing", "--warmup", "auto", "--seeds", "0", *SHORT],
        "unknown KPI",
    ),
    "a backend that there is not": (["--backend", "cloud"], "processes, dask, ray, tcp://HOST:PORT"),
    "a policy that there is not": (["--policy", "nowhere.py"], "no file"),
    "a par twice": (["--pars", "weak", "--policy", "weak"], "twice"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line(say, claims, name):
    words, told = BAD[name]
    said = say("study", claims, *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert told in said.err


def test_a_folder_that_cannot_be_used(say, claims, tmp_path):
    (tmp_path / "file").write_text("")
    said = say("study", claims, "--seeds", "0", *SHORT, "--out", "file")
    assert (said.code, said.err.count("\n")) == (2, 1)


# --- in a terminal


def started(*words: str, **more) -> subprocess.Popen:
    """Start the command line as a process of its own, which a Ctrl-C can reach."""
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += f"from cases.__main__ import main; sys.exit(main({list(words)!r}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "TERM": "xterm"}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, start_new_session=True, **more)


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(claims, tmp_path):
    words = ["study", claims, "--seeds", "0-999", "--jobs", "2", "--out", str(tmp_path / "kept")]
    process = started(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    runs = tmp_path / "kept" / "runs.sqlite3"
    give_up = time.monotonic() + 60
    while process.poll() is None and not (runs.exists() and _kept(runs)) and time.monotonic() < give_up:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    many = int(re.search(r"(\d+) runs are kept in .*; the same command goes on from there", err)[1])
    assert 0 < many == _kept(runs) and "cancelled" in err


def _kept(path: Path) -> int:
    shelf = Shelf(path)
    try:
        return len(shelf)
    finally:
        shelf.close()


def test_a_terminal_shows_the_share_and_the_time_left(claims):
    ours, theirs = pty.openpty()
    words = ["study", claims, "--pars", "weak", "--seeds", "0-19", "--until", "9d", "--jobs", "1", "--json"]
    process = started(*words, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # nobody writes any more
            break
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert re.search(rb"flying 1 x 20 runs", shown) and re.search(rb"[1-9]\d?%", shown)
    assert re.search(rb"\d:\d\d:\d\d", shown)
