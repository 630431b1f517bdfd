"""The report says what the run holds, fits the terminal, and can be read without colours and without pictures."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pytest
from rich.console import Console

from cases import load
from cases.__main__ import main
from cases._flight import Flight, Flyer, Order, flyer_of
from cases._report import broken, report
from cases._standing import Ends, position, standing
from cases._steps import settled, steps
from cases._terminal import bar, screen, spark, spread
from cases._words import clean, figure, flowing, label, setting, short, signed
from simulator.books.journal import Entry, Journal
from simulator.simulation import simulate
from simulator.targets import Verdict
from simulator.units import DAY, money

NAN = math.nan


@pytest.fixture(scope="module")
def fraud():
    return load("fraud_threshold")


@pytest.fixture(scope="module")
def run(fraud):
    """Eight days of a small shop, in which something happens."""
    plan = fraud.pars["strong"].then(2 * DAY, "more eyes", review=4).do(3 * DAY, "retrain")
    small = fraud.but(world={"payments": 300, "customers": 2000}, move={"ring": 4 * DAY, "feed_pause": 5 * DAY})
    return simulate(small, plan, 7, until=8 * DAY)


def printed(width: int, show) -> str:
    """What *show* prints on a plain console *width* wide."""
    file = io.StringIO()
    show(Console(file=file, width=width, highlight=False, markup=False, emoji=False))
    return file.getvalue()


@pytest.fixture(scope="module")
def text(fraud, run):
    return printed(100, lambda console: report(console, fraud, run, "par strong, 2 steps", 1.25))


def test_it_says_what_was_flown(text, run):
    head = text[: text.index("PROFIT")]
    for word in (
        "Fraud at the checkout",
        "seed 7",
        "par strong, 2 steps",
        "level 2",
        "8 of 60 days",
        run.digest()[:12],
    ):
        assert word in head


def test_the_accounts_are_those_of_the_ledger(text, run):
    for account, amount in run.ledger.by_account().items():
        assert any(account in line and money(amount) in line for line in text.splitlines())
    assert money(run.profit()) in text


def test_targets_are_ticked(text, fraud, run):
    part = text[text.index("TARGETS") :]
    for verdict in fraud.verdicts(run):
        row = next(line for line in part.splitlines() if f" {label(verdict.name)} " in line and " at " in line)
        assert ("✓" in row, "✗" in row) == (verdict.met, not verdict.met)


def test_every_figure_is_there_once(text, fraud, run):
    for name, value in run.kpis().items():
        assert figure(value, fraud.kpis[name].unit) in text


def test_what_happened(text, run):
    after = " ".join(text[text.index("WHAT HAPPENED") :].split())
    assert "hidden ring: frauds are of a ring" in after
    assert "hidden feed_pause: chargebacks are not reported; they land when it ends (until day 14)" in after
    assert "day 2 00:00 decision review = 4.0 (more eyes)" in after
    assert "day 3 00:00 decision retrain" in after
    assert "day 3 06:00 version version 2 is live" in after


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_it_fits(fraud, run, width):
    text = printed(width, lambda console: report(console, fraud, run, "par strong", 1.0))
    assert max(map(len, text.splitlines())) <= width


def test_a_long_journal_is_cut(fraud, run):
    journal = Journal()
    for number in range(100):
        journal.write(Entry(float(number), "note", "n", f"note {number}"))
    text = printed(100, lambda console: report(console, fraud, replace(run, journal=journal), "x", 1.0))
    assert "note 39" in text and "note 40" not in text and "60 more" in text


def test_text_of_others_stays_text(fraud, run):
    journal = Journal()
    journal.write(Entry(0.0, "note", "n", "[bold]:smile: \x1b[31m\nnew\tline"))
    text = printed(100, lambda console: report(console, fraud, replace(run, journal=journal), "[red]x", 1.0))
    assert "[bold]:smile:  [31m new line" in text
    assert "[red]x" in text
    assert "\x1b" not in text


def test_the_days_leave_out_what_was_settled_at_the_end(fraud, run):
    late = settled(run)
    assert late["$profit"] == pytest.approx(sum(usd for name, usd in late.items() if name != "$profit"))
    assert late["$fraud"] < 0
    row = next(
        line
        for line in printed(100, lambda console: console.print(steps(fraud, run, 100))).splitlines()
        if "fraud a day" in line
    )
    frame = run.frame("1D")["$fraud"].to_list()
    frame[-1] -= late["$fraud"]
    assert figure(min(frame), "$") in row


# where it stands


@pytest.mark.parametrize(("profit", "place"), [(50, 0), (100, 50), (150, 100), (200, 150), (0, -50)])
def test_position(profit, place):
    runs = {name: _Earned(usd) for name, usd in (("weak", 50), ("run", profit), ("expert", 150))}
    assert position(runs["run"], runs) == place


def test_no_position():
    runs = {"weak": _Earned(5), "expert": _Earned(5)}
    assert position(runs["weak"], runs) is None


class _Earned:
    """As much of a run as a position needs."""

    def __init__(self, profit: int) -> None:
        self.profit = lambda: profit


def test_standing(claims):
    case = load(claims)
    flight = Flight(case, flyer_of(case, Order(par="strong")), 0, None, "compiled")
    text = printed(80, lambda console: standing(console, Ends(flight, flight.fly()[0])))
    assert "weak ─" in text and "─ expert  94 of 100" in text
    assert text.count("guardrails hold") == 3


def test_the_expert_stands_at_100_without_another_flight(claims, monkeypatch):
    case = load(claims)
    flight = Flight(case, flyer_of(case, Order(par="expert")), 0, None, "compiled")
    run, _ = flight.fly()
    assert flight.beside("expert", run) is run


def test_a_case_without_an_expert_is_not_compared(claims):
    case = load(claims)
    lone = replace(case, pars={"weak": case.pars["weak"]})
    flight = Flight(lone, Flyer("x", case.plan()), 0, DAY, "compiled")
    assert printed(80, lambda console: standing(console, Ends(flight, flight.fly()[0]))) == ""


def test_comparing_can_be_switched_off(say, claims):
    words = ["run", claims, "--until", "2d"]
    assert "WHERE THIS STANDS" in say(*words).out
    assert "WHERE THIS STANDS" not in say(*words, "--no-compare").out


def test_broken_guardrails_are_named():
    verdicts = [Verdict("a_b", 1, 2, False, True), Verdict("c", 1, 2, False, False), Verdict("d", 1, 2, True, True)]
    assert (broken(verdicts), broken(verdicts[1:])) == ("guardrail broken: a b", "")


# characters


@pytest.mark.parametrize(
    ("values", "cells", "line"),
    [
        ([], 10, ""),
        ([NAN, NAN], 10, "  "),
        ([1.0], 10, "▁"),
        ([3.0, 3.0], 10, "▁▁"),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 10, "▁▂▃▄▅▆▇█"),
        ([0.0, NAN, 7.0], 10, "▁ █"),
        ([0.0, 2.0, 6.0, 8.0], 2, "▁█"),
        ([-5.0, 0.0, NAN, 5.0], 2, "▁█"),
    ],
)
def test_spark(values, cells, line):
    assert spark(values, cells) == line


@pytest.mark.parametrize(("n", "cells"), [(60, 38), (60, 60), (7, 60), (0, 5), (1, 1)])
def test_spread(n, cells):
    parts = spread(n, cells)
    assert [i for part in parts for i in range(part.start, part.stop)] == list(range(n))
    assert len(parts) == min(n, cells)


def test_bar():
    assert (bar(5, 10, 8), bar(-10, 10, 8), bar(0.001, 10, 8), bar(0, 10, 8), bar(0, 0, 8)) == (
        "████",
        "█" * 8,
        "█",
        "",
        "",
    )


def test_stand_ins_keep_columns(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    screen().print("▁▂▃▄▅▆▇█ ✓ ✗ → · é")
    assert raw.getvalue() == b"_.,-=+*# + x > - ?\n"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234.5, "$", "$1,234"), (-12.5, "$", "-$12.50"), (0.978, "share", "97.8 %"), (0.5, "share", "50 %"),
        (0.99951, "share", "99.95 %"), (0.0012, "share", "0.12 %"), (1.0, "share", "100 %"), (0.0, "share", "0 %"),
        (3.25, "h", "3.25 h"), (4.0, "jobs", "4 jobs"), (123456.7, "people", "123,457 people"), (0.8443, "", "0.844"),
        (NAN, "$", "n/a"), (math.inf, "h", "n/a"),
    ],
)  # fmt: skip
def test_figures(value, unit, text):
    assert figure(value, unit) == text


def test_words():
    assert (signed(5.0, "$"), signed(-5.0, "$"), signed(0.0, "h")) == ("+$5.00", "-$5.00", "0 h")
    assert (label("$lost customers"), label("review_wait"), short(NAN)) == ("lost customers", "review wait", "n/a")
    assert (setting(True), setting(0.30), setting("cost"), setting(7)) == ("on", "0.3", "cost", "7")
    assert clean("a\tb\x07\n") == "a b  "
    assert flowing("one\ntwo\n\n- three\n- four\n") == "one two\n\n- three\n- four"


def test_a_world_that_the_answers_do_not_fit_is_flown_without_a_comparison(tmp_path, capsys):
    file = tmp_path / "short.toml"
    file.write_text("[scenario]\nworld = { history_days = 20 }\n")
    asked = ["run", "drift_retraining", "--scenario", str(file), "--until", "1d"]
    assert main([*asked, "--set", "window_days=5"]) == 0
    assert "no comparison: a reference answer does not fit this world" in capsys.readouterr().out
    assert main(asked) == 2
    assert "window_days = 28 looks back further" in capsys.readouterr().err


def test_the_teacher_is_told_at_which_levels_and_when_something_happens(capsys):
    assert main(["brief", "feed_ranking", "--teacher"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "once top_share is above 0.12 (level 3 only)" in said
    assert said.index("weekend_page:") < said.index("copycat_farm:") < said.index("taste_drift:")


def test_an_alarm_that_rings_each_week_is_told_once(capsys):
    assert main(["run", "drift_retraining", "--until", "60d", "--no-compare"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("psi region is") == 1 and "1 more alarm until" in said
