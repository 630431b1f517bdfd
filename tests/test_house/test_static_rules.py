"""What may not be written: unsafe calls anywhere, and in the engine whatever makes a run unrepeatable."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

UNSAFE = {
    "eval": "runs text as code",
    "exec": "runs text as code",
    "__import__": "hides what is imported",
    "pickle.load": "runs code from a file",
    "pickle.loads": "runs code from bytes",
    "pickle.Unpickler": "runs code from a file",
    "cloudpickle.load": "runs code from a file",
    "cloudpickle.loads": "runs code from bytes",
    "joblib.load": "unpickles, so it runs code from a file",
    "pandas.read_pickle": "runs code from a file",
    "marshal.load": "trusts bytes",
    "marshal.loads": "trusts bytes",
    "shelve.open": "unpickles, so it runs code from a file",
    "yaml.load": "may build any object; the house reads TOML and JSON",
    "yaml.load_all": "may build any object; the house reads TOML and JSON",
    "yaml.full_load": "may build any object; the house reads TOML and JSON",
    "yaml.unsafe_load": "may build any object; the house reads TOML and JSON",
    "os.system": "runs text in a shell",
    "os.popen": "runs text in a shell",
    "subprocess.getoutput": "runs text in a shell",
    "subprocess.getstatusoutput": "runs text in a shell",
}
_LUCK = "luck comes from simulator.streams alone"
_CLOCK = "time is simulated; there is no wall clock below the dashboard"
UNREPEATABLE = {
    "random": _LUCK,
    "secrets": _LUCK,
    "os.urandom": _LUCK,
    "uuid.uuid1": _LUCK,
    "uuid.uuid4": _LUCK,
    "numpy.random": _LUCK,
    "time.time": _CLOCK,
    "time.time_ns": _CLOCK,
    "time.monotonic": _CLOCK,
    "time.monotonic_ns": _CLOCK,
    "time.perf_counter": _CLOCK,
    "time.perf_counter_ns": _CLOCK,
    "time.process_time": "CPU time is for the report of a command: cases/__main__.py and cases/_*.py",
    "time.process_time_ns": "CPU time is for the report of a command: cases/__main__.py and cases/_*.py",
    "time.localtime": _CLOCK,
    "time.gmtime": _CLOCK,
    "time.ctime": _CLOCK,
    "time.strftime": _CLOCK,
    "datetime.datetime.now": _CLOCK,
    "datetime.datetime.utcnow": _CLOCK,
    "datetime.datetime.today": _CLOCK,
    "datetime.date.today": _CLOCK,
    "pandas.Timestamp.now": _CLOCK,
    "pandas.Timestamp.today": _CLOCK,
}
ALLOWED_IN = {
    "numpy.random": ("simulator/streams.py",),
    # A command that keeps flights says when, and under a name that nobody can guess; the store is handed both.
    "secrets": ("cases/_history.py",),
    "time.time": ("cases/_history.py",),
    "time.process_time": ("cases/__main__.py", "cases/_*.py"),
    "time.process_time_ns": ("cases/__main__.py", "cases/_*.py"),
}
TYPE_NAMES = ("numpy.random.Generator",)
BUILTINS = ("eval", "exec", "__import__")
UNSAFE_WORDS = {
    "shell": "runs text in a shell",
    "unsafe_allow_html": "lets text become markup",
    "unsafe_allow_javascript": "lets text become a program",
    "allow_pickle": "runs code from a file",
}


def unsafe(source) -> list[str]:
    """Find calls and keywords that let data become code."""
    return _broken(source, UNSAFE) + [_line(source, *found) for found in _words(source.tree)]


def unrepeatable(source) -> list[str]:
    """Find luck that no seed governs, and clocks that are not simulated."""
    return _broken(source, UNREPEATABLE)


def _broken(source, rules: dict[str, str]) -> list[str]:
    found = {(line, rule) for line, name in _used(source.tree) for rule in rules if _under(name, rule)}
    kept = {(line, rule) for line, rule in found if not _excused(source.path, rule)}
    return [_line(source, line, rule, rules[rule]) for line, rule in sorted(kept)]


def _under(name: str, rule: str) -> bool:
    return (name == rule or name.startswith(f"{rule}.")) and name not in TYPE_NAMES


def _excused(path: str, rule: str) -> bool:
    return any(fnmatch(path, pattern) for pattern in ALLOWED_IN.get(rule, ()))


def _line(source, line: int, what: str, why: str) -> str:
    return f"{source.path}:{line}: {what}: {why}"


def _used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield, with its line, the full dotted name of everything the file imports or speaks of."""
    aliases = dict(_aliases(tree))
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Name | ast.Attribute) and id(node) not in inner:
            yield node.lineno, _dotted(node, aliases)


