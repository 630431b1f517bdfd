"""A group drill without a browser: votes on the next decision, closed when it is taken, and shown to all only then."""

from __future__ import annotations

import pytest
from consoled import DRILL, HOSTILE, Seat, html, page_of, press, sent, settled
from reading import reads

import cases
from dashboard.views import room_votes_ballot as ballots
from dashboard.views import room_votes_desk
from simulator.design import Dial
from simulator.rounds.standing import Ballot

CASE = cases.load("burst_storm")
HIDDEN = (
    "Let them talk",
    "when it is calm",
    "do they ask what it costs",
    "the queue, and what",
    "rush",
    "news",
    "zone",
)


@pytest.fixture
def seat(tower):
    made = Seat(tower, DRILL)
    made.does("interviewer", "phase", "play")
    made.take_off()
    made.sits_at(150.0)
    return made


@pytest.fixture
def voting(seat):
    """Return a room in which a vote is open: one voter is for more replicas."""
    room_votes_desk._open(seat.entry(), "1")
    seat.does("voter", "ballot", "1/anna", choice="turn least to up", why=HOSTILE)
    return seat


def says(app):
    said = "\n".join(str(one.value) for one in app.success)
    return f"{reads(app)}\n{said}".replace("\u00a0", " ").replace("\\", "")


# --- what may be chosen, and what was done -------------------------------------------------------------------------


def test_all_that_can_be_decided_in_flight_may_be_chosen():
    offered = {choice.what: choice for choice in ballots.choices(CASE)}
    live = [dial for dial in CASE.design.dials() if dial.live]
    assert list(offered) == [*(f"turn {dial.name}" for dial in live), "nothing"]
    assert dict(offered["turn least"].ways) == {"up": "up", "down": "down"}
    assert dict(offered["turn small"].ways) == {"never": "never", "overload": "overload", "always": "always"}
    assert ballots._ways(Dial("switch", "Hedge", False)) == {"True": "on", "False": "off"}
    assert "do retrain" in [choice.what for choice in ballots.choices(cases.load("drift_retraining"))]


def test_choices_are_told_in_words_and_strange_ones_as_they_stand():
    assert ballots.told(CASE, "turn least to up") == "Replicas at least: up"
    assert ballots.told(CASE, "nothing") == "Leave it alone"
    assert ballots.told(CASE, HOSTILE) == HOSTILE


def test_what_was_decided_comes_to_the_same_words():
    plan = CASE.plan({"least": 4}).then(100.0, "", least=9, queue=CASE.design().values()["queue"]).then(200.0, least=6)
    assert ballots.decided(plan, plan.changes[:1]) == ["turn least to up"]
    assert ballots.decided(plan, plan.changes[1:]) == ["turn least to down"]
    drift = cases.load("drift_retraining")
    act = drift.plan().do(86_400.0, "retrain")
    assert ballots.decided(act, act.acts) == ["do retrain"]


# --- when it is over -----------------------------------------------------------------------------------------------


def over(seat):
    entry = seat.entry()
    return [ballots.is_over(entry, one, seat.tower.plan(seat.flight)) for one in entry.standing.ballots]


def test_a_decision_after_the_opening_closes_a_vote_also_at_the_same_moment(seat):
    seat.decides(150.0, least=9)
    room_votes_desk._open(seat.entry(), "1")
    assert over(seat) == [False], "that was decided before"
    seat.decides(150.0, least=6)
    assert over(seat) == [True]


def test_the_first_decision_counts_and_only_until_the_next_vote(seat):
    room_votes_desk._open(seat.entry(), "1")
    seat.decides(160.0, least=9)
    room_votes_desk.close_decided(seat.entry(), seat.flight)
    seat.decides(170.0, least=6)
    room_votes_desk._open(seat.entry(), "2")
    seat.decides(180.0, small="always")
    entry, plan = seat.entry(), seat.tower.plan(seat.flight)
    first, second = (ballots.steps_since(entry, one, plan) for one in entry.standing.ballots)
    assert [step.dials for step in first] == [{"least": 9}] and [step.dials for step in second] == [{"small": "always"}]


def test_it_is_written_once_that_a_vote_is_over(voting):
    room_votes_desk.close_decided(voting.entry(), voting.flight)
    assert len(voting.deeds("vote")) == 1
    voting.decides(160.0, least=9)
    stale = voting.entry()
    for entry in (stale, stale, voting.entry()):
        room_votes_desk.close_decided(entry, voting.flight)
    assert [data["open"] for _, data in voting.deeds("vote")] == [True, False]


def test_what_stood_when_a_vote_was_opened_may_be_nonsense(seat):
    seat.does("interviewer", "vote", "1", open=True, changes="many", acts=-3)
    assert ballots.opening(seat.entry(), "1") == (0, 0)


# --- side by side --------------------------------------------------------------------------------------------------


def test_votes_are_counted_the_most_first_beside_what_was_done():
    votes = {"a": ("nothing", ""), "b": ("turn least to up", HOSTILE), "c": ("nothing", "wait <i>"), "d": (HOSTILE, "")}
    drawn = ballots.tally(CASE, Ballot("1", False, votes), ["turn queue to down"])
    at = [drawn.index(text) for text in ("Leave it alone", "Replicas at least: up", "Waiting places: down")]
    assert at == sorted(at)
    assert 'style="width:50.0%"' in drawn and drawn.count("✓ the flyer did this") == 1
    assert "<b>" not in drawn and "<i>" not in drawn and "&lt;b&gt;$5" in drawn


