"""Prints what a gate found: the verdict, the reason, and how to see it again."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from cases._gate import Order, again, one_flight
from cases._verdicts import found, guarded
from cases._words import clean
from simulator.study import Verdict

__all__ = ["show_gate"]


def show_gate(console: Console, order: Order, verdict: Verdict) -> None:
    """Print the outcome, what it rests on, and two commands."""
    asked = order.asked
    head = Text("PASSED", style="bold green") if verdict.passed else Text("FAILED", style="bold red")
    console.print(head.append(f"  {_outcome(verdict)}", style="not bold"))
    for line in (found(verdict, order.case, asked.policy, asked.beats), *_guardrails(order, verdict)):
        console.print(Text(clean(line)))
    for name, command in (("again", again(asked)), ("one flight", one_flight(order, verdict))):
        console.print(Text(f"{name + ':':<12}", style="dim").append(clean(command)), soft_wrap=True)


def _outcome(verdict: Verdict) -> str:
    kept = all(one.kept for one in verdict.guardrails)
    return verdict.verdict.replace("_", " ") + ("" if kept else ", and not within the guardrails")


def _guardrails(order: Order, verdict: Verdict) -> list[str]:
    return [guarded(one, order.case) for one in verdict.guardrails]
