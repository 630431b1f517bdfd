"""Starts the dashboard: Streamlit as a child, with what belongs to it, until somebody says stop."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import cases
from cases._faults import FAILED, FINE
from cases._output import say
from simulator.errors import BadInput, Cancelled, shown, unknown

__all__ = ["HOST", "PORT", "Stage", "is_free", "is_local", "play", "read_stage"]

HOST, PORT = "127.0.0.1", 8501
_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*(:[0-9]{1,5})?")
_GRACE = 10.0  # [s] to come to an end after a Ctrl-C


@dataclass(frozen=True)
class Stage:
    """What is to be started, and where."""

    app: Path
    case: str
    host: str
    port: int
    behind: str = ""
    """the name of the reverse proxy before it; empty = there is none"""

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def command(self) -> list[str]:
        """Return the words that start it; how it looks is in the configuration beside the app."""
        options = {"server.address": self.host, "server.port": str(self.port), "server.headless": "true"}
        if self.behind:
            name = self.behind.partition(":")[0]
            options |= {"server.allowedHosts": name, "server.corsAllowedOrigins": f"https://{self.behind}"}
        elif not is_local(self.host):
            options["server.allowedHosts"] = "*"  # under which names others reach it, nobody knows here
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return [sys.executable, "-m", "streamlit", "run", str(self.app), *words]


def read_stage(case: str | None, port: str, host: str, behind: str | None = None) -> Stage:
    """Read what to start; BadInput when something is missing, unknown or taken."""
    if case is not None and case not in cases.names():
        raise unknown("case", case, cases.names())
    stage = Stage(_app(), case or "", _host(host), _port(port), _name(behind))
    if not is_free(stage.host, stage.port):
        raise BadInput(f"port {stage.port} of {stage.host} is taken; choose another with --port {stage.port + 1}")
    return stage


def _app() -> Path:
    """Return the script of the dashboard, without running any of it."""
    package = importlib.util.find_spec("dashboard")
    app = Path(package.origin or "").with_name("app.py") if package else Path("app.py")
    if importlib.util.find_spec("streamlit") is None or not app.is_file():
        raise BadInput('the dashboard is not installed: pip install "ml-windtunnel[dashboard]"')
    return app


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536):
        raise BadInput(f"port {shown(text)} is not a whole number from 1 to 65535")
    return int(text)


def _host(text: str) -> str:
    if text == "localhost":
        return HOST
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise BadInput(f"host {shown(text)} is no address of this machine; write one such as {HOST}") from None


def _name(behind: str | None) -> str:
    if behind is not None and not _NAME.fullmatch(behind):
        raise BadInput(f"--behind {shown(behind)} is no name of a host; write one such as windtunnel.example.org")
    return behind or ""


def is_local(host: str) -> bool:
    """Tell whether only this machine reaches the address *host*."""
    return ipaddress.ip_address(host).is_loopback


def is_free(host: str, port: int) -> bool:
    """Tell whether nobody listens there yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def play(stage: Stage) -> int:
    """Run the dashboard until it ends, and return the exit code; a Ctrl-C ends it, and is passed on as Cancelled."""
    if not is_local(stage.host):
        say(
            f"anybody who reaches {stage.address} can play, without a password; for more than a "
            "trusted network, put a reverse proxy with authentication in front"
        )
    shared = "0" if is_local(stage.host) and not stage.behind else "1"  # then nobody is shown the flights of others
    environment = {"WINDTUNNEL_SHARED": shared, **os.environ, "WINDTUNNEL_CASE": stage.case}
    before = signal.signal(signal.SIGTERM, _stop)
    child = subprocess.Popen(stage.command(), env=environment)
    try:
        code = child.wait()
    except (KeyboardInterrupt, Cancelled):
        _end(child)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
    if code:
        say(f"the dashboard has ended with exit code {code}")
    return FAILED if code else FINE


def _stop(number: int, frame: FrameType | None) -> None:
    raise Cancelled


def _end(child: subprocess.Popen[bytes]) -> None:
    """Pass the wish to stop on; a terminal may have told the child already, which does no harm."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
