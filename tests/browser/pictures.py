"""Takes pictures of each page with a real flight on it: desktop and phone, light and dark.

Run it with `make pictures` or `python tests/browser/pictures.py --out DIR`; then look at them.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rooms
from flown import (
    browsing,
    choose,
    closer_looks,
    decide,
    deck_stands,
    found_browser,
    key,
    keyed,
    land,
    open_page,
    play,
    press,
    quiet,
    served,
    take_off,
    turn_first,
    visit,
)
from rich.console import Console

from cases import _rounds

__all__ = ["LOOKS", "Flown", "main"]

LOOKS = {
    f"{device}-{scheme}": {**form, "color_scheme": scheme}
    for (device, form), scheme in itertools.product(
        {
            "desktop": {"viewport": {"width": 1440, "height": 1000}},
            "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
        }.items(),
        ("light", "dark"),
    )
}
SEED = 7
_TALLEST = 12_000  # px
_POLLS = 1000  # of 0.4 s; a debrief takes minutes
_LAST = "What this case teaches"  # on the debrief
_SETTLED = 900  # ms for a picture to come to rest
_ALARM = 12  # events to skip at most until there is an alarm


@dataclass(frozen=True)
class Flown:
    """What the pictures are taken of."""

    address: str
    case: str
    up: str
    """a flight in the air, at an alarm"""
    down: str
    """one that has landed"""


@dataclass(frozen=True)
class Camera:
    """A page, and where its pictures go."""

    page: Any
    out: Path
    look: str

    def take(self, name: str) -> None:
        """Take a picture of the whole page."""
        page, size = self.page, dict(self.page.viewport_size)
        page.wait_for_timeout(_SETTLED)
        tall = page.get_by_test_id("stMain").evaluate("node => node.scrollHeight")
        page.set_viewport_size({**size, "height": min(max(tall, size["height"]), _TALLEST)})
        page.wait_for_timeout(_SETTLED)
        page.screenshot(path=self.out / f"{name}-{self.look}.png")
        page.set_viewport_size(size)


# --- what is flown before ---------------------------------------------------------------------------------------


def flown(page: Any, address: str, case: str) -> Flown:
    """Fly *case* twice: once to an alarm and once to the ground, each with a decision."""
    down = _begun(page, address, case)
    press(page, "skip/Next checkpoint")
    quiet(page)
    _decided(page, "Chargebacks come in above what was expected.")
    land(page)
    up = _begun(page, address, case)
    _to_alarm(page)
    _decided(page, "The alarm is about new frauds, not about a holiday.")
    return Flown(address, case, up, down)


def _begun(page: Any, address: str, case: str) -> str:
    visit(page, address)
    choose(page, case, SEED)
    page.get_by_role("button", name="Ask", exact=True).first.click()
    key(page, "low-").locator("input").fill("10000")
    key(page, "high-").locator("input").fill("25000")
    page.keyboard.press("Tab")
    page.get_by_text("Predicted:").wait_for()
    return take_off(page)


def _to_alarm(page: Any) -> None:
    for _ in range(_ALARM):
        press(page, "skip/Next event")
        quiet(page)
        if keyed(page, "mail/").count():
            return


def _decided(page: Any, why: str) -> None:
    decide(page, why)
    page.get_by_text("Decided so far").wait_for()
    quiet(page)


# --- the pictures ----------------------------------------------------------------------------------------------


def _ground(camera: Camera, of: Flown) -> None:
    visit(camera.page, of.address)
    camera.take("hangar-later")
    press(camera.page, f"setup/{of.case}")
    camera.page.wait_for_timeout(_SETTLED)
    camera.page.screenshot(path=camera.out / f"hangar-setup-{camera.look}.png")
    camera.page.keyboard.press("Escape")
    choose(camera.page, of.case)
    camera.take("brief")
    turn_first(camera.page, "dial-")
    camera.page.get_by_role("button", name="Ask", exact=True).first.click()
    key(camera.page, "envelope").locator("summary").click()
    quiet(camera.page)
    camera.take("brief-open")


def _air(camera: Camera, of: Flown) -> None:
    page = camera.page
    visit(page, of.address, "fly", of.up)
    deck_stands(page)
    for group in key(page, "group").get_by_role("radio").all_inner_texts():
        key(page, "group").get_by_role("radio", name=group, exact=True).click()
        quiet(page)
        camera.take(f"fly-{group.lower()}")
    key(page, "group").get_by_role("radio", name="Business", exact=True).click()
    _closer(camera)
    play(page)
    page.wait_for_timeout(2000)
    page.screenshot(path=camera.out / f"fly-playing-{camera.look}.png")
    play(page, go=False)


def _closer(camera: Camera) -> None:
    for name in closer_looks(camera.page):
        camera.take(f"closer-{name.lower().replace(' ', '-').replace(',', '')}")


def _down(camera: Camera, of: Flown) -> None:
    page = camera.page
    visit(page, of.address, "fly", of.down)
    key(page, "landed").wait_for()
    camera.take("landed")
    visit(page, of.address, "compare", of.down)
    page.get_by_text("What came of it").first.wait_for()
    _until_computed(page)
    camera.take("compare")
    _debriefed(camera, of)
    visit(page, of.address, "history")
    camera.take("history")


def _debriefed(camera: Camera, of: Flown) -> None:
    """Take the debrief and the probes; the first time also what stands before the belief."""
    page = camera.page
    visit(page, of.address, "debrief", of.down)
    skip = keyed(page, "belief/skip/")
    skip.or_(page.get_by_text(_LAST)).first.wait_for()
    if skip.count():
        camera.take("debrief-belief")
        visit(page, of.address, "probes", of.down)
        camera.take("locked-probes")
        visit(page, of.address, "debrief", of.down)
        skip.wait_for()
        press(page, "belief/skip/")
        page.get_by_text(_LAST).wait_for()
    _until_computed(page)
    camera.take("debrief")
    visit(page, of.address, "probes", of.down)
    page.get_by_text("answered").first.wait_for()
    camera.take("probes")


def _until_computed(page: Any) -> None:
    for _ in range(_POLLS):
        if not keyed(page, "cancel/").count():
            break
        page.wait_for_timeout(400)
    quiet(page)


def _odd(camera: Camera, of: Flown) -> None:
    """Take what one hopes not to see."""
    page = camera.page
    page.goto(f"{of.address}/fly?flight={'0' * 32}")
    page.get_by_test_id("stAlert").first.wait_for()
    camera.take("error-no-such-flight")
    for name in ("compare", "debrief", "probes"):
        visit(page, of.address, name, of.up)
        camera.take(f"locked-{name}")


def _empty(camera: Camera, address: str) -> None:
    """Take the pages of somebody who has not flown yet."""
    visit(camera.page, address)
    camera.take("hangar-first")
    for name in ("brief", "fly", "compare", "debrief", "probes", "history"):
        visit(camera.page, address, name)
        camera.take(f"empty-{name}")


def _waiting(camera: Camera, of: Flown) -> None:
    """Take what is shown while a worker computes: of a case that takes longer than a blink."""
    page = camera.page
    visit(page, of.address)
    choose(page, "drift_retraining", SEED + len(camera.look))
    page.get_by_role("button", name="Take off").click()
    page.get_by_test_id("stProgress").or_(page.locator(".deck")).first.wait_for()
    if page.get_by_test_id("stProgress").count():
        page.screenshot(path=camera.out / f"waiting-{camera.look}.png")


def _room(camera: Camera, of: Flown) -> None:
    """Take both sides of a mock round in mid-flight."""
    title = _rounds.script_of("fraud_45").title
    played = rooms.sides(camera.page.context.browser, of.address, title=title, called="Ada")
    for phase, reads in (("brief", "Brief and questions"), ("design", "First design")):
        rooms.begin_phase(played, phase, reads)
    rooms.takes_off(played)
    rooms.begin_phase(played, "play", "then probes")
    deck_stands(played.candidate)
    press(played.candidate, "skip/Next event")
    rooms.mark(played.interviewer, "metrics", 4)
    for side, name in (("interviewer", "console"), ("candidate", "room")):
        rooms.enter(camera.page, played.links[side])
        camera.take(name)
    for page in (played.candidate, played.interviewer):
        page.context.close()


_SCENES: dict[str, Callable[[Camera, Flown], None]] = {
    "ground": _ground,
    "air": _air,
    "down": _down,
    "odd": _odd,
    "room": _room,
    "waiting": _waiting,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Take the pictures and say where they are."""
    asked = _parsed(argv)
    asked.out.mkdir(parents=True, exist_ok=True)
    looks = {look: form for look, form in LOOKS.items() if asked.look in look}
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address, browsing(found_browser()) as browser:
        cameras = [Camera(open_page(browser, **form), asked.out, look) for look, form in looks.items()]
        if not asked.scene:
            for camera in cameras:
                _empty(camera, address)
        of = flown(cameras[0].page, address, asked.case)
        for camera in cameras:
            for name, scene in _SCENES.items():
                if asked.scene in ("", name):
                    scene(camera, of)
    Console(highlight=False).print(f"{len(list(asked.out.glob('*.png')))} pictures in {asked.out}")
    return 0


def _parsed(argv: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the folder for the pictures")
    parser.add_argument("--case", default="fraud_threshold")
    parser.add_argument("--look", default="", help=f"only these, such as dark or phone-light; of {', '.join(LOOKS)}")
    parser.add_argument("--scene", default="", choices=["", *_SCENES], help="only this part")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
