"""A rig is read as it is written; what is wrong with it is one line that says where, what, and what is allowed."""

from __future__ import annotations

import re
import tomllib

import pytest

from simulator.errors import BadInput
from simulator.rig.cost import estimate, loads, refuse, warnings
from simulator.rig.spec import read_rig, read_seeds

TOP = "requests = 1000\n[traffic]\nrate = 3.0\n"
STAGE = '[[stage]]\nname = "model"\nservice = { law = "exponential", mean = 1.0 }\n'
CLASSES = 'classes = [{ name = "a", rate = 1.0 }, { name = "b", rate = 2.0 }]\n'

BAD = {
    "nothing": ("", "there is no [traffic]"),
    "no stage": (TOP, "there is no [[stage]]"),
    "no length": ("[traffic]\nrate = 3.0\n" + STAGE, "requests is missing; it takes a whole number"),
    "two lengths": ("duration = '1m'\n" + TOP + STAGE, "requests and duration exclude each other"),
    "a key at the top": ("request = 1\n" + TOP + STAGE, "unknown key 'request'; did you mean 'requests'?"),
    "a key of a stage": (TOP + STAGE + "server = 2", "stage 'model': unknown key 'server'; did you mean 'servers'?"),
    "a key of a law": (
        TOP + "[[stage]]\nname = 'm'\nservice = { law = 'exponential', men = 1.0, mean = 1 }",
        "stage 'm': unknown key 'service.men'; did you mean 'service.mean'?",
    ),
    "a key of another kind": (
        TOP + "[[stage]]\nname = 'c'\nkind = 'cache'\nkeys = {items = 9}\nservers = 2",
        "servers",
    ),
    "requests": (
        "requests = 0\n[traffic]\nrate = 3.0\n" + STAGE,
        "requests = 0 is not allowed; it takes a whole number",
    ),
    "requests as a number": ("requests = 1e5\n[traffic]\nrate = 3.0\n" + STAGE, "requests = 100000.0 is not allowed"),
    "requests as text": ("requests = '9'\n[traffic]\nrate = 3.0\n" + STAGE, "requests = '9' is not allowed"),
    "requests as true": ("requests = true\n[traffic]\nrate = 3.0\n" + STAGE, "requests = True is not allowed"),
    "duration": (
        "duration = 'soon'\n[traffic]\nrate = 3.0\n" + STAGE,
        "duration = 'soon' is not allowed; it takes a time",
    ),
    "an endless duration": ("duration = inf\n[traffic]\nrate = 3.0\n" + STAGE, "duration = inf is not allowed"),
    "a duration without requests": ("duration = 0.1\n[traffic]\nrate = 3.0\n" + STAGE, "no request comes within 0.1 s"),
    "warmup": ("warmup = 1.0\n" + TOP + STAGE, "warmup = 1.0 is not allowed; it takes a number from 0 to 0.99"),
    "warmup nan": ("warmup = nan\n" + TOP + STAGE, "warmup = nan is not allowed"),
    "seeds": ("seeds = '9-0'\n" + TOP + STAGE, "seeds = '9-0' is not allowed; 9-0 runs backwards"),
    "seeds as a number": ("seeds = 3\n" + TOP + STAGE, "seeds = 3 is not allowed"),
    "no rate": ("requests = 9\n[traffic]\nlaw = 'poisson'\n" + STAGE, "traffic.rate is missing"),
    "a negative rate": (
        "requests = 9\n[traffic]\nrate = -1\n" + STAGE,
        "traffic.rate = -1 is not allowed; it takes a number",
    ),
    "a law": (
        "requests = 9\n[traffic]\nlaw = 'poison'\nrate = 1\n" + STAGE,
        "did you mean 'poisson'? it takes poisson,",
    ),
    "no cv": ("requests = 9\n[traffic]\nlaw = 'gamma'\nrate = 1\n" + STAGE, "traffic.cv is missing"),
    "a cv of nothing": ("requests = 9\n[traffic]\nrate = 1\ncv = 2\n" + STAGE, "unknown key 'traffic.cv'"),
    "rates": ("requests = 9\n[traffic]\nlaw = 'mmpp'\nrates = 3\nswitch_rates = [1, 1]\n" + STAGE, "traffic.rates = 3"),
    "rates of nothing": (
        "requests = 9\n[traffic]\nlaw = 'mmpp'\nrates = [0, 0]\nswitch_rates = [1, 1]\n" + STAGE,
        "one of them must be above 0",
    ),
    "switch rates": (
        "requests = 9\n[traffic]\nlaw = 'mmpp'\nrates = [1, 2]\nswitch_rates = [1, 1, 1]\n" + STAGE,
        "traffic.switch_rates = [1, 1, 1] is not allowed; it takes 2 numbers",
    ),
    "two classes of a name": (
        TOP + 'classes = [{name="a",rate=1},{name="a",rate=1}]\n' + STAGE,
        "two have the name 'a'",
    ),
    "a rate that is not that of its classes": (
        TOP + 'classes = [{name="a",rate=1},{name="b",rate=1}]\n' + STAGE,
        "traffic.rate = 3, but the rates of its classes add up to 2; leave one of them out",
    ),
    "two of a priority": (
        TOP + 'classes = [{name="a",rate=1,priority=1},{name="b",rate=1,priority=1}]\n' + STAGE,
        "two have the priority 1",
    ),
    "nine classes": (TOP + f"classes = {[{}] * 9}".replace("'", '"') + "\n" + STAGE, "a list of at most 8 tables"),
    "a class that is a word": (TOP + "classes = ['a']\n" + STAGE, "traffic.classes = ['a'] is not allowed"),
    "no trace": ("[traffic]\nlaw = 'trace'\n" + STAGE, "traffic.file is missing"),
    "a trace that is not there": ("[traffic]\nlaw = 'trace'\nfile = 'x.csv'\n" + STAGE, "there is no file 'x.csv'"),
    "a trace elsewhere": ("[traffic]\nlaw = 'trace'\nfile = '/etc/passwd'\n" + STAGE, "there is no file '/etc/passwd'"),
    "a trace above": ("[traffic]\nlaw = 'trace'\nfile = '../x.csv'\n" + STAGE, "there is no file '../x.csv'"),
    "a trace with a nul": ('[traffic]\nlaw = "trace"\nfile = "a\\u0000"\n' + STAGE, "cannot be read"),
    "a trace that goes back": (
        "[traffic]\nlaw = 'trace'\nfile = 'back.csv'\n" + STAGE,
        "arrival 3, 1 s comes after 2 s",
    ),
    "a trace with a word": ("[traffic]\nlaw = 'trace'\nfile = 'word.csv'\n" + STAGE, "'word.csv', line 2: 'two' is no"),
    "a trace with a nan": ("[traffic]\nlaw = 'trace'\nfile = 'nan.csv'\n" + STAGE, "'nan.csv', line 2: 'nan' is no"),
    "an empty trace": ("[traffic]\nlaw = 'trace'\nfile = 'empty.csv'\n" + STAGE, "holds 0 numbers"),
    "a trace of bytes": ("[traffic]\nlaw = 'trace'\nfile = 'bytes.csv'\n" + STAGE, "is not UTF-8 text (byte 0)"),
    "a trace at 0": ("[traffic]\nlaw = 'trace'\nfile = 'zero.csv'\n" + STAGE, "all requests come at 0 s"),
    "a short trace": ("requests = 9\n[traffic]\nlaw = 'trace'\nfile = 'good.csv'\n" + STAGE, "the trace has 3"),
    "a timeout": (
        TOP + "[client]\ntimeout = 0\n" + STAGE,
        "client.timeout = 0 is not allowed; it takes a time from 1e-06",
    ),
    "retries": (
        TOP + "[client]\nretries = 101\n" + STAGE,
        "client.retries = 101 is not allowed; it takes a whole number",
    ),
    "retries without end": (TOP + "[client]\nretries = inf\n" + STAGE, "client.retries = inf is not allowed"),
    "backoff": (TOP + "[client]\nbackoff = 3\n" + STAGE, "client.backoff = 3 is not allowed; it takes a table"),
    "jitter": (TOP + "[client]\nbackoff = {jitter = 2}\n" + STAGE, "client.backoff.jitter = 2 is not allowed"),
    "a fallback": (
        TOP + "[client]\nfallback = 'yes'\n" + STAGE,
        "client.fallback = 'yes' is not allowed; it is true or false",
    ),
    "an outage of nothing": (TOP + "[[outage]]\nstart = 1\nend = 2\nstage = 'x'\n" + STAGE, "outage: unknown pool 'x'"),
    "an outage that ends before": (
        TOP + "[[outage]]\nstart = 3\nend = 2\nstage = 'model'\n" + STAGE,
        "outage[0].end = 2 is not allowed; it takes a time after start, 3 s",
    ),
    "an outage too late": (
        TOP + "[[outage]]\nstart = 1000\nend = 2000\nstage = 'model'\n" + STAGE,
        "until 333.333 s only",
    ),
    "a name": (TOP + STAGE.replace("model", "a/b"), "stage[0].name = 'a/b' is not allowed"),
    "a control character": (TOP + STAGE.replace("model", "a\\u001b"), "stage[0].name = 'a\\x1b' is not allowed"),
    "no name": (TOP + "[[stage]]\nkind = 'pool'", "stage[0].name is missing"),
    "a name twice": (TOP + STAGE + STAGE, "two stages are called 'model'"),
    "a kind": (TOP + STAGE + "kind = 'pol'", "stage 'model': kind = 'pol' is not allowed; did you mean 'pool'?"),
    "replicas": (
        TOP + STAGE + "replicas = 2001",
        "replicas = 2001 is not allowed; it takes a whole number from 1 to 2,000",
    ),
    "servers": (TOP + STAGE + "servers = 1.5", "stage 'model': servers = 1.5 is not allowed"),
    "a huge number": (TOP + STAGE + "servers = 1" + "0" * 400, "stage 'model': servers = 1000"),
    "balance": (TOP + STAGE + "balance = 'least'", "did you mean 'least_loaded'?"),
    "a discipline": (
        TOP + STAGE + "discipline = 7",
        "stage 'model': discipline = 7 is not allowed; it takes fifo, lifo",
    ),
    "priorities of nothing": (TOP + STAGE + "discipline = 'priority'", "traffic.classes must say by which"),
    "a queue limit": (TOP + STAGE + "queue_limit = -1", "stage 'model': queue_limit = -1 is not allowed"),
    "a batch": (
        TOP + STAGE + "batch = { max = 0 }",
        "stage 'model': batch.max = 0 is not allowed; it takes a whole number",
    ),
    "a batch without a size": (TOP + STAGE + "batch = { wait = 1 }", "stage 'model': batch.max is missing"),
    "batches shared": (TOP + STAGE + "batch = { max = 2 }\ndiscipline = 'sharing'", "batches cannot be sharing"),
    "no service": (TOP + "[[stage]]\nname = 'm'", "stage 'm': service is missing; it takes a law"),
    "service without a law": (TOP + "[[stage]]\nname = 'm'\nservice = { mean = 1 }", "service.law is missing"),
    "service without time": (TOP + STAGE.replace("1.0", "0.0"), "service takes no time at all"),
    "service of nan": (TOP + STAGE.replace("1.0", "nan"), "service.mean = nan is not allowed; it takes a time"),
    "service of 1e999": (TOP + STAGE.replace("1.0", "1e999"), "service.mean = inf is not allowed"),
    "service below 0": (TOP + STAGE.replace("1.0", "-1"), "service.mean = -1 is not allowed"),
    "a law of service": (
        TOP + STAGE.replace("exponential", "normal"),
        "service.law = 'normal' is not allowed; did you mean",
    ),
    "a fan-out": (TOP + STAGE + "fanout = 3\nreplicas = 2", "fanout 3 goes to distinct replicas, and there are 2"),
    "a slow replica": (
        TOP + STAGE + "slow = [{ replica = 1, factor = 2, start = 0, end = 9 }]",
        "stage 'model': slow[0].replica = 1 is not allowed; it takes a whole number from 0 to 0",
    ),
    "an autoscaler": (TOP + STAGE + "[stage.autoscaler]\nmax = 9", "stage 'model': autoscaler.target is missing"),
    "an autoscaler's most": (
        TOP + STAGE + "replicas = 5\n[stage.autoscaler]\ntarget = 0.6\nmax = 4",
        "autoscaler.max = 4 is not allowed; it takes a whole number from 5 to 2,000",
    ),
    "no keys": (TOP + "[[stage]]\nname = 'c'\nkind = 'cache'", "stage 'c': keys is missing"),
    "keys": (
        TOP + "[[stage]]\nname = 'c'\nkind = 'cache'\nkeys = { items = 0 }",
        "stage 'c': keys.items = 0 is not allowed",
    ),
    "a policy": (
        TOP + "[[stage]]\nname='c'\nkind='cache'\npolicy='lfu'\nkeys={items=9}",
        "policy = 'lfu' is not allowed",
    ),
    "a delay without service": (TOP + "[[stage]]\nname = 'd'\nkind = 'delay'", "stage 'd': service is missing"),
    "no table": ("requests = 9\ntraffic = 3\n" + STAGE, "traffic = 3 is not allowed; it takes a table"),
    "stages that are none": (TOP + "[stage]\nname = 'm'", "stage = {'name': 'm'} is not allowed; it takes a list"),
    "seventeen stages": (TOP + STAGE * 17, "it takes a list of at most 16 tables"),
    "a date": ("requests = 1979-05-27\n[traffic]\nrate = 3.0\n" + STAGE, "requests = datetime.date(1979, 5, 27)"),
}
FILES = {
    "good.csv": b"1\n2\n3\n",
    "back.csv": b"1\n2\n1\n",
    "word.csv": b"1\ntwo\n",
    "nan.csv": b"1\nnan\n",
    "empty.csv": b"",
    "bytes.csv": b"\xff\xfe",
    "zero.csv": b"0\n0\n",
    "columns.csv": b"id,at\n7,0.5\n8,1.5\n\n",
    "times.csv": b"service\n0.1\n0.3\n",
}


