"""The score: the outcome on made-up tracks, the cap, what is left out, predictions, the defence, dimensions."""

from __future__ import annotations

import dataclasses
import math

import pytest

from simulator.books.ledger import CLOSE
from simulator.probes import Check, Exhibit, Posed
from simulator.record import Answer, Forecast, Record
from simulator.rubric import DIMENSIONS, Anchors, Behaviour, Occasion
from simulator.score import CAP, Line, Part, Scorecard, _dimensions, interval_score, score
from simulator.simulation import fly, simulate
from simulator.targets import Target
from simulator.tracks import Track, Yardstick, profit_by, yardstick
from simulator.units import day, money

ANCHORS = Anchors("no", "a little", "well", "very well")
FAR = 1e9  # a limit that nobody reaches


def seen(text: str, *shown: bool, dimension: str = "model", by_looks: bool = False) -> Behaviour:
    """Make a behaviour with an occasion each, shown or not."""
    occasions = tuple(Occasion(float(at), one, f"{text} {at}") for at, one in enumerate(shown))
    return Behaviour(text, dimension, lambda log: occasions, by_looks)


@pytest.fixture(scope="module")
def calm(toy):
    """The toy case with nothing to show and guardrails that hold."""
    return dataclasses.replace(toy, targets=(Target("profit", -FAR, at_least=True),), behaviours=())


