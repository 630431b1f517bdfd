"""The contract that any case must keep, as named checks: ours are tested by it, a third party's can be too."""

from simulator.check.contract import Finding, check_case, checks

__all__ = ["Finding", "check_case", "checks"]
