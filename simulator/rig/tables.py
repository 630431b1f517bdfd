"""Reads tables of unknown origin key by key; what is wrong is said in one line: where, key, value, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from simulator.errors import BadInput, shown, unknown
from simulator.units import seconds

__all__ = ["LONGEST", "Table"]

LONGEST = 1e9
"""the longest time that may be asked for [s]"""

_Value = TypeVar("_Value")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}")


class Table:
    """A table whose keys are asked for one by one; `close` refuses those that nobody has asked for.

    *where* the table stands is said in front of each complaint, *path* in front of each key.
    """

    def __init__(self, data: Mapping[str, Any], where: str = "", path: str = "") -> None:
        self.where = where
        self._data, self._path = data, path
        self._asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def call(self, where: str) -> None:
        """Say *where* this table stands in place of its path, now that its name is known."""
        self.where, self._path = where, ""

    def close(self) -> None:
        """Refuse keys that mean nothing here; the nearest known one is suggested."""
        for key in self._data:
            if key not in self._asked:
                known = [self._path + name for name in self._asked]
                raise BadInput(f"{self.where}{unknown('key', self._path + key, known)}")

    def wrong(self, key: str, allowed: str) -> BadInput:
        """Build the complaint about the value of *key*."""
        if key not in self._data:
            return BadInput(f"{self.where}{self._path}{key} is missing; {allowed}")
        return BadInput(f"{self.where}{self._path}{key} = {shown(self._data[key])} is not allowed; {allowed}")

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """Return a number from *low* to *high*; without a *default* it has to be there."""
        value = self._get(key, default)
        if _is_number(value) and low <= value <= high:
            return float(value)
        raise self.wrong(key, f"it takes a number from {low:g} to {high:g}")

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number from *low* to *high*; without a *default* it has to be there."""
        value = self._get(key, default)
        if _is_number(value) and isinstance(value, int) and low <= value <= high:
            return value
        raise self.wrong(key, f"it takes a whole number from {low:,} to {high:,}")

    def time(self, key: str, low: float = 0.0, default: float | None = None) -> float:
        """Return a time [s] from *low* on, written as a number or as `90s`, `15m`, `6h`, `12d`."""
        allowed = f"it takes a time from {low:g} to {LONGEST:g} s, such as {max(low, 1.5):g} or '10m'"
        value = self._get(key, default)
        try:
            time = seconds(value)
        except BadInput:
            raise self.wrong(key, allowed) from None
        if low <= time <= LONGEST:
            return time
        raise self.wrong(key, allowed)

    def maybe(self, key: str, read: Callable[..., _Value], *limits: float) -> _Value | None:
        """Return what *read* (a method of this table) finds under *key* within *limits*, or None where it is absent."""
        self._get(key, None)
        return read(key, *limits) if key in self._data else None

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._get(key, default)
        if isinstance(value, bool):
            return value
        raise self.wrong(key, "it is true or false")

    def choice(self, key: str, options: Sequence[str], default: str | None = None) -> str:
        """Return one of the *options*."""
        value = self._get(key, default)
        if isinstance(value, str) and value in options:
            return value
        near = get_close_matches(shown(value), options, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise self.wrong(key, f"{hint}it takes {', '.join(options)}")

    def name(self, key: str) -> str:
        """Return a name: 1 to 64 letters, digits, spaces, dots, dashes and underscores."""
        value = self._get(key, None)
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        raise self.wrong(key, "it takes 1 to 64 letters, digits, spaces, dots, dashes or underscores")

    def text(self, key: str, allowed: str, default: str | None = None) -> str:
        """Return a text; *allowed* says which."""
        value = self._get(key, default)
        if isinstance(value, str):
            return value
        raise self.wrong(key, allowed)

    def numbers(self, key: str, low: float, high: float, most: int) -> tuple[float, ...]:
        """Return a list of 2 to *most* numbers from *low* to *high*."""
        value = self._get(key, None)
        if (
            isinstance(value, list)
            and 2 <= len(value) <= most
            and all(_is_number(x) and low <= x <= high for x in value)
        ):
            return tuple(float(x) for x in value)
        raise self.wrong(key, f"it takes a list of 2 to {most} numbers from {low:g} to {high:g}")

    def table(self, key: str) -> Table | None:
        """Return the table under *key*, or None where there is none."""
        value = self._get(key, {})
        if not isinstance(value, Mapping):
            raise self.wrong(key, "it takes a table, { key = value, ... }")
        if key not in self._data:
            return None
        return Table(value, self.where, f"{self._path}{key}.")

    def tables(self, key: str, most: int) -> list[Table]:
        """Return the at most *most* tables under *key*, each with its place in the list."""
        value = self._get(key, [])
        if not isinstance(value, list) or len(value) > most or not all(isinstance(item, Mapping) for item in value):
            raise self.wrong(key, f"it takes a list of at most {most:,} tables")
        return [Table(item, self.where, f"{self._path}{key}[{place}].") for place, item in enumerate(value)]

    def _get(self, key: str, default: object) -> Any:
        if key not in self._asked:
            self._asked.append(key)
        return self._data.get(key, default)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
