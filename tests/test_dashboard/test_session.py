"""What belongs to one player: flights on a shared server, drafts, and the clock that only their page has."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def flights_seen(app) -> str:
    """Return the words of the page."""
    return "\n".join(str(e.value) for kind in ("markdown", "text", "caption") for e in getattr(app, kind))


def test_a_server_of_ones_own_shows_all_flights(page, begun):
    begun(seed=777_001)
    assert "777001" in flights_seen(page("hangar")).replace(",", "")


def test_on_a_shared_server_a_flight_belongs_to_who_has_its_address(page, begun, monkeypatch):
    monkeypatch.setenv("WINDTUNNEL_SHARED", "1")
    mine, other = begun(seed=777_001), begun(seed=777_002)
    page("fly", flight=mine.id)
    for path in ("hangar", "history"):
        said = flights_seen(page(path)).replace(",", "")
        assert "777001" in said
        assert "777002" not in said
    assert other.id != mine.id


def test_two_sessions_share_no_draft(app, tower):
    other = AppTest.from_file(app._script_path, default_timeout=60.0)
    app.run()
    other.run()
    app.session_state["draft"] = "something of mine"
    assert "draft" not in other.session_state
