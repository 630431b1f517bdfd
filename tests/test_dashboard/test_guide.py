"""The guide of a first flight: six steps at most, one at a time, each on its page; and it can be sent away."""

from __future__ import annotations

import pytest
from reading import press, says

from dashboard.views import guide


def test_there_are_six_steps_at_most_in_the_order_of_the_pages():
    pages = [step.page for step in guide.STEPS]
    assert len(guide.STEPS) <= 6
    assert pages == sorted(pages, key=["hangar", "brief", "fly", "compare", "debrief", "history"].index)
    assert all(len(step.text) <= 120 for step in guide.STEPS)


def test_a_first_visit_is_offered_the_guide_and_nothing_is_forced(page):
    app = page("hangar")
    assert "First time here?" in says(app) and "step 1 of" not in says(app)
    assert all(step.title in says(app) for step in guide.STEPS)


def test_whoever_wants_none_is_not_asked_again(page, tower):
    app = press(page("hangar"), "guide/never")
    assert "First time here?" not in says(app)
    assert not guide.is_fresh()
    assert tower.store.kept("guide") == "off"


def test_each_page_has_its_step_and_a_step_that_was_taken_is_gone(page, tower):
    app = press(page("hangar"), "guide/start")
    assert "First flight · step 1 of 6" in says(app) and "First time here?" not in says(app)
    app = press(app, "guide/done/0")
    assert "First flight" not in says(app)
    app = press(app, "brief/burst_storm")
    assert "step 2 of 6" in says(app)
    app = press(page("brief"), "guide/done/1")
    assert "step 3 of 6" in says(app)


def test_whoever_is_further_has_taken_the_earlier_steps(page, tower):
    press(page("hangar"), "guide/start")
    guide._take(3)
    assert tower.store.kept("guide") == "[0, 1, 2, 3]"
    assert "step" not in says(page("hangar"))


def test_hidden_stays_hidden_also_for_the_next_session(page, tower):
    app = press(press(page("hangar"), "guide/start"), "guide/hide")
    assert "First flight" not in says(app)
    assert "First flight" not in says(page("hangar")) and not guide.is_fresh()


def test_the_last_step_ends_it(tower):
    guide.start()
    guide._take(len(guide.STEPS) - 1)
    assert tower.store.kept("guide") == "off"


@pytest.mark.parametrize("step", guide.STEPS, ids=lambda step: step.title)
def test_steps_are_sentences(step):
    assert step.text.endswith(".") and not step.title.endswith(".")
