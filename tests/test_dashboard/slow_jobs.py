"""Jobs for the tests of the crew: quick ones, slow ones, and some that end badly."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from simulator.errors import BadInput


def begin():
    """Nothing need be loaded."""


def double(told, x):
    told(0.5)
    return 2 * x


def sleep(told, seconds, note=""):
    told(0.25)
    if note:
        Path(note).write_text(str(os.getpid()))
    time.sleep(seconds)
    return seconds


def refuse(told):
    raise BadInput("this cannot be flown")


def break_down(told):
    raise RuntimeError("secret detail")


def die(told, note):
    """Die the first time; do it the second."""
    if not Path(note).exists():
        Path(note).write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return "done after all"


def always_die(told):
    os.kill(os.getpid(), signal.SIGKILL)
