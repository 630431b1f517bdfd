"""A round of one's own: from a file or a text, or from scratch by a few choices that make such a text."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import streamlit as st

import cases
from dashboard import session
from dashboard.plain import plain, sentence
from dashboard.views.hangar import LARGEST_SEED
from dashboard.views.hangar import offered as flyable
from dashboard.views.rounds_cards import card
from dashboard.views.rounds_offer import Offer, offered
from simulator.errors import BadInput
from simulator.rounds.script import Minutes

__all__ = ["MOST_BYTES", "script_text", "section", "text_of"]

MOST_BYTES = 256 * 1024
_MINUTES = {"brief": "Brief", "design": "Design", "play": "Flight", "probes": "Probes", "debrief": "Debrief"}
_MOST_MINUTES = 120.0
_SEEDS = {"room": "shown", "hidden": "hidden", "number": "a number"}
_HINTS = {
    "none": "No hints.",
    "asked": "One at a time, when the candidate asks; it is noted.",
    "free": "All are there from the start.",
}


def section() -> None:
    """Draw the two ways to a round of one's own, and the round that came of them."""
    st.subheader("A round of your own", anchor=False)
    with st.expander("Bring a script", icon=":material/upload_file:", key="rounds/bring"):
        _bring()
    with st.expander("Make one from scratch", icon=":material/tune:", key="rounds/scratch"):
        _scratch()
    _made()


def _made() -> None:
    own: Offer | None = session.kept("rounds/own")
    if own is None:
        return
    with st.container(border=True, key="rounds/card/own", width=640):
        card(own)
        with st.expander("Its script", icon=":material/data_object:", key="rounds/own/text"):
            st.code(own.text, language="toml", wrap_lines=True)
            st.download_button(
                "Take it along", own.text, "round.toml", "application/toml", key="rounds/own/take", on_click="ignore",
                icon=":material/download:", help="add events, probes and a change of requirement; then bring it back",
            )  # fmt: skip


# --- brought along ---------------------------------------------------------------------------------------------


def _bring() -> None:
    st.caption("A round is a TOML file: data, of which nothing is run. windtunnel round new writes one to begin with.")
    file = st.file_uploader("A file", key="rounds/file", max_upload_size=1)
    text = st.text_area("or its text", key="rounds/text", height=140, placeholder='round = 1\ntitle = "…"')
    if st.button("Read it", key="rounds/read", icon=":material/upload_file:"):
        _read(file.getvalue() if file is not None else text or "")


def text_of(brought: bytes | str) -> str:
    """Return what was brought as text, whatever it is called; BadInput when it is too long, or no text."""
    size = len(brought.encode("utf-8", "replace")) if isinstance(brought, str) else len(brought)
    if size > MOST_BYTES:
        raise BadInput(f"the script is too long: {size} bytes; at most {MOST_BYTES}")
    if isinstance(brought, str):
        return brought
    try:
        return brought.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("the file is no text; a round is TOML in UTF-8") from None


def _read(brought: bytes | str) -> None:
    try:
        text = text_of(brought)
        if not text.strip():
            raise BadInput("there is nothing in it; bring a round as TOML")
        session.keep("rounds/own", offered("own", text))
    except BadInput as error:
        session.keep("rounds/own", None)
        st.error(plain(str(error)), icon=":material/warning:")


# --- from scratch ----------------------------------------------------------------------------------------------


def _scratch() -> None:
    chosen = {**_about(), "minutes": _minutes(), **_luck()}
    if st.button("Make it", key="rounds/build", type="primary", icon=":material/construction:"):
        _read(script_text(**chosen))


def _about() -> dict[str, Any]:
    titles = {case.name: case.title for case in flyable()[0]}
    left, right = st.columns(2, gap="medium")
    name = str(left.selectbox("Case", list(titles), key="rounds/case", format_func=titles.__getitem__))
    levels = cases.load(name).levels
    first = 2 if 2 in levels else min(levels)
    level = right.selectbox(
        "Level", sorted(levels), index=sorted(levels).index(first), key=f"rounds/level/{name}",
        format_func=lambda level: sentence(f"{level}: {levels[level].help}"),
    )  # fmt: skip
    title = st.text_input("Title", key="rounds/title", max_chars=80, placeholder=titles[name])
    return {"case": name, "level": level, "title": title or titles[name]}


def _minutes() -> dict[str, float]:
    st.caption("Minutes for each phase; 0 leaves it out.")
    with st.grid(len(_MINUTES), min_column_width=110, gap="small", key="rounds/minutes"):
        return {
            phase.name: float(
                st.number_input(
                    _MINUTES[phase.name], 0.0, _MOST_MINUTES, float(str(phase.default)), 1.0, format="%g",
                    key=f"rounds/minutes/{phase.name}",
                )
            )
            for phase in fields(Minutes)
        }  # fmt: skip


def _luck() -> dict[str, Any]:
    left, right = st.columns(2, gap="medium")
    hints = left.radio(
        "Hints", list(_HINTS), format_func=str.capitalize, captions=list(_HINTS.values()), key="rounds/hints"
    )
    with right:
        seed = st.segmented_control(
            "Seed: the luck of the world", list(_SEEDS), default="room", required=True, key="rounds/luck",
            format_func=_SEEDS.__getitem__, help="shown and hidden: each room has its own; hidden is told at the end. "
            "A number: the same for all candidates.",
        )  # fmt: skip
        number = st.number_input("Number", 0, LARGEST_SEED, 0, key="rounds/number") if seed == "number" else 0
    return {"hints": hints, "seed": int(number) if seed == "number" else str(seed)}


def script_text(case: str, level: int, title: str, minutes: dict[str, float], hints: str, seed: int | str) -> str:
    """Write the choices as the text of a script."""
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())
    lines = [
        "round = 1", f"title = {_quoted(kept)}", f"case = {_quoted(case)}", f"seed = {json.dumps(seed)}",
        f"hints = {_quoted(hints)}", "", "[minutes]", *(f"{phase} = {value:g}" for phase, value in minutes.items()), "",
        "[scenario]", f"level = {level}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
