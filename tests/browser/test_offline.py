"""The pages work on a machine that is alone: nothing is asked of anybody else."""

from __future__ import annotations

import re
from urllib.parse import urlparse

import pytest
from flown import choose, decide, go, key, land, play, reads, take_off, visit

pytestmark = pytest.mark.browser

PAGES = ("Hangar", "Brief", "Fly", "Compare", "History")
ELSEWHERE = re.compile(r"""(?:src|href)\s*=\s*["']?https?://|url\(\s*["']?https?://|@import\s+["']?https?://""")


def cut_off(page, address) -> list[str]:
    """Let *page* reach the server and nobody else; return a list that fills with what it tried."""
    tried: list[str] = []
    own = urlparse(address).netloc

    def decided(route) -> None:
        if urlparse(route.request.url).netloc in (own, ""):
            route.continue_()
        else:
            tried.append(route.request.url)
            route.abort()

    page.context.route("**/*", decided)
    return tried


def test_nobody_else_is_asked(page, watch, address, landed):
    tried = cut_off(page, address)
    linked: list[str] = []
    page.on("response", lambda answer: linked.extend(links(answer)))
    visit(page, address)
    choose(page, "burst_storm", seed=9)
    take_off(page)
    for group in ("System", "Map", "Journal", "Business"):
        key(page, "group").get_by_role("radio", name=group, exact=True).click()
    play(page)
    page.wait_for_timeout(1000)
    play(page, go=False)
    decide(page, "alone")
    page.get_by_text("Decided so far").wait_for()
    land(page)
    for title in PAGES:
        go(page, title)
        assert "Something broke" not in reads(page)
    visit(page, address, "debrief", landed)
    page.get_by_text("What do you think happened").wait_for()
    assert tried == [] and linked == []
    assert watch.hosts == {urlparse(address).netloc}
    assert watch.complaints == []


def links(answer) -> list[str]:
    """Return what a page or a style sheet of the server links to elsewhere."""
    if answer.request.resource_type in ("document", "stylesheet") and answer.ok:
        return ELSEWHERE.findall(answer.text())
    return []
