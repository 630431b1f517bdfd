"""Flights beside each other: what is closed before the landing, what is computed after it, and what may be changed."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from reading import reads
from scipy import stats

import cases
from dashboard.flights import Asked, order_of
from dashboard.views import compare_arms, compare_change, compare_decisions, compare_kpis, compare_luck, compare_series
from simulator.plan import Act, Change
from simulator.simulation import fly
from simulator.study import Interval
from simulator.targets import Kpi

CASE = cases.load("burst_storm")
HOSTILE = "pay $5 or $6 *now* <script>alert(1)</script> :fire: [x](http://evil.example)"
SAID_BY_STRONG = "a replica takes 45 s"


@pytest.fixture
def open_page(page, tower):
    """Return a way to open the page and wait until all that it asks for has been flown."""

    def opened(flight):
        for par in ("strong", "expert"):
            asked = tower.recording("test", order_of(flight).by(par))
            assert asked.errand is None or asked.errand.wait(60.0) == "done"
            tower.recording("test", order_of(flight).by(par))
        return page("compare", flight=flight.id)

    return opened


def plan(**more):
    made = CASE.plan({"least": 6, **more})
    return made.then(200.0, HOSTILE, least=9).then(400.0, "", least=5)


def sent(app) -> str:
    """Return all that the server has sent to the browser."""
    found, nodes = [], [app.main, app.sidebar]
    while nodes:
        node = nodes.pop()
        nodes += list(getattr(node, "children", {}).values())
        found.append(str(getattr(node, "proto", "") or ""))
    return "\n".join(found)


def find(widgets, label: str):
    return next(widget for widget in widgets if widget.label == label)


# --- the door ----------------------------------------------------------------------------------------------------


def test_in_the_air_nothing_of_the_pars_is_computed_or_sent(page, begun, tower, monkeypatch):
    flight = begun(seed=77)
    asked = []
    monkeypatch.setattr(tower, "recording", lambda owner, order: asked.append(order))
    monkeypatch.setattr(tower, "answers", lambda owner, orders: asked.append(orders))
    app = page("compare", flight=flight.id)
    assert not app.exception and not asked
    assert "still in the air" in reads(app)
    assert "Compare" in sent(app)
    assert not re.search(f"strong|expert|{SAID_BY_STRONG}", sent(app).lower())


def test_a_check_flight_in_the_air_keeps_its_world_closed(page, begun, down):
    flight = down(seed=78)
    begun(seed=78, mode="check")
    app = page("compare", flight=flight.id)
    assert "A check flight of yours is still in the air" in reads(app)
    assert SAID_BY_STRONG not in sent(app)


def test_a_check_flight_in_another_world_closes_nothing(open_page, begun, down):
    flight = down()
    begun(seed=79, mode="check")
    assert "What came of it" in reads(open_page(flight))


# --- what is shown ------------------------------------------------------------------------------------------------


def test_landed_the_page_stands(open_page, down, tower):
    flight = down(plan=plan())
    app = open_page(flight)
    assert not app.exception and not app.error
    table = next(e.proto.body for e in app.get("html") if 'class="kpis"' in e.proto.body)
    assert re.findall(r'<th scope="col">([^<]*)<', table) == ["Figure", "You", "Strong", "Expert"]
    assert len(re.findall("<tr>", table)) == len(CASE.kpis) + 1
    assert SAID_BY_STRONG in reads(app)
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    keys = [widget.key for kind in (app.button, app.selectbox, app.multiselect, app.toggle) for widget in kind]
    assert all(keys) and len(set(keys)) == len(keys)


def test_a_reason_is_text_and_nothing_else(open_page, down):
    app = open_page(down(plan=plan()))
    assert any(HOSTILE in text.value for text in app.text)
    assert not any("<script" in e.proto.body for e in app.get("html"))
    assert not any("evil" in str(e.value) for kind in (app.markdown, app.caption) for e in kind)


def test_only_flights_of_the_same_world_that_have_landed_are_mates(begun, down, tower):
    one, same = down(seed=3), down(seed=3, plan=plan())
    down(seed=4)
    begun(seed=3)
    assert [mate.id for mate in compare_arms.mates(one)] == [one.id, same.id]


def test_a_branch_is_beside_its_parent_at_first(open_page, begun, down, tower):
    parent = down()
    other = compare_change.branched(parent, CASE, plan(), 100.0)
    books = tower.recording("test", order_of(other))
    assert books.errand is None or books.errand.wait(60.0) == "done"
    tower.store.land(other.id, {"profit": 1.0}, "d")
    app = open_page(parent)
    assert app.multiselect[0].value == [other.id]


# --- the table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("better", "values", "winners"),
    [
        ("more", {"a": 1.0, "b": 2.0}, {"b"}),
        ("less", {"a": 1.0, "b": 2.0}, {"a"}),
        ("-", {"a": 1.0, "b": 2.0}, set()),
        ("more", {"a": 2.0, "b": 2.0, "c": 1.0}, {"a", "b"}),
        ("more", {"a": 2.0, "b": 2.0}, set()),
        ("more", {"a": None, "b": 2.0}, set()),
        ("less", {"a": None, "b": 2.0, "c": math.nan, "d": 3.0}, {"b"}),
    ],
)
def test_the_best_of_a_row(better, values, winners):
    assert compare_kpis.best(Kpi("$", "help", better), values) == winners


def test_the_table_marks_without_colour_and_escapes():
    figures = {"You": {"profit": 119.0, "good_share": 0.8}, "<b>": {"profit": 130.0, "good_share": 0.9}}
    table = compare_kpis.table(CASE, figures)
    assert "<b>" not in table.replace('<b class="bad">', "")
    assert "&lt;b&gt;" in table
    profit = table.split("<tr>")[2]
    assert "★</span> <strong>$130" in profit and "target missed: at least $120" in profit
    assert table.count("guardrail broken: at least 85") == 1


# --- what was decided ----------------------------------------------------------------------------------------------


def test_only_dials_that_differ_are_shown():
    plans = [CASE.plan({"least": 6}), CASE.plan({"least": 8}), CASE.plan({"least": 6})]
    assert [dial.name for dial in compare_decisions.differing(CASE, plans)] == ["least"]
    assert compare_decisions.differing(CASE, plans[::2]) == []


def test_what_was_done_stands_in_the_order_of_time():
    made = CASE.plan().then(400.0, "b", least=5).then(200.0, "a", least=9, small="overload")
    assert [one.at for one in compare_decisions.done(CASE, made)] == [200.0, 400.0]
    assert compare_decisions.done(CASE, made)[0].told == "Replicas at least → 9, Small model → overload"
    told = compare_decisions.told(CASE, compare_decisions.done(CASE, made)[0])
    assert told.startswith("3:20 · ") and told.endswith("\n“a”")


# --- luck ---------------------------------------------------------------------------------------------------------


def test_siblings_are_other_worlds():
    assert compare_luck.siblings(5) == list(range(6, 14))
    assert compare_luck.siblings(2**63 - 2)[:3] == [2**63 - 1, 0, 1]


def test_a_difference_is_the_paired_one():
    yours, other = np.array([3.0, 5, 4, 8, 6, 7, 9, 2]), np.array([1.0, 4, 5, 5, 5, 6, 6, 0])
    rows = [{"profit": float(value)} for pair in zip(yours, other, strict=True) for value in pair]
    gap, back = compare_luck.paired(CASE, 0, rows, "profit")
    t = stats.ttest_rel(yours, other)
    assert gap.mean == pytest.approx(1.5)
    assert (gap.low, gap.high) == pytest.approx(tuple(t.confidence_interval(0.95)))
    assert gap.share_positive == 7 / 8
    said = compare_luck.said(CASE.kpis["profit"], "profit", "Strong", (gap, back))
    half = (t.confidence_interval(0.95).high - t.confidence_interval(0.95).low) / 2
    assert said == f"Profit: ahead of Strong in 7 of 8 worlds, by $1.50 ± ${half:.2f} on average (95 %)."


def gaps(mean: float, half: float, share: float) -> tuple[Interval, Interval]:
    there = Interval(mean, mean - half, mean + half, half / 2, 0.5, share, 8)
    return there, Interval(-mean, -mean - half, -mean + half, half / 2, 0.5, 1 - share, 8)


@pytest.mark.parametrize(
    ("better", "pair", "words"),
    [
        ("more", gaps(10.0, 4.0, 0.75), "ahead of Strong in 6 of 8"),
        ("more", gaps(-10.0, 4.0, 0.25), "behind Strong in 6 of 8"),
        ("less", gaps(10.0, 4.0, 0.75), "behind Strong in 6 of 8"),
        ("less", gaps(-10.0, 4.0, 0.25), "ahead of Strong in 6 of 8"),
        ("-", gaps(-10.0, 4.0, 0.25), "below Strong in 6 of 8"),
        ("more", gaps(1.0, 4.0, 0.75), "may be luck"),
        ("more", gaps(0.0, 0.0, 0.0), "no different from Strong in any of 8 worlds"),
        ("more", gaps(math.nan, 0.0, 0.0), "there is no such figure"),
    ],
)
def test_a_difference_in_words(better, pair, words):
    assert words in compare_luck.said(Kpi("$", "help", better), "profit", "Strong", pair)


def test_nothing_is_flown_unasked_and_then_both_are(open_page, page, down, tower, monkeypatch):
    monkeypatch.setattr(compare_luck, "SIBLINGS", 2)  # for the sake of time
    flight = down(plan=plan(), seed=11)
    app = open_page(flight)
    orders = compare_luck.orders_of(order_of(flight), order_of(flight).by("strong"))
    assert tower.answered(orders) is None and not any("answer" in key for key, _ in tower._errands.values())
    find(app.button, "Fly you and Strong under 2 sibling seeds").click()
    app.run()
    asked = tower.answers("test", orders)
    assert asked.errand is None or asked.errand.wait(60.0) == "done"
    rows = tower.answers("test", orders).result
    assert rows[1]["profit"] == fly(CASE, "strong", 12).kpis()["profit"]
    app = page("compare", flight=flight.id)
    gap = compare_luck.paired(CASE, 11, rows, "profit")
    expected = compare_luck.said(CASE.kpis["profit"], "profit", "Strong", gap)
    assert expected in reads(app)
    assert len(app.get("plotly_chart")) == 3


class Slow:
    """An errand that takes for ever, unless it is stopped."""

    ahead, share, trouble = 2, 0.25, "the worker died twice; try again"

    def __init__(self):
        self.state = "waiting"

    def wait(self, seconds):
        return self.state

    def cancel(self):
        self.state = "cancelled"


@pytest.fixture
def slow(monkeypatch, tower):
    errand = Slow()
    monkeypatch.setattr(compare_luck, "Errand", Slow)
    monkeypatch.setattr(tower, "answers", lambda owner, orders: Asked(errand=errand))
    return errand


def test_a_study_can_be_cancelled(open_page, down, slow):
    app = open_page(down())
    find(app.button, "Fly you and Strong under 8 sibling seeds").click()
    app.run()
    assert "2 ahead of it in the queue" in app.get("progress")[0].proto.text.replace("\\", "")
    find(app.button, "Fly you and Expert under 8 sibling seeds").click()
    app.run()
    assert "Expert comes after that." in reads(app)
    find(app.button, "Cancel").click()
    app.run()
    assert slow.state == "cancelled"
    assert "Cancelled; nothing was lost." in reads(app)
    assert find(app.button, "Fly you and Strong under 8 sibling seeds")


def test_a_study_that_failed_says_why(open_page, down, slow):
    app = open_page(down())
    find(app.button, "Fly you and Strong under 8 sibling seeds").click()
    app.run()
    slow.state = "failed"
    app.run()
    assert slow.trouble in reads(app)
    assert find(app.button, "Fly you and Strong under 8 sibling seeds")


# --- the frontier ---------------------------------------------------------------------------------------------------


def test_what_was_broken_is_named():
    assert compare_series.broken(CASE, {"good_share": 0.9, "down_seconds": 9.0}) == []
    assert compare_series.broken(CASE, {"good_share": 0.8, "down_seconds": 9.0}) == ["Good share 80\u00a0%"]


# --- one decision changed --------------------------------------------------------------------------------------------


def test_a_step_is_taken_back_moved_or_decided_otherwise():
    made = plan()
    first, last = made.changes
    gone = compare_change.with_step(made, first, None, later=True)
    assert gone.changes == (last,)
    moved = Change(500.0, first.dials, first.why)
    assert compare_change.with_step(made, first, moved, later=True).changes == (last, moved)
    other = Change(200.0, {"least": 12}, first.why)
    assert compare_change.with_step(made, first, other, later=True).changes == (other, last)
    assert compare_change.with_step(made, first, other, later=False).changes == (other,)
    assert compare_change.with_step(made, last, None, later=False).changes == (first,)


def test_of_two_that_are_alike_one_goes():
    made = cases.load("fraud_threshold").plan().do(5.0, "retrain").do(5.0, "retrain")
    assert compare_change.without(made, Act(5.0, "retrain")).acts == made.acts[:1]


def test_moments_are_within_the_flight():
    found = compare_change.moments(CASE, 207.5)
    assert found == sorted(found) and 207.5 in found
    assert found[0] == 0.0 and found[-1] < CASE.horizon


@pytest.mark.parametrize("mode", ["training", "check"])
def test_a_later_decision_is_taken_back_in_a_flight_of_its_own(open_page, down, tower, mode):
    flight = down(plan=plan(), mode=mode)
    app = open_page(flight)
    find(app.selectbox, "Decision").set_value("0")
    app.run()
    app.button_group(key=f"change/way/{flight.id}/0").set_value("remove")
    app.run()
    find(app.button, "Fly that").click()
    app.run()
    assert not app.exception
    fresh = tower.store.flights()[0]
    assert (fresh.parent, fresh.mode, fresh.seed, fresh.position) == (flight.id, "training", flight.seed, 200.0)
    assert [change["at"] for change in fresh.plan["changes"]] == [400.0]
    assert fresh.id in app.query_params["flight"]  # a text, or a list of one
    assert tower.store.flight(flight.id).plan == flight.plan


def test_another_first_design_is_a_draft(open_page, down):
    flight = down(plan=plan())
    app = open_page(flight)
    assert find(app.button, "Prepare that flight").disabled
    find(app.selectbox, "Dial").set_value("least")
    app.run()
    find(app.slider, "Replicas at least").set_value(3)
    app.run()
    find(app.button, "Prepare that flight").click()
    app.run()
    draft = app.session_state["draft"]
    assert not app.exception
    assert (draft.seed, draft.mode, draft.parent, draft.dials) == (flight.seed, "training", flight.id, {"least": 3})
    assert [change["at"] for change in draft.plan["changes"]] == [200.0, 400.0]
