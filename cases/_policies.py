"""Reads what is put beside each other in a study: reference answers and policies from files, each under a name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cases._pilots import is_file, pilot_of
from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.study import Flown

__all__ = ["arms_of"]


def arms_of(case: Case, words: Sequence[str]) -> dict[str, Flown]:
    """Read pars and policies, `PAR` or `FILE.py[:NAME]`; a policy is called by its name, or else by its file.

    BadInput for a par that *case* does not have, a file without such a policy, and two arms of one name.
    """
    arms: dict[str, Flown] = {}
    for word in words:
        name = _name(word) if is_file(word) else word
        if name in arms:
            raise BadInput(f"{shown(name)} stands there twice; each has to have a name of its own")
        arms[name] = _arm(case, word)
    return arms


def _name(word: str) -> str:
    path, _, name = ("", "", word) if word.endswith(".py") else word.rpartition(":")
    return name if path else Path(word).stem


def _arm(case: Case, word: str) -> Flown:
    if is_file(word):
        return pilot_of(word, case.tick)
    case.par(word)
    return word
