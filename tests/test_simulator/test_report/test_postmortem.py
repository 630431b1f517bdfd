"""The post-mortem: what it tells, and that Markdown makes nothing of what people wrote."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hostile import HOSTILE
from made_up import made_up
from markdown_it import MarkdownIt

from simulator import report
from simulator.report.postmortem import inert
from simulator.report.words import plain

ALL = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MADE = {"link_open", "image", "html_block", "html_inline", "code_inline", "em_open", "strong_open", "s_open"}


def tokens(text: str) -> list[str]:
    """What Markdown makes of *text*: blocks, and what is in their lines."""
    return [one.type for block in ALL.parse(text) for one in (block, *(block.children or ()))]


def shape(text: str) -> list[str]:
    """The blocks of *text*, without the lines in them."""
    return [block.type for block in ALL.parse(text)]


def rendered(text: str) -> str:
    """What a reader sees of *text*."""
    lines = (child.content for block in ALL.parse(text) for child in block.children or ())
    return " ".join("".join(lines).split())


def test_it_tells_the_story():
    said = report.markdown(made_up())
    for heading in (
        "Impact",
        "Timeline",
        "Detection",
        "Decisions",
        "Counterfactuals",
        "What would be done differently",
    ):
        assert f"\n## {heading}\n" in said
    assert "| day 2 00:00 | Line to be drawn = 0.5 | people learn |" in said
    assert "| Line 0.7 | +$30.00 | +$25.00 | +$10.00 to +$46.00 |" in said
    assert "- Line 0.5 a day earlier: +$8.00" in said
    assert not MADE & set(tokens(said))


def test_sections_that_are_missing():
    bare = replace(
        made_up(), attribution=None, moves=None, regret=None, knowable=None, luck=None, practise=(), posed=()
    )
    said = report.markdown(bare)
    assert "None was computed" in said and "Detection" not in said


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_texts_come_out_inert(hostile):
    said = report.markdown(made_up(lambda text: hostile))
    assert not MADE & set(tokens(said))
    if plain(hostile).strip():
        assert shape(said) == shape(report.markdown(made_up()))
    assert not re.search(r"<[a-z!/]", "\n".join(line for line in said.split("\n") if not line.startswith(' "')))


@pytest.mark.parametrize("hostile", [text for text in HOSTILE if text.strip()], ids=lambda text: ascii(text)[:30])
@pytest.mark.parametrize("frame", ["{}", "- {}", "> {}", "before\n{}", "| a |\n|---|\n| {} |", "{}\nafter"])
def test_text_is_text_wherever_it_stands(hostile, frame):
    said = frame.format(inert(hostile))
    assert shape(said) == shape(frame.format("text"))
    assert not MADE & set(tokens(said))
    assert " ".join(plain(hostile).split()) in rendered(said)


def test_the_plan_can_be_copied():
    """Also with what would end a fenced block in it."""
    said = report.markdown(made_up(lambda text: "```\n</pre>"))
    first, second = re.findall(r"```json\n(.*?)\n```", said, re.DOTALL)
    assert json.loads(first)["changes"][0]["why"] == "```\n</pre>" and json.loads(second)["level"] == 2
