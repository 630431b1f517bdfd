"""A record: an answer is found by its probe."""

from __future__ import annotations

from simulator.record import BELIEF, Answer, Record


def test_an_answer_is_found_by_its_probe():
    first, belief = Answer("why", number=3.0), Answer(BELIEF, choice="rush", number=60.0)
    record = Record(answers=(first, belief))
    assert record.answer("why") is first
    assert record.answer(BELIEF) is belief
    assert record.answer("else") is None


def test_an_empty_record_has_no_answer():
    assert Record().answer(BELIEF) is None
