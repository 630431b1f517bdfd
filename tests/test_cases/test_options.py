"""What is typed behind the options is read as it is meant, and only so."""

from __future__ import annotations

import pytest

from cases import load
from cases._options import acted, pairs, read_names, read_seed, read_seeds, read_whole, scened, text_of, turned
from cases._pilots import is_file
from simulator.errors import BadInput
from simulator.plan import Act, Change


@pytest.fixture(scope="module")
def fraud():
    return load("fraud_threshold")


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("3", [3]),
        ("0-4", [0, 1, 2, 3, 4]),
        ("1,5,9", [1, 5, 9]),
        ("9, 1", [9, 1]),
        ("0-2,7,10-11", [0, 1, 2, 7, 10, 11]),
        ("5-5", [5]),
        (str(2**63 - 1), [2**63 - 1]),
        ("1000-1029", list(range(1000, 1030))),
    ],
)
def test_seeds(text, seeds):
    assert read_seeds(text) == seeds


@pytest.mark.parametrize(
    "text", ["", ",", "1,", "-1", "1-", "1--2", "2-1", "1,1", "0-3,2", "1.0", "1e3", "x", "٣", "0-100000"]
)
def test_no_seeds(text):
    with pytest.raises(BadInput, match="seed"):
        read_seeds(text)


@pytest.mark.parametrize("text", ["", " 1", "1 ", "-0", "+1", "0x1", "1_000", str(2**63), "9" * 30])
def test_no_seed(text):
    with pytest.raises(BadInput, match="whole number"):
        read_seed(text)


def test_whole_numbers():
    assert (read_whole("-1", "--jobs"), read_whole("12", "--jobs")) == (-1, 12)
    for text in ("1.0", "", "1e2", "9" * 10):
        with pytest.raises(BadInput, match="--jobs"):
            read_whole(text, "--jobs")


def test_names():
    assert read_names("weak, mid", "--pars") == ["weak", "mid"]


@pytest.mark.parametrize("text", ["", "weak,", ",weak", "weak,,mid", "weak,weak"])
def test_no_names(text):
    with pytest.raises(BadInput, match="--pars"):
        read_names(text, "--pars")


def test_pairs():
    assert pairs(["a=1", " b = x=y "]) == {"a": "1", "b": "x=y"}


@pytest.mark.parametrize("words", [["a"], ["=1"], ["a="], ["a=1", "a=2"]])
def test_no_pairs(words):
    with pytest.raises(BadInput):
        pairs(words)


def test_steps(fraud):
    plan = turned(fraud.plan(), "12d threshold=0.3 review=8 # too # many", fraud)
    plan = acted(plan, "36h hire", fraud)
    assert plan.changes == (Change(12 * 86400.0, {"threshold": 0.3, "review": 8.0}, "too # many"),)
    assert plan.acts == (Act(1.5 * 86400.0, "hire", {"analysts": 1}, ""),)


@pytest.mark.parametrize(
    "text", ["", "12d", "threshold=0.3", "12 threshold=0.3", "-1d review=1", "nan review=1", "60d review=1"]
)
def test_no_change(fraud, text):
    with pytest.raises(BadInput, match="--at"):
        turned(fraud.plan(), text, fraud)


@pytest.mark.parametrize(
    "text", ["", "12d", "12d hire 2", "12d hire analysts=2 analysts=3", "61d retrain", "1d hire act=1"]
)
def test_no_act(fraud, text):
    with pytest.raises(BadInput, match="--do"):
        acted(fraud.plan(), text, fraud)


def test_text_of_a_file(tmp_path):
    (tmp_path / "plan.json").write_bytes(b"\xef\xbb\xbf{}")
    assert text_of(str(tmp_path / "plan.json"), "plan") == "{}"


def test_an_endless_file_is_not_read_to_its_end():
    assert len(text_of("/dev/zero", "plan")) == 1_000_000


def test_a_level_on_the_command_line_is_over_that_of_a_file(fraud, tmp_path):
    (tmp_path / "easy.toml").write_text("[scenario]\nlevel = 1\n")
    path = str(tmp_path / "easy.toml")
    assert [scened(fraud, level, path).scenario.level for level in (None, "3")] == [1, 3]


@pytest.mark.parametrize(
    ("text", "file"),
    [("a.py", True), ("a.py:b", True), ("dir:1/a.py:b", True), ("strong", False), ("a:b", False), ("a.pyc", False)],
)
def test_policy_files(text, file):
    assert is_file(text) == file
