"""The same identity gives the same digest: in other processes, places and languages, and as it was written down.

The golden digests in `golden.json` change only with a line tagged [RESULTS] in the CHANGELOG and a new revision of
the case; `python tests/test_cases/test_digests.py` prints what they would be.
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


def written() -> dict[str, tuple[Case, float]]:
    """Return the cases whose digests are written down, and how far they are flown [s]."""
    return {
        "fraud_threshold": (cases.load("fraud_threshold").but(level=3, world={"payments": 600}), day(45)),
        "burst_storm": (cases.load("burst_storm").but(level=3), 900.0),
        "latency_budget": (cases.load("latency_budget").but(level=3), 900.0),
        "drift_retraining": (cases.load("drift_retraining").but(level=3, world={"leads": 500}), day(120)),
        "feed_ranking": (cases.load("feed_ranking").but(level=3, world={"pages": 600}), day(45)),
    }


def digests(name: str) -> dict[str, str]:
    """Return the digest of each answer to a case under seed 0."""
    case, until = written()[name]
    return {par: fly(case, par, 0, until=until).digest() for par in PARS}


def pinned() -> bool:
    """Tell whether the libraries that results depend on are those of the constraints file."""
    pins = ROOT / "constraints" / f"py3{sys.version_info.minor}.txt"
    if not pins.is_file():
        return False
    wanted = dict(line.split("==") for line in pins.read_text().splitlines() if "==" in line)
    names = ("numpy", "scipy", "scikit-learn", "river")
    return all(importlib.metadata.version(name) == wanted[name] for name in names)


@pytest.mark.skipif(not pinned(), reason="byte identity is promised for the versions of the constraints files")
@pytest.mark.parametrize("name", sorted(written()))
def test_golden_digests(name: str) -> None:
    golden = json.loads(GOLDEN.read_text())[name]
    assert golden["revision"] == written()[name][0].revision
    assert digests(name) == golden["digests"]


def test_all_cases_are_written_down() -> None:
    assert set(written()) == set(json.loads(GOLDEN.read_text())) == set(cases.names())


PLACES = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "random hash seed, far away": {"PYTHONHASHSEED": "random", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    "hash seed 1, without a compiler": {"PYTHONHASHSEED": "1", "NUMBA_DISABLE_JIT": "1"},
}
PROGRAM = """
import cases
from simulator.simulation import fly
case = cases.load("fraud_threshold").but(world={"payments": 300})
for par in ("strong", "expert"):
    print(fly(case, par, 0, until=8 * 86400.0).digest())
print(fly(cases.load("drift_retraining").but(world={"leads": 300}), "expert", 0, until=30 * 86400.0).digest())
print(fly(cases.load("feed_ranking").but(world={"pages": 300}), "expert", 0, until=8 * 86400.0).digest())
for name in ("burst_storm", "latency_budget"):
    print(fly(cases.load(name).but(world={"rate": 40.0}), "expert", 0, until=200.0).digest())
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
    document = {name: {"revision": case.revision, "digests": digests(name)} for name, (case, _) in written().items()}
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    write()
