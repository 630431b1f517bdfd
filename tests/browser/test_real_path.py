"""One person, one flight, from the hangar to the history, with a reload in the middle."""

from __future__ import annotations

import pytest
from flown import (
    HOSTILE,
    choose,
    clock,
    decide,
    decided,
    deck_stands,
    flight_of,
    go,
    key,
    land,
    play,
    press,
    quiet,
    reads,
    take_off,
    turn_first,
    visit,
)

pytestmark = pytest.mark.browser


def prepare(page, address, case) -> None:
    """Choose *case*, turn a dial, ask a question, and predict."""
    visit(page, address)
    choose(page, case, seed=4711)
    turn_first(page, "dial-")
    page.get_by_role("button", name="Ask", exact=True).first.click()
    key(page, "low-").locator("input").fill("100")
    key(page, "high-").locator("input").fill("9000")
    page.keyboard.press("Tab")
    page.get_by_text("Predicted: $100 to $9k.").wait_for()
    page.get_by_role("button", name="All dials back").wait_for()


def reload(page) -> None:
    page.reload()
    deck_stands(page)
    quiet(page)


@pytest.mark.parametrize("case", ["burst_storm", pytest.param("fraud_threshold", marks=pytest.mark.soak)])
def test_the_real_path(page, watch, address, case):
    prepare(page, address, case)
    flight = take_off(page)
    play(page)
    page.wait_for_timeout(1500)
    play(page, go=False)
    press(page, "skip/Next event")
    quiet(page)
    assert clock(page) > 0

    decide(page, HOSTILE)
    told = decided(page)
    assert HOSTILE in told
    assert page.get_by_test_id("stMain").locator('img[src="x"]').count() == 0

    at = clock(page)
    reload(page)
    assert flight_of(page) == flight
    assert clock(page) == pytest.approx(at, abs=60)  # [s] a halted clock is where it was, to the minute that is shown
    assert decided(page) == told

    land(page)
    assert "Seed 4711".lower() in reads(page).lower()
    press_link(page, "Compare")
    page.get_by_text("What came of it").wait_for()
    page.get_by_text("strong", exact=False).first.wait_for()
    quiet(page)
    go(page, "Debrief")
    page.get_by_text("What was asked of you").wait_for()
    assert "you said $100 to $9k" in reads(page)
    go(page, "History")
    row = key(page, f"row/{flight}")
    row.wait_for()
    assert "seed 4711" in row.inner_text() and "landed" in row.inner_text()
    assert watch.alerts == [] and watch.complaints == []


def press_link(page, name) -> None:
    """Follow the link on the card of a flight that is down."""
    key(page, "landed").get_by_role("link", name=name).click()


@pytest.mark.soak
def test_a_reload_while_it_plays(page, address, in_flight):
    flight = in_flight("burst_storm", seed=12)
    play(page)
    page.wait_for_timeout(4500)  # [ms] the position is written down each 3 s
    at = clock(page)
    reload(page)
    assert flight_of(page) == flight
    rate = 900 / 150  # [s/s] 15 minutes in 150 s
    assert at - 4.5 * rate <= clock(page) <= at + 3 * rate
    key(page, "play").get_by_text("Play", exact=True).wait_for()
