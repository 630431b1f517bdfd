"""The figures of a rig are those that can be counted on the fingers, and its books balance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.rig.figures import figures, mean_of, se_of, series
from simulator.rig.flight import POINTS, fly
from simulator.rig.trial import fly_all

TINY = """
warmup = 0.0
[traffic]
law = "trace"
file = "at.csv"
CLIENT
[[stage]]
name = "model"
service = { law = "deterministic", mean = 2.0 }
STAGE
"""


@pytest.fixture
def tiny(read, tmp_path):
    """A maker of rigs with requests at 1, 2, 3 and 10 s and services of 2 s."""

    def made(stage="", client=""):
        (tmp_path / "at.csv").write_text("1\n2\n3\n10\n")
        return read(TINY.replace("STAGE", stage).replace("CLIENT", client))

    return made


def test_a_run_on_the_fingers(tiny):
    rig = tiny()
    flight = fly(rig, 0)
    assert flight.done.tolist() == [3.0, 5.0, 7.0, 12.0]
    assert (flight.begin, flight.end) == (1.0, 10.0)
    found = figures(rig, flight)
    ends, model = found["end_to_end"], found["stages"]["model"]
    assert (ends["offered"], ends["served"], ends["mean"], ends["p50"]) == (4, 4, 2.75, 2.5)
    assert ends["goodput_per_s"] == pytest.approx(3 / 9)
    assert ends["goodput_end_per_s"] == 0.0
    assert (model["p_wait"], model["wait"]["mean"], model["sojourn"]["mean"]) == (0.5, 0.75, 2.75)
    assert model["queue_mean"] == pytest.approx(3 / 9), "one waits from 2 to 3, two never, one from 3 to 5"
    assert model["utilisation"] == pytest.approx(6 / 9)
    assert (model["batch_mean"], model["hit_ratio"], model["by_class"]) == (None, None, {})


def test_who_finds_no_place_is_shed(tiny):
    found = figures(tiny("queue_limit = 0"), fly(tiny("queue_limit = 0"), 0))
    ends, model = found["end_to_end"], found["stages"]["model"]
    assert (ends["served"], ends["shed"], ends["mean"]) == (3, 1, 2.0)
    assert (model["arrivals"], model["served"], model["blocked_share"], model["p_wait"]) == (4, 3, 0.25, 0.0)


def test_an_outage_holds_everything_up(tiny):
    flight = fly(tiny(client="[[outage]]\nstart = 2.5\nend = 8.0\nstage = 'model'"), 0)
    assert flight.done.tolist() == [3.0, 10.0, 12.0, 14.0]


def test_a_slow_replica_is_slow_in_its_time(tiny):
    flight = fly(tiny("slow = [{ replica = 0, factor = 3.0, start = 2.5, end = 6.0 }]"), 0)
    assert flight.done.tolist() == [3.0, 9.0, 11.0, 13.0]


def test_timeouts_and_retries_are_counted(tiny):
    rig = tiny(client="[client]\ntimeout = 3.0\nretries = 1")
    ends = figures(rig, fly(rig, 0))["end_to_end"]
    assert ends["offered"] == 4 == ends["served"] + ends["timeouts"]
    assert ends["retries"] == int(np.maximum(fly(rig, 0).tries - 1, 0).sum()) > 0


def test_a_batch_is_counted_once(tiny):
    rig = tiny("batch = { max = 3, wait = 5.0 }")
    flight = fly(rig, 0)
    assert flight.done.tolist() == [5.0, 5.0, 5.0, 17.0]
    assert figures(rig, flight)["stages"]["model"]["batch_mean"] == 2.0


def test_warm_up_is_left_out(pool):
    rig = pool(top="requests = 1000\nwarmup = 0.25")
    flight = fly(rig, 0)
    ends = figures(rig, flight)["end_to_end"]
    assert (flight.first, ends["offered"]) == (250, 750)
    assert ends["mean"] == pytest.approx((flight.done - flight.at)[250:].mean())


def test_every_request_ends_in_one_way(pool):
    client = "[client]\ntimeout = 2.0\nretries = 2\nfallback = true"
    stage = 'servers = 2\nqueue_limit = 3\npatience = { law = "exponential", mean = 2.0 }'
    ends = figures(*_flown(pool(stage, "rate = 2.5", rest=client)))["end_to_end"]
    ways = ("served", "shed", "timeouts", "fallback", "abandoned", "lost")
    assert sum(ends[way] for way in ways) == ends["offered"]
    assert ends["fallback"] > 0 < ends["abandoned"]


def _flown(rig):
    return rig, fly(rig, 0)


@pytest.mark.parametrize(
    "stage",
    [
        "servers = 2",
        'servers = 2\ndiscipline = "lifo"',
        "replicas = 4\nservers = 1",
        "batch = { max = 4, wait = 0.5 }",
        'servers = 2\npatience = { law = "exponential", mean = 9.0 }',
    ],
)
def test_littles_law(stage, pool):
    rig = pool(stage, "rate = 1.6")
    flight = fly(rig, 1)
    found = figures(rig, flight)["stages"]["model"]
    before, after = flight.before[0], flight.after[0]
    window = flight.end - flight.begin
    rate = (after.counts["arrivals"] - before.counts["arrivals"]) / window
    everybody = (after.waited - before.waited) / window / rate
    assert found["queue_mean"] == pytest.approx(rate * everybody)
    if "patience" not in stage:
        assert found["queue_mean"] == pytest.approx(rate * found["wait"]["mean"], rel=0.02)


def test_classes_have_figures_of_their_own(pool):
    traffic = 'classes = [{ name = "high", rate = 0.3 }, { name = "low", rate = 0.5 }]'
    found = figures(*_flown(pool('discipline = "priority"', traffic)))["stages"]["model"]
    high, low = (found["by_class"][name] for name in ("high", "low"))
    assert high["arrivals"] + low["arrivals"] == found["arrivals"]
    assert high["wait"]["mean"] < found["wait"]["mean"] < low["wait"]["mean"]


def test_means_and_their_errors():
    trees = [{"a": 1.0, "b": {"c": None}}, {"a": 3.0, "b": {"c": 5.0}}]
    assert mean_of(trees) == {"a": 2.0, "b": {"c": 5.0}}
    assert se_of(trees) == {"a": 1.0, "b": {"c": None}}
    assert se_of(trees[:1]) == {"a": None, "b": {"c": None}}


def test_an_autoscaler_follows_the_load(pool):
    stage = "replicas = 2\n[stage.autoscaler]\ntarget = 0.6\nperiod = 15.0\nboot = 45.0\nmin = 1\nmax = 20"
    rig = pool(stage, "rate = 6.0", top="duration = '1h'\nseeds = '0-1'")
    outcome = fly_all(rig)
    assert outcome.series[0]["replicas"] < 7 < outcome.series[-1]["replicas"] < 14
    assert outcome.mean["stages"]["model"]["utilisation"] == pytest.approx(0.6, abs=0.1)


def test_a_series_shows_the_outage(pool):
    rig = pool("servers = 2", "rate = 1.0", top="duration = '100s'", rest="[[outage]]\nstart=40\nend=60\nstage='model'")
    rows = series(rig, fly(rig, 0))
    assert rows.shape == (POINTS, 4)
    assert rows[-1, 0] == pytest.approx(100.0)
    assert rows[45:59, 1].sum() == 0.0 < rows[:40, 1].sum()
    assert rows[:, 2].argmax() in range(55, 60)


def test_the_same_seeds_give_the_same_digest(pool):
    first, again, other = (fly_all(pool(top=f"requests = 2000\nseeds = '{seeds}'")) for seeds in ("0-1", "0-1", "0-2"))
    assert first.digest == again.digest != other.digest
    assert len(first.digest) == 64
    assert first.to_data() == again.to_data()


def test_one_request_is_enough(pool):
    outcome = fly_all(pool(top="requests = 1\nwarmup = 0.9"))
    assert outcome.mean["end_to_end"]["served"] == 1
    assert outcome.mean["end_to_end"]["goodput_per_s"] is None
    assert math.isfinite(outcome.mean["stages"]["model"]["sojourn"]["mean"])


def test_the_reference_agrees(pool):
    stage = "servers = 2\nqueue_limit = 4\ndrop_expired = true"
    rest = "[client]\ntimeout = 2.0\nretries = 1\n[[outage]]\nstart = 50\nend = 60\nstage = 'model'"
    rig = pool(stage, "rate = 1.8", top="requests = 1500\nseeds = '0-1'", rest=rest)
    compiled, reference = (fly_all(rig, engine) for engine in ("compiled", "reference"))
    assert compiled.digest == reference.digest
    assert compiled.mean["end_to_end"] == pytest.approx(reference.mean["end_to_end"])
