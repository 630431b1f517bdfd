"""`windtunnel rig` answers in the words of the contract, and takes whatever file it is given in good order."""

from __future__ import annotations

import importlib.util
import json
import random
import time
from pathlib import Path

import pytest

from simulator.errors import BadInput

SMALL = """
requests = 2000
warmup = 0.1
seeds = "0-1"

[traffic]
law = "poisson"
rate = 3.2

[client]
timeout = 4.0
retries = 1

[[outage]]
start = 100.0
end = 120.0
stage = "model"

[[stage]]
name = "features"
kind = "cache"
size = 100
policy = "lru"
keys = { law = "zipf", items = 1_000, alpha = 1.0 }
hit = { law = "deterministic", mean = 0.0 }
miss = { law = "exponential", mean = 0.01 }
on_hit = "next"

[[stage]]
name = "model"
replicas = 2
servers = 2
balance = "least_loaded"
queue_limit = 50
batch = { max = 2, wait = 0.1 }
service = { law = "gamma", mean = 1.0, scv = 0.5, per_item = 0.1 }
slow = [{ replica = 1, factor = 2.0, start = 60.0, end = 90.0 }]
[stage.autoscaler]
target = 0.6
period = 15.0
min = 1
max = 4
"""
TIMES = {"mean", "p50", "p95", "p99"}
END_TO_END = {"offered", "served", "goodput_per_s", "shed", "timeouts", "retries", "hedges", "p999"} | TIMES
STAGE = {
    "arrivals", "served", "blocked_share", "p_wait", "wait", "sojourn", "queue_mean", "utilisation", "batch_mean",
    "hit_ratio", "by_class",
}  # fmt: skip


