"""Laws of the dashboard: who may touch a session, who may compute, and the settings it is served with."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "dashboard"
FILES = sorted(FOLDER.rglob("*.py"))
FLYING = ("simulator.simulation", "simulator.study.replicate", "simulator.proving", "simulator.fidelity")
WORKERS = ("jobs.py", "recording.py")


def imported(tree: ast.Module) -> set[str]:
    """Return the modules that a file imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def words(path: Path) -> set[str]:
    """Return the attributes and names that a file speaks of."""
    tree = ast.parse(path.read_text())
    spoken = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return spoken | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_only_one_file_touches_the_state_of_a_session():
    assert [path.name for path in FILES if "session_state" in words(path)] == ["session.py"]


def test_only_workers_fly():
    found = {path.name: imported(ast.parse(path.read_text())) & set(FLYING) for path in FILES}
    assert {name for name, modules in found.items() if modules} <= set(WORKERS)


def test_no_worker_imports_a_screen():
    for name in ("jobs.py", "recording.py", "crew.py"):
        assert not {m for m in imported(ast.parse((FOLDER / name).read_text())) if m.startswith("streamlit")}


def test_no_module_hides_another():
    top = {path.stem for path in FOLDER.glob("*.py")}
    assert not top & (
        set(sys.stdlib_module_names) | {"cases", "simulator", "dashboard", "streamlit", "numpy", "pandas"}
    )


@pytest.fixture(scope="module")
def settings():
    return tomllib.loads((FOLDER / ".streamlit" / "config.toml").read_text())


def test_the_settings_at_the_top_are_the_same(settings):
    assert tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text()) == settings


def test_settings_are_safe(settings):
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["maxUploadSize"] <= 1
    assert settings["server"]["enableStaticServing"] is False
    assert "*" not in settings["server"]["allowedHosts"]
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert "enableXsrfProtection" not in settings["server"] and "enableCORS" not in settings["server"]
