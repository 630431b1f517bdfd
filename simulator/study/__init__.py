"""Many runs as easy as one: replications, comparisons, searches and gates, on one machine or on a cluster."""

from simulator.study.arms import Arms, Flown, Reader, portable
from simulator.study.axes import Axis
from simulator.study.campaign import Campaign
from simulator.study.designs import Designs, drawn, grid, levels
from simulator.study.frames import frame, read_parquet, write_parquet
from simulator.study.frontiers import frontier
from simulator.study.gates import Guardrail, Verdict, gate, guardrails, ordered
from simulator.study.hunting import Terms, Tried
from simulator.study.intervals import Interval, holm, resampled
from simulator.study.looks import Rule, detectable, power
from simulator.study.searching import Found, optimise
from simulator.study.sensitivity import Effect, Index, Sensitivity, sensitivity
from simulator.study.settling import Settled, Settling, settle
from simulator.study.shelf import Row, Shelf
from simulator.study.steady import Steady
from simulator.study.studies import (
    Comparison,
    Study,
    compare,
    compare_all,
    replicate,
    replicate_all,
    studies_of,
)
from simulator.study.sweeps import Sweep, sweep
from simulator.study.versions import versions
from simulator.study.workers import HERE, Workers, mapped, stopped

__all__ = [
    "HERE", "Arms", "Axis", "Campaign", "Comparison", "Designs", "Effect", "Flown", "Found", "Guardrail", "Index",
    "Interval", "Reader", "Row", "Rule", "Sensitivity", "Settled", "Settling", "Shelf", "Steady", "Study", "Sweep",
    "Terms", "Tried", "Verdict", "Workers", "compare", "compare_all", "detectable", "drawn", "frame", "frontier",
    "gate", "grid", "guardrails", "holm", "levels", "mapped", "optimise", "ordered", "portable", "power",
    "read_parquet", "replicate", "replicate_all", "resampled", "sensitivity", "settle", "stopped", "studies_of",
    "sweep", "versions", "write_parquet",
]  # fmt: skip
