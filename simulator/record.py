"""What is known of a person's flight besides its run: where they looked, what they expected, what they answered."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BELIEF", "NOTHING", "Answer", "Forecast", "Look", "Record"]

BELIEF = "belief"
"""the answer that says what its author thinks has happened, and when"""

NOTHING = "nothing"
"""the choice of a belief that nothing out of the ordinary happened"""


@dataclass(frozen=True)
class Look:
    """Somebody looked at something."""

    what: str
    """`panel:NAME`, `chart:NAME` (of `evidence.EVIDENCE`), `alarm:NAME@SECONDS` or `question:NUMBER`"""
    at: float
    """simulated time [s]"""
    seen: float
    """[unix s]"""


@dataclass(frozen=True)
class Forecast:
    """What somebody expected a figure to be: an interval that should hold it in 80 of 100 cases."""

    kpi: str
    by: float
    """about which moment of the flight [s]"""
    low: float
    high: float
    at: float
    """simulated time when it was said [s]"""


@dataclass(frozen=True)
class Answer:
    """What somebody answered to a probe, once; or, as `BELIEF`, what they think has happened."""

    probe: str
    """its name"""
    choice: str = ""
    """the option that was chosen; of a belief, the kind of incident; empty = none"""
    number: float | None = None
    """the figure that was given; of a belief, when it began [s]"""
    words: str = ""
    """free text: kept for people, judged by nobody else"""
    mark: str = ""
    """how its author marked the words against the anchors: weak, mid, strong, expert; empty = not"""


@dataclass(frozen=True)
class Record:
    """A person's flight; a run that nobody sat in has none."""

    looks: tuple[Look, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    answers: tuple[Answer, ...] = ()

    def answer(self, probe: str) -> Answer | None:
        """Return the answer to *probe*, if there is one."""
        return next((answer for answer in self.answers if answer.probe == probe), None)
