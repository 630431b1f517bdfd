"""The moving parts keep their nodes, show text as text, and never run ahead of what the server allows."""

from __future__ import annotations

import itertools
import json
import math
import re
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components import layout
from dashboard.components.parts import asset, plain

EVIL = '<img src=x onerror="window.hacked=1">{0.__class__}\u202eabc'
PARTS = ("deck", "map")


# --- layout ---------------------------------------------------------------------------------------------------


def test_a_chain_stands_in_one_row():
    drawn = layout({"a": ["b"], "b": ["c"], "c": []})
    assert drawn.layers == (("a",), ("b",), ("c",))
    assert [(w.start, w.end, w.back, w.lanes) for w in drawn.wires] == [("a", "b", False, ()), ("b", "c", False, ())]


def test_a_circle_has_one_wire_that_runs_back():
    drawn = layout({"serve": ["labels"], "labels": ["train"], "train": ["serve"]})
    assert drawn.layers == (("serve",), ("labels",), ("train",))
    assert [(w.start, w.end) for w in drawn.wires if w.back] == [("train", "serve")]


def test_entrances_stand_first_even_when_named_last():
    assert layout({"model": ["labels"], "labels": ["model"], "door": ["model"]}).layers[0] == ("door",)


def test_a_wire_that_skips_a_layer_has_a_lane_of_its_own():
    drawn = layout({"a": ["b", "c"], "b": ["c"], "c": []})
    assert drawn.layers == (("a",), ("b", 1), ("c",))
    assert drawn.wires[1].lanes == (1,)


def test_rows_follow_what_leads_to_them():
    drawn = layout({"a": ["x", "y"], "x": ["p"], "y": ["q"], "q": [], "p": []})
    assert drawn.layers[2] == ("p", "q")


@pytest.mark.parametrize("to", [{}, {"a": ["a"]}, {"a": ["gone", "b", "b"], "b": []}])
def test_odd_maps(to):
    drawn = layout(to)
    assert sorted(item for layer in drawn.layers for item in layer if isinstance(item, str)) == sorted(to)
    assert all(wire.back for wire in drawn.wires if wire.start == wire.end)


def test_everything_at_once():
    names = [f"p{i}" for i in range(12)]
    drawn = layout({name: names for name in names})  # each hands on to all
    assert (
        len(drawn.wires) == 144
        and len({item for layer in drawn.layers for item in layer if isinstance(item, str)}) == 12
    )


# --- messages -------------------------------------------------------------------------------------------------


def test_plain():
    assert plain({"a": [math.nan, 1.5, (math.inf, None)], 2: "x"}) == {"a": [None, 1.5, [None, None]], "2": "x"}


def deck_data(**changes):
    tile = {
        "name": "p",
        "label": "Profit",
        "value": 1234.5,
        "unit": "$",
        "text": "$1.23k",
        "trend": [1.23456789, None, 3.0],
        "state": "good",
        "hint": "at least $1k",
    }
    event = {"at": 600.0, "kind": "alarm", "name": "a", "text": "rings", "unread": True}
    base = {
        "now": 1000.0,
        "until": 1100.0,
        "horizon": 3600.0,
        "speed": 50.0,
        "tick": 15.0,
        "events": [event],
        "tiles": [tile],
    }
    return {**base, **changes}


def map_data(**changes):
    box = {
        "label": "A",
        "about": "first",
        "dials": 1,
        "acts": 0,
        "readings": [{"label": "in", "text": "3/s"}],
        "state": "warn",
    }
    places = [{**box, "name": "a", "to": ["b"]}, {**box, "name": "b", "to": [], "load": 0.5}]
    drawn = {
        "layers": [[{"box": "a"}], [{"box": "b"}]],
        "wires": [{"from": "a", "to": "b", "back": False, "lanes": []}],
    }
    return {"places": places, "flow": 0.5, "speed": 1.0, "selected": "a", **drawn, **changes}


def show(data):
    import json

    from dashboard.components import deck, system_map

    deck(json.loads(data)["deck"], key="deck")
    system_map(json.loads(data)["map"], key="map")


