"""The threshold curve and the confusion in money: each point tried by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.board import Stakes
from simulator.evidence.thresholds import confusion, curve
from simulator.units import day

AT = day(4.63)


def worth(row) -> float:
    """What acting on a request of the toy is worth, given its label [$]."""
    return row["value"] if row["label"] else -0.5


def test_the_curve_by_hand(stall, twin):
    case, run, _ = stall
    found, rows = curve(case, run, AT), twin(case, run, AT)
    known = [row for row in rows if row["label"] is not None]
    positives = sum(row["label"] for row in known)
    assert (found.labelled, found.total) == (len(known), len(rows))
    for k, line in enumerate(found.thresholds):
        above = [row for row in known if row["score"] >= line]
        hits = sum(row["label"] for row in above)
        assert found.acted_share[k] == pytest.approx(len(above) / len(known))
        assert found.precision[k] == (pytest.approx(hits / len(above)) if above else None)
        assert found.recall[k] == pytest.approx(hits / positives)
        assert found.dollars_per_1000[k] == pytest.approx(1000 * sum(map(worth, above)) / len(known), abs=1e-9)
    assert found.best_dollars == max(found.dollars_per_1000)
    assert found.best_threshold == found.thresholds[found.dollars_per_1000.index(found.best_dollars)]


def test_no_threshold_beats_the_best_one(stall, twin):
    case, run, _ = stall
    found = curve(case, run, AT)
    known = [row for row in twin(case, run, AT) if row["label"] is not None]
    best = max(sum(worth(r) for r in known if r["score"] >= line["score"]) for line in known)
    assert found.best_dollars == pytest.approx(1000 * best / len(known))
    assert len(found.thresholds) <= 201 < len({row["score"] for row in known}) + 300


def test_the_best_one_is_drawn(stall):
    case, run, _ = stall
    for days in (3.1, 3.9, 4.2, 4.5, 4.8, 5.1, 5.4, 5.7):
        found = curve(case, run, day(days))
        assert found.best_threshold in found.thresholds


def test_the_operating_point_is_what_was_done(stall, twin):
    """A label of the toy comes only of who was served, so its line is moved to see somebody acted on."""
    case, run, _ = stall
    case = dataclasses.replace(case, board=dataclasses.replace(case.board, acted=(2, 3)))
    found = curve(case, run, AT)
    known = [row for row in twin(case, run, AT) if row["label"] is not None]
    acted = [row for row in known if row["acted"]]
    assert found.operating_share == pytest.approx(len(acted) / len(known)) and acted
    assert found.operating_dollars == pytest.approx(1000 * sum(map(worth, acted)) / len(known))


def test_no_stakes_or_no_label(stall):
    case, run, _ = stall
    assert curve(case, run, 60.0) is None
    assert curve(dataclasses.replace(case, board=dataclasses.replace(case.board, stakes=None)), run, AT) is None


def test_stakes_follow_the_setting_and_the_value(stall):
    case, run, _ = stall
    told = []

    def stakes(setting, value):
        told.append((setting, value.max()))
        return Stakes(np.ones(len(value)), -np.ones(len(value)))

    curve(dataclasses.replace(case, board=dataclasses.replace(case.board, stakes=stakes)), run, AT)
    assert told[0][0] == case.world_setting() and 1.9 < told[0][1] <= 2.0  # dollars


@pytest.mark.parametrize(("silence", "acted"), [(np.inf, (3,)), (day(1), (3,)), (np.inf, (2, 3))])
def test_confusion_by_hand(stall, twin, silence, acted):
    case, run, _ = stall
    case = dataclasses.replace(case, board=dataclasses.replace(case.board, acted=acted))
    found = confusion(case, run, AT, silence)
    rows = [row for row in twin(case, run, AT) if row["latency"] is not None]
    for row in rows:
        if not row["acted"] and silence < np.inf:
            row["label"] = None if row["at"] + silence > AT else row["label"] or 0
    assert found.n == len(rows) == sum(cell.n for cell in found.cells)
    assert [(cell.acted, cell.label) for cell in found.cells] == [(a, y) for a in (True, False) for y in (1, 0, None)]
    for cell in found.cells:
        mine = [row for row in rows if (row["acted"], row["label"]) == (cell.acted, cell.label)]
        assert cell.n == len(mine)
        money = sum(worth(row) * (1 if cell.acted else -1) for row in mine)
        assert cell.dollars == (None if cell.label is None else pytest.approx(money))


def test_confusion_without_stakes_counts(stall):
    case, run, _ = stall
    poor = dataclasses.replace(case, board=dataclasses.replace(case.board, stakes=None))
    assert all(cell.dollars is None for cell in confusion(poor, run, AT).cells)
    assert [c.n for c in confusion(poor, run, AT).cells] == [c.n for c in confusion(case, run, AT).cells]
