"""The debrief without a browser: closed in the air, whole after landing, and every number computed."""

from __future__ import annotations

import pytest
from reading import reads

import cases
from dashboard.flights import order_of
from dashboard.recording import Recording, Series, recorded
from dashboard.views import debrief, debrief_money, debrief_story, guide
from simulator.simulation import simulate
from simulator.store import Forecast, Look

CASE = cases.load("burst_storm")
HIDDEN = "News: "  # an incident of the standard night that nobody is told of
HOSTILE = "it cost $5 or $6 *now* <script>alert(1)</script> :fire:"


@pytest.fixture
def open_page(page, tower):
    """Return a way to open the page and wait until all that it asks for has been flown."""

    def opened(flight):
        order = order_of(flight)
        for ask in (
            lambda: tower.recording("test", order.by("weak")),
            lambda: tower.recording("test", order.by("expert")),
            lambda: tower.truth("test", order),
        ):
            asked = ask()
            assert asked.errand is None or asked.errand.wait(60.0) == "done"
            ask()
        return page("debrief", flight=flight.id)

    return opened


def plan():
    return CASE.plan({"least": 6}).then(200.0, HOSTILE, least=9).then(400.0, "", least=5)


def sent(app) -> str:
    """Return all that the server has sent to the browser."""
    found, nodes = [], [app.main, app.sidebar]
    while nodes:
        node = nodes.pop()
        nodes += list(getattr(node, "children", {}).values())
        found.append(str(getattr(node, "proto", "") or ""))
    return "\n".join(found)


def test_in_the_air_the_truth_is_neither_asked_for_nor_sent(page, begun, tower, monkeypatch):
    flight = begun(seed=91)
    asked = []
    for name in ("truth", "recording", "answers"):
        monkeypatch.setattr(tower, name, lambda *orders, **more: asked.append(orders))
    app = page("debrief", flight=flight.id)
    assert not app.exception and not asked
    assert "still in the air" in sent(app)
    for secret in (HIDDEN, HIDDEN.lower(), "the vote is open", CASE.teacher[:40], CASE.probes[0].expert):
        assert secret not in sent(app).replace("\\", "")


def test_landed_the_page_stands(open_page, down):
    app = open_page(down(plan=plan()))
    assert not app.exception and not app.error
    said = reads(app)
    for title in ("What was asked of you", "All figures", "Where the money came from", "What really happened",
                  "Where you looked", "What this case teaches", "Questions that an interviewer asks now"):  # fmt: skip
        assert title in said
    table = next(e.proto.body for e in app.get("html") if 'class="kpis"' in e.proto.body)
    assert table.count("<tr>") == len(CASE.kpis) + 1
    assert table.count("◇") == sum(not kpi.observed for kpi in CASE.kpis.values())
    assert all(part.proto.alt for kind in ("plotly_chart", "echarts_chart") for part in app.get(kind))
    assert len(app.get("plotly_chart")) == 2


def test_the_story_tells_what_nobody_was_told(open_page, down):
    app = open_page(down(plan=plan()))
    lines = [text.value for text in app.text]
    assert any(line.startswith("△") and HIDDEN in line for line in lines)
    assert any(line.startswith("▲") and "the vote is open" in line for line in lines)
    assert any(line.startswith("● 3:20") and line.endswith(f"“{HOSTILE}”") for line in lines)
    assert any(line.endswith("(no reason was given)") for line in lines)
    assert not any("<script" in str(e.value) for kind in (app.markdown, app.caption) for e in kind)


def test_incidents_have_names_for_people(begun):
    truth = [(3.0, "more_fraud", "more_fraud: additional frauds", False), (4.0, "x_y", "a vote: x_y is open", True)]
    found = debrief_story.events(begun(), CASE, truth)
    assert [event.text for event in found] == ["More fraud: additional frauds", "a vote: x_y is open"]


def test_the_last_step_of_the_guide_is_taken_here(open_page, down, begun, tower, page):
    guide.start()
    assert "step 6 of 6" not in reads(page("debrief", flight=begun(seed=92).id))
    assert "step 6 of 6" in reads(open_page(down(plan=plan())))


def test_events_stand_in_the_order_of_time(begun):
    truth = [(300.0, "vote", "the vote is open", True), (660.0, "news", "news: more", False)]
    found = debrief_story.events(begun(plan=plan()), CASE, truth)
    assert [(event.at, event.kind) for event in found] == [
        (200.0, "decision"), (300.0, "incident"), (400.0, "decision"), (660.0, "unseen"),
    ]  # fmt: skip
    assert [event.end for event in found] == [None, 360.0, None, 705.0]


