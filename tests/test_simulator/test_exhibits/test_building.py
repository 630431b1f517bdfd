"""Exhibits: the numbers told and drawn are those of the run."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from simulator.errors import BadInput
from simulator.evidence import EVIDENCE, compute
from simulator.exhibits import accounts, charted, compared, figures, readings, spread
from simulator.exhibits.pictures import PICTURES
from simulator.exhibits.words import said
from simulator.units import dollars

SHOWN = ("thresholds", "calibration", "scores", "maturity", "drift", "slices", "latency", "flow")


def test_figures(asked, sound):
    found = asked.run.kpis()
    exhibit = sound(figures("profit", "served", say="what came of it:")(asked))
    assert (
        exhibit.text
        == f"What came of it: Profit {said(found['profit'], '$')}, served {said(found['served'], 'share')}."
    )
    assert exhibit.chart is None


def test_figures_of_one_unit_are_drawn(asked, sound):
    exhibit = sound(figures("served", "regretted", "served")(asked))
    found = asked.run.kpis()
    assert exhibit.chart.x == ("served", "regretted")
    assert exhibit.chart.unit == "share"
    assert next(iter(exhibit.chart.series.values())) == (found["served"], found["regretted"])


def test_five_per_cent_show(asked):
    wrong = {name: value * 1.05 for name, value in asked.run.kpis().items()}
    other = dataclasses.replace(asked, run=dataclasses.replace(asked.run, figures=wrong))
    for name in asked.case.kpis:
        assert figures(name)(asked).text != figures(name)(other).text


def test_figures_that_are_not_known(asked, sound):
    none = dataclasses.replace(asked, run=dataclasses.replace(asked.run, figures={"served": math.nan}))
    exhibit = sound(figures("served", "regretted")(none))
    assert exhibit.text == "Served not known, regretted not known."
    assert next(iter(exhibit.chart.series.values())) == (None, None)


def test_readings(asked, sound):
    exhibit = sound(readings("asked", "losses")(asked))
    at, values = asked.run.gauges.series("asked")
    assert exhibit.chart.over_time
    assert exhibit.chart.x == tuple(at)
    assert exhibit.chart.series["asked"] == tuple(values)
    assert f"highest {said(values.max())} (day 3)" in exhibit.text
    assert f"lowest {said(values.min())} (day 1)" in exhibit.text
    assert f"last {said(values[-1])}" in exhibit.text


def test_readings_mark_what_happened_and_what_was_decided(asked):
    marks = dict((words, at) for at, words in readings("asked")(asked).chart.marks)
    happened = {one.name: one.at for one in asked.case.happened(asked.run)}
    decided = {f"decided: {step.name}": step.at for step in asked.case.log(asked.run).steps()}
    assert marks == happened | decided


def test_a_gauge_that_was_never_read(asked):
    exhibit = readings("nowhere")(asked)
    assert exhibit.text == "Nowhere was not read in this flight."
    assert exhibit.chart is None


def test_accounts(asked, sound):
    booked = asked.run.ledger.by_account()
    exhibit = sound(accounts()(asked))
    assert exhibit.chart.x == tuple(booked)
    assert next(iter(exhibit.chart.series.values())) == tuple(float(dollars(usd)) for usd in booked.values())
    for name, usd in booked.items():
        assert f"{name} {said(dollars(usd), '$')}" in exhibit.text.lower()


def test_an_account_of_nothing(asked, sound):
    exhibit = sound(accounts("losses", "bribes")(asked))
    assert next(iter(exhibit.chart.series.values()))[1] == 0.0
    assert exhibit.text.endswith("bribes $0.00.")


@pytest.mark.parametrize("evidence", SHOWN)
def test_evidence_is_drawn(staked, sound, evidence):
    exhibit = sound(charted(evidence, say="Look.")(staked))
    assert exhibit.text.startswith("Look. ")
    assert exhibit.chart is not None


@pytest.mark.parametrize("evidence", PICTURES)
def test_evidence_that_there_is_not_says_why(ask, boarded, sound, evidence):
    early = ask(case=boarded, until=3600.0)
    assert sound(charted(evidence)(early)).text


def test_what_a_case_lacks_is_named(asked):
    assert charted("thresholds")(asked).text.endswith("what acting is worth.")
    assert charted("waterfall")(asked).text == "Waterfall: this flight lacks stages that requests are followed through."


def test_before_any_label(ask, boarded):
    early = ask(case=boarded)
    none = dataclasses.replace(early.run.landed.rows(slice(0, 1)), at=np.array([math.inf]))
    early = dataclasses.replace(early, run=dataclasses.replace(early.run, landed=none))
    assert charted("thresholds")(early).text == f"Threshold and money: {EVIDENCE['thresholds'].needs}."


def test_options_go_on_to_the_evidence(staked):
    few = charted("calibration", bins=4)(staked).chart
    assert few.x == tuple(one.mean_score for one in compute("calibration", staked.case, staked.run, staked.tape,
                                                            staked.run.until, bins=4).bins)  # fmt: skip


def test_evidence_of_no_name():
    with pytest.raises(BadInput, match="chart of the evidence"):
        charted("treshold")


def test_compared(asked, sound):
    exhibit = sound(compared(lambda one: {"a_b": 1.5, "c": math.nan}, "Both", "$")(asked))
    assert exhibit.text == "Both: a b $1.50, c not known."
    assert exhibit.chart.series == {"Both": (1.5, None)}
    assert compared(lambda one: {}, "Both", "$")(asked).chart is None


def test_spread(asked, sound):
    values = np.append(np.arange(1001.0), [math.nan, math.inf])
    exhibit = sound(spread(lambda one: values, "Waits", "ms")(asked))
    assert exhibit.chart.series["Waits"] == (50.0, 250.0, 500.0, 750.0, 950.0)
    assert exhibit.text == (
        "Waits: half of 1,001 lie between 250 ms and 750 ms, the median is 500 ms, one in twenty is over 950 ms."
    )
    assert spread(lambda one: [], "Waits", "ms")(asked).chart is None