def test_what_is_sent_is_json_without_nan_and_small():
    tile = {**deck_data()["tiles"][0], "value": math.nan, "trend": [math.pi] * 60, "text": EVIL}
    sent = {"deck": deck_data(tiles=[tile] * 6), "map": map_data()}
    app = AppTest.from_function(show, args=(json.dumps(sent),)).run()
    assert not app.exception
    strip, drawn = (element.proto for element in app.get("bidi_component"))
    data = json.loads(strip.mixed.json or strip.json, parse_constant=pytest.fail)
    assert data["tiles"][0]["value"] is None and data["tiles"][0]["trend"][0] == 3.142
    assert strip.ByteSize() + drawn.ByteSize() < 60_000
    assert EVIL not in strip.js_content + strip.html_content + strip.css_content


@pytest.mark.parametrize("part", PARTS)
def test_data_cannot_become_markup(part):
    script = asset("words.js") + asset(f"{part}.js")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function\(|https?://(?!www\.w3\.org)", script
    )


# --- in a browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def mounted(browser):
    """Mount a part as Streamlit does, and return the page with `send(data)` in it."""
    pages = []

    def mount(part, width=1200, reduced="no-preference"):
        page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion=reduced)
        pages.append(page)
        page.evaluate(MOUNT, [asset("words.js") + asset(f"{part}.js"), asset(f"{part}.html"), asset(f"{part}.css")])
        return page

    yield mount
    for page in pages:
        page.close()


MOUNT = """async ([js, html, css]) => {
  document.body.append(document.createElement("main"));
  window.root = document.querySelector("main").attachShadow({ mode: "open" });
  root.innerHTML = `<div>${html}<style>${css}</style></div>`;
  const part = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
  window.picked = [];
  const setTriggerValue = (name, value) => picked.push([name, value]);
  window.send = (data) => { window.stop = part.default({ data, parentElement: root, setTriggerValue }); };
  window.all = (css) => [...root.querySelectorAll(css)];
}"""


@pytest.mark.browser
def test_the_clock_runs_no_further_than_it_may(mounted):
    page = mounted("deck")
    page.evaluate("(data) => send(data)", deck_data(until=1010.0))
    page.wait_for_timeout(600)  # at 50 s a second it would be 1030
    assert page.evaluate("all('.clock')[0].textContent") == "16:50"


@pytest.mark.browser
def test_the_clock_moves_between_messages_and_never_back(mounted):
    page = mounted("deck")
    page.evaluate("(data) => send(data)", deck_data(until=3000.0))
    place = "() => parseFloat(all('.head')[0].style.transform.slice(11))"
    shown = []
    for _ in range(6):
        page.wait_for_timeout(60)
        shown.append(page.evaluate(place))
    page.evaluate("(data) => send(data)", deck_data(now=1005.0, until=3000.0))  # a message that came late
    shown += [page.evaluate(place)]
    assert shown == sorted(shown) and shown[5] > shown[0] > 100 * 1000 / 3600


@pytest.mark.browser
def test_who_wants_no_motion_gets_none(mounted):
    page = mounted("deck", reduced="reduce")
    page.evaluate("(data) => send(data)", deck_data(until=3000.0))
    page.wait_for_timeout(300)
    assert page.evaluate("all('.clock')[0].textContent") == "16:40"


@pytest.mark.browser
def test_tiles_count_up_to_the_text_of_the_server(mounted):
    page = mounted("deck")
    page.evaluate("(data) => send(data)", deck_data())
    tile = {**deck_data()["tiles"][0], "value": 9000.0, "text": "$9k exactly", "state": "bad"}
    page.evaluate("(data) => { send(data); window.between = all('.figure')[0].textContent; }", deck_data(tiles=[tile]))
    page.wait_for_timeout(700)
    assert page.evaluate("between") != "$9k exactly"
    assert page.evaluate("[all('.figure')[0].textContent, all('.word')[0].textContent]") == ["$9k exactly", "broken"]


@pytest.mark.browser
@pytest.mark.parametrize(("part", "data"), [("deck", deck_data), ("map", map_data)])
def test_nodes_are_kept(mounted, part, data):
    page = mounted(part)
    page.evaluate("(data) => { send(data); window.first = all('article, button, circle'); }", data())
    for speed in (2.0, 0.0, 3.0):
        page.evaluate("(data) => send(data)", data(speed=speed))
    assert page.evaluate("first.length && first.every((node) => node.isConnected)")
    page.evaluate("stop()")


