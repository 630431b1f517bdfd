"""The menu of rankers is whole and believable, and what sums the times up finds what was put in."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources

import menu
import numpy as np
import pytest

from cases._menu import Entry, measured_on, ranker
from simulator.streams import Streams

MODELS = ["boosting_100", "distilled", "forest_100", "forest_30", "forest_500", "logistic"]
FIXED, PER_ROW, SIGMA = 4.0, 0.02, 0.25  # of the made-up model

Times = dict[int, np.ndarray]
Summed = dict[str, float]


@pytest.fixture(scope="module")
def text() -> str:
    return resources.files("cases").joinpath("menus", "ranker.json").read_text(encoding="utf-8")


# --- the file ---------------------------------------------------------------------------------------------------


def test_all_models_are_there():
    assert sorted(ranker()) == MODELS


def test_the_script_writes_where_the_cases_read():
    with resources.as_file(resources.files("cases").joinpath("menus", "ranker.json")) as read:
        assert read.resolve() == menu.FILE


def test_written_the_same_way_each_time(text):
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize("name", MODELS)
def test_every_field_is_there_and_positive(text, name):
    stored = json.loads(text)["models"][name]
    assert sorted(stored) == ["auc", "batches", "fixed_ms", "per_row_ms", "sigma"]
    assert sorted(map(int, stored["batches"])) == list(menu.BATCHES)
    assert min(stored[field] for field in ("fixed_ms", "per_row_ms", "sigma")) > 0
    for batch in stored["batches"].values():
        assert sorted(batch) == ["calls", "p50", "p90", "p95", "p99"]
        assert 0 < batch["p50"] <= batch["p90"] <= batch["p95"] <= batch["p99"]
        assert batch["calls"] >= (200 if batch["p50"] < 20 else 30)


@pytest.mark.parametrize("name", MODELS)
def test_read_as_it_is_stored(text, name):
    stored, entry = json.loads(text)["models"][name], ranker()[name]
    assert {
        field: getattr(entry, field) for field in ("fixed_ms", "per_row_ms", "sigma", "auc")
    }.items() <= stored.items()
    assert entry.p50_ms == {rows: stored["batches"][str(rows)]["p50"] for rows in menu.BATCHES}
    assert entry.p99_ms == {rows: stored["batches"][str(rows)]["p99"] for rows in menu.BATCHES}
    assert list(entry.p50_ms) == list(entry.p99_ms) == list(menu.BATCHES)


@pytest.mark.parametrize("name", MODELS)
def test_the_line_is_near_the_medians(name):
    assert farthest(ranker()[name]) < 0.35


def test_twin_a_line_from_the_large_batches_alone_is_not_near():
    forest = ranker()["forest_500"]
    (few, low), (many, high) = [(rows, forest.p50_ms[rows]) for rows in (1000, 3000)]
    slope = (high - low) / (many - few)
    assert farthest(Entry(low - slope * few, slope, 0.1, 0.8, forest.p50_ms, forest.p99_ms)) > 0.35


def farthest(entry: Entry) -> float:
    """Return the largest share of a median by which the line misses it."""
    return max(abs(entry.fixed_ms + entry.per_row_ms * rows - p50) / p50 for rows, p50 in entry.p50_ms.items())


def test_quality():
    aucs = {name: entry.auc for name, entry in ranker().items()}
    assert all(0.5 < auc < 1 for auc in aucs.values())
    assert aucs["logistic"] < aucs["forest_30"] < aucs["forest_100"] < aucs["forest_500"] < aucs["boosting_100"]
    assert aucs["logistic"] < aucs["distilled"] < aucs["boosting_100"]


@pytest.mark.parametrize("rows", menu.BATCHES)
def test_heavier_is_slower(rows):
    p50 = {name: entry.p50_ms[rows] for name, entry in ranker().items()}
    assert p50["forest_30"] < p50["forest_100"] < p50["forest_500"]
    assert p50["distilled"] < p50["boosting_100"]


def test_says_what_it_was_measured_on(text):
    found = json.loads(text)["measured"]
    assert all(
        str(found[what]) in measured_on() for what in ("processor", "cores", "python", "numpy", "scikit_learn", "date")
    )
    assert "\n" not in measured_on()
    assert found["threads"] == 1


# --- what sums the times up --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made_up() -> Times:
    """Times of calls that follow the line and the spread from above, drawn from a stream."""
    luck = Streams(5).get("made-up")
    return {rows: (FIXED + PER_ROW * rows) * luck.lognormal(0, SIGMA, 4000) for rows in menu.BATCHES}


def summed(times: Times) -> Summed:
    """Sum the times up as the script does."""
    entry = menu.entry(0.8, times)
    return {part: entry[part] for part in ("fixed_ms", "per_row_ms", "sigma")}


def wrong(found: Summed) -> list[str]:
    """Name the parts that are more than a twentieth off."""
    put_in = {"fixed_ms": FIXED, "per_row_ms": PER_ROW, "sigma": SIGMA}
    return [part for part, value in put_in.items() if abs(found[part] / value - 1) > 0.05]


def test_finds_what_was_put_in(made_up):
    assert wrong(summed(made_up)) == []


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("part", ["fixed_ms", "per_row_ms", "sigma"])
def test_twin_a_tenth_off(made_up, part, factor):
    found = summed(made_up)
    assert wrong({**found, part: found[part] * factor}) == [part]


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (lambda rows, calls: calls * (1 + 0.1 * FIXED / (FIXED + PER_ROW * rows)), "fixed_ms"),
        (lambda rows, calls: calls * (1 + 0.1 * PER_ROW * rows / (FIXED + PER_ROW * rows)), "per_row_ms"),
        (lambda rows, calls: calls * (calls / np.median(calls)) ** 0.1, "sigma"),
    ],
)
def test_twin_other_times(made_up: Times, spoil: Callable[[int, np.ndarray], np.ndarray], part: str):
    assert wrong(summed({rows: spoil(rows, calls) for rows, calls in made_up.items()})) == [part]


@pytest.mark.parametrize("odd", menu.BATCHES)
def test_one_odd_batch_does_not_bend_the_line(odd):
    medians = {rows: FIXED + PER_ROW * rows for rows in menu.BATCHES}
    assert menu.line({**medians, odd: medians[odd] * 1.5}) == pytest.approx((FIXED, PER_ROW))


def test_quantiles():
    assert menu.quantiles(np.arange(101.0)) == {"p50": 50, "p90": 90, "p95": 95, "p99": 99, "calls": 101}


def test_a_busy_neighbour_is_left_out():
    rounds = [np.full(10, 1.0 + number / 100) for number in range(menu.KEPT)]
    busy = [np.full(10, 5.0)] * (menu.ROUNDS - menu.KEPT)
    assert sorted(menu.quiet([*busy, *rounds])) == sorted(np.concatenate(rounds))


def test_as_many_calls_as_asked_for(monkeypatch):
    rows = []

    class Counting:
        def predict_proba(self, X):
            rows.append(len(X))
            return X

    assert len(menu.one_round(Counting(), np.zeros((100, 2)), 30, 12)) == 12
    assert rows == [30] * (menu.WARM_UP + 12)
