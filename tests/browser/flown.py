"""What a person does in a browser, step by step, and what can be read from the pages: helpers of the browser tests."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

sys.path.append(str(Path(__file__).resolve().parents[1]))  # run as a command, this file stands beside no conftest
sys.path.append(str(Path(__file__).resolve().parents[1] / "traffic"))  # the server is started as under load
from server import Server, health

__all__ = [
    "BROWSERS",
    "HOSTILE",
    "WITHIN",
    "Watch",
    "browsing",
    "choose",
    "clock",
    "closer_looks",
    "decide",
    "decided",
    "deck_stands",
    "flight_of",
    "found_browser",
    "go",
    "health",
    "key",
    "keyed",
    "land",
    "open_page",
    "play",
    "press",
    "quiet",
    "reads",
    "served",
    "take_off",
    "turn_first",
    "visit",
]  # fmt: skip

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOSTILE = "<img src=x onerror=alert(1)> $5 **b** `c` [d](javascript:alert(2))"
WITHIN = 45_000.0  # ms of patience with one step, on a busy machine
DESK = {"width": 1440, "height": 1000}  # px
_CLOCK = re.compile(r"day\s(\d+), (\d+):(\d+)|(?:(\d+):)?(\d+):(\d+)")


@dataclass
class Watch:
    """What went on behind a page: all that it complained of, and whom it asked."""

    complaints: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def on(self, page: Any) -> Watch:
        """Begin to watch *page*."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._alerted)
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("websocket", lambda line: self._asked(line.url))
        return self

    def _asked(self, url: str) -> None:
        """Note who was asked; what a page makes itself (data:, blob:) comes from nobody."""
        self.hosts |= {urlparse(url).netloc} - {""}

    def _said(self, said: Any) -> None:
        """Note errors; where the server is rooted, Streamlit finds out by asking below each part of the address."""
        if said.type == "error" and "/_stcore/" not in said.location["url"]:
            self.complaints.append(f"{said.text} {said.location['url']}")

    def _alerted(self, dialog: Any) -> None:
        self.alerts.append(dialog.message)
        dialog.dismiss()


# --- server and browser ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(home: Path) -> Iterator[str]:
    """Run a dashboard that keeps its flights in *home*, and give its address."""
    home.mkdir(parents=True, exist_ok=True)
    with Server(home) as server:
        yield f"http://127.0.0.1:{server.port}"


def found_browser() -> str:
    """Return the path of the browser, or end with a word on how to get one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or sys.exit("no Chromium; apt-get install chromium")


@contextlib.contextmanager
def browsing(chromium: str) -> Iterator[Any]:
    """Run the browser at the path *chromium*."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def open_page(browser: Any, **context: Any) -> Any:
    """Open a page of its own, with cookies of its own."""
    page = browser.new_context(**{"viewport": DESK, **context}).new_page()
    page.set_default_timeout(WITHIN)
    return page


# --- pages -----------------------------------------------------------------------------------------------------


def visit(page: Any, address: str, path: str = "", flight: str = "") -> None:
    """Open the page *path* by its address, as from a bookmark."""
    page.goto(f"{address}/{path}" + (f"?flight={flight}" if flight else ""))
    page.get_by_test_id("stMain").locator("h1, h2, h3").first.wait_for()
    quiet(page)


def go(page: Any, title: str) -> None:
    """Walk to the page *title* by the navigation at the top; on a phone that is a drawer."""
    link = page.get_by_role("link", name=title, exact=True)
    box = link.first.bounding_box()
    if box is None or box["x"] < 0:
        page.get_by_test_id("stExpandSidebarButton").click()
        page.wait_for_timeout(500)  # [ms] the drawer glides in
    link.first.click()
    page.wait_for_url(f"**{'/' if title == 'Hangar' else f'/{title.lower()}'}*")
    quiet(page)


def quiet(page: Any) -> None:
    """Wait until the server has drawn the page, and the browser has shown it."""
    page.wait_for_timeout(150)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(100)


def key(page: Any, prefix: str) -> Any:
    """Return what bears a key that begins with *prefix*, the first of it."""
    return keyed(page, prefix).first


