"""The debrief without a browser: closed in the air, silent before the belief, and then every number computed."""

from __future__ import annotations

from dataclasses import replace

import invented
import pytest
from invented import EVIL
from reading import press, reads

import cases
from dashboard.flights import Asked, order_of
from dashboard.recording import Recording, Series
from dashboard.views import debrief, debrief_belief, debrief_looks, guide
from simulator import debrief as debriefs
from simulator.record import BELIEF, NOTHING, Answer
from simulator.simulation import fly
from simulator.store import Forecast, Look

CASE = cases.load("burst_storm")
SECRETS = ("News: ", "news: ", "the vote is open", "a sensor lies:", CASE.teacher[:40], "silent_fault", "Silent fault")
SECTIONS = {name: getattr(invented.made_up(), name) for name in ("luck", "moves", "knowable", "regret")}
ERRANDS = ("attribution", "orders", "siblings")


@pytest.fixture
def found(tower, monkeypatch):
    """Let a made-up debrief be found at once; what is asked for is noted."""
    asked: list[str] = []
    whole = invented.made_up()

    def section(owner, order, name):
        asked.append(name)
        return Asked(whole.attribution if name in ERRANDS else SECTIONS[name])

    def beginning(owner, order, record):
        asked.append("beginning")
        return Asked(replace(whole, attribution=None, moves=None, regret=None, knowable=None, luck=None))

    monkeypatch.setattr(tower, "section", section)
    monkeypatch.setattr(tower, "beginning", beginning)
    return asked


@pytest.fixture
def revealed(page, down, tower, found):
    """Return a way to open the debrief of a flight about which something was believed."""

    def opened(belief: Answer | None = None, **more):
        flight = down(**more)
        tower.store.answer(flight.id, belief or Answer(BELIEF))
        return page("debrief", flight=flight.id)

    return opened


def plan():
    return CASE.plan({"least": 6}).then(200.0, EVIL, least=9).then(400.0, "", least=5)


def sent(app) -> str:
    """Return all that the server has sent to the browser, without the strokes that keep text from being markup."""
    parts, nodes = [], [app.main, app.sidebar]
    while nodes:
        node = nodes.pop()
        nodes += list(getattr(node, "children", {}).values())
        parts.append(str(getattr(node, "proto", "") or ""))
    return "\n".join(parts).replace("\\", "")


# --- before anything is revealed ----------------------------------------------------------------------------------


def test_in_the_air_the_truth_is_neither_asked_for_nor_sent(page, begun, tower, monkeypatch):
    flight = begun(seed=91)
    asked = []
    for name in ("beginning", "section", "recording", "answers"):
        monkeypatch.setattr(tower, name, lambda *orders, **more: asked.append(orders))
    for path in ("debrief", "probes"):
        app = page(path, flight=flight.id)
        assert not app.exception and not asked
        assert "still in the air" in sent(app)
        assert not [secret for secret in SECRETS if secret in sent(app)]


def test_before_the_belief_nothing_of_the_truth_is_sent(page, down, tower):
    """This one is flown: the true story of a real world, with an incident that nobody is told of."""
    flight = down(seed=92, plan=plan())
    order, record = order_of(flight), tower.store.record(flight.id)
    for _ in range(2):
        begins = tower.beginning("test", order, record)
        assert begins.ready or begins.errand.wait(120.0) == "done"
    story = [event.text for event in begins.result.truth.events if event.kind == "incident"]
    assert len(story) > 2
    app = page("debrief", flight=flight.id)
    assert not app.exception and not app.error
    assert "What do you think happened, and when?" in reads(app)
    assert not [secret for secret in (*SECRETS, *story) if secret in sent(app)]
    assert not app.get("plotly_chart") and not app.metric
    truths = [name for name, kpi in CASE.kpis.items() if not kpi.observed]
    table = next(e.proto.body for e in app.get("html") if 'class="kpis"' in e.proto.body)
    assert table.count("<tr>") == len(CASE.kpis) - len(truths) + 1
    assert "What was asked of you" in reads(app) and "Where you looked" in reads(app)


