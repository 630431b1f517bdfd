"""Rounds on the command line: written, listed, checked - and whatever a file holds, one line says what is wrong."""

from __future__ import annotations

import json
import random
import re
import time
import tomllib
from pathlib import Path

import pytest

import cases
from cases._rounds import names, text_of
from cases._rounds_checked import checking
from simulator.errors import BadInput

CLAIMS = """
round = 1
title = "Claims"
case = "claims"
[[fact]]
ask = "How many?"
answer = "Some."
[[probe]]
name = "where_is_the_line"
"""
OUT_OF_REACH = '[requirement]\nsays = "More."\nat = "5d"\ntargets = {profit = 1e9}\n'


@pytest.fixture
def tunnel(say, claims, monkeypatch, tmp_path):
    """A caller of the command line to which the template is an installed case; it knows a good and a bad round."""
    monkeypatch.setattr("cases._rounds_checked.load", lambda name: cases.load(claims if name == "claims" else name))
    Path("good.toml").write_text(CLAIMS)
    Path("bad.toml").write_text(CLAIMS + OUT_OF_REACH)
    return say


# check


def test_a_good_round_is_shown_and_exits_with_0(tunnel):
    said = tunnel("round", "check", "good.toml")
    assert said.code == 0, said.err
    for words in (
        "Claims  claims · interview · 45 minutes",
        "WHO FLEW IT",
        "where_is_the_line",
        "How many?",
        "fit to be",
    ):
        assert words in said.out
    assert re.search(r"weak +\$", said.out) and re.search(r"expert +\$", said.out)


def test_what_cannot_be_reached_exits_with_1(tunnel):
    said = tunnel("round", "check", "bad.toml")
    assert said.code == 1
    assert "not fit to be played: target profit" in said.out


def test_as_data(tunnel):
    data = tunnel("round", "check", "good.toml", "--json", "--seed", "3").data
    assert (data["ok"], data["seed"], [one["name"] for one in data["flown"]]) == (
        True, 3, ["weak", "mid", "strong", "expert"])  # fmt: skip
    assert data["facts"] == ["How many?"]


def test_a_candidate_flies_along(tunnel):
    Path("mine.json").write_text('{"design": {"line": 0.2}}')
    Path("mine.py").write_text("def policy(view):\n    return {'line': 0.1} if view.now == 0 else None")
    for option, file in (("--plan", "mine.json"), ("--policy", "mine.py")):
        data = tunnel("round", "check", "good.toml", "--json", option, file).data
        assert (len(data["flown"]), data["flown"][-1]["name"]) == (5, f"{option.lstrip('-')} {file}")


def test_the_seed_of_the_script_is_flown(tunnel):
    Path("seven.toml").write_text("seed = 7\n" + CLAIMS)
    assert tunnel("round", "check", "seven.toml", "--json").data["seed"] == 7


