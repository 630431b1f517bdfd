"""Compiled code is kept where this user may write, and found again by the next process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.serving.kernel import compiled

ROOT = Path(__file__).parents[3]
PROGRAM = """
import time
import numpy as np
from simulator.serving.kernel import compiled
from simulator.serving.plane import Plane, Traffic
from simulator.serving.topology import Law, Pool, Topology
from simulator.streams import Streams
plane = Plane(Topology((Pool(name="m", service=Law.constant(1.0)),)), Traffic(np.zeros(2)), Streams(0))
plane.advance(10.0)
stats = compiled.compiled().run.stats if plane._entries.is_compiled else None
print(sum(stats.cache_misses.values()) if stats else 0)
"""


def test_the_next_process_finds_the_compiled_loop():
    found = [
        subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert found[1].strip() == "0", "nothing is compiled the second time"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours(tmp_path):
    tmp_path.chmod(0o500)
    assert not compiled._can_keep(tmp_path / "kernel")


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "kernel").write_text("")
    assert not compiled._can_keep(tmp_path / "kernel" / "deeper")
    assert compiled._can_keep(tmp_path / "other")


def test_where_nothing_can_be_kept_nothing_is_cached(monkeypatch):
    monkeypatch.setattr(compiled, "_folder", lambda: None)
    assert not compiled.is_cached()
