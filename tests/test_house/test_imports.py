"""Importing a package may define things and do nothing else: no screen, no heavy library, nothing changed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HEAVY = ("sklearn", "river", "pandas", "numba", "streamlit")
PROBE = """
import contextlib, io, json, logging, multiprocessing, os, random, signal, sys, threading, warnings

def state():
    numpy = sys.modules.get("numpy")
    return {
        "random state": repr(random.getstate()),
        "numpy's global random state": repr(numpy.random.get_state()) if numpy else "",
        "multiprocessing start method": multiprocessing.get_start_method(allow_none=True),
        "os.environ": sorted(os.environ.items()),
        "working directory": os.getcwd(),
        "sys.path": list(sys.path),
        "recursion limit": sys.getrecursionlimit(),
        "handler of ctrl-c": repr(signal.getsignal(signal.SIGINT)),
        "warning filters": repr(warnings.filters),
        "root log handlers": repr(logging.getLogger().handlers),
        "threads": threading.active_count(),
        "children": len(multiprocessing.active_children()),
    }

def load(names, strict):
    failed = []
    for name in names:
        try:
            __import__(name)
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__}: {error}")
    return failed if strict else []

def quietly(names, strict):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        failed = load(names, strict)
    return failed, said.getvalue()

first, ours = json.loads(sys.argv[1])
quietly(first, strict=False)
before = state()
failed, said = quietly(ours, strict=True)
after = state()
print(json.dumps({
    "failed": failed + ([f"importing prints: {said}"] if said else []),
    "changed": [key for key in before if before[key] != after[key]],
    "loaded": sorted({name.split(".")[0] for name in sys.modules}),
}))
"""


def imported(ours: list[str], where: Path, first: list[str] = ()) -> dict:
    """Import the modules *ours* in a new process in folder *where*, after *first*; return what that did.

    The libraries in *first* may do to the process what they please: only the change by *ours* is reported.
    """
    command = [sys.executable, "-c", PROBE, json.dumps([list(first), list(ours)])]
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        return {"failed": [f"importing died: {done.stderr}"], "changed": [], "loaded": []}
    return json.loads(done.stdout)


def outsiders(sources) -> list[str]:
    """List what the files import at their top level from elsewhere."""
    insiders = {source.package for source in sources}
    named = {name for source in sources for name in _top_level(source.tree)}
    return sorted(name for name in named if name.split(".")[0] not in insiders)


def _top_level(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def heavy(report: dict, libraries: tuple[str, ...]) -> list[str]:
    """Name those of the *libraries* that an import brought along."""
    return [f"importing brings in {name}" for name in libraries if name in report["loaded"]]


def effects(report: dict) -> list[str]:
    """Name what an import changed."""
    return [f"importing changes: {what}" for what in report["changed"]]


@pytest.fixture(scope="module")
def whole_engine(engine, root):
    """The report of importing every module of simulator and cases in one process."""
    return imported([source.module for source in engine], root, outsiders(engine))


def test_every_module_can_be_imported(whole_engine, clean):
    clean(whole_engine["failed"])


def test_the_engine_brings_no_screen(whole_engine, clean):
    clean(heavy(whole_engine, ("streamlit",)))


def test_importing_has_no_side_effects(whole_engine, clean):
    clean(effects(whole_engine))


def test_simulator_alone_is_light(root, clean):
    report = imported(["simulator"], root)
    clean(report["failed"] + heavy(report, HEAVY))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import random; random.seed(1)", "random state"),
        ("import os; os.environ['OMP_NUM_THREADS'] = '1'", "os.environ"),
        ("import multiprocessing as m; m.set_start_method('spawn')", "multiprocessing start method"),
        ("import os; os.chdir('/')", "working directory"),
        ("import sys; sys.path.insert(0, 'x')", "sys.path"),
        ("import warnings; warnings.simplefilter('ignore')", "warning filters"),
        ("import logging; logging.basicConfig()", "root log handlers"),
    ],
)
def test_twin_effects(tmp_path, text, what):
    (tmp_path / "loud.py").write_text(text)
    assert effects(imported(["loud"], tmp_path)) == [f"importing changes: {what}"]


def test_twin_numpy_seed(tmp_path):
    (tmp_path / "loud.py").write_text("import numpy; numpy.random.seed(1)")
    assert effects(imported(["loud"], tmp_path, ["numpy"])) == ["importing changes: numpy's global random state"]


@pytest.mark.parametrize("text", ["print('hello')", "1 / 0", "import no_such_thing"])
def test_twin_failed(tmp_path, text):
    (tmp_path / "loud.py").write_text(text)
    assert imported(["loud"], tmp_path)["failed"]


def test_twin_heavy(tmp_path):
    (tmp_path / "streamlit.py").write_text("")
    (tmp_path / "screen.py").write_text("import streamlit")
    assert heavy(imported(["screen"], tmp_path), HEAVY) == ["importing brings in streamlit"]


def test_twin_outsiders(snippet):
    source = snippet(
        "import os.path\nfrom simulator import errors\nfrom numpy import array\ndef f():\n    import river"
    )
    assert outsiders([source]) == ["numpy", "numpy.array", "os.path"]