@pytest.mark.browser
def test_text_stays_text(mounted):
    tile = {**deck_data()["tiles"][0], "label": EVIL, "hint": EVIL, "text": EVIL, "state": EVIL, "unit": EVIL}
    deck = mounted("deck")
    deck.evaluate(
        "(data) => send(data)",
        deck_data(tiles=[tile], events=[{**deck_data()["events"][0], "kind": EVIL, "text": EVIL}]),
    )
    deck.evaluate("() => all('.mark')[0].focus()")
    drawn = mounted("map")
    box = {
        **map_data()["places"][0],
        "to": [],
        "label": EVIL,
        "about": EVIL,
        "readings": [{"label": EVIL, "text": EVIL}],
        "state": EVIL,
    }
    drawn.evaluate("(data) => send(data)", {**map_data(places=[box]), "layers": [[{"box": "a"}]], "wires": []})
    for page in (deck, drawn):
        page.wait_for_timeout(100)
        assert page.evaluate("[all('img').length, window.hacked ?? null]") == [0, None]
    assert deck.evaluate("all('.tip p')[0].textContent") == drawn.evaluate("all('.box .label')[0].textContent") == EVIL


@pytest.mark.browser
def test_an_event_is_picked_with_the_keyboard(mounted):
    page = mounted("deck")
    events = [{**deck_data()["events"][0], "name": name, "at": at} for name, at in (("a", 100.0), ("b", 900.0))]
    page.evaluate("(data) => send(data)", deck_data(events=events))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.evaluate("picked") == [["picked", {"index": 0, "name": "a", "kind": "alarm", "at": 100}]]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 390])
def test_the_map_fits_and_is_pressed(mounted, width):
    page = mounted("map", width)
    drawn = layout({"a": ["b", "c"], "b": ["c"], "c": ["a"]})
    place = map_data()["places"][0]
    layers = [[{"box": i} if isinstance(i, str) else {"lane": i} for i in layer] for layer in drawn.layers]
    wires = [{"from": w.start, "to": w.end, "back": w.back, "lanes": w.lanes} for w in drawn.wires]
    data = map_data(places=[{**place, "name": name} for name in "abc"])
    page.evaluate("(data) => send(data)", {**data, "layers": layers, "wires": wires})
    boxes = page.evaluate("all('.box').map((box) => box.getBoundingClientRect().toJSON())")
    assert all(box["left"] >= 0 and box["right"] <= width for box in boxes)
    assert not any(_overlap(one, two) for i, one in enumerate(boxes) for two in boxes[:i])
    assert 0 < page.evaluate("all('circle').length") <= 40
    page.evaluate("all('.box')[1].click()")
    assert page.evaluate("picked") == [["picked", "b"]]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 890, 700, 390])
def test_no_reading_of_the_map_is_cut(mounted, width):
    """Six boxes abreast have little room each: there the value stands below its name."""
    page, names = mounted("map", width), "abcdef"
    texts = (("psi log amount", "0.00257 PSI"), ("challenged share", "0 %"), ("payments", "2,773 a day"))
    readings = [{"label": label, "text": text} for label, text in texts]
    to = [[name] for name in names[1:]] + [[]]
    places = [
        {**map_data()["places"][0], "name": n, "to": t, "readings": readings} for n, t in zip(names, to, strict=True)
    ]
    wires = [{"from": a, "to": b, "back": False, "lanes": []} for a, b in itertools.pairwise(names)]
    page.evaluate(
        "(data) => send(data)", {**map_data(places=places), "layers": [[{"box": n}] for n in names], "wires": wires}
    )
    parts = "all('.readings > span > *').map((part) => part.scrollWidth - part.clientWidth)"
    assert len(page.evaluate(parts)) == 36 and max(page.evaluate(parts)) <= (1 if width != 700 else 20)
    inside = "all('.box').every((box) => box.scrollHeight <= box.clientHeight + 1)"
    assert page.evaluate(inside)


def _overlap(one, two):
    across = one["left"] < two["right"] and two["left"] < one["right"]
    return across and one["top"] < two["bottom"] and two["top"] < one["bottom"]
