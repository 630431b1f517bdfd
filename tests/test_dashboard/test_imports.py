"""What somebody brings along becomes a draft that flies the same, or one line that says why not: whatever it is."""

from __future__ import annotations

import dataclasses
import json

import pytest

import cases
from dashboard import exports, imports
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.store import Store

CASE = "burst_storm"
WILD = "<script>alert(1)</script> $a$ ![x](http://evil.example/x.png) \u202e"


@pytest.fixture
def store(tmp_path):
    kept = Store(tmp_path / "flights.sqlite3", lambda: 1.0, iter(f"id{n:030d}" for n in range(99)).__next__)
    yield kept
    kept.close()


def a_plan(why: str = "the vote comes") -> Plan:
    case = cases.load(CASE)
    dial = next(dial for dial in case.design.dials() if dial.live and dial.kind in ("number", "integer"))
    first = next(dial for dial in case.design.dials() if dial.kind == "integer")
    return case.plan({first.name: first.low}).then(60.0, why=why, **{dial.name: dial.high})


def plan_of(words: dict) -> Plan:
    """Return the plan that a draft with these *words* makes."""
    case = cases.load(words["case"]).but(level=words["level"], **words["scenario"])
    data = {"design": {**case.design().values(), **words["dials"]}, **words["plan"]}
    return case.plan(Plan.from_data(data, case.design, case.menu(), case.horizon, case.tick))


def refusal(brought: bytes | str) -> str:
    with pytest.raises(BadInput) as caught:
        imports.read(brought, CASE)
    text = str(caught.value)
    assert text and "\n" not in text and len(text) < 600
    return text


def test_a_plan_comes_in_as_it_is():
    plan = a_plan()
    words = imports.read(plan.to_json().encode(), CASE)
    assert plan_of(words) == plan
    assert words["case"] == CASE and words["scenario"] == {}
    assert set(words["dials"]) == {
        name for name, v in plan.design.values().items() if v != getattr(type(plan.design)(), name)
    }


def test_a_plan_comes_in_as_pasted_text_and_with_a_byte_order_mark():
    plan = a_plan()
    assert plan_of(imports.read("  " + plan.to_json(), CASE)) == plan
    assert plan_of(imports.read(b"\xef\xbb\xbf" + plan.to_json().encode(), CASE)) == plan


def test_a_scenario_comes_in():
    case = cases.load(CASE)
    name = case.timeline[0].name
    text = f'[scenario]\nlevel = 3\ndrop = []\nmove = {{ {name} = "200s" }}\n'
    words = imports.read(text.encode(), CASE)
    assert words["level"] == 3 and words["scenario"] == {"move": {name: 200.0}}
    assert "dials" not in words
    assert case.but(level=3, **words["scenario"]).scenario == case.but(level=3, move={name: "200s"}).scenario


def test_an_exported_flight_flies_the_same(store):
    case = cases.load(CASE).but(level=3, move={cases.load(CASE).timeline[0].name: 123.0})
    flight = store.begin(case, a_plan(WILD), 77, "check")
    words = imports.read(exports.as_json(store, flight), "fraud_threshold")  # it says itself which case it is for
    assert (words["case"], words["level"], words["seed"]) == (CASE, 3, 77)
    assert "mode" not in words  # whoever brings it says how it is flown
    assert cases.load(CASE).but(level=3, **words["scenario"]).scenario == case.scenario
    assert plan_of(words).to_data() == dict(flight.plan)


def test_a_kept_flight_flies_the_same(store):
    flight = store.begin(cases.load(CASE), a_plan(), 5, "training")
    words = imports.words_of_flight(flight)
    assert (words["seed"], words["mode"], words["parent"]) == (5, "training", flight.id)
    assert plan_of(words) == a_plan()


def test_conditions_and_added_incidents_survive_the_way_through_a_draft():
    case = next(case for case in map(cases.load, cases.names()) if any(i.when for i in case.timeline))
    kind = next(name for name, kind in case.kinds.items() if not kind.always)
    when = {"gauge": case.timeline[0].name, "below": 0.5}
    conditional = next(i.name for i in case.timeline if i.when)
    added = {
        "name": "extra",
        "kind": kind,
        "at": 30.0,
        "size": max(1.0, case.kinds[kind].low) if case.kinds[kind].high >= 1 else 0.5,
    }
    derived = case.but(level=3, add=[added], when={conditional: when})
    words = imports.words_of(derived, None)
    assert case.but(level=3, **words["scenario"]).scenario == derived.scenario


