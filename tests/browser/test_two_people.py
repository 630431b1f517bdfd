"""Two people at once never meet; two tabs of one person cannot decide the same thing twice."""

from __future__ import annotations

import pytest
from flown import (
    Watch,
    choose,
    clock,
    decide,
    decided,
    deck_stands,
    key,
    play,
    quiet,
    reads,
    take_off,
    turn_first,
    visit,
)

pytestmark = pytest.mark.browser


def settle(page) -> str:
    """Wait for a decision to be told, and return the page's text with all that was decided."""
    decided(page)
    return reads(page)


def test_two_people_never_meet(opened, address):
    people = {seed: opened() for seed in (8_111_111, 8_222_222)}
    for seed, page in people.items():
        visit(page, address)
        choose(page, "burst_storm", seed)
    flights = {seed: take_off(page) for seed, page in people.items()}
    for page in people.values():
        play(page)
    for seed, page in people.items():
        decide(page, f"the reason of {seed}")
    texts = {seed: settle(page) for seed, page in people.items()}
    for seed, page in people.items():
        own, other = texts[seed], next(s for s in people if s != seed)
        assert f"seed {seed}" in own and f"the reason of {seed}" in own
        assert str(other) not in own
        assert flights[seed] in page.url and clock(page) > 0
    assert len(set(flights.values())) == 2


@pytest.mark.long
def test_the_second_tab_is_told(page, opened, address, in_flight):
    flight = in_flight("burst_storm", seed=5)
    second = page.context.new_page()
    visit(second, address, "fly", flight)
    deck_stands(second)
    quiet(second)

    decide(page, "the first tab was quicker")
    assert "the first tab was quicker" in settle(page)
    decide(second, "the second tab comes late")
    second.get_by_test_id("stAlert").first.wait_for()
    assert "the second tab comes late" not in settle(second)
    assert "Decided so far: 1" in reads(second)
    page.reload()
    deck_stands(page)
    assert "the second tab comes late" not in settle(page)


@pytest.mark.soak
def test_a_reason_pressed_twice_counts_once(page, in_flight):
    in_flight("burst_storm", seed=6)
    turn_first(page, "dials/")
    key(page, "why/dials").locator("textarea").fill("twice")
    key(page, "turn/").locator("button").first.dblclick()
    assert settle(page).count("“twice”") == 1
    assert "Decided so far: 1" in reads(page)


def test_a_flight_of_nobody(page, address):
    watch = Watch().on(page)
    visit(page, address)
    page.goto(f"{address}/fly?flight={'0' * 32}")
    page.get_by_test_id("stAlert").first.wait_for()
    assert watch.alerts == []
