"""The figures of a debrief: where the money came from, which decision did it, what was luck, what made the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.debrief.results import Attribution, Bar, Bridge, Luck, Worth
from simulator.report.drawing import COLOURS, bare, drawn, keys
from simulator.report.words import brief_money, folded, named, points, shortened, signed
from simulator.score import Scorecard

__all__ = ["attribution", "bridge", "luck", "score"]

_ROW = 26.0  # of a bar [px]
_MOST_STEPS = 8  # accounts of a bridge to either side; what is left is put together
_MOST_WORTHS = 24
_LABEL = 34  # characters of a line beside a bar; there are two


# where the money came from


@dataclass(frozen=True)
class _Step:
    """A bar of a waterfall: a total from nothing, or a change from where the one above ends [µ$]."""

    label: str
    start: float
    end: float
    colour: str
    said: str


def bridge(found: Bridge) -> str:
    """Draw how the profit comes about from weak to this run, and from this run to expert, account by account."""
    up = _changes([(bar, bar.yours - bar.weak) for bar in found.bars], found.weak)
    on = _changes([(bar, bar.expert - bar.yours) for bar in found.bars], found.yours)
    steps = [
        _total("weak", found.weak), *up, _total("you", found.yours), *on, _total("expert", found.expert)
    ]  # fmt: skip
    told = (
        f"Waterfall of profit: weak {brief_money(found.weak)}, you {brief_money(found.yours)}, "
        f"expert {brief_money(found.expert)}; the accounts between them are in the table below."
    )
    return drawn("bridge", told, 60 + _ROW * len(steps), lambda figure: _waterfall(figure, steps))


def _total(who: str, amount: int) -> _Step:
    return _Step(who, 0.0, amount, COLOURS[who], brief_money(amount))


def _changes(found: Sequence[tuple[Bar, int]], start: float) -> list[_Step]:
    """Return the changes one behind the other; the smallest are put together."""
    moved = sorted((one for one in found if one[1]), key=lambda one: -abs(one[1]))
    pairs = [(named(bar.account), change) for bar, change in moved[:_MOST_STEPS]]
    if rest := moved[_MOST_STEPS:]:
        pairs.append((f"{len(rest)} more", sum(change for _, change in rest)))
    steps = []
    for label, change in pairs:
        colour = COLOURS["good" if change > 0 else "bad"]
        steps.append(_Step(label, start, start + change, colour, ("+" if change > 0 else "") + brief_money(change)))
        start += change
    return steps


def _waterfall(figure: Figure, steps: Sequence[_Step]) -> None:
    axes = figure.add_subplot()
    for row, step in enumerate(steps):
        axes.barh(row, step.end - step.start, left=step.start, height=0.62, color=step.colour)
        if row + 1 < len(steps):
            axes.plot([step.end, step.end], [row - 0.31, row + 1.31], color=COLOURS["soft"], linewidth=0.6)
        _beside(axes, max(step.start, step.end), row, step.said)
    _rows(axes, [step.label for step in steps])
    _dollars(axes)
    axes.margins(x=0.14)


def _beside(axes: Axes, x: float, row: float, text: str) -> None:
    axes.annotate(text, (x, row), (4, 0), textcoords="offset points", va="center", color=COLOURS["ink"])


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    """Put a *label* beside each row, the first at the top."""
    bare(axes)
    axes.set_yticks(range(len(labels)), [folded(label, _LABEL) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _dollars(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, place: brief_money(amount)))


# which decision did it


def attribution(found: Attribution) -> str:
    """Draw what each decision was worth: alone, shared, and as a mean over sibling worlds with its interval."""
    worths = sorted(found.worths, key=lambda worth: -abs(worth.alone or worth.shared or 0))[:_MOST_WORTHS]
    listed = "; ".join(f"{shortened(worth.told, _LABEL)} {signed(worth.alone)}" for worth in worths)
    told = f"What each decision was worth in this world: {listed or 'nothing was decided'}."
    return drawn("attribution", told, 84 + 1.5 * _ROW * len(worths), lambda figure: _worths(figure, worths))


def _worths(figure: Figure, worths: Sequence[Worth]) -> None:
    axes = figure.add_subplot()
    named_marks: dict[str, object] = {}
    for row, worth in enumerate(worths):
        for name, mark in (
            ("alone", _alone(axes, row, worth)),
            ("share of the whole", _shared(axes, row, worth)),
            ("over sibling worlds, 95 %", _elsewhere(axes, row, worth)),
        ):
            if mark is not None:
                named_marks.setdefault(name, mark)
    axes.axvline(0.0, color=COLOURS["soft"], linewidth=0.8)
    _rows(axes, [worth.told for worth in worths])
    _dollars(axes)
    axes.margins(x=0.08)
    keys(axes, named_marks)


def _alone(axes: Axes, row: int, worth: Worth) -> object:
    if worth.alone is None:
        _beside(axes, 0.0, row, "cannot be taken out")
        return None
    return axes.barh(row, worth.alone, height=0.5, color=COLOURS["you"], alpha=0.55)


def _shared(axes: Axes, row: int, worth: Worth) -> object:
    if worth.shared is None:
        return None
    return axes.plot([worth.shared], [row], "D", color=COLOURS["other"], markersize=6)[0]


def _elsewhere(axes: Axes, row: int, worth: Worth) -> object:
    if worth.mean is None or worth.low is None or worth.high is None:
        return None
    ends = [[1e6 * (worth.mean - worth.low)], [1e6 * (worth.high - worth.mean)]]
    return axes.errorbar(
        [1e6 * worth.mean], [row], xerr=ends, fmt="|", color=COLOURS["ink"], capsize=4, linewidth=1.4, markersize=9
    )


# luck


def luck(found: Luck) -> str:
    """Draw what the same plan earns in sibling worlds, with this one marked."""
    mine, others = found.profits[0], sorted(found.profits[1:])
    ends = f" from {brief_money(others[0])} to {brief_money(others[-1])}" if others else ""
    told = f"Profit of the same plan in {len(others)} sibling worlds{ends}; in this one {brief_money(mine)}."
    return drawn("luck", told, 150, lambda figure: _strip(figure, mine, others))


def _strip(figure: Figure, mine: int, others: Sequence[int]) -> None:
    axes = figure.add_subplot()
    marks: dict[str, object] = {}
    if others:
        marks["a sibling world"] = axes.plot(
            others, _stacked(others), "o", color=COLOURS["soft"], alpha=0.7, markersize=7
        )[0]
        mean = sum(others) / len(others)
        marks["their mean"] = axes.plot([mean], [0.0], "|", color=COLOURS["ink"], markersize=34, markeredgewidth=2)[0]
    marks["this world"] = axes.plot([mine], [0.0], "D", color=COLOURS["you"], markersize=10)[0]
    bare(axes)
    axes.set_yticks([])
    axes.set_ylim(-1, 1)
    axes.margins(x=0.06)
    _dollars(axes)
    keys(axes, marks)


def _stacked(values: Sequence[int]) -> list[float]:
    """Return heights at which dots that lie close together do not cover each other."""
    width = (values[-1] - values[0]) / 40 or 1.0
    heights: list[float] = []
    run = 0
    for value, before in zip(values, (None, *values[:-1]), strict=True):
        run = run + 1 if before is not None and value - before < width else 0
        heights.append(0.22 * ((run + 1) // 2) * (1 if run % 2 else -1))
    return [max(-0.9, min(0.9, height)) for height in heights]


# the score


def score(found: Scorecard) -> str:
    """Draw the points of each part, and of each dimension what share of what was asked for was shown."""
    parts = [
        (part.name, part.points, part.of, f"{points(part.points)} of {points(part.of)}" if part.points is not None
         else "not judged") for part in found.parts
    ]  # fmt: skip
    rows = [
        (row.label, row.shown if row.required else None, row.required or 1.0,
         f"{row.level}, {points(row.shown)} of {points(row.required)}" if row.required else "not asked for")
        for row in found.dimensions
    ]  # fmt: skip
    told = "Score by part: " + ", ".join(f"{name} {said}" for name, _, _, said in parts)
    told += "; by dimension: " + ", ".join(f"{label} {said}" for label, _, _, said in rows) + "."
    return drawn("score", told, 60 + _ROW * (len(parts) + len(rows)), lambda figure: _meters(figure, (parts, rows)))


_Meter = tuple[str, float | None, float, str]


def _meters(figure: Figure, groups: Sequence[Sequence[_Meter]]) -> None:
    panels = figure.subplots(len(groups), squeeze=False, height_ratios=[max(len(group), 1) for group in groups])
    for axes, group in zip(panels[:, 0], groups, strict=True):
        for row, (_, got, of, said) in enumerate(group):
            axes.barh(row, 1.0, height=0.5, color=COLOURS["line"])
            axes.barh(row, 0.0 if got is None else max(-0.2, got / of), height=0.5, color=COLOURS["you"])
            _beside(axes, max(1.0, (got or 0.0) / of), row, said)
        _rows(axes, [label for label, *_ in group])
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.margins(x=0.3)
