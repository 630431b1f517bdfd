"""Reads what a player brings along - a plan, a scenario, a flight - and makes a draft of it, whatever the bytes are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cases
from dashboard.dials import turned
from dashboard.jobs import Order, case_for
from simulator.case import Case
from simulator.errors import BadInput, shown, unknown
from simulator.plan import Plan, read_json
from simulator.scenario import Scenario, read_toml
from simulator.store import Flight, case_of, plan_of

__all__ = ["MOST_BYTES", "Words", "draft_words", "read", "scenario_words", "words_of", "words_of_flight"]

MOST_BYTES = 256 * 1024
_LARGEST_SEED = 2**63 - 1

Words = dict[str, Any]
"""what `session.start_draft` takes"""


def read(brought: bytes | str, case_name: str) -> Words:
    """Return the draft that a file or a pasted text makes, for *case_name* unless it says itself which case it is for.

    JSON is a plan, or a flight as it is exported; TOML is a scenario. BadInput says in one line what is wrong.
    """
    text = _text(brought)
    if not text.strip():
        raise BadInput("there is nothing in it; bring a plan (JSON), a flight (JSON) or a scenario (TOML)")
    if not text.lstrip().startswith("{"):
        return _scenario(text, cases.load(case_name))
    data = read_json(text, "file")
    if isinstance(data, Mapping) and "plan" in data:
        return _flight(data)
    case = cases.load(case_name)
    return words_of(case, case.read_plan(text))


def _text(brought: bytes | str) -> str:
    if len(brought) > MOST_BYTES:
        raise BadInput(f"the file is too long: {len(brought)} bytes; at most {MOST_BYTES}")
    if isinstance(brought, str):
        return brought
    try:
        return brought.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("the file is no text; a plan is JSON, a scenario TOML, both in UTF-8") from None


def _scenario(text: str, case: Case) -> Words:
    document = read_toml(text, "scenario")
    for key in document:
        if key != "scenario":
            raise unknown("table of a scenario file", key, ["scenario"])
    table = document.get("scenario", {})
    if not isinstance(table, Mapping):
        raise BadInput(f"scenario is a table of name = value, not {shown(table)}")
    return words_of(case.but(**table), None)


def _flight(data: Mapping[str, Any]) -> Words:
    """Read what the export of a flight wrote; more than its identity is not taken over: results are flown, not read."""
    for key in ("case", "seed"):
        if key not in data:
            raise BadInput(f"the file holds a plan but no {key}; a flight has both")
    name, seed = data["case"], data["seed"]
    if not isinstance(name, str) or name not in cases.names():
        raise unknown("case", name, cases.names())
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= _LARGEST_SEED:
        raise BadInput(f"seed {shown(seed)} is not a whole number from 0 to 2^63 - 1")
    revision = data.get("revision", cases.load(name).revision)
    scenario = data.get("scenario", {})
    case = case_for(Order(name, revision, scenario, seed, {}))
    plan = Plan.from_data(data["plan"], case.design, case.menu(), case.horizon, case.tick)
    return {**words_of(case, case.plan(plan)), "seed": seed}


def words_of(case: Case, plan: Plan | None) -> Words:
    """Return the draft for *case* under its scenario, with the dials and steps of *plan*."""
    scenario = case.scenario
    words: Words = {"case": case.name, "level": scenario.level, "scenario": scenario_words(scenario)}
    if plan is None:
        return words
    data = plan.to_data()
    moved = turned(case.design().values(), data.pop("design"))
    return {**words, "dials": moved, "plan": {key: steps for key, steps in data.items() if steps}}


def words_of_flight(flight: Flight) -> Words:
    """Return the draft that flies *flight* again; BadInput when its case has changed since."""
    case = case_of(flight, cases.load)
    again = words_of(case, plan_of(flight, case))
    return {**again, "seed": flight.seed, "mode": flight.mode, "parent": flight.id}


def scenario_words(scenario: Scenario) -> Words:
    """Return a *scenario*, without its level, in the words that `Case.but` takes."""
    when = {name: test.words() for name, test in scenario.when.items()}
    said = {"world": dict(scenario.world), "add": list(scenario.add), "drop": list(scenario.drop)}
    moved = {"move": dict(scenario.move), "when": when}
    return {word: value for word, value in {**said, **moved}.items() if value}


def draft_words(words: Mapping[str, Any], **more: Any) -> Words:
    """Return *words* with *more* for what they do not say."""
    return {**more, **words}
