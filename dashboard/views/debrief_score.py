"""The score: its total or why there is none, what each point rests on, and the dimensions with their levels."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import words
from dashboard.plain import plain, sentence
from dashboard.views.landed import by_name, title_of
from simulator.rubric import LEVELS
from simulator.score import CAP, Line, Part, Row, Scorecard

__all__ = ["headline", "levels", "section"]


def section(score: Scorecard) -> None:
    """Draw the score."""
    st.subheader("Score", anchor=False)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _total(score)
        st.html(_bars(score))
        for part in score.parts:
            _part(part)
    with right:
        st.markdown("**Dimensions**")
        st.html(levels(score))
        with st.expander("What each level is like", icon=":material/straighten:"):
            for row in score.dimensions:
                _anchors(row)


def _total(score: Scorecard) -> None:
    if score.total is None:
        st.info(plain(headline(score)), icon=":material/help:")
    else:
        st.metric("Of 100", f"{score.total:.0f}", help="above 100 there is room: the expert can be beaten")
        st.markdown(plain(headline(score)))


def headline(score: Scorecard) -> str:
    """Say in a sentence or two what the total comes from, or why there is none."""
    if score.total is None:
        return "There is no score: in this world the weak answer earned no less than the expert one."
    if score.broken:
        return _capped(score)
    if score.outcome is not None and score.outcome > 100:
        return (
            f"You earned more than the expert in this very world: {score.outcome:.0f} where weak is 0 and expert 100."
        )
    return "0 is the weak answer and 100 the expert one, in this very world, with what you showed on the way."


def _capped(score: Scorecard) -> str:
    broken = ", ".join(by_name(name) for name in score.broken)
    said = f"A guardrail broke ({broken}), and that caps the score at {CAP:.0f}"
    if score.before_cap is None or score.before_cap <= CAP:
        return f"{said}; it is below that anyway."
    return f"{said}; without that it would be {score.before_cap:.0f}."


def _bars(score: Scorecard) -> str:
    rows = "".join(_bar(part) for part in score.parts)
    return f'<table class="score"><caption>Parts of the score</caption><tbody>{rows}</tbody></table>'


def _bar(part: Part) -> str:
    share = 0.0 if part.points is None else min(max(part.points / part.of, 0.0), 1.0)
    said = "not judged" if part.points is None else f"{_points(part.points)} of {part.of:g}"
    filled = f'<span class="bar"><span style="width:{100 * share:.1f}%"></span></span>'
    return f'<tr><th scope="row">{escape(title_of(part.name))}</th><td>{filled}</td><td>{escape(said)}</td></tr>'


def _points(points: float) -> str:
    return f"{points:.1f}".removesuffix(".0").replace("-", words.MINUS)


def _part(part: Part) -> None:
    with st.expander(plain(title_of(part.name))):
        st.markdown(plain(sentence(part.why)))
        for line in part.lines:
            _line(line)


def _line(line: Line) -> None:
    full = line.shown >= line.required
    sign = "✓" if full else "◐" if line.shown > 0 else "✕"
    colour = "green" if full else "orange" if line.shown > 0 else "red"
    st.markdown(f":{colour}[**{sign}**] {plain(line.text)} · {_count(line.shown)} of {_count(line.required)}")
    for proof in line.evidence:
        st.caption(plain(sentence(proof)))


def _count(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", words.MINUS)


# --- dimensions ------------------------------------------------------------------------------------------------


def levels(score: Scorecard) -> str:
    """Write the dimensions with the level that was reached in each; whatever is text in it is escaped."""
    rows = "".join(_level_row(row) for row in score.dimensions)
    return f'<table class="levels"><caption>Dimensions and levels</caption><tbody>{rows}</tbody></table>'


def _level_row(row: Row) -> str:
    chips = "".join(
        f'<span class="{"on" if level == row.level else ""}"{_current(level, row)}>{level}</span>' for level in LEVELS
    )
    asked = f"{_count(row.shown)} of {_count(row.required)}" if row.required else "not asked for"
    return (
        f'<tr><th scope="row">{escape(row.label)}</th><td class="chips">{chips}</td>'
        f'<td class="asked">{escape(asked)}</td></tr>'
    )


def _current(level: str, row: Row) -> str:
    return ' aria-current="true"' if level == row.level else ""


def _anchors(row: Row) -> None:
    if row.anchors is None:
        return
    st.markdown(f"**{plain(row.label)}**")
    for level in LEVELS:
        here = " ← you" if level == row.level else ""
        text = f"{title_of(level)}{here}. {sentence(getattr(row.anchors, level))}"
        st.markdown(f"**{plain(text)}**" if here else plain(text))