def track(profit: int, **kpis: float) -> Track:
    return Track(profit, (0.0, day(3), day(6)), (0, profit // 2, profit), kpis, {"sales": profit})


def known(run, weak: float, expert: float) -> Yardstick:
    """Lay a yardstick on which the *run* earned *weak* more than weak did, and *expert* less than expert [µ$]."""
    return Yardstick(track(run.profit() - round(weak)), track(run.profit() + round(expert)))


def at_share(share: float, run) -> Yardstick:
    """Return the yardstick on which *run* has that *share* of the way from weak to expert, which is 1,000 $."""
    return known(run, share * 1e9, (1 - share) * 1e9)


def part(card: Scorecard, name: str):
    return next(one for one in card.parts if one.name == name)


# --- outcome


@pytest.mark.parametrize(
    ("share", "outcome", "points"),
    [(0.0, 0.0, 0.0), (1.0, 100.0, 50.0), (0.72, 72.0, 36.0), (1.15, 115.0, 57.5), (1.2, 120.0, 60.0),
     (1.6, 160.0, 60.0), (-0.3, -30.0, -15.0), (-0.5, -50.0, -25.0), (-2.0, -200.0, -25.0)],
)  # fmt: skip
def test_the_outcome_is_0_for_weak_and_100_for_expert_and_counts_from_minus_50_to_120(
    calm, flown, share, outcome, points
):
    card = score(calm, flown, known=at_share(share, flown))
    assert card.outcome == pytest.approx(outcome)
    assert part(card, "outcome").points == pytest.approx(points)
    assert card.total == pytest.approx(2 * points), "there is nothing else to judge"
    assert part(card, "outcome").lines[0].shown == pytest.approx(share)


@pytest.mark.parametrize("expert_more", [0, -1])
def test_there_is_no_outcome_where_weak_earns_no_less_than_expert(calm, flown, expert_more):
    card = score(calm, flown, known=known(flown, 0, expert_more))
    assert (card.outcome, card.total, card.before_cap, part(card, "outcome").points) == (None, None, None, None)
    assert "not judged" in part(card, "outcome").why


def test_a_score_says_what_it_was_measured_by(calm, flown):
    card = score(calm, flown, known=at_share(0.5, flown))
    assert (card.weak, card.yours, card.expert) == (
        flown.profit() - 500_000_000, flown.profit(), flown.profit() + 500_000_000,
    )  # fmt: skip
    assert len(part(card, "outcome").lines[0].evidence) == 1


def test_the_yardstick_is_flown_in_the_same_world(toy):
    flown = {name: fly(toy, name, 3) for name in ("weak", "expert")}
    measure = yardstick(toy, 3)
    assert measure == Yardstick(Track.of(toy, flown["weak"]), Track.of(toy, flown["expert"]))
    free = dataclasses.replace(toy, targets=())
    assert score(free, flown["weak"]).outcome == 0.0
    assert score(free, flown["expert"]).outcome == 100.0
    half = fly(toy, "mid", 3, until=day(3))
    assert score(free, half).expert == fly(toy, "expert", 3, until=day(3)).profit()


# --- guardrails


@pytest.mark.parametrize(("share", "total"), [(0.9, CAP), (0.3, 30.0), (0.6, 60.0)])
def test_a_broken_guardrail_caps_the_score_and_is_named(calm, flown, share, total):
    broken = (Target("served", 2.0, at_least=True, guardrail=True), Target("profit", FAR, at_least=True))
    card = score(dataclasses.replace(calm, targets=broken), flown, known=at_share(share, flown))
    assert card.broken == ("served",), "a target that is no guardrail caps nothing"
    assert card.total == pytest.approx(total)
    assert card.before_cap == pytest.approx(100 * share)
    assert pytest.approx(60.0) == CAP


def test_a_guardrail_that_holds_caps_nothing(calm, flown):
    kept = dataclasses.replace(calm, targets=(Target("served", 0.0, at_least=True, guardrail=True),))
    card = score(kept, flown, known=at_share(0.9, flown))
    assert (card.broken, card.total) == ((), pytest.approx(90.0))


# --- behaviours and weights


def test_behaviours_count_by_the_share_in_which_each_was_shown(calm, flown):
    case = dataclasses.replace(calm, behaviours=(seen("a", True, False), seen("b", True), seen("c", False), seen("d")))
    card = score(case, flown, known=at_share(0.8, flown))
    assert part(card, "behaviours").points == pytest.approx(30 * (0.5 + 1 + 0) / 3)
    assert [(line.shown, line.required) for line in part(card, "behaviours").lines] == [(1, 2), (1, 1), (0, 1), (0, 0)]
    assert part(card, "behaviours").lines[0].evidence == ("shown · a 0", "not shown · a 1")
    assert part(card, "behaviours").why == "1 of 3 shown each time they were asked for"


def test_without_a_record_the_rest_makes_up_the_hundred(calm, flown):
    """40 of 50 and 15 of 30 are 55 of 80."""
    case = dataclasses.replace(calm, behaviours=(seen("a", True, False),))
    card = score(case, flown, known=at_share(0.8, flown))
    assert card.total == pytest.approx(100 * 55 / 80)
    assert [one.points is None for one in card.parts] == [False, False, True, True]


def test_with_a_record_all_parts_count(calm, flown):
    """Nobody predicted (0 of 10), and no probe can be answered (left out): 55 of 90."""
    case = dataclasses.replace(calm, behaviours=(seen("a", True, False),))
    card = score(case, flown, Record(), known=at_share(0.8, flown))
    assert card.total == pytest.approx(100 * 55 / 90)
    assert [one.points is None for one in card.parts] == [False, False, False, True]
    answered = score(case, flown, Record(answers=(Answer("n", number=20.0),)), [POSED], at_share(0.8, flown))
    assert answered.total == pytest.approx(65.0), "40, 15, 0 and 10 of 100"


def test_what_only_a_record_shows_is_asked_of_a_record_alone(calm, flown):
    case = dataclasses.replace(calm, behaviours=(seen("a", True), seen("looked", False, by_looks=True)))
    without, with_ = (score(case, flown, record, known=at_share(1.0, flown)) for record in (None, Record()))
    assert part(without, "behaviours").points == 30.0
    assert part(with_, "behaviours").points == 15.0
    assert [line.text for line in part(without, "behaviours").lines] == ["a"]


def test_a_flight_that_asked_for_no_behaviour_is_not_judged_by_any(calm, flown):
    case = dataclasses.replace(calm, behaviours=(seen("a"),))
    card = score(case, flown, known=at_share(0.8, flown))
    assert part(card, "behaviours").points is None
    assert card.total == pytest.approx(80.0)


# --- predictions


@pytest.mark.parametrize(
    ("low", "high", "came", "loss"),
    [(2.0, 6.0, 4.0, 4.0), (2.0, 6.0, 2.0, 4.0), (2.0, 6.0, 1.0, 4.0 + 10 * 1.0), (2.0, 6.0, 6.5, 4.0 + 10 * 0.5),
     (3.0, 3.0, 3.0, 0.0), (3.0, 3.0, 3.2, 10 * 0.2)],
)  # fmt: skip
def test_the_interval_score_is_the_width_and_ten_times_the_miss(low, high, came, loss):
    """Gneiting and Raftery's 2 / alpha is 10 for an interval of 80 %."""
    assert interval_score(low, high, came) == pytest.approx(loss)


def test_a_surer_interval_pays_more_for_a_miss():
    assert interval_score(2.0, 6.0, 7.0, missed=0.05) == pytest.approx(4.0 + 40.0)


def test_the_true_quantiles_are_the_best_interval():
    """Of a uniform from 0 to 1 the deciles: the score is proper."""
    draws = [(n + 0.5) / 1000 for n in range(1000)]
    losses = {
        (low, high): sum(interval_score(low, high, came) for came in draws)
        for low, high in ((0.1, 0.9), (0.05, 0.9), (0.15, 0.9), (0.1, 0.85), (0.0, 1.0), (0.4, 0.6))
    }
    assert min(losses, key=losses.__getitem__) == (0.1, 0.9)


def predicted(case, run, low: float, high: float, **other):
    """Score a forecast on a yardstick whose ends lie `span` apart: of `kpi`, by `by` [s]."""
    kpi, by, span, at = ({"kpi": "profit", "by": day(6), "span": 1000.0, "at": 0.0} | other).values()
    measure = Yardstick(track(0, wait=0.0), track(round(span * 1e6), wait=span))
    forecast = Forecast(kpi, by, low, high, at)
    return part(score(case, run, Record(forecasts=(forecast,)), known=measure), "predictions")


@pytest.mark.parametrize(
    ("below", "above", "share"),
    [(0.0, 0.0, 1.0), (100.0, 100.0, 0.9), (500.0, 500.0, 0.5), (1000.0, 1000.0, 0.0), (2000.0, 2000.0, 0.0),
     (-40.0, 40.0, 0.8), (-200.0, 400.0, 0.0)],
)  # fmt: skip
def test_a_prediction_loses_its_interval_score_over_twice_the_gap_of_weak_and_expert(calm, flown, below, above, share):
    """An interval from *below* the truth to *above* it; the fourth is as wide as twice the gap, and says nothing."""
    came = flown.profit() / 1e6
    found = predicted(calm, flown, came - below, came + above)
    assert found.points == pytest.approx(10 * share)
    assert found.lines[0].shown == pytest.approx(share)


@pytest.mark.parametrize(
    ("by", "at", "points"), [(day(6), day(5), 10.0), (day(6), day(5.1), 0.0), (day(6.1), 0.0, 0.0)]
)
def test_what_is_all_but_known_and_what_it_never_came_to_is_no_prediction(calm, flown, by, at, points):
    came = flown.profit() / 1e6
    assert predicted(calm, flown, came, came, by=by, at=at).points == pytest.approx(points)


def test_a_prediction_says_what_came(calm, flown):
    came = flown.profit() / 1e6
    missed = predicted(calm, flown, came + 50, came + 60)
    assert missed.lines[0].text == "profit [$] by day 6"
    assert missed.lines[0].evidence[0].endswith(f"came {money(flown.profit())}: outside")
    assert predicted(calm, flown, came - 1, came + 1).lines[0].evidence[0].endswith("inside")


def test_profit_may_be_predicted_on_the_way_and_other_figures_for_the_end_alone(calm, flown):
    early = profit_by(flown, day(3)) / 1e6
    assert predicted(calm, flown, early, early, by=day(3)).points == pytest.approx(10.0)
    wait = flown.kpis()["wait"]
    assert predicted(calm, flown, wait, wait, kpi="wait").points == pytest.approx(10.0)
    for kpi, by in (("wait", day(3)), ("no such figure", day(6))):
        assert predicted(calm, flown, 0, 1, kpi=kpi, by=by).why == "nothing was predicted"


def test_a_figure_in_which_weak_and_expert_do_not_differ_earns_nothing(calm, flown):
    came = flown.profit() / 1e6
    assert predicted(calm, flown, came, came, span=0.0).points == 0.0


def test_profit_on_the_way_leaves_out_what_the_close_settles(flown):
    book, closed = flown.ledger.postings(), flown.ledger.caused_by(CLOSE)
    assert closed.any()
    at = day(4)
    by_hand = sum(
        amount
        for when, amount, late in zip(book.at.tolist(), book.amount.tolist(), closed.tolist(), strict=True)
        if when <= at and not late
    )
    assert profit_by(flown, at) == by_hand
    assert profit_by(flown, flown.until) == flown.profit()


def test_a_track_has_a_point_a_tick(toy, flown):
    made = Track.of(toy, flown)
    assert made.at == tuple(day(n) for n in range(7))
    assert made.so_far == tuple(profit_by(flown, at) for at in made.at)
    assert made.profit == flown.profit() == sum(made.accounts.values())
    assert (made.by(0.0), made.by(day(1.5)), made.by(day(99))) == (made.so_far[0], made.so_far[2], made.profit)


# --- defence

NUMBER = Check("How many?", "It is 20.", truth=20.0, tolerance=2.0, unit="people")
CHOICE = Check("Which?", "It is b.", ("a", "b"), right=1)
POSED = Posed("n", "Why so many?", "metrics", True, Exhibit("20"), NUMBER, {}, "")
CHOOSE = Posed("c", "Which of them?", "data", True, Exhibit("b"), CHOICE, {}, "")
IDLE = dataclasses.replace(CHOOSE, name="idle", worth_asking=False)
OPEN = dataclasses.replace(POSED, name="open", check=None)


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ([Answer("n", number=21.0), Answer("c", choice="b")], 10.0),
        ([Answer("n", number=21.0)], 5.0),  # one that is not given is not right
        ([Answer("n", number=30.0), Answer("c", choice="b")], 5.0),
        ([Answer("n", number=30.0), Answer("c", choice="a")], 0.0),
        ([Answer("open", words="a lot", mark="expert")], 0.0),
        ([Answer("c", choice="b"), Answer("idle", choice="b")], 5.0),
        ([], 0.0),
    ],
)
def test_the_defence_is_the_share_of_checkable_answers_that_are_right(calm, flown, answers, points):
    record = Record(answers=tuple(answers))
    card = score(calm, flown, record, [POSED, CHOOSE, IDLE, OPEN], at_share(0.5, flown))
    assert part(card, "defence").points == pytest.approx(points)


