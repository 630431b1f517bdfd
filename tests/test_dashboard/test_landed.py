"""What a flight that is down says of itself, and where it leads - with figures, signs and words that agree."""

from __future__ import annotations

import math

import pytest
from reading import reads

import cases
from dashboard.views import landed

CASE = cases.load("burst_storm")
GOOD = {"profit": 150.0, "members_good": 0.99, "good_share": 0.9, "down_seconds": 9.0}


def standing(name: str, **figures: float | None):
    return next(s for s in landed.held(CASE, {**GOOD, **figures}) if s.target.kpi == name)


@pytest.mark.parametrize(
    ("name", "value", "word", "margin"),
    [
        ("profit", 150.0, "met", "$30 to spare"),
        ("profit", 100.0, "missed", "$20 short"),
        ("members_good", 0.99, "met", "2.0\u00a0points to spare"),
        ("good_share", 0.80, "broken", "5.0\u00a0points short"),
        ("good_share", 0.85, "kept", "0.0\u00a0points to spare"),
        ("down_seconds", 50.0, "broken", "5\u00a0s over"),
        ("down_seconds", 40.0, "kept", "5\u00a0s to spare"),
        ("profit", None, "missed", "there is no such figure"),
    ],
)
def test_a_target_says_in_words_how_it_went(name, value, word, margin):
    found = standing(name, **{name: value})
    assert (found.word, found.margin) == (word, margin)
    assert found.sign == ("✓" if word in ("met", "kept") else "✕")
    assert found.sign in landed.target_line(found) and word in landed.target_line(found)


def test_the_verdict_names_what_was_broken():
    assert landed.verdict_line(CASE, GOOD).endswith("Both guardrails held.")
    assert "target of at least $120 is met, $30 to spare" in landed.verdict_line(CASE, GOOD)
    broken = landed.verdict_line(CASE, {**GOOD, "good_share": 0.5, "down_seconds": 60.0})
    assert "Broken guardrails: good share, down seconds" in broken


def test_a_line_of_a_target_holds_no_formula():
    line = landed.target_line(standing("profit", profit=100.0))
    assert line.count("$") == line.count("\\$") == 3


def test_names_are_written_for_people():
    assert landed.title_of("fraud_loss") == "Fraud loss"
    assert landed.title_of("auc") == "AUC"
    assert landed.by_name("offline_ndcg") == "offline NDCG"


def test_the_card_at_the_end(page, down):
    flight = down()
    app = page("fly", flight=flight.id)
    assert not app.exception
    assert [metric.label for metric in app.metric] == ["Profit"]
    assert sum(line.value.count(" missed**") + line.value.count(" broken**") for line in app.markdown) == 4
    assert {"Fly again"} <= {button.label for button in app.button}
    assert [link.proto.label for link in app.get("page_link")][-2:] == [
        "Compare with the reference answers", "Debrief: what did it?",
    ]  # fmt: skip
    assert [b.proto.label for b in app.get("download_button")] == ["Export"]


def test_again_is_the_same_case_under_the_next_seed(page, down):
    flight = down(seed=2**63 - 1)
    app = page("fly", flight=flight.id)
    next(button for button in app.button if button.label == "Fly again").click()
    app.run()
    draft = app.session_state["draft"]
    assert (draft.case, draft.level, draft.seed, draft.mode) == ("burst_storm", 2, 0, "training")
    assert not draft.dials and not draft.plan


@pytest.mark.parametrize("path", ["compare", "debrief"])
def test_without_a_flight_there_is_a_way_to_one(page, path):
    app = page(path)
    assert not app.exception and not app.error
    assert "There is no flight to" in reads(app)


@pytest.mark.parametrize("path", ["compare", "debrief"])
def test_a_flight_that_is_not_there_is_told_in_a_sentence(page, path):
    app = page(path, flight="nothing-like-it")
    assert not app.exception and len(app.error) == 1


def test_a_missing_figure_breaks_a_guardrail():
    assert not standing("good_share", good_share=None).verdict.met
    assert math.isnan(standing("good_share", good_share=None).verdict.value)