def test_more_causes_are_offered_than_did_happen(page, down, found):
    app = page("debrief", flight=down().id)
    (cause,) = [radio for radio in app.radio if radio.key.startswith("belief/cause/")]
    assert [option.replace("\\", "") for option in cause.options] == [
        "More people come", "A sensor lies", "An alarm that means nothing", "Nothing out of the ordinary happened",
    ]  # fmt: skip
    assert cause.value is None and not app.select_slider
    assert "silent" not in sent(app)


def test_what_is_believed_is_kept_and_then_all_is_shown(page, down, tower, found):
    flight = down()
    app = page("debrief", flight=flight.id)
    app.get_by_key(f"belief/cause/{flight.id}").set_value("fault").run()
    slider = app.get_by_key(f"belief/at/{flight.id}")
    slider.set_value(300.0).run()
    press(app, f"belief/commit/{flight.id}")
    assert tower.store.answers(flight.id) == [Answer(BELIEF, "fault", 300.0)]
    assert "Silent fault: a sensor lies" in sent(app) and "What really happened" in reads(app)


def test_nothing_has_no_moment(page, down, tower, found):
    flight = down()
    app = page("debrief", flight=flight.id)
    app.get_by_key(f"belief/cause/{flight.id}").set_value(NOTHING).run()
    assert not app.select_slider
    press(app, f"belief/commit/{flight.id}")
    assert tower.store.answers(flight.id) == [Answer(BELIEF, NOTHING)]
    assert "nothing out of the ordinary happened. In truth there were 2 incidents, 1 of them untold" in reads(app)


def test_a_belief_may_be_passed_over_and_the_first_one_stands(page, down, tower, found):
    flight = down()
    app = page("debrief", flight=flight.id)
    tower.store.answer(flight.id, Answer(BELIEF, "rush", 15.0))  # in another tab
    press(app, f"belief/skip/{flight.id}")
    assert tower.store.answers(flight.id) == [Answer(BELIEF, "rush", 15.0)]
    assert "What really happened" in reads(app) and "the first answer stands" in app.toast[0].value


@pytest.mark.parametrize(
    ("belief", "words"),
    [
        (None, "You passed over what you believe"),
        (Answer(BELIEF, "fault", 2 * 86_400.0), "You believed: “a sensor lies”, from"),
        (Answer(BELIEF, "fault", 2 * 86_400.0), "The nearest of that kind is silent fault"),
        (Answer(BELIEF, "fault", 2 * 86_400.0), "you were 24\u00a0h off"),
    ],
)
def test_a_belief_is_held_against_the_truth(belief, words):
    truth = invented.truth() if belief else invented.truth(believed="", believed_at=None)
    assert words in debrief_belief.told(CASE, truth, belief)


def test_a_belief_in_what_did_not_happen():
    truth = invented.truth(believed="siren", nearest="", off_by=None)
    assert "There was none of that kind." in debrief_belief.told(CASE, truth, Answer(BELIEF, "siren", 1.0))


# --- the whole of it ----------------------------------------------------------------------------------------------


TITLES = (
    "Score", "What was asked of you", "All figures", "Where the money came from", "Which decision did it?", "What if?",
    "How much was there to be had?", "What really happened", "When could you have known?", "Was it luck?", "Your worst",
    "What to practise next", "To take along", "What this case teaches",
)  # fmt: skip


def test_revealed_the_page_stands(revealed):
    app = revealed(plan=plan())
    assert not app.exception and not app.error
    at = [reads(app).find(title) for title in TITLES]
    assert min(at) >= 0
    table = next(e.proto.body for e in app.get("html") if 'class="kpis"' in e.proto.body)
    assert table.count("<tr>") == len(CASE.kpis) + 1
    assert all(part.proto.alt for part in app.get("plotly_chart"))
    assert len(app.get("plotly_chart")) == 6
    assert "You captured 50 % of what was attainable with what you could know" in reads(app)
    assert "Your plan earned less in 2 of 3 sibling worlds" in reads(app)
    assert CASE.teacher[:40] in sent(app)


