"""Policies and cases from files travel: to other processes, after their file has gone, and by their text."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

import cases
from cases._files import Script
from cases._pilots import arm_of, pilot_of
from simulator.errors import BadInput
from simulator.study import Campaign, Workers
from simulator.study.prints import case_print, print_of
from simulator.units import DAY, day

POLICY = """
LINE = 0.3


class Threshold:
    def __call__(self, view):
        return {"line": LINE} if view.now == 0 else None


def policy(view):
    if view.now > 3 * 86400 and LINE == 0.99:
        return later(view)
    return {"line": LINE} if view.now == 0 else None


def later(view):
    raise ValueError("too late")


careful = Threshold()
"""


@pytest.fixture
def mine(tmp_path, monkeypatch) -> Path:
    """A file with policies, in the folder one is in."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.py"
    path.write_text(POLICY)
    return path


@pytest.fixture
def own_case(claims, tmp_path) -> Path:
    """A case in a file that may be taken away."""
    path = tmp_path / "own.py"
    path.write_text(Path(claims).read_text())
    return path


def again(thing):
    """Return a copy, as it comes out of a pickle where the module of its file is not there."""
    kept = pickle.dumps(thing)
    for name in [name for name in sys.modules if name.startswith("_file_")]:
        del sys.modules[name]
    return pickle.loads(kept)


def digests(case, policy, workers=1, until=2 * DAY) -> list[str]:
    rows = Campaign(case, workers, until).fly({"policy": policy}, (0, 1))
    return [row.digest for row in rows["policy"]]


@pytest.mark.parametrize("name", ["mine.py", "mine.py:careful"])
def test_a_policy_is_flown_elsewhere_without_its_file(mine, claims, name):
    case, pilot = cases.load(claims), pilot_of(name, DAY)
    here = digests(case, pilot)
    mine.unlink()
    assert digests(case, again(pilot)) == here == digests(case, pilot, Workers(2))


def test_a_case_is_flown_elsewhere_without_its_file(own_case):
    case = cases.load(str(own_case)).but(world={"claims": 300.0})
    here = digests(case, "expert")
    own_case.write_text("nothing that runs (")
    assert digests(case, "expert", Workers(2)) == here
    assert again(case.origin)().pars.keys() == case.pars.keys()


def test_a_policy_that_fails_elsewhere_is_blamed_by_its_line(mine, claims):
    mine.write_text(POLICY.replace("0.3", "0.99"))
    pilot = pilot_of("mine.py", DAY)
    mine.unlink()
    for workers in (1, Workers(2)):
        with pytest.raises(BadInput, match=r"policy mine.py:policy failed on day 10 00:00, line 17: ValueError: too l"):
            digests(cases.load(claims), again(pilot), workers, until=day(11))


def test_it_is_the_text_that_makes_two_policies_the_same(mine):
    first, kept = print_of(pilot_of("mine.py", DAY)), pilot_of("mine.py", DAY)
    assert print_of(pilot_of("mine.py", DAY)) == first == print_of(again(kept))
    assert print_of(pilot_of("mine.py:careful", DAY)) != first
    mine.write_text(POLICY + "# a remark\n")
    assert print_of(pilot_of("mine.py", DAY)) != first == print_of(kept)


def test_it_is_the_text_that_makes_two_cases_the_same(own_case):
    first = case_print(cases.load(str(own_case)))
    assert case_print(cases.load(str(own_case))) == first
    own_case.write_text(own_case.read_text() + "# a remark\n")
    assert case_print(cases.load(str(own_case))) != first


def test_two_policies_are_equal_if_their_texts_are(mine):
    one, two = pilot_of("mine.py", DAY), pilot_of("mine.py", DAY)
    assert one == two != pilot_of("mine.py:careful", DAY)


def test_a_text_is_run_once(tmp_path):
    path = tmp_path / "counted.py"
    path.write_text("from itertools import count\nnumbers = count()\ndef policy(view): return next(numbers)\n")
    assert Script.read(path).module() is Script.read(path).module()
    assert [pilot_of(str(path), DAY).pilot(None) for _ in range(2)] == [0, 1]
    assert not (tmp_path / "__pycache__").exists()


def test_the_text_is_that_of_the_file(mine):
    script = Script.read(mine)
    assert (script.path, script.text) == (str(mine.resolve()), POLICY.encode())
    assert script.module().__file__ == script.path and script.module().LINE == 0.3


def test_other_encodings(tmp_path):
    path = tmp_path / "latin.py"
    path.write_bytes("# coding: latin-1\nNAME = 'é'\n".encode("latin-1"))
    assert Script.read(path).module().NAME == "é"


def test_arms(mine, claims):
    case = cases.load(claims)
    assert arm_of(case, "strong") == "strong" and arm_of(case, "mine.py") == pilot_of("mine.py", case.tick)
    with pytest.raises(BadInput, match="did you mean 'strong'"):
        arm_of(case, "storng")


def test_tools_are_no_cases():
    assert not {"plugin", "testing", "environments"} & set(cases.names())
