"""Starts the dashboard as a person would, on a free port of this machine, and ends it - politely or not."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Server", "children", "health", "memory"]

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0  # s


@dataclass
class Server:
    """A dashboard that keeps its flights in *home*; use it with `with`."""

    home: Path
    app: Path = ROOT / "dashboard" / "app.py"
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    seen: set[int] = field(default_factory=set)
    """all processes that belonged to it"""

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    @property
    def log(self) -> Path:
        """Where it writes what it has to say."""
        return self.home / "server.log"

    @property
    def pid(self) -> int:
        """The number of the server's own process."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it, at the port that it had before if it had one, and wait until it answers."""
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "streamlit", "run", str(self.app), "--server.port", str(self.port),
                   "--server.headless", "true"]  # fmt: skip
        environ = {**os.environ, "WINDTUNNEL_HOME": str(self.home)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self._await()

    def _await(self) -> None:
        assert self.process is not None
        limit = time.monotonic() + _PATIENCE
        while health(self.port) is None:
            assert self.process.poll() is None, f"the server did not start: {self.log.read_text()[-2000:]}"
            assert time.monotonic() < limit, "the server does not answer"
            time.sleep(0.05)

    def family(self) -> list[int]:
        """List the processes that it has started and that live."""
        found = children(self.pid)
        self.seen.update(found)
        return found

    def orphans(self) -> list[int]:
        """List those of its processes that still live though it is gone."""
        return [pid for pid in self.seen if _lives(pid)]

    def kill(self) -> None:
        """Kill it and all that belong to it, without a word."""
        if self.process is None:
            return
        self.family()
        for pid in [self.pid, *self.seen]:
            _end(pid)
        self.process.wait(timeout=10)

    def kill_alone(self) -> None:
        """Kill the server, and leave its workers to themselves."""
        self.family()
        _end(self.pid)
        assert self.process is not None
        self.process.wait(timeout=10)

    def kill_workers(self, *, all_of_them: bool = False) -> list[int]:
        """Kill the processes that compute, and leave the server; *all_of_them*: also those that only begin others."""
        helpers = [] if all_of_them else _direct(self.pid)
        killed = [pid for pid in self.family() if pid not in helpers]
        for pid in killed:
            _end(pid)
        return killed


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        return _fields(pid)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _fields(pid: int) -> list[str]:
    """Return what the kernel tells of a process from its state on; its name may hold blanks, and is left out."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def children(pid: int) -> list[int]:
    """List the processes that stem from *pid*, theirs too."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents.setdefault(int(_fields(int(entry.name))[1]), []).append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return _below(pid, parents)


def _direct(pid: int) -> list[int]:
    grandchildren = {below for child in children(pid) for below in children(child)}
    return [child for child in children(pid) if child not in grandchildren]


def _below(pid: int, parents: dict[int, list[int]]) -> list[int]:
    own = parents.get(pid, [])
    return own + [grandchild for child in own for grandchild in _below(child, parents)]


def memory(pid: int) -> float:
    """Return the memory that a process holds [MB]; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    kb = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")), "0")
    return int(kb) / 1024


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def health(port: int, timeout: float = 5.0) -> float | None:
    """Return how long the server takes to say that it is well [s]; None when it does not."""
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        line.request("GET", "/_stcore/health")
        return time.monotonic() - began if line.getresponse().status == 200 else None
    except OSError:
        return None
    finally:
        line.close()
