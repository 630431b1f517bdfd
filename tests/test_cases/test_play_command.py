"""`windtunnel play`: what it refuses, what it starts, what it warns of, and how it ends."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cases import _play

ROOT = Path(__file__).resolve().parents[2]
STANDIN = """
import json, os, sys, time
told = {name: os.environ[f"WINDTUNNEL_{name.upper()}"] for name in ("case", "shared")} | {"words": sys.argv[1:]}
with open(os.environ["TOLD"] + ".new", "w") as file:
    json.dump(told, file)
os.replace(os.environ["TOLD"] + ".new", os.environ["TOLD"])
if os.environ.get("FAILS"):
    sys.exit(3)
try:
    time.sleep(60)
except KeyboardInterrupt:
    open(os.environ["TOLD"] + ".stopped", "w").close()
"""
START = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from cases.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def started(tmp_path):
    """A starter of `play` as a process, with a stand-in for Streamlit; it waits until that has been told."""
    (tmp_path / "path" / "streamlit").mkdir(parents=True)
    (tmp_path / "path" / "streamlit" / "__init__.py").write_text("")
    (tmp_path / "path" / "streamlit" / "__main__.py").write_text(STANDIN)
    told, processes = tmp_path / "told.json", []

    def start(*words: str, **more: str):
        path = os.pathsep.join([str(tmp_path / "path"), str(ROOT)])
        keys = {"PYTHONPATH": path, "TOLD": str(told), "WINDTUNNEL_HOME": str(tmp_path / "kept"), **more}
        command = [sys.executable, "-c", START, "play", *words]
        process = subprocess.Popen(
            command, env={**os.environ, **keys}, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        deadline = time.monotonic() + 30
        while not told.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return process, json.loads(told.read_text())

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_from_the_start_to_ctrl_c(started, tmp_path, how):
    port = free_port()
    process, told = started("--case", "burst_storm", "--port", str(port))
    assert told["case"] == "burst_storm"
    assert told["words"][0] == "run" and Path(told["words"][1]) == ROOT / "dashboard" / "app.py"
    options = dict(zip(told["words"][2::2], told["words"][3::2], strict=True))
    assert options == {"--server.address": "127.0.0.1", "--server.port": str(port), "--server.headless": "true"}
    process.send_signal(how)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "windtunnel: cancelled\n")
    assert f"http://127.0.0.1:{port} " in out and str(tmp_path / "kept" / "flights.sqlite3") in out
    assert (tmp_path / "told.json.stopped").exists()


def test_a_wider_address_is_warned_of(started):
    process, told = started("--host", "0.0.0.0", "--port", str(free_port()))
    assert told["words"][3] == "0.0.0.0" and told["case"] == ""
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert "anybody who reaches" in err and "reverse proxy with authentication" in err
    assert err.splitlines()[-1] == "windtunnel: cancelled"


def test_behind_a_proxy_it_knows_its_name_and_everybody_for_himself(started):
    process, told = started("--behind", "wind.example.org:8443", "--port", str(free_port()))
    options = dict(zip(told["words"][2::2], told["words"][3::2], strict=True))
    assert options["--server.address"] == "127.0.0.1" and told["shared"] == "1"
    assert options["--server.allowedHosts"] == "wind.example.org"
    assert options["--server.corsAllowedOrigins"] == "https://wind.example.org:8443"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert err == "windtunnel: cancelled\n"


@pytest.mark.parametrize("name", ["https://wind.example.org", "a b", "", "*", "x" * 300, "wind.example.org/path"])
def test_a_proxy_has_the_name_of_a_host(say, name):
    found = say("play", "--behind", name)
    assert (found.code, found.out) == (2, "")
    assert "is no name of a host; write one such as windtunnel.example.org" in found.err


def test_a_dashboard_that_dies(started):
    process, _ = started("--port", str(free_port()), FAILS="1")
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "windtunnel: the dashboard has ended with exit code 3\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--case", "gone"], "unknown case"),
        (["--case", "x.py"], "unknown case"),
        (["--port", "0"], "port '0'"),
        (["--port", "65536"], "port '65536'"),
        (["--port", "-1"], "port '-1'"),
        (["--port", "8501x"], "whole number"),
        (["--port", "²"], "whole number"),
        (["--host", "example.com"], "no address"),
        (["--host", "--server.port=1"], "no address"),
    ],
)
def test_what_is_refused(say, words, said):
    found = say("play", *words)
    assert (found.code, found.out, found.err.count("\n")) == (2, "", 1)
    assert said in found.err


def test_a_port_that_is_taken(say):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = say("play", "--port", str(port))
    assert found.code == 2 and f"port {port} of 127.0.0.1 is taken" in found.err


def test_without_streamlit(say, monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "streamlit" else there(name))
    found = say("play")
    assert (found.code, found.out) == (2, "")
    assert found.err == 'windtunnel: the dashboard is not installed: pip install "ml-windtunnel[dashboard]"\n'


@pytest.mark.parametrize(
    ("host", "local", "address"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:9"),
        ("::1", True, "http://[::1]:9"),
        ("localhost", True, "http://127.0.0.1:9"),
        ("0.0.0.0", False, "http://0.0.0.0:9"),
        ("10.0.0.7", False, "http://10.0.0.7:9"),
    ],
)
def test_addresses(host, local, address):
    stage = _play.Stage(Path("app.py"), "", _play._host(host), 9)
    assert (_play.is_local(stage.host), stage.address) == (local, address)
    assert ("--server.allowedHosts" in stage.command()) is not local


def test_help_has_an_example(say):
    said = say("play", "--help")
    assert said.code == 0 and "windtunnel play --case fraud_threshold" in said.out
