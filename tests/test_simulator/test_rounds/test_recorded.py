"""A recording: exact as a document, flown again to its digest, without names where that is wanted, and safe to read."""

from __future__ import annotations

import itertools
import json
from dataclasses import astuple, replace

import pytest
from toy_case import CASE
from toy_round import SECRET, TEXT, deeds, flight_of, load, on_stall, plan, record, room_of

from simulator.case import Case
from simulator.errors import BadInput
from simulator.plan import Change
from simulator.record import Answer, Look, Record
from simulator.rounds.fitted import dressed
from simulator.rounds.recorded import Otherwise, Recorded, flown_alone, recorded, replayed, seed_of
from simulator.rounds.steering import fired, required
from simulator.simulation import simulate
from simulator.store import Store, case_of, plan_of
from simulator.units import DAY, day

FOUND = on_stall(alone=False)
KEPT, RUN = flight_of(FOUND, plan((2, 0.6), (3.25, 0.4)))
PLAYED = recorded(room_of(), KEPT, record())


# as a document


def test_a_document_is_exact_and_small():
    text = PLAYED.to_json()
    assert Recorded.from_json(text) == PLAYED and Recorded.from_json(text).to_json() == text
    assert len(text) < 5000
    assert PLAYED.name == "Round with Grace" and PLAYED.sat and not PLAYED.alone


def test_answers_come_back():
    played = replace(PLAYED, record=Record((), (), (Answer("wait", "a", 0.5, "words", "mid"),)))
    assert Recorded.from_json(played.to_json()).record.answers == played.record.answers


def test_looks_give_way():
    many = tuple(Look("panel:business", float(number), 1.8e9) for number in range(9000))
    played = replace(PLAYED, record=replace(PLAYED.record, looks=many))
    assert Recorded.from_json(played.to_json()) == replace(PLAYED, record=replace(PLAYED.record, looks=()))


def test_what_cannot_be_read_again_is_not_written():
    with pytest.raises(BadInput, match="too long"):
        replace(PLAYED, script="#" * 300_000).to_json()


def test_of_a_flight_that_is_still_in_the_air():
    with pytest.raises(BadInput, match="not landed"):
        recorded(room_of(), replace(KEPT, digest=""), record())


def test_whether_somebody_sat_in_it():
    alone = flown_alone(TEXT, "", RUN)
    assert alone.alone and not alone.sat
    assert replace(alone, record=record()).sat and replace(alone, deeds=deeds()[:2]).sat
    assert not replace(alone, deeds=deeds()[:1]).sat


def test_the_seed_of_a_script():
    assert seed_of(FOUND.script, 3) == 7
    assert [seed_of(replace(FOUND.script, seed=word), 3) for word in ("room", "hidden")] == [3, 3]


# without names


def test_without_names():
    played = recorded(room_of(), KEPT, record(), names=False)
    text = played.to_json()
    for name in ("Grace", "Ada", "Ben", "the owner"):
        assert name not in text and name in PLAYED.to_json()
    assert not [deed for deed in played.deeds if deed.kind == "private"]
    assert [deed.what for deed in played.deeds if deed.kind == "ballot"] == ["1/voter 1", "1/voter 2", "1/voter 1"]
    assert text.count(SECRET) == 1  # the words of a mark stay: they are evidence


# flown again


def test_it_comes_out_as_it_was():
    found, run = replayed(Recorded.from_json(PLAYED.to_json()), load)
    assert run.digest() == KEPT.digest and found.case.scenario.to_data() == KEPT.scenario
    assert [card.probe.name for card in found.cards] == ["wait", "paid"]
    assert found.case.probes[1].question == "What did it pay?"


def test_what_was_steered_is_in_it():
    """An event by hand and the requirement: flown again, they happen when they were fired."""
    (strike,) = FOUND.events
    steered = fired(KEPT.scenario, strike, day(2))
    steered = required(steered, FOUND.script.requirement, None, day(3))
    kept, run = flight_of(FOUND, plan((3.25, 0.4)), case_of(replace(KEPT, scenario=steered), load))
    played = recorded(room_of(), kept, record())
    _, again = replayed(played, load)
    assert again.fired == run.fired == {"strike": day(2)} and again.digest() == kept.digest != KEPT.digest
    assert again.scenario["targets"] == {"served": 0.3}


def test_a_round_in_a_room_of_the_store():
    """Played as people do, an event fired in mid-flight; what the store has kept comes out as it was flown."""
    number, now = itertools.count(), itertools.count(1_800_000_000)
    store = Store(None, lambda: float(next(now)), lambda: f"id-{next(number)}")
    rooms = store.rooms
    room = rooms.open("t0", TEXT, 7, name="Round with Grace")
    room, flight = rooms.take_off(room.id, "t1", FOUND.case, plan())
    store.reach(flight.id, day(2))
    steered = fired(flight.scenario, FOUND.events[0], day(2))
    room, flight = rooms.steer(room.id, "t2", flight, steered, what="strike", moment=day(2), data={"do": "fire"})
    rooms.do(room.id, "t3", "note", who="interviewer", moment=day(2), data={"text": "Hurry", "from": "the owner"})
    flight = store.decide(flight.id, flight.version, "t4", Change(day(3.25), {"line": 0.4}, "it \u00fcberh\u00e4ngt"))
    case = dressed(case_of(flight, load), FOUND.script)
    run = simulate(case, plan_of(flight, case), 7)
    store.reach(flight.id, day(6))
    store.land(flight.id, run.kpis(), run.digest())
    room = rooms.do(room.id, "t5", "reply", "wait", who="candidate", moment=day(6), data={"words": "The line."})
    played = recorded(room, store.flight(flight.id), store.record(flight.id))
    read = Recorded.from_json(played.to_json())
    assert read == played and [deed.kind for deed in read.deeds] == ["flight", "done", "note", "reply"]
    _, again = replayed(read, load)
    assert again.digest() == run.digest() and again.fired == {"strike": day(2)}
    store.close()


