"""The history without a browser: what flew, how it went, and the four ways on from there."""

from __future__ import annotations

import json

import pytest
from reading import press, says

import cases

CASE = "burst_storm"
WILD = "<script>alert(1)</script> $a$ ![x](http://evil.example/x.png)"


@pytest.fixture
def kept(tower):
    """Return a way to put flights into the store; with *kpis* one has landed."""

    def put(name: str = CASE, seed: int = 1, kpis=None, plan=None, mode="training"):
        case = cases.load(name)
        flight = tower.store.begin(case, case.plan(plan), seed, mode)
        if kpis is not None:
            tower.store.land(flight.id, kpis, f"{seed:064d}")
        return tower.store.flight(flight.id)

    return put


def test_an_empty_history_says_what_it_is_for_and_where_it_lies(page, tower):
    app = page("history")
    assert not app.exception and "Nothing has flown yet" in says(app)
    assert str(tower.store.path) in says(app).replace("\\", "")


def test_flights_are_listed_the_newest_first(page, kept):
    flights = [kept(seed=seed) for seed in (1, 2, 3)]
    app = page("history")
    order = [button.key for button in app.button if button.key and button.key.startswith("open/")]
    assert order == [f"open/{flight.id}" for flight in reversed(flights)]


def test_a_landed_flight_shows_its_profit_and_each_verdict_in_words_and_signs(page, kept):
    case = cases.load(CASE)
    kpis = {target.kpi: target.limit for target in case.targets}
    broken = case.targets[-1]
    kpis[broken.kpi] = broken.limit + (-1 if broken.at_least else 1)
    kept(kpis={**kpis, "profit": 1234.0})
    told = says(page("history")).replace("\\", "")
    assert "$1.23k" in told and "landed" in told
    assert f"✕ {broken.kpi.replace('_', ' ')}" in told
    assert told.count("✓") == sum(t.met({**kpis, "profit": 1234.0}[t.kpi]) for t in case.targets)


def test_a_figure_that_there_is_not_is_not_met(page, kept):
    case = cases.load(CASE)
    kept(kpis={"profit": 1.0})
    told = says(page("history"))
    assert told.count("✕") == len([t for t in case.targets if t.kpi != "profit"]) + (case.targets[0].limit > 1)


def test_the_list_can_be_held_to_one_case(page, kept):
    one, other = kept(), kept("fraud_threshold")
    app = page("history")
    app.get_by_key("history/case").set_value("fraud_threshold")
    app.run()
    app.get_by_key(f"open/{other.id}")
    with pytest.raises(KeyError):
        app.get_by_key(f"open/{one.id}")


def test_a_long_history_is_shown_in_parts(page, kept):
    for seed in range(25):
        kept(seed=seed)
    app = page("history")
    assert sum(str(b.key).startswith("open/") for b in app.button) == 20
    app = press(app, "history/more")
    assert sum(str(b.key).startswith("open/") for b in app.button) == 25


def test_a_flight_is_reopened(page, begun):
    flight = begun()
    app = press(page("history"), f"open/{flight.id}")
    assert app.session_state["flight"] == flight.id


def test_a_flight_is_flown_again_from_its_plan(page, kept):
    plan = cases.load(CASE).plan({"least": 7}).then(60.0, why=WILD, least=9)
    flight = kept(seed=77, plan=plan)
    app = press(page("history"), f"again/{flight.id}")
    draft = app.session_state["draft"]
    assert (draft.case, draft.seed, draft.parent, draft.dials) == (CASE, 77, flight.id, {"least": 7})
    assert [step["at"] for step in draft.plan["changes"]] == [60.0]
    assert page("brief").get_by_key("dial/1/least").value == 7


def test_deleting_asks_first_and_takes_the_flight_off_the_screen(page, kept, tower):
    flight, other = kept(seed=1), kept(seed=2)
    app = page("history", flight=flight.id)
    assert "There is no way back." in says(app)
    app = press(app, f"delete/yes/{flight.id}")
    assert [f.id for f in tower.store.flights()] == [other.id]
    with pytest.raises(KeyError):
        app.get_by_key(f"open/{flight.id}")
    assert "flight" not in app.query_params


def test_a_flight_that_another_tab_deleted_does_no_harm(page, kept, tower):
    flight = kept()
    app = page("history")
    tower.store.delete(flight.id)
    app = press(app, f"delete/yes/{flight.id}")
    assert not app.error and "Nothing has flown yet" in says(app)


def test_an_older_revision_can_be_deleted_but_not_flown(page, tower):
    import dataclasses

    case = cases.load(CASE)
    flight = tower.store.begin(dataclasses.replace(case, revision=case.revision + 1), case.plan(), 1, "training")
    app = page("history")
    assert not app.exception and f"revision {case.revision + 1}" in says(app)
    with pytest.raises(KeyError):
        app.get_by_key(f"again/{flight.id}")
    press(app, f"delete/yes/{flight.id}")
    assert tower.store.flights() == []


def test_both_exports_are_made_when_they_are_asked_for(page, kept, tower):
    from dashboard import exports

    flight = kept(kpis={"profit": 5.0}, plan=cases.load(CASE).plan().then(60.0, why=WILD, least=9))
    app = page("history")
    assert {f"json/{flight.id}", f"html/{flight.id}"} <= {button.key for button in app.get("download_button")}
    document = json.loads(exports.as_json(tower.store, flight))
    assert document["plan"] == flight.plan and document["seed"] == flight.seed
    assert b"<script" not in exports.as_html(tower.store, flight, cases.load(CASE))


def test_what_a_player_wrote_is_text_on_this_page(page, kept):
    kept(plan=cases.load(CASE).plan().then(60.0, why=WILD, least=9))
    told = [m.value for kind in ("markdown", "caption") for m in getattr(page("history"), kind)]
    assert not any("<script" in value or "![x]" in value for value in told)


def test_trouble_with_the_disk_is_told_once(page, tower, monkeypatch):
    monkeypatch.setattr(tower.store._disk, "trouble", "flights are kept in memory only: no space")
    assert says(page("history")).count("kept in memory only") == 1