def _aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    yield from ((name, name) for name in BUILTINS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (_bound(alias) for alias in node.names)


def _bound(alias: ast.alias) -> tuple[str, str]:
    """`import a.b` binds a; `import a.b as c` binds c to a.b."""
    first = alias.name.split(".")[0]
    return (alias.asname, alias.name) if alias.asname else (first, first)


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """Spell out a name or a chain of attributes; `?` stands for what is no import and no builtin."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, aliases)}.{node.attr}".removeprefix("builtins.")
    return aliases.get(node.id, "?") if isinstance(node, ast.Name) else "?"


def _words(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in UNSAFE_WORDS and not _is_false(node.value):
            yield node.value.lineno, f"{node.arg}=", UNSAFE_WORDS[node.arg]


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_nothing_unsafe_is_called(house, clean):
    clean([finding for source in house for finding in unsafe(source)])


def test_the_engine_is_repeatable(engine, clean):
    clean([finding for source in engine for finding in unrepeatable(source)])


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')",
        "exec('x = 1')",
        "run = eval",
        "__import__('os')",
        "import builtins\nbuiltins.eval('1')",
        "import pickle\npickle.loads(b'')",
        "import pickle as p\np.load(open('f', 'rb'))",
        "from pickle import load as fetch",
        "def f():\n    from pickle import loads\n    return loads",
        "import joblib\njoblib.load('f')",
        "import pandas as pd\npd.read_pickle('f')",
        "import numpy as np\nnp.load('f', allow_pickle=True)",
        "import yaml\nyaml.load('')",
        "import os\nos.system('ls')",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import subprocess\nsubprocess.run('ls', shell=1)",
        "st.markdown('<b>', unsafe_allow_html=True)",
        "st.html('<script>', unsafe_allow_javascript=yes)",
    ],
)
def test_twin_unsafe(snippet, text):
    assert unsafe(snippet(text))


@pytest.mark.parametrize(
    "text",
    [
        "import random",
        "import random as luck",
        "from random import choice",
        "import numpy as np\nx = np.random.default_rng()",
        "import numpy\nx = numpy.random.rand(3)",
        "import numpy as np\nr = np.random\nr.seed(1)",
        "import numpy.random as npr",
        "from numpy import random",
        "from numpy.random import default_rng",
        "import os\nos.urandom(3)",
        "import uuid\nuuid.uuid4()",
        "import time\ntime.time()",
        "import time as t\nt.perf_counter()",
        "from time import monotonic as now",
        "import time\ntime.process_time()",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.date.today()",
        "def f():\n    import time\n    return time.time",
    ],
)
def test_twin_unrepeatable(snippet, text):
    assert unrepeatable(snippet(text))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("import numpy as np\ndef f(luck: np.random.Generator) -> None: ...", "simulator/world/tape.py"),
        ("from numpy.random import Generator", "simulator/world/tape.py"),
        ("import numpy as np\nnp.random.PCG64(1)", "simulator/streams.py"),
        ("import time\ntime.process_time()", "cases/__main__.py"),
        ("import time\ntime.process_time()", "cases/_report.py"),
        ("import subprocess\nsubprocess.run(['ls'], shell=False)", "cases/_report.py"),
        ("import re\nmodel.eval()\nre.compile('x')", "cases/fraud.py"),
        ("def f(random, time):\n    return random.time(time.time)", "cases/fraud.py"),
    ],
)
def test_twin_allowed(snippet, text, path):
    source = snippet(text, path)
    assert unsafe(source) + unrepeatable(source) == []
