"""Conditions as text: a closed little grammar over what can be read of a run; never evaluated as code.

    condition = all, { "or", all } ;            all  = one, { "and", one } ;
    one       = "not", one | "(", condition, ")" | test ;
    test      = NAME, ( "<" | "<=" | ">" | ">=" ), NUMBER, [ "for", TIME ]
              | NAME, ( "changed" | "unchanged" ), [ "for", TIME ]
              | "since", TIME | "never" ;

NAME is a gauge or a figure (`p99_ms < 100`), or a dial (`threshold unchanged`); TIME is written as everywhere, `12d` or
`90s`. `for 2d` asks that it has been so for two days (`changed for 2d`: at some time in the last two); `since 12d` is
true from day 12 on; `never` waits for somebody to say otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from simulator.errors import BadInput, shown, unknown
from simulator.units import Floats, seconds

__all__ = ["Condition", "Reader", "read_condition"]

_MOST_CHARACTERS, _MOST_WORDS, _DEEPEST = 500, 100, 12
_WORD = re.compile(r"\s*(<=|>=|<|>|\(|\)|[A-Za-z_][A-Za-z0-9_]*|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[A-Za-z]*)")
_TESTS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
_BEGINNINGS = "a name, 'not', 'since', 'never' or '('"
_KEYWORDS = {"and", "or", "not", "for", "since", "never", "changed", "unchanged"}


class Reader(Protocol):
    """What a condition is asked of: a run, at a moment."""

    @property
    def now(self) -> float:
        """The moment [s]."""

    def series(self, name: str, since: float) -> Floats:
        """Return the readings of *name* from the last one at or before *since* [s] to now; empty = never read."""

    def turned(self, dial: str, since: float) -> bool:
        """Tell whether *dial* was turned at or after *since* [s], take-off apart."""


@dataclass(frozen=True)
class Condition:
    """A condition, as it is written."""

    text: str
    names: frozenset[str] = field(compare=False)
    """gauges and figures that are compared"""
    dials: frozenset[str] = field(compare=False)
    """dials that are asked about"""
    _holds: Callable[[Reader], bool] = field(compare=False, repr=False)

    def met(self, reader: Reader) -> bool:
        """Tell whether it is so; what was never read, and NaN, fulfils no comparison."""
        return self._holds(reader)

    def words(self) -> str:
        """Return it as it is written in a scenario."""
        return self.text

    def to_data(self) -> str:
        """Return it as plain data."""
        return self.text

    def told(self) -> str:
        """Say it in a sentence."""
        return self.text

    def __reduce__(self) -> tuple[Callable[[object], Condition], tuple[str]]:
        return read_condition, (self.text,)

    def checked_dials(self, dials: Sequence[str]) -> None:
        """Raise BadInput for a dial that is asked about and is none of *dials*."""
        for name in sorted(self.dials - set(dials)):
            raise unknown("dial in a condition", name, dials)


def read_condition(text: object) -> Condition:
    """Read a condition; BadInput says where it stops making sense, and what was expected there."""
    if not isinstance(text, str):
        raise BadInput(f"a condition is text such as 'p99_ms < 100 for 2d', not {shown(text)}")
    if len(text) > _MOST_CHARACTERS:
        raise BadInput(f"a condition of {len(text)} characters is too long; at most {_MOST_CHARACTERS}")
    return _Parser(text).read()


class _Parser:
    """Reads one condition, word by word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = list(_words(text))
        if len(self.words) > _MOST_WORDS:
            raise BadInput(f"a condition of {len(self.words)} words is too long; at most {_MOST_WORDS}")
        self.at = self.depth = 0
        self.names: set[str] = set()
        self.dials: set[str] = set()

    def read(self) -> Condition:
        holds = self._any()
        if self.at < len(self.words):
            raise self._wrong("'and', 'or' or the end")
        return Condition(self.text, frozenset(self.names), frozenset(self.dials), holds)

    def _any(self) -> Callable[[Reader], bool]:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return lambda reader: any(part(reader) for part in parts)

    def _all(self) -> Callable[[Reader], bool]:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return lambda reader: all(part(reader) for part in parts)

    def _one(self) -> Callable[[Reader], bool]:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BadInput(f"a condition is nested too deeply; at most {_DEEPEST} levels")
        try:
            if self._takes("not"):
                inner = self._one()
                return lambda reader: not inner(reader)
            if self._takes("("):
                inside = self._any()
                if not self._takes(")"):
                    raise self._wrong("')'")
                return inside
            return self._test()
        finally:
            self.depth -= 1

    def _test(self) -> Callable[[Reader], bool]:
        if self._takes("since"):
            begin = self._time()
            return lambda reader: reader.now >= begin
        if self._takes("never"):
            return lambda reader: False
        name = self._next(_BEGINNINGS)
        if not name.isidentifier() or name in _KEYWORDS:
            self.at -= 1
            raise self._wrong(_BEGINNINGS)
        if self._word() in ("changed", "unchanged"):
            return self._turned(name, self._next("") == "changed")
        return self._compared(name)

    def _turned(self, dial: str, wanted: bool) -> Callable[[Reader], bool]:
        self.dials.add(dial)
        span = self._span(math.inf)
        least = 0.0 if wanted or span == math.inf else span
        return lambda reader: reader.now >= least and reader.turned(dial, reader.now - span) is wanted

    def _compared(self, name: str) -> Callable[[Reader], bool]:
        sign = self._word()
        if sign not in _TESTS:
            raise self._wrong("<, <=, >, >=, 'changed' or 'unchanged'")
        self.at += 1
        self.names.add(name)
        test, limit = _TESTS[sign], self._number()
        span = self._span(0.0)

        def holds(reader: Reader) -> bool:
            readings = reader.series(name, reader.now - span)
            return bool(len(readings)) and reader.now >= span and all(test(value, limit) for value in readings)

        return holds

    def _number(self) -> float:
        word = self._next("a number")
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not abs(value) < 1e300:
            self.at -= 1
            raise self._wrong("a number")
        return value

    def _span(self, otherwise: float) -> float:
        return self._time() if self._takes("for") else otherwise

    def _time(self) -> float:
        word = self._next("a time such as 12d")
        try:
            return seconds(word)
        except BadInput:
            self.at -= 1
            raise self._wrong("a time such as 12d or 90s") from None

    def _word(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def _takes(self, word: str) -> bool:
        same = self._word() == word
        self.at += same
        return same

    def _next(self, wanted: str) -> str:
        if self.at == len(self.words):
            raise self._wrong(wanted)
        self.at += 1
        return self.words[self.at - 1]

    def _wrong(self, wanted: str) -> BadInput:
        there = shown(self.words[self.at]) if self.at < len(self.words) else "its end"
        return BadInput(f"the condition {shown(self.text)} has {there} where {wanted} is wanted")


def _words(text: str) -> Iterator[str]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _WORD.match(text, at)
        if found is None:
            raise BadInput(f"the condition {shown(text)} has {shown(text[at:].strip()[:1])}, which no condition has")
        yield found.group(1)
        at = found.end()
