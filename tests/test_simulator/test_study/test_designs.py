"""Designs come from the dials: their ranges, steps and options; what does not fit the world is left out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_case import CASE

import cases
from simulator.design import Design, Dial, choice, integer, number, switch
from simulator.errors import BadInput
from simulator.study import drawn, grid, levels
from simulator.study.designs import MOST, read_levels, read_slice, value_at


@dataclasses.dataclass(frozen=True)
class Every(Design):
    """A dial of each kind."""

    share: float = number(0.5, 0.0, 1.0, "Share")
    many: int = integer(2, 1, 4, "Many")
    way: str = choice("a", ("a", "b", "c"), "Way")
    quick: bool = switch(False, "Quick")


def dial(name: str) -> Dial:
    """One of the dials."""
    return Every.dial(name)


def values(designs, name: str) -> list:
    """List what the designs have a dial at."""
    return [getattr(plan.design, name) for plan in designs.plans.values()]


# --- grids


def test_a_grid_is_all_combinations_and_the_rest_is_the_base():
    found = grid(CASE, {"servers": [1, 2], "line": ["0.5", 0.6, 0.7]}, CASE.pars["strong"])
    assert [*zip(values(found, "servers"), values(found, "line"), strict=True)] == [
        (1, 0.5), (1, 0.6), (1, 0.7), (2, 0.5), (2, 0.6), (2, 0.7),
    ]  # fmt: skip
    assert list(found.plans) == ["1", "2", "3", "4", "5", "6"] and found.left_out == 0
    assert found.dials("4") == {"servers": 2, "line": 0.5}
    assert all(plan.changes == CASE.pars["strong"].changes for plan in found.plans.values())


READ = {
    ("share", "0.1,0.25"): [0.1, 0.25],
    ("share", "0.1:0.3:0.1"): [0.1, 0.2, 0.3],
    ("share", "0:1:0.3"): [0.0, 0.3, 0.6, 0.9],
    ("share", "all:3"): [0.0, 0.5, 1.0],
    ("share", "all"): [0.0, 0.25, 0.5, 0.75, 1.0],
    ("many", "1:4:2"): [1, 3],
    ("many", "all"): [1, 2, 3, 4],
    ("many", "3"): [3],
    ("way", "c, a"): ["c", "a"],
    ("way", "all"): ["a", "b", "c"],
    ("quick", "on,off"): [True, False],
    ("quick", "all"): [False, True],
}


@pytest.mark.parametrize(("name", "text"), READ)
def test_values_are_read(name, text):
    found = read_levels(dial(name), text)
    assert found == READ[name, text] and [type(v) for v in found] == [type(v) for v in READ[name, text]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("share", "0.1,0.1"), ("share", "2"), ("share", "0:1"), ("share", "1:0:0.1"), ("share", "0:1:0"),
        ("share", "0:1:-1"), ("share", "0:1:1e-9"), ("share", "0:nan:1"), ("share", "0:inf:1"), ("share", "all:1"),
        ("share", "all:x"), ("share", "0:1e999999:1e-999999"), ("share", ""), ("many", "1.5"), ("many", "1:4:0.5"),
        ("way", "d"), ("way", "a:b:c"), ("quick", "maybe"), ("share", "a:b:c"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(name, text):
    with pytest.raises(BadInput) as error:
        read_levels(dial(name), text)
    assert str(error.value).isprintable() and len(str(error.value)) < 200


# --- drawn designs


@pytest.mark.parametrize(
    ("name", "whole"), [("many", [1, 2, 3, 4]), ("way", ["a", "b", "c"]), ("quick", [False, True])]
)
def test_whole_numbers_options_and_switches_have_equal_shares(name, whole):
    found = [value_at(dial(name), share) for share in (np.arange(1200) + 0.5) / 1200]
    assert [found.count(value) for value in whole] == [1200 / len(whole)] * len(whole)


@given(st.floats(0, 1), st.sampled_from(["share", "many", "way", "quick"]))
def test_every_share_is_a_value(share, name):
    assert dial(name).read(value_at(dial(name), share)) == value_at(dial(name), share)


def test_a_latin_hypercube_takes_every_part_once():
    found = drawn(CASE, {"line": (0.2, 0.6), "servers": None}, 20, how="latin")
    parts = sorted(int((line - 0.2) / 0.4 * 20) for line in values(found, "line"))
    assert parts == list(range(20))
    assert [values(found, "servers").count(n) for n in range(1, 6)] == [4] * 5


def test_a_twin_that_draws_alone_does_not():
    found = drawn(CASE, {"line": (0.2, 0.6)}, 20)
    assert len({int((line - 0.2) / 0.4 * 20) for line in values(found, "line")}) < 18
    assert min(values(found, "line")) >= 0.2 and max(values(found, "line")) <= 0.6


def test_luck_is_named():
    one, again, other = (drawn(CASE, {"line": None}, 5, seed=seed) for seed in (0, 0, 1))
    assert one == again and one != other


def test_the_same_design_is_flown_once():
    found = drawn(CASE, {"servers": None}, 50)
    assert sorted(values(found, "servers")) == [1, 2, 3, 4, 5]


def test_slices_are_read():
    assert read_slice(dial("share"), "0.2:0.4") == [0.2, 0.4]
    assert read_slice(dial("many"), "2:3") == [2, 3]
    assert read_slice(dial("way"), "c,a") == ["c", "a"]


# --- what a person can mend


BAD = {
    "no dial": lambda: grid(CASE, {}),
    "unknown dial": lambda: grid(CASE, {"lien": [0.1]}),
    "no value": lambda: grid(CASE, {"line": []}),
    "too many": lambda: grid(CASE, {"line": np.linspace(0, 1, 101).tolist(), "servers": range(1, 6)} | MANY),
    "none": lambda: drawn(CASE, {"line": None}, 0),
    "too many drawn": lambda: drawn(CASE, {"line": None}, MOST + 1),
    "backwards": lambda: drawn(CASE, {"line": (0.4, 0.2)}, 3),
    "beyond": lambda: drawn(CASE, {"line": (0.4, 2.0)}, 3),
    "three ends": lambda: drawn(CASE, {"line": (0.1, 0.2, 0.3)}, 3),
    "none fits": lambda: grid(dataclasses.replace(CASE, fits=lambda design, setting: "too dear"), {"line": [0.1]}),
}
MANY = {"line": np.linspace(0, 1, MOST + 1).tolist()}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name):
    with pytest.raises(BadInput) as error:
        BAD[name]()
    assert str(error.value).isprintable() and len(str(error.value)) < 200


def test_what_does_not_fit_the_world_is_left_out_and_counted():
    tight = dataclasses.replace(CASE, fits=lambda design, setting: "servers are too many" * (design.servers > 3))
    found = grid(tight, {"servers": [1, 2, 3, 4, 5]})
    assert (values(found, "servers"), found.left_out) == ([1, 2, 3], 2)


def test_each_dial_of_each_case_can_be_swept():
    for case in map(
        cases.load, ("burst_storm", "drift_retraining", "feed_ranking", "fraud_threshold", "latency_budget")
    ):
        for one in case.design.dials():
            found = grid(case, {one.name: levels(one)})
            assert len(found.plans) + found.left_out == len(levels(one))
        assert drawn(case, {one.name: None for one in case.design.dials()}, 20, how="latin").plans
