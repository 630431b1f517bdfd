"""Follow-up questions with anchored answers, asked of the run that has just been flown."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Probe"]


@dataclass(frozen=True)
class Probe:
    """A question an interviewer asks afterwards, and what answers of four levels sound like."""

    question: str
    evidence: str
    """KPI or gauge of the run that the answer should lean on"""
    weak: str
    mid: str
    strong: str
    expert: str
    follow_up: str = ""
