"""Rounds on the command line: flown by an answer, a plan, a policy, or by what somebody types; and flown again."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

import cases
from cases import _history, _round_fly, _round_seat, _round_terminal
from cases._rounds import text_of
from simulator.rounds.fitted import fitted
from simulator.rounds.reading import read_script
from simulator.rounds.recorded import Recorded, replayed
from simulator.score import score
from simulator.simulation import fly
from simulator.tracks import Yardstick, yardstick

ROUND = """
round = 1
title = "The vote, a quarter of an hour"
case = "burst_storm"
hints = "asked"
intro = "You run the scoring."

[[event]]
name = "zone"
when = "by hand"
at = "8m"

[requirement]
says = "The CFO writes: five replicas at the least are the most."
at = "450s"
grace = "60s"
[requirement.limits.least]
most = 5

[[fact]]
ask = "Who pays?"
answer = "The show."
after = "90s"

[[probe]]
name = "longer_queue"
rescue = "Think of the clients."

[[probe]]
name = "told"
question = "What did you tell the newsroom?"
dimension = "framing"
weak = "Nothing."
mid = "That it broke."
strong = "What to expect."
expert = "And what it costs to avoid."
[probe.check]
ask = "Did it hold?"
options = ["yes", "no"]
right = "yes"
"""


MEASURES: dict[str, Yardstick] = {}


def measured(case, seed):
    """What weak and expert make of a world: flown once for all tests."""
    key = f"{case.name} {case.scenario.to_data()} {seed}"
    return MEASURES.get(key) or MEASURES.setdefault(key, yardstick(case, seed))


@pytest.fixture(autouse=True)
def measured_once(monkeypatch):
    monkeypatch.setattr(_round_terminal, "yardstick", measured)
    monkeypatch.setattr(_round_fly, "score", lambda case, run: score(case, run, known=measured(case, run.seed)))


@pytest.fixture
def vote(say) -> str:
    """A round in a file of the folder that the command line works in."""
    Path("vote.toml").write_text(ROUND)
    return "vote.toml"


@pytest.fixture
def typed(monkeypatch):
    """A way to type lines at a terminal that is none; the clock goes a second forward whenever somebody looks at it."""

    def type_in(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_in


def read(path: str) -> Recorded:
    return Recorded.from_json(Path(path).read_text())


def refused(said) -> str:
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    return said.err


# without hands


def test_a_par_is_flown_alone(say, vote):
    said = say("round", "fly", vote, "--par", "mid", "--seed", "4", "--json")
    assert (said.code, said.err) == (0, "")
    found = fitted(read_script(ROUND), cases.load, alone=True)
    assert said.data["digest"] == fly(found.case, "mid", 4).digest()
    assert (said.data["round"], said.data["seed"], said.data["fired"]) == (
        "The vote, a quarter of an hour",
        4,
        {"zone": 480.0},
    )
    assert said.data["requirement"]["at"] == 450.0 and said.data["requirement"]["kept"] is False
    assert [one["probe"] for one in said.data["worth_asking"]] == ["longer_queue", "told"]
    assert isinstance(said.data["score"], float)


def test_it_is_told_to_a_person(say, vote):
    said = say("round", "fly", vote, "--par", "mid")
    assert (said.code, said.err) == (0, "") and "\x1b" not in said.out
    for line in ("A storm in fifteen minutes", "THE REQUIREMENT  said at 7:30: not kept", "Replicas at least: at most",
                 "QUESTIONS THAT ARE WORTH ASKING NOW", "What did you tell the newsroom?"):  # fmt: skip
        assert line in said.out


def test_a_plan_or_a_policy_is_flown(say, vote):
    plan = cases.load("burst_storm").plan({"least": 9}).then(450.0, least=5)
    Path("plan.json").write_text(plan.to_json())
    data = say("round", "fly", vote, "--plan", "plan.json", "--json").data
    assert (data["plan"]["design"]["least"], data["requirement"]["kept"]) == (9, True)
    Path("calm.py").write_text("def policy(view):\n    return {'queue': 9} if view.now == 0 else None\n")
    assert say("round", "fly", vote, "--policy", "calm.py", "--json").data["plan"]["design"]["queue"] == 9
    assert say("round", "fly", vote, "--json").data["plan"]["design"] == plan.design.but(least=4).values()


def test_a_recording_is_kept_and_flown_again(say, vote):
    assert say("round", "fly", vote, "--par", "mid", "--out", "mid.json").code == 0
    played = read("mid.json")
    assert (played.script, played.alone, played.sat, played.deeds, played.seed) == (ROUND, True, False, (), 0)
    assert replayed(played, cases.load)[1].digest() == played.digest
    said = say("round", "replay", "mid.json", "--json")
    assert (said.code, said.data) == (0, {"case": "burst_storm", "seed": 0, "digest": played.digest, "same": True})
    assert played.digest[:40] in say("round", "replay", "mid.json").out.replace("\n", "")


def test_a_round_that_does_not_come_out_as_it_was(say, vote):
    say("round", "fly", vote, "--par", "mid", "--out", "mid.json")
    digest, other = read("mid.json").digest, "0" * 64
    Path("other.json").write_text(Path("mid.json").read_text().replace(digest, other))
    said = say("round", "replay", "other.json")
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1) and digest in said.err and other in said.err


def test_a_shipped_round(say):
    data = say("round", "fly", "warm_up_20", "--par", "weak", "--json").data
    assert (data["case"], data["seed"]) == ("burst_storm", 11) and "warm_up_20" not in data["round"]


def test_the_seed_of_a_script_is_its_own(say, vote):
    Path("fixed.toml").write_text(ROUND.replace('hints = "asked"', "seed = 3"))
    assert "says itself which seed it is flown under, 3" in refused(
        say("round", "fly", "fixed.toml", "--seed", "4", "--json")
    )
    assert say("round", "fly", "fixed.toml", "--seed", "3", "--json").data["seed"] == 3
    assert say("round", "fly", "fixed.toml", "--json").data["seed"] == 3


# what goes wrong

WRONG = [
    ["fly", "gone"], ["fly", "gone.toml"], ["fly", "vote.toml", "--par", "best"], ["fly", "vote.toml", "--seed", "-1"],
    ["fly", "vote.toml", "--par", "weak", "--plan", "p.json"], ["fly", "vote.toml", "--par", "weak", "--out", "taken"],
    ["fly", "vote.toml", "--json", "--out", "no/where.json"], ["fly", "bad.toml"], ["fly", "code.toml"],
    ["replay", "gone.json"], ["replay", "taken"], ["replay", "vote.toml"], ["fly", "vote.toml", "--out", "taken"],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_cannot_be_flown(say, vote, words, typed):
    typed()
    Path("taken").write_text("{}")
    Path("bad.toml").write_text(ROUND.replace("450s", "450 s"))
    Path("code.toml").write_text(ROUND.replace("burst_storm", "evil.py"))
    Path("evil.py").write_text("raise SystemExit(99)")
    refused(say("round", *words))
    assert Path("taken").read_text() == "{}"


# by hand


def test_a_round_is_flown_by_typing(say, vote, monkeypatch):
    """What is typed goes by what is asked for, as people do; the last line of each is typed as often as it is."""
    lines = {
        "design": ["least=6 queue=8 drop=on", "order=members", ""], "profit": ["100 200"], "a figure": ["ninety", "90"],
        "0:15": ["least=9 # the vote opens", "7:40", "8m"], "8:00": ["least=5 shed=0.1  # the CFO wants it", ""],
        "attempts": ["ninety", "90"], "in your own words (hint": ["hint"], "in your own words": ["They wait."],
        "the number": ["3", "1"], "": ["15m"], "And then": ["Until they leave."],
    }  # fmt: skip

    def ask(prompt: str) -> str:
        mine = lines[next(begin for begin in lines if prompt.startswith(begin))]
        return mine.pop(0) if len(mine) > 1 else mine[0]

    monkeypatch.setattr(_round_terminal, "asker", lambda console: ask)
    said = say("round", "fly", vote, "--out", "me.json")
    assert (said.code, said.err) == (0, "")
    played = read("me.json")
    assert {"least": 6, "queue": 8, "drop": True, "order": "members"}.items() <= played.plan["design"].items()
    first, second = played.plan["changes"]
    assert (first["at"], first["dials"], first["why"]) == (15.0, {"least": 9}, "the vote opens")
    assert (second["at"], second["dials"], second["why"]) == (480.0, {"least": 5, "shed": 0.1}, "the CFO wants it")
    assert played.record.forecasts[0].low == 100.0 and played.record.forecasts[0].by == 900.0
    assert replayed(played, cases.load)[1].digest() == played.digest and played.sat
    replies = {deed.what: dict(deed.data) for deed in played.deeds if deed.kind == "reply"}
    assert replies == {
        "longer_queue": {"words": "They wait. 15m", "choice": "", "number": 90.0},
        "told": {"words": "They wait.", "choice": "yes", "number": None},
    }
    kinds = [(deed.kind, deed.what) for deed in played.deeds]
    assert [what for kind, what in kinds if kind == "phase"] == ["brief", "design", "play", "probes", "over"]
    assert ("rescue", "longer_queue") in kinds and ("rescue", "told") not in kinds


def test_a_candidate_is_shown_what_is_new(say, vote, typed):
    typed("", "")
    out = " ".join(say("round", "fly", vote, "--out", "me.json").out.split())
    assert "You run the scoring." in out and "profit at least $120" in out and "WHAT CAN BE ASKED" in out
    before, _, _ = out.partition("A new requirement")
    assert "CFO" not in before  # not before it is said


def test_what_is_new_stops_the_flight(say, vote, typed):
    """The requirement is said on its moment; who goes on until the end is held up by news."""
    typed("", "", *["15m"] * 30)
    out = say("round", "fly", vote, "--out", "me.json").out
    assert "7:30  booked so far" in out and "A new requirement. The CFO writes" in " ".join(out.split())
    assert "5:00 incident: the vote is open" in out and "! 8:00 incident: zone b is gone" in out
    assert out.count("only 0% of the requests") <= 2  # an alarm that rings on does not stop it each time


def test_the_newest_readings_are_on_a_narrow_terminal(say, vote, typed, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    typed("", "", *["15m"] * 30)
    lines = say("round", "fly", vote, "--out", "me.json").out.partition("booked so far")[2].splitlines()
    drawn = [line for line in lines if re.fullmatch(r"  \w.*[▁▂▃▄▅▆▇█…]", line)]
    assert len(drawn) > 40 and max(map(len, drawn)) == 60 and not [line for line in drawn if "…" in line]


def test_questions_are_asked(say, vote, typed):
    typed("facts", "ask 1", "ask 7", "ask 8", "ask 0", "ask x", "ask", "", "", "1m", "2m", "")
    out = " ".join(say("round", "fly", vote, "--out", "me.json").out.split())
    assert "45 s, measured an hour ago" in out and "the answer comes at 1:30" in out
    assert "1:30 booked so far" in out and "Answer: Who pays? The show." in out
    assert out.count("ask 1 to 7; what they are is told by: facts") == 4
    played = read("me.json")
    assert [deed.what for deed in played.deeds if deed.kind == "fact"] == ["0"]
    assert [look.what for look in played.record.looks if look.what.startswith("question")] == [
        "question:0",
        "question:6",
    ]


@pytest.mark.parametrize(("policy", "said", "noted"), [
    ("none", "this round gives no hints", 0), ("asked", "counts retries as load", 2),
    ("free", "bounds the queue by", 0),
])  # fmt: skip
def test_hints_go_by_the_policy(say, typed, policy, said, noted):
    Path("r.toml").write_text(ROUND.replace('hints = "asked"', f'hints = "{policy}"'))
    typed("hint", "hint")
    assert said in say("round", "fly", "r.toml", "--out", "me.json").out
    hints = [deed.what for deed in read("me.json").deeds if deed.kind == "hint"]
    assert hints == [str(number) for number in range(noted)]


def test_hints_come_to_an_end(say, vote, typed):
    typed(*["hint"] * 12)
    assert "there are no more hints" in say("round", "fly", vote, "--out", "me.json").out


def test_charts_are_opened(say, vote, typed):
    typed("look slices", "", "", "look", "look slices", "look latency", "look confusion", "look pie", "dials", "help")
    out = " ".join(say("round", "fly", vote, "--out", "me.json").out.split())
    assert "there is nothing to see before take-off" in out and "standing, maturity, scores" in out
    assert "Slices: For whom does it work, and for whom not?" in out and "members" in out
    assert "unknown chart 'pie'" in out and "DIAL=VALUE" in out
    looks = [look.what for look in read("me.json").record.looks]
    assert looks.count("chart:slices") == 1 and "panel:journal" in looks and "chart:pie" not in looks


def test_a_slip_of_the_hand_ends_nothing(say, vote, typed):
    typed(
        "least", "leest=5", "least=99", "least=5 least=6", "do", "do dance", "12 days", "7m", "x" * 5000, "\x1b[31m",
        "# why", "", "cheap", "3 2", "1e400 3", "100 200", "most=9", "least=x", "do dance now=1", "5 m",
        "\u202eleast=5",
    )  # fmt: skip
    said = say("round", "fly", vote, "--out", "me.json")
    assert (said.code, said.err) == (0, "") and "\x1b" not in said.out and "Traceback" not in said.out
    for line in ("least = '99' is not allowed", "did you mean 'least'?", "'least' stands there twice", "type help",
                 "this case offers nothing", "is no interval", "dial most is fixed at take-off"):  # fmt: skip
        assert line in " ".join(said.out.split())
    played = read("me.json")
    assert not played.plan["changes"] and played.plan["design"]["least"] == 4 and len(played.record.forecasts) == 1


def test_a_first_design_that_cannot_take_off(say, vote, typed, monkeypatch):
    storm = cases.load("burst_storm")
    fits = lambda design, setting: "most is less than least" if design.most < design.least else ""  # noqa: E731
    monkeypatch.setattr(cases, "load", lambda name: _with(storm, fits))
    typed("least=9", "", "most=9", "")
    said = say("round", "fly", vote, "--out", "me.json")
    assert said.code == 0 and "it cannot take off: most is less than least" in said.out
    assert read("me.json").plan["design"]["most"] == 9
    typed("least=9")
    assert "most is less than least" in say("round", "fly", vote, "--out", "other.json").err


def _with(case, fits):
    from dataclasses import replace

    return replace(case, fits=fits)


def test_who_types_nothing_flies_the_default_design(say, vote, typed):
    typed()
    assert say("round", "fly", vote, "--out", "me.json").code == 0
    played = read("me.json")
    assert played.digest == say("round", "fly", vote, "--json").data["digest"]
    assert not played.plan["changes"]


def test_the_recording_is_kept_where_somebody_says(say, vote, typed):
    Path("taken").write_text("mine")
    typed("", "", *["15m"] * 12, *[""] * 12, "taken", "me.json")
    said = say("round", "fly", vote)
    assert said.code == 0
    typed()
    assert say("round", "fly", vote).code == 0 and Path("taken").read_text() == "mine"
    assert sorted(path.name for path in Path().iterdir()) in (["me.json", "taken", "vote.toml"], ["taken", "vote.toml"])


def test_times_come_from_the_clock(say, vote, typed, monkeypatch):
    monkeypatch.setattr(_history.time, "time", iter(range(1_800_000_000, 1_900_000_000)).__next__)
    typed("hint")
    say("round", "fly", vote, "--out", "me.json")
    times = [deed.at for deed in read("me.json").deeds]
    assert times[0] == 1_800_000_000 and times == sorted(set(times))


def test_it_can_be_left(say, vote, monkeypatch):
    def interrupted(self, view):
        raise KeyboardInterrupt

    monkeypatch.setattr(_round_seat.Seat, "__call__", interrupted)
    said = say("round", "fly", vote, "--out", "me.json")
    assert (said.code, said.err) == (130, "windtunnel: cancelled\n") and not Path("me.json").exists()


def test_the_script_goes_with_the_recording(say, vote):
    say("round", "fly", "warm_up_20", "--par", "weak", "--out", "w.json")
    assert read("w.json").script == text_of("warm_up_20") and json.loads(Path("w.json").read_text())["alone"] is True
