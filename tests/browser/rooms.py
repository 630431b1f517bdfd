"""What an interviewer and a candidate do in a room, step by step, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

from flown import key, keyed, open_page, press, quiet, reads, visit

__all__ = [
    "Round",
    "answer",
    "ask",
    "begin_phase",
    "bring_script",
    "came",
    "comes_down",
    "enter",
    "fire",
    "fly_on",
    "go_on",
    "halt",
    "held",
    "mark",
    "open_room",
    "pressable",
    "pressed_until",
    "required",
    "saved",
    "says",
    "settled",
    "shipped",
    "sides",
    "takes_off",
    "with_side",
]

_SLOW = 120_000.0  # ms; a flight is computed, on a busy machine
_LINK = re.compile(r"https?://\S*?/room\?room=[0-9a-f]+")


_FIRED = re.compile("fired by hand|begins at the next look")


@dataclass
class Round:
    """A round that is played: both sides, each with the page of its own browser."""

    address: str
    links: dict[str, str]
    candidate: Any
    interviewer: Any

    @property
    def keys(self) -> dict[str, str]:
        """The key of each side."""
        return {side: parse_qs(urlparse(link).query)["room"][0] for side, link in self.links.items()}


# --- the lobby -------------------------------------------------------------------------------------------------


def bring_script(page: Any, text: str) -> None:
    """Paste a script, and wait until its card is there."""
    page.get_by_text("Bring a script").click()
    box = key(page, "rounds/text").locator("textarea")
    box.fill(text)
    box.blur()
    quiet(page)
    press(page, "rounds/read")
    key(page, "rounds/card/own").wait_for()
    quiet(page)


def shipped(page: Any, title: str) -> str:
    """Return the name, in the keys of its widgets, of the round with that *title*."""
    card = keyed(page, "rounds/card/").filter(has_text=title).first
    return next(name for name in card.get_attribute("class").split() if "rounds-card" in name).split("card-")[1]


def open_room(page: Any, name: str = "own", called: str = "") -> dict[str, str]:
    """Open a room for the round *name*, and return the links: side -> address."""
    press(page, f"rounds/open/{name}")
    field = key(page, "rounds/name").locator("input")
    field.fill(called)
    press(page, "rounds/make")
    box, found = page.get_by_role("dialog"), []

    def there() -> bool:
        found[:] = _LINK.findall("\n".join(box.locator("code").all_inner_texts()))
        return len(found) > 1

    came(page, there, "the links of the room")
    press(page, "rounds/done")
    box.wait_for(state="detached")
    return dict(zip(("candidate", "interviewer", "voter"), found, strict=False))


def with_side(browser: Any, link: str, **context: Any) -> Any:
    """Open a browser of its own at a *link*."""
    page = open_page(browser, **context)
    enter(page, link)
    return page


def enter(page: Any, link: str) -> None:
    """Go into a room, and wait until it stands."""
    page.set_default_timeout(_SLOW)
    page.goto(link)
    page.get_by_test_id("stMain").locator("h1, h2, h3").first.wait_for()
    settled(page)


def sides(browser: Any, address: str, text: str = "", title: str = "", called: str = "") -> Round:
    """Open a room - for the script *text*, or the shipped round with that *title* - and let both come in."""
    host = open_page(browser)
    visit(host, address, "rounds")
    if text:
        bring_script(host, text)
    links = open_room(host, "own" if text else shipped(host, title), called)
    enter(host, links["interviewer"])
    return Round(address, links, with_side(browser, links["candidate"]), host)


def settled(page: Any) -> None:
    """Wait until a page that goes on drawing its clock has been drawn once as a whole."""
    page.wait_for_timeout(600)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


# --- what comes to pass ----------------------------------------------------------------------------------------


def came(page: Any, holds: Callable[[], bool], what: str, within: float = _SLOW) -> None:
    """Wait until something *holds* that the other side, or a worker, brings about."""
    for _ in range(int(within / 200)):
        if holds():
            return
        page.wait_for_timeout(200)
    read = " | ".join(reads(page).split("\n\n"))
    raise AssertionError(f"{what}: not in {within / 1000:.0f} s; the page reads: {read[:2000]}")


def says(page: Any, text: str, within: float = _SLOW) -> None:
    """Wait until *text* can be read on the page."""
    came(page, lambda: text in reads(page), f"{text!r}", within)


# --- the interviewer -------------------------------------------------------------------------------------------


def begin_phase(played: Round, phase: str, shows: str) -> None:
    """Let the next *phase* begin, and wait until the candidate's strip says so, with what it *shows*."""
    desk = played.interviewer
    came(desk, lambda: pressable(desk, f"console/phase/{phase}"), f"the button for {phase}")
    press(desk, f"console/phase/{phase}")
    says(played.candidate, shows)
    settled(played.candidate)


def pressable(page: Any, prefix: str) -> bool:
    """Tell whether there is a button whose key begins with *prefix*, and it can be pressed."""
    return bool(key(page, prefix).locator("button:enabled:visible").count())


