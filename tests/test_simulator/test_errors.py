"""What is wrong is said in one line that a person can act on, whatever was put in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput, BrokenInvariant, Cancelled, shown, unknown

JUNK = st.one_of(
    st.text(),
    st.binary(),
    st.integers(),
    st.floats(),
    st.none(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.text()),
)


@given(JUNK)
def test_a_quoted_value_is_short_plain_and_one_line(value):
    text = shown(value)
    assert len(text) <= 60
    assert text.isascii() and text.isprintable()


@pytest.mark.parametrize(
    "value", [10**5000, -(10**5000), [10**5000], "x" * 10**6], ids=["int", "negative", "list", "text"]
)
def test_a_huge_value_is_quoted_too(value):
    assert len(shown(value)) <= 60
    assert "\n" not in str(unknown("level", value, ["1", "2"]))


def test_an_unknown_name_gets_the_nearest_known_one():
    error = unknown("dial", "treshold", ["threshold", "review"])
    assert isinstance(error, BadInput)
    assert str(error) == "unknown dial 'treshold'; did you mean 'threshold'? known: threshold, review"


def test_where_nothing_is_near_nothing_is_suggested():
    assert str(unknown("act", "zzz", ["retrain"])) == "unknown act 'zzz'; known: retrain"
    assert str(unknown("act", "zzz", [])) == "unknown act 'zzz'; known: none"


@given(JUNK)
def test_the_message_is_one_line_for_any_name(name):
    assert str(unknown("case", name, ["fraud_threshold"])).isprintable()


def test_a_person_can_mend_only_a_bad_input():
    assert issubclass(BadInput, ValueError)
    assert not issubclass(BrokenInvariant, ValueError)
    assert not issubclass(Cancelled, ValueError | AssertionError)
