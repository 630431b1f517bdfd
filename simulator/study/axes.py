"""The dials that a search turns, how far it may turn them, and what stays as it is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.case import Case
from simulator.design import Design, Dial, Value
from simulator.errors import BadInput, shown
from simulator.plan import Plan
from simulator.study.arms import Flown
from simulator.study.designs import value_at

__all__ = ["Axes", "Axis", "Values", "axes_of", "plan_of", "turned"]

Values = Mapping[str, Value]
"""dial -> value"""
_STEPS = 3  # decimals of the range of a number that a search tells apart


@dataclass(frozen=True)
class Axis:
    """A dial with the part of its range that is searched."""

    dial: Dial
    low: float = 0.0
    high: float = 0.0
    options: tuple[Value, ...] = ()
    """what a choice or a switch may be; empty for numbers and integers"""
    log: bool = False
    """whether equal ratios count as equal distances, not equal differences"""

    @staticmethod
    def of(
        dial: Dial,
        low: object = None,
        high: object = None,
        *,
        options: Sequence[object] = (),
        log: bool = False,
    ) -> Axis:
        """Return the axis of *dial*, from *low* to *high* or over some of its *options*; without them, all of it.

        BadInput for what the dial does not take, an empty range, and a log scale that does not begin above 0.
        """
        if dial.kind in ("choice", "switch"):
            if low is not None or high is not None or log:
                raise BadInput(f"{dial.name} has no range; it takes {dial.allowed()}")
            return Axis(dial, options=_options(dial, options))
        if options:
            raise BadInput(f"{dial.name} has no options; it takes {dial.allowed()}")
        ends = [
            float(dial.read(end if given is None else given)) for end, given in ((dial.low, low), (dial.high, high))
        ]
        if not ends[0] < ends[1]:
            raise BadInput(f"{dial.name} from {ends[0]:g} to {ends[1]:g} is no range; it begins below its end")
        if log and ends[0] <= 0:
            raise BadInput(f"{dial.name} cannot have a log scale from {ends[0]:g}; it begins above 0")
        return Axis(dial, ends[0], ends[1], log=log)

    def at(self, share: float) -> Value:
        """Return the value at a *share* in [0, 1]: options have equal parts of it, and whole numbers unless log."""
        if not self.log:
            return value_at(self.dial, share, self.options or (self.low, self.high))
        return self.neat(self._between(share))

    def levels(self, n: int) -> tuple[Value, ...]:
        """Return *n* values from the low end to the high one, or all of a few."""
        if self.options:
            return self.options
        values = (self.neat(self._between(place / (n - 1))) for place in range(n))
        return tuple(dict.fromkeys(values))

    def neat(self, value: Value) -> Value:
        """Return *value* as it can be written down: a number to a thousandth of its range (of itself where log)."""
        if self.options:
            return value
        if self.dial.kind == "integer":
            return round(float(value))
        size = float(value) if self.log else self.high - self.low
        return min(max(round(float(value), _STEPS - math.floor(math.log10(size))), self.low), self.high)

    def holds(self, value: Value) -> bool:
        """Tell whether *value* lies on the axis."""
        return value in self.options if self.options else self.low <= float(value) <= self.high

    def _between(self, share: float) -> float:
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)


Axes = tuple[Axis, ...]


def _options(dial: Dial, given: Sequence[object]) -> tuple[Value, ...]:
    known: tuple[Value, ...] = dial.options or (False, True)
    read = tuple(dict.fromkeys(dial.read(one) for one in given)) or known
    if len(read) < 2:
        raise BadInput(f"{dial.name} = {shown(read[0])} alone leaves nothing to search; it takes {dial.allowed()}")
    return read


def axes_of(design: type[Design], dials: Sequence[str | Axis]) -> Axes:
    """Return the axes of *dials*, which are names or axes; BadInput for none, one twice, or an unknown one."""
    axes = tuple(dial if isinstance(dial, Axis) else Axis.of(design.dial(dial)) for dial in dials)
    names = [axis.dial.name for axis in axes]
    if not names or len(set(names)) != len(names):
        raise BadInput("a search needs at least one dial, and each dial once")
    for name in names:
        design.dial(name)
    return axes


def plan_of(case: Case, base: Flown | None) -> Plan:
    """Return the plan from which a search begins: *base*, or the default design.

    BadInput for a par that is unknown, and for a pilot: it sets its dials itself.
    """
    if isinstance(base, str):
        known = case.par(base)
        if not isinstance(known, Plan):
            plans = [name for name, par in case.pars.items() if isinstance(par, Plan)]
            raise BadInput(
                f"par {base} is a pilot, which sets its dials itself; plans are: {', '.join(plans) or 'none'}"
            )
        return case.plan(known)
    if base is not None and not isinstance(base, Plan | Design | Mapping):
        raise BadInput("a pilot sets its dials itself; a search begins from a plan or a design")
    return case.plan(base)


def turned(plan: Plan, values: Values) -> Plan:
    """Return *plan* with other *values* in its first design; what it changes later, it still changes."""
    return dataclasses.replace(plan, design=plan.design.but(**values))