@pytest.fixture
def files(tmp_path):
    """A folder with files beside a rig."""
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=list(BAD))
def test_bad_input_is_one_line(text, says, files):
    with pytest.raises(BadInput) as error:
        read_rig(tomllib.loads(text), files)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_all_of_a_rig(read):
    rig = read("""
duration = "10m"
seeds = "0-2,7"
[traffic]
classes = [{ name = "low", rate = 1.0, priority = 5 }, { name = "high", rate = 2.0, priority = 1 }]
[client]
timeout = 1.0
retries = 3
backoff = { base = 0.1, factor = 2.0, jitter = 0.5 }
retry_budget = 0.1
hedge_after = 0.01
fallback = true
[[outage]]
start = 60.0
end = 70.0
stage = "model"
[[stage]]
name = "features"
kind = "cache"
keys = { law = "zipf", items = 10, alpha = 1.0 }
miss = { law = "gamma", mean = 0.01, scv = 0.5 }
on_hit = "done"
[[stage]]
name = "net"
kind = "delay"
service = { law = "deterministic", mean = 0.01 }
[[stage]]
name = "model"
replicas = 3
servers = 4
discipline = "priority"
queue_limit = 100
batch = { max = 8, wait = 0.01 }
service = { law = "lognormal", median = 1.0, sigma = 0.5, per_item = 0.1 }
patience = { law = "exponential", mean = 1.0 }
slow = [{ replica = 2, factor = 5.0, start = 60.0, end = "2m" }]
[stage.autoscaler]
target = 0.6
max = 20
""")
    features, net, model = rig.topology.stages
    assert (rig.duration, rig.span, rig.expected, rig.seeds) == (600.0, 600.0, 1800.0, (0, 1, 2, 7))
    assert rig.classes == ("high", "low")
    assert (features.on_hit, features.miss.mean, net.service.mean) == ("done", 0.01, 0.01)
    assert (model.capacity, model.queue_limit, model.batch.max, model.per_item) == (20, 100, 8, 0.1)
    assert (rig.outages[0].stage, rig.slow[0].stage, rig.slow[0].end, rig.rules[2].period) == (2, 2, 120.0, 15.0)
    assert rig.topology.client.backoff.factor == 2.0


