"""The worlds that were drawn last: designs flown under one seed share a tape, and do not wait for it twice."""

from __future__ import annotations

import dataclasses
import gc
import threading
from collections import OrderedDict
from collections.abc import Hashable

from simulator.case import Case
from simulator.conditions import read_condition
from simulator.incidents import Incident
from simulator.world.tape import Tape

__all__ = ["keep_worlds", "tape_of"]

_kept: OrderedDict[Hashable, Tape] = OrderedDict()
_lock = threading.Lock()
_most = 1
_LATENT = read_condition("never")


def keep_worlds(most: int) -> None:
    """Keep the last *most* worlds from now on, at least one; a large one takes some 100 MB."""
    global _most  # noqa: PLW0603  how much memory there is belongs to the process
    _most = max(1, most)


def tape_of(case: Case, seed: int) -> Tape:
    """Return the world of *case* under *seed*; the last one is kept, so that designs share it."""
    setting, incidents = case.world_setting(), tuple(map(_blind, case.incidents(seed)))
    key = (case.world, seed, case.horizon, setting, incidents)
    with _lock:
        if key not in _kept:
            _make_room()
            _kept[key] = case.world(seed, case.horizon, setting, incidents)
        _kept.move_to_end(key)
        return _kept[key]


def _blind(incident: Incident) -> Incident:
    """Return *incident* without what its condition says: a world knows only that it is latent, and is shared by all."""
    return dataclasses.replace(incident, when=_LATENT) if incident.when else incident


def _make_room() -> None:
    """Let the oldest worlds go before another is drawn, which would need its memory beside theirs."""
    while len(_kept) >= _most:
        _kept.popitem(last=False)
    # The parts of a run hold each other; a world is too large to wait until Python notices by itself.
    gc.collect()
