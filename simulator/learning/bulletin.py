"""Tells the journal what becomes of versions: ordered, tried, live, refused."""

from __future__ import annotations

from collections.abc import Callable

from simulator.learning.gates import Ruling
from simulator.learning.registry import Version
from simulator.learning.scores import CLUELESS
from simulator.units import DAY, Floats

__all__ = ["Bulletin", "readable"]


class Bulletin:
    """Writes by *say* (kind, name, text, facts); *positives* and *rows* are what the case calls them."""

    def __init__(self, say: Callable[..., object], positives: str, rows: str) -> None:
        self._say, self._positives, self._rows = say, positives, rows

    def ordered(self, why: str) -> None:
        """Take note that a training job is ordered."""
        self._say("note", "ordered", f"a training is ordered ({why})")

    def broke(self, why: str) -> None:
        """Take note that a training job broke off."""
        self._say("note", "job_failed", f"the training job broke off ({why})")

    def tried(self, version: Version, share: float) -> None:
        """Take note that *version* begins as a canary, on a *share* of the requests, for a day."""
        text = f"version {version.number} meets {share:.0%} of the {self._rows} for a day"
        self._say("version", "canary", text)

    def live(self, version: Version) -> None:
        """Take note that *version* serves from now on."""
        learned = f"{version.positives} {self._positives} in {version.rows:,} {self._rows}"
        facts = {"since_day": version.since / DAY, "parent": version.parent, **version.facts}
        text = f"version {version.number} is live ({version.why}; {learned})"
        self._say("version", f"v{version.number}", text, facts=facts)

    def refused(self, version: Version, ruling: Ruling) -> None:
        """Take note that *version* does not serve."""
        text = f"version {version.number} does not go live: {ruling.why}"
        self._say("version", "refused", text, facts=ruling.facts)


def readable(said: Floats) -> Ruling:
    """Judge a canary by what it *said* (n,): a package that cannot be read says 0.5 to everything."""
    if not len(said):
        return Ruling(False, "as a canary it answered nobody")
    empty = float((said == CLUELESS).mean())
    return Ruling(empty < 0.5, f"{empty:.0%} of its answers are empty", {"empty": empty})
