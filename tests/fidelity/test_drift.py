"""What only the drift area has: closed forms that a twentieth would break, and orders of magnitude."""

from __future__ import annotations

from dataclasses import replace

import pytest
from trying import tolerance

from simulator.fidelity import alarms, drift
from simulator.fidelity.table import rows

ALL = {check.id: check for check in drift.checks()}
EXACT = [id for id in ALL if not ALL[id].seeds]


@pytest.mark.parametrize("id", [id for id in EXACT if id != "d.river.bench"])
def test_twin_a_closed_form_that_is_5_percent_off_is_noticed(id):
    expected = {name: 1.05 * value for name, value in ALL[id].expected.items()}
    assert not any(row.ok for row in rows(replace(ALL[id], expected=expected)))


def test_an_order_of_magnitude_is_a_factor_of_three():
    check = ALL["d.river.fa"]
    assert tolerance(check, "eddm 0.2").accepts(alarms._magnitude(10.0), alarms._magnitude(30.0), 0.0)
    assert not tolerance(check, "eddm 0.2").accepts(alarms._magnitude(10.0), alarms._magnitude(33.0), 0.0)
    assert not tolerance(check, "adwin 0.2").accepts(alarms._magnitude(0.0), alarms._magnitude(0.3), 0.0)