def test_text_of_people_stays_text(revealed):
    app = revealed(plan=plan())
    for kind in (app.markdown, app.caption, app.info, app.error):
        assert not [e.value for e in kind if "<b>" in str(e.value) or "](java" in str(e.value)]
    for e in app.get("html"):
        assert "<b>$5" not in e.proto.body
    assert EVIL in reads(app)  # to be read, and no more


def test_all_sections_are_asked_for_at_once(revealed, found):
    revealed()
    assert set(debriefs.SECTIONS) <= set(found)
    assert found.index("beginning") < min(found.index(name) for name in debriefs.SECTIONS)


class Slow:
    """An errand that is under way, or has ended otherwise than it should."""

    ahead, share, trouble, result = 0, 0.25, "it <b>broke</b>", None

    def __init__(self, state):
        self.state = state

    def wait(self, seconds):
        return self.state

    def cancel(self):
        self.state = "cancelled"


@pytest.mark.parametrize(("state", "says"), [("failed", "it <b>broke</b>"), ("cancelled", "nothing was lost")])
def test_a_section_that_ends_badly_leaves_the_rest(revealed, found, tower, monkeypatch, state, says):
    whole, errand, forgotten = tower.section, Slow(state), []
    monkeypatch.setattr(
        tower, "section", lambda o, order, name: Asked(errand=errand) if name == "luck" else whole(o, order, name)
    )
    monkeypatch.setattr(tower, "forget", forgotten.append)
    app = revealed()
    assert says in reads(app) and "You captured 50" in reads(app)
    assert "sibling worlds: this one" not in reads(app)
    (again,) = [button for button in app.button if button.label == "Try again"]
    again.click().run()
    assert forgotten == [errand]


def test_what_is_under_way_says_how_far_it_is(revealed, found, tower, monkeypatch):
    whole, errand = tower.section, Slow("running")
    monkeypatch.setattr(
        tower, "section", lambda o, order, name: Asked(errand=errand) if name == "moves" else whole(o, order, name)
    )
    app = revealed()
    assert [bar.proto.value for bar in app.get("progress")] == [25]
    assert "Some sections are still being worked out" in reads(app)
    assert "You captured 50" in reads(app)


def test_a_full_queue_is_told_and_the_rest_stays(revealed, tower, found, monkeypatch):
    whole = tower.section
    refused = Asked(refused="60 flights wait to be computed already; try again in a minute")
    monkeypatch.setattr(tower, "section", lambda o, order, name: refused if name == "regret" else whole(o, order, name))
    app = revealed()
    assert "60 flights wait" in reads(app) and "Your plan earned less in" in reads(app)


def test_a_move_can_be_flown(revealed, tower, monkeypatch):
    instead = replace(invented.made_up().moves.instead[0], plan=CASE.plan({"least": 7}).to_data())
    monkeypatch.setitem(SECTIONS, "moves", replace(invented.made_up().moves, instead=(instead,)))
    app = revealed(plan=plan())
    (old,) = (flight.id for flight in tower.store.flights())
    (button,) = [button for button in app.button if button.label == "Fly it"]
    button.click().run()
    fresh = tower.store.flights(limit=1)[0]
    assert (fresh.parent, fresh.seed, fresh.mode, fresh.status) == (old, 3, "training", "flying")
    assert fresh.plan["design"]["least"] == 7 and fresh.position == 0.0


def test_a_case_to_practise_opens_its_brief(revealed):
    app = revealed()
    press(app, "practise/0/burst_storm")
    assert app.session_state["draft"].case == "burst_storm"


def test_the_report_is_asked_of_a_worker(revealed, tower, monkeypatch):
    app = revealed()
    assert [b.proto.label for b in app.get("download_button")] == [
        "Report (HTML)", "Post-mortem (Markdown)", "Data (JSON)",
    ]  # fmt: skip
    assert '"case": "burst_storm"' in tower.report("test", "as_json", invented.made_up())


def test_the_last_step_of_the_guide_is_taken_here(revealed, begun, page):
    guide.start()
    assert "step 6 of 6" not in reads(page("debrief", flight=begun(seed=92).id))
    assert "step 6 of 6" in reads(revealed())


