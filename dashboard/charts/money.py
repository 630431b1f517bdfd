"""Pictures of money against the reference answers: the way from weak to expert, and who was ahead when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import axis, empty, figure, roomy
from dashboard.charts.scale import Span, known, scale, span
from dashboard.charts.text import label, marked

__all__ = ["bridge", "ghost"]

_Bars = Sequence[tuple[str, float, float, float]]
_ENDS = ("Weak", "You", "Expert")
_LINES = {"expert": ("Expert", 1.4, "solid"), "weak": ("Weak", 1.4, "dot"), "yours": ("You", 3.0, "solid")}
_TURN = {"expert": 2, "weak": 6, "yours": 0}  # place of the colour of each


def bridge(bars: _Bars, palette: Palette = LIGHT) -> Any:
    """Draw how the profit of the weak answer becomes yours, and yours that of the expert.

    *bars*: (account, weak, yours, expert), the sums on it [$]; accounts on which two are alike are left out between
    them.
    """
    rows = _way(bars)
    stops = _stops(rows)
    up = scale([*stops, 0.0], "$")
    names = [marked(name, 22) for name, _, _ in rows]
    places = [f"{number}\u200b{name}" for number, name in enumerate(names)]
    drawn = figure("From weak to you to expert, by account", _bridge_told(bars), palette, height=120 + 30 * len(rows))
    drawn.add_waterfall(
        orientation="h", measure=[kind for _, kind, _ in rows], y=places, x=[up.of(amount) for _, _, amount in rows],
        text=[words.money(amount) if kind != "relative" else words.signed(amount) for _, kind, amount in rows],
        textposition="outside", cliponaxis=False, textfont={"color": palette.ink, "size": 12}, hoverinfo="skip",
        increasing={"marker": {"color": palette.good}}, decreasing={"marker": {"color": palette.bad}},
        totals={"marker": {"color": palette.line(0)}},
        connector={"line": {"color": palette.dim, "width": 1, "dash": "dot"}},
    )  # fmt: skip
    return drawn.update_layout(
        xaxis=axis(f"profit [{up.title}]", palette, range=roomy(up.times * min(stops), up.times * max(stops))),
        yaxis=axis("", palette, autorange="reversed", showgrid=False, tickvals=places, ticktext=names),
    )


def _way(bars: _Bars) -> list[tuple[str, str, float]]:
    """Return the rows of a waterfall: name, kind and amount; the largest steps first, between two totals."""
    sums = _sums(bars)
    rows = [(_ENDS[0], "absolute", sums[0])]
    for place in (0, 1):
        rows += [(name, "relative", amount) for name, amount in _gaps(bars, place) if amount]
        rows.append((_ENDS[place + 1], "total", sums[place + 1]))
    return rows


def _sums(bars: _Bars) -> list[float]:
    return [sum(bar[1:][place] for bar in bars) for place in range(3)]


def _gaps(bars: _Bars, place: int) -> list[tuple[str, float]]:
    """Return account -> what one has more than the one before it, the largest first."""
    gaps = [(bar[0], bar[1:][place + 1] - bar[1:][place]) for bar in bars]
    return sorted(gaps, key=lambda gap: -abs(gap[1]))


def _stops(rows: Sequence[tuple[str, str, float]]) -> list[float]:
    stops: list[float] = []
    for _, kind, amount in rows:
        stops.append(stops[-1] + amount if kind == "relative" else amount)
    return stops


def _bridge_told(bars: _Bars) -> str:
    weak, yours, expert = _sums(bars)
    ends = f"Weak made {words.money(weak)}, you {words.money(yours)}, expert {words.money(expert)}"
    return f"{ends}.{_most(bars, 0, 'weak to you')}{_most(bars, 1, 'you to expert')}"


def _most(bars: _Bars, place: int, between: str) -> str:
    name, amount = max(_gaps(bars, place), key=lambda gap: abs(gap[1]), default=("", 0.0))
    return f" From {between} the largest step is {label(name, 22)}: {words.signed(amount)}." if amount else ""


# --- the ghost -------------------------------------------------------------------------------------------------


def ghost(
    at: Sequence[float], profits: Mapping[str, Sequence[float]], marks: Sequence[Mapping[str, Any]] = (),
    *, horizon: float, tick: float, palette: Palette = LIGHT,
) -> Any:  # fmt: skip
    """Draw the profit so far [$] of `yours`, `expert` and `weak` over the moments *at* [s].

    *marks*: each with `kind`, `at` [s] and `name`: an incident is a band up to its `end` [s] (None = it stays), what
    could be `known` a diamond on your line.
    """
    over, up = span(horizon, tick), scale([v for line in profits.values() for v in line], "$")
    if not known([v for line in profits.values() for v in line]):
        return empty("Profit so far", "nothing was flown", palette)
    known_at = [mark for mark in marks if mark["kind"] == "known"]
    drawn = figure("Profit so far, and the ghost of the expert", _ghost_told(profits, known_at), palette, entries=4)
    for name, (title, width, dash) in _LINES.items():
        line = {"color": palette.line(_TURN[name]), "width": width, "dash": dash}
        x, y = [over.of(one) for one in at], [up.of(value) for value in profits[name]]
        drawn.add_scatter(x=x, y=y, mode="lines", name=title, line=line)
    if known_at:
        heights = [up.of(profits["yours"][_place(at, mark["at"])]) for mark in known_at]
        drawn.add_scatter(**_diamonds([over.of(mark["at"]) for mark in known_at], heights, known_at, palette))
    return drawn.update_layout(
        xaxis=axis(over.unit, palette, range=[0, over.end], showgrid=False),
        yaxis=axis(up.title, palette, range=[up.low, up.high]),
        shapes=[_band(mark, over, palette) for mark in marks if mark["kind"] == "incident"],
        hovermode="x unified",
    )


def _diamonds(x: Any, y: Any, some: Sequence[Mapping[str, Any]], palette: Palette) -> dict[str, Any]:
    return {
        "x": x, "y": y, "mode": "markers", "name": "you could have known",
        "text": [marked(mark["name"], 60) for mark in some],
        "hovertemplate": "you could have known: %{text}<extra></extra>",
        "marker": {
            "symbol": "diamond", "size": 12, "color": palette.warn, "line": {"color": palette.paper, "width": 1.5},
        },
    }  # fmt: skip


def _place(at: Sequence[float], moment: float) -> int:
    """Return the place of the last of the moments *at* [s] by *moment*."""
    return max((place for place, one in enumerate(at) if one <= moment), default=0)


def _band(mark: Mapping[str, Any], over: Span, palette: Palette) -> dict[str, Any]:
    """Return the band of an incident; one that lasts for a moment is seen as well."""
    start, stop = over.of(mark["at"]), over.end if mark["end"] is None else over.of(mark["end"])
    least = over.end / 250
    filled = {"fillcolor": palette.faint(palette.warn, 0.18), "line": {"width": 0}, "layer": "below"}
    ends = {"x0": start, "x1": min(over.end, max(stop, start + least)), "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "rect", **ends, **filled}


def _ghost_told(profits: Mapping[str, Sequence[float]], known_at: Sequence[Any]) -> str:
    ends = ", ".join(
        f"{_LINES[name][0].lower()} {words.money(profits[name][-1])}" for name in ("yours", "expert", "weak")
    )
    marks = f"; {len(known_at)} moment{'s' * (len(known_at) != 1)} at which you could have known" if known_at else ""
    return f"Profit at the end: {ends}{marks}."
