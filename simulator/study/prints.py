"""What makes two runs the same run: the names under which they are kept, made of all that they are a function of."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.case import Case, Par
from simulator.errors import BadInput
from simulator.study.arms import Reader, Written, portable

__all__ = ["case_print", "print_of"]

_IN_MEMORY = ("world", "build", "measure", "fits")
"""what of a case that is not as its origin has it makes the numbers, besides its length and its checkpoints"""


def case_print(case: Case) -> str:
    """Return a SHA-256 of what *case* is: name, revision, scenario, and the text of its file if it came by path.

    A case that was made in memory is known by the files in which its functions stand. Of an installed case and of the
    engine the revision and the version are read, not the text: who changes them raises these, or keeps no runs.
    """
    known = json.dumps([case.name, case.revision, case.scenario.to_data()], sort_keys=True).encode()
    made = getattr(portable(case), "origin", None)
    return hashlib.sha256(known + (pickle.dumps(made, protocol=5) if made else _made(case))).hexdigest()


def print_of(arm: Par | Reader | str | Written) -> str:
    """Return a SHA-256 of a written *arm*: of the name of a par, of a plan's text, of the files a policy stands in.

    Those are the files of its function, of what that wraps, and of its classes; what they import is not read. BadInput
    for a policy whose text nobody can find again: two of them could not be told apart.
    """
    if isinstance(arm, str | Written):
        said = f"par {arm}" if isinstance(arm, str) else f"plan {arm.text}"
        return hashlib.sha256(said.encode()).hexdigest()
    return hashlib.sha256(_state(arm) + b"".join(_texts(arm))).hexdigest()


def _made(case: Case) -> bytes:
    facts = repr((case.horizon, case.tick, case.checkpoints, case.timeline))
    return facts.encode() + b"".join(text for name in _IN_MEMORY for text in _texts(getattr(case, name)))


def _state(policy: object) -> bytes:
    try:
        return pickle.dumps(policy, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise BadInput(f"a policy whose runs are kept has to be importable or picklable: {error}") from None


def _texts(policy: object) -> Iterator[bytes]:
    """Yield the texts of the files in which *policy* stands."""
    for code in _codes(policy):
        try:
            yield Path(inspect.getsourcefile(code) or "").read_bytes()
        except (OSError, TypeError):
            name = getattr(code, "__qualname__", type(policy).__name__)
            raise BadInput(f"runs of {name} cannot be kept: it stands in no file that could be read again") from None


def _codes(policy: Any) -> Iterator[Any]:
    """Yield the functions and classes that *policy* is made of."""
    if isinstance(policy, functools.partial):
        yield from _codes(policy.func)
    elif inspect.ismethod(policy):
        yield from _codes(policy.__self__)
    elif inspect.isfunction(policy):
        yield policy
        if (inner := inspect.unwrap(policy)) is not policy:
            yield from _codes(inner)
    else:
        kind = policy if inspect.isclass(policy) else type(policy)
        yield from (base for base in kind.__mro__ if base.__module__ not in ("builtins", "typing", "abc"))
