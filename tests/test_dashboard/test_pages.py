"""What holds for all pages: a front door with a case, trouble told in a sentence, nothing secret in an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.views import compare, debrief, fly, hangar, history
from simulator.errors import BadInput

PAGES = ("hangar", "brief", "fly", "compare", "debrief", "probes", "history")


def said(app) -> str:
    """Return the words of all messages on the page."""
    return "\n".join(str(e.value) for kind in (app.error, app.warning, app.info) for e in kind)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_who_has_never_been_here(page, path):
    app = page(path)
    assert not app.exception
    assert not app.error


def test_a_case_can_be_ready_at_the_front_door(app, monkeypatch):
    monkeypatch.setenv("WINDTUNNEL_CASE", "burst_storm")
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["A storm in fifteen minutes"]


def test_a_case_that_there_is_not_opens_the_hangar(app, monkeypatch):
    monkeypatch.setenv("WINDTUNNEL_CASE", "../../etc")
    app.run()
    assert [title.value for title in app.title] == ["Hangar"]


@pytest.mark.parametrize(
    ("path", "module"), [("fly", fly), ("compare", compare), ("debrief", debrief), ("history", history)]
)
def test_what_breaks_is_told_without_its_insides(page, monkeypatch, path, module):
    monkeypatch.setattr("dashboard.pages._VIEWS", {**_views(), path: _break})
    app = page(path)
    assert "incident" in said(app)
    assert "secret" not in said(app) and "Traceback" not in said(app)


def test_what_is_wrong_is_a_sentence_and_no_dead_end(page):
    app = page("fly", flight="0" * 32)
    assert app.error[0].value.startswith("There is no flight") and app.error[0].value.endswith(("\\.", "?"))
    assert [link.proto.label for link in app.get("page_link")] == ["To the hangar", "To the history"]
    assert "flight" not in app.query_params
    assert not page("fly").error


def test_a_flight_that_there_is_stays_on_the_screen(page, begun, monkeypatch):
    flight = begun()
    monkeypatch.setattr("dashboard.pages._VIEWS", {**_views(), "fly": _refuse})
    assert page("fly", flight=flight.id).error[0].value == "This cannot be\\."
    assert flight.id in str(page("fly").query_params)


def _refuse() -> None:
    raise BadInput("this cannot be")


def _views():
    from dashboard.pages import _VIEWS

    return _VIEWS


def _break() -> None:
    raise RuntimeError("a secret path /home/somebody")


_break.__module__ = "dashboard.views.broken"


def test_flights_kept_in_memory_only_are_told_of(tower, page, monkeypatch):
    (Path(tower.store.path)).parent.chmod(0o700)
    monkeypatch.setattr(type(tower.store), "trouble", property(lambda store: "The disk is full."))
    assert "The disk is full" in said(page("hangar"))


def test_todays_seed_is_a_date():
    assert 20_250_000 < hangar.todays_seed() < 30_000_000
