"""The same identity gives the same digest: in other processes, places and languages, and as it was written down.

The golden digests in `golden.json` change only with a line tagged [RESULTS] in the CHANGELOG and a new revision of
the case; `python tests/test_cases/test_fraud_digests.py` prints what they would be.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cases
from simulator.case import Case
from simulator.simulation import fly
from simulator.units import day

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
GOLDEN = HERE / "golden.json"
PARS = ("weak", "mid", "strong", "expert")


def written_case() -> Case:
    return cases.load("fraud_threshold").but(level=3, world={"payments": 600})


def digests() -> dict[str, str]:
    """Return the digest of each answer over 45 days of a small world under seed 0."""
    case = written_case()
    return {par: fly(case, par, 0, until=day(45)).digest() for par in PARS}


def pinned() -> bool:
    """Tell whether the libraries that results depend on are those of the constraints file."""
    pins = ROOT / "constraints" / f"py3{sys.version_info.minor}.txt"
    if not pins.is_file():
        return False
    wanted = dict(line.split("==") for line in pins.read_text().splitlines() if "==" in line)
    names = ("numpy", "scipy", "scikit-learn", "river")
    return all(importlib.metadata.version(name) == wanted[name] for name in names)


@pytest.mark.skipif(not pinned(), reason="byte identity is promised for the versions of the constraints files")
def test_golden_digests() -> None:
    golden = json.loads(GOLDEN.read_text())
    assert golden["revision"] == written_case().revision
    assert digests() == golden["digests"]


PLACES = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "random hash seed, far away": {"PYTHONHASHSEED": "random", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    "without a compiler": {"NUMBA_DISABLE_JIT": "1"},
}
PROGRAM = """
import cases
from simulator.simulation import fly
case = cases.load("fraud_threshold").but(world={"payments": 300})
for par in ("strong", "expert"):
    print(fly(case, par, 0, until=12 * 86400.0).digest())
"""


def test_the_same_digest_in_any_process(tmp_path: Path) -> None:
    found = {name: _elsewhere(settings, tmp_path) for name, settings in PLACES.items()}
    assert len(set(found.values())) == 1, found


def _elsewhere(settings: dict[str, str], folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def write() -> None:
    """Print the golden file as it would be now."""
    document = {"revision": written_case().revision, "digests": digests()}
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    write()