def test_another_flight_is_told_by_its_digest():
    other = replace(PLAYED, digest="0" * 64)
    with pytest.raises(Otherwise) as caught:
        replayed(other, load)
    assert KEPT.digest in str(caught.value) and "0" * 64 in str(caught.value)
    with pytest.raises(Otherwise):
        replayed(replace(PLAYED, seed=8), load)


def test_another_case_or_revision():
    with pytest.raises(BadInput, match="its script is about 'stall'"):
        replayed(replace(PLAYED, case="other"), load)
    with pytest.raises(BadInput, match="revision 2"):
        replayed(replace(PLAYED, revision=2), load)


def test_a_world_that_is_too_large_is_refused_before_it_is_drawn(monkeypatch):
    monkeypatch.setattr(Case, "plan", lambda *given, **named: pytest.fail("it should not come to that"))
    rushes = [{"name": f"r{n}", "kind": "rush", "at": 0.0, "lasts": 0.0, "size": 10.0, "jitter": 0.0, "says": "",
               "distractor": False, "when": "never"} for n in range(90)]  # fmt: skip
    scenario = {**KEPT.scenario, "world": {"people": 5000}, "add": rushes}
    with pytest.raises(BadInput, match="requests"):
        replayed(replace(PLAYED, scenario=scenario), load)


# documents of unknown origin

GOOD = json.loads(PLAYED.to_json())


def said_of(data: object) -> str:
    """What is said of a document that cannot be read, in one line."""
    text = data if isinstance(data, str) else json.dumps(data)
    with pytest.raises(BadInput) as caught:
        Recorded.from_json(text)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    return str(caught.value)


def test_a_key_that_is_not_known_or_missing():
    assert "known: round, name, script" in said_of({**GOOD, "score": 3})
    for key in ("round", "script", "case", "revision", "seed", "scenario", "plan", "digest"):
        assert f"{key}: is missing" in said_of({name: value for name, value in GOOD.items() if name != key})


BAD = {
    "round": [2, "1", True], "seed": [-1, 2**63, 1.5, "7"], "revision": [None, -1], "digest": ["", "x" * 64, "A" * 64],
    "scenario": [[], 3], "plan": ["", None], "name": [3, "n" * 201], "alone": [1, "yes"],
    "looks": [[["panel:x", -1.0, 0.0]], [["a", 1.0]], [[1, 1.0, 1.0]], {}],
    "forecasts": [[["profit", 1.0, 2.0, 1.0, 0.0]], [["p" * 65, 1.0, 1.0, 2.0, 0.0]]],
    "answers": [[["a", "b", "c", "d", ""]], [["a", "b", 1.0, "d", "great"]]],
    "deeds": [[[0, "shout", "", "candidate", 0.0, 0.0, {}]], [[0, "phase", "play", "nobody", 0.0, 0.0, {}]],
              [[0, "mark", "framing", "interviewer", 0.0, 0.0, {"mark": 6}]], [[0, "phase"]],
              [[0, "note", "", "interviewer", 0.0, 0.0, {"text": "x" * 20_000}]],
              [[-1, "phase", "play", "clock", 0.0, 0.0, {}]]],
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BAD.items() for value in values],
                         ids=lambda value: repr(value)[:30])  # fmt: skip
def test_a_value_that_is_not_allowed(key, value):
    said_of({**GOOD, key: value})


@pytest.mark.parametrize("text", [
    "", "[]", "3", "null", "{", '{"round": 1, "round": 1}', '{"round": NaN}', '{"round": 1e999}', "[" * 100_000,
    '{"a":' * 5000 + "1" + "}" * 5000, '{"round": ' + "9" * 5000 + "}", " " * 300_000, '"\\ud800"', "\ud800",
])  # fmt: skip
def test_text_that_is_no_recording(text):
    said_of(text)


def test_a_number_without_end_somewhere_inside():
    said_of(PLAYED.to_json().replace('"level": 2', '"level": 1e999'))


def leaves(data: object, path: tuple[object, ...] = ()):
    """Yield the place of everything in *data*."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from leaves(value, (*path, key))


def mutated(path: tuple[object, ...], value: object) -> str:
    data = json.loads(json.dumps(GOOD))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize("value", [None, "", "<b>", -1, 10**30, 1e300, True, [], {}, "x" * 5000], ids=repr)
def test_mutations_are_refused_or_come_out_the_same(value):
    """Whatever stands somewhere: it is another flight, or refused, or it makes no difference to the flight."""
    for number, path in enumerate(leaves(GOOD)):
        if not path or (path[0] in ("deeds", "looks") and number % 7):
            continue
        try:
            played = Recorded.from_json(mutated(path, value))
            if path[0] not in ("deeds", "looks", "forecasts", "answers", "name"):
                _, run = replayed(played, load)
                assert run.digest() == played.digest
        except BadInput as error:
            assert "\n" not in str(error)


def test_rows_are_what_is_documented():
    assert GOOD["deeds"][0] == [0, "phase", "brief", "interviewer", 1800000000.123, 0.0, {}]
    assert GOOD["looks"] == [list(astuple(record().looks[0]))] and GOOD["looks"][0][1] == DAY
    assert CASE.name == GOOD["case"]