# --- the bridge ---------------------------------------------------------------------------------------------------


def books(**accounts: float) -> Recording:
    money = {name: Series((0.0, 900.0), (0.0, value)) for name, value in accounts.items()}
    nothing = Series((), ())
    return Recording(900.0, {}, money, nothing, (), (), nothing, {}, "", {}, (), {})


def test_a_bridge_adds_up_account_by_account():
    one, other = books(sales=100.0, fines=-20.0, rent=-5.0), books(sales=130.0, fines=-60.0, rent=-5.0, gifts=1.0)
    assert debrief_money.steps(one, other) == {"fines": -40.0, "sales": 30.0, "gifts": 1.0}
    assert list(debrief_money.steps(one, other)) == ["fines", "sales", "gifts"]


def test_the_bridge_of_a_flight_leads_from_weak_to_you_to_the_dollar(down, tower):
    yours = tower.recording("test", order_of(down(plan=plan()))).result
    weak = simulate(CASE, CASE.pars["weak"], 3)
    gap = sum(debrief_money.steps(recorded(CASE, weak), yours).values())
    assert gap == pytest.approx(yours.kpis["profit"] - weak.kpis()["profit"], abs=1e-6)


# --- the prediction -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (40.0, 60.0, "it came to $50 – inside. Your interval was $20 wide."),
        (50.0, 50.0, "inside"),
        (10.0, 30.0, "outside, $20 above it. Your interval was $20 wide."),
        (80.0, 90.0, "outside, $30 below it"),
    ],
)
def test_a_prediction_is_held_against_what_came(low, high, words):
    flown = Recording(
        900.0, {}, {}, Series((0.0, 150.0, 900.0), (0.0, 50.0, 99.0)), (), (), Series((), ()), {}, "", {}, (), {}
    )
    assert words in debrief.scored(CASE, flown, Forecast("profit", 150.0, low, high, 0.0))


def test_a_prediction_of_another_figure_waits_for_the_end():
    flown = Recording(900.0, {}, {}, Series((), ()), (), (), Series((), ()), {"good_share": 0.9}, "", {}, (), {})
    assert "inside" in debrief.scored(CASE, flown, Forecast("good_share", 900.0, 0.8, 1.0, 0.0))
    assert "nothing can be said" in debrief.scored(CASE, flown, Forecast("good_share", 100.0, 0.8, 1.0, 0.0))


def test_who_said_nothing_is_told_so(open_page, down):
    assert "You said nothing before take-off" in reads(open_page(down()))


# --- where somebody looked ----------------------------------------------------------------------------------------


LOOKS = [Look("panel:business", 5.0, 0.0), Look("chart:latency", 30.0, 0.0), Look("panel:business", 2.0, 0.0),
         Look("alarm:page@3", 4.0, 0.0), Look("question:0", 0.0, 0.0), Look("chart:<b>", 0.0, 0.0)]  # fmt: skip


def test_looks_are_counted_from_the_first():
    found = debrief_story.looked(LOOKS)
    assert found["the panel “business”"] == (2.0, 2)
    assert len(found) == 2


def test_what_was_never_opened_is_named():
    there = [*debrief_story.panels(CASE), "chart:latency", "chart:drift"]
    missed = debrief_story.never(LOOKS, there)
    assert debrief_story.EVIDENCE["drift"].label in missed
    assert debrief_story.EVIDENCE["latency"].label not in missed
    assert "the panel “system”" in missed and "the panel “business”" not in missed


def test_what_was_opened_after_landing_is_no_look(open_page, down, tower):
    flight = down()
    tower.store.look(flight.id, "panel:system", CASE.horizon)
    tower.store.look(flight.id, "panel:journal", 60.0)
    said = reads(open_page(flight))
    assert "• the panel “journal”: first at 1:00, 1 time" in said
    assert "• the panel “system”" not in said
    assert "Never opened: the panel “business”" in said


# --- the questions ------------------------------------------------------------------------------------------------


def test_answers_are_behind_a_reveal(open_page, down):
    app = open_page(down())
    probe = CASE.probes[0]
    assert probe.question in reads(app)
    assert probe.expert not in sent(app).replace("\\", "")
    app.toggle(key="probe/burst_storm/0").set_value(True)
    app.run()
    for level in (probe.weak, probe.mid, probe.strong, probe.expert):
        assert " ".join(level.split()) in reads(app)
    assert CASE.probes[1].expert not in reads(app)
