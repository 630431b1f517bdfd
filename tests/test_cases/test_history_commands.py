"""Flights on the command line: listed, exported as data and as a page, imported again, and never believed."""

from __future__ import annotations

import functools
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

import cases
from cases import _exchange
from simulator.errors import BadInput
from simulator.plan import Change
from simulator.simulation import simulate
from simulator.store import FILE, Flight, Forecast, Store, plan_of

STORM = cases.load("burst_storm")
WHY = "<script>alert(1)</script> {0} [red]&amp;"
STEP = Change(60.0, {"least": 8}, WHY)
KEYS = ["case", "revision", "scenario", "seed", "mode", "plan", "looks", "forecasts", "answers", "kpis",
        "digest"]  # fmt: skip
COMMANDS = ("play", "history", "export", "import", "doctor")
NUMBER = iter(range(1000))


@pytest.fixture
def kept(tmp_path, monkeypatch) -> Path:
    """The folder in which the flights of this test are kept."""
    monkeypatch.setenv("WINDTUNNEL_HOME", str(tmp_path / "kept"))
    return tmp_path / "kept"


def stored(kept: Path) -> Store:
    return Store(kept / FILE, lambda: 1.8e9, lambda: f"id-{next(NUMBER)}")


@pytest.fixture
def landed(kept) -> Flight:
    """A flight that has landed, with a look and a forecast."""
    return flown(kept, "training")


@functools.cache
def landing() -> tuple[dict[str, float], str]:
    """The figures and the digest of the flight that is in these stores."""
    run = simulate(STORM, STORM.plan().extended(STEP), 3)
    return run.kpis(), run.digest()


def flown(kept: Path, mode: str, land: bool = True) -> Flight:
    store = stored(kept)
    flight = store.begin(STORM, STORM.plan(), 3, mode, forecasts=[Forecast("profit", 600.0, 1.0, 2.0, 0.0)])
    flight = store.decide(flight.id, 0, "token", STEP)
    store.look(flight.id, "map", 30.0)
    store.reach(flight.id, 120.0)
    if land:
        store.land(flight.id, *landing())
    flight = store.flight(flight.id)
    store.close()
    return flight


def exported(say, id: str = "latest") -> dict:
    return say("export", id).data


def written(data: object) -> str:
    Path("flight.json").write_text(json.dumps(data))
    return "flight.json"


# history


def test_no_flights(say, kept):
    said = say("history")
    assert (said.code, said.err) == (0, "") and "no flights yet" in said.out
    assert say("history", "--json").data == []
    assert say("export", "latest").code == 2


def test_history(say, landed):
    said = say("history")
    assert (said.code, said.err) == (0, "")
    assert landed.id in said.out and "landed, 1 step" in said.out and "seed 3, training" in said.out
    (row,) = say("history", "--json").data
    assert (row["id"], row["level"], row["digest"], row["kpis"]) == (landed.id, 2, landed.digest, dict(landed.kpis))
    assert say("history", "--case", "feed_ranking", "--json").data == []


def test_how_far(say, kept):
    flown(kept, "training", land=False)
    assert "at 2:00, 1 step" in say("history").out


def test_the_folder_can_be_chosen(say, kept, landed):
    assert (kept / FILE).is_file()


def test_a_broken_store_is_named(say, kept):
    kept.mkdir()
    (kept / FILE).write_bytes(b"rubbish" * 1000)
    said = say("history", "--json")
    assert (said.code, said.data) == (0, [])
    assert "broken-1" in said.err and said.err.count("\n") == 1


# export


def test_export(say, landed):
    data = exported(say)
    assert list(data) == KEYS
    assert (data["case"], data["seed"], data["digest"]) == ("burst_storm", 3, landed.digest)
    assert (data["plan"], data["kpis"]) == (landed.plan, dict(landed.kpis))
    assert data["forecasts"] == [["profit", 600.0, 1.0, 2.0, 0.0]]
    assert data["looks"] == [["map", 30.0, 1.8e9]]
    assert exported(say, landed.id) == data


def test_export_into_a_file(say, landed):
    said = say("export", landed.id, "--out", "flight.json")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert json.loads(Path("flight.json").read_text())["digest"] == landed.digest
    again = say("export", landed.id, "--out", "flight.json")
    assert again.code == 2 and "exists already" in again.err


