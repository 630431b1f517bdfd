"""No module imports itself by a detour, not even inside a function or for its types only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import pytest

Graph = dict[str, set[str]]


def graph(sources) -> Graph:
    """Return which of the modules each module imports."""
    modules = {source.module for source in sources}
    return {source.module: set(_targets(source.tree, modules)) for source in sources}


def cycle(arrows: Graph) -> list[str]:
    """Name one cycle, or nothing."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return ["import cycle: " + " > ".join(reversed(error.args[1]))]
    return []


def _targets(tree: ast.Module, modules: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(node, modules)


def _from(node: ast.ImportFrom, modules: set[str]) -> Iterator[str]:
    """`from a import b` is the module a.b where there is one, and the package a where there is not."""
    for alias in node.names:
        inner = f"{node.module}.{alias.name}"
        yield from (name for name in (inner if inner in modules else node.module,) if name in modules)


def test_no_import_cycle(house, clean):
    clean(cycle(graph(house)))


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": "import simulator.b", "b.py": "import simulator.a"},
        {"a.py": "from simulator import b", "b.py": "from simulator.a import x"},
        {"a.py": "from simulator.b import x", "b.py": "def f():\n    from simulator import a"},
        {
            "a.py": "from simulator.b import x",
            "b.py": "from simulator.c import y",
            "c.py": "import simulator.a",
        },
        {"__init__.py": "from simulator.a import x", "a.py": "from simulator import x"},
        {"a.py": "import simulator.a"},
    ],
)
def test_twin_cycle(snippet, files):
    sources = [snippet(text, f"simulator/{name}") for name, text in files.items()]
    assert cycle(graph(sources))


def test_twin_no_cycle(snippet):
    files = {
        "__init__.py": "from simulator.a import x",
        "a.py": "from simulator import b",
        "b.py": "import numpy",
    }
    assert cycle(graph([snippet(text, f"simulator/{name}") for name, text in files.items()])) == []
