"""Numbers and moments are short, have their unit, and are the same in the browser."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from dashboard import words
from dashboard.components.parts import asset
from simulator.units import DAY, MINUTE

GAP = "\u00a0"
CASES = Path(__file__).resolve().parents[2] / "cases"


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (12345.6, "$12.3k"),
        (-12345.6, "−$12.3k"),
        (950, "$950"),
        (12.5, "$12.50"),
        (0.15, "$0.15"),
        (-0.034, "−$0.034"),
        (0, "$0"),
        (999.6, "$1k"),
        (999_600, "$1M"),
        (1.234e9, "$1.23B"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "$∞"),
    ],
)
def test_money(usd, text):
    assert words.money(usd) == text


@pytest.mark.parametrize(("usd", "text"), [(12345.6, "$12,346"), (-12.5, "−$12.50"), (-0.001, "$0.00"), (0, "$0")])
def test_dollars_exact(usd, text):
    assert words.dollars_exact(usd) == text


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (0.034, "3.4"),
        (0.5, "50"),
        (1, "100"),
        (0.9995, "99.95"),
        (0.99, "99"),
        (0.00034, "0.034"),
        (-0.021, "−2.1"),
        (0, "0"),
    ],
)
def test_share(part, text):
    assert words.share(part) == f"{text}{GAP}%"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12345.6, "$", "$12.3k"),
        (3.5, "$ a day", f"$3.50{GAP}a day"),
        (0.034, "share", f"3.4{GAP}%"),
        (0.5, "share of requests", f"50{GAP}%{GAP}of requests"),
        (118.2, "ms", f"118{GAP}ms"),
        (12_300, "ms", f"12.3{GAP}s"),
        (412, "/s", "412/s"),
        (408_123, "", "408k"),
        (9120, "payments", f"9,120{GAP}payments"),
        (0.05, "s", f"50{GAP}ms"),
        (2.5, "% of payments", f"2.5{GAP}% of payments"),
        (1, "days", f"1{GAP}day"),
        (-1.0, "requests/s", f"−1{GAP}request/s"),
        (1, "clicks a page", f"1{GAP}click a page"),
        (1, "quarter minutes", f"1{GAP}quarter minute"),
        (1, "people", f"1{GAP}person"),
        (1, "log odds of a click", f"1{GAP}log odds of a click"),
        (1, "times the usual", f"1{GAP}times the usual"),
        (1.5, "days", f"1.5{GAP}days"),
        (0.5, "probability", "0.5"),
        (3.25, "h", f"3.25{GAP}h"),
        (None, "$", "–"),
        (math.nan, "h", "–"),
    ],
)
def test_quantity(value, unit, text):
    assert words.quantity(value, unit) == text


def test_names_are_written_for_people():
    names = ("fraud_loss", "auc", "psi_log_amount", "scored_p99_ms", "p99_ms", "ip_distance")
    assert list(map(words.named, names)) == [
        "fraud loss", "AUC", "PSI log amount", "scored p99", "p99", "IP distance",
    ]  # fmt: skip
    assert list(map(words.titled, names[:2] + names[4:])) == ["Fraud loss", "AUC", "p99", "IP distance"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1200, "$", "+$1.2k"), (-0.034, "share", f"−3.4{GAP}%"), (0, "$", "±$0"), (-0.0, "", "±0"), (None, "", "–")],
)
def test_signed(value, unit, text):
    assert words.signed(value, unit) == text


@pytest.mark.parametrize(
    ("at", "tick", "text"),
    [(12.25 * DAY, DAY, f"day{GAP}12, 06:00"), (315, 15, "5:15"), (7265, MINUTE, "2:01:05"), (math.nan, DAY, "–")],
)
def test_when(at, tick, text):
    assert words.when(at, tick) == text


@pytest.mark.parametrize(
    ("time", "text"),
    [(0.05, "50 ms"), (45, "45 s"), (90, "90 s"), (720, "12 min"), (12_600, "3.5 h"), (6 * DAY, "6 days"), (0, "0 s")],
)
def test_duration(time, text):
    assert words.duration(time) == text.replace(" ", GAP)


@pytest.mark.parametrize(
    ("gone", "text"),
    [(5, "just now"), (-5, "just now"), (300, "5 min ago"), (DAY, "1 day ago"), (3.9 * DAY, "3 days ago")],
)
def test_ago(gone, text):
    assert words.ago(1000.0, 1000.0 + gone) == text.replace(" ", GAP, 1) if gone > 60 else text


def test_rough_day():
    assert words.day_of(12.9 * DAY) == f"day{GAP}12"


VALUES = [
    0,
    0.034,
    0.5,
    1,
    3.14159,
    12.345,
    99.94,
    99.96,
    118.2,
    950,
    999.4,
    999.6,
    1234,
    9999,
    12_345,
    408_123,
    1.2345e6,
    7.7e9,
    1e-12,
]
UNITS = [
    "$",
    "share",
    "ms",
    "s",
    "/s",
    "",
    "h",
    "people",
    "$ a day",
    "share of requests",
    "probability",
    "% of payments",
    "days",
    "clicks a page",
    "requests/s",
    "log odds",
]
TIMES = [0, 29.9, 30, 59.6, 61, 3599.5, 3600, 7265.4, 43_170, 86_399, 86_400, 1_058_400, 5_183_999]


@pytest.fixture(scope="module")
def page():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
def test_the_browser_writes_the_same(page):
    numbers = [(sign * value, unit) for value in VALUES for unit in UNITS for sign in (1, -1) if value]
    moments = [(at, tick) for at in TIMES for tick in (15.0, MINUTE, 3600.0, DAY)]
    page.add_script_tag(content=asset("words.js"))
    said = page.evaluate("(all) => all.map(([value, unit]) => quantity(value, unit))", numbers)
    told = page.evaluate("(all) => all.map(([at, tick]) => when(at, tick))", moments)
    assert dict(zip(numbers, said, strict=True)) == {pair: words.quantity(*pair) for pair in numbers}
    assert dict(zip(moments, told, strict=True)) == {pair: words.when(*pair) for pair in moments}