def test_files_beside_a_rig(files, read):
    text = "[traffic]\nlaw = 'trace'\nfile = 'columns.csv'\n[[stage]]\nname = 'm'\n"
    rig = read(text + "service = { law = 'empirical', file = 'times.csv' }", files)
    assert rig.arrivals.at.tolist() == [0.5, 1.5]
    assert (rig.span, rig.expected) == (1.5, 2)
    assert rig.topology.stages[0].service.mean == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("text", "seeds"), [("3", (3,)), ("0-2", (0, 1, 2)), ("1,5,9", (1, 5, 9)), ("0-1, 7", (0, 1, 7))]
)
def test_seeds(text, seeds):
    assert read_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "-1", "1-", "a", "1,1", "0-3,2", "0-999999", "1.5", "9" * 30, "１"])
def test_bad_seeds(text):
    with pytest.raises(BadInput, match="seeds = "):
        read_seeds(text)


# what it costs

DEAR = {
    "requests": (
        "requests = 20000001",
        "",
        "",
        "20,000,001 requests per replication are too many (20,000,001 requests",
    ),
    "in all": ("requests = 3000000\nseeds = '0-99'", "", "", "300,000,000 requests in all are too many"),
    "a rate": ("duration = '10d'", "", "rate = 1e9", "requests per replication are too many"),
    "retries": ("requests = 20000000\nseeds = '0-9'", "[client]\nretries = 100\n", "", "should every retry"),
    "memory": ("requests = 19000000", "", "rate = 1e6", "GB of memory are too many"),
    "seconds": ("requests = 5000000", "", "rate = 9.0\n# discipline", "seconds are too many"),
}


