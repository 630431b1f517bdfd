"""What rooms and deeds may say: plain data, bounded, its text nothing but text, of the form that a kind of deed has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.errors import BadInput, shown
from simulator.store.deeds import DeedKind
from simulator.store.records import is_finite, written

__all__ = ["checked_script", "checked_words", "fits", "plain_words", "scenario_words"]

_MOST_BYTES, _DEEPEST, _LONGEST_KEY = 10_000, 4, 64
_LONGEST_SCRIPT = 256 * 1024


class _Form(BaseModel):
    """What has to be there; there may be more."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class _Held(_Form):
    held: bool


class _Extended(_Form):
    minutes: float = Field(ge=-600, le=600)


class _Stretched(_Form):
    factor: float = Field(ge=0.1, le=10)


class _Ordered(_Form):
    do: Literal["fire", "skip", "delay"]
    until: float = Field(0.0, ge=0)


class _Done(_Form):
    do: Literal["fire", "skip", "delay", "require"]


class _Said(_Form):
    text: str


class _Noted(_Said):
    sender: str = Field("", alias="from")


class _Replied(_Form):
    words: str = ""
    choice: str = ""
    number: float | None = None


class _Marked(_Form):
    mark: int = Field(ge=1, le=5)
    words: str = ""


class _Vote(_Form):
    open: bool


class _Ballot(_Form):
    choice: str
    why: str = ""


_FORMS: Mapping[str, type[_Form]] = {
    "hold": _Held, "extend": _Extended, "extra": _Stretched, "order": _Ordered, "done": _Done, "note": _Noted,
    "private": _Said, "reply": _Replied, "mark": _Marked, "vote": _Vote, "ballot": _Ballot,
}  # fmt: skip


def checked_words(kind: DeedKind, data: Mapping[str, Any]) -> str:
    """Return the *data* of a deed as JSON; BadInput for what a deed of this *kind* cannot say."""
    text = plain_words(data, f"a deed ({kind})")
    if wrong := _wrong(kind, json.loads(text)):
        raise BadInput(f"a deed ({kind}): {wrong}")
    return text


def fits(kind: str, data: Mapping[str, Any]) -> bool:
    """Tell whether *data* have the form of this *kind* of deed."""
    return not _wrong(kind, data)


def plain_words(data: object, what: str) -> str:
    """Return *data* as JSON, its text cleaned; BadInput for what is no plain data, or too much of it."""
    if not isinstance(data, Mapping):
        raise BadInput(f"{what} is a table of name = value, not {shown(data)}")
    text = json.dumps(_cleaned(data, what, _DEEPEST), ensure_ascii=False, allow_nan=False)
    if (size := len(text.encode())) > _MOST_BYTES:
        raise BadInput(f"{what} is too long: {size} bytes; at most {_MOST_BYTES}")
    return text


def scenario_words(scenario: Mapping[str, Any]) -> str:
    """Return a *scenario* (as `Scenario.to_data`) as JSON; BadInput for what is none."""
    try:
        text = json.dumps(dict(scenario), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise BadInput(f"a scenario is plain data, not {shown(scenario)}") from None
    if len(text) > _LONGEST_SCRIPT:
        raise BadInput(f"a scenario of {len(text)} characters is too long; at most {_LONGEST_SCRIPT}")
    return text


def checked_script(text: object) -> str:
    """Return the *text* of a script as it is; BadInput where it cannot be one, whatever it says."""
    if not isinstance(text, str):
        raise BadInput(f"a script is text, not {shown(text)}")
    if len(text) > _LONGEST_SCRIPT:
        raise BadInput(f"a script of {len(text)} characters is too long; at most {_LONGEST_SCRIPT}")
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        raise BadInput("a script is text; this holds what no text does")
    return text


def _wrong(kind: str, data: Mapping[str, Any]) -> str:
    """Say what is wrong with *data* in one line; nothing = they fit."""
    try:
        _FORMS.get(kind, _Form).model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where, given = ".".join(map(str, first["loc"])), first["input"]
        said = first["msg"][:1].lower() + first["msg"][1:]
        return f"{where}: {said}" if first["type"] == "missing" else f"{where} = {shown(given)}: {said}"
    return ""


def _cleaned(value: object, what: str, levels: int) -> object:
    if isinstance(value, str):
        return written(value, _MOST_BYTES, f"the text of {what}")
    if value is None or isinstance(value, bool) or is_finite(value):
        return value
    if levels and isinstance(value, Mapping):
        return {written(k, _LONGEST_KEY, f"a name in {what}"): _cleaned(v, what, levels - 1) for k, v in value.items()}
    if levels and isinstance(value, list | tuple):
        return [_cleaned(item, what, levels - 1) for item in value]
    raise BadInput(f"{what} cannot hold {shown(value)}")
