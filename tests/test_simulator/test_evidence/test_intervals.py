"""The interval of a share, against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from simulator.evidence.intervals import wilson


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (0, 20), (3, 20), (10, 20), (20, 20), (17, 4000)])
def test_equal_to_scipy(hits, n):
    low, high = wilson(hits, n)
    theirs = binomtest(hits, n).proportion_ci(method="wilson")
    assert (float(low), float(high)) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_nothing_counted():
    assert np.isnan(wilson([0, 1], [0, 2])[0]).tolist() == [True, False]
