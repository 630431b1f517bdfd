"""What one player has in hand: the draft of a design, the flight on the screen and its clock. Only this file touches
the state of a session."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from dashboard.playback import Playback
from dashboard.recording import Recording
from simulator.store import Flight

__all__ = [
    "Draft",
    "Mode",
    "address",
    "close_flight",
    "draft",
    "enter_room",
    "every",
    "flight_id",
    "follow",
    "keep",
    "kept",
    "mine",
    "name",
    "once",
    "open_flight",
    "playback",
    "room_key",
    "set_address",
    "shared",
    "shown",
    "standings",
    "start_draft",
    "token",
    "voter",
    "wall",
    "widget",
]

Mode = Literal["training", "check"]


@dataclass
class Draft:
    """A flight that is being prepared."""

    case: str
    level: int = 2
    seed: int = 0
    mode: Mode = "training"
    dials: dict[str, Any] = field(default_factory=dict)
    """those that were moved"""
    scenario: dict[str, Any] = field(default_factory=dict)
    """words of `Case.but` beside the level"""
    asked: set[int] = field(default_factory=set)
    """questions that were asked, by their place"""
    place: str = ""
    """the box of the diagram that is looked at"""
    forecast: tuple[float, float] | None = None
    """[$] profit in the first sixth of the flight, low and high"""
    parent: str = ""
    number: int = 0
    """a new draft is a new set of widgets"""
    plan: dict[str, Any] = field(default_factory=dict)
    """changes and acts that come along from an imported plan or from another flight"""
    home: str = ""
    """the room that it is prepared for; empty = none"""


def _state() -> MutableMapping[Any, Any]:
    return st.session_state


def name() -> str:
    """Return what this session is called by the workers' queue; nobody can guess it."""
    return str(_state().setdefault("windtunnel", secrets.token_hex(8)))


def wall() -> float:
    """Read the clock of the wall [s]."""
    return time.monotonic()


def start_draft(case: str, **more: Any) -> Draft:
    """Begin a fresh draft for *case*, in place of the one that was at the same home."""
    number = _state().get("drafts", 0) + 1
    _state()["drafts"] = number
    made = Draft(case, number=number, **more)
    _state()[f"draft{made.home}"] = made
    return made


def draft(home: str = "") -> Draft | None:
    """Return the draft, if there is one; that of the room *home*, or the one of no room."""
    found: Draft | None = _state().get(f"draft{home}")
    return found


def address() -> dict[str, list[str]]:
    """Return the words of the address: name -> values."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def set_address(words: Mapping[str, str | list[str]]) -> None:
    """Let the address say *words* and nothing else."""
    wanted = {name: [value] if isinstance(value, str) else value for name, value in words.items()}
    if address() != wanted:
        st.query_params.from_dict(dict(words))


def open_flight(id: str) -> None:
    """Put the flight *id* on the screen, and into the address."""
    _known().add(id)
    _state()["flight"] = id
    st.query_params["flight"] = id


def flight_id() -> str:
    """Return the flight on the screen: that of the address, else the last one; empty = none."""
    asked = st.query_params.get("flight", "")
    if asked:
        _known().add(asked)
        _state()["flight"] = asked
    return str(_state().get("flight", ""))


def _known() -> set[str]:
    """Return the flights whose addresses this session has had."""
    known: set[str] = _state().setdefault("known", set())
    return known


def mine(flights: Iterable[Flight]) -> list[Flight]:
    """Return those of *flights* that this player may be shown: all, unless the server is there for several people.

    Then a flight belongs to whoever has its address, which nobody can guess.
    """
    return [flight for flight in flights if not shared() or flight.id in _known()]


def shared() -> bool:
    """Tell whether the server is there for several people."""
    return os.environ.get("WINDTUNNEL_SHARED", "") not in ("", "0")


def close_flight() -> None:
    """Take the flight off the screen."""
    _state().pop("flight", None)
    _state().pop("playback", None)
    st.query_params.pop("flight", None)


def room_key() -> str:
    """Return the key of the room that this session is in: that of the address, else the last one; empty = none."""
    asked = st.query_params.get("room", "")
    if asked:
        _state()["room"] = asked
    return str(_state().get("room", ""))


def enter_room(key: str) -> None:
    """Be in the room that *key* opens, and let the address say so; nothing = be in none."""
    _state()["room"] = key
    wanted = {"room": key, **({"voter": st.query_params["voter"]} if "voter" in st.query_params else {})}
    if key and address() != {name: [word] for name, word in wanted.items()}:
        st.query_params.from_dict(wanted)
    elif not key:
        st.query_params.pop("room", None)


def voter(room: str) -> str:
    """Return the name under which this session votes in *room*; the address has it, so that a reload keeps it."""
    said = st.query_params.get("voter", "")
    named = said if said.isascii() and said.isalnum() and len(said) <= 16 else token(f"voter/{room}")[:8]
    if named != said:
        st.query_params["voter"] = named
    return named


def playback(flight: str, horizon: float, position: float) -> Playback:
    """Return the clock of *flight*; one that was not on the screen yet stands, halted, at *position* [s]."""
    found: Playback | None = _state().get("playback")
    if found is None or found.flight != flight:
        found = Playback(flight, horizon, position)
        _state()["playback"] = found
    return found


def shown(flight: str, recording: Recording | None = None) -> Recording | None:
    """Remember the *recording* last shown of *flight*, or return it: it stays up while a new one is computed."""
    kept: dict[str, Recording] = _state().setdefault("shown", {})
    if recording is not None:
        kept.clear()
        kept[flight] = recording
    return kept.get(flight)


def once(what: str) -> bool:
    """Tell, the first time only, that *what* has not been done in this session."""
    done: set[str] = _state().setdefault("done", set())
    fresh = what not in done
    done.add(what)
    return fresh


def token(what: str) -> str:
    """Return a name for the decision that the form *what* is about to take: the same until it is taken."""
    tokens: dict[str, str] = _state().setdefault("tokens", {})
    return tokens.setdefault(what, secrets.token_hex(12))


def kept(what: str, first: Any = None) -> Any:
    """Return something small that the session keeps under the name *what*."""
    return _state().get(f"kept/{what}", first)


def keep(what: str, value: Any) -> None:
    """Keep something small under the name *what*."""
    _state()[f"kept/{what}"] = value


def standings(flight: str) -> dict[float, dict[str, float | None]]:
    """Return what is known of the KPIs of *flight*: moment [s] -> KPI -> value. Only one flight's are kept."""
    of, known = kept("standings", ("", {}))
    if of != flight:
        known = {}
        keep("standings", (flight, known))
    found: dict[float, dict[str, float | None]] = known
    return found


def every(what: str, seconds: float) -> bool:
    """Tell whether *seconds* of wall time have gone by since this last said so of *what*."""
    last = kept(f"every/{what}", -float("inf"))
    due = wall() - last >= seconds
    if due:
        keep(f"every/{what}", wall())
    return bool(due)


def follow(old: str, new: str, at: float) -> None:
    """Go on with the flight *new*, which has the past of *old* up to *at* [s]: what is on the screen stays."""
    recording, clock = shown(old), _state().get("playback")
    keep("standings", (new, standings(old)))
    if recording is not None:
        shown(new, recording)
    _state()["playback"] = Playback(new, clock.horizon if clock else at, at, clock.speed if clock else 1.0)
    open_flight(new)


def widget(key: str, first: Any = None) -> Any:
    """Return what the widget *key* stands at."""
    return _state().get(key, first)
