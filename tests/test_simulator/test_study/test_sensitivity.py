"""Effects are those that are known, and Sobol's indices those of closed forms."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from toy_case import CASE, ToyDesign

from simulator.design import Dial
from simulator.errors import BadInput
from simulator.study import Campaign, compare, holm, replicate
from simulator.study.axes import Axis
from simulator.study.sensitivity import indices, sensitivity

CIRCLE = tuple(Axis.of(Dial("number", "X", 0.0, name=f"x{n}", low=-np.pi, high=np.pi)) for n in (1, 2, 3))
A, B = 7.0, 0.1


def ishigami(designs):
    """The function of Ishigami and Homma (1990), whose indices are known."""
    x = np.array([[design[axis.dial.name] for design in designs] for axis in CIRCLE])
    return np.sin(x[0]) + A * np.sin(x[1]) ** 2 + B * x[2] ** 4 * np.sin(x[0])


def closed_form():
    """Its first-order and total indices."""
    alone = np.array([(1 + B * np.pi**4 / 5) ** 2 / 2, A**2 / 8, 0.0])
    both = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    total = alone + np.array([both, 0.0, both])
    return alone / (alone.sum() + both), total / (alone.sum() + both)


@pytest.fixture(scope="module")
def of_ishigami():
    return indices(ishigami, CIRCLE, 1024)


def test_indices_are_those_of_a_closed_form(of_ishigami):
    first, total = closed_form()
    assert [one.dial for one in of_ishigami] == ["x1", "x2", "x3"]
    assert [one.first[0] for one in of_ishigami] == pytest.approx(first, abs=0.02)
    assert [one.total[0] for one in of_ishigami] == pytest.approx(total, abs=0.02)


def test_their_intervals_hold_the_truth_and_shrink(of_ishigami):
    coarse = indices(ishigami, CIRCLE, 64)
    for one, few, first, total in zip(of_ishigami, coarse, *closed_form(), strict=True):
        for (_, low, high), (_, wide_low, wide_high), truth in (
            (one.first, few.first, first),
            (one.total, few.total, total),
        ):
            assert low < truth < high and wide_high - wide_low > 2 * (high - low)


def test_intervals_are_as_wide_as_their_confidence_asks_for():
    """Quantiles of a distribution near the normal one: half of the draws lie within 0.67 standard errors, not 1.96."""
    most, half = (indices(ishigami, CIRCLE, 256, confidence=confidence) for confidence in (0.95, 0.5))
    for one, other in zip(most, half, strict=True):
        for (_, low, high), (_, inner_low, inner_high) in ((one.first, other.first), (one.total, other.total)):
            assert (inner_high - inner_low) / (high - low) == pytest.approx(0.6745 / 1.96, rel=0.15)


def test_every_kind_of_dial_has_equal_shares():
    """A sum: each dial explains its own variance, which is that of equally likely values."""
    axes = (
        Axis.of(Dial("integer", "K", 1, name="k", low=1, high=4)),
        Axis.of(Dial("choice", "Rule", "a", name="rule", options=("a", "b", "c"))),
        Axis.of(Dial("switch", "On", False, name="on")),
        Axis.of(Dial("number", "X", 1.0, name="x", low=0.01, high=100.0), log=True),
    )
    worth = {"a": 0.0, "b": 0.0, "c": 3.0}
    found = indices(
        lambda designs: np.array([d["k"] + worth[d["rule"]] + 2 * d["on"] + np.log10(d["x"]) for d in designs]),
        axes,
        1024,
    )
    variances = np.array([np.var([1, 2, 3, 4]), np.var([0, 0, 3]), np.var([0, 2]), 4**2 / 12])
    assert [one.first[0] for one in found] == pytest.approx(variances / variances.sum(), abs=0.02)
    assert [one.total[0] for one in found] == pytest.approx(variances / variances.sum(), abs=0.02)


def test_what_nothing_changes_has_no_indices():
    found = indices(lambda designs: np.full(len(designs), 3.0), CIRCLE, 8)
    assert {one.first for one in found} | {one.total for one in found} == {(0.0, 0.0, 0.0)}


def test_the_same_call_draws_the_same_designs(of_ishigami):
    assert indices(ishigami, CIRCLE, 1024) == of_ishigami
    assert indices(ishigami, CIRCLE, 1024, luck=1) != of_ishigami


# --- in a case


def measured(run, tape):
    """Make up a profit that is known: each server brings $3, the line $10 from 0.5 on, and the seed its luck."""
    luck = np.random.default_rng(run.seed).normal(size=6)
    design = run.plan.design
    own = luck[design.servers]
    return {"profit": 3 * design.servers + 10 * (design.line >= 0.5) + 100 * luck[0] + own, "served": 1.0}


KNOWN = dataclasses.replace(CASE, measure=measured, kpis={name: CASE.kpis[name] for name in ("profit", "served")})
DAY_ONE = 86_400.0


@pytest.fixture(scope="module")
def known():
    """Effects and indices where they are known, on one day of the toy case."""
    shares = []
    campaign = Campaign(KNOWN, 1, until=DAY_ONE, progress=shares.append)
    yield sensitivity(campaign, ["servers", "line"], range(6), n=16, base={"servers": 2, "line": 0.3})
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)


def test_effects_are_those_that_were_put_in(known):
    found = {(one.dial, one.value): one.difference for one in known.effects}
    assert list(found) == [("servers", 1), ("servers", 3), ("servers", 5), ("line", 0.0), ("line", 0.5), ("line", 1.0)]
    assert [found["line", at].mean for at in (0.0, 0.5, 1.0)] == pytest.approx([0.0, 10.0, 10.0])
    for servers in (1, 3, 5):
        luck = [np.random.default_rng(seed).normal(size=6) for seed in range(6)]
        own = [row[servers] - row[2] for row in luck]
        assert found["servers", servers].mean == pytest.approx(3 * (servers - 2) + np.mean(own))
    adjusted = holm([one.p_value for one in found.values()])
    assert tuple(one.p_adjusted for one in found.values()) == adjusted


def test_the_dial_that_moves_most_comes_first(known):
    means = [one.difference.mean for one in known.effects if one.dial == "servers"]
    swings = {"servers": max(means) - min(means), "line": 10.0}
    assert list(known.swings()) == sorted(swings, key=swings.get, reverse=True)
    assert known.swings() == pytest.approx(swings)
    assert known.dials == {"servers": 2, "line": 0.3} and known.base.n == 6


def test_indices_of_a_case_are_those_of_the_means_over_the_seeds(known):
    """What a seed does to every design alike explains nothing; designs that come out the same are flown once."""
    lucks, seen = [np.random.default_rng(seed).normal(size=6) for seed in range(6)], set()

    def means(designs):
        seen.update((design["servers"], design["line"]) for design in designs)
        own = np.array([np.mean([luck[design["servers"]] for luck in lucks]) for design in designs])
        return own + np.array([3 * design["servers"] + 10 * (design["line"] >= 0.5) for design in designs])

    by_hand = indices(means, tuple(Axis.of(ToyDesign.dial(name)) for name in ("servers", "line")), 16)
    for one, other in zip(known.indices, by_hand, strict=True):
        assert (*one.first, *one.total) == pytest.approx((*other.first, *other.total))
    assert known.runs == 6 * (1 + 6) + 6 * len(seen) and len(seen) < 16 * 4


def test_an_effect_is_a_comparison_in_pairs():
    axis, campaign = Axis.of(ToyDesign.dial("line"), 0.2, 0.6), Campaign(CASE, 1)
    found = sensitivity(campaign, [axis], (0, 1, 2), levels=2, base="mid")
    base, *ends = (replicate(CASE, {"line": line}, (0, 1, 2), jobs=1) for line in (0.8, 0.2, 0.6))
    assert [one.difference.values for one in found.effects] == [compare(base, end).values for end in ends]
    assert found.indices == () and found.runs == 9 and found.base == base.interval()


def test_what_does_not_fit_is_left_out_and_named():
    case = dataclasses.replace(KNOWN, fits=lambda design, setting: "servers: too many" * (design.servers > 3))
    found = sensitivity(Campaign(case, 1, until=DAY_ONE), ["servers"], (0, 1))
    assert found.misfits == (("servers", 5, "servers: too many"),)
    assert [one.value for one in found.effects] == [1, 3]


BAD = {
    "no power of 2": {"n": 12},
    "no samples": {"n": 0},
    "one dial": {"dials": ["line"], "n": 4},
    "too many": {"n": 2**20},
    "one level": {"levels": 1},
    "one seed": {"seeds": (0,)},
    "unknown dial": {"dials": ["lin"]},
    "unknown KPI": {"kpi": "profti"},
    "a pilot": {"base": "expert"},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name):
    asked = {"dials": ["line", "servers"], "seeds": (0, 1), **BAD[name]}
    with pytest.raises(BadInput) as error:
        sensitivity(Campaign(CASE, 1), asked.pop("dials"), asked.pop("seeds"), **asked)
    assert str(error.value).isprintable()


def test_a_kpi_that_some_designs_do_not_have_has_no_indices():
    with pytest.raises(BadInput, match="not known"):
        indices(lambda designs: np.array([np.nan, *range(len(designs) - 1)]), CIRCLE, 4)
