"""The class balance: shares of positives by hand, and what twice as many of them would make of thresholds."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest

from simulator.exhibits.balance import CLASS_BALANCE, best_lines, mix, precision_with
from simulator.exhibits.words import said
from simulator.probes import Posed


def told(asked):
    return Posed.of(CLASS_BALANCE, asked)


def unlabelled(asked):
    truths = dataclasses.replace(asked.tape.truths, label=np.zeros(len(asked.tape), dtype=np.bool_))
    return dataclasses.replace(asked, tape=dataclasses.replace(asked.tape, truths=truths))


def flown_rows(asked):
    """The requests of the flight that came, one by one: (third, label, score, action, value [$])."""
    run, rows = asked.run, []
    for id in range(len(run.requests)):
        at = float(run.requests.at[id])
        if 0 <= at < run.until and run.outcomes.result[id] != 1:
            row = (int(3 * at // run.until), bool(asked.tape.truths.label[id]), float(run.outcomes.score[id]))
            rows.append((*row, int(run.outcomes.action[id]), float(run.requests.value[id]) / 1e6))
    return rows


def test_the_thirds(asked):
    rows, chart = flown_rows(asked), told(asked).exhibit.chart
    for third, share in enumerate(chart.series["share of positives"]):
        labels = [row[1] for row in rows if row[0] == third]
        assert share == pytest.approx(sum(labels) / len(labels))


def test_twice_the_positives_where_nothing_is_acted_on(asked):
    labels = [row[1] for row in flown_rows(asked)]
    positives, negatives = sum(labels), len(labels) - sum(labels)
    assert told(asked).check.truth == pytest.approx(2 * positives / (2 * positives + negatives))


def test_twice_the_positives_among_those_acted_on(staked):
    acted = [row[1] for row in flown_rows(staked) if row[3] == 3]
    positives, negatives = sum(acted), len(acted) - sum(acted)
    check, p = told(staked).check, positives / len(acted)
    assert check.truth == pytest.approx(2 * positives / (2 * positives + negatives)) == pytest.approx(2 * p / (1 + p))
    assert check.unit == "share"
    assert abs(p - check.truth) > check.tolerance
    assert f"Of those that were acted on, {said(p, 'share')} were positives" in told(staked).exhibit.text


def worth_of(rows, line, times):
    """What acting from *line* on is worth, one by one: $8 are saved where the label is 1, the sale is lost always."""
    return sum(times * (8.0 - value) if label else -value for _, label, score, _, value in rows if score >= line)


@pytest.mark.parametrize("times", [1.0, 2.0])
def test_the_best_thresholds(staked, times):
    rows = flown_rows(staked)
    curve = best_lines(staked)[int(times) - 1]
    best = float(curve.threshold[curve.best])
    lines = {row[2] for row in rows} | {2.0}
    most = max(worth_of(rows, line, times) for line in lines)
    assert curve.worth[curve.best] == pytest.approx(most)
    assert worth_of(rows, best, times) == pytest.approx(most)
    assert f"{said(best)}, acting on" in told(staked).exhibit.text


def test_with_more_positives_the_line_falls(staked):
    now, then = best_lines(staked, 8.0)
    assert then.threshold[then.best] < now.threshold[now.best]


def test_no_stakes_no_lines(asked):
    assert best_lines(asked) is None


def test_nobody_acted_on(asked):
    assert np.isnan(precision_with(asked, 2.0))


def test_without_labels_the_mix_is_told(staked):
    kind, table = mix(unlabelled(staked))
    exhibit = told(unlabelled(staked)).exhibit
    assert kind in ("route", "action", "result")
    assert exhibit.chart.series == {name: tuple(row.tolist()) for name, row in table.items()}
    assert np.sum(list(table.values()), axis=0) == pytest.approx(np.ones(3))


def test_without_labels_the_mix_is_by_hand(ask, boarded):
    asked = unlabelled(ask(case=boarded))
    one_way = np.ones(len(asked.run.requests), dtype=np.int64)
    outcomes = copy.copy(asked.run.outcomes)
    outcomes.route, outcomes.result = one_way, one_way + 1
    asked = dataclasses.replace(asked, run=dataclasses.replace(asked.run, outcomes=outcomes))
    kind, table = mix(asked)
    assert kind == "action"
    assert set(table) == {"serve", "hold"}
    for third in range(3):
        actions = [row[3] for row in flown_rows(asked) if row[0] == third]
        assert table["hold"][third] == pytest.approx(actions.count(3) / len(actions))


def test_without_labels_who_grew_is_asked(staked):
    asked = unlabelled(staked)
    _, table = mix(asked)
    check = told(asked).check
    grown = max(table, key=lambda name: table[name][2] - table[name][0])
    assert check.options[check.right] == grown


def test_a_mix_that_stands_still_is_doubled(staked, monkeypatch):
    still = {"red": np.array([0.6, 0.6, 0.6]), "green": np.array([0.4, 0.4, 0.4])}
    monkeypatch.setattr("simulator.exhibits.balance.mix", lambda asked: ("segment", still))
    check = told(unlabelled(staked)).check
    assert check.truth == pytest.approx(1.2 / 1.6)
    assert "segment red" in check.ask


def test_all_of_one_kind(ask, monkeypatch):
    monkeypatch.setattr("simulator.exhibits.balance.mix", lambda asked: None)
    posed = told(unlabelled(ask()))
    assert posed.check is None
    assert posed.exhibit.chart is None
    assert "no balance can shift" in posed.exhibit.text


def test_a_flight_too_short_for_thirds(ask):
    run = ask(until=3600.0)
    assert told(run).exhibit.text
    assert told(unlabelled(run)).exhibit.text