@pytest.mark.parametrize(
    "words",
    [["gone"], ["latest", "--format", "pdf"], ["../x"], ["latest", "--out", "no/where"], ["latest", "--out", "\0"]],
)
def test_exports_that_are_none(say, landed, words):
    said = say("export", *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_not_a_number_is_null(say, kept, landed):
    store = stored(kept)
    flight = store.begin(STORM, STORM.plan(), 0, "training")
    store.land(flight.id, {"profit": float("nan")}, "x")
    store.close()
    assert exported(say)["kpis"] == {"profit": None}


def test_what_could_not_be_imported_is_said(say, kept, landed, monkeypatch):
    monkeypatch.setattr(_exchange, "_MOST_CHARACTERS", len(say("export", "latest").out) - 1)
    said = say("export", "latest")
    assert "looks are left out" in said.err and said.data["looks"] == []
    monkeypatch.setattr(_exchange, "_MOST_CHARACTERS", 10)
    assert "cannot be imported" in say("export", "latest").err


def test_a_page_of_a_flight(say, landed):
    said = say("export", landed.id, "--format", "html")
    assert (said.code, said.err) == (0, "")
    assert landed.digest in said.out and "A storm in fifteen minutes" in said.out
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {0} [red]&amp;amp;" in said.out
    assert "Where the money came from" in said.out and "Questions that an interviewer asks now" in said.out
    assert "<script" not in said.out and "default-src 'none'" in said.out
    assert not re.search(r"https?://|url\(|@import", said.out)


def test_a_page_says_when_it_came_out_otherwise(say, kept):
    store = stored(kept)
    flight = store.begin(STORM, STORM.plan(), 3, "training")
    store.land(flight.id, {"profit": 1.0}, "0" * 64)
    store.close()
    said = say("export", "latest", "--format", "html")
    assert "not 000000000000" in said.err and "not 000000000000" in said.out


def test_a_flight_under_way_has_a_page_in_training_only(say, kept):
    check, training = flown(kept, "check", land=False), flown(kept, "training", land=False)
    said = say("export", check.id, "--format", "html")
    assert said.code == 2 and "check mode" in said.err
    page = say("export", training.id, "--format", "html")
    assert page.code == 0 and "until 2:00" in page.out and "interviewer" not in page.out


def test_a_flight_that_did_not_begin_has_no_page(say, kept):
    store = stored(kept)
    store.begin(STORM, STORM.plan(), 0, "training")
    store.close()
    assert "not flown yet" in say("export", "latest", "--format", "html").err


# import


def test_import(say, landed, kept):
    file = written(exported(say))
    said = say("import", file)
    assert (said.code, said.err) == (0, "") and "imported as flight" in said.out
    row, old = say("history", "--json").data
    assert row["id"] != old["id"] == landed.id
    assert (row["digest"], row["status"], row["kpis"], row["furthest"]) == (landed.digest, "landed", old["kpis"], 900.0)
    twin, first = exported(say, row["id"]), exported(say, landed.id)
    assert twin == first


def test_import_as_data(say, landed):
    assert say("import", written(exported(say)), "--json").data["digest"] == landed.digest


def test_one_under_way_goes_on_in_training(say, kept):
    flown(kept, "check", land=False)
    row = say("import", written(exported(say)), "--json").data
    assert (row["mode"], row["status"], row["kpis"], row["furthest"]) == ("training", "flying", None, 0.0)


def test_a_result_is_flown_and_not_believed(say, landed):
    data = exported(say)
    said = say("import", written({**data, "seed": 4}))
    assert (said.code, said.out) == (2, "") and "does not come out as it is written" in said.err
    richer = say("import", written({**data, "kpis": {**data["kpis"], "profit": 1e9}}), "--json").data
    assert richer["kpis"] == data["kpis"]
    assert len(say("history", "--json").data) == 2


def test_a_scenario_travels(say, kept):
    case = STORM.but(level=3, drop=[STORM.timeline[0].name])
    store = stored(kept)
    flight = store.begin(case, case.plan(), 1, "training")
    run = simulate(case, plan_of(flight, case), 1)
    store.land(flight.id, run.kpis(), run.digest())
    store.close()
    assert say("import", written(exported(say)), "--json").data["digest"] == run.digest()


CHANGES = [
    {"case": "gone"}, {"case": "cases/burst_storm.py"}, {"case": 3}, {"revision": 99}, {"revision": True},
    {"scenario": {"level": 9}}, {"scenario": []}, {"scenario": {"add": [{"name": "x"}]}}, {"seed": -1}, {"seed": 2**63},
    {"seed": 1.5}, {"mode": "exam"}, {"plan": {"design": {"most": 1e9}}}, {"plan": {"steps": []}}, {"plan": [1]},
    {"plan": {"changes": [{"at": "1y", "dials": {}}]}}, {"looks": [1]}, {"looks": [["a", -1, 0]]},
    {"looks": [["a", 1, "x"]]}, {"forecasts": [["gone", 1, 1, 2, 0]]}, {"forecasts": [["profit", 1, 2, 1, 0]]},
    {"forecasts": [[["a"], 1, 2, 1, 0]]}, {"forecasts": [["profit", 600, 1, 2, 0]] * 201}, {"kpis": 3}, {"digest": 3},
    {"digest": "<b>\x1b[31m"}, {"more": 1}, {"looks": {}}, {"answers": {}}, {"answers": [1]},
    {"answers": [[1, "", None, "", ""]]}, {"answers": [["a", "", True, "", ""]]},
    {"answers": [["a", "", 1, "", "top"]]}, {"answers": [["a", "", 10**400, "", ""]]},
    {"answers": [["a", "", None, "w" * 10_001, ""]]},
    {"answers": [["belief", "zone", -1.0, "", ""]]}, {"answers": [["belief", "zone", 1e300, "", ""]]},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change)[:40])
