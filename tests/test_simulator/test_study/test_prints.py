"""Two runs have one name if and only if they are the same run."""

from __future__ import annotations

import functools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toy_case import CASE

import cases
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.simulation import fly
from simulator.study import Campaign, Shelf, replicate
from simulator.study.arms import portable, written
from simulator.study.prints import case_print, print_of
from simulator.units import DAY

TOY = str(Path(__file__).parents[1] / "toy_case.py")


def careful(view):
    return {"line": 0.9}


class Stepping:
    """A policy with something to remember it by."""

    def __init__(self, line: float) -> None:
        self.line = line

    def __call__(self, view):
        return {"line": self.line}

    def asked(self, view):
        return self(view)


def test_a_scenario_has_a_say():
    plain = cases.load(TOY)
    derived = [plain, plain.but(level=3), plain.but(world={"people": 30}), plain.but(world={"people": 31})]
    derived.append(plain.but(drop=[plain.timeline[0].name]))
    assert len({case_print(case) for case in derived}) == len(derived)


def test_the_text_of_a_case_has_a_say(tmp_path):
    own = tmp_path / "own.py"
    own.write_text(Path(TOY).read_text())
    first = case_print(cases.load(str(own)))
    assert case_print(cases.load(str(own))) == first
    own.write_text(Path(TOY).read_text() + "\n# another\n")
    assert case_print(cases.load(str(own))) != first


def test_a_case_that_is_not_as_its_origin_has_it_travels_itself_and_has_a_name_of_its_own():
    case = cases.load(TOY)
    other = replace(case, measure=lambda run, tape: {**case.measure(run, tape), "served": -1.0})
    assert portable(case)() == case and portable(other)() is other
    assert replicate(other, "mid", (0,), jobs=1).values("served").tolist() == [-1.0]
    assert len({case_print(one) for one in (case, other, replace(other, horizon=3 * DAY))}) == 3


def test_limits_of_a_scenario_arrive():
    case = cases.load(TOY)
    target = case.targets[0]
    derived = case.but(targets={target.kpi: 1.0})
    assert portable(derived)().targets == derived.targets != case.targets


def test_arms_have_names():
    policies = [careful, Stepping(0.1), Stepping(0.2), Stepping(0.2).asked, functools.partial(careful)]
    arms = ["mid", "strong", Plan(CASE.design(line=0.2)), Plan(CASE.design(line=0.3)), *policies]
    assert len({print_of(written(CASE, arm)) for arm in arms}) == len(arms)
    assert print_of(Stepping(0.1)) == print_of(Stepping(0.1))


def test_a_policy_that_stands_in_no_file_cannot_be_kept(tmp_path):
    done = subprocess.run([sys.executable, "-c", TYPED], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "runs of typed cannot be kept: it stands in no file that could be read again\n"


TYPED = f"""
from pathlib import Path
import cases
from simulator.errors import BadInput
from simulator.study import replicate_all

def typed(view):
    return {{"line": 0.5}}

try:
    replicate_all(cases.load({TOY!r}), {{"own": typed}}, (0,), jobs=1, keep=Path("kept.sqlite3"))
except BadInput as error:
    print(error)
"""


@pytest.mark.parametrize("kind", [np.float32, np.int64, int])
def test_figures_of_ones_own_can_be_kept(tmp_path, kind):
    shelf = Shelf(tmp_path / "kept.sqlite3")
    rows = Campaign(CASE, 1, DAY, functools.partial(_figure, kind), shelf).fly({"mid": "mid"}, np.arange(2))
    assert [row.kpis["own"] for row in rows["mid"]] == [3.0, 3.0]
    shelf.close()


def _figure(kind, run):
    return {"own": kind(3)}


def test_a_policy_in_a_file_begins_anew_each_time(tmp_path):
    from cases._pilots import pilot_of
    from simulator.study.arms import readable

    (tmp_path / "counts.py").write_text(COUNTS)
    pilot = pilot_of(str(tmp_path / "counts.py"), DAY)
    digests = {fly(CASE, readable(CASE, pilot), 0).digest() for _ in range(2)}
    assert len(digests) == 1


COUNTS = """
class Counts:
    def __init__(self):
        self.asked = 0

    def __call__(self, view):
        self.asked += 1
        return {"line": min(1.0, 0.02 * self.asked)}


policy = Counts()
"""


def test_seeds_are_whole_numbers():
    with pytest.raises((BadInput, TypeError)):
        replicate(CASE, "mid", (0.5,), jobs=1)
