"""Decisions as objects: a design is a frozen dataclass whose fields are dials that know their range and unit."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from simulator.errors import BadInput, shown, unknown

__all__ = ["Design", "Dial", "Kind", "Value", "choice", "integer", "number", "switch"]

Kind = Literal["number", "integer", "choice", "switch"]
Value = float | int | str | bool


@dataclass(frozen=True, slots=True)
class Dial:
    """One decision: what it is called, what it may be, and whether it can be turned in flight."""

    kind: Kind
    label: str
    default: Value
    name: str = ""
    unit: str = ""
    help: str = ""
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] = ()
    live: bool = False
    cost: str = ""

    def read(self, value: object) -> Value:
        """Return *value* as this dial takes it (numbers may come as text); BadInput says what is allowed."""
        readers: dict[Kind, Callable[[object], Value]] = {
            "number": self._number,
            "integer": self._integer,
            "choice": self._choice,
            "switch": self._switch,
        }
        return readers[self.kind](value)

    def allowed(self) -> str:
        """Say in words what the dial takes."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.options)
        if self.kind == "switch":
            return "true or false"
        kind = "a whole number" if self.kind == "integer" else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}{' ' * bool(self.unit)}{self.unit}"

    def _wrong(self, value: object) -> BadInput:
        return BadInput(f"{self.name} = {shown(value)} is not allowed; it takes {self.allowed()}")

    def _number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self._wrong(value)
        try:
            read = float(value)
        except (ValueError, OverflowError):
            raise self._wrong(value) from None
        if not math.isfinite(read) or not self.low <= read <= self.high:  # type: ignore[operator]
            raise self._wrong(value)
        return read + 0.0  # -0.0 would be another design in JSON

    def _integer(self, value: object) -> int:
        read = self._number(value)
        if not read.is_integer():
            raise self._wrong(value)
        return int(read)

    def _choice(self, value: object) -> str:
        if not isinstance(value, str):
            raise self._wrong(value)
        if value not in self.options:
            raise unknown(f"option of {self.name}", value, self.options)
        return value

    def _switch(self, value: object) -> bool:
        words = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
        if isinstance(value, str) and value.lower() in words:
            return words[value.lower()]
        if not isinstance(value, bool):
            raise self._wrong(value)
        return value


def number(default: float, low: float, high: float, label: str, **more: Any) -> Any:
    """Declare a dial that takes a real number from *low* to *high*; *more*: unit, help, live, cost."""
    return _field(Dial("number", label, float(default), low=low, high=high, **more))


def integer(default: int, low: int, high: int, label: str, **more: Any) -> Any:
    """Declare a dial that takes a whole number from *low* to *high*; *more* as for `number`."""
    return _field(Dial("integer", label, default, low=low, high=high, **more))


def choice(default: str, options: tuple[str, ...], label: str, **more: Any) -> Any:
    """Declare a dial that takes one of *options*; *more* as for `number`."""
    return _field(Dial("choice", label, default, options=options, **more))


def switch(default: bool, label: str, **more: Any) -> Any:
    """Declare a dial that is on or off; *more* as for `number`."""
    return _field(Dial("switch", label, default, **more))


def _field(dial: Dial) -> Any:
    return dataclasses.field(default=dial.default, metadata={"dial": dial})


@dataclass(frozen=True)
class Design:
    """The decisions of a case; a case subclasses this with fields made by `number`, `integer`, `choice`, `switch`.

    Values are read and checked on construction, so a design that exists is within its ranges.
    """

    def __post_init__(self) -> None:
        for dial in self.dials():
            object.__setattr__(self, dial.name, dial.read(getattr(self, dial.name)))

    @classmethod
    def dials(cls) -> tuple[Dial, ...]:
        """List the dials in the order of the fields: the one source for screens, options, sweeps and docs."""
        return _dials(cls)  # type: ignore[arg-type]  # mypy takes the hash of a class for that of its instances

    @classmethod
    def dial(cls, name: str) -> Dial:
        """Return the dial called *name*; BadInput suggests the nearest."""
        for dial in cls.dials():
            if dial.name == name:
                return dial
        raise unknown("dial", name, [d.name for d in cls.dials()])

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Build a design from *values* by name; what is not given keeps its default."""
        return cls(**{cls.dial(name).name: value for name, value in values.items()})

    def but(self, **changes: object) -> Self:
        """Return a copy with *changes*."""
        return type(self).of({**self.values(), **changes})

    def values(self) -> dict[str, Value]:
        """Return name -> value."""
        return {dial.name: getattr(self, dial.name) for dial in self.dials()}


@functools.cache
def _dials(design: type[Design]) -> tuple[Dial, ...]:
    """Return the dials of a class, which are asked for each time that a plan is read."""
    return tuple(_named(f) for f in dataclasses.fields(design))


def _named(field: dataclasses.Field[Any]) -> Dial:
    dial: Dial = field.metadata["dial"]
    return dataclasses.replace(dial, name=field.name)