def test_where_nothing_can_be_checked_there_is_no_defence(calm, flown):
    card = score(calm, flown, Record(), [IDLE, OPEN], at_share(0.5, flown))
    assert part(card, "defence").points is None
    assert part(score(calm, flown, None, [POSED], at_share(0.5, flown)), "defence").points is None


def test_the_defence_says_what_was_said_and_what_is_so(calm, flown):
    record = Record(answers=(Answer("n", number=30.0),))
    lines = part(score(calm, flown, record, [POSED, CHOOSE], at_share(0.5, flown)), "defence").lines
    assert lines[0].evidence == ("How many? Said: 30 people. It is 20.",)
    assert lines[1].evidence == ("Which? Not answered.",)


# --- dimensions


@pytest.mark.parametrize(
    ("shown", "asked", "level"),
    [
        (0, 4, "weak"),
        (1, 8, "weak"),
        (1, 4, "mid"),
        (3, 8, "mid"),
        (2, 4, "strong"),
        (3, 4, "expert"),
        (4, 4, "expert"),
    ],
)
def test_a_dimension_has_a_level_by_the_share_that_was_shown(calm, flown, shown, asked, level):
    behaviour = seen("a", *([True] * shown + [False] * (asked - shown)), dimension="serving")
    case = dataclasses.replace(calm, behaviours=(behaviour,), anchors={"serving": ANCHORS})
    rows = {row.dimension: row for row in score(case, flown, known=at_share(0.5, flown)).dimensions}
    assert rows["serving"].level == level
    assert rows["serving"].shown == pytest.approx(shown / asked)
    assert rows["serving"].anchors is ANCHORS
    assert tuple(rows) == tuple(DIMENSIONS)
    assert {rows[name].level for name in rows if name != "serving"} == {""}


