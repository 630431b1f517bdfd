"""Dials know their range; a design that exists is within it."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.design import Design, choice, integer, number, switch
from simulator.errors import BadInput


@dataclass(frozen=True)
class Desk(Design):
    """A design with a dial of each kind."""

    line: float = number(0.5, 0.1, 0.9, "Line", unit="probability", live=True, help="refuse above it")
    people: int = integer(2, 0, 9, "People", cost="$180 a day each")
    model: str = choice("logistic", ("logistic", "trees"), "Model")
    audit: bool = switch(False, "Audit")


JUNK = st.one_of(
    st.text(max_size=9), st.floats(), st.integers(), st.booleans(), st.none(), st.binary(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.sampled_from(["0.5", " 3 ", "1e0", "trees", "on", "No", "nan", "1e999", 10**400]),
)  # fmt: skip
DESIGNS = st.builds(
    Desk,
    line=st.floats(0.1, 0.9),
    people=st.integers(0, 9),
    model=st.sampled_from(["logistic", "trees"]),
    audit=st.booleans(),
)


@given(st.sampled_from([d.name for d in Desk.dials()]), JUNK)
def test_whatever_is_put_in_is_within_the_range_or_refused(name, value):
    dial = Desk.dial(name)
    try:
        read = dial.read(value)
    except BadInput as error:
        assert name in str(error) and str(error).isprintable()
        return
    assert type(read) is {"number": float, "integer": int, "choice": str, "switch": bool}[dial.kind]
    assert dial.read(read) == read
    assert dial.low is None or dial.low <= read <= dial.high
    assert not dial.options or read in dial.options


@pytest.mark.parametrize(("name", "value", "read"), [
    ("line", 0.1, 0.1), ("line", 0.9, 0.9), ("line", "0.25", 0.25), ("people", 3.0, 3), ("people", "9", 9),
    ("people", 0, 0), ("model", "trees", "trees"), ("audit", "on", True), ("audit", "False", False),
    ("audit", True, True),
])  # fmt: skip
def test_a_value_is_read_with_both_ends(name, value, read):
    assert Desk.dial(name).read(value) == read
    assert type(Desk.dial(name).read(value)) is type(read)


@pytest.mark.parametrize(("name", "value", "says"), [
    ("line", math.nextafter(0.9, 1), "from 0.1 to 0.9 probability"), ("line", math.nextafter(0.1, 0), "0.1 to 0.9"),
    ("line", math.nan, "a number"), ("line", math.inf, "a number"), ("line", True, "a number"),
    ("line", None, "a number"),
    ("people", 0.5, "a whole number from 0 to 9"), ("people", 10, "from 0 to 9"), ("people", -1, "from 0 to 9"),
    ("model", "tree", "did you mean 'trees'"), ("model", 3, "one of logistic, trees"), ("audit", 1, "true or false"),
    ("audit", "maybe", "true or false"),
])  # fmt: skip
def test_a_wrong_value_is_told_what_is_allowed(name, value, says):
    with pytest.raises(BadInput, match=says):
        Desk().but(**{name: value})


def test_a_negative_zero_is_zero():
    @dataclass(frozen=True)
    class Around(Design):
        x: float = number(0.0, -1.0, 1.0, "x")

    assert json.dumps(Around(-0.0).values()) == json.dumps(Around(0.0).values())


def test_a_default_outside_its_range_cannot_be_built():
    @dataclass(frozen=True)
    class Wrong(Design):
        x: float = number(5.0, 0.0, 1.0, "x")

    with pytest.raises(BadInput):
        Wrong()


@given(DESIGNS)
def test_a_design_survives_json(design):
    assert Desk.of(json.loads(json.dumps(design.values()))) == design


@given(DESIGNS, DESIGNS)
def test_designs_are_equal_when_their_values_are(one, two):
    assert (one == two) == (one.values() == two.values())
    assert one != two or hash(one) == hash(two)


def test_a_copy_with_changes_leaves_the_design_as_it_was():
    design = Desk()
    assert design.but(line=0.7) == Desk(line=0.7)
    assert design == Desk()
    with pytest.raises(dataclasses.FrozenInstanceError):
        design.line = 0.7


def test_an_unknown_dial_gets_the_nearest():
    for wrong in (lambda: Desk().but(lines=0.7), lambda: Desk.of({"lines": 1}), lambda: Desk.dial("lines")):
        with pytest.raises(BadInput, match="did you mean 'line'"):
            wrong()


def test_the_dials_are_the_one_source():
    dials = {dial.name: dial for dial in Desk.dials()}
    assert list(dials) == ["line", "people", "model", "audit"]
    assert [dial.default for dial in dials.values()] == list(Desk().values().values())
    assert dials["line"].live and not dials["people"].live
    assert dials["line"].allowed() == "a number from 0.1 to 0.9 probability"
    assert dials["people"].cost == "$180 a day each"
