"""The command line as a process: quick to help, quiet when nobody reads on, one line for whatever goes wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FRAUD = "fraud_threshold"
ROOT = Path(__file__).resolve().parents[2]


def shell(*words: str, **more):
    """Start the command line as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
    command = [sys.executable, "-m", "cases", *words]
    return subprocess.Popen(
        command, stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, env=environment, **more
    )


def test_help_loads_nothing_heavy():
    code = "import sys; from cases.__main__ import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "pandas", "rich", "simpy", "sklearn"} & set(done.stderr.split())


@pytest.mark.parametrize("words", [["run", "nowhere"], ["--nonsense"], ["run", FRAUD, "--set", "a=\udcff\x1b"]])
def test_bad_input_in_a_process(words):
    process = shell(*words)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count(b"\n"), err[:12]) == (2, b"", 1, b"windtunnel: ")


def test_an_unexpected_error_is_one_line(say, monkeypatch):
    import cases._tables

    monkeypatch.setattr(cases._tables, "show_cases", lambda *_: 1 / 0)
    said = say("list")
    assert (said.code, said.out) == (1, "")
    assert re.fullmatch(r"windtunnel: unexpected ZeroDivisionError: .* \(.*line \d+\)\n", said.err)


def test_a_broken_law_is_one_line(say, claims, tmp_path):
    broken = Path(claims).read_text().replace("micro(usd)", "usd")
    (tmp_path / "broken.py").write_text(broken)
    said = say("run", "broken.py", "--until", "1d")
    assert said.code == 1
    assert said.err.startswith("windtunnel: a law of the simulation is broken")
    assert said.err.count("\n") == 1


def test_ctrl_c(claims, tmp_path):
    """Also where the tests themselves run in the background, and the signal was being ignored."""
    lines = ("import os, signal", "signal.signal(signal.SIGINT, signal.default_int_handler)")
    (tmp_path / "mine.py").write_text("\n".join((*lines, "def policy(view): os.kill(os.getpid(), signal.SIGINT)\n")))
    process = shell("run", claims, "--policy", str(tmp_path / "mine.py"))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"windtunnel: cancelled\n")


def test_nobody_reads_on(claims):
    into, out = os.pipe()
    os.close(into)
    process = shell("brief", claims, stdout=out)
    os.close(out)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, b"")


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
)
def test_any_terminal_can_show_a_report(claims, env):
    process = shell("run", claims, "--until", "3d", "--no-compare", env=env)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert b"\x1b" not in out
    if "ascii" in env.values() or "PYTHONUTF8" in env:
        assert out.isascii()
        assert b"?" not in out
