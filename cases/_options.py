"""Reads what is typed on the command line - seeds, dials, timed steps, files - and says in one line what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cases._words import example
from simulator.case import Case
from simulator.design import Dial
from simulator.errors import BadInput, shown, unknown
from simulator.plan import Plan
from simulator.scenario import Scenario
from simulator.units import seconds

__all__ = [
    "acted",
    "located",
    "moment",
    "pairs",
    "read_amount",
    "read_names",
    "read_seed",
    "read_seeds",
    "read_whole",
    "scened",
    "text_of",
    "turned",
]

_SEED = re.compile(r"[0-9]{1,19}")
_RANGE = re.compile(r"([0-9]{1,19})-([0-9]{1,19})")
_LARGEST_SEED = 2**63 - 1
_MOST_SEEDS = 100_000
_MOST_BYTES = 1_000_000


@contextmanager
def located(where: str) -> Iterator[None]:
    """Say *where* in front of a BadInput that is raised inside."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None


def read_seed(text: str) -> int:
    """Read one seed."""
    if not _SEED.fullmatch(text) or int(text) > _LARGEST_SEED:
        raise BadInput(f"seed {shown(text)} is not a whole number from 0 to 2^63 - 1")
    return int(text)


def read_whole(text: str, what: str) -> int:
    """Read a whole number; *what* it is for is said in an error."""
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise BadInput(f"{what} {shown(text)} is not a whole number of at most six digits")
    return int(text)


def read_amount(text: str, what: str) -> float:
    """Read a number above 0; *what* it is for is said in an error."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise BadInput(f"{what} {shown(text)} is not a number above 0")
    return value


def read_seeds(text: str) -> list[int]:
    """Read seeds: `3`, `0-29`, `1,5,9`, or both mixed; each may stand there once."""
    found: list[int] = []
    for part in text.split(","):
        found.extend(_range(part.strip()))
        if len(found) > _MOST_SEEDS:
            raise BadInput(f"seeds {shown(text)} are too many; at most {_MOST_SEEDS:,}")
    if len(set(found)) != len(found):
        raise BadInput(f"seeds {shown(text)} name a seed twice")
    return found


def _range(text: str) -> range:
    match = _RANGE.fullmatch(text)
    if match is None and not _SEED.fullmatch(text):
        raise BadInput(f"seeds {shown(text)} cannot be read; write 3, 0-29 or 1,5,9")
    first, last = (read_seed(part) for part in (match.groups() if match else (text, text)))
    if last < first:
        raise BadInput(f"seeds {shown(text)} run backwards; write {last}-{first}")
    return range(first, min(last, first + _MOST_SEEDS) + 1)


def read_names(text: str, what: str) -> list[str]:
    """Read a list of names, `weak,mid`; each may stand there once."""
    found = [part.strip() for part in text.split(",")]
    if not all(found) or len(set(found)) != len(found):
        raise BadInput(f"{what} {shown(text)} cannot be read; write a,b,c with each name once")
    return found


def moment(text: str | None, what: str) -> float | None:
    """Read a time [s], if one is given."""
    return None if text is None else seconds(text, what)


def pairs(words: Sequence[str]) -> dict[str, str]:
    """Read `NAME=VALUE` words; no name may stand there twice."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not (name and equals and value):
            raise BadInput(f"{shown(word)} is not NAME=VALUE")
        if name in found:
            raise BadInput(f"{shown(name)} stands there twice")
        found[name] = value
    return found


def turned(plan: Plan, text: str, case: Case) -> Plan:
    """Add to a *plan* of *case* what `--at "12d threshold=0.3 batch=8 # reason"` says."""
    with located(f"--at {shown(text)}"):
        at, words, why = _step(text, f"{example(case, 1 / 5)} DIAL=VALUE")
        values = pairs(words)
        for name in values:
            plan.design.dial(name)  # a name that is no dial might be an argument of `then`
        return case.plan(plan.then(at, why, **values))


def acted(plan: Plan, text: str, case: Case) -> Plan:
    """Add to a *plan* of *case* what `--do "14d roll_back version=3 # reason"` says."""
    with located(f"--do {shown(text)}"):
        at, (name, *words), why = _step(text, f"{example(case, 7 / 30)} ACT ARGUMENT=VALUE")
        if name not in case.acts:
            raise unknown("act", name, case.acts)
        values = pairs(words)
        for argument in values:
            _known(argument, name, case.acts[name].arguments)
        return case.plan(plan.do(at, name, why, **values))


def _known(argument: str, act: str, dials: Sequence[Dial]) -> None:
    names = [dial.name for dial in dials]
    if argument not in names:  # it might be an argument of `do`
        raise unknown(f"argument of {act}", argument, names)


def _step(text: str, form: str) -> tuple[float, list[str], str]:
    """Split a timed step into its time [s], its words and its reason."""
    said, _, why = text.partition(" # ")
    words = said.split()
    if len(words) < 2:
        raise BadInput(f'a step is written "{form}"')
    return seconds(words[0]), words[1:], why.strip()


def text_of(path: str, what: str) -> str:
    """Return the text of the file at *path*; BadInput says why a *what* cannot be read from it."""
    try:
        with Path(path).open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{what} {shown(path)} is not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise BadInput(f"{what} {shown(path)} cannot be read: {error.strerror}") from None


def scened(case: Case, level: str | None, path: str | None) -> Case:
    """Return *case* under the scenario of the TOML file at *path*, flown at *level* where one is given."""
    if path is not None:
        text = text_of(path, "scenario")
        with located(shown(path)):
            later = Scenario.from_toml(text, case.kinds)
            case = case.under(case.scenario.and_then(later))
    return case if level is None else case.but(level=read_whole(level, "--level"))
