"""A script comes out as it is written; whatever is wrong is one line with the file, the key, the value, the allowed."""

from __future__ import annotations

import re

import pytest
from toy_round import TEXT

from simulator.errors import BadInput
from simulator.rounds.reading import read_script
from simulator.rounds.script import BY_HAND, Event, Fact, Limit, Minutes, Requirement, ScriptCheck

HEAD = 'round = 1\ntitle = "Mine"\ncase = "stall"\n'
EVENT = '[[event]]\nname = "rain"\nkind = "siren"\n'
NAMED = '[[probe]]\nname = "wait"\n'
OWN = (
    NAMED.replace("wait", "why")
    + """\
question = "Why?"
dimension = "metrics"
weak = "w"
mid = "m"
strong = "s"
expert = "e"
"""
)
ASKED = '[requirement]\nsays = "More."\nat = "3d"\n'
CHECK = OWN + '[probe.check]\nask = "Which?"\n'
DEEP = "(" * 11 + "asked > 1" + ")" * 11
BAD = {
    # as text
    "no TOML": ("round", "round.toml: ", "not TOML"),
    "a key twice": (HEAD + "round = 1", "round.toml: ", "not TOML"),
    "a list": ("[[a]]", "a = [{}]", "known: round, title, case"),
    "infinity": (HEAD + "seed = inf", "seed = inf", "finite"),
    "not a number": (HEAD + "[minutes]\nplay = nan", "minutes.play = nan", "finite"),
    "too large": (HEAD + "seed = 99999999999999999999", "seed = 99999", "smaller than 2^63"),
    "a date": (HEAD + "seed = 1979-05-27", "seed = datetime", "text, numbers, true and false"),
    "a sign that turns text round": (HEAD + 'intro = "a\u202eb"', "intro = 'a\\u202eb'", "cannot be seen"),
    "a bell": (HEAD + 'intro = "\\u0007"', "intro = '\\x07'", "cannot be seen"),
    "a book": (HEAD + f'intro = "{"x" * 10_001}"', "intro = 'xxx", "at most 10,000"),
    "a depth": (HEAD + "[scenario]\nworld = " + "[" * 12 + "]" * 12, "scenario.world[0][0]", "at most 12 levels"),
    # as a script
    "nothing": ("", "round is missing", "known: round, title, case"),
    "another version": (HEAD.replace("1", "2", 1), "round = 2", "it takes 1"),
    "a version as a switch": (HEAD.replace("1", "true", 1), "round = True", "it takes 1"),
    "half a version": (HEAD.replace("1", "1.0", 1), "round = 1.0", "it takes 1"),
    "a version as text": (HEAD.replace("1", '"1"', 1), "round = '1'", "it takes 1"),
    "a key nobody knows": (HEAD + "hint = 1", "hint = 1", "did you mean 'hints'?"),
    "a title nobody wrote": (HEAD.replace("title", "titel"), "titel = 'Mine'", "did you mean 'title'?"),
    "a key of an event": (HEAD + EVENT + "sice = 1", "event[0].sice = 1", "did you mean 'size'?"),
    "a key of a check": (CHECK.replace("ask", "asks") + "", "probe[0].check.asks = 'Which?'", "known: ask, options"),
    "a key of a limit": (ASKED + "limits = {line = {mot = 1}}", "requirement.limits.line.mot", "did you mean 'most'?"),
    "text for a number": (HEAD + EVENT + 'size = "2"', "event[0].size = '2'", "it takes a number"),
    "a switch for a number": (HEAD + EVENT + "size = true", "event[0].size = True", "it takes a number"),
    "a number for text": (HEAD + EVENT + "says = 5", "event[0].says = 5", "it takes text"),
    "a switch for a time": (HEAD + EVENT + "at = true", "event[0].at = True", "it takes a number or text"),
    "a table for a list": (HEAD + "[event]\nname = 1", "event = {'name': 1}", "it takes a list"),
    "text for a table": (HEAD + 'event = ["rain"]', "event[0] = 'rain'", "it takes a table"),
    "a list for a table": (HEAD + "scenario = []", "scenario = []", "it takes a table"),
    "no name": (HEAD + "[[event]]\nsize = 1", "event[0].name is missing", "known: name, kind, at"),
    "a kind of round": (HEAD + 'kind = "exam"', "kind = 'exam'", "'interview', 'drill', 'warm-up' or 'group'"),
    "a seed in words": (HEAD + 'seed = "mine"', "seed = 'mine'", "a whole number or 'hidden' or 'room'"),
    "a seed below 0": (HEAD + "seed = -1", "seed = -1", "from 0 to 2^63 - 1"),
    "an empty title": (HEAD.replace("Mine", " "), "title = ' '", "it takes text"),
    "a path for a case": (HEAD.replace("stall", "./stall.py"), "case = './stall.py'", "name of an installed case"),
    "minutes below 0": (HEAD + "[minutes]\nbrief = -1", "minutes.brief = -1", "from 0 to 240"),
    "no time to play": (HEAD + "[minutes]\nplay = 0", "minutes.play = 0", "more than 0"),
    "a weight of nothing": (HEAD + "[weights]\nlooks = 1", "weights.'looks' = 1", "communication"),
    "a weight too heavy": (HEAD + "[weights]\nmetrics = 11", "weights.metrics = 11", "from 0 to 10"),
    "too many facts": (HEAD + '[[fact]]\nask = "a"\nanswer = "b"\n' * 41, "fact: 41", "at most 40"),
    # events
    "a name that is none": (HEAD + EVENT.replace("rain", "r ain"), "event[0].name = 'r ain'", "letters, digits"),
    "a name that is taken": (HEAD + EVENT.replace("rain", "requirement"), "event[0].name = 'requirement'", "but not"),
    "a name twice": (HEAD + EVENT * 2, "event[1].name = 'rain'", "no other one"),
    "a time in words": (HEAD + EVENT + 'at = "soon"', "event[0].at = 'soon'", "12d, 6h, 15m or 90s"),
    "a time below 0": (HEAD + EVENT + "lasts = -5", "event[0].lasts = -5", "not below 0"),
    "no condition": (HEAD + EVENT + 'when = "asked >"', "event[0].when = 'asked >'", "a number is wanted"),
    "code": (HEAD + EVENT + 'when = "__import__(\'os\')"', "event[0].when = ", "which no condition has"),
    "a condition too deep": (HEAD + EVENT + f'when = "{DEEP}"', "event[0].when = '(((", "make it simpler"),
    # requirement
    "a requirement never": (ASKED.replace("3d", "0d"), "requirement.at = '0d'", "after take-off"),
    "a requirement if": (ASKED + 'when = "asked > 3"', "requirement.when = 'asked > 3'", "'by hand'"),
    "an event of nobody": (ASKED + 'event = "rain"', "requirement.event = 'rain'", "known: none"),
    "an event by itself": (ASKED + 'event = "rain"\n' + EVENT, "requirement.event = 'rain'", "known: none"),
    "a limit of nothing": (ASKED + "limits = {line = {}}", "requirement.limits.line = {}", "least, most or only"),
    "a dial in two lines": (ASKED + 'limits = {"a\\n\\u001bb" = {}}', "limits.'a\\n\\x1bb' = {}", "least, most"),
    # probes
    "no dimension": (OWN.replace("metrics", "metric"), "probe[0].dimension = 'metric'", "did you mean 'metrics'?"),
    "no anchor": (OWN.replace('strong = "s"', 'strong = ""'), "probe[0].strong = ''", "it takes text"),
    "an anchor too many": (NAMED + 'weak = "w"', "probe[0].weak = 'w'", "nothing where there is no"),
    "no question to check": (NAMED + '[probe.check]\nask = "a"', "probe[0].check = ", "nothing where"),
    "no answer": (CHECK, "probe[0].check.options = ()", "a list of answers"),
    "one option": (CHECK + 'options = ["a"]\nright = "a"', "probe[0].check.options = ('a',)", "from 2 to 10"),
    "no right one": (CHECK + 'options = ["a", "b"]\nright = "c"', "probe[0].check.right = 'c'", "'a', 'b'"),
    "a figure to the digit": (CHECK + 'figure = "profit"', "probe[0].check.within = 0.0", "above 0"),
    "nine gauges": (OWN + f"show = {['asked'] * 9}", "probe[0].show: 9", "at most 8"),
}  # fmt: skip


