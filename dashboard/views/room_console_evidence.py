"""What a probe leans on, with the figures of this flight: so far while it is in the air, all of it once it is down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from dashboard import charts, words
from dashboard.plain import plain, sentence
from dashboard.recording import Series
from dashboard.views import cockpit
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE
from dashboard.views.room_console_part import Desk, units
from simulator.case import Case
from simulator.probes import Check, Posed
from simulator.rounds.fitted import Card

__all__ = ["exhibit", "pictures", "readings", "right_answer"]

_HEIGHT = 190  # px of a small picture


def readings(desk: Desk, card: Card) -> list[str]:
    """Say of each gauge of *card* how it stands, how it stood when the card lit, and between what it moved so far."""
    if desk.recording is None:
        return []
    unit = units(desk.case)
    since = desk.lit.get(card.probe.name) if card.when is not None else None
    there = ((name, desk.recording.gauges[name]) for name in card.show if name in desk.recording.gauges)
    return [_reading(desk.case, name, unit.get(name, ""), series.until(desk.now), since) for name, series in there]


def _reading(case: Case, name: str, unit: str, series: Series, since: float | None) -> str:
    known = [value for value in series.value if value is not None]
    if not known:
        return f"{words.titled(name)}: nothing read yet"
    now = f"{words.titled(name)} {words.quantity(series.value[-1], unit)} now"
    then = series.last(since) if since is not None else None
    was = f" · {words.quantity(then, unit)} when it lit" if then is not None else ""
    return f"{now}{was} · {words.quantity(min(known), unit)} to {words.quantity(max(known), unit)} so far"


def pictures(desk: Desk, card: Card) -> None:
    """Draw the gauges of *card* up to now, those of one unit in one small picture."""
    if desk.recording is None:
        return
    for unit, names in _by_unit(desk, card):
        lines = {name: desk.recording.gauges[name].until(desk.now) for name in names}
        at = max((series.at for series in lines.values()), key=len)
        values = {words.named(name): [series.last(moment) for moment in at] for name, series in lines.items()}
        frame: dict[str, Any] = {"horizon": desk.case.horizon, "tick": desk.case.tick, "palette": palette()}
        title = ", ".join(words.named(name) for name in names)
        option = charts.timeline(title, unit, at, values, _marks(desk, card), **frame)
        st.echarts_chart(option, key=f"console/picture/{card.probe.name}/{'/'.join(names)}", height=_HEIGHT)


def _by_unit(desk: Desk, card: Card) -> Iterator[tuple[str, list[str]]]:
    assert desk.recording is not None
    unit = units(desk.case)
    there = [name for name in card.show if name in desk.recording.gauges]
    for one in dict.fromkeys(unit.get(name, "") for name in there):
        yield one, [name for name in there if unit.get(name, "") == one]


def _marks(desk: Desk, card: Card) -> list[dict[str, Any]]:
    """Return decisions and alarms so far, and the moment at which the card lit."""
    assert desk.recording is not None
    told = [line for line in desk.recording.told(desk.now) if line.kind in ("decision", "incident")]
    since = desk.lit.get(card.probe.name)
    lit = [{"at": since, "kind": "alarm", "name": "lit", "text": "lit"}] if card.when is not None and since else []
    return [*cockpit.marks(told), *lit]


# --- once it is down -------------------------------------------------------------------------------------------


def exhibit(desk: Desk, posed: Posed) -> None:
    """Draw what the probe itself leans on."""
    st.markdown(plain(sentence(posed.exhibit.text)))
    if posed.exhibit.chart is not None:
        frame: dict[str, Any] = {"horizon": desk.case.horizon, "tick": desk.case.tick, "palette": palette()}
        figure = charts.exhibit(posed.exhibit.chart, **frame)
        key = f"console/exhibit/{posed.name}"
        st.plotly_chart(figure, key=key, config=BARE, theme=None, alt=charts.caption(figure))


def right_answer(check: Check) -> str:
    """Say what the right answer to *check* is, and why."""
    if check.options:
        right = check.options[check.right]
    else:
        slack = f" ± {words.quantity(check.tolerance, check.unit)}" if check.tolerance else ""
        right = f"{words.quantity(check.truth, check.unit)}{slack}"
    return f"Right: {right}. {check.why}"
