"""What the journal is told of versions."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.learning.bulletin import Bulletin, readable
from simulator.learning.gates import Ruling
from simulator.learning.registry import Version
from simulator.units import day


def test_each_turn_of_a_version_is_told():
    said: list[tuple[Any, ...]] = []
    told = Bulletin(lambda *line, facts=None: said.append((*line, facts)), "sales", "leads")
    version = Version(3, day(9), "psi", 1200, 150, {"auc": 0.8}, since=day(2), parent=1)
    told.ordered("psi")
    told.broke("psi")
    told.tried(version, 0.1)
    told.live(version)
    told.refused(version, Ruling(False, "it is worse", {"loss": 0.4}))
    assert [line[:2] for line in said] == [
        ("note", "ordered"), ("note", "job_failed"), ("version", "canary"), ("version", "v3"), ("version", "refused"),
    ]  # fmt: skip
    assert said[2][2] == "version 3 meets 10% of the leads for a day"
    assert said[3][2:] == (
        "version 3 is live (psi; 150 sales in 1,200 leads)", {"since_day": 2.0, "parent": 1, "auc": 0.8},
    )  # fmt: skip
    assert said[4][2:] == ("version 3 does not go live: it is worse", {"loss": 0.4})


def test_a_package_that_says_the_same_of_everybody_is_not_sound():
    assert not readable(np.array([])).passed
    assert not readable(np.array([0.5, 0.5, 0.1])).passed
    assert readable(np.array([0.5, 0.2, 0.1])).passed
