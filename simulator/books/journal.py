"""The diary of a run: what happened, who did it and why, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Entry", "Journal", "Kind"]

Kind = Literal["incident", "alarm", "decision", "version", "note"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the diary."""

    at: float
    """time [s]"""
    kind: Kind
    name: str
    text: str
    seen: bool = True
    """whether the people at the desk could know of it then; a hidden entry shows in the debrief only"""
    facts: Mapping[str, float | str] = field(default_factory=dict)


class Journal:
    """The entries of one run, in the order in which they were written."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def write(self, entry: Entry) -> None:
        """Add *entry* at the end."""
        self._entries.append(entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def last(self) -> Entry:
        """The latest entry; while a decision takes effect, that decision."""
        return self._entries[-1]

    def seen(self) -> list[Entry]:
        """List what the people at the desk could know of."""
        return [entry for entry in self._entries if entry.seen]