# --- what is not let in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        (b"", "nothing in it"),
        (b" \n\t", "nothing in it"),
        (b"\x00\x01\x02", "not TOML"),
        (b"\xff\xfe\x00a", "UTF-8"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "UTF-8"),
        (b"PK\x03\x04" + bytes(range(128, 200)), "UTF-8"),
        (b"{" * 100_000, "not JSON"),
        (b'{"a":' * 50_000, "nested too deeply"),
        (b"x = " + b"[" * 100_000, "nested too deeply"),
        (b"x" * (imports.MOST_BYTES + 1), "too long"),
        (b'{"design": {"no_such_dial": 1}}', "no_such_dial"),
        (b'{"design": {}, "colour": 1}', "colour"),
        (b'{"design": {}, "design": {}}', "twice"),
        (b'{"changes": [{"at": NaN, "dials": {}}]}', "NaN"),
        (b'{"changes": [{"at": 1e400, "dials": {}}]}', "time"),
        (b'{"plan": {}}', "no case"),
        (b'{"plan": {}, "case": "burst_storm"}', "no seed"),
        (b'{"plan": {}, "case": "../../etc/passwd.py", "seed": 1}', "unknown case"),
        (b'{"plan": {}, "case": ["a"], "seed": 1}', "unknown case"),
        (b'{"plan": {}, "case": "burst_storm", "seed": -1}', "seed"),
        (b'{"plan": {}, "case": "burst_storm", "seed": true}', "seed"),
        (b'{"plan": {}, "case": "burst_storm", "seed": 9223372036854775808}', "seed"),
        (b'{"plan": {}, "case": "burst_storm", "seed": 1, "revision": 99999}', "revision"),
        (b'{"plan": [], "case": "burst_storm", "seed": 1}', "plan"),
        (b'{"plan": {}, "case": "burst_storm", "seed": 1, "scenario": 7}', "scenario"),
        (b'{"plan": {}, "case": "burst_storm", "seed": 1, "scenario": {"level": 99}}', "level"),
        (b"[scenario]\nlevel = 99", "level"),
        (b"[scenario]\nlevels = 1", "levels"),
        (b"[other]\nlevel = 1", "other"),
        (b"scenario = 3", "scenario"),
        (b"[scenario]\nmove = { ring = 1979-05-27 }", "time"),
        (b"[scenario]\nadd = [{ name = \"<b>\", kind = \"no\", at = 1 }]", "name"),
        (b"[scenario]\nworld = { nothing = 1 }", "nothing"),
        (b"import os; os.system('true')", "not TOML"),
        (b"!!python/object/apply:os.system ['true']", "not TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_line(brought, said):
    assert said in refusal(brought)


def test_a_design_that_does_not_fit_its_world_is_refused_with_its_reason():
    """Of the history of 16 days, too few labels have come in for the window of the default design."""
    case = cases.load("drift_retraining")
    flight = {"case": case.name, "seed": 1, "revision": case.revision, "plan": {},
              "scenario": {"level": 2, "world": {"history_days": 16}}}  # fmt: skip
    assert "window_days" in refusal(json.dumps(flight))


def test_hostile_files_end_in_a_draft_or_in_one_line():
    """Cut, doubled and garbled pieces of good files: nothing but a draft or BadInput ever comes out."""
    import random

    luck = random.Random(1)
    good = [a_plan().to_json().encode(), b'[scenario]\nlevel = 1\ndrop = ["x"]\nworld = { a = 1 }\n',
            b'{"case": "burst_storm", "seed": 1, "revision": 1, "scenario": {"level": 2, "add": [], "when": {}},'
            b' "plan": {"design": {}, "changes": [], "acts": []}}']  # fmt: skip
    pieces = [
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"-1",
        b"1e999",
        b"\x00",
        b"\xff",
        b",",
        b":",
        b'"\\ud800"',
        b"9" * 5000,
    ]
    for _ in range(400):
        data = bytearray(luck.choice(good))
        for _ in range(luck.randint(1, 4)):
            start = luck.randrange(len(data))
            data[start : start + luck.randrange(12)] = luck.choice(pieces)
        try:
            assert imports.read(bytes(data), CASE)["case"] in cases.names()
        except BadInput as error:
            assert "\n" not in str(error)


# --- the page to read ------------------------------------------------------------------------------------------


def test_the_page_to_read_holds_no_markup_of_a_player(store):
    """Also where the flight is no longer one of this case, and only what was kept of it can be told."""
    case = dataclasses.replace(cases.load(CASE), revision=99)
    flight = store.begin(case, a_plan(WILD), 5, "training")
    store.land(flight.id, {"profit": 12.5, **{target.kpi: float("nan") for target in case.targets[1:]}}, "d" * 64)
    page = exports.as_html(store, store.flight(flight.id), case).decode()
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert "<img" not in page and "$12.5" in page


def test_the_page_of_a_flight_that_landed_is_its_debrief(store):
    case = cases.load("burst_storm")
    flight = store.begin(case, case.plan().then(60.0, WILD, least=9), 5, "training")
    assert b"Where the money came from" not in exports.as_html(store, store.flight(flight.id), case)
    store.land(flight.id, {"profit": 12.5}, "d" * 64)
    page = exports.as_html(store, store.flight(flight.id), case).decode()
    assert "Where the money came from" in page and "<script" not in page and "&lt;script&gt;" in page


def test_the_name_of_a_file_is_made_of_plain_signs(store):
    flight = store.begin(cases.load(CASE), a_plan(), 5, "training")
    assert exports.file_name(flight).replace("_", "").replace("-", "").isalnum()
