"""A draft survives a reload, and may be sent as an address; an address that does not fit is told of in a sentence."""

from __future__ import annotations

import pytest
from reading import press, says

from dashboard import links
from dashboard.session import Draft
from simulator.errors import BadInput


def words_of(draft):
    return {name: [value] if isinstance(value, str) else value for name, value in links.written(draft).items()}


@pytest.mark.parametrize(
    "draft",
    [
        Draft("burst_storm"),
        Draft("fraud_threshold", 3, 20261121, "check", {"threshold": 0.1 + 0.2, "balanced": True, "rule": "cost"}),
        Draft("drift_retraining", 1, 2**53, "training", {"window_days": 30, "canary": 0.0}),
    ],
)
def test_a_draft_comes_back_as_it_was(draft):
    found = links.read(words_of(draft))
    assert Draft(**found) == draft
    assert all(type(found["dials"][name]) is type(value) for name, value in draft.dials.items())


def test_what_fits_into_no_address_is_not_half_told():
    assert links.written(Draft("burst_storm", scenario={"drop": ["vote"]})) == {}
    assert links.written(Draft("burst_storm", plan={"changes": [1]})) == {}


@pytest.mark.parametrize(
    "words",
    [
        {"case": ["nope"]},
        {"case": ["../../etc/passwd"]},
        {"case": ["burst_storm"], "level": ["9"]},
        {"case": ["burst_storm"], "level": ["٣"]},
        {"case": ["burst_storm"], "seed": ["-1"]},
        {"case": ["burst_storm"], "seed": ["9" * 400]},
        {"case": ["burst_storm"], "mode": ["god"]},
        {"case": ["burst_storm"], "set": ["least=1e308"]},
        {"case": ["burst_storm"], "set": ["nothing=1"]},
        {"case": ["burst_storm"], "set": ["least"]},
    ],
)
def test_an_address_that_does_not_fit_is_refused(words):
    with pytest.raises(BadInput):
        links.read(words)


def test_a_reload_of_the_brief_brings_it_back(page, app):
    page("hangar")
    press(app, "brief/burst_storm")
    opened = page("brief")
    assert opened.query_params["case"] == "burst_storm"
    del app.session_state["draft"]
    again = page("brief")
    assert [title.value for title in again.title] == ["A storm in fifteen minutes"]


def test_a_bad_address_is_told_in_a_sentence(page):
    app = page("brief", case="nope")
    assert not app.exception
    assert "nope" in says(app)
