"""The hangar without a browser: cases as cards, flights to go on with, what was brought along, and hostile files."""

from __future__ import annotations

import datetime

import pytest
from reading import press, says
from streamlit.testing.v1 import AppTest

import cases
from dashboard.views import hangar


def bring(app, text: str, case: str = "burst_storm"):
    app.get_by_key("bring/case").set_value(case)
    app.get_by_key("bring/text").set_value(text)
    return press(app, "bring/read")


def test_every_case_has_a_card_with_its_tension_and_topics(page):
    app = page("hangar")
    assert not app.exception and not app.error
    for name in cases.names():
        case = cases.load(name)
        assert case.tension in [text.value for text in app.text]
        app.get_by_key(f"brief/{name}")
    assert says(app).count("not flown yet") == len(cases.names())


def test_a_new_case_file_gets_a_card_and_a_broken_one_hides_no_other(page, monkeypatch):
    load = cases.load
    monkeypatch.setattr(cases, "names", lambda: ["burst_storm", "broken_<b>case"])
    monkeypatch.setattr(cases, "load", lambda name: load(name) if name == "burst_storm" else 1 / 0)
    hangar.offered.cache_clear()
    try:
        app = page("hangar")
        assert not app.exception
        app.get_by_key("brief/burst_storm")
        assert "Left out, since they do not load" in says(app) and "<b>" not in says(app)
    finally:
        monkeypatch.undo()
        hangar.offered.cache_clear()


def test_todays_seed_is_the_date_and_the_default(page):
    today = datetime.datetime.now(datetime.UTC).date()
    assert hangar.todays_seed() == int(today.strftime("%Y%m%d"))
    app = press(page("hangar"), "brief/burst_storm")
    assert app.session_state["draft"].seed == hangar.todays_seed()
    assert (app.session_state["draft"].level, app.session_state["draft"].mode) == (2, "training")


def test_level_seed_and_mode_are_chosen_and_kept(page, tower):
    app = page("hangar")
    app.get_by_key("level/burst_storm").set_value(3)
    app.get_by_key("mode/burst_storm").set_value("check")
    app.get_by_key("luck/burst_storm").set_value("number")
    app.run()
    app.get_by_key("number/burst_storm").set_value(41)
    app.run()
    assert "Level 3 · seed 41 · check" in says(app)
    app = press(app, "brief/burst_storm")
    draft = app.session_state["draft"]
    assert (draft.level, draft.seed, draft.mode) == (3, 41, "check")
    assert tower.store.attempts("burst_storm") == 0  # reading a brief is no attempt


def test_a_fresh_seed_is_another_each_time(page):
    setup = hangar.Setup(2, luck="fresh")
    assert len({setup.seed() for _ in range(50)}) > 40
    assert all(0 <= setup.seed() < 2**31 for _ in range(50))


def test_the_best_result_is_that_of_the_same_level(page, tower):
    case = cases.load("burst_storm")
    for level, profit in ((2, 12.0), (2, 34.0), (3, 99_000.0)):
        flight = tower.store.begin(case.but(level=level), case.plan(), 1, "training")
        tower.store.land(flight.id, {"profit": profit}, f"{profit:064.0f}")
    app = page("hangar")
    assert "your best \\$34" in says(app) and "3 flights" in says(app)
    app.get_by_key("level/burst_storm").set_value(3)
    app.run()
    assert "your best \\$99k" in says(app)


def test_a_flight_under_way_can_be_gone_on_with(page, begun, tower):
    flight = begun()
    tower.store.reach(flight.id, 400.0)
    app = page("hangar")
    assert "6\\:40" in says(app)
    app = press(app, f"continue/{flight.id}")
    assert app.session_state["flight"] == flight.id
    assert "No flight on the deck" not in says(app)


def test_a_flight_of_an_older_revision_is_told_of_and_hides_nothing(page, tower, monkeypatch):
    import dataclasses

    case = cases.load("burst_storm")
    tower.store.begin(dataclasses.replace(case, revision=case.revision + 1), case.plan(), 1, "training")
    app = page("hangar")
    assert not app.exception
    assert f"revision {case.revision + 1}" in says(app)
    app.get_by_key("brief/burst_storm")


# --- what is brought along -------------------------------------------------------------------------------------


def test_a_plan_that_is_pasted_becomes_a_draft(page):
    plan = cases.load("burst_storm").plan({"least": 7}).then(60.0, why="the vote", least=9).to_json()
    app = bring(page("hangar"), plan)
    draft = app.session_state["draft"]
    assert draft.case == "burst_storm" and draft.dials == {"least": 7}
    assert draft.plan["changes"] == [{"at": 60.0, "dials": {"least": 9}, "why": "the vote"}]
    assert "least → 9\n“the vote”" in says(app)


def test_a_file_wins_over_the_text_whatever_it_is_called(page):
    app = page("hangar")
    app.get_by_key("bring/file").set_value(("../../x.exe", b"[scenario]\nlevel = 1\n", "image/png"))
    app = bring(app, "nonsense", "drift_retraining")
    assert (app.session_state["draft"].case, app.session_state["draft"].level) == ("drift_retraining", 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", "{" * 5000, '{"design": {"![x](http://evil.example/p.png)": 1}}', '{"design": {"$a$": "<b>"}}',
        "[scenario]\nlevel = 99", '{"plan": {}, "case": "/etc/passwd.py", "seed": 0}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_line_and_nothing_is_lost(page, text):
    app = bring(page("hangar"), text)
    assert len(app.error) == 1
    told = app.error[0].value
    assert "\n" not in told and "![" not in told and "$a$" not in told
    assert app.get_by_key("bring/text").value == text
    assert "draft" not in app.session_state


def test_two_sessions_have_nothing_in_common_but_the_store(page, app, tower):
    from pathlib import Path

    import dashboard

    first = press(page("hangar"), "brief/burst_storm")
    other = AppTest.from_file(str(Path(dashboard.__file__).with_name("app.py")), default_timeout=60).run()
    assert "draft" not in other.session_state
    press(other, "brief/drift_retraining")
    assert other.session_state["windtunnel"] != first.session_state["windtunnel"]
    assert first.run().session_state["draft"].case == "burst_storm"
