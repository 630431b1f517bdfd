"""The contracts that cases and policies must keep, as named checks: ours are tested by them, others' can be too."""

from simulator.check.contract import Finding, check_case, checks
from simulator.check.policy import check_policy, policy_checks

__all__ = ["Finding", "check_case", "check_policy", "checks", "policy_checks"]
