"""What the rig does not claim: forms where none holds, and more work than there are slots."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from simulator.rig.beside import forms
from simulator.rig.spec import read_rig
from simulator.rig.trial import fly_all

POOL = '[[stage]]\nname = "m"\nservers = 4\nservice = { law = "exponential", mean = 1.0 }\n'
OUTAGE = '[[outage]]\nstage = "m"\nstart = 400.0\nend = 500.0\n'


def rig(text: str, folder: Path = Path()):
    return read_rig(tomllib.loads(text), folder)


def test_a_trace_has_no_closed_form(tmp_path):
    (tmp_path / "at.csv").write_text("\n".join(str(n / 10) for n in range(100)))
    assert not list(forms(rig('[traffic]\nlaw = "trace"\nfile = "at.csv"\n' + POOL, tmp_path)))


def test_the_load_of_bursts_is_a_limit():
    text = 'requests = 99\n[traffic]\nlaw = "mmpp"\nrates = [2.0, 0.1]\nswitch_rates = [0.1, 0.1]\n' + POOL
    kinds = {form.where[-1]: form.kind for form in forms(rig(text))}
    assert kinds["utilisation"] == "limit"


@pytest.mark.parametrize(
    ("rate", "client", "said"),
    [
        (3.0, "timeout = 10.0\nretries = 1", 1),
        (3.0, "timeout = 10.0\nretries = 1\nbackoff = { base = 2000.0 }", 0),
        (1.5, "timeout = 0.5", 0),
        (3.9, "timeout = 10.0", 0),
    ],
    ids=["storm", "patient retries", "hasty clients", "no time to drain"],
)
def test_the_retry_threshold_is_told_only_where_it_holds(rate, client, said):
    text = f"duration = '2000s'\n[traffic]\nrate = {rate}\n[client]\n{client}\n" + POOL + OUTAGE
    assert len(list(forms(rig(text)))) == said


def test_draining_slots_count_as_slots():
    text = """
duration = "200s"
seeds = "0"
warmup = 0.0
[traffic]
law = "deterministic"
rate = 0.5
[[stage]]
name = "m"
replicas = 20
balance = "round_robin"
service = { law = "deterministic", mean = 80.0 }
autoscaler = { signal = "queue", target = 1.0, min = 1, max = 20, period = 15.0, boot = 1.0 }
"""
    used = fly_all(rig(text), "compiled", lambda share: None).to_data()["stages"]["m"]["utilisation"]
    assert 0 < used <= 1
