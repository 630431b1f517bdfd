"""`__all__` equals reality: what it names exists, and what a module offers is named in it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

import pytest


def unlisted(source) -> list[str]:
    """Find the public names that a file defines but does not list; a package that defines one has to list it.

    Names that a package imports only to pass them on are ruff's to find (F401).
    """
    listed = _listed(source.tree)
    offered = list(dict.fromkeys(_defined(source.tree)))
    if listed is None:
        return _no_list(source, offered) if source.is_package else []
    return [f"{source.path}: {name} is public but not in __all__" for name in offered if name not in listed]


def absent(source, module) -> list[str]:
    """Find the names that a file lists but its *module* does not have, and names listed twice."""
    listed = _listed(source.tree) or []
    missing = [name for name in listed if not hasattr(module, name)]
    twice = sorted({name for name in listed if listed.count(name) > 1})
    return [f"{source.path}: __all__ names {name}, which does not exist" for name in missing] + [
        f"{source.path}: __all__ names {name} twice" for name in twice
    ]


def _checked(source) -> list[str]:
    try:
        return absent(source, importlib.import_module(source.module))
    except ImportError as error:
        return [f"{source.path}: cannot be imported: {error}"]


def _no_list(source, offered: list[str]) -> list[str]:
    return [f"{source.path}: no __all__, but it offers {', '.join(offered)}"] if offered else []


def _listed(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if "__all__" in _targets(node) and isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            return list(ast.literal_eval(node.value))
    return None


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _public([node.name])
        else:
            yield from _public(_targets(node))


def _targets(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Assign):
        return [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []


def _public(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith("_")]


def test_what_is_public_is_listed(house, clean):
    clean([finding for source in house for finding in unlisted(source)])


def test_what_is_listed_exists(engine, clean):
    listed = [source for source in engine if _listed(source.tree) is not None]
    clean([finding for source in listed for finding in _checked(source)])


@pytest.mark.parametrize(
    "text",
    [
        "__all__ = ['a']\na = b = 1",
        "__all__: list[str] = []\nlimit: int = 3",
        "__all__ = ['run']\ndef run(): ...\ndef hop(): ...",
        "__all__ = []\nclass Case: ...",
        "__all__ = []\nasync def fly(): ...",
    ],
)
def test_twin_unlisted(snippet, text):
    assert len(unlisted(snippet(text))) == 1


@pytest.mark.parametrize("text", ["def load(): ...", "__all__ = ['Case']\nclass Case: ...\ndef load(): ..."])
def test_twin_unlisted_in_a_package(snippet, text):
    assert len(unlisted(snippet(text, "simulator/__init__.py"))) == 1


@pytest.mark.parametrize("text", ["__all__ = ['gone']", "a = 1\n__all__ = ['a', 'a']"])
def test_twin_absent(snippet, text):
    source = snippet(text)
    module = type("Module", (), {"a": 1})
    assert len(absent(source, module)) == 1


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("def hop(): ...", "simulator/errors.py"),
        ("from pathlib import Path\n__all__ = ['a']\na = 1\n_b = 2", "cases/__init__.py"),
        ("from simulator.world.tape import Tape\n__all__ = ['Tape']", "simulator/world/__init__.py"),
        ("'''Only a docstring.'''\nfrom __future__ import annotations", "dashboard/__init__.py"),
    ],
)
def test_twin_allowed(snippet, text, path):
    assert unlisted(snippet(text, path)) == []
