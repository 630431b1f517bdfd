"""The score sheet of an interviewer: what was seen so far, what answers of four levels are like, a mark and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from dashboard import session, words
from dashboard.flights import tower
from dashboard.plain import plain, sentence
from dashboard.round_jobs import Judged
from dashboard.views.room_console_part import Desk, act, anew, late
from dashboard.views.room_console_screen import steps
from simulator.case import Case
from simulator.rounds.script import COMMUNICATION
from simulator.rounds.sheet import MARKS, SPOKEN, Sheet, SheetRow, Sighting
from simulator.rounds.standing import Mark
from simulator.rubric import DIMENSIONS, LEVELS, Anchors

__all__ = ["mean_line", "private", "section", "sheet"]

_LONGEST = 2000  # characters
_OF_LEVEL = {"weak": 1, "mid": 2, "strong": 4, "expert": 5}
_SIGNS = {True: "✓", False: "✕", None: "·"}


def section(desk: Desk, found: Judged | None) -> None:
    """Draw the sheet: what rests on the run once it is down, and until then what has been seen and heard so far."""
    whole = sheet(desk, found)
    st.markdown("**Score sheet**")
    st.caption(" · ".join(f"{mark} {plain(meaning)}" for mark, meaning in MARKS.items()))
    for row in whole.rows:
        _row(desk, row)
    st.markdown(mean_line(whole))
    if found is not None and found.sentences:
        with st.expander("What became of the requirement", key="console/kept", icon=":material/campaign:"):
            for told in found.sentences:
                st.text(f"• {told}")


def mean_line(whole: Sheet) -> str:
    """Write in Markdown what the marks come to."""
    given = sum(row.mark is not None for row in whole.rows)
    if whole.mean is None:
        return f":small[:gray[No mark yet, of {len(whole.rows)}.]]"
    figure = f"Weighted mean **{whole.mean:.2f}** of 5, {given} of {len(whole.rows)} marked"
    return f"{figure}  \n:small[:gray[A figure to talk about, no verdict: whether to hire is for people to say.]]"


# --- what stands on it -----------------------------------------------------------------------------------------


def sheet(desk: Desk, found: Judged | None) -> Sheet:
    """Return the rows with the marks as they stand."""
    marks = desk.entry.standing.marks
    rows = found.rows if found is not None else tuple(_so_far(desk))
    return Sheet(tuple(replace(row, mark=marks.get(row.dimension)) for row in rows))


def _so_far(desk: Desk) -> Iterator[SheetRow]:
    """Yield the rows as far as they can be filled in flight: by probes that are lit, by what was said."""
    weights = desk.entry.fitted.script.weights
    for name, label in DIMENSIONS.items():
        seen = tuple(_asked(desk, name))
        yield SheetRow(name, label, 0.0, 0.0, seen, desk.case.anchors.get(name), weights.get(name, 1.0))
    heard = tuple(_heard(desk))
    yield SheetRow(COMMUNICATION, "Communication", 0.0, 0.0, heard, SPOKEN, weights.get(COMMUNICATION, 1.0))


def _asked(desk: Desk, dimension: str) -> Iterator[Sighting]:
    """Yield the probes of a *dimension* that are lit, and what was replied."""
    standing = desk.entry.standing
    for card in desk.entry.fitted.cards:
        name = card.probe.name
        if card.probe.dimension != dimension:
            continue
        if card.when is not None and name in desk.lit:
            yield Sighting(desk.lit[name], f"worth asking: {card.probe.question}", None)
        if said := standing.replies.get(name, {}).get("words"):
            yield Sighting(None, f"{card.probe.question} “{said}”", None)
        if name in standing.rescued:
            yield Sighting(None, f"needed the hint: {card.probe.question}", False)


def _heard(desk: Desk) -> Iterator[Sighting]:
    """Yield how decisions were given reasons."""
    if desk.flight is None:
        return
    made = steps(desk.case, tower().plan(desk.flight))
    with_reason = [step for step in made if step.why]
    if made:
        yield Sighting(None, f"{len(with_reason)} of {len(made)} decisions in flight came with a reason", None)
    yield from (Sighting(step.at, f"{step.told}: “{step.why}”", None) for step in reversed(with_reason))


# --- one row ---------------------------------------------------------------------------------------------------


def _row(desk: Desk, row: SheetRow) -> None:
    turn, before = (row.mark.turn, row.mark.mark) if row.mark else (-1, None)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small",
        key=f"console/row/{row.dimension}",
    ):  # fmt: skip
        st.markdown(_label(row), width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            with st.popover(_seen_told(row), key=f"console/seen/{row.dimension}", type="tertiary"):
                text = _behind(desk, row, turn)
            chosen = st.segmented_control(
                row.label, tuple(MARKS), default=before, required=before is not None, key=_key(row.dimension, turn),
                label_visibility="collapsed",
            )  # fmt: skip
    _marked(desk, row, chosen, text)


def _key(dimension: str, turn: int) -> str:
    """Return the key of the marks of a *dimension*: where somebody marks, they are drawn anew."""
    return f"console/mark/{dimension}/{turn}"


def _label(row: SheetRow) -> str:
    """Write the name of a row, what was shown of what was asked for, and how much its mark counts."""
    parts = [f"{row.shown:.3g} of {row.required:g} shown"] if row.required else []
    told = " · ".join([*parts, *([f"counts ×{row.weight:g}"] if row.weight != 1 else [])])
    return plain(row.label) + (f"  \n:small[:gray[{plain(told)}]]" if told else "")


def _seen_told(row: SheetRow) -> str:
    """Say in a few signs what was seen; a mark with words has a pen."""
    good, bad = (sum(one.good is way for one in row.seen) for way in (True, False))
    rest = len(row.seen) - good - bad
    counts = ((f"{_SIGNS[True]}{words.GAP}", good), (f"{_SIGNS[False]}{words.GAP}", bad))
    said = [f"{sign}{count}" for sign, count in counts if count] + ([f"{rest} seen"] if rest else [])
    return (" · ".join(said) or "Anchors") + (" ✎" if row.mark and row.mark.words else "")


def _behind(desk: Desk, row: SheetRow, turn: int) -> str:
    """Draw what a mark rests on, and a place for words to it, which are returned."""
    _seen(desk.case, row)
    _anchors(row.anchors, row.mark)
    key = f"console/words/{row.dimension}/{turn}"
    said = row.mark.words if row.mark else ""
    return st.text_area("Words to this mark", said, key=key, max_chars=_LONGEST, height=80, placeholder=_WITH_IT)


_WITH_IT = "kept with the mark"


def _seen(case: Case, row: SheetRow) -> None:
    for one in row.seen:
        at = f"{words.when(one.at, case.tick)} · " if one.at is not None else ""
        st.text(f"{_SIGNS[one.good]} {at}{sentence(one.text)}")


def _anchors(anchors: Anchors | None, mark: Mark | None) -> None:
    if anchors is None:
        return
    for level in LEVELS:
        number = _OF_LEVEL[level]
        here = " ← your mark" if mark is not None and mark.mark == number else ""
        st.markdown(f"**{number} {level}{here}.** {plain(str(getattr(anchors, level)))}")


def _marked(desk: Desk, row: SheetRow, chosen: int | None, text: str) -> None:
    """Write what the widgets say where it differs from what stands; and say so where somebody else was quicker."""
    drawn = f"console/drawn/{desk.entry.room.id}/{row.dimension}"
    turn, stood = (row.mark.turn, (row.mark.mark, row.mark.words)) if row.mark else (-1, (None, ""))
    last_turn, last_mark = session.kept(drawn, (turn, None))
    if last_turn != turn and session.widget(_key(row.dimension, last_turn)) not in (None, last_mark, stood[0]):
        late()
    session.keep(drawn, (turn, stood[0]))
    if chosen is not None and (chosen, text.strip()) != stood:
        act(desk.entry, "mark", row.dimension, {"mark": int(chosen), "words": text.strip()})
        anew()


# --- private notes ---------------------------------------------------------------------------------------------


def private(desk: Desk) -> None:
    """Draw the interviewer's own notes, and a place for another one."""
    kept = desk.entry.standing.private
    key = f"console/private/{len(kept)}"
    st.markdown("**Private notes**  :small[:gray[nobody else ever sees them]]")
    text = st.text_area(
        "A note to yourself", key=key, max_chars=_LONGEST, height=80, label_visibility="collapsed",
        placeholder="what you want to remember; it is kept with the moment of the flight",
    )  # fmt: skip
    if st.button("Keep", key=f"console/keep/{len(kept)}", icon=":material/save:") and text.strip():
        act(desk.entry, "private", "", {"text": text.strip()})
        anew()
    for note in reversed(kept):
        st.text(f"{words.when(note.moment, desk.case.tick)} · {note.text}")
