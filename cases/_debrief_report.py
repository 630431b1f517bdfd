"""The summary of a debrief, for a terminal: score, money, decisions, what was attainable, luck, what to practise."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cases._terminal import bar, heading, sheet
from cases._words import clean, label, plural, share, signed
from simulator.debrief.results import Attribution, Bridge, Debrief, Knowable, Luck, Moves, Regret
from simulator.report.words import tick_of, undated
from simulator.score import CAP, Scorecard
from simulator.units import clock_time, dollars, money

__all__ = ["show_debrief"]

_WIDEST = 120
_MOST_LINES = 10
_BAR = 8  # cells below which a bar says nothing


def show_debrief(console: Console, found: Debrief) -> None:
    """Print a summary of what was *found*."""
    for part in _parts(min(console.width, _WIDEST), found):
        console.print(part)


def _parts(width: int, found: Debrief) -> Iterator[RenderableType]:
    yield Text(clean(found.title), style="bold").append(
        f"  {clean(found.case)}, revision {found.revision}", style="not bold dim"
    )
    yield Text(f"seed {found.seed} · digest {found.digest[:12]}", style="dim")
    yield from _score(found.score)
    yield from _bridge(found.bridge, width - 64)
    yield from _attribution(found.attribution, width - 100)
    yield from _moves(found.moves)
    yield from _attainable(found.regret)
    yield from _knowable(found.knowable, tick_of(found))
    yield from _luck(found.luck)
    yield from _practise(found)


# score


def _score(card: Scorecard) -> Iterator[RenderableType]:
    yield heading("score", _total(card))
    table = sheet("part", "points>", "why")
    for part in card.parts:
        points = "-" if part.points is None else f"{part.points:.0f} of {part.of:.0f}"
        table.add_row("", part.name, points, Text(clean(part.why), style="dim"))
    yield table


def _total(card: Scorecard) -> str:
    if card.total is None or card.before_cap is None:
        return "none: weak earns no less than expert here"
    total = f"{card.total:.0f} of 100"
    if not card.broken:
        return total
    broken = f"broken guardrails: {', '.join(label(clean(name)) for name in card.broken)}"
    above = round(card.before_cap) > CAP
    held = f"{card.before_cap:.0f}, held at {CAP:.0f}" if above else f"{CAP:.0f} at most"
    return f"{total}; {held} for {broken}"


# money


def _bridge(found: Bridge, cells: int) -> Iterator[RenderableType]:
    yield heading("where the money came from", "in this very world")
    most = max((abs(one.yours - one.weak) for one in found.bars), default=0)
    table = sheet("account", "weak>", "you>", "expert>", "you less weak>", "", titles=True)
    for one in found.bars:
        change = one.yours - one.weak
        amounts = (money(one.weak), money(one.yours), money(one.expert), _signed(change))
        table.add_row("", label(clean(one.account)), *amounts, _drawn(change, most, cells))
    amounts = (money(found.weak), money(found.yours), money(found.expert), _signed(found.yours - found.weak))
    table.add_row("", *(Text(said, style="bold") for said in ("profit", *amounts)), "")
    yield table


def _drawn(amount: int, most: int, cells: int) -> Text:
    """Draw an *amount* where there is room for it."""
    return Text(bar(amount, most, cells) if cells >= _BAR else "", style="green" if amount >= 0 else "red")


def _signed(amount: int | None) -> str:
    return "n/a" if amount is None else signed(dollars(amount), "$")


def _attribution(found: Attribution | None, cells: int) -> Iterator[RenderableType]:
    if found is None or not found.worths:
        return
    yield heading("which decisions did it", "alone: without it; shared: its part of what all brought")
    most = max(abs(worth.alone or 0) for worth in found.worths)
    over = f"95 % over {plural(len(found.siblings), 'seed')}>"
    table = sheet("alone>", "shared>", over, "", "decision", titles=True)
    for worth in found.worths:
        drawn, why = _drawn(worth.alone or 0, most, cells), f" ({worth.why})" if worth.why else ""
        between = _between(worth.low, worth.high)
        table.add_row("", _signed(worth.alone), _signed(worth.shared), between, drawn, clean(worth.told + why))
    if found.nothing is not None:
        said = f"all: {money(found.yours)}, not {money(found.nothing)}"
        table.add_row("", "", _signed(found.yours - found.nothing), "", "", Text(said, style="bold"))
    yield table


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{signed(low, '$')} to {signed(high, '$')}"


def _moves(found: Moves | None) -> Iterator[RenderableType]:
    better = [one for one in found.instead if one.gain is not None and one.gain > 0] if found else []
    if not better:
        return
    yield heading("what else could have been done", "in this very world")
    table = sheet("gain>", "what")
    for one in better[:_MOST_LINES]:
        table.add_row("", Text(_signed(one.gain), style="green"), clean(one.told))
    yield table


def _attainable(found: Regret | None) -> Iterator[RenderableType]:
    if found is None:
        return
    yield heading("how much was attainable", f"of {plural(found.tried, 'design')} flown in this world")
    table = sheet("what", "profit>")
    rows = [("you", found.yours), (f"the best reference answer, {found.best_par}", found.best_par_profit),
            ("the best fixed design found", found.best_found)]  # fmt: skip
    if found.best_change is not None:
        rows.append(("this run, with one thing done otherwise", found.best_change))
    if found.bound is not None:
        rows.append(("what nobody could exceed", found.bound))
    for name, amount in rows:
        table.add_row("", clean(name), money(amount))
    yield table
    if found.captured is not None:
        yield Text(f"  you captured {share(found.captured)} of what was attainable with what you could know")


# the story


def _knowable(found: tuple[Knowable, ...] | None, tick: float) -> Iterator[Table | Text]:
    if not found:
        return
    yield heading("when you could have known")
    table = sheet("incident", "began", "known", "done", titles=True)
    for one in found:
        name = label(clean(one.incident)) + (" (harmless)" if one.distractor else "")
        table.add_row("", name, clock_time(one.at, tick), *(clean(said) for said in _noticed(one, tick)))
    yield table


def _noticed(one: Knowable, tick: float) -> tuple[str, str]:
    """Say when an incident could be known, and what was done then."""
    known, done = "never from the screen", "nothing"
    if one.known_at is not None:
        known = f"{clock_time(one.known_at, tick)} {label(one.gauge)}"
    if one.reaction_at is not None:
        done = f"{clock_time(one.reaction_at, tick)} {undated(one.reaction, one.reaction_at, tick)}"
    return known, done


def _luck(found: Luck | None) -> Iterator[Text]:
    if found is None or len(found.profits) < 2:
        return
    others = found.profits[1:]
    yield heading("luck", f"the same plan in {plural(len(others), 'sibling world')}")
    yield Text(
        f"  {found.fewer} of them earned less than this one: {money(min(others))} to {money(max(others))}, "
        f"here {money(found.profits[0])}"
    )


def _practise(found: Debrief) -> Iterator[RenderableType]:
    if not found.practise:
        return
    yield heading("what to practise next")
    table = sheet("dimension", "shown>", "an answer of the next level (and cases that ask for it)", titles=True)
    for one in found.practise:
        cases = f" ({', '.join(one.cases)})" if one.cases else ""
        table.add_row("", clean(one.label), f"{one.shown:.3g} of {one.required:.3g}", clean(one.next_level + cases))
    yield table
