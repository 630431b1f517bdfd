"""river's drift detectors behind one face: they take one value after another and ring when the stream has changed."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.errors import BadInput, shown, unknown
from simulator.learning.readings import Reading
from simulator.units import Floats, Ints

__all__ = ["DETECTORS", "Detector", "DetectorKind", "detector"]


@dataclass(frozen=True)
class DetectorKind:
    """A detector to choose."""

    about: str
    """one line for people"""
    binary: bool
    """takes errors, 0 or 1; otherwise any numbers"""
    false_alarms: Mapping[float, float]
    """error rate -> rings per 10,000 values of a stream of 0 and 1 that does not change, with river's own settings.

    Measured with river 0.26.1: the mean of 40 streams (kswin: of 8).
    """


_TABLED = 10_000  # values


def _alarms(at_5: float, at_20: float, at_50: float) -> Mapping[float, float]:
    return MappingProxyType({0.05: at_5, 0.2: at_20, 0.5: at_50})


DETECTORS: Mapping[str, DetectorKind] = MappingProxyType(
    {
        "adwin": DetectorKind(
            "A window that is cut where its two parts differ in the mean (Bifet & Gavaldà 2007)",
            binary=False,
            false_alarms=_alarms(0.0, 0.0, 0.0),
        ),
        "page_hinkley": DetectorKind(
            "A cumulative sum of deviations from the running mean (Page 1954)",
            binary=False,
            false_alarms=_alarms(0.0, 0.33, 0.73),
        ),
        "kswin": DetectorKind(
            "Kolmogorov-Smirnov between the last values and a draw of those before (Raab et al. 2020)",
            binary=False,
            false_alarms=_alarms(0.0, 0.0, 2.4),
        ),
        "ddm": DetectorKind(
            "The error rate is three standard deviations over its lowest (Gama et al. 2004)",
            binary=True,
            false_alarms=_alarms(1.6, 0.5, 0.1),
        ),
        "eddm": DetectorKind(
            "Errors come closer together than they did at best (Baena-García et al. 2006)",
            binary=True,
            false_alarms=_alarms(10.6, 21.8, 11.0),
        ),
        "hddm_a": DetectorKind(
            "Hoeffding's bound on the difference of two means (Frías-Blanco et al. 2015)",
            binary=True,
            false_alarms=_alarms(0.0, 0.0, 0.1),
        ),
        "hddm_w": DetectorKind(
            "McDiarmid's bound on the difference of two weighted means (Frías-Blanco et al. 2015)",
            binary=True,
            false_alarms=_alarms(0.0, 0.53, 7.2),
        ),
    }
)
"""Name -> what it is. river says more of each in its own documentation, and there their settings stand too."""


def detector(name: str, **settings: Any) -> Detector:
    """Make the detector called *name* with river's settings, such as `detector("adwin", delta=0.01)`.

    BadInput for a name or a setting that does not exist, and for a value of the wrong kind. The draws of `kswin`
    come from its *seed*, 0 unless given.
    """
    if name not in DETECTORS:
        raise unknown("detector", name, DETECTORS)
    made = _river()[name]
    allowed = {key: p.default for key, p in inspect.signature(made).parameters.items() if key != "window"}
    for key, value in settings.items():
        _check_setting(name, key, value, allowed)
    given = {"seed": 0, **settings} if "seed" in allowed else settings
    try:
        return Detector(name, made(**given), usual=not settings)
    except ValueError as error:
        raise BadInput(f"{name}: {error}") from error


def _river() -> dict[str, Any]:
    from river import drift
    from river.drift import binary

    return {
        "adwin": drift.ADWIN,
        "page_hinkley": drift.PageHinkley,
        "kswin": drift.KSWIN,
        "ddm": binary.DDM,
        "eddm": binary.EDDM,
        "hddm_a": binary.HDDMA,
        "hddm_w": binary.HDDMW,
    }


def _check_setting(name: str, key: str, value: Any, allowed: Mapping[str, Any]) -> None:
    if key not in allowed:
        raise unknown(f"setting of {name}", key, allowed)
    usual = 0 if allowed[key] is None else allowed[key]
    if type(usual) in (bool, str):
        fits = type(value) is type(usual)
    else:
        fits = type(value) in (int, type(usual)) and math.isfinite(value)
    if not fits:
        raise BadInput(f"{name}: {key} {shown(value)} must be a {type(usual).__name__}, such as {usual}")


class Detector:
    """One detector of river's; after a ring it starts afresh with the next value, as river does.

    *inner* is river's own object: what it is asked here, it may be asked directly.
    """

    def __init__(self, name: str, inner: Any, usual: bool = True) -> None:
        self.name, self.inner, self.kind, self.usual = name, inner, DETECTORS[name], usual
        self.seen = self.rang = 0
        """values so far, and how often it rang"""
        self._start_look()

    @property
    def false_alarms(self) -> Mapping[float, float]:
        """Error rate -> expected rings per 10,000 values of a stream that does not change, with river's settings."""
        return self.kind.false_alarms

    def update(self, value: float) -> bool:
        """Take one *value*; tell whether it rings now. BadInput for NaN, or not 0 or 1 where errors are wanted."""
        return bool(len(self.feed([value])))

    def feed(self, values: npt.ArrayLike) -> Ints:
        """Take *values* (n,) one after the other and return the positions among them at which it rang."""
        admitted = self._admitted(values)
        errors = all(value in (0.0, 1.0) for value in admitted)
        self._ones += sum(admitted) if errors else math.nan
        at = [i for i, value in enumerate(admitted) if self._rings(value)]
        return np.array(at, dtype=np.int64)

    def reading(self, name: str = "") -> Reading:
        """Read what happened since the last reading, under this *name* (or the detector's).

        For `page_hinkley` the statistic is the highest its sum has been, against river's threshold. The others
        have no single number: theirs is how often they rang, against 1. NaN where no value came since.

        How often a look rings for nothing is worked out from `false_alarms` for as many errors as came, at their own
        rate; NaN for values that are no errors, and for other settings than river's. It is the average over a stream
        of 10,000: young detectors ring more often than that, EDDM and DDM by far.
        """
        sums = self.name == "page_hinkley"
        fresh = self._peak if sums else float(self.rang - self._rang_then)
        statistic = fresh if self.seen > self._seen_then else math.nan
        odds = self._odds()
        self._start_look()
        return Reading(name or self.name, statistic, float(self.inner.threshold) if sums else 1.0, odds)

    def _odds(self) -> float:
        """Return the chance of a ring since the last reading where nothing changes: rings come like rare accidents."""
        n, ones = self.seen - self._seen_then, self._ones
        if not n or math.isnan(ones) or not self.usual:
            return math.nan
        rates = list(self.false_alarms)
        expected = np.interp(ones / n, rates, [self.false_alarms[rate] for rate in rates]) * n / _TABLED
        return float(-np.expm1(-expected))

    def _start_look(self) -> None:
        self._ones = 0.0
        self._seen_then, self._rang_then, self._peak = self.seen, self.rang, 0.0

    def _admitted(self, values: npt.ArrayLike) -> list[float]:
        column: Floats = np.asarray(values, dtype=np.float64)
        fine = np.isfinite(column) if not self.kind.binary else (column == 0) | (column == 1)
        if column.ndim != 1 or not fine.all():
            wants = "errors, 0 or 1" if self.kind.binary else "finite numbers"
            what = f"shape {column.shape}" if column.ndim != 1 else str(column[~fine][0])
            raise BadInput(f"{self.name} takes a row of {wants}, not {what}")
        return list(column.tolist())

    def _rings(self, value: float) -> bool:
        self.inner.update(value)
        rings = bool(self.inner.drift_detected)
        self.seen += 1
        self.rang += rings
        if self.name == "page_hinkley":
            self._peak = max(self._peak, _page(self.inner))
        return rings


def _page(inner: Any) -> float:
    """Return how far Page's sum is from its extreme, on the side or sides that river watches."""
    if inner._x_mean.n < inner.min_instances:
        return 0.0
    up = inner._sum_increase - inner._min_increase
    down = inner._max_decrease - inner._sum_decrease
    return float({"up": up, "down": down, "both": max(up, down)}[inner.mode])
