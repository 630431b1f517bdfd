"""A debrief in a browser, from the landing to the probes: predict, then reveal, then be asked."""

from __future__ import annotations

import pytest
from flown import HOSTILE, go, key, keyed, land, press, quiet, reads, visit

pytestmark = pytest.mark.browser

_SLOW = 180_000.0  # ms of patience with a worker


def believe(page, number: int) -> None:
    """Choose the cause that stands in place *number*, and commit."""
    key(page, "belief/cause/").locator("label").filter(has=page.get_by_role("radio")).nth(number).click()
    quiet(page)
    press(page, "belief/commit/")


def answer(page, flight: str, name: str) -> None:
    """Answer the probe *name*: choose the first option, and say something in words."""
    card = key(page, f"probe/{name}")
    card.locator("label").filter(has=page.get_by_role("radio")).first.click()
    card.locator("textarea").fill(HOSTILE)
    press(page, f"commit/{flight}/{name}")
    card.get_by_text("What answers sound like").wait_for()
    quiet(page)


def probe_with_options(page) -> str:
    """Return the name of the first probe that offers something to choose from."""
    for card in keyed(page, "probe/").all():
        if card.get_by_role("radio").count():
            names = [name for name in str(card.get_attribute("class")).split() if name.startswith("st-key-probe-")]
            return names[0].removeprefix("st-key-probe-")
    raise AssertionError("no probe offers a choice")


@pytest.mark.long
def test_from_the_landing_to_the_probes(page, watch, address, in_flight):
    flight = in_flight("burst_storm", seed=90_210)
    land(page)
    key(page, "landed").get_by_role("link", name="Debrief").click()
    page.get_by_text("What do you think happened, and when?").wait_for(timeout=_SLOW)
    assert "What really happened" not in reads(page) and page.locator(".js-plotly-plot").count() == 0
    go(page, "Probes")
    page.get_by_text("Say first, in the debrief").wait_for()
    go(page, "Debrief")
    keyed(page, "belief/commit/").wait_for()
    believe(page, 0)
    page.get_by_text("What this case teaches").wait_for(timeout=_SLOW)
    said = reads(page)
    assert "You believed: “more requests”" in said and "Dimensions" in said
    page.locator(".js-plotly-plot").nth(2).wait_for()
    cancel = keyed(page, "cancel/regret/")
    if cancel.count():
        press(page, "cancel/regret/")
        page.get_by_text("Cancelled; nothing was lost.").first.wait_for()
    go(page, "Probes")
    page.get_by_text("0 of ", exact=False).first.wait_for(timeout=_SLOW)
    name = probe_with_options(page)
    answer(page, flight, name)
    assert HOSTILE in key(page, f"probe/{name}").inner_text()
    assert "1 of " in reads(page) and page.get_by_test_id("stMain").locator('img[src="x"]').count() == 0
    visit(page, address, "probes", flight)
    page.get_by_text("What answers sound like").wait_for(timeout=_SLOW)
    assert keyed(page, f"commit/{flight}/{name}").count() == 0
    assert watch.alerts == [] and watch.complaints == []
