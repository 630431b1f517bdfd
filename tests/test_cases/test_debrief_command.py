"""A debrief on the command line: of a design or of a flight that has landed, as a summary or as a document."""

from __future__ import annotations

import csv
import functools
import io
import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

import cases
from cases import _debrief, _debrief_report, _export
from simulator import debrief as debriefing
from simulator import report
from simulator.debrief import results
from simulator.errors import Cancelled
from simulator.record import Answer, Forecast
from simulator.score import Scorecard
from simulator.simulation import simulate, tape_of
from simulator.store import FILE, Store
from simulator.units import micro

STORM = cases.load("burst_storm")
WILD = "<script>alert(1)</script>"


@pytest.fixture
def quick(monkeypatch):
    """What takes many flights is made up; how it is found has tests of its own."""

    def found(case, run, record=None, *, jobs=1, progress=None):
        begun = debriefing.beginning(case, run, tape_of(case, run.seed), record)
        progress(1.0)
        worth = results.Worth("dial:x", "Line \x1b[31m0.1", 0.0, micro(120), micro(100), 110.0, 90.0, 130.0)
        return debriefing.combined(begun, {
            "attribution": results.Attribution((worth,), micro(3), run.profit(), True, 1, (0, 1)),
            "moves": results.Moves((results.Instead("dial:x", "Line 0.2", micro(28), None),)),
            "regret": results.Regret(0, micro(72), "expert", micro(100), micro(90), {"line": 0.2}, 9, micro(200), 0.72),
            "luck": results.Luck((0, 1, 2), (micro(10), micro(5), micro(20)), 0.5),
            "knowable": (results.Knowable("storm", False, False, 0.0, None, "queue", "", 60.0, 0.0, 1.0, 2.0, "", None,
                                          "", None),),
        })  # fmt: skip

    monkeypatch.setattr(_debrief, "debrief", found)


@pytest.fixture
def landed(tmp_path, monkeypatch) -> str:
    return kept(tmp_path, monkeypatch, land=True)


@functools.cache
def landing() -> tuple[dict[str, float], str]:
    """The figures and the digest of the flight that is kept."""
    run = simulate(STORM, STORM.plan().then(60.0, WILD, least=8), 3)
    return run.kpis(), run.digest()


def kept(tmp_path, monkeypatch, *, land: bool) -> str:
    """Keep a flight of the storm with a forecast and an answer, and return its id."""
    monkeypatch.setenv("WINDTUNNEL_HOME", str(tmp_path / "kept"))
    store = Store(tmp_path / "kept" / FILE, lambda: 1.8e9, lambda: "id-1")
    flight = store.begin(STORM, STORM.plan().then(60.0, WILD, least=8), 3, "training",
                         forecasts=[Forecast("profit", 600.0, 1.0, 2.0, 0.0)])  # fmt: skip
    store.reach(flight.id, 120.0)
    if land:
        store.land(flight.id, *landing())
        store.answer(flight.id, Answer(STORM.probes[0].name, words=WILD))
    store.close()
    return flight.id


def raising(error: type[Exception]):
    def raised(name):
        raise error(name)

    return raised


# what is printed


def test_what_is_decided_stands_on_few_lines(say, claims, quick, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    said = say("debrief", "--case", claims, "--par", "strong")
    assert all(len(line) <= 80 for line in said.out.splitlines())
    (line,) = (line for line in said.out.splitlines() if "Line " in line and "+$120" in line)
    assert line.split() == ["+$120", "+$100", "+$90.00", "to", "+$130", "Line", "[31m0.1"]


def test_a_cap_is_told():
    card = Scorecard(60.0, 70.0, ("down_seconds",), 100.0, 0, 1, 1, (), ())
    assert _debrief_report._total(card) == "60 of 100; 70, held at 60 for broken guardrails: down seconds"
    assert _debrief_report._total(replace(card, total=30.0, before_cap=30.0)).startswith("30 of 100; 60 at most for ")
    assert _debrief_report._total(replace(card, broken=())) == "60 of 100"
    assert _debrief_report._total(replace(card, total=None, before_cap=None)).startswith("none: ")


def test_a_summary(say, claims, quick):
    said = say("debrief", "--case", claims, "--par", "strong", "--seed", "3")
    assert (said.code, said.err) == (0, "")
    for line in ("SCORE", "WHERE THE MONEY CAME FROM", "WHICH DECISIONS DID IT", "+$120", "$90.00 to +$130", "LUCK",
                 "you captured 72 % of what was attainable", "WHEN YOU COULD HAVE KNOWN", "+$28.00"):  # fmt: skip
        assert line in said.out
    assert "\x1b" not in said.out


def test_a_document(say, claims, quick):
    said = say("debrief", "--case", claims, "--json")
    assert (said.code, said.err) == (0, "")
    assert (said.data["seed"], said.data["regret"]["captured"], said.data["luck"]["below"]) == (0, 0.72, 0.5)
    assert say("debrief", "--case", claims, "--format", "json").data == said.data


def test_options_of_a_run(say, claims, quick):
    data = say("debrief", "--case", claims, "--set", "line=0.3", "--seed", "5", "--json").data
    assert (data["plan"]["design"], data["seed"]) == ({"line": 0.3}, 5)


def test_the_score_is_that_of_the_run(say, claims, quick):
    words = ("--par", "strong", "--seed", "3", "--json")
    assert say("run", claims, *words).data["score"] == pytest.approx(
        say("debrief", "--case", claims, *words).data["score"]["total"], abs=0.05
    )


@pytest.mark.parametrize(
    ("format", "has"), [("html", "<!doctype html>"), ("md", "# Post-mortem"), ("json", '"digest"')]
)
def test_a_file_of_each_format(say, claims, quick, format, has):
    said = say("debrief", "--case", claims, "--out", f"found.{format}")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert has in Path(f"found.{format}").read_text()
    assert has in say("debrief", "--case", claims, "--format", format).out


def test_a_flight_that_landed(say, landed, quick):
    said = say("debrief", "--flight", "latest", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.data["seed"] == 3 and said.data["answers"][0]["words"] == WILD
    parts = {part["name"]: part for part in said.data["score"]["parts"]}
    assert "outside" in parts["predictions"]["lines"][0]["evidence"][0]
    page = say("debrief", "--flight", landed, "--format", "html").out
    assert WILD not in page and page.count("&lt;script&gt;alert(1)") >= 2


# what goes wrong


def test_a_flight_under_way(say, tmp_path, monkeypatch, quick):
    kept(tmp_path, monkeypatch, land=False)
    said = say("debrief", "--flight", "latest")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1) and "under way" in said.err


WRONG = [
    [], ["--flight", "latest", "--case", "burst_storm"], ["--flight", "latest", "--par", "weak"],
    ["--flight", "latest", "--seed", "0"], ["--flight", "gone"], ["--case", "gone"],
    ["--case", "burst_storm", "--format", "pdf"], ["--case", "burst_storm", "--format", "md", "--json"],
    ["--case", "burst_storm", "--out", "found"], ["--case", "burst_storm", "--out", "found.pdf"],
    ["--case", "burst_storm", "--out", "no/where.md"], ["--case", "burst_storm", "--out", "\0.md"],
    ["--case", "burst_storm", "--out", "taken.md/a.md"], ["--case", "burst_storm", "--out", f"{'a' * 300}.md"],
    ["--case", "burst_storm", "--out", "", "--format", "md"], ["--case", "burst_storm", "--out", "dangling.md"],
    ["--case", "burst_storm", "--out", "taken.md"], ["--case", "burst_storm", "--jobs", "0"],
    ["--case", "burst_storm", "--seed", "x"], ["--case", "burst_storm", "--par", "weak", "--plan", "p.json"],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words).replace("\0", "nul")[-40:] or "nothing")
