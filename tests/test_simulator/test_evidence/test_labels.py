"""Which labels are in, and what scores look like in their light: counted row by row."""

from __future__ import annotations

import pytest
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from simulator.errors import BadInput
from simulator.evidence.labels import maturity, over_time
from simulator.units import day

AT = day(4.63)


def stepped(rows, step: float, starts) -> list[list[dict]]:
    return [[row for row in rows if start <= row["at"] < start + step] for start in starts]


def test_maturity_by_hand(stall, twin):
    case, run, _ = stall
    found = maturity(case, run, AT)
    parts = stepped(twin(case, run, AT), case.horizon / 60, found.at)
    assert found.at == tuple(n * case.horizon / 60 for n in range(47))
    assert found.asked == tuple(len(part) for part in parts)
    assert found.labelled == tuple(sum(row["label"] is not None for row in part) for part in parts)
    assert found.share == pytest.approx([k / n for k, n in zip(found.labelled, found.asked, strict=True)])
    assert sum(found.share[:10]) > 1.5 * sum(found.share[-10:])  # younger ones are less mature


def test_a_later_look_knows_more(stall):
    case, run, _ = stall
    early, late = maturity(case, run, day(3)), maturity(case, run, day(5))
    assert late.asked[: len(early.asked)] == early.asked
    assert all(b >= a for a, b in zip(early.labelled, late.labelled, strict=False))
    assert sum(late.labelled[:30]) > sum(early.labelled[:30])


def test_scores_over_time_by_hand(stall, twin):
    case, run, _ = stall
    found = over_time(case, run, AT, steps=12)
    assert sum(value is not None for value in found.auc) >= 8
    for k, part in enumerate(stepped(twin(case, run, AT), case.horizon / 12, found.at)):
        known = [(row["score"], row["label"]) for row in part if row["label"] is not None]
        p, y = [row[0] for row in known], [row[1] for row in known]
        assert (found.scored[k], found.labelled[k]) == (len(part), len(known))
        assert found.mean_score[k] == pytest.approx(sum(row["score"] for row in part) / len(part))
        if len(set(y)) < 2:
            assert found.auc[k] is None
            continue
        assert found.label_rate[k] == pytest.approx(sum(y) / len(y))
        assert found.brier[k] == pytest.approx(sum((a - b) ** 2 for a, b in known) / len(known))
        assert found.auc[k] == pytest.approx(roc_auc_score(y, p))
        assert found.average_precision[k] == pytest.approx(average_precision_score(y, p))
        assert found.log_loss[k] == pytest.approx(log_loss(y, p), rel=1e-6)


def test_where_silence_means_good_only_the_old_count(stall, twin):
    case, run, _ = stall
    found = maturity(case, run, AT, steps=12, silence=day(1))
    for k, part in enumerate(stepped(twin(case, run, AT), case.horizon / 12, found.at)):
        old = [row for row in part if not row["acted"] and row["at"] + day(1) <= AT]
        looked_at = [row for row in part if row["acted"] and row["label"] is not None]
        assert found.labelled[k] == len(old) + len(looked_at)
    assert found.labelled[-1] == 0 < found.labelled[0]


def test_what_is_not_defined_is_none(stall):
    case, run, _ = stall
    first = over_time(case, run, 600.0)
    assert (first.labelled, first.auc, first.brier) == ((0,), (None,), (None,))
    assert over_time(case, run, 0.0).at == ()


@pytest.mark.parametrize("steps", [0, 601])
def test_a_chart_has_room_for_so_many_steps(stall, steps):
    case, run, _ = stall
    with pytest.raises(BadInput, match="1 to 600"):
        maturity(case, run, AT, steps)