@pytest.mark.parametrize(("top", "client", "traffic", "says"), DEAR.values(), ids=list(DEAR))
def test_what_is_too_dear_is_refused_unless_it_is_meant(top, client, traffic, says, pool):
    stage = "discipline = 'sharing'" if "discipline" in traffic else ""
    rig = pool(stage, traffic or "rate = 0.5", top=top, rest=client)
    with pytest.raises(BadInput, match=re.escape(says)) as error:
        refuse(rig)
    assert "--big" in str(error.value)
    assert re.search(r"about [\d,]+ s and [\d.,]+ GB", str(error.value))
    refuse(rig, big=True)


LARGE = {
    "replicas": "replicas = 2000\n[stage.autoscaler]\ntarget = 0.6\nmax = 2000\n" + STAGE.replace("model", "other"),
    "slots": "replicas = 100\nservers = 100000",
    "copies of the requests in one batch": "replicas = 200\nfanout = 200\nbatch = { max = 4096 }",
    "control ticks": "[stage.autoscaler]\ntarget = 0.6\nperiod = 0.01\nmax = 9",
}


@pytest.mark.parametrize(("what", "stage"), LARGE.items(), ids=list(LARGE))
def test_what_is_too_large_is_refused_in_any_case(what, stage, pool):
    with pytest.raises(BadInput, match=f"{what} .*are too many; at most"):
        refuse(pool(stage), big=True)


