"""The diary keeps its order, and keeps to itself what nobody at the desk could know."""

from __future__ import annotations

import dataclasses

import pytest

from simulator.books.journal import Entry, Journal


def diary() -> Journal:
    """Write a diary of three lines, the second of them hidden."""
    journal = Journal()
    for at, name, seen in ((1.0, "a", True), (2.0, "b", False), (2.0, "c", True)):
        journal.write(Entry(at, "note", name, f"{name} happened", seen))
    return journal


def test_lines_stand_in_the_order_in_which_they_were_written():
    assert [entry.name for entry in diary()] == ["a", "b", "c"]
    assert len(diary()) == 3


def test_the_desk_reads_what_it_could_know_of():
    assert [entry.name for entry in diary().seen()] == ["a", "c"]


def test_a_line_is_not_changed_afterwards():
    entry = next(iter(diary()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.text = "something else"


def test_lines_have_facts_of_their_own():
    one, two = Entry(1.0, "note", "a", "x"), Entry(1.0, "note", "b", "x")
    assert one.facts == two.facts == {}
    assert one.facts is not two.facts
