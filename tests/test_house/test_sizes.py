"""Small functions, one idea a file, and a sentence at the top of each that says what it is for."""

from __future__ import annotations

import ast
import io
import statistics
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

MEDIAN, LONGEST = 6, 40
FILE, CASE_FILE = 300, 800
SILENT = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
)


def lengths(source) -> list[tuple[int, str]]:
    """Return the code lines of each function: signature and body, without docstring, blanks and comments."""
    code = _code_lines(source)
    return [(len(code & _span(node)), _where(source, node)) for node in _functions(source.tree)]


def long_functions(source) -> list[str]:
    """Find functions over the cap."""
    over = [(lines, where) for lines, where in lengths(source) if lines > LONGEST]
    return [f"{where} has {lines} code lines (cap {LONGEST})" for lines, where in over]


def long_median(sources) -> list[str]:
    """Find that the functions of all *sources* together are too long in the median; name the longest."""
    found = [pair for source in sources for pair in lengths(source)]
    median = statistics.median(lines for lines, _ in found) if found else 0
    longest = [f"  {where}: {lines}" for lines, where in sorted(found, reverse=True)[:10]]
    head = f"median function {median} code lines (cap {MEDIAN}); the longest are:"
    return [head, *longest] if median > MEDIAN else []


def long_file(source) -> list[str]:
    """Find a file over its cap; a case may be longer, since it is read in the order of an interview."""
    lines, cap = len(source.text.splitlines()), CASE_FILE if is_case(source) else FILE
    return [f"{source.path} has {lines} lines (cap {cap})"] if lines > cap else []


def is_case(source) -> bool:
    """Say whether a file is a case: a module of cases/ that starts with no underscore."""
    return source.package == "cases" and not Path(source.path).name.startswith("_")


def no_docstring(source) -> list[str]:
    """Find a file that does not open with a sentence of purpose."""
    if not ast.get_docstring(source.tree):
        return [f"{source.path}: no docstring that says what the file is for"]
    idle = ("this module", "this file", "this package", "module for", "contains")
    first = ast.get_docstring(source.tree).lower()
    return [f"{source.path}: the docstring describes a container, not a purpose"] if first.startswith(idle) else []


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _where(source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return f"{source.path}:{node.lineno} {node.name}"


def _code_lines(source) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    spans = (range(token.start[0], token.end[0] + 1) for token in tokens if token.type not in SILENT)
    return {line for span in spans for line in span}


def _span(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[int]:
    first = node.body[0]
    has_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and type(first.value.value) is str
    doc = range(first.lineno, first.end_lineno + 1) if has_doc else ()
    return set(range(node.lineno, node.end_lineno + 1)) - set(doc)


def test_functions_are_small(house, clean):
    clean(long_median(house) + [finding for source in house for finding in long_functions(source)])


def test_files_are_short(house, clean):
    clean([finding for source in house for finding in long_file(source)])


def test_every_file_says_what_it_is_for(house, clean):
    clean([finding for source in house for finding in no_docstring(source)])


def _function(lines: int) -> str:
    return "def f(x):\n" + "    x += 1\n" * (lines - 1)


def test_twin_long_function(snippet):
    assert long_functions(snippet(_function(41)))
    assert long_functions(snippet("class A:\n    async " + _function(41).replace("\n", "\n    ").rstrip(" ")))
    assert not long_functions(snippet(_function(40)))


def test_twin_long_median(snippet):
    assert len(long_median([snippet(_function(7)), snippet(_function(7)), snippet(_function(2))])) == 4
    assert not long_median([snippet(_function(6)), snippet("")])


def test_twin_code_lines(snippet):
    text = '''
@property
def f(x):
    """One.

    Two.
    """
    # a comment

    y = """a
    b"""
    return (x,
            y)
'''
    assert [lines for lines, _ in lengths(snippet(text))] == [5]


@pytest.mark.parametrize(
    ("path", "cap"),
    [
        ("simulator/run.py", 300),
        ("dashboard/app.py", 300),
        ("cases/_report.py", 300),
        ("cases/__main__.py", 300),
        ("cases/__init__.py", 300),
        ("cases/fraud_threshold.py", 800),
    ],
)
def test_twin_long_file(snippet, path, cap):
    assert long_file(snippet("x = 1\n" * (cap + 1), path))
    assert not long_file(snippet("x = 1\n" * cap, path))


@pytest.mark.parametrize("text", ["", "x = 1", "'''This module contains helpers.'''"])
def test_twin_no_docstring(snippet, text):
    assert no_docstring(snippet(text))


def test_twin_docstring(snippet):
    assert not no_docstring(snippet("'''Says what is wrong with an input.'''"))