def fire(played: Round, event: str) -> None:
    """Fire an event by hand, and wait until it has taken effect on the candidate's deck: it begins at the next tick."""
    desk = played.interviewer
    press(desk, f"console/fire/{event}")
    row = desk.locator(".story li").filter(has_text=re.compile(event.replace("_", " "), re.IGNORECASE))
    came(desk, lambda: bool(_FIRED.search(row.first.inner_text())), f"{event} takes effect")


def required(played: Round, says_now: str) -> None:
    """Have the requirement said, and wait until the candidate reads it."""
    press(played.interviewer, "console/require")
    says(played.candidate, says_now)


def ask(played: Round, probe: str) -> None:
    """Put a probe to the candidate, and wait until it stands there; after the landing its evidence comes first."""
    desk, there = played.interviewer, key(played.candidate, f"room/probe/{probe}")
    button = key(desk, f"console/ask/{probe}").locator("button").first
    if not button.is_visible():
        key(desk, "console/unlit").locator("summary").first.click()
    pressed_until(desk, button.click, lambda: not button.is_visible(), f"the question {probe}")
    came(played.candidate, there.is_visible, f"the question {probe}")


def pressed_until(page: Any, press_it: Callable[[], None], holds: Callable[[], bool], what: str) -> None:
    """Press something until it *holds*: a press may come to nothing while the page is being drawn anew."""
    for _ in range(3):
        press_it()
        for _ in range(75):
            if holds():
                return
            page.wait_for_timeout(200)
    raise AssertionError(f"{what}: pressed three times, and it came to nothing")


def mark(desk: Any, dimension: str, number: int) -> None:
    """Mark a dimension, and wait until the mark is acknowledged: the widget then has the deed in its name."""
    row = key(desk, f"console/row/{dimension}")
    row.get_by_role("radio", name=str(number), exact=True).click()
    came(desk, lambda: held(desk, dimension) == number, f"mark {number} for {dimension}")


def held(desk: Any, dimension: str) -> int:
    """Return the mark that stands in the row of a dimension; 0 = none."""
    chosen = key(desk, f"console/row/{dimension}").locator('[role="radio"][aria-checked="true"]')
    return int(chosen.first.inner_text()) if chosen.count() else 0


# --- the candidate ---------------------------------------------------------------------------------------------


def takes_off(played: Round) -> None:
    """Take off with the design as it stands."""
    page = played.candidate
    page.get_by_role("button", name="Take off").click()
    says(page, "Your design is set")


def fly_on(page: Any) -> None:
    """Skip to the next checkpoint."""
    strip, way = page.locator(".deck .clock").first, "skip/Next checkpoint"
    before = strip.inner_text()
    came(page, lambda: pressable(page, way), "the way to the next checkpoint")
    pressed_until(page, lambda: press(page, way), lambda: strip.inner_text() not in ("", before), "the next checkpoint")
    settled(page)


def comes_down(page: Any) -> None:
    """Go to the end of the flight, and wait until it is down."""
    came(page, lambda: pressable(page, "skip/Land"), "the way down")
    pressed_until(page, lambda: press(page, "skip/Land"), key(page, "landed").is_visible, "the landing")


def answer(page: Any, probe: str, words: str) -> None:
    """Answer a probe in words, and choose the first option where there are any."""
    card = key(page, f"room/probe/{probe}")
    card.get_by_role("button", name="Commit").wait_for()
    settled(page)
    card.locator("textarea").fill(words)
    options = card.get_by_role("radio")
    if options.count():
        options.first.check(force=True)
    number = card.locator('input[type="number"]')
    if number.count():
        number.first.fill("1")
    commit = card.get_by_role("button", name="Commit")
    commit.click()
    came(page, lambda: commit.count() == 0, f"the answer to {probe}")


def saved(page: Any, prefix: str, folder: Path) -> Path:
    """Press a download, and return the file that came; one that is just being written anew is asked for again."""
    came(page, lambda: pressable(page, prefix), f"the download {prefix}")
    for _ in range(3):
        with page.expect_download() as coming:
            press(page, prefix)
        if coming.value.failure() is None:
            break
        settled(page)
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def go_on(page: Any, phase: str) -> None:
    """Go on to the next *phase* of a round that somebody flies alone."""
    came(page, lambda: pressable(page, f"room/next/{phase}"), f"the way to {phase}")
    press(page, f"room/next/{phase}")
    settled(page)


def halt(page: Any) -> None:
    """Let the clock of the flight stand; at an alarm it may just have halted by itself."""
    came(page, lambda: _stands(page), "the clock stands")


def _stands(page: Any) -> bool:
    """Tell whether the clock stands, and stays so; if it runs, press the button."""
    strip = page.locator(".deck").first
    if "paused" not in strip.inner_text():
        press(page, "play")
    page.wait_for_timeout(1200)
    before = strip.inner_text()
    page.wait_for_timeout(700)
    return "paused" in before and strip.inner_text() == before
