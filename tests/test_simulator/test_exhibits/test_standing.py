"""The standing probes: asked of every case, of every par, with numbers that are those of the run."""

from __future__ import annotations

import dataclasses
import time

import pytest

from simulator.exhibits import figures
from simulator.exhibits.standing import STANDING, probes_of
from simulator.probes import Asked, Posed, Probe
from simulator.rubric import DIMENSIONS
from simulator.simulation import fly, tape_of

NAMES = ("why_that_metric", "class_balance", "how_it_degrades", "differently_now")
SHIPPED = ("fraud_threshold", "drift_retraining", "feed_ranking", "latency_budget", "burst_storm")
PARS = ("weak", "mid", "strong", "expert")


def test_what_is_asked():
    assert tuple(probe.name for probe in STANDING) == NAMES
    assert [probe.question for probe in STANDING] == [
        "Why that metric?",
        "What happens if the class balance shifts?",
        "How would you know that it degrades?",
        "What would you do differently now?",
    ]
    for probe in STANDING:
        assert probe.dimension in DIMENSIONS
        assert all((probe.weak, probe.mid, probe.strong, probe.expert, probe.follow_up))


def test_a_case_may_put_its_own_in_place(toy):
    own = Probe("class_balance", "And here?", "data", figures("wait"), "w", "m", "s", "e")
    assert [probe.name for probe in probes_of(toy)] == [*NAMES, "wait"]
    case = dataclasses.replace(toy, probes=(*toy.probes, own))
    assert [probe.name for probe in probes_of(case)] == [*NAMES, "wait"]
    assert probes_of(case)[1] is own


@pytest.mark.parametrize("par", PARS)
@pytest.mark.parametrize("probe", STANDING, ids=NAMES)
def test_of_every_par_of_the_toy(ask, sound, probe, par):
    posed = Posed.of(probe, ask(par))
    assert sound(posed.exhibit).chart is not None
    assert posed.worth_asking
    assert posed.check is not None
    assert posed == Posed.of(probe, ask(par))


@pytest.mark.parametrize("until", [0.25, 1.0, 2.0])
@pytest.mark.parametrize("probe", STANDING, ids=NAMES)
def test_of_short_flights(ask, sound, probe, until):
    sound(Posed.of(probe, ask("strong", until=until * 86400.0)).exhibit)


@pytest.mark.parametrize("probe", STANDING, ids=NAMES)
def test_of_a_case_that_says_little(ask, toy, sound, probe):
    bare = dataclasses.replace(toy, targets=(), kpis={}, probes=(), pars={"strong": toy.pars["strong"]}, timeline=())
    sound(Posed.of(probe, ask(case=bare)).exhibit)


@pytest.mark.parametrize("par", PARS)
def test_of_the_template(sound, par):
    from cases._template import CASE

    asked = Asked(CASE, fly(CASE, par, 0), tape_of(CASE, 0))
    for probe in STANDING:
        assert sound(Posed.of(probe, asked).exhibit).chart is not None


@pytest.mark.parametrize("name", SHIPPED)
def test_of_every_shipped_case(name, sound):
    from cases import load

    case = load(name)
    asked = Asked(case, fly(case, "strong", 1, until=case.horizon / 20), tape_of(case, 1))
    began = time.process_time()
    for probe in STANDING:
        assert sound(Posed.of(probe, asked).exhibit).chart is not None
    assert time.process_time() - began < 1.0
