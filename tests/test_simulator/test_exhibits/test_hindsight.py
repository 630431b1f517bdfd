"""Hindsight: other dials, what followed decisions, and the third that earned least, all by hand."""

from __future__ import annotations

import dataclasses

import pytest

from simulator.exhibits.hindsight import DIFFERENTLY_NOW, by_third, followed, other_dials
from simulator.exhibits.words import said
from simulator.probes import Posed
from simulator.units import DAY, dollars


def earned_by_hand(asked, low, high):
    """Sum posting by posting what was earned by requests asked from *low* until *high* [s]."""
    book, total = asked.run.ledger.postings(), 0
    for at, amount, request in zip(book.at.tolist(), book.amount.tolist(), book.request.tolist(), strict=True):
        when = float(asked.run.requests.at[request]) if request >= 0 else at
        total += amount if low <= when < high else 0
    return dollars(total)


def test_the_thirds(asked):
    thirds = by_third(asked)
    assert sum(thirds.values()) == pytest.approx(float(dollars(asked.run.profit())))
    for k, usd in enumerate(thirds.values()):
        assert usd == pytest.approx(earned_by_hand(asked, 2 * k * DAY, 2 * (k + 1) * DAY))


def test_the_least_is_asked_for(asked):
    thirds, check = by_third(asked), Posed.of(DIFFERENTLY_NOW, asked).check
    assert check.options[check.right] == min(thirds, key=lambda name: thirds[name])
    assert said(min(thirds.values()), "$") in check.why


def test_other_dials(ask):
    assert other_dials(ask("weak")) == ("strong", {"servers": (1, 2), "line": (1.0, 0.6)})
    assert other_dials(ask("strong")) == ("strong", {})
    assert "servers 1 (there 2), line 1 (there 0.6)" in Posed.of(DIFFERENTLY_NOW, ask("weak")).exhibit.text
    assert "had the dials of the reference answer strong" in Posed.of(DIFFERENTLY_NOW, ask("strong")).exhibit.text


def test_only_pilots(ask, toy):
    case = dataclasses.replace(toy, pars={"expert": toy.pars["expert"]})
    assert other_dials(ask("expert", case=case)) is None
    assert "No reference answer is a fixed plan." in Posed.of(DIFFERENTLY_NOW, ask("expert", case=case)).exhibit.text


def test_what_followed_by_hand(asked):
    found = followed(asked)
    assert {(one.at, one.what) for one in found} == {(1.75 * DAY, "retrain"), (2.25 * DAY, "line")}
    for one in found:
        assert one.before == pytest.approx(earned_by_hand(asked, one.at - DAY, one.at))
        assert one.after == pytest.approx(earned_by_hand(asked, one.at, one.at + DAY))
    changes = [abs(one.after - one.before) for one in found]
    assert changes == sorted(changes, reverse=True)
    text = Posed.of(DIFFERENTLY_NOW, asked).exhibit.text
    assert f"retrain (on day 1): {said(next(o.before for o in found if o.what == 'retrain'), '$')} before" in text


def test_nothing_decided(ask):
    assert followed(ask("weak")) == []
    assert "Nothing was decided in flight." in Posed.of(DIFFERENTLY_NOW, ask("weak")).exhibit.text


def test_what_was_decided_together_is_told_together(ask):
    asked = ask("weak")
    plan = asked.run.plan.then(3 * DAY, line=0.5).do(3 * DAY, "retrain")
    both = dataclasses.replace(asked, run=dataclasses.replace(asked.run, plan=plan))
    assert [one.what for one in followed(both)] == ["line, retrain"]


def test_in_a_long_flight_seven_ticks_are_looked_at(asked):
    minutes = dataclasses.replace(asked, case=dataclasses.replace(asked.case, tick=3600.0))
    for one in followed(minutes):
        assert one.before == pytest.approx(earned_by_hand(asked, one.at - 7 * 3600, one.at))
        assert one.after == pytest.approx(earned_by_hand(asked, one.at, one.at + 7 * 3600))
    assert len(followed(minutes)) == 2
