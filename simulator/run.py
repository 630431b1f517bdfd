"""The closed books of one simulation: figures, frames and a digest; nothing in it changes any more."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.books.gauges import Gauges
from simulator.books.journal import Journal
from simulator.books.ledger import CLOSE, Ledger
from simulator.books.requests import ABSENT, Outcomes, Requests, Visits
from simulator.learning.registry import Version
from simulator.plan import Plan
from simulator.streams import Unseed
from simulator.units import DAY, Floats, Ints
from simulator.world.labels import Landed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Run"]


@dataclass(frozen=True)
class Run:
    """What one flight left behind."""

    case: str
    revision: int
    scenario: Mapping[str, Any]
    """the scenario as plain data"""
    seed: int
    plan: Plan
    """what was decided, by a plan or by a pilot; flown again it gives the same run"""
    until: float
    """how far it was flown [s]"""
    requests: Requests
    outcomes: Outcomes
    ledger: Ledger
    gauges: Gauges
    journal: Journal
    versions: tuple[Version, ...]
    fired: Mapping[str, float]
    """conditional incidents that did happen, and when [s]"""
    landed: Landed
    """labels in the order in which they came to light; a later one of the same request revises the earlier"""
    visits: Visits
    """visits to the stages of the serving system, where it kept them"""
    unseed: Unseed
    """stream -> final state and number of draws"""
    figures: Mapping[str, float]

    def kpis(self) -> dict[str, float]:
        """Return the figures by which the case judges a run; units are known to the case."""
        return dict(self.figures)

    def asked(self) -> int:
        """Return how many requests were made: without those of events that did not happen, or of who had left."""
        return self.outcomes.asked - int((self.outcomes.result == ABSENT).sum())

    def profit(self) -> int:
        """Return the sum of all postings [µ$]."""
        return self.ledger.total()

    def frame(self, every: str = "1D") -> pd.DataFrame:
        """Return a table by time since take-off (a TimedeltaIndex with steps of *every*): the dollars posted to each
        account in the step (columns `$account`, and `$profit` for their sum) and the last reading of each gauge; a
        reading at the very end of a step tells of that step.

        What is settled at the horizon stands in the last step, so that the columns add up to the ledger.
        """
        import pandas as pd

        step = pd.Timedelta(every).total_seconds()
        turns = pd.RangeIndex(math.ceil(self.until / step))
        table = pd.concat([self._money(step, len(turns)), self._readings(step)], axis=1).reindex(turns)
        table = table.fillna(dict.fromkeys((c for c in table if str(c).startswith("$")), 0.0))
        return table.set_index(pd.to_timedelta(turns * step, unit="s").rename("at"))

    def _money(self, step: float, turns: int) -> pd.DataFrame:
        import pandas as pd

        book = self.ledger.postings()
        turn = np.minimum(np.floor_divide(book.at, step).astype(np.int64), turns - 1)
        flat = pd.DataFrame({"turn": turn, "account": book.account, "amount": book.amount})
        wide = flat.groupby(["turn", "account"])["amount"].sum().unstack(fill_value=0)
        wide.columns = pd.Index([f"${name}" for name in np.array(self.ledger.accounts)[wide.columns.to_numpy()]])
        wide["$profit"] = wide.sum(axis=1)
        return wide / 1e6

    def _readings(self, step: float) -> pd.DataFrame:
        import pandas as pd

        columns = {}
        for name in self.gauges.names():
            at, values = self.gauges.series(name)
            turn = np.maximum(np.ceil(at / step).astype(np.int64) - 1, 0)
            columns[name] = pd.Series(values).groupby(turn).last()
        return pd.DataFrame(columns)

    def digest(self) -> str:
        """Return the SHA-256 of everything the run left behind, with its identity and its draws."""
        return self._hash(np.inf, [self.identity(), self.unseed, self._lines(np.inf)])

    def digest_until(self, at: float) -> str:
        """Return the SHA-256 of what was known by the time *at* [s], without the postings of the cause `close`.

        Two runs whose plans part only later, or which were flown to different ends, agree in it.
        """
        return self._hash(at, [self.case, self.revision, self.seed, self._lines(at)])

    def identity(self) -> dict[str, Any]:
        """Return what a run is a function of, as plain data."""
        return {
            "case": self.case,
            "revision": self.revision,
            "scenario": dict(self.scenario),
            "seed": self.seed,
            "plan": self.plan.to_data(),
            "until": self.until,
        }

    def _hash(self, at: float, texts: list[Any]) -> str:
        digest = hashlib.sha256(json.dumps(texts, sort_keys=True).encode())
        for column in (*self._request_columns(at), *self._posting_columns(at), *self._gauge_columns(at)):
            digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()

    def _lines(self, at: float) -> list[Any]:
        return [(e.at, e.kind, e.name, e.text, e.seen, _rounded(e.facts)) for e in self.journal if e.at < at]

    def _request_columns(self, at: float) -> Iterator[npt.NDArray[Any]]:
        """Give what was known of each request by then: its end when it has ended, its answer when it had come."""
        asked = self.requests.at < at
        ended = asked & (self.outcomes.done_at < at)
        waits = self.requests.at + self.outcomes.latency >= at
        unanswered = {"latency": np.nan, "action": 0, "propensity": 1.0}
        for name, column in self.outcomes.columns().items():
            if name in ("result", "done_at", "route"):
                known = np.where(ended, column, 0)
            else:
                known = np.where(waits, unanswered[name], column) if name in unanswered else column
            yield _exact(known[asked].astype(column.dtype))

    def _posting_columns(self, at: float) -> Iterator[npt.NDArray[Any]]:
        """Give the postings account by account in order of time: how requests were cut into blocks is no result."""
        book, settled = self.ledger.postings(), self.ledger.caused_by(CLOSE)
        for account in sorted(self.ledger.accounts):
            kept = self.ledger.posted_to(account) & (book.at < at) & ~(settled & (at < np.inf))
            causes = _ranks(self.ledger.causes)[book.cause[kept]]
            order = np.lexsort((causes, book.amount[kept], book.request[kept], book.at[kept]))
            yield np.frombuffer(account.encode(), dtype=np.uint8) if kept.any() else np.empty(0)
            yield from (column[kept][order] for column in (book.at, book.amount, book.request))
            yield causes[order]

    def _gauge_columns(self, at: float) -> Iterator[npt.NDArray[Any]]:
        for name in sorted(self.gauges.names()):
            times, values = self.gauges.series(name)
            yield np.frombuffer(name.encode(), dtype=np.uint8) if (times < at).any() else np.empty(0)
            yield from (times[times < at], _exact(values[times < at]))

    @property
    def days(self) -> float:
        """How many days were flown."""
        return self.until / DAY


def _exact(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make floats fit for a digest: quantised to 1e-9, one zero and one NaN."""
    if values.dtype.kind != "f":
        return values
    rounded: Floats = np.round(values, 9) + 0.0
    return np.where(np.isnan(rounded), -1e300, rounded)


def _rounded(facts: Mapping[str, float | str]) -> dict[str, float | str]:
    plain = {name: v.item() if isinstance(v, np.generic) else v for name, v in facts.items()}
    return {name: round(v, 9) if isinstance(v, float) else v for name, v in plain.items()}


def _ranks(names: list[str]) -> Ints:
    """Return a number per name that depends on nothing but the name, so that names met later move none."""
    words = [hashlib.sha256(name.encode()).digest()[:8] for name in names]
    return np.array([int.from_bytes(word, "little", signed=True) for word in words], dtype=np.int64)
