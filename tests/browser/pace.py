"""Measures how smoothly a flight is played back, in a real browser, and holds it to what the dashboard promises.

Run it with `python tests/browser/pace.py`; it starts a server of its own, and exits with 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flown import (
    browsing,
    choose,
    deck_stands,
    found_browser,
    key,
    open_page,
    play,
    press,
    quiet,
    served,
    take_off,
    visit,
)
from rich.console import Console

__all__ = [
    "PROMISES",
    "Wire",
    "far_out",
    "figures",
    "frames_a_second",
    "main",
    "points",
    "reactions",
    "shifts_begin",
    "take_offs",
]

PROMISES = {  # figure -> (unit, limit, at least?)
    "take-off to picture": ("s", 2.0, False),
    "play to motion": ("s", 2.0, False),
    "frames": ("/s", 20.0, True),
    "layout shift": ("", 0.01, False),
    "payload of a chunk": ("kB", 100.0, False),
    "points of a chart": ("", 600.0, False),
    "reaction": ("s", 1.0, False),
}
_READING = 3.0  # s that nobody takes less of for a brief
_WATCHED = 6.0  # s
_FRAMES = """seconds => new Promise(done => {
  let frames = 0; const began = performance.now();
  const next = now => now - began >= 1000 * seconds ? done(frames / (now - began) * 1000)
    : (frames += 1, requestAnimationFrame(next));
  requestAnimationFrame(next); })"""
_SHIFTS = """() => { window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(
  shift => { window.shifted += shift.value; })).observe({type: "layout-shift"}); }"""


@dataclass
class Wire:
    """What the server sent to a page, one list of messages for each time that it drew."""

    chunks: list[list[bytes]] = field(default_factory=lambda: [[]])

    def on(self, page: Any) -> Wire:
        """Begin to listen."""
        page.on("websocket", lambda line: line.on("framereceived", self._heard))
        return self

    def _heard(self, payload: bytes | str) -> None:
        if isinstance(payload, bytes):
            self.chunks[-1].append(payload)
            if _read(payload).WhichOneof("type") == "script_finished":
                self.chunks.append([])

    def sizes(self) -> list[float]:
        """Return how much each chunk weighed [kB]."""
        return [sum(map(len, chunk)) / 1000 for chunk in self.chunks if chunk]

    def specs(self) -> Iterator[dict[str, Any]]:
        """Return the pictures that were sent."""
        for payload in (payload for chunk in self.chunks for payload in chunk):
            element = _read(payload).delta.new_element
            if element.WhichOneof("type") == "echarts_chart":
                yield json.loads(element.echarts_chart.spec)


def _read(payload: bytes) -> Any:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    message = ForwardMsg()
    message.ParseFromString(payload)
    return message


def points(spec: dict[str, Any]) -> int:
    """Count the points of a picture."""
    return sum(len(series.get("data") or ()) for series in spec.get("series", ()))


# --- what is measured ------------------------------------------------------------------------------------------


def take_offs(page: Any, address: str, case: str, seeds: Sequence[int]) -> tuple[list[float], list[float]]:
    """Take off once for each of *seeds*, and return how long the picture and its first motion took each time [s]."""
    pictures, motions = [], []
    for seed in seeds:
        visit(page, address)
        choose(page, case, seed)
        page.wait_for_timeout(1000 * _READING)
        began = time.monotonic()
        take_off(page)
        pictures.append(time.monotonic() - began)
        motions.append(_motion(page))
    return pictures, motions


def _motion(page: Any) -> float:
    """Press play, and return when the clock first moved [s]."""
    shows = page.locator(".deck .clock")
    before, began = shows.inner_text(), time.monotonic()
    press(page, "play")
    while shows.inner_text() == before:
        page.wait_for_timeout(10)
    return time.monotonic() - began


def far_out(page: Any) -> None:
    """Go far into the flight, where there is much to show."""
    for _ in range(3):
        press(page, "skip/Next checkpoint")
        quiet(page)


def frames_a_second(page: Any, seconds: float) -> float:
    """Count the frames that the browser draws [/s]."""
    return float(page.evaluate(_FRAMES, seconds))


def shifts_begin(page: Any) -> None:
    """Begin to add up how far things jump about; `shifted` of the window then tells."""
    page.evaluate(_SHIFTS)


def reactions(page: Any, rounds: int) -> list[float]:
    """Switch instruments and press pause while the flight plays; return how long the page took each time [s]."""
    found = []
    for number in range(rounds):
        found.append(_switched(page, ("System", "Business")[number % 2]))
        began = time.monotonic()
        play(page, go=False)
        found.append(time.monotonic() - began)
        play(page)
    return found


def _switched(page: Any, group: str) -> float:
    chart = {"Business": "chart/profit", "System": "gauges/"}[group]
    gone = key(page, "chart/profit")
    began = time.monotonic()
    key(page, "group").get_by_role("radio", name=group, exact=True).click()
    if group == "System":
        gone.wait_for(state="detached")
    key(page, chart).locator("canvas").first.wait_for()
    return time.monotonic() - began


def figures(browser: Any, address: str, case: str, tries: int = 3) -> dict[str, float]:
    """Measure all that is promised, in the median where there are several tries."""
    page = open_page(browser)
    take_offs(page, address, case, [1])  # to warm up
    pictures, motions = take_offs(page, address, case, range(2, 2 + tries))
    wire = Wire().on(page)
    page.reload()
    deck_stands(page)
    quiet(page)
    far_out(page)
    play(page)
    shifts_begin(page)
    wire.chunks = [[]]
    page.wait_for_timeout(1000 * _WATCHED)
    return {
        "take-off to picture": statistics.median(pictures),
        "play to motion": statistics.median(motions),
        "frames": frames_a_second(page, 3.0),
        "layout shift": float(page.evaluate("window.shifted")),
        "payload of a chunk": max(wire.sizes()),
        "points of a chart": max(map(points, wire.specs())),
        "reaction": statistics.median(reactions(page, 4)),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the figures, and return 1 when one of them is not as promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", default="fraud_threshold")
    case = parser.parse_args(argv).case
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address, browsing(found_browser()) as browser:
        found = figures(browser, address, case)
    kept = [_told(name, value) for name, value in found.items()]
    return 0 if all(kept) else 1


def _told(name: str, value: float) -> bool:
    unit, limit, at_least = PROMISES[name]
    kept = value >= limit if at_least else value <= limit
    sign = "≥" if at_least else "≤"
    told = f"{name:22} {value:8.3g} {unit:3} promised {sign} {limit:g} {unit:3} {'kept' if kept else 'BROKEN'}"
    Console(highlight=False).print(told)
    return kept


if __name__ == "__main__":
    sys.exit(main())