def test_a_dimension_is_of_behaviours_predictions_and_the_defence_alike(calm, flown):
    case = dataclasses.replace(
        calm, behaviours=(seen("a", True, dimension="metrics"), seen("b", False, False, dimension="metrics"))
    )
    came = flown.profit() / 1e6
    record = Record(forecasts=(Forecast("profit", day(6), came, came, 0.0),), answers=(Answer("n", number=20.0),))
    rows = {row.dimension: row for row in score(case, flown, record, [POSED], at_share(0.5, flown)).dimensions}
    assert (rows["metrics"].shown, rows["metrics"].required) == (2.0, 3.0)
    assert rows["metrics"].level == "strong"
    assert (rows["evaluation"].shown, rows["evaluation"].required) == (1.0, 1.0)


def test_every_line_names_what_it_rests_on(calm, flown):
    came = flown.profit() / 1e6
    case = dataclasses.replace(calm, behaviours=(seen("a", True, False), seen("b", False)))
    record = Record(
        forecasts=(Forecast("profit", day(6), came - 5, came + 5, 0.0),), answers=(Answer("n", number=1.0),)
    )
    card = score(case, flown, record, [POSED, CHOOSE], at_share(0.5, flown))
    lines = [line for one in card.parts for line in one.lines]
    assert len(lines) == 1 + 2 + 1 + 2
    assert all(line.evidence and all(line.evidence) for line in lines)
    assert all(one.why for one in card.parts)


# --- a real flight


def test_the_parts_add_up_for_a_real_flight(toy):
    run = simulate(toy, None, 1)
    card = score(toy, run, Record())
    judged = [one for one in card.parts if one.points is not None]
    by_hand = 100 * math.fsum(one.points for one in judged) / math.fsum(one.of for one in judged)
    assert card.before_cap == pytest.approx(by_hand)
    weak, expert = (fly(toy, name, 1).profit() for name in ("weak", "expert"))
    assert card.outcome == pytest.approx(100 * (run.profit() - weak) / (expert - weak))


@pytest.mark.parametrize(
    ("share", "level"),
    [(0.0, "weak"), (0.24, "weak"), (0.25, "mid"), (0.49, "mid"), (0.5, "strong"), (0.74, "strong"), (0.75, "expert"),
     (1.0, "expert")],
)  # fmt: skip
def test_the_levels_of_a_dimension_are_quarters(calm, share, level):
    line = Line("one", "data", share, 1.0, ("so",))
    rows = _dimensions(calm, (Part("behaviours", 1.0, 1.0, "", (line,)),))
    assert next(row.level for row in rows if row.dimension == "data") == level
