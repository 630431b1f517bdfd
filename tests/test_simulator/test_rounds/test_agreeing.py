"""How far interviewers agree. All marks in here are made up; none was given by anybody."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BadInput
from simulator.rounds.agreeing import TARGET, Agreement, agreed, read_marks

NAMES = ("A", "B", "C", "D")
PARS = {"A": "strong", "B": "weak", "C": "expert", "D": "mid"}


def made_up(*marks: int, dimension: str = "data") -> dict[tuple[str, str], int]:
    """Marks that nobody gave: of one dimension of A, B, ..."""
    return {(name, dimension): mark for name, mark in zip("ABCDEFGHIJKLMNOPQRST", marks, strict=False)}


def between(a: tuple[int, ...], b: tuple[int, ...]) -> Agreement:
    return agreed({"Ada": made_up(*a), "Ben": made_up(*b)}, PARS).overall


# shares


@pytest.mark.parametrize(("a", "b", "equal", "within"), [
    ((1, 2, 3, 4), (1, 2, 3, 4), 1.0, 1.0), ((1, 2, 3, 4), (2, 3, 4, 5), 0.0, 1.0),
    ((1, 1, 1, 1), (3, 1, 2, 5), 0.25, 0.5), ((1, 2), (3, 4), 0.0, 0.0), ((1, 5, 3), (1, 5, 5), 2 / 3, 2 / 3),
])  # fmt: skip
def test_shares_equal_and_within_one(a, b, equal, within):
    found = between(a, b)
    assert (found.equal, found.within, found.cells) == (pytest.approx(equal), pytest.approx(within), len(a))


def test_only_cells_that_two_marked_count():
    ada, ben = made_up(1, 2, 3), {("B", "data"): 2, ("C", "data"): 3, ("D", "data"): 1, ("B", "model"): 5}
    found = agreed({"Ada": ada, "Ben": ben}, PARS)
    assert (found.overall.cells, found.overall.equal, found.marks) == (2, 1.0, 7)


def test_the_interval_is_wilsons():
    """Of 20 cells 18 within one: 0.699 to 0.972, by his formula."""
    found = between((3,) * 20, (3,) * 18 + (5, 5))
    n, p, z = 20, 0.9, 1.959963984540054
    middle, half = (p + z * z / (2 * n)), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert (found.low, found.high) == pytest.approx(
        ((middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n))
    )
    assert (round(found.low, 3), round(found.high, 3)) == (0.699, 0.972)


# kappa


def kappa_by_hand(a: list[int], b: list[int]) -> float:
    """Cohen 1968: 1 less the ratio of squared distances seen, to those of marks drawn apart."""
    apart = np.subtract.outer(a, b) ** 2
    return 1 - (np.diag(apart).mean() / apart.mean())


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=20))
def test_kappa_is_cohens_with_quadratic_weights(pairs):
    a, b = ([pair[side] for pair in pairs] for side in (0, 1))
    found = between(tuple(a), tuple(b)).kappa
    if len({*a, *b}) < 2:
        assert found is None
    else:
        assert found == pytest.approx(kappa_by_hand(a, b), abs=1e-9)


def test_kappa_at_its_ends():
    assert between((1, 2, 4, 5), (1, 2, 4, 5)).kappa == pytest.approx(1.0)
    assert between((1, 1, 5, 5), (5, 5, 1, 1)).kappa == pytest.approx(-1.0)
    assert between((3, 3, 3), (4, 4, 4)).kappa == pytest.approx(0.0)  # each gave one mark throughout: chance alone
    assert between((3, 3), (3, 3)).kappa is None


# several interviewers


THREE = {"Ada": made_up(1, 2, 3, 4), "Ben": made_up(1, 2, 3, 4), "Cleo": made_up(2, 4, 3, 5)}


def test_every_pair_is_told():
    pairs = {one.of: (one.equal, one.within) for one in agreed(THREE, PARS).pairs}
    assert pairs == {"Ada and Ben": (1.0, 1.0), "Ada and Cleo": (0.25, 0.75), "Ben and Cleo": (0.25, 0.75)}


def test_over_all_a_cell_is_within_one_where_all_of_them_are():
    found = agreed(THREE, PARS)
    assert (found.overall.cells, found.overall.equal, found.overall.within) == (4, 0.25, 0.75)
    kappas = [one.kappa for one in found.pairs]
    assert found.overall.kappa == pytest.approx(sum(kappas) / 3) and (found.interviewers, found.marks) == (
        tuple(THREE),
        12,
    )


def test_an_interviewer_who_marked_other_cells_has_no_pair():
    found = agreed({**THREE, "Dan": made_up(1, dimension="model")}, PARS)
    assert len(found.pairs) == 3 and found.marks == 13


def test_dimensions_by_themselves():
    ada = made_up(1, 2) | made_up(1, 5, dimension="model") | made_up(3, dimension="communication")
    ben = made_up(1, 2) | made_up(3, 5, dimension="model")
    found = {one.of: (one.cells, one.equal, one.within) for one in agreed({"Ada": ada, "Ben": ben}, PARS).dimensions}
    assert found == {"data": (2, 1.0, 1.0), "model": (2, 0.5, 0.5)}


def test_too_few_to_compare():
    with pytest.raises(BadInput, match="two at least"):
        agreed({"Ada": made_up(1)}, PARS)
    with pytest.raises(BadInput, match="same dimension of the same recording"):
        agreed({"Ada": made_up(1), "Ben": made_up(1, dimension="model")}, PARS)


# the target


@pytest.mark.parametrize(("within", "met", "sure"), [(20, True, False), (18, True, False), (17, False, False)])
def test_the_target_of_nine_in_ten(within, met, sure):
    found = agreed({"Ada": made_up(*(3,) * 20), "Ben": made_up(*(3,) * within, *(5,) * (20 - within))}, PARS)
    assert (found.met, found.sure) == (met, sure) and TARGET == 0.9


def test_with_enough_marks_it_is_sure():
    many = {(name, f"d{n}"): 3 for name in NAMES for n in range(15)}
    assert agreed({"Ada": many, "Ben": many}, PARS).sure


def test_recordings_in_the_order_of_their_pars():
    found = agreed({"Ada": made_up(4, 1, 5), "Ben": made_up(3, 2, 5)}, PARS)
    assert [(one.name, one.par, one.mean) for one in found.recordings] == [
        ("B", "weak", 1.5), ("D", "mid", None), ("A", "strong", 3.5), ("C", "expert", 5.0)
    ]  # fmt: skip
    assert found.ordered
    assert not agreed({"Ada": made_up(4, 4), "Ben": made_up(3, 3)}, PARS).ordered


# files


HEAD = "recording,dimension,mark,words\n"


def test_marks_are_read():
    text = f'\n{HEAD}A,data,3,\nB,data,,not seen\n C , model , 5.0 ,"quick, and right"\nD,communication,1,x\n'.lstrip()
    assert read_marks(text, "ada.csv", NAMES) == {("A", "data"): 3, ("C", "model"): 5, ("D", "communication"): 1}


def test_what_spreadsheets_make_of_it():
    """Semicolons, other line ends, columns in another order, no column of words."""
    assert read_marks("recording;dimension;mark;words\r\nA;data;3;\r\n", "f", NAMES) == {("A", "data"): 3}
    assert read_marks("mark,dimension,recording\n2,data,B", "f", NAMES) == {("B", "data"): 2}


@pytest.mark.parametrize(("text", "line", "said"), [
    (HEAD + "A,data,6,", 2, "mark = '6' is not allowed; it takes 1 to 5"), (HEAD + "A,data,3,\nB,data,0,", 3, "'0'"),
    (HEAD + "A,data,3.5,", 2, "'3.5'"), (HEAD + "A,data,=1+2,", 2, "'=1+2'"), (HEAD + "A,data,\u0663,", 2, "mark ="),
    (HEAD + "E,data,3,", 2, "unknown recording 'E'"), (HEAD + "A,date,3,", 2, "did you mean 'data'?"),
    (HEAD + "A,data,3,\nA,data,4,", 3, "marked twice"), (HEAD + "A,data,3,x,y", 2, "more cells"),
    (HEAD + "A,data,3,\"x", 2, ""), ("", 1, "the column recording"),
    ("recording,dimension,score\n", 1, "unknown column"),
    ("recording,dimension,mark,mark\n", 1, "wanted once"), ("recording,dimension\nA,data", 1, "the column mark"),
    (HEAD + "A,data,3,\n\nB,data,x" + "y" * 500, 4, "mark ="),
])  # fmt: skip
def test_bad_cells_are_named_by_file_and_line(text, line, said):
    with pytest.raises(BadInput) as caught:
        read_marks(text, "ada.csv", NAMES)
    assert str(caught.value).startswith(f"ada.csv, line {line}: ") and said in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_a_file_without_marks_or_without_end():
    with pytest.raises(BadInput, match=r"ada\.csv: it has no mark"):
        read_marks(HEAD + "A,data,,\n", "ada.csv", NAMES)
    with pytest.raises(BadInput, match="too many"):
        read_marks("x" * 300_000, "ada.csv", NAMES)
    with pytest.raises(BadInput, match=r"ada\.csv, line"):
        read_marks(HEAD + f"A,data,3,{'x' * 200_000}", "ada.csv", NAMES)


@given(st.text(max_size=80))
def test_whatever_a_file_holds_is_marks_or_one_line(text):
    for whole in (text, HEAD + text):
        try:
            assert read_marks(whole, "f", NAMES)
        except BadInput as error:
            assert "\n" not in str(error)