def test_too_many_changes_of_state_are_refused(pool):
    traffic = "law = 'mmpp'\nrates = [1, 2]\nswitch_rates = [1e9, 1e9]"
    with pytest.raises(BadInput, match="changes of state of the traffic per replication are too many"):
        refuse(pool(traffic=traffic))


def test_it_is_refused_at_once(pool, benchmark_seconds):
    rig = pool(top="requests = 1000000000\nseeds = '0-999'")

    def refused():
        with pytest.raises(BadInput):
            refuse(rig)

    assert benchmark_seconds(refused) < 0.1


def test_an_estimate_is_right_by_an_order_of_magnitude(pool):
    cost = estimate(pool("servers = 4", "rate = 3.2", top="requests = 17000000"))
    assert 4 < cost.seconds < 20
    assert 1 < cost.gigabytes < 3


def test_overload_is_announced(pool):
    rig = pool("servers = 2", "rate = 2.4")
    assert loads(rig) == {0: pytest.approx(1.2)}
    says = "stage model: offered load 1.20 of its capacity; the queue grows as long as requests come"
    assert list(warnings(rig)) == [says]
    assert list(warnings(pool("servers = 3", "rate = 2.4"))) == []
    assert list(warnings(pool("servers = 2\nqueue_limit = 9", "rate = 2.4"))) == []
    assert list(warnings(pool("batch = { max = 3 }", "rate = 2.4"))) == []
