"""The calibration pack: four flights without names in a drawn order, nothing that tells whose, and a key that does."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from toy_round import STALL, TEXT, load

from simulator.errors import BadInput
from simulator.rounds.agreeing import COLUMNS, read_marks
from simulator.rounds.packing import Pack, packed, read_key
from simulator.rounds.recorded import replayed
from simulator.rubric import DIMENSIONS, LEVELS
from simulator.simulation import fly

ROOMY = TEXT.replace("seed = 7\n", "")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packed(TEXT, "toy.toml", load, 5)


def test_the_four_reference_answers_alone(pack):
    assert sorted(pack.pars.values()) == sorted(LEVELS) and list(pack.pars) == ["A", "B", "C", "D"]
    for name, played in pack.recordings.items():
        fitted, run = replayed(played, load)
        assert run.digest() == fly(fitted.case, pack.pars[name], 7).digest()
        assert (played.name, played.alone, played.sat, played.deeds) == (name, True, False, ())


def test_the_order_is_drawn_by_the_seed():
    orders = {seed: tuple(packed(ROOMY, "toy.toml", load, seed).pars.values()) for seed in range(8)}
    assert orders[3] == tuple(packed(ROOMY, "toy.toml", load, 3).pars.values())
    assert len(set(orders.values())) > 3


def test_another_title_is_another_order():
    titles = [ROOMY.replace("The stall", f"Stall {number}") for number in range(6)]
    assert len({tuple(packed(text, "t", load, 3).pars.values()) for text in titles}) > 1


def test_the_world_has_the_seed_of_the_script_or_else_the_given_one(pack):
    assert {played.seed for played in pack.recordings.values()} == {7}
    assert {played.seed for played in packed(ROOMY, "toy.toml", load, 5).recordings.values()} == {5}


def test_a_page_tells_neither_whose_nor_how_good(pack):
    """No score, no mark, no figures of the others, and no word of a level but in the anchors and the scale."""
    for name, page in pack.pages.items():
        assert f"<h1>Recording {name}</h1>" in page and "of 100" not in page and 'mark">' not in page
        text = re.sub(r'(?s)<style>.*?</style>|<dl class="anchors">.*?</dl>', "", page)
        body, _, scale = text.rpartition('<p class="soft">1 ')
        assert not re.search(r"\b(weak|mid|strong|expert)\b", body) and "strong" in scale
        others = [fly(STALL, par, 7).profit() for key, par in pack.pars.items() if key != name]
        assert not any(f"${profit / 1e6:,.0f}" in page for profit in others)


def test_a_page_has_what_it_is_marked_by(pack):
    (name,) = (name for name, par in pack.pars.items() if par == "strong")
    page = pack.pages[name]
    for said in ("people learn", "The owner writes: who scores above a half waits.", "turns the line down", "served",
                 "metrics strong", "1 2 3 4 5", "Line: at most 0.5"):  # fmt: skip
        assert said in page
    for label in DIMENSIONS.values():
        assert f"<h3>{label} " in page
    assert "Communication" not in page and "default-src 'none'" in page


def test_the_file_to_mark_in_has_a_cell_for_what_is_shown(pack):
    assert pack.rows[0] == COLUMNS
    asked = [row[1] for row in pack.rows[1:] if row[0] == "A"]
    assert asked == ["framing", "metrics"]  # the requirement; of the toy's behaviours those that need nobody
    assert len(pack.rows) == 1 + 4 * len(asked) and all(row[2:] == ("", "") for row in pack.rows[1:])
    text = "\n".join(",".join([*row[:2], row[2] or "3", row[3]]) for row in pack.rows).replace("mark,3", "mark")
    assert len(read_marks(text, "f", tuple(pack.pars))) == 8


def test_a_case_without_an_answer_of_each_level():
    three = replace(STALL, pars={name: par for name, par in STALL.pars.items() if name != "mid"})
    with pytest.raises(BadInput, match="no reference answer mid"):
        packed(TEXT, "toy.toml", lambda name: three)


def test_it_tells_how_far_it_is():
    told: list[float] = []
    packed(TEXT, "toy.toml", load, 5, told.append)
    assert told == sorted(told) and told[-1] == 1.0 and len({int(4 * share) for share in told}) == 5


def test_a_script_that_is_wrong_is_named():
    with pytest.raises(BadInput, match=r"^mine\.toml: "):
        packed("round = 2", "mine.toml", load)


# the key


def test_the_key_says_who_is_who(pack):
    assert read_key(pack.key(), "key.json") == dict(pack.pars)


@pytest.mark.parametrize("text", [
    "", "[]", "{}", '{"pack": 1}', '{"pack": 1, "recordings": {}}', '{"pack": "1", "recordings": {"A": "weak"}}',
    '{"pack": 1, "recordings": {"A": 3}}', '{"pack": 1, "recordings": {"A": "weak"}, "more": 1}', "[" * 9999,
    '{"pack": 2, "recordings": {"A": "weak"}}',
    json.dumps({"pack": 1, "recordings": {str(n): "weak" for n in range(30)}}),
])  # fmt: skip
def test_what_is_no_key(text):
    with pytest.raises(BadInput) as caught:
        read_key(text, "key.json")
    assert str(caught.value).startswith("key.json: ") and "\n" not in str(caught.value)