# --- what the figures rest on -------------------------------------------------------------------------------------


def test_the_bridge_leads_from_weak_to_you_to_expert_to_the_dollar(down, tower):
    flight = down(plan=plan())
    for _ in range(2):
        begins = tower.beginning("test", order_of(flight), tower.store.record(flight.id))
        assert begins.ready or begins.errand.wait(120.0) == "done"
    bridge = begins.result.bridge
    assert bridge.yours == pytest.approx(flight.kpis["profit"] * 1e6)
    assert (bridge.weak, bridge.expert) == tuple(fly(CASE, name, 3).profit() for name in ("weak", "expert"))
    sums = [sum(getattr(bar, name) for bar in bridge.bars) for name in ("weak", "yours", "expert")]
    assert sums == [bridge.weak, bridge.yours, bridge.expert]


# --- the prediction -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (40.0, 60.0, "it came to $50 – inside. Your interval was $20 wide."),
        (50.0, 50.0, "inside"),
        (10.0, 30.0, "outside, $20 above it. Your interval was $20 wide."),
        (80.0, 90.0, "outside, $30 below it"),
    ],
)
def test_a_prediction_is_held_against_what_came(low, high, words):
    flown = Recording(
        900.0, {}, {}, Series((0.0, 150.0, 900.0), (0.0, 50.0, 99.0)), (), (), Series((), ()), {}, "", {}, (), {}
    )
    assert words in debrief.scored(CASE, flown, Forecast("profit", 150.0, low, high, 0.0))


def test_a_prediction_of_another_figure_waits_for_the_end():
    flown = Recording(900.0, {}, {}, Series((), ()), (), (), Series((), ()), {"good_share": 0.9}, "", {}, (), {})
    assert "inside" in debrief.scored(CASE, flown, Forecast("good_share", 900.0, 0.8, 1.0, 0.0))
    assert "nothing can be said" in debrief.scored(CASE, flown, Forecast("good_share", 100.0, 0.8, 1.0, 0.0))


def test_who_said_nothing_is_told_so(page, down, found):
    assert "You said nothing before take-off" in reads(page("debrief", flight=down().id))


# --- where somebody looked ----------------------------------------------------------------------------------------


LOOKS = [Look("panel:business", 5.0, 0.0), Look("chart:latency", 30.0, 0.0), Look("panel:business", 2.0, 0.0),
         Look("alarm:page@3", 4.0, 0.0), Look("question:0", 0.0, 0.0), Look("chart:<b>", 0.0, 0.0)]  # fmt: skip


def test_looks_are_counted_from_the_first():
    looked = debrief_looks.looked(LOOKS)
    assert looked["the panel “business”"] == (2.0, 2)
    assert len(looked) == 2


def test_what_was_never_opened_is_named():
    there = [*debrief_looks.panels(CASE), "chart:latency", "chart:drift"]
    missed = debrief_looks.never(LOOKS, there)
    assert debrief_looks.EVIDENCE["drift"].label in missed
    assert debrief_looks.EVIDENCE["latency"].label not in missed
    assert "the panel “system”" in missed and "the panel “business”" not in missed


def test_what_was_opened_after_landing_is_no_look(page, down, tower, found):
    flight = down()
    tower.store.look(flight.id, "panel:system", CASE.horizon)
    tower.store.look(flight.id, "panel:journal", 60.0)
    said = reads(page("debrief", flight=flight.id))
    assert "• the panel “journal”: first at 1:00, 1 time" in said
    assert "• the panel “system”" not in said
    assert "Never opened: the panel “business”" in said


def test_what_is_kept_is_shown_before_the_flight_has_been_flown_again(page, down, tower, found, monkeypatch):
    flight = down()
    tower.store.answer(flight.id, Answer(BELIEF))
    monkeypatch.setattr(tower, "recording", lambda *more: Asked(errand=Slow("running")))
    said = reads(page("debrief", flight=flight.id))
    assert "You captured 50 %" in said and "All figures" in said and "Where you looked" not in said