def test_documents_that_are_none(say, landed, change):
    data = exported(say)
    said = say("import", written({**data, **change}))
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.isprintable() or said.err[:-1].isprintable()
    assert len(say("history", "--json").data) == 1


@pytest.mark.parametrize("key", [key for key in KEYS if key != "answers"])
def test_a_document_without_a_part(say, landed, key):
    data = exported(say)
    del data[key]
    assert key in say("import", written(data)).err


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"case": NaN}', "[" * 100_000, '{"seed": 1, "seed": 2}', '"' + "x" * 300_000 + '"', "\udcff"],
)
def test_texts_that_are_none(say, kept, text):
    Path("flight.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    said = say("import", "flight.json")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_answers_travel(say, kept, landed):
    data = exported(say)
    own = STORM.probes[0].name
    first, second = [own, "", 1.5, WHY, "mid"], ["belief", "zone", 60.0, "", ""]
    more = [first, [own, "", None, "again", ""], second]
    row = say("import", written({**data, "answers": more}), "--json").data
    assert exported(say, row["id"])["answers"] == [first, second], "the first answer to a probe stands"


def test_a_document_of_before_there_were_answers(say, landed):
    data = exported(say)
    del data["answers"]
    said = say("import", written(data), "--json")
    assert (said.code, said.err, exported(say, said.data["id"])["answers"]) == (0, "", [])


def test_answers_to_no_probe_are_left_out(say, landed):
    strange = [["gone", "", None, WHY, ""], *([f"p{n}", "", None, "", ""] for n in range(300))]
    said = say("import", written({**exported(say), "answers": strange}), "--json")
    assert (said.code, said.err.count("\n")) == (0, 1) and "301 of the answers" in said.err
    assert exported(say, said.data["id"])["answers"] == []


def test_an_import_that_fails_late_leaves_nothing(say, landed, monkeypatch):
    def full(*given):
        raise BadInput("full")

    data = exported(say)
    monkeypatch.setattr(Store, "answer", full)
    assert say("import", written({**data, "answers": [[STORM.probes[0].name, "", None, "", ""]]})).code == 2
    assert len(say("history", "--json").data) == 1


def test_a_reason_that_would_be_changed(say, landed):
    """What is stored has to be what was flown."""
    data = exported(say)
    plan = {**data["plan"], "changes": [{**data["plan"]["changes"][0], "why": "a\u202eb"}]}
    run = simulate(STORM, STORM.read_plan(json.dumps(plan)), 3)
    said = say("import", written({**data, "plan": plan, "digest": run.digest()}))
    assert said.code == 2 and "control characters" in said.err
    assert len(say("history", "--json").data) == 1


def test_another_revision(say, landed, monkeypatch):
    data = exported(say)
    load = cases.load
    monkeypatch.setattr(cases, "load", lambda name: replace(load(name), revision=2))
    assert "revision" in say("import", written(data)).err
    assert "revision" in say("export", "latest", "--format", "html").err


# help


def examples(say, command: str) -> list[list[str]]:
    out = say(command, "--help").out
    return [shlex.split(line)[1:] for line in out.splitlines() if line.startswith("    windtunnel ")]


def test_examples_work(say, landed):
    """In the order in which a person would try them; `play` and `doctor` have tests of their own."""
    found = {command: examples(say, command) for command in COMMANDS}
    assert all(found.values())
    for command in ("history", "export", "import"):
        for words in found[command]:
            said = say(*words)
            assert (said.code, said.err) == (0, "")
