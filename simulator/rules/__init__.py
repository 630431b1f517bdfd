"""Behaviours in a few words: what was decided, when, after what, having looked where, and what models made of it."""

from simulator.rules.decided import (
    Rule,
    Test,
    ended_with,
    gave_reasons,
    held,
    left_alone,
    looked_first,
    reacted,
    stood,
    under,
)
from simulator.rules.heard import relearned, where
from simulator.rules.versions import learned_anew, not_trained_for, stayed_with

__all__ = [
    "Rule", "Test", "ended_with", "gave_reasons", "held", "learned_anew", "left_alone", "looked_first",
    "not_trained_for", "reacted", "relearned", "stayed_with", "stood", "under",
    "where",
]  # fmt: skip
