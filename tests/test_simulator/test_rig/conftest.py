"""Rigs for the tests, written as people write them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

MM1 = """
requests = 20000
warmup = 0.1
seeds = "0-3"
[traffic]
rate = 0.8
[[stage]]
name = "model"
service = { law = "exponential", mean = 1.0 }
"""


@pytest.fixture
def read(tmp_path):
    """A reader of rigs whose own files lie in an empty folder: `read(text)`."""
    from simulator.rig.spec import read_rig

    return lambda text, folder=tmp_path: read_rig(tomllib.loads(text), Path(folder))


@pytest.fixture
def pool(read):
    """A maker of rigs with one pool: `pool("servers = 2", traffic="rate = 1.5")`."""

    def made(stage="", traffic="rate = 0.8", service='law = "exponential", mean = 1.0', top="", rest=""):
        head = top or 'requests = 20000\nwarmup = 0.1\nseeds = "0-3"'
        return read(
            f'{head}\n[traffic]\n{traffic}\n{rest}\n[[stage]]\nname = "model"\nservice = {{{service}}}\n{stage}'
        )

    return made
