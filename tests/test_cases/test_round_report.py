"""Reports of a round, calibration packs and how far interviewers agree, on the command line. All marks are made up."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest

from cases import _round_pack, _round_report
from cases._export import table
from simulator import report
from simulator.debrief import SECTIONS
from simulator.debrief import debrief as debriefed
from simulator.errors import Cancelled
from simulator.rounds.packing import Pack
from simulator.rounds.recorded import Recorded
from simulator.store.deeds import Deed

ROUND = """
round = 1
title = "The vote"
case = "burst_storm"
seed = 3
[requirement]
says = "No more than five at the least."
at = "8m"
[requirement.limits.least]
most = 5
"""
SECRET = "between you and me"


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> str:
    """A recording, marks and a private note in it: its text."""
    from cases.__main__ import main

    folder = tmp_path_factory.mktemp("kept")
    (folder / "vote.toml").write_text(ROUND)
    assert main(["round", "fly", str(folder / "vote.toml"), "--par", "mid", "--out", str(folder / "mid.json")]) == 0
    played = Recorded.from_json((folder / "mid.json").read_text())
    deeds = (
        Deed(0, "mark", "serving", "interviewer", 1.8e9, 900.0, {"mark": 2, "words": SECRET}),
        Deed(1, "private", "", "interviewer", 1.8e9, 900.0, {"text": SECRET}),
    )
    return Recorded(**{**vars(played), "deeds": deeds}).to_json()


@pytest.fixture
def mid(say, kept) -> str:
    Path("mid.json").write_text(kept)
    return "mid.json"


def refused(said) -> str:
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    return said.err


# reports


def test_one_page_for_the_candidate(say, mid):
    said = say("round", "report", mid, "--quick")
    assert (said.code, said.err) == (0, "") and said.out.startswith("# The vote\n") and SECRET not in said.out
    assert "No more than five at the least." in said.out and "Not kept." in said.out
    assert "- Serving and latency, strong: Bounds it by patience" in said.out


def test_what_the_interviewer_keeps(say, mid):
    said = say("round", "report", mid, "--for", "interviewer", "--quick")
    assert (said.code, said.err) == (0, "") and said.out.count(SECRET) == 2
    assert "| Serving and latency | 2 (mid) |" in said.out


@pytest.mark.parametrize(("name", "has"), [
    ("r.html", "<!doctype html>"), ("r.md", "# The vote"), ("r.json", '"digest"')
])  # fmt: skip
def test_a_file_of_each_format(say, mid, name, has):
    said = say("round", "report", mid, "--quick", "--out", name)
    assert (said.code, said.out, said.err) == (0, "", "")
    assert has in Path(name).read_text() and SECRET not in Path(name).read_text()
    assert Path(name).read_text() == say("round", "report", mid, "--quick", "--format", Path(name).suffix[1:]).out


def test_quick_is_without_counterfactuals(say, mid, monkeypatch):
    asked = []

    def noted(case, run, record, **how):
        asked.append((tuple(how["sections"]), how["jobs"], record))
        return debriefed(case, run, record, sections=())

    monkeypatch.setattr(_round_report, "debrief", noted)
    say("round", "report", mid, "--jobs", "2")
    say("round", "report", mid, "--quick")
    assert asked == [(SECTIONS, 2, None), ((), -1, None)]  # nobody sat in it


def test_a_recording_that_does_not_come_out(say, mid, monkeypatch):
    monkeypatch.setattr(_round_report, "debrief", lambda *given, **named: pytest.fail("it should not come to that"))
    Path("bad.json").write_text(Path(mid).read_text().replace('"seed": 3', '"seed": 4'))
    assert "does not come out" in refused(say("round", "report", "bad.json"))


WRONG = [
    ["mid.json", "--for", "everybody"], ["mid.json", "--format", "pdf"], ["mid.json", "--out", "taken.md"],
    ["mid.json", "--out", "report"], ["mid.json", "--out", "no/where.md"], ["mid.json", "--jobs", "0"], ["gone.json"],
    ["taken.md"], ["vote.toml"], ["."],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_cannot_be_reported(say, mid, words, monkeypatch):
    monkeypatch.setattr(_round_report, "replayed", lambda *given: pytest.fail("it should not come to that"))
    Path("taken.md").write_text("mine")
    Path("vote.toml").write_text(ROUND)
    refused(say("round", "report", *words))
    assert Path("taken.md").read_text() == "mine"


def test_what_is_not_installed_is_said_first(say, monkeypatch):
    monkeypatch.setattr(report, "find_spec", lambda name: None)
    for words in (["report", "gone.json"], ["pack", "gone.toml", "--out", "p"]):
        assert "pip install 'ml-windtunnel[report]'" in refused(say("round", *words))


def test_it_can_be_cancelled(say, mid, monkeypatch):
    def cancelled(*given, **named):
        raise Cancelled

    monkeypatch.setattr(_round_report, "debrief", cancelled)
    said = say("round", "report", mid, "--out", "r.md")
    assert (said.code, said.out, said.err) == (130, "", "windtunnel: cancelled\n") and not Path("r.md").exists()


# packs


@pytest.fixture(scope="module")
def flown() -> dict[str, Pack]:
    """Packs by their script: flown once."""
    return {}


@pytest.fixture
def quick(monkeypatch, flown):
    pack = _round_pack.packed

    def once(text, where, load, seed, tell):
        if text not in flown:
            flown[text] = pack(text, where, load, seed, tell)
        return flown[text]

    monkeypatch.setattr(_round_pack, "packed", once)


@pytest.fixture
def pack(say, quick) -> str:
    Path("vote.toml").write_text(ROUND)
    assert say("round", "pack", "vote.toml", "--out", "pack").code == 0
    return "pack"


def test_a_pack_is_written(say, quick):
    Path("vote.toml").write_text(ROUND)
    said = say("round", "pack", "vote.toml", "--out", "a/pack", "--json")
    assert (said.code, said.err) == (0, "")
    names = sorted(path.name for path in Path("a/pack").iterdir())
    assert (
        names
        == said.data["files"]
        == sorted(["marks.csv", "key.json", *(f"{name}.{end}" for name in "ABCD" for end in ("html", "json"))])
    )
    key = json.loads(Path("a/pack/key.json").read_text())["recordings"]
    assert sorted(key.values()) == ["expert", "mid", "strong", "weak"] and "expert" not in said.out
    assert said.data["recordings"] == ["A", "B", "C", "D"]
    rows = list(csv.reader(Path("a/pack/marks.csv").read_text().splitlines()))
    assert rows[0] == ["recording", "dimension", "mark", "words"] and len(rows) == said.data["cells"] + 1
    assert say("round", "replay", "a/pack/A.json").code == 0


def test_a_folder_that_is_taken_is_left_alone(say, quick):
    Path("vote.toml").write_text(ROUND)
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine")
    Path("empty").mkdir()
    for out in ("full", "vote.toml", "\0", "vote.toml/p"):
        refused(say("round", "pack", "vote.toml", "--out", out))
    assert [path.name for path in Path("full").iterdir()] == ["mine.txt"]
    assert say("round", "pack", "vote.toml", "--out", "empty").code == 0


def test_what_is_told_of_a_pack(say, quick):
    Path("vote.toml").write_text(ROUND)
    out = " ".join(say("round", "pack", "vote.toml", "--out", "pack").out.split())
    assert "A.html, B.html, C.html, D.html" in out and "windtunnel round agree pack" in out
    assert not any(par in out for par in ("weak", "strong", "expert"))


# agreement


def marked(path: str, *rows: tuple[object, ...]) -> str:
    """Write a file of made-up marks."""
    head = ("recording", "dimension", "mark", "words")
    Path(path).write_text("".join(table([head, *rows])))
    return path


def cells(*marks: int) -> list[tuple[object, ...]]:
    return [(name, "serving", mark, "=1+1") for name, mark in zip("ABCD", marks, strict=False)]


def test_interviewers_agree(say, pack):
    said = say(
        "round", "agree", pack, marked("ada.csv", *cells(1, 2, 4, 5)), marked("ben.csv", *cells(2, 2, 4, 4)), "--json"
    )
    assert (said.code, said.err) == (0, "")
    assert (said.data["met"], said.data["sure"], said.data["marks"]) == (True, False, 8)
    assert said.data["interviewers"] == ["ada", "ben"] and said.data["overall"]["within"] == 1.0
    assert [one["of"] for one in said.data["dimensions"]] == ["serving"]
    assert {one["name"]: one["mean"] for one in said.data["recordings"]} == {"A": 1.5, "B": 2.0, "C": 4.0, "D": 4.5}


def test_interviewers_disagree(say, pack):
    said = say("round", "agree", f"{pack}/key.json", marked("ada.csv", *cells(1, 2)), marked("ben.csv", *cells(5, 2)))
    assert (said.code, said.err) == (1, "")
    for line in ("AGREEMENT  4 marks of 2 interviewers", "ada and ben", "within 1 on 90 %: not met (50 % of 2 cells)"):
        assert line in said.out


def test_how_sure_it_is_is_said(say, pack):
    files = [marked(f"{name}.csv", *cells(3, 3, 3)) for name in ("ada", "ben", "cleo")]
    out = " ".join(say("round", "agree", pack, *files).out.split())
    assert "within 1 on 90 %: met (100 % of 3 cells); so few that it may be luck" in out
    assert "9 marks of 3 interviewers" in out and "ben and cleo" in out


BAD = [
    (["pack", "ada.csv"], "two at least"), (["pack", "ada.csv", "wrong.csv"], "'wrong.csv', line 2: mark = '6'"),
    (["pack", "ada.csv", "gone.csv"], "gone.csv"), (["gone", "ada.csv", "ben.csv"], "gone"),
    (["ada.csv", "ada.csv", "ben.csv"], "'ada.csv': not JSON"),
    (["pack", "ada.csv", "sub/ada.csv"], "called 'ada', too"),
    (["pack", "ada.csv", "empty.csv"], "it has no mark"), (["pack", "ada.csv", "pack/A.html"], "line 1: "),
    (["sub", "ada.csv", "ben.csv"], "key"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "told"), BAD, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_what_cannot_be_compared(say, pack, words, told):
    Path("sub").mkdir()
    marked("ada.csv", *cells(1, 2)), marked("sub/ada.csv", *cells(1, 2)), marked("ben.csv", *cells(1, 2))
    marked("wrong.csv", *cells(6)), marked("empty.csv", ("A", "serving", "", ""))
    assert told in refused(say("round", "agree", *words))


# help


def test_examples_work(say, quick, monkeypatch):
    """In the order of the commands: what one writes, the next one reads; the interviewers' marks are made up."""
    marked("ada.csv", *cells(1, 2, 4, 5)), marked("ben.csv", *cells(1, 3, 4, 5))
    for command in ("fly", "replay", "report", "pack", "agree"):
        out = say("round", command, "--help").out
        examples = [shlex.split(line)[1:] for line in out.splitlines() if line.startswith("    windtunnel round ")]
        assert examples
        for words in examples:
            said = say(*words)
            assert (said.code, said.err) == (0, "")
    assert Path("mid.html").read_text().startswith("<!doctype html>") and Path("pack/key.json").exists()
