"""Many runs as easy as one: replications, comparisons, searches and gates, on one machine or on a cluster."""

from simulator.study.arms import Arms, Flown, Reader, portable
from simulator.study.campaign import Campaign, versions
from simulator.study.intervals import Interval, holm, resampled
from simulator.study.shelf import Row, Shelf
from simulator.study.studies import (
    Comparison,
    Study,
    compare,
    compare_all,
    replicate,
    replicate_all,
    studies_of,
)
from simulator.study.workers import HERE, Workers, mapped, stopped

__all__ = [
    "HERE", "Arms", "Campaign", "Comparison", "Flown", "Interval", "Reader", "Row", "Shelf", "Study", "Workers",
    "compare", "compare_all", "holm", "mapped", "portable", "replicate", "replicate_all", "resampled", "stopped",
    "studies_of", "versions",
]  # fmt: skip
