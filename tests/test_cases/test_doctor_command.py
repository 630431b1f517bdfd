"""`windtunnel doctor`: it finds what is there, and it notices each thing that is missing."""

from __future__ import annotations

import socket

import pytest

from cases import _doctor
from cases._doctor import NEEDED

CHECKS = [
    "python", "packages", "dashboard", "store", "compile cache", "workers", "browser", "port", "self-test",
]  # fmt: skip


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("WINDTUNNEL_HOME", str(tmp_path / "kept"))
    return tmp_path / "kept"


def findings(say) -> dict[str, tuple[bool, str]]:
    return {found["check"]: (found["ok"], found["detail"]) for found in say("doctor", "--json").data}


def test_all_is_well(say, kept):
    said = say("doctor", "--json")
    assert (said.code, said.err) == (0, "")
    assert [list(found) for found in said.data] == [["check", "ok", "detail"]] * len(CHECKS)
    assert [found["check"] for found in said.data] == CHECKS
    assert all(found["ok"] for found in said.data if found["check"] != "port")
    assert all(found["detail"] and "\n" not in found["detail"] for found in said.data)
    assert f"{kept}/flights.sqlite3 can be written; 0 flights" in findings(say)["store"][1]
    people = say("doctor")
    assert people.code == 0 and all(check in people.out for check in CHECKS)


def test_a_package_that_is_missing(say, monkeypatch):
    version = _doctor._version
    monkeypatch.setattr(_doctor, "_version", lambda name: "" if name == "river" else version(name))
    said = say("doctor", "--json")
    assert said.code == 1
    assert findings(say)["packages"][0] is False and "river is missing" in findings(say)["packages"][1]


def test_no_dashboard_is_no_fault(say, monkeypatch):
    version = _doctor._version
    monkeypatch.setattr(_doctor, "_version", lambda name: "" if name == "streamlit" else version(name))
    assert say("doctor").code == 0
    ok, detail = findings(say)["dashboard"]
    assert ok and "streamlit is missing" in detail and 'pip install "ml-windtunnel[dashboard]"' in detail


def test_a_store_in_memory_is_a_fault(say, kept):
    kept.write_text("a file where the folder should be")
    said = say("doctor", "--json")
    assert said.code == 1
    ok, detail = findings(say)["store"]
    assert not ok and "in memory only" in detail


def test_a_store_that_was_moved_aside_is_named(say, kept):
    kept.mkdir()
    (kept / "flights.sqlite3").write_bytes(b"rubbish" * 1000)
    ok, detail = findings(say)["store"]
    assert ok and "broken-1" in detail


def test_no_browser_is_no_fault(say, monkeypatch):
    monkeypatch.setattr(_doctor.shutil, "which", lambda name: None)
    ok, detail = findings(say)["browser"]
    assert ok and "no Chromium" in detail


def test_a_port_that_is_taken_is_said(say, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(_doctor, "PORT", other.getsockname()[1])
        said = say("doctor", "--json")
        assert said.code == 0
        assert findings(say)["port"][0] is False


def test_a_flight_that_does_not_repeat_itself(say, monkeypatch):
    class Run:
        def digest(self):
            return f"digest {id(self)} of one flight"

    held = []
    monkeypatch.setattr(_doctor, "simulate", lambda *_, **__: held.append(Run()) or held[-1])
    assert say("doctor").code == 1
    assert findings(say)["self-test"][0] is False


def test_a_check_that_breaks_is_a_finding(say, monkeypatch):
    monkeypatch.setattr(_doctor.cases, "load", lambda name: 1 / 0)
    ok, detail = findings(say)["self-test"]
    assert not ok and "ZeroDivisionError" in detail


def test_what_is_needed_is_checked():
    assert set(NEEDED) <= set(CHECKS)
