"""Text of people is shown as it stands, whatever it is made of."""

from __future__ import annotations

import pytest

from dashboard.plain import plain, sentence


@pytest.mark.parametrize(
    "text",
    [
        "costs $20 and $80",
        "<img src=x onerror=alert(1)>",
        "![x](http://a)",
        "**bold** _it_ `code`",
        ":red[x] :smile:",
        "# head",
    ],
)
def test_marks_are_escaped(text):
    escaped = plain(text)
    assert escaped.replace("\\", "").replace("\u2060", "") == text
    assert all(escaped[i - 1] == "\\" for i, letter in enumerate(escaped) if letter in "$<*[_`:#!")


def test_an_address_is_broken_so_that_it_is_no_link():
    assert "https\\:\\/" not in plain("see https://a.b")
    assert "\u2060" in plain("www.a.b") and "\u2060" in plain("me@a.b")


def test_it_stays_on_one_line():
    assert "\n" not in plain("a\n\n# b")


def test_a_sentence_begins_and_ends_as_one():
    assert sentence("how many") == "How many."
    assert sentence("Really?") == "Really?"
    assert sentence("") == ""
