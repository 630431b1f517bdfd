"""Every picture of every case can be drawn at any moment: it shows something, or says in words why it does not."""

from __future__ import annotations

import functools

import pytest
from reading import reads, says
from streamlit.testing.v1 import AppTest

import cases
from dashboard.views import pictures
from simulator.evidence import EVIDENCE, compute, offered
from simulator.evidence.latency import Waterfall
from simulator.simulation import fly, tape_of

MOMENTS = (0.0, 0.003, 0.4, 1.0)  # share of a flight
SHORT = {
    "fraud_threshold": {"payments": 300, "customers": 2000},
    "drift_retraining": {"leads": 300},
    "feed_ranking": {"pages": 600},
}


@functools.cache
def flown(name):
    case = cases.load(name)
    case = case.but(world=SHORT[name]) if name in SHORT else case
    return case, fly(case, "strong", 0), tape_of(case, 0)


def page_of(found, case):
    """A page with a box for each picture of *found*, or for the words that stand in its place."""
    import streamlit as st

    from dashboard.views import pictures
    from simulator.evidence import EVIDENCE

    for name, one in found.items():
        with st.container(key=name):
            if pictures.is_empty(one):
                st.info(EVIDENCE[name].needs)
            else:
                pictures.draw(name, one, case)


def drawn(found, case):
    """Return the page, and name -> box."""
    app = AppTest.from_function(page_of, args=(found, case), default_timeout=30.0).run()
    assert not app.exception
    return app, dict(zip(found, app.main.children.values(), strict=True))


def at(name, share, *whats):
    case, run, tape = flown(name)
    found = {what: compute(what, case, run, tape, share * case.horizon) for what in whats or offered(case, run)}
    return drawn(found, case)


@pytest.mark.parametrize("name", cases.names())
def test_all_evidence_is_drawn_or_says_why_not(name):
    for share in MOMENTS:
        app, boxes = at(name, share)
        assert all(chart.proto.alt for chart in app.get("plotly_chart"))
        for what, box in boxes.items():
            assert is_shown(box) != bool(box.info), (what, share)


def is_shown(box):
    return bool(box.get("plotly_chart") or box.table or box.dataframe or box.markdown)


@pytest.mark.parametrize("which", ["latest", "slowest", "riskiest", "dearest", 5])
def test_any_request_can_be_followed(which):
    case, run, tape = flown("latency_budget")
    found = compute("request", case, run, tape, 0.4 * case.horizon, which=which)
    app, _ = drawn({"request": found}, case)
    assert f"**Request** {found.id}" in reads(app)


def test_by_the_end_all_can_be_seen():
    """Else the test above would hold of pages that draw nothing."""
    _, boxes = at("latency_budget", 1.0)
    assert "waterfall" in boxes and not any(box.info for box in boxes.values())


def test_a_waterfall_without_stages_is_empty():
    assert pictures.is_empty(Waterfall((), 0.03, 0.09, None, 40, 600.0))
    assert set(pictures._PLOTS) | set(pictures._DRAWN) == set(EVIDENCE)


def test_slices_are_written_with_their_units_and_a_dash_where_nothing_stands():
    app, _ = at("fraud_threshold", 0.3, "slices")
    proto = app.dataframe[0].proto
    assert proto.placeholder == "–" and "None" not in says(app)
    assert set(pictures._COLUMNS) >= set(app.dataframe[0].value.columns)
    assert '"%.2f %%"' in proto.columns and '"localized"' in proto.columns


def test_figures_bear_names_for_people():
    app, _ = at("latency_budget", 1.0, "standing")
    figures = "\n".join(app.table[0].value["Figure"])
    assert "p99" in figures and "_" not in figures and "Second reads" in figures
    assert "_" not in reads(app)
