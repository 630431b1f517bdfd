"""A gate lets no more luck through than it says: under the null it errs at its level, and it stops when it knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from toy_case import CASE, ToyDesign

from simulator.errors import BadInput, Cancelled
from simulator.plan import Plan
from simulator.streams import Streams
from simulator.study import Campaign, Rule, Shelf, compare, gate, guardrails, ordered, power, replicate_all
from simulator.study.gates import _kept, verdict_of
from simulator.targets import Kpi, Target
from simulator.units import day

HERE = Campaign(CASE, workers=1)
NEAR = {"a": Plan(ToyDesign(line=0.70)), "b": Plan(ToyDesign(line=0.72))}
STUDIES = 1000


# --- no more luck than it says


@pytest.fixture(scope="module")
def flown():
    """Two near designs, flown under sixty seeds once."""
    return replicate_all(CASE, NEAR, range(60), jobs=1, until=day(3))


@pytest.fixture(scope="module")
def crowd():
    """One design flown under many seeds, for six hours each."""
    return replicate_all(CASE, {"a": NEAR["a"]}, range(240), jobs=1, until=day(0.25))["a"].values()


def flipped(differences):
    """Make studies without an effect of real differences: each with signs drawn anew."""
    signs = Streams(3).get("test gates", "signs").choice([-1.0, 1.0], (STUDIES, len(differences)))
    return signs * differences


def disjoint(values):
    """Make studies of a policy against itself: its runs under sixty seeds against those under sixty others."""
    luck = Streams(3).get("test gates", "seeds")
    drawn = [luck.permutation(len(values))[:120] for _ in range(STUDIES)]
    return np.array([values[row[:60]] - values[row[60:]] for row in drawn])


def verdicts(studies, rule):
    return [verdict_of(row.tolist(), range(len(row)), "profit", "more", rule).verdict for row in studies]


def wrong(studies, rule) -> tuple[float, float]:
    """Return how often a gate finds a difference that is not there, and how often it lets the policy pass for it."""
    found = verdicts(studies, rule)
    return 1 - found.count("not_better") / STUDIES, found.count("better") / STUDIES


class Peeking(Rule):
    """A rule that looks as often, each time as if it were the only one."""

    @property
    def tail(self):
        return (1 - self.confidence) / 2


def within(rates, level: float) -> bool:
    """Tell whether rates of a thousand studies are at most a *level*, and half of it, give or take 2.6 errors."""
    return all(
        rate <= most + 2.6 * np.sqrt(most * (1 - most) / STUDIES)
        for rate, most in zip(rates, (level, level / 2), strict=True)
    )


@pytest.mark.parametrize("confidence", [0.95, 0.9])
def test_real_differences_with_signs_drawn_anew_pass_at_the_level(flown, confidence):
    studies = flipped(np.array(compare(flown["a"], flown["b"]).values))
    assert within(wrong(studies, Rule(confidence)), 1 - confidence)


def test_a_policy_does_not_beat_itself_under_other_seeds(crowd):
    assert within(wrong(disjoint(crowd), Rule()), 0.05)


def test_twin_that_peeks_fails_both(flown, crowd):
    for studies in (flipped(np.array(compare(flown["a"], flown["b"]).values)), disjoint(crowd)):
        rates = wrong(studies, Peeking())
        assert not within(rates, 0.05) and rates[0] > 0.09


def test_power_is_as_computed_for_real_differences(flown):
    """Real differences, centred and drawn anew, with an effect added: found about as often as for normal ones."""
    values = np.array(compare(flown["a"], flown["b"]).values)
    sd, effect = float(values.std()), 0.5 * float(values.std())
    drawn = Streams(3).get("test gates", "power").choice(values - values.mean(), (STUDIES, 60))
    told = power(effect, sd)
    found = verdicts(drawn + effect, Rule()).count("better") / STUDIES
    assert 0.5 < told < 0.99 and abs(found - told) < 0.05


# --- what it says


def test_it_stops_when_it_knows():
    found = gate(HERE, "strong", "weak")
    study = replicate_all(CASE, {"a": "weak", "b": "strong"}, found.seeds, jobs=1)
    known = compare(study["a"], study["b"])
    assert (found.verdict, found.seeds_used, found.look, found.looks, found.passed) == ("better", 10, 1, 6, True)
    assert (found.differences, found.difference) == (known.values, pytest.approx(known.mean))
    assert found.low > 0 and found.p_value < 0.05 and found.sd == pytest.approx(np.std(known.values, ddof=1))


def test_the_other_way_round_it_is_worse():
    there, back = gate(HERE, "strong", "weak"), gate(HERE, "weak", "strong")
    assert (back.verdict, back.passed) == ("worse", False)
    assert (back.difference, back.low, back.high) == pytest.approx((-there.difference, -there.high, -there.low))


def test_less_may_be_better():
    found = gate(HERE, "strong", "weak", kpi="regretted")
    assert found.verdict == "better" and found.high < 0 and found.difference < 0
    assert gate(HERE, "weak", "strong", kpi="regretted").verdict == "worse"


def test_it_flies_no_more_than_it_reads(tmp_path):
    shelf = Shelf(tmp_path / "runs")
    first = gate(replace(HERE, shelf=shelf, until=day(2)), NEAR["b"], NEAR["a"], rule=Rule(max_seeds=20))
    assert len(shelf) == 2 * first.seeds_used
    assert gate(replace(HERE, shelf=shelf, until=day(2)), NEAR["b"], NEAR["a"], rule=Rule(max_seeds=20)) == first
    assert len(shelf) == 2 * first.seeds_used
    shelf.close()


def test_seeds_begin_where_one_wants():
    found = gate(replace(HERE, until=day(1)), "strong", "weak", first_seed=100)
    assert found.seeds[0] == 100 and len(found.seeds) == found.seeds_used


def test_a_policy_does_not_beat_itself():
    for par in ("strong", "expert"):
        found = gate(replace(HERE, until=day(1)), par, CASE.pars[par])
        assert (found.verdict, found.seeds_used, found.p_value) == ("not_better", 10, 1.0)


def test_what_does_the_same_by_other_words_is_flown_to_the_end():
    """It might be seldom that it makes a difference."""
    plan = CASE.plan(CASE.pars["strong"])
    found = gate(
        replace(HERE, until=day(1)), lambda view: None if view.now else plan, "strong", rule=Rule(max_seeds=20)
    )
    assert (found.verdict, found.seeds_used, found.p_value) == ("not_better", 20, 1.0)


def test_progress_counts_the_seeds_there_might_be():
    shares: list[float] = []
    gate(replace(HERE, until=day(1), progress=shares.append), "strong", "weak")
    assert shares == sorted(shares) and shares[-1] == 1.0 and shares[-2] == pytest.approx(1 / 6)


def test_it_can_be_stopped():
    def stop(share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        gate(replace(HERE, progress=stop), "strong", "weak")


# --- guardrails


def limited(**limits) -> Campaign:
    """Return the toy case with guardrails: at least so much of `served`, at most so much of `regretted`."""
    found = [Target(kpi, limit, at_least=kpi == "served", guardrail=True) for kpi, limit in limits.items()]
    return replace(HERE, case=replace(CASE, targets=(Target("profit", 100.0, at_least=True), *found)), until=day(3))


def test_a_guardrail_that_is_kept():
    found = gate(limited(served=0.2), "strong", "weak", guarded=True)
    (one,) = found.guardrails
    assert found.passed and one.kept and one.low > 0.2 and one.broken_under == ()
    assert one.verdict == "kept" and 0.2 < one.low < one.mean < one.high


def test_a_guardrail_that_is_broken_fails_the_gate():
    found = gate(limited(served=0.99), "strong", "weak", guarded=True)
    (one,) = found.guardrails
    assert (found.verdict, found.passed, one.verdict, one.kept) == ("better", False, "broken", False)
    assert one.broken_under == one.seeds and one.high < 0.99


def test_a_limit_from_above():
    mean = replicate_all(CASE, {"a": "strong"}, range(10), jobs=1, until=day(3))["a"].values("regretted").mean()
    for limit, said in ((1.5 * mean, "kept"), (0.5 * mean, "broken")):
        (one,) = guardrails(limited(regretted=limit), "strong")
        assert one.verdict == said and one.low < one.mean < one.high and one.mean == pytest.approx(mean, rel=0.2)


def test_a_limit_from_above_is_the_one_that_was_asked_for():
    """Each flight is held against the limit itself: between two flights next to each other it parts them."""
    values = replicate_all(CASE, {"a": "strong"}, range(10), jobs=1, until=day(3))["a"].values("regretted")
    ordered_values = np.unique(values)
    gaps = np.diff(ordered_values)
    limit = float(ordered_values[np.argmin(gaps)] + gaps.min() / 2)
    (one,) = guardrails(limited(regretted=limit), "strong", rule=Rule(max_seeds=10))
    assert one.limit == limit
    assert one.broken_under == tuple(seed for seed, value in enumerate(values) if value > limit)
    slack = limit - values
    assert one.mean == pytest.approx(limit - slack.mean()) and one.low <= values.mean() <= one.high
    assert one.low == pytest.approx(limit - Rule(max_seeds=10).read(slack).high)


def test_one_broken_flight_in_forty_is_a_doubt():
    look = Rule().read(np.tile([1.0, -1.0], 30))
    assert look.side == 0
    assert (_kept(look, ()), _kept(look, (3,))) == ("kept", "open")


def test_a_guardrail_in_doubt_is_not_kept():
    values = replicate_all(CASE, {"a": "strong"}, range(12), jobs=1, until=day(3))["a"].values("served")
    (one,) = guardrails(limited(served=float(np.median(values))), "strong", rule=Rule(max_seeds=12))
    assert (one.verdict, one.kept, len(one.seeds), len(one.broken_under)) == ("open", False, 12, 6)


def test_a_limit_that_is_met_exactly_is_kept():
    (one,) = guardrails(limited(served=1.0), {"line": 1.0}, rule=Rule(max_seeds=10))
    assert (one.mean, one.verdict) == (1.0, "kept")


def test_each_guardrail_has_to_be_kept():
    found = gate(limited(served=0.2, regretted=0.0001), "strong", "weak", guarded=True)
    assert [one.verdict for one in found.guardrails] == ["kept", "broken"] and not found.passed


# --- an order


def test_an_order():
    found = ordered(HERE, {"weak": "weak", "mid": "mid", "strong": "strong"}, kpi="regretted")
    assert [one.verdict for one in found] == ["better", "better"]
    assert found[0] == gate(HERE, "mid", "weak", kpi="regretted")


def test_a_wrong_order_ends_early():
    found = ordered(replace(HERE, until=day(2)), {"mid": "mid", "weak": "weak", "same": CASE.pars["weak"]})
    assert [one.verdict for one in found] == ["worse", "not_better"]
    assert found[1].seeds_used == found[0].seeds_used < 60


# --- what a person can mend


def blind() -> Campaign:
    """Return the toy case with a KPI that is no number."""
    kpis = {**CASE.kpis, "share": Kpi("share", "of nothing", "more")}
    return replace(HERE, case=replace(CASE, kpis=kpis, measure=_blind, origin=None), until=day(1))


def _blind(run, tape):
    return {**CASE.measure(run, tape), "share": float("nan")}


def undirected() -> Campaign:
    kpis = {**CASE.kpis, "wait": Kpi("s", "mean latency")}
    return replace(HERE, case=replace(CASE, kpis=kpis))


BAD = {
    "an unknown KPI": lambda: gate(HERE, "mid", "weak", kpi="profti"),
    "an unknown par": lambda: gate(HERE, "mdi", "weak"),
    "a KPI without a direction": lambda: gate(undirected(), "mid", "weak", kpi="wait"),
    "a KPI that is no number": lambda: gate(blind(), "mid", "weak", kpi="share"),
    "no guardrails": lambda: guardrails(replace(HERE, case=replace(CASE, targets=())), "mid"),
    "one in order": lambda: ordered(HERE, {"mid": "mid"}),
    "a seed that is none": lambda: gate(HERE, "mid", "weak", first_seed=-1),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name):
    with pytest.raises(BadInput) as error:
        BAD[name]()
    assert str(error.value).isprintable()


def test_a_kpi_that_is_no_number_is_named_with_its_seed():
    with pytest.raises(BadInput, match="share is no number in the flight of policy under seed 0"):
        gate(blind(), "mid", "weak", kpi="share")
