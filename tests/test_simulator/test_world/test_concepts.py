"""Concepts are reached over night or slowly, are taken back, and are all as strong."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.world.concepts import Turn, blended, reached, unit

AT = np.array([0.0, 9.0, 10.0, 15.0, 20.0, 30.0])


@pytest.mark.parametrize(
    ("turns", "there"),
    [
        ([], [0, 0, 0, 0, 0, 0]),
        ([Turn(10.0, 0.0)], [0, 0, 1, 1, 1, 1]),
        ([Turn(10.0, 0.0, end=20.0)], [0, 0, 1, 1, 0, 0]),
        ([Turn(10.0, 10.0)], [0, 0, 0, 0.5, 1, 1]),
        ([Turn(9.0, 0.0), Turn(10.0, 10.0, size=0.5)], [0, 1, 1, 1.25, 1.5, 1.5]),
    ],
    ids=["none", "over night", "taken back", "slowly", "two"],
)
def test_how_far_the_world_is(turns, there):
    assert reached(AT, turns).tolist() == there


def test_between_two_concepts_it_is_linear_and_beyond_the_last_it_stays():
    concepts = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    found = blended(concepts, np.array([0.0, 0.25, 1.0, 1.5, 2.0, 3.0]))
    assert found.tolist() == [[0, 1], [0.25, 0.75], [1, 0], [1.5, 1], [2, 2], [2, 2]]


def test_unit_rows_have_length_one_and_their_direction():
    rows = unit(np.array([[3.0, 4.0], [-1.0, 0.0]]))
    assert rows == pytest.approx(np.array([[0.6, 0.8], [-1.0, 0.0]]))