@pytest.fixture
def small(tmp_path):
    """A small rig in a file."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return str(path)


def shape(figures):
    """Return the keys of nested tables."""
    return {key: shape(value) for key, value in figures.items()} if isinstance(figures, dict) else None


def test_the_document_has_the_shape_of_the_contract(say, small):
    said = say("rig", small, "--json")
    assert said.code == 0, said.err
    data = said.data
    assert set(data) == {"end_to_end", "stages", "se", "theory", "series", "digest"}
    assert set(data["end_to_end"]) >= END_TO_END
    assert list(data["stages"]) == ["features", "model"]
    for stage in data["stages"].values():
        assert set(stage) >= STAGE
    assert set(data["stages"]["model"]["wait"]) == set(data["stages"]["model"]["sojourn"]) == TIMES
    assert shape(data["se"]) == shape({key: data[key] for key in ("end_to_end", "stages")})
    assert len(data["series"]) == 100
    assert set(data["series"][0]) == {"t", "goodput_per_s", "queue", "replicas"}
    assert len(data["digest"]) == 64


def test_the_example_in_the_help_works(say):
    said = say("rig", "mm4", "--json")
    row = said.data["theory"]["stages.model.wait.mean"]
    assert row["name"] == "M/M/4 (Erlang C)"
    assert row["kind"] == "exact"
    assert row["expected"] == pytest.approx(0.7455, abs=1e-3)
    assert abs(row["deviation"]) < 5
    assert say("rig", "--help").out.count("windtunnel rig mm4") == 1


def test_a_person_sees_a_table(say):
    said = say("rig", "mm4", "--seeds", "0-2")
    assert said.code == 0
    for words in ("mm4", "END TO END", "STAGE MODEL", "THEORY BESIDE IT", "M/M/4 (Erlang C)", " se ", "digest"):
        assert words in said.out
    assert max(map(len, said.out.splitlines())) <= 100


@pytest.mark.parametrize("name", ["mm4", "service"])
def test_shipped_examples_fly(say, name):
    said = say("rig", name, "--seeds", "0-1")
    assert said.code == 0, said.err
    assert ("None of the closed forms" in said.out) == (name == "service")


def test_a_storm_is_shown_over_time(say):
    said = say("rig", "retry_storm", "--seeds", "0-1")
    for words in ("OVER TIME", "goodput", "collapses", "limit: "):
        assert words in said.out


def test_an_approximation_is_told_as_one(say, tmp_path):
    (tmp_path / "thumb.toml").write_text(
        "requests = 2000\n[traffic]\nlaw = 'gamma'\nrate = 1.0\ncv = 2.0\n"
        "[[stage]]\nname = 'm'\nservers = 2\nservice = { law = 'exponential', mean = 1.0 }"
    )
    assert "approximation: near the truth, not it" in say("rig", "thumb.toml").out


def test_overload_is_announced_and_flown(say, tmp_path):
    (tmp_path / "over.toml").write_text(
        SMALL.split("[client]", maxsplit=1)[0] + "[[stage]]\nname = 'model'\n"
        "servers = 2\nservice = { law = 'exponential', mean = 1.0 }"
    )
    said = say("rig", "over.toml", "--json")
    assert said.code == 0
    assert "stage model: offered load 1.60 of its capacity; the queue grows as long as requests come" in said.err
    assert said.data["theory"] == {}


def test_one_seed_has_no_standard_error(say, small):
    data = say("rig", small, "--seeds", "3", "--json").data
    assert data["se"]["end_to_end"]["mean"] is None
    assert data["end_to_end"]["mean"] > 0


def test_the_file_is_read_from_its_own_folder(say, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "at.csv").write_text("at\n1\n2\n5\n")
    text = "[traffic]\nlaw='trace'\nfile='at.csv'\n[[stage]]\nname='m'\nservice={law='deterministic',mean=1.0}"
    (tmp_path / "there" / "trace.toml").write_text(text)
    assert say("rig", "there/trace.toml", "--json").data["end_to_end"]["offered"] == 3


BAD = {
    "no file": (["rig"], "FILE.toml"),
    "a file that is not there": (["rig", "none.toml"], "none.toml"),
    "an unknown example": (["rig", "mm5"], "did you mean 'mm4'? known: mm4, retry_storm, service"),
    "an engine": (["rig", "mm4", "--engine", "quick"], "known: compiled, reference"),
    "seeds": (["rig", "mm4", "--seeds", "9-0"], "runs backwards"),
    "no TOML": (["rig", "broken.toml"], "broken.toml"),
    "not UTF-8": (["rig", "latin.toml"], "not UTF-8"),
    "deep": (["rig", "deep.toml"], "deep.toml"),
    "long": (["rig", "long.toml"], "at most 262144"),
    "a digit too many": (["rig", "digits.toml"], "digits.toml"),
    "a folder": (["rig", "folder"], "folder"),
    "a key": (["rig", "key.toml"], "'key.toml': unknown key 'seed'; did you mean 'seeds'?"),
    "too large": (["rig", "large.toml"], "without --big"),
}
FILES = {
    "broken.toml": b"[traffic",
    "latin.toml": b"# \xe9",
    "deep.toml": b"a = " + b"[" * 100_000,
    "long.toml": b"#" * 300_000,
    "digits.toml": b"requests = 1" + b"0" * 5000,
    "key.toml": b"seed = 3\n" + SMALL.encode(),
    "large.toml": SMALL.replace("requests = 2000", "requests = 1_000_000_000_000").encode(),
}


@pytest.mark.parametrize(("words", "says"), BAD.values(), ids=list(BAD))
def test_bad_input_is_one_line_and_exit_code_2(words, says, say, tmp_path):
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "folder").mkdir()
    said = say(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert says in said.err


def test_ctrl_c_is_cancelled(say, monkeypatch, small):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("cases._rig.fly_all", interrupted)
    assert say("rig", small).code == 130


def test_the_first_compilation_is_announced(say, monkeypatch, small):
    monkeypatch.setattr("simulator.serving.kernel.compiled.is_cached", lambda: False)
    assert "compiling the event loop (once, about 15 s)" in say("rig", small, "--json").err


@pytest.mark.skipif(
    importlib.util.find_spec("simulator.serving.reference") is None, reason="the reference engine is not there yet"
)
def test_the_reference_gives_the_same_digest(say, small):
    compiled = say("rig", small, "--json", "--seeds", "0").data
    reference = say("rig", small, "--json", "--seeds", "0", "--engine", "reference").data
    assert compiled["digest"] == reference["digest"]


# whatever the file

HOSTILE = (
    "nan", "inf", "-inf", "-1", "0", "1e999", "1e-300", "9" * 30, "true", "'x'", "[]", "{}", "1979-05-27", "1e308",
    "'10m'", "0.5", "[1, 2]", "2", "64", "4096", "-0.0", '"\\u0000"', "0x7fffffffffffffff", "100", "1e9",
)  # fmt: skip


def mutated(luck: random.Random) -> bytes:
    """Return the small rig with a few things wrong with it, or right in another way."""
    short = SMALL.replace("requests = 2000", "requests = 300").replace("start = 100.0", "start = 50.0")
    lines = short.replace("end = 120.0", "end = 60.0").splitlines()
    for _ in range(luck.choice([1, 1, 1, 2, 5])):
        luck.choice([_value, _value, _value, _drop, _double, _swap, _letter])(lines, luck)
    data = "\n".join(lines).encode()
    return data[: luck.randrange(len(data))] if luck.random() < 0.05 else data


def _value(lines: list[str], luck: random.Random) -> None:
    """Give a key another value; inside a table, too."""
    place = luck.choice([number for number, line in enumerate(lines) if "=" in line])
    parts = lines[place].split("=")
    at = luck.randrange(1, len(parts))
    tail = parts[at].lstrip(" {[").partition(",")[2] if "," in parts[at] else ""
    closing = " }" * (parts[at].rstrip().endswith("}") and not tail)
    parts[at] = f" {luck.choice(HOSTILE)}{', ' + tail if tail else closing}"
    lines[place] = "=".join(parts)


def _drop(lines: list[str], luck: random.Random) -> None:
    del lines[luck.randrange(len(lines))]


def _double(lines: list[str], luck: random.Random) -> None:
    lines.insert(luck.randrange(len(lines)), luck.choice(lines))


def _swap(lines: list[str], luck: random.Random) -> None:
    one, other = luck.randrange(len(lines)), luck.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _letter(lines: list[str], luck: random.Random) -> None:
    place = luck.randrange(len(lines))
    at = luck.randrange(len(lines[place]) + 1)
    lines[place] = lines[place][:at] + luck.choice("abz_= 09.-\"'[]{},#\t\\") + lines[place][at:]


def test_mutated_files_are_flown_or_refused_in_one_line(tmp_path: Path):
    from cases._rig import read_order
    from simulator.rig.cost import estimate

    luck, path, verdicts = random.Random(7), tmp_path / "mutant.toml", {"flown": 0, "refused": 0, "left": 0}
    for _ in range(300):
        path.write_bytes(mutated(luck))
        start = time.process_time()
        try:
            order = read_order(str(path), None, "compiled", False)
            small = estimate(order.rig).worst * len(order.rig.seeds) < 20_000
            verdict = "flown" if small else "left"
            outcome = order.flown() if small else None
        except BadInput as error:
            assert "\n" not in str(error)
            verdict = "refused"
        if verdict == "refused":
            assert time.process_time() - start < 0.5
        elif verdict == "flown":
            json.dumps(outcome.to_data(), allow_nan=False)
        verdicts[verdict] += 1
    assert verdicts["refused"] > 100
    assert verdicts["flown"] > 30
