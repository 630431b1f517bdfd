"""What workers find out for a round: cards that light, a sheet that rests on the run, reports for the right eyes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from consoled import HOSTILE, SCRIPT, Seat

from dashboard import jobs, round_jobs
from dashboard.flights import order_of
from simulator.record import Record
from simulator.rounds.recorded import recorded
from simulator.rounds.script import COMMUNICATION
from simulator.rubric import DIMENSIONS


def unheard(share):
    """Take no note of how far a job is."""


@pytest.fixture(scope="module")
def flown():
    """Return what was flown of an order before: the tests fly the same one."""
    return {}


@pytest.fixture
def seat(tower, flown):
    """Return a room whose flight is down, with a decision, a reply, a hint and a requirement."""
    made = Seat(tower)
    made.take_off()
    made.decides(120.0, HOSTILE, least=9)
    made.does("interviewer", "ask", "calm")
    made.does("interviewer", "rescue", "calm")
    made.does("candidate", "reply", "calm", words="what waits", choice="the queue", number=None)
    made.rooms.steer(
        made.id, "r", made.flight, made.flight.scenario, what="requirement", moment=130.0, data={"do": "require"}
    )
    key = order_of(made.flight).key()
    flown[key] = flown.get(key) or jobs.flown(unheard, order_of(made.flight))
    made.lands(flown[key])
    return made


def played(seat, **more):
    return recorded(seat.room, seat.flight, seat.tower.store.record(seat.flight.id), **more)


def test_cards_are_lit_by_the_moment_that_is_asked_for(seat):
    order = order_of(seat.flight)
    assert round_jobs.lit(unheard, order, SCRIPT, False, 99.0) == {"why_that_metric": 0.0}
    found = round_jobs.lit(unheard, order, SCRIPT, False, 900.0)
    assert found["calm"] == pytest.approx(100.0, abs=1.0) and set(found) == {"calm", "why_that_metric"}


def test_the_sheet_rests_on_run_replies_and_the_requirement(seat):
    found = round_jobs.judged(unheard, order_of(seat.flight), round_jobs.telling(played(seat)))
    rows = {row.dimension: row for row in found.rows}
    assert list(rows) == [*DIMENSIONS, COMMUNICATION]
    assert rows["serving"].weight == 2.0 and all(row.mark is None for row in found.rows)
    assert any("needed the hint" in one.text and one.good is False for one in rows["serving"].seen)
    assert any(HOSTILE in one.text for one in rows[COMMUNICATION].seen)
    assert found.kept is False and "9" in " ".join(found.sentences), "nine replicas, where eight are the most"
    assert {one.name for one in found.posed} >= {"calm", "never", "why_that_metric"}
    (calm,) = [one for one in found.posed if one.name == "calm"]
    assert calm.check is not None and calm.check.options[calm.check.right] == "the queue"


def test_marks_and_the_clock_change_nothing_that_evidence_rests_on(seat):
    before = round_jobs.telling(played(seat))
    seat.does("interviewer", "mark", "serving", mark=4, words="x")
    seat.does("interviewer", "private", text="y")
    seat.does("interviewer", "phase", "debrief")
    assert round_jobs.telling(played(seat)) == before
    seat.does("candidate", "reply", "never", words="z", choice="", number=None)
    assert round_jobs.telling(played(seat)) != before


def test_reports_are_for_the_right_eyes(seat):
    seat.does("interviewer", "mark", "serving", mark=4, words="names the queue")
    seat.does("interviewer", "private", text="slow to begin")
    shares = []
    order = order_of(seat.flight)
    found = round_jobs.reports(shares.append, order, played(seat), {}, ("interviewer", "candidate"))
    assert set(found) == {f"{side}.{form}" for side in ("interviewer", "candidate") for form in ("html", "md", "json")}
    assert shares == sorted(shares) and shares[-1] == 1.0
    for form in ("html", "md", "json"):
        mine, theirs = found[f"interviewer.{form}"], found[f"candidate.{form}"]
        assert "slow to begin" in mine and "names the queue" in mine
        assert "slow to begin" not in theirs and "names the queue" not in theirs
    assert "<b>$5</b>" not in found["interviewer.html"] + found["candidate.html"]
    only = round_jobs.reports(unheard, order, played(seat, names=False), {}, ("candidate",))
    assert set(only) == {"candidate.html", "candidate.md", "candidate.json"}


def test_what_is_worked_out_of_the_debrief_goes_into_the_reports(seat, monkeypatch):
    import invented

    found = []
    monkeypatch.setattr(round_jobs, "_WRITERS", {"candidate": lambda after, form: found.append(after.debrief) or form})
    order = order_of(seat.flight)
    round_jobs.reports(unheard, order, played(seat), {"luck": invented.made_up().luck}, ("candidate",))
    assert found[0].luck == invented.made_up().luck and found[0].moves is None


def test_probes_are_posed_as_the_script_has_them(seat):
    posed = round_jobs.posed(unheard, order_of(seat.flight), SCRIPT, False, Record())
    assert {one.name: one.worth_asking for one in posed}["never"] is False
    assert {one.name: one.worth_asking for one in posed}["calm"] is True


def test_what_a_reference_answer_earned_by_a_moment(seat):
    order = order_of(seat.flight)
    own, weak = (round_jobs.earned(unheard, one) for one in (order, order.by("weak")))
    assert own == jobs.flown(unheard, order).profit
    assert weak.last(900.0) == pytest.approx(jobs.flown(unheard, order.by("weak")).profit.last(900.0))
    assert weak.last(900.0) != own.last(900.0)


def test_a_script_that_does_not_fit_is_told_in_a_line(seat):
    from simulator.errors import BadInput

    with pytest.raises(BadInput, match="nothing-like-it"):
        round_jobs.lit(unheard, order_of(seat.flight), SCRIPT.replace("burst_storm", "nothing-like-it"), False, 1.0)
    broken = replace(played(seat), script="round = 2")
    with pytest.raises(BadInput):
        round_jobs.judged(unheard, order_of(seat.flight), broken)
