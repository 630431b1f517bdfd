"""Assertions about policies: they pass, or fail with a reason, the seeds, and commands by which it is seen again."""

from __future__ import annotations

import gc
import shlex
from pathlib import Path

import pytest

import cases
from cases._settings import SETTINGS
from cases.testing import (
    assert_better,
    assert_guardrails,
    assert_ordered,
    assert_policy,
    check_policy,
    fly,
    study,
)
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import simulate
from simulator.study import compare
from simulator.units import DAY

SHORT = {"until": DAY, "max_seeds": 10}


def eager(view):
    """Check nearly all claims."""
    return {"line": 0.01} if view.now == 0 else None


@pytest.fixture(scope="module")
def case(claims):
    """The small case; and no look for garbage among libraries, once they are there."""
    found = cases.load(claims)
    fly(found, "weak", until=86400.0)
    gc.collect()
    gc.freeze()
    return found


def failure(call, *arguments, **more) -> str:
    """Return what an assertion says when it fails; nothing of the house shows in the traceback."""
    with pytest.raises(AssertionError) as caught:
        call(*arguments, **more)
    shown = [Path(entry.path).name for entry in caught.traceback if "__tracebackhide__" not in entry.frame.f_locals]
    assert set(shown) == {"test_testing.py"}
    return str(caught.value)


@pytest.mark.usefixtures("compiled")
class TestBetter:
    """assert_better."""

    def test_it_passes(self, case):
        found = assert_better("strong", than="weak", case=case, **SHORT)
        assert (found.verdict, found.seeds_used, found.kpi) == ("better", 10, "profit")

    def test_it_fails_with_a_reason(self, case, claims):
        text = failure(assert_better, "weak", than="strong", case=case, first_seed=5, **SHORT)
        assert text.startswith("weak is worse than strong on profit in claims: by -$")
        assert "10 paired seeds (5-14)" in text
        again = next(line for line in text.splitlines() if line.startswith("again:"))
        assert "pytest " in again and "test_it_fails_with_a_reason" in again
        wanted = f"windtunnel gate {claims} --policy weak --beats strong --max-seeds 10 --first-seed 5 --until 1d"
        assert shlex.split(next(line for line in text.splitlines() if line.startswith("or:")))[1:] == wanted.split()

    def test_a_function_of_a_file_can_be_typed(self, case, claims, say):
        text = failure(assert_better, eager, than="weak", case=case, kpi="checked", **SHORT)
        (command,) = [line.split(maxsplit=2)[2] for line in text.splitlines() if line.startswith("one flight:")]
        words = shlex.split(command)
        assert words[:4] == ["windtunnel", "run", claims, "--policy"] and words[4].endswith("test_testing.py:eager")
        assert say(*words[1:], "--json").data["plan"]["design"]["line"] == 0.01

    def test_what_cannot_be_typed_is_told_as_a_call(self, case):
        policy = lambda view: {"line": 0.01} if view.now == 0 else None  # noqa: E731
        text = failure(
            assert_better, policy, than="weak", case=case.but(world={"claims": 50.0}), kpi="checked", **SHORT
        )
        assert "one flight: cases.testing.fly(case, <lambda>, seed=" in text and "or:" not in text

    def test_guardrails_have_to_be_kept(self, case):
        assert_better(eager, than="weak", case=case, **SHORT)
        text = failure(assert_better, eager, than="weak", case=case, guardrails=True, **SHORT)
        assert "eager beats weak on profit" in text and "Guardrail checked is broken" in text
        assert "--guardrails" in text and "--seed 0 " in text


def test_guardrails(case):
    (one,) = assert_guardrails("weak", case=case, **SHORT)
    assert one.kept and one.kpi == "checked"
    text = failure(assert_guardrails, eager, case=case, **SHORT)
    assert text.startswith("eager in claims: Guardrail checked is broken: 7")
    assert "10 of 10 flights broke it (seeds 0-9)" in text and "--seed 0 --until 1d" in text


def test_an_order(case):
    assert len(assert_ordered(["weak", "strong"], case=case, **SHORT)) == 1
    assert len(assert_ordered({"many": eager, "few": {"line": 0.5}}, case=case, kpi="checked", **SHORT)) == 1
    text = failure(assert_ordered, ["strong", "weak"], case=case, **SHORT)
    assert text.startswith("weak is worse than strong on profit in claims") and "again:" in text
    with pytest.raises(BadInput, match="give them as a mapping"):
        assert_ordered(["weak", "weak"], case=case)


def test_the_contract_of_a_policy(case):
    only = ["answers within bounds", "readings missing"]
    assert_policy(eager, case, only)
    assert [found.check for found in check_policy("expert", case, only)] == only
    text = failure(assert_policy, lambda view: {"lime": 1}, case, only)
    assert text.splitlines()[0] == "<lambda> does not keep the contract of a policy:"
    assert text.splitlines()[1].startswith("  answers within bounds: unknown dial 'lime'")


def test_whatever_can_be_flown(case, claims, tmp_path):
    (tmp_path / "mine.py").write_text("def policy(view):\n    return {'line': 0.12} if view.now == 0 else None\n")
    known = simulate(case, Plan(case.design(line=0.12)), 3, until=DAY).digest()
    for given in (claims, Path(claims), case):
        assert isinstance(run := fly(given, "strong", 3, until=DAY), Run) and run.digest() == known
    for policy in (str(tmp_path / "mine.py"), {"line": 0.12}, case.design(line=0.12), case.pars["strong"]):
        assert fly(case, policy, seed=3, until=DAY).digest() == known
    with pytest.raises(BadInput, match="is no case"):
        fly(3, "strong")


def test_studies_can_be_compared(case):
    one, two = (study(case, par, range(3), until=DAY) for par in ("weak", "strong"))
    assert one.seeds == (0, 1, 2) and compare(one, two).mean > 0


def test_how_many_processes_fly(case, monkeypatch):
    asked = []
    monkeypatch.setattr("cases._trials.Campaign", lambda case, jobs, until: asked.append(jobs) or 1 / 0)
    monkeypatch.setattr(SETTINGS, "jobs", 3)
    for jobs in (None, 2):
        with pytest.raises(ZeroDivisionError):
            assert_better("strong", than="weak", case=case, jobs=jobs)
    assert asked == [3, 2]