def keyed(page: Any, prefix: str) -> Any:
    """Return all that bears a key that begins with *prefix*."""
    return page.locator(f'[class*="st-key-{re.sub(r"[^A-Za-z0-9_-]", "-", prefix)}"]')


def press(page: Any, prefix: str) -> None:
    """Press the button whose key begins with *prefix*."""
    key(page, prefix).locator("button").first.click()


def reads(page: Any) -> str:
    """Return all the text on the page."""
    return str(page.get_by_test_id("stMain").inner_text())


# --- a flight --------------------------------------------------------------------------------------------------


def choose(page: Any, case: str, seed: int | None = None) -> None:
    """Choose *case* in the hangar, perhaps with a *seed*, and wait for its brief."""
    if seed is not None:
        press(page, f"setup/{case}")
        key(page, f"luck/{case}").get_by_role("radio", name="a number").click()
        field = key(page, f"number/{case}").locator("input")
        field.fill(str(seed))
        field.press("Enter")
        page.get_by_text(f"seed {seed}", exact=False).first.wait_for()
        page.keyboard.press("Escape")
    press(page, f"brief/{case}")
    page.get_by_role("button", name="Take off").wait_for()
    quiet(page)


def take_off(page: Any) -> str:
    """Take off, wait until the flight deck stands, and return the id of the flight."""
    page.get_by_role("button", name="Take off").click()
    deck_stands(page)
    return flight_of(page)


def deck_stands(page: Any) -> None:
    """Wait until clock and picture are there."""
    page.locator(".deck .clock").wait_for()
    page.locator("canvas").first.wait_for()


def flight_of(page: Any) -> str:
    """Return the flight that the address names."""
    return parse_qs(urlparse(page.url).query)["flight"][0]


def clock(page: Any) -> float:
    """Return the moment that the clock shows [s]."""
    found = _CLOCK.search(page.locator(".deck .clock").inner_text())
    assert found is not None
    days, hours, minutes, *short = (int(part or 0) for part in found.groups())
    if found.group(1) is not None:
        return 86_400.0 * days + 3600.0 * hours + 60.0 * minutes
    return 3600.0 * short[0] + 60.0 * short[1] + short[2]


def play(page: Any, go: bool = True) -> None:
    """Let the clock run, or halt it."""
    now, then = ("Play", "Pause") if go else ("Pause", "Play")
    if page.get_by_role("button", name=now, exact=False).count():
        press(page, "play")
    key(page, "play").get_by_text(then, exact=True).wait_for()


def turn_first(page: Any, prefix: str, steps: int = 2) -> str:
    """Move the first slider below *prefix* by the keyboard, to where there is room, and return its name."""
    slider = keyed(page, prefix).get_by_role("slider").first
    low, high, at = (float(slider.get_attribute(name) or 0) for name in ("min", "max", "value"))
    slider.focus()
    for _ in range(steps):
        slider.press("ArrowRight" if at - low < high - at else "ArrowLeft")
    return str(slider.get_attribute("aria-label"))


def decide(page: Any, why: str) -> None:
    """Turn the first live dial, for the reason *why*, and wait for nothing."""
    turn_first(page, "dials/")
    key(page, "why/dials").locator("textarea").fill(why)
    press(page, "turn/")


def decided(page: Any) -> str:
    """Open the list of what was decided, and return it; drawing the page anew may shut it again."""
    box = page.locator("details").filter(has_text="Decided so far")
    box.wait_for()
    for _ in range(40):
        if box.get_by_text("→").first.is_visible():
            break
        if box.get_attribute("open") is None:
            box.locator("summary").click()
        page.wait_for_timeout(400)
    return str(box.inner_text())


def land(page: Any) -> None:
    """Go to the end of the flight, and wait until it is down."""
    press(page, "skip/Land")
    key(page, "landed").wait_for()
    quiet(page)


def closer_looks(page: Any) -> Iterator[str]:
    """Open each closer look at the flight, one after the other, and say its name when it is there."""
    for name in key(page, "closer").get_by_role("radio").all_inner_texts():
        key(page, "closer").get_by_role("radio", name=name, exact=True).click()
        quiet(page)
        page.get_by_text("Looking closer").wait_for(state="detached")
        quiet(page)
        yield name
