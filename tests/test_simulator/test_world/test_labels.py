"""A label is known when it is due and not before; a held-up feed loses nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import BrokenInvariant
from simulator.units import DAY
from simulator.world.labels import Known, Labels, Landed

SIZE = 40
DUE = st.floats(0, 5 * DAY) | st.integers(0, 5).map(lambda n: n * DAY) | st.just(np.inf)
OWED = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, 1), DUE), max_size=15)


def owe(labels: Labels, rows) -> None:
    """Promise *rows* of (id, label, due)."""
    ids, values, due = zip(*rows, strict=True) if rows else ((), (), ())
    labels.owe(np.array(ids, np.int64), np.array(values, np.int64), np.array(due, float))


def listed(landed: Landed) -> list[tuple[float, int, int]]:
    """Return *landed* as rows of (at, id, label)."""
    return list(zip(landed.at.tolist(), landed.id.tolist(), landed.label.tolist(), strict=True))


def naive(rows, since: float, until: float) -> list[tuple[float, int, int]]:
    """Work out what lands in between, in order of (time, id)."""
    return sorted(((due, id, label) for id, label, due in rows if since <= due < until), key=lambda r: r[:2])


@given(OWED, st.lists(st.floats(0, 6 * DAY), max_size=6))
def test_what_falls_due_lands_once_and_in_order(rows, looks):
    labels, landed, reached = Labels(SIZE), [], 0.0
    owe(labels, rows)
    for until in [*sorted(looks), 6 * DAY]:
        found = listed(labels.due(until))
        assert [r[:2] for r in found] == [r[:2] for r in naive(rows, reached, until)]
        assert (labels.known.at[labels.known.label >= 0] < until).all()
        landed, reached = landed + found, until
    assert sorted(landed) == sorted(naive(rows, 0.0, np.inf))
    assert len(labels.pending()) == 0


@given(OWED, st.floats(0, 6 * DAY))
def test_what_has_not_landed_is_pending(rows, until):
    labels = Labels(SIZE)
    owe(labels, rows)
    landed = listed(labels.due(until))
    assert sorted(landed + listed(labels.pending())) == sorted(naive(rows, 0.0, np.inf))


@given(OWED, st.integers(0, 1), st.floats(0, 5 * DAY), st.floats(0, 5 * DAY))
def test_a_feed_that_was_held_up_lands_in_one_go_when_it_starts_again(rows, label, one, two):
    stops, starts = sorted((one, two))
    labels = Labels(SIZE)
    owe(labels, rows)
    before = listed(labels.due(stops))
    labels.hold(label)
    between = listed(labels.due(starts))
    labels.release(starts)
    after = listed(labels.due(6 * DAY))
    free, late = ([r for r in naive(rows, stops, starts) if (r[2] == label) is held] for held in (False, True))
    assert sorted(between) == sorted(free)
    assert sorted(after) == sorted([(starts, *row[1:]) for row in late] + naive(rows, starts, np.inf))
    assert len(before) + len(between) + len(after) == len(naive(rows, 0.0, np.inf))


def test_what_is_held_up_is_not_known():
    labels = Labels(SIZE)
    owe(labels, [(3, 1, DAY), (4, 0, DAY)])
    labels.hold(1)
    assert listed(labels.due(2 * DAY)) == [(DAY, 4, 0)]
    assert labels.known.label[3] == -1 and labels.known.at[3] == np.inf
    assert listed(labels.pending()) == [(DAY, 3, 1)]
    labels.release(2 * DAY)
    assert listed(labels.due(3 * DAY)) == [(2 * DAY, 3, 1)]
    assert labels.known.label[3] == 1 and labels.known.at[3] == 2 * DAY


def test_of_two_holds_the_feed_waits_for_the_second_release():
    """Two pauses that overlap: the end of the first does not end the second."""
    labels = Labels(SIZE)
    owe(labels, [(3, 1, 2.5 * DAY)])
    labels.hold(1)
    labels.due(2 * DAY)
    labels.hold(1)
    labels.due(3 * DAY)
    labels.release(3 * DAY)
    assert len(labels.due(4 * DAY)) == 0
    labels.release(4 * DAY)
    assert listed(labels.due(5 * DAY)) == [(4 * DAY, 3, 1)]


def test_a_label_is_promised_for_later():
    labels = Labels(SIZE)
    labels.due(2 * DAY)
    with pytest.raises(BrokenInvariant, match="due at"):
        owe(labels, [(3, 1, 2 * DAY - 1)])
    owe(labels, [(3, 1, 2 * DAY)])


@pytest.mark.parametrize("rows", [[(3, 1, np.nan)], [(3, 1, np.nan), (4, 1, -5.0)]], ids=["nan", "nan and past"])
def test_a_label_is_due_at_a_time_or_never(rows):
    labels = Labels(SIZE)
    labels.due(DAY)
    with pytest.raises(BrokenInvariant):
        owe(labels, rows)


def test_what_is_never_due_never_lands():
    labels = Labels(SIZE)
    owe(labels, [(3, 1, np.inf)])
    assert len(labels.due(1e9)) == 0 and len(labels.pending()) == 0


def test_a_later_label_revises_an_earlier_one():
    known = Known(SIZE)
    known.land(Landed.of([(3, 0, 5.0), (3, 1, 7.0)]))
    assert (known.label[3], known.at[3]) == (1, 7.0)


@given(st.lists(OWED, max_size=4))
def test_chunks_are_joined_in_order_of_time_then_id(chunks):
    finite = [[row for row in chunk if np.isfinite(row[2])] for chunk in chunks]
    together = Landed.together(*(Landed.of(chunk) for chunk in finite))
    keys = [row[:2] for row in listed(together)]
    assert keys == sorted(keys)
    assert len(together) == sum(map(len, finite))
