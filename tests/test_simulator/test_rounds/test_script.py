"""The words of a script: what is left out has a value that can be played, and every key says what it is for."""

from __future__ import annotations

from dataclasses import fields

from simulator.rounds import script
from simulator.rounds.reading import schema
from simulator.rounds.script import PHASES, Minutes, Script


def test_what_is_left_out_is_a_45_minute_interview():
    plain = Script(1, "Mine", "stall")
    assert sum(getattr(plain.minutes, phase) for phase in PHASES) == 45
    assert (plain.kind, plain.seed, plain.hints, plain.event, plain.requirement) == (
        "interview",
        "room",
        "none",
        (),
        None,
    )


def test_the_phases_are_the_keys_of_minutes_in_their_order():
    assert tuple(field.name for field in fields(Minutes)) == PHASES


def test_the_schema_knows_each_key_and_what_most_are_for():
    shapes = {**schema()["$defs"], "Script": schema()}
    for name in ("Event", "Fact", "Limit", "Minutes", "Question", "Requirement", "Script", "ScriptCheck"):
        shape = shapes[name]
        assert set(shape["properties"]) == {field.name for field in fields(getattr(script, name))}
        assert shape["description"] and shape["additionalProperties"] is False
    event = shapes["Event"]["properties"]
    assert "`by hand`" in event["when"]["description"]
    assert shapes["Script"]["required"] == ["round", "title", "case"]
