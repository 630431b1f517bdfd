"""Evidence for probes: numbers and a chart from one run, and questions whose answer the run knows."""

from simulator.exhibits.building import accounts, charted, compared, figures, readings, spread
from simulator.exhibits.checks import Claim, false_one, number, which

__all__ = [
    "Claim", "accounts", "charted", "compared", "false_one", "figures", "number", "readings", "spread", "which",
]  # fmt: skip
