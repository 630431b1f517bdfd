"""How tests of policies are flown, as far as whoever starts them has a say."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SETTINGS", "Settings"]


@dataclass
class Settings:
    """What holds for all tests of a session."""

    jobs: int = 1
    """processes at a time; -1 = one for each core"""


SETTINGS = Settings()
"""of this process; the pytest plugin sets them from its options"""