def test_the_schema_is_one_document(say):
    found = say("round", "check", "--schema").data
    assert found["title"] == "Script" and "Event" in found["$defs"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "which round?"),
        (["nowhere.toml"], "'nowhere.toml' cannot be read: No such file"),
        (["fraud_46"], "did you mean 'fraud_45'?"),
        (["good.toml", "--seed", "-1"], "2^63"),
        (["good.toml", "--policy", "export"], "did you mean 'expert'?"),
        (["good.toml", "--plan", "nowhere.json"], "nowhere.json"),
        (["latin.toml"], "UTF-8"),
        (["."], "there is no file '.'"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_line(tunnel, words, hint):
    Path("latin.toml").write_bytes(b'title = "\xe9"')
    said = tunnel("round", "check", *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert hint in said.err


# new, list


def test_a_new_round_passes_its_check(say):
    assert say("round", "new", "burst_storm", "mine.toml").code == 0
    data = say("round", "check", "mine.toml", "--json").data
    assert data["ok"] and all(finding["ok"] for finding in data["findings"])
    assert data["flown"][0]["events"]["my_event"] == pytest.approx(450, abs=1)


def test_without_a_file_it_is_printed(say):
    assert tomllib.loads(say("round", "new", "fraud_threshold").out)["case"] == "fraud_threshold"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["fraud_threshold", "mine.toml"], "'mine.toml' exists already"),
        (["fraud_threshold", "mine.txt"], "my_round.toml"),
        (["fraud_threshold", "nowhere/mine.toml"], "No such file"),
        (["fraud_treshold"], "did you mean 'fraud_threshold'?"),
        (["mine.py"], "a round names an installed case"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line(say, words, hint):
    Path("mine.toml").write_text("mine")
    said = say("round", "new", *words)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert hint in said.err and Path("mine.toml").read_text() == "mine"


def test_the_shipped_ones_are_listed(say):
    data = say("round", "list", "--json").data
    assert [one["name"] for one in data] == names()
    assert next(one for one in data if one["name"] == "warm_up_20") == {
        "name": "warm_up_20", "title": "A warm-up: one rush, announced", "case": "burst_storm", "kind": "warm-up",
        "minutes": 20.0,
    }  # fmt: skip
    said = say("round", "list").out
    assert all(one["name"] in said and one["title"] in said for one in data)


@pytest.mark.parametrize("command", ["new", "list", "check"])
def test_each_command_has_an_example(say, command):
    assert f"windtunnel round {command}" in say("round", command, "--help").out


# files that are wrong

VALUES = (
    "true", "-1", "0", "1e400", "inf", "nan", '""', "[]", "{}", '"x"', "1979-05-27", "9" * 30, "0x" + "f" * 40,
    '"by hand"', '"asked >"', '"((((1"', '"\\u202e"', '"${x}"', "[[1]]", "{a = {b = {c = 1}}}", '"99999d"', '"-5d"',
    "0.5", "1e12", '"waiting > 1e999"', '"never never"', "'''x", '["a", "a"]', '"' + "x" * 12_000 + '"', '"since"',
    "[1, 'a']", "1_000", '"waiting > 3 for 2d"', '"fraud_threshold"', "50",
)  # fmt: skip


def mutated(luck: random.Random) -> str:
    """Return a shipped round with one to four things in it changed by chance."""
    lines = text_of(luck.choice(names())).splitlines()
    for _ in range(luck.choice((1, 1, 2, 4))):
        luck.choice(CHANGES)(lines, luck)
    return "\n".join(lines)


def _value(lines: list[str], luck: random.Random) -> None:
    place = luck.choice([n for n, line in enumerate(lines) if re.match(r"\w+ = ", line)] or [0])
    lines[place] = f"{lines[place].split(' = ')[0]} = {luck.choice(VALUES)}"


def _key(lines: list[str], luck: random.Random) -> None:
    place = luck.choice([n for n, line in enumerate(lines) if re.match(r"\w+ = ", line)] or [0])
    at = luck.randrange(max(1, lines[place].find(" =")))
    lines[place] = lines[place][:at] + luck.choice("xyz_.") + lines[place][at + luck.choice((0, 1)) :]


def _dropped(lines: list[str], luck: random.Random) -> None:
    if lines:
        del lines[luck.randrange(len(lines))]


def _twice(lines: list[str], luck: random.Random) -> None:
    lines.insert(luck.randrange(len(lines) + 1), luck.choice(lines or ["x"]))


def _table(lines: list[str], luck: random.Random) -> None:
    place = luck.choice([n for n, line in enumerate(lines) if line.startswith("[")] or [0])
    lines[place] = luck.choice(
        ("[[event]]", "[event]", "[[probe]]", "[requirement]", "[[fact]]", "[weights]", "[a.b]", "[[x]]")
    )


def _letters(lines: list[str], luck: random.Random) -> None:
    place = luck.randrange(max(1, len(lines)))
    line = lines[place] if lines else ""
    at = luck.randrange(len(line) + 1)
    lines[place : place + 1] = [line[:at] + luck.choice("\"'\\[]{}=#\x00\x1b\u202e\ud7ff\n.,") + line[at + 1 :]]


def _cut(lines: list[str], luck: random.Random) -> None:
    del lines[luck.randrange(max(1, len(lines))) :]


CHANGES = (_value, _value, _value, _value, _key, _key, _dropped, _twice, _table, _table, _letters, _cut)


def _reads(path: str) -> bool:
    try:
        checking(path, None, None, None)
    except BadInput:
        return False
    return True


@pytest.mark.parametrize("batch", range(6))
def test_300_files_that_are_wrong_are_refused_in_one_line(say, batch):
    luck, fine = random.Random(batch), 0
    for number in range(50):
        text = mutated(luck)
        Path("m.toml").write_text(text)
        if _reads("m.toml"):
            fine += 1
            continue
        said = say("round", "check", "m.toml")
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1), (number, text)
        assert re.match(
            r"windtunnel: 'm\.toml': (its text: |scenario: |event '|[a-z]\w*(\.|\[\d+\]|: | = | is missing))", said.err
        )
        assert said.err[:-1].isprintable() and len(said.err) < 1500, said.err
    assert 1 <= fine <= 30


BURSTS = '[[event]]\nname = "b{}"\nkind = "burst"\nsize = 20\nwhen = "never"\n'
STORM = 'round = 1\ntitle = "x"\ncase = "burst_storm"\n'
BOMBS = {
    "brackets": "a = " + "[" * 200_000,
    "keys": "\n".join(f"k{n} = 1" for n in range(100_000)),
    "a megabyte": STORM + "#" + "x" * 1_000_000,
    "a long key": "a." * 100_000 + "a = 1",
    "a huge number": STORM + "seed = " + "9" * 4000,
    "infinity": STORM + "[minutes]\nplay = inf",
    "no number": STORM + "[weights]\nmetrics = nan",
    "many requests": STORM + "[scenario]\nworld = {rate = 1e12}",
    "a rate, in seconds": STORM + "[scenario]\nworld = {rate = 2000}\n" + BURSTS.format(1) + BURSTS.format(2),
    "forty bursts in the largest world": STORM + "[scenario]\nworld = {rate = 2000}\n" + "".join(
        BURSTS.format(n) for n in range(40)),
    "a condition of a thousand words": STORM + '[[event]]\nname = "a"\nkind = "page"\nwhen = "' + "not " * 1000 + '"',
}  # fmt: skip


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_in_a_tenth_of_a_second(say, what):
    Path("b.toml").write_text(BOMBS[what])
    assert not _reads("b.toml")  # what is needed has been loaded
    start = time.process_time()
    assert not _reads("b.toml")
    assert time.process_time() - start < 0.1
    said = say("round", "check", "b.toml")
    assert (said.code, said.err.count("\n")) == (2, 1) and said.err.startswith("windtunnel: 'b.toml': ")


def test_nothing_in_a_file_is_run(say, tmp_path):
    Path("evil.py").write_text("open('ran', 'w').close()")
    for text in ('case = "evil.py"', f'case = "{tmp_path}/evil.py"', 'case = "evil"', 'case = "../evil.py"'):
        Path("m.toml").write_text(f'round = 1\ntitle = "x"\n{text}')
        assert say("round", "check", "m.toml").code == 2
    Path("m.toml").write_text(
        STORM + '[[event]]\nname = "a"\nkind = "page"\nwhen = "__import__(\'os\').mkdir(\'ran\')"'
    )
    assert say("round", "check", "m.toml").code == 2
    assert not Path("ran").exists() and json.dumps(names())
