"""The table of KPIs: a row a figure, a column a flight, with the best marked and what was broken named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files

import streamlit as st

from dashboard import words
from dashboard.plain import sentence
from dashboard.views.compare_arms import Arm
from dashboard.views.landed import Figures, Standing, held, title_of
from simulator.case import Case
from simulator.targets import Kpi

__all__ = ["best", "kpi_table", "style", "table"]

_DIRECTIONS = {"more": "↑ more is better", "less": "↓ less is better", "-": ""}


def style() -> None:
    """Bring the looks of the tables into the page."""
    st.html(f"<style>{files('dashboard').joinpath('assets/tables.css').read_text('utf-8')}</style>")


def kpi_table(case: Case, arms: Sequence[Arm]) -> None:
    """Draw the KPIs of *arms*."""
    st.html(table(case, {arm.label: arm.books.kpis for arm in arms}))
    st.caption("★ the best of the row · ✕ a target that was missed, or a guardrail that was broken · ◇ needs the truth")


def table(case: Case, figures: Mapping[str, Figures], names: Iterable[str] | None = None) -> str:
    """Write the KPIs of several flights, label -> figures, as a table: those called *names*, or all.

    Whatever is text in it is escaped.
    """
    chosen = case.kpis if names is None else {name: case.kpis[name] for name in names}
    heads = "".join(f'<th scope="col">{escape(label)}</th>' for label in figures)
    rows = "".join(_row(case, name, kpi, figures) for name, kpi in chosen.items())
    return (
        '<table class="kpis"><caption>Figures of each flight</caption>'
        f'<thead><tr><th scope="col">Figure</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(case: Case, name: str, kpi: Kpi, figures: Mapping[str, Figures]) -> str:
    winners = best(kpi, {label: kpis.get(name) for label, kpis in figures.items()})
    cells = "".join(
        _cell(label, kpi, kpis.get(name), label in winners, _missed(case, name, kpis))
        for label, kpis in figures.items()
    )
    return f"<tr>{_head(name, kpi)}{cells}</tr>"


def _head(name: str, kpi: Kpi) -> str:
    truth = "" if kpi.observed else ' <span title="it needs the truth, so it shows only after landing">◇</span>'
    way = f"<em>{_DIRECTIONS[kpi.better]}</em>" if _DIRECTIONS[kpi.better] else ""
    return f'<th scope="row">{escape(title_of(name))}{truth}<small>{escape(sentence(kpi.help))} {way}</small></th>'


def _cell(label: str, kpi: Kpi, value: float | None, wins: bool, missed: Sequence[Standing]) -> str:
    mark = '<span class="best" title="the best of the row">★</span> ' if wins else ""
    complaints = "".join(f'<b class="bad">✕ {_complaint(standing)}</b>' for standing in missed)
    said = escape(words.quantity(value, kpi.unit))
    strong = f"<strong>{said}</strong>" if wins else said
    return f'<td data-label="{escape(label)}"><span>{mark}{strong}{complaints}</span></td>'


def _complaint(standing: Standing) -> str:
    what = "guardrail broken" if standing.verdict.guardrail else "target missed"
    return escape(f"{what}: {standing.wanted}")


def _missed(case: Case, name: str, kpis: Figures) -> list[Standing]:
    return [s for s in held(case, kpis) if s.target.kpi == name and not s.verdict.met]


def best(kpi: Kpi, values: Mapping[str, float | None]) -> set[str]:
    """Return which of *values* (label -> value) are best; none where it does not matter, or where all are alike."""
    known = {label: value for label, value in values.items() if value is not None and math.isfinite(value)}
    if kpi.better == "-" or len(known) < 2 or len(set(known.values())) == 1:
        return set()
    top = max(known.values()) if kpi.better == "more" else min(known.values())
    return {label for label, value in known.items() if value == top}
