"""Takes over what others did before take-off, when everything had the same end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.system import Ended, System
from simulator.world.labels import Landed

__all__ = ["take_over"]


def take_over(system: System, result: int, owe: Callable[[Ended], object], learn: Callable[[Landed], object]) -> None:
    """End all of the history in *result* as it was asked: its labels are promised, and those due by now learned."""
    past = slice(0, system.tape.start)
    system.outcomes.result[past], system.outcomes.done_at[past] = result, system.tape.requests.at[past]
    owe(Ended(np.arange(system.tape.start), system.tape.requests.at[past], system.outcomes.result[past]))
    learn(system.labels.due(0.0))
