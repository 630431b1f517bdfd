"""Why that metric: the claims are true of the books, and their opposites are not."""

from __future__ import annotations

import dataclasses

from simulator.exhibits.metric import WHY_THAT_METRIC
from simulator.exhibits.words import said
from simulator.probes import Posed
from simulator.targets import Target
from simulator.units import dollars


def told(asked):
    return Posed.of(WHY_THAT_METRIC, asked)


def claims(ask, par="strong", case=None):
    """Gather what is claimed truly, over seeds of the question."""
    asked, found = ask(par, case=case), set()
    for seed in range(40):
        check = told(dataclasses.replace(asked, run=dataclasses.replace(asked.run, seed=seed))).check
        found |= {text for place, text in enumerate(check.options) if place != check.right}
    return asked, found


def test_the_targets_are_told(asked):
    text = told(asked).exhibit.text
    profit = said(float(dollars(asked.run.profit())), "$")
    assert text.startswith("1 of 2 targets were kept: ")
    assert f"profit {profit}, wanted at least $100;" in text
    assert f"{asked.run.asked():,} requests were made." in text


def test_the_claims_are_true_of_the_books(ask):
    asked, found = claims(ask)
    booked = {name: float(dollars(usd)) for name, usd in asked.run.ledger.by_account().items()}
    income, profit = sum(v for v in booked.values() if v > 0), sum(booked.values())
    cost = min(booked, key=lambda name: booked[name])
    assert found == {
        f"The largest cost was {cost}.",
        f"Of each dollar that came in, {said((income - profit) / income, 'share')} went out again.",
        f"With half of {cost}, all else equal, the profit would have been {said(profit - booked[cost] / 2, '$')}.",
        f"The profit was {said(1000 * profit / asked.run.asked(), '$')} per 1,000 requests.",
        "The flight kept the limit that was set for served.",
    }


def test_of_the_targets_the_nearest_is_claimed(ask, toy):
    served = ask().run.kpis()["served"]
    near = dataclasses.replace(toy, targets=(*toy.targets, Target("served", served * 1.05, at_least=True)))
    assert "The flight missed the limit that was set for served." in claims(ask, case=near)[1]
    near = dataclasses.replace(toy, targets=(*toy.targets, Target("served", served * 0.95, at_least=True)))
    assert "The flight kept the limit that was set for served." in claims(ask, case=near)[1]


def test_the_accounts_are_drawn(asked):
    assert told(asked).exhibit.chart.x == tuple(asked.run.ledger.by_account())