def test_what_cannot_be_debriefed(say, landed, words, monkeypatch):
    monkeypatch.setattr(_debrief, "debrief", lambda *given, **named: pytest.fail("it should not come to that"))
    Path("taken.md").write_text("mine")
    Path("dangling.md").symlink_to("nowhere")
    said = say("debrief", *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert Path("taken.md").read_text() == "mine"


def test_nothing_is_left_of_a_file_that_could_not_be_finished(say, claims, quick, monkeypatch):
    monkeypatch.setattr(report, "as_json", lambda found: "x" * 100_000 + "\ud800")
    said = say("debrief", "--case", claims, "--out", "found.json")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1) and "cannot be written" in said.err
    assert not Path("found.json").exists()


def test_a_probe_that_fails_takes_nothing_with_it(say, claims, quick, tmp_path, caplog):
    text = Path(claims).read_text().replace('figures("checked")', "lambda asked: 1 / 0")
    (tmp_path / "broken.py").write_text(text)
    said = say("debrief", "--case", str(tmp_path / "broken.py"), "--json")
    assert said.code == 0 and "Traceback" not in said.err + caplog.text
    assert "where_is_the_line" in caplog.text and "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "held_back", [lambda name: None, raising(ImportError), raising(ValueError)], ids=["none", "import", "value"]
)
def test_what_is_not_installed_is_said_before_anything_is_flown(say, monkeypatch, held_back):
    monkeypatch.setattr(report, "find_spec", held_back)
    said = say("debrief", "--case", "gone", "--format", "html")
    assert said.code == 2 and "pip install 'ml-windtunnel[report]'" in said.err


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Cancelled])
def test_it_can_be_cancelled(say, claims, monkeypatch, stop):
    def cancelled(*given, **named):
        raise stop

    monkeypatch.setattr(_debrief, "debrief", cancelled)
    said = say("debrief", "--case", claims, "--out", "found.md")
    assert (said.code, said.out, said.err) == (130, "", "windtunnel: cancelled\n")
    assert not Path("found.md").exists()


# the journal of a run


def test_no_formula_in_a_table():
    """Whatever a reason begins with, a spreadsheet takes it for text, and reads it back as one cell."""
    begun = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r\n=1", "\n=1", " =1", "＝1", "＋1"]
    more = ['"', "a,b", "a\nb", "<b>", "{{7*7}}", "'=1"]
    read = list(csv.reader(io.StringIO("".join(_export.table([[text, 1.5] for text in [*begun, *more]])), newline="")))
    assert [row[0] for row in read] == [*(f"'{text}" for text in begun), *more]
    assert {row[1] for row in read} == {"1.5"}


# help


def test_examples_work(say, quick):
    out = say("debrief", "--help").out
    examples = [shlex.split(line)[1:] for line in out.splitlines() if line.startswith("    windtunnel ")]
    assert len(examples) == 2
    for words in examples:
        said = say(*words)
        assert (said.code, said.err) == (0, "")
    assert "default-src 'none'" in Path("debrief.html").read_text()


def test_a_whole_debrief(say, claims):
    """With nothing made up: the flights are real, in this process."""
    data = say("debrief", "--case", claims, "--par", "strong", "--jobs", "1", "--json").data
    assert data["attribution"]["yours"] == data["bridge"]["yours"]
    assert json.dumps(data["score"])
