"""Reads the script of a round from text of unknown origin: bounded, plain, and wrong in one line that names the key."""

from __future__ import annotations

import functools
import json
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from simulator.errors import BadInput, shown, unknown
from simulator.rounds.fitting_words import checked_words, named
from simulator.rounds.script import Event, Fact, Limit, Minutes, Question, Requirement, Script, ScriptCheck
from simulator.scenario import bare, read_toml

__all__ = ["read_script", "schema"]

_DEEPEST, _MOST_KEYS, _LONGEST, _LARGEST = 12, 5_000, 10_000, 2**63
_MOST_BYTES = 256 * 1024
_SEEN = "\n\t\u200c\u200d"  # the joiners are of several scripts, and of emoji
_UNIONS = {"at", "lasts", "after", "grace", "seed"}  # keys of several types: pydantic adds the one it tried
_SHAPES: Mapping[str, Any] = {
    "event": Event, "requirement": Requirement, "limits": Limit, "fact": Fact, "probe": Question,
    "check": ScriptCheck, "minutes": Minutes,
}  # fmt: skip
_TAKES = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a table",
    "dataclass_type": "a table",
}


def read_script(text: str, where: str = "round") -> Script:
    """Read the *text* of a script, which is TOML; BadInput says in one line what is wrong *where*, and is allowed."""
    try:
        _refuse_bombs(text)
        return checked_words(_validated(_of_today(_plain(read_toml(text, "its text")))))
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None


def schema() -> dict[str, Any]:
    """Return the JSON schema of a script, with what each key is for."""
    found = _adapter().json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


@functools.cache
def _adapter() -> TypeAdapter[Script]:
    return TypeAdapter(Script)


# as text, and as plain data


def _refuse_bombs(text: str) -> None:
    """Refuse in no time what would take long to read."""
    if len(text) > _MOST_BYTES:
        raise BadInput(f"its {len(text):,} characters are too many; at most {_MOST_BYTES:,} are allowed")
    signs = Counter(bare(text))
    if (count := max(signs[sign] for sign in "=,[{.")) > _MOST_KEYS:
        raise BadInput(f"about {count:,} keys and values are too many; at most {_MOST_KEYS:,} are allowed")


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Return *data* if it is plain: not deep, finite, its text readable."""
    for count, (depth, key, value) in enumerate(_leaves(data)):
        if count == _MOST_KEYS:
            raise BadInput(f"{key}: there are more than {_MOST_KEYS:,} keys and values")
        if depth > _DEEPEST:
            raise BadInput(f"{key} is nested too deeply; at most {_DEEPEST} levels")
        _refuse_odd(key, value)
    return data


def _of_today(data: dict[str, Any]) -> dict[str, Any]:
    """Return *data* unless its version is one by value only, such as true or 1.0."""
    if data.get("round") == 1 and type(data["round"]) is not int:
        raise BadInput(f"round = {shown(data['round'])} is not allowed; it takes 1, the version of this form")
    return data


def _leaves(data: object) -> Iterator[tuple[int, str, object]]:
    """Yield all there is in *data*: how deep it lies, its key, its value."""
    waiting: list[tuple[int, tuple[str | int, ...], Any]] = [(0, (), data)]
    while waiting:
        depth, path, value = waiting.pop()
        if depth:
            yield depth, _written(path), value
        inside: Iterable[tuple[Any, Any]] = ()
        if isinstance(value, Mapping):
            inside = value.items()
        elif isinstance(value, list):
            inside = enumerate(value)
        if depth <= _DEEPEST:
            waiting += [(depth + 1, (*path, key), one) for key, one in inside]


def _written(path: Iterable[str | int]) -> str:
    """Write a *path* as it is looked for in a file: event[2].when, where [0] is the first."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{named(part)}" for part in path]
    return "".join(parts).lstrip(".")


def _refuse_odd(key: str, value: object) -> None:
    if isinstance(value, bool | Mapping | list):
        return
    if isinstance(value, str):
        _refuse_unreadable(key, value)
    elif not isinstance(value, int | float):
        raise BadInput(f"{key} = {shown(value)} is not allowed; a script holds text, numbers, true and false")
    elif not math.isfinite(value) if isinstance(value, float) else abs(value) >= _LARGEST:
        raise BadInput(f"{key} = {shown(value)} is not allowed; numbers are finite, whole ones smaller than 2^63")


def _refuse_unreadable(key: str, text: str) -> None:
    if len(text) > _LONGEST:
        raise BadInput(f"{key} = {shown(text)} has {len(text):,} characters; at most {_LONGEST:,} are allowed")
    for letter in set(text):
        if letter not in _SEEN and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise BadInput(f"{key} = {shown(text)} has {shown(letter)}; signs that cannot be seen are not allowed")


# as a script


def _validated(data: dict[str, Any]) -> Script:
    try:
        return _adapter().validate_json(json.dumps(data), strict=True)  # strict Python would ask for tuples
    except ValidationError as error:
        raise _complaint(error.errors(include_url=False)) from None


def _complaint(errors: list[ErrorDetails]) -> BadInput:
    """Say what is wrong in words of ours: a key that is not known first, for another one will be missing for it."""
    strange = [one for one in errors if one["type"] == "unexpected_keyword_argument"]
    first = (strange or errors)[0]
    if strange:
        what = unknown("key", str(first["loc"][-1]), _fields(first["loc"]))
        return BadInput(f"{_written(first['loc'])} = {shown(first['input'])}: {what}")
    key = _key(first)
    if first["type"] == "missing":
        return BadInput(f"{_written(key)} is missing; known: {', '.join(_fields(key))}")
    takes = dict.fromkeys(_takes(one) for one in errors if _key(one) == key)
    return BadInput(f"{_written(key)} = {shown(first['input'])} is not allowed; it takes {' or '.join(takes)}")


def _key(error: ErrorDetails) -> tuple[str | int, ...]:
    loc = error["loc"]
    return loc[:-1] if len(loc) > 1 and loc[-2] in _UNIONS and error["type"] != "missing" else loc


def _fields(path: tuple[str | int, ...]) -> list[str]:
    """List the keys of the table in which the last part of *path* stands."""
    named = (_SHAPES[part] for part in reversed(path[:-1]) if isinstance(part, str) and part in _SHAPES)
    return [field.name for field in fields(next(named, Script))]


def _takes(error: ErrorDetails) -> str:
    expected = error.get("ctx", {}).get("expected")
    return str(expected) if expected else _TAKES.get(error["type"], error["msg"].lower())
