"""What all parts of a candidate's page stand on: a deed that is done when a button is pressed, or why it was not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import rooms, session
from dashboard.plain import plain, sentence
from dashboard.rooms import Entry
from simulator.errors import BadInput
from simulator.store import Stale
from simulator.store.deeds import DeedKind

__all__ = ["attempted", "press", "tell"]

_TROUBLE = "room/trouble"
_QUICKER = "That was done already, in another tab perhaps; nothing was done twice. This is how it stands now."


def press(
    entry: Entry, kind: DeedKind, what: str = "", data: Mapping[str, Any] | None = None, moment: float = 0.0
) -> None:  # fmt: skip
    """Do a deed; if it cannot be done, the page says why when it is drawn next."""
    attempted(lambda: rooms.do(entry, kind, what, data, moment))


def attempted(what: Callable[[], object]) -> None:
    """Do *what*; if it cannot be done, the page says why when it is drawn next."""
    try:
        what()
    except Stale:
        session.keep(_TROUBLE, _QUICKER)
    except BadInput as error:
        session.keep(_TROUBLE, str(error))


def tell() -> None:
    """Say, once, why something could not be done."""
    if said := session.kept(_TROUBLE, ""):
        session.keep(_TROUBLE, "")
        st.warning(plain(sentence(said)), icon=":material/info:")