@pytest.mark.parametrize(
    ("done", "words"),
    [
        ((), "1 vote; the flyer has decided nothing since."),
        (("turn least to up",), "1 vote, 1 for what the flyer did: Replicas at least: up."),
        (("turn least to down",), "1 vote, 0 for what the flyer did: Replicas at least: down."),
    ],
)
def test_it_is_said_in_a_sentence(done, words):
    assert ballots.told_in_short(CASE, Ballot("1", False, {"a": ("turn least to up", "")}), done) == words


# --- the voter's page ----------------------------------------------------------------------------------------------


def test_a_voter_sees_the_business_up_to_now_and_nothing_hidden(seat):
    app = page_of(seat, "voter")
    said = says(app)
    assert "A storm, interviewed" in said and "the flight is at 2:30" in said and "No vote is open" in said
    assert "<dt>Profit</dt>" in html(app) and "What next?" in said
    seen = sent(app)
    assert not [secret for secret in HIDDEN if secret in seen]
    assert seat.room.keys["interviewer"] not in seen and seat.room.keys["candidate"] not in seen
    points = [float(at) for at in _moments(app)]
    assert points and max(points) <= 150.0 / 60


def _moments(app):
    """Return the moments [min] of the points that were sent."""
    import json

    option = json.loads(next(e for e in app.get("echarts_chart")).proto.spec)
    return [at for line in option["series"] for at, _ in line["data"]]


def test_a_vote_is_cast_changed_and_kept_once(seat):
    room_votes_desk._open(seat.entry(), "1")
    app = page_of(seat, "voter")
    assert app.get_by_key("votes/1/vote").disabled
    app.get_by_key("votes/1/what").set_value(ballots.choices(CASE)[0]).run()
    assert app.get_by_key("votes/1/vote").disabled, "up or down?"
    app.get_by_key("votes/1/way/turn least").set_value("up").run()
    app.get_by_key("votes/1/why").set_value(HOSTILE).run()
    press(app, "votes/1/vote")
    ((about, said),) = seat.deeds("ballot")
    name = "".join(app.query_params["voter"])
    assert about == f"1/{name}" and said == {"choice": "turn least to up", "why": HOSTILE}
    assert "You voted: Replicas at least: up." in says(app)
    app.get_by_key("votes/1/way/turn least").set_value("down").run()
    press(app, "votes/1/vote")
    assert seat.entry().standing.ballots[0].votes == {name: ("turn least to down", HOSTILE)}


def test_after_a_reload_one_is_the_same_voter(voting):
    app = page_of(voting, "voter")
    assert "".join(app.query_params["voter"]) != "anna"
    app.query_params["voter"] = "anna"
    assert "You voted: Replicas at least: up." in says(settled(app))
    app.query_params["voter"] = "<b>/../x"
    settled(app)
    assert "".join(app.query_params["voter"]).isalnum()


def test_how_others_vote_is_shown_to_all_only_when_it_is_over(voting):
    for side in ("voter", "candidate", "interviewer"):
        assert "Replicas at least: up" not in sent(page_of(voting, side)).replace("Replicas at least → ", "")
    voting.decides(160.0, least=9)
    for side in ("voter", "candidate", "interviewer"):
        app = page_of(voting, side)
        assert "1 vote, 1 for what the flyer did: Replicas at least: up." in says(app), side
        assert HOSTILE in html(app) and "✓ the flyer did this" in html(app)


def test_a_vote_that_comes_too_late_is_told(voting):
    app = page_of(voting, "voter")
    app.get_by_key("votes/1/what").set_value(ballots.choices(CASE)[-1]).run()
    voting.does("interviewer", "vote", "1", open=False)
    button = [one for one in app.button if one.key == "votes/1/vote"]
    button[0].click()
    app.run()
    assert not app.exception and len(voting.deeds("ballot")) == 1
    assert "No vote is open" in says(app)


# --- the facilitator -----------------------------------------------------------------------------------------------


def test_the_facilitator_opens_and_closes(seat):
    app = press(page_of(seat), "console/vote/open")
    assert seat.deeds("vote") == [("1", {"open": True, "changes": 0, "acts": 0})]
    seat.does("voter", "ballot", "1/anna", choice="nothing", why="")
    app = settled(app)
    assert "Vote 1 is open" in says(app) and "1 so far" in says(app)
    press(app, "console/vote/close")
    assert seat.deeds("vote")[-1] == ("1", {"open": False})
    assert "1 vote; the flyer has decided nothing since." in says(settled(app))
    press(app, "console/vote/open")
    assert seat.deeds("vote")[-1][0] == "2"


def test_the_facilitator_has_five_questions_to_end_with(seat):
    said = says(page_of(seat))
    for question in ("What did you believe", "When did you know", "sooner", "automate", "luck"):
        assert question in said


def test_in_an_interview_nobody_votes(tower):
    seat = Seat(tower)
    seat.take_off()
    assert "console/vote/open" not in {button.key for button in page_of(seat).button}
