"""Writes figures for people: money, shares and counts, each in the way it is read best."""

from __future__ import annotations

import math
import re

from simulator.case import Case
from simulator.run import Run
from simulator.targets import Kpi, Target
from simulator.units import DAY, MINUTE, by_day, length, micro, money

__all__ = [
    "clean",
    "example",
    "figure",
    "flowing",
    "flown",
    "label",
    "limit",
    "plural",
    "purpose",
    "setting",
    "share",
    "short",
    "signed",
]


def figure(value: float, unit: str) -> str:
    """Write *value* with its *unit*: `$1,234`, `97.8 %`, `3.2 h`, `0.844`; `n/a` where there is none."""
    if not math.isfinite(value):
        return "n/a"
    if unit == "$":
        return money(micro(value))
    return share(value) if unit == "share" else f"{short(value)} {unit}".strip()


def signed(value: float, unit: str) -> str:
    """Write a difference, with its sign."""
    return ("+" if value > 0 else "") + figure(value, unit)


def share(value: float) -> str:
    """Write a share of 1 in per cent, with two decimals where one would hide that it is not 0 or 100."""
    digits = 2 if 0 < abs(value) < 0.01 or 0.99 < abs(value) < 1 else 1
    return f"{100 * value:.{digits}f}".removesuffix(".0") + " %"


def short(value: float) -> str:
    """Write a number in few characters: whole ones as they are, others with three digits."""
    if not math.isfinite(value):
        return "n/a"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.3g}"


def label(name: str) -> str:
    """Write the *name* of a KPI, an account or a gauge as words."""
    return name.removeprefix("$").replace("_", " ")


def limit(target: Target, kpi: Kpi) -> str:
    """Write what a *target* asks for."""
    return f"at {'least' if target.at_least else 'most'} {figure(target.limit, kpi.unit)}"


def purpose(target: Target, kpi: Kpi) -> str:
    """Say what a *target* is for, and whether it is a guardrail."""
    return "; ".join(part for part in ("guardrail" * target.guardrail, target.why or kpi.help) if part)


def setting(value: float | int | str | bool) -> str:
    """Write the value of a dial."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def flown(case: Case, run: Run) -> str:
    """Say how much of *case* was flown: `60 days`, `7:30 of 15 minutes`."""
    whole = length(case.horizon, case.tick)
    return whole if run.until == case.horizon else f"{length(run.until, case.tick).split()[0]} of {whole}"


def example(case: Case, share: float) -> str:
    """Write a moment of *case*, a *share* of the flight from take-off, as it may be typed: `12d`, `3m`."""
    unit, letter = (DAY, "d") if by_day(case.tick) else (MINUTE, "m")
    return f"{share * case.horizon // unit:.0f}{letter}"


def plural(n: int, noun: str) -> str:
    """Write how many there are: `1 step`, `2 steps`."""
    return f"{n:,} {noun}{'s' * (n != 1)}"


def flowing(text: str) -> str:
    """Return *text* with the line breaks inside its paragraphs taken out; lists and indented lines stay as they are."""
    return re.sub(r"(?<!\n)\n(?![\n\s\d]|[-*] )", " ", text.strip())


def clean(text: str) -> str:
    """Return *text* of unknown origin as one line without control characters."""
    return "".join(c if c.isprintable() else " " for c in text)