def test_a_script_is_read_as_it_is_written():
    script = read_script(TEXT)
    assert (script.title, script.case, script.seed, script.intro) == (
        "The stall, half an hour",
        "stall",
        7,
        "You run a stall.",
    )
    assert script.event == (Event("strike", when=BY_HAND, at="4d"),)
    limits = {"line": Limit(most=0.5)}
    says = "The owner writes: who scores above a half waits."
    assert script.requirement == Requirement(says, at="3d", grace="12h", limits=limits, targets={"served": 0.3})
    assert script.fact == (Fact("How many come?", "About 200 a day."),)
    assert script.probe[1].check == ScriptCheck("What was the profit?", figure="profit", within=1)
    assert (script.minutes, script.weights) == (Minutes(), {"serving": 2, "communication": 0.5})


def test_text_stays_what_it_is():
    odd = "a ${b} {c} %s <b> 家 é 👩‍👩‍👧\n\ttab"
    text = odd.replace("\n", "\\n").replace("\t", "\\t")
    assert read_script(HEAD + f'intro = "{text}"').intro == odd


def test_a_condition_may_be_put_off_twice():
    assert read_script(HEAD + EVENT + f'when = "{DEEP[2:-2]}"').event[0].when


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_one_line(what):
    text, *hints = BAD[what]
    whole = text if what in ("no TOML", "nothing", "a list") or text.startswith("round") else HEAD + text
    with pytest.raises(BadInput) as caught:
        read_script(whole, "round.toml")
    said = str(caught.value)
    assert said.startswith("round.toml: ") and said.isprintable()
    assert all(hint in said for hint in hints), said
    assert len(said) < 600


M = 256 * 1024
BOMBS = {
    "a long key": ".".join("a" * (M // 2 - 4)) + "=1",
    "a long quoted key": ".".join(['"!"'] * 60_000) + "=1",
    "half a quoted key": '"' + '\\"' * (M // 2 - 5),
    "brackets": "a=" + "[" * (M - 2),
    "tables in tables": "a=" + "{a=" * 80_000,
    "a hundred thousand keys": "\n".join(f"k{n}=1" for n in range(100_000)),
    "thirty thousand keys": "\n".join(f"k{n}=1" for n in range(30_000)),
    "numbers": "a=[" + "1," * 130_000 + "]",
    "tables": "[[event]]\n" * 26_000,
    "a megabyte": "#" + "x" * 1_000_000,
    "a huge number": "seed=0x" + "f" * 200_000,
    "deep tables": "\n".join("[" + ".".join(["a"] * 30) + f".b{n}]" for n in range(2000)),
    "many deep tables": "\n".join("[" + ".".join(["a"] * 30) + f".b{n}]" for n in range(3900)),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_in_no_time(what, benchmark_seconds):
    def refused():
        with pytest.raises(BadInput) as caught:
            read_script(BOMBS[what])
        assert re.fullmatch(r"round: .{10,300}", str(caught.value))

    assert benchmark_seconds(refused) < 0.1
