"""For the hand on the keyboard, the phone, and the eye: everything is reached, nothing sticks out, all can be read."""

from __future__ import annotations

import pytest
from flown import choose, clock, deck_stands, go, key, play, quiet, take_off, visit

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PAGES = ("Hangar", "Brief", "Fly", "Compare", "Debrief", "History")
LEAST = 4.5  # contrast of text with what lies behind it, as WCAG 2 asks for (AA); 3 for large text
_FOCUS = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  const keyed = at.closest('[class*="st-key-"]');
  const writes = at.matches("textarea, input:not([type=range])");  // there the caret blinks
  const seen = writes || [at, at.parentElement, at.parentElement?.parentElement, at.nextElementSibling].filter(Boolean)
    .map(node => getComputedStyle(node)).some(style => style.boxShadow !== "none"
    || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0));
  return {key: keyed ? [...keyed.classList].find(name => name.startsWith("st-key-")) : "", seen};
}"""
_WIDE = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .map(node => node.scrollWidth - node.clientWidth)"""
_FAINT = """least => {
  const drawn = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = colour => { drawn.clearRect(0, 0, 1, 1); drawn.fillStyle = colour; drawn.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = drawn.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3])).concat([1]);
  const behind = node => { const layers = [];
    for (let at = node; at; at = at.parentElement || at.getRootNode().host) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      layers.push(colour); if (colour[3] === 1) break; }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]); };
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const found = [];
  const walk = root => { for (const node of root.querySelectorAll("*")) {
    if (node.shadowRoot) walk(node.shadowRoot);
    const text = [...node.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join(" ").trim();
    const style = getComputedStyle(node);
    if (!text || !node.checkVisibility({opacityProperty: true, visibilityProperty: true}) || node.closest(":disabled")
      || node.closest('[data-testid="stIconMaterial"], [data-testid="stSliderThumbValue"], .spoken, svg')) continue;
    const back = behind(node), ink = over(rgb(style.color), back), [a, b] = [light(ink), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.5 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : least)) found.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
  } };
  walk(document.querySelector('[data-testid="stMain"]'));
  return [...new Set(found)];
}"""


def tab_to(page, prefix: str, most: int = 40) -> bool:
    """Press the tab key until what bears a key like *prefix* has the focus, and return whether one sees that."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        if focus["key"].startswith(f"st-key-{prefix}"):
            return bool(focus["seen"])
    pytest.fail(f"{prefix} is not reached by {most} tabs")


@pytest.mark.soak
def test_the_keyboard_is_enough(page, in_flight):
    in_flight("burst_storm", seed=21)
    quiet(page)
    for prefix in ("play", "skip-Next-event", "group", "dials-", "why-dials", "turn-"):
        assert tab_to(page, prefix), f"one does not see that {prefix} has the focus"
    letters_press_nothing(page)
    page.get_by_role("heading").first.click()

    page.keyboard.press("p")
    key(page, "play").get_by_text("Pause", exact=True).wait_for()
    page.keyboard.press("p")
    key(page, "play").get_by_text("Play", exact=True).wait_for()
    began = clock(page)
    page.keyboard.press("e")
    assert moved(page, began) > began
    page.keyboard.press("k")
    at = moved(page, clock(page))
    page.keyboard.press("b")
    assert moved(page, at) < at


def letters_press_nothing(page) -> None:
    """See that a reason can be written without flying off."""
    box = key(page, "why/dials").locator("textarea")
    box.click()
    page.keyboard.type("pekb")
    page.wait_for_timeout(800)
    assert box.input_value() == "pekb" and clock(page) == 0
    assert key(page, "play").get_by_text("Play", exact=True).count() == 1


def moved(page, before: float) -> float:
    """Wait until the clock shows another moment than *before*, and return it."""
    for _ in range(100):
        if clock(page) != before:
            break
        page.wait_for_timeout(100)
    quiet(page)
    return clock(page)


def test_a_phone_needs_no_sideways_scroll(opened, address, landed):
    phone = opened(**PHONE)
    visit(phone, address)
    choose(phone, "burst_storm", seed=23)
    wide = {"Brief before": phone.evaluate(_WIDE)}
    take_off(phone)
    play(phone)
    phone.wait_for_timeout(700)
    play(phone, go=False)
    wide["Fly before"] = phone.evaluate(_WIDE)
    visit(phone, address, "fly", landed)
    for title in PAGES:
        go(phone, title)
        phone.wait_for_timeout(300)
        wide[title] = phone.evaluate(_WIDE)
    assert {title: over for title, over in wide.items() if max(over) > 0} == {}


@pytest.mark.soak
def test_text_can_be_read(opened, address):
    page = opened(color_scheme="light")
    visit(page, address)
    choose(page, "burst_storm", seed=24)
    faint = {"Brief light": page.evaluate(_FAINT, LEAST)}
    flight = take_off(page)
    for scheme in ("light", "dark"):
        page = opened(color_scheme=scheme)
        visit(page, address, "fly", flight)
        deck_stands(page)
        faint[f"Fly {scheme}"] = page.evaluate(_FAINT, LEAST)
        go(page, "Hangar")
        faint[f"Hangar {scheme}"] = page.evaluate(_FAINT, LEAST)
    assert {title: found for title, found in faint.items() if found} == {}
