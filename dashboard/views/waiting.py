"""What is shown while a worker computes: how far it is, who is ahead, a way to stop it, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.crew import Errand
from dashboard.flights import Asked, tower
from dashboard.plain import plain, sentence

__all__ = ["FirstDraw", "awaited", "part", "wait_for"]

_AT_ONCE = 1.5  # s; most answers come by then, and nothing need flicker
_POLL = 0.4  # s


def awaited(asked: Asked, text: str, key: str, at_once: float = _AT_ONCE) -> Any:
    """Return the answer of a worker; None while it is not there, and then the page says so and comes back to it."""
    if asked.errand is None:
        return asked.result
    if asked.errand.wait(at_once) == "done":
        return asked.errand.result
    wait_for(asked.errand, text, key)
    return None


def part(ask: Callable[[], Asked], text: str, key: str, at_once: float = _AT_ONCE) -> Any:
    """Return the part of a debrief that *ask* asks for; None while it is not there, and then the page says so.

    It is asked for again once it has come: then it is read, and kept.
    """
    asked = ask()
    if asked.refused:
        _refused(asked.refused, key)
        return None
    if asked.errand is not None and asked.errand.wait(at_once) == "done":
        asked = ask()
    if asked.errand is None:
        return asked.result
    wait_for(asked.errand, text, key)
    return None


def _refused(why: str, key: str) -> None:
    st.warning(plain(sentence(why)), icon=":material/hourglass_top:")
    st.button("Try again", key=f"again/{key}")


class FirstDraw:
    """Tells whether a fragment is being drawn together with its page.

    Then it must not ask for the page anew: what stands behind it, a button that was just pressed among it, is still
    to be drawn, and would be forgotten.
    """

    def __init__(self) -> None:
        self._over = False

    def is_over(self) -> bool:
        """Tell, from the second time on, that the fragment is drawn by itself."""
        was, self._over = self._over, True
        return was


def wait_for(errand: Errand, text: str, key: str) -> None:
    """Show how *errand* stands until it is done, then draw the whole page again."""
    st.fragment(_standing, run_every=_POLL, key=f"wait/{key}")(errand, text, key, FirstDraw())


def _standing(errand: Errand, text: str, key: str, first: FirstDraw) -> None:
    state, alone = errand.state, first.is_over()
    if state == "done" and alone:
        st.rerun()
    elif state in ("failed", "cancelled"):
        _ended(errand, state, key)
    else:
        ahead = errand.ahead
        queue = f" · {ahead} ahead of it in the queue" if state == "waiting" and ahead else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(max(errand.share, 0.0), 1.0), text=plain(f"{text}{queue}"))
            st.button("Cancel", key=f"cancel/{key}", on_click=errand.cancel)


def _ended(errand: Errand, state: str, key: str) -> None:
    if state == "failed":
        st.error(plain(errand.trouble), icon=":material/warning:")
    else:
        st.info("Cancelled; nothing was lost.", icon=":material/block:")
    if st.button("Try again", key=f"again/{key}"):
        tower().forget(errand)
        st.rerun()
