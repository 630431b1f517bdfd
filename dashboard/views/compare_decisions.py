"""What was decided differently: the dials of the first designs, then what was done in flight, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from dashboard import words
from dashboard.dials import text_of
from dashboard.plain import plain
from dashboard.views.compare_arms import Arm
from simulator.case import Case
from simulator.design import Dial
from simulator.plan import Act, Change, Plan

__all__ = ["Done", "differing", "done", "first_designs", "in_flight", "plan_of", "setting", "told"]

_MOST_MOMENTS = 40


@dataclass(frozen=True)
class Done:
    """Something that was decided in flight."""

    at: float
    """[s]"""
    told: str
    why: str
    step: Change | Act


def plan_of(case: Case, arm: Arm) -> Plan:
    """Return the plan of *arm* as it was flown."""
    return Plan.from_data(dict(arm.books.plan), case.design, case.menu(), case.horizon, case.tick)


def setting(value: Any) -> str:
    """Write the value of a dial."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def done(case: Case, plan: Plan) -> list[Done]:
    """Return what was decided in flight, in the order of time."""
    found = [Done(change.at, _turned(case, change), change.why, change) for change in plan.changes]
    found += [Done(act.at, _did(case, act), act.why, act) for act in plan.acts]
    return sorted(found, key=lambda one: one.at)


def _turned(case: Case, change: Change) -> str:
    return ", ".join(f"{case.design.dial(name).label} → {setting(value)}" for name, value in change.dials.items())


def _did(case: Case, act: Act) -> str:
    offer = case.acts[act.name]
    labels = {dial.name: dial.label.lower() for dial in offer.arguments}
    given = ", ".join(f"{labels.get(name, name)} {setting(value)}" for name, value in act.arguments.items())
    return f"{offer.label} ({given})" if given else offer.label


# --- the first design ------------------------------------------------------------------------------------------


def differing(case: Case, plans: Sequence[Plan]) -> list[Dial]:
    """Return the dials that do not stand alike in the first designs of *plans*."""
    return [dial for dial in case.design.dials() if len({getattr(plan.design, dial.name) for plan in plans}) > 1]


def first_designs(case: Case, arms: Sequence[Arm]) -> None:
    """Draw the dials that differ at take-off; those that stand alike are not shown."""
    plans = {arm.label: plan_of(case, arm) for arm in arms}
    dials = differing(case, list(plans.values()))
    if not dials:
        st.text("All took off with the same first design.")
        return
    heads = "".join(f'<th scope="col">{escape(label)}</th>' for label in plans)
    rows = "".join(_row(dial, plans) for dial in dials)
    st.html(
        '<table class="steps"><caption>Dials that differ in the first designs</caption>'
        f'<thead><tr><th scope="col">First design</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )
    alike = len(case.design.dials()) - len(dials)
    st.caption(f"{alike} more dial{'s stand' if alike != 1 else ' stands'} alike in all of them." if alike else "")


def _row(dial: Dial, plans: dict[str, Plan]) -> str:
    cells = "".join(
        f'<td data-label="{escape(label)}">{escape(setting(getattr(plan.design, dial.name)))}</td>'
        for label, plan in plans.items()
    )
    return f'<tr><th scope="row">{escape(text_of(dial))}</th>{cells}</tr>'


# --- in flight -------------------------------------------------------------------------------------------------


def in_flight(case: Case, you: Arm, others: Sequence[Arm]) -> None:
    """Draw what *you* and one of *others* turned and did, side by side in the order of time."""
    other = _opposite(others)
    if other is None:
        return
    sides = tuple(done(case, plan_of(case, arm)) for arm in (you, other))
    if not any(sides):
        st.text("Neither turned or did anything in flight.")
        return
    for column, arm, steps in zip(st.columns(2, gap="medium"), (you, other), sides, strict=True):
        with column:
            st.markdown(f"**{plain(arm.label)}**: {len(steps) or 'nothing'} in flight")
    moments = sorted({one.at for steps in sides for one in steps})
    for at in moments[:_MOST_MOMENTS]:
        _moment(case, at, {you.label: sides[0], other.label: sides[1]})
    if len(moments) > _MOST_MOMENTS:
        st.caption(f"and {len(moments) - _MOST_MOMENTS} more moments; the exported plans hold them all")


def _opposite(others: Sequence[Arm]) -> Arm | None:
    if len(others) < 2:
        return others[0] if others else None
    names = {arm.name: arm for arm in others}
    chosen = st.segmented_control(
        "Beside you", list(names), default=others[0].name, required=True, key="compare/beside",
        format_func=lambda name: names[name].label if name in names else str(name),
    )  # fmt: skip
    return names.get(str(chosen), others[0])


def _moment(case: Case, at: float, sides: Mapping[str, Sequence[Done]]) -> None:
    """Draw what each side did at one moment; who it was is said, since on a phone one stands below the other."""
    for column, (label, steps) in zip(st.columns(2, gap="medium"), sides.items(), strict=True):
        with column:
            for one in steps:
                if one.at == at:
                    st.text(f"{label}, {told(case, one)}")


def told(case: Case, one: Done) -> str:
    """Write a decision with its reason; it is for `st.text`, so that both are text, whatever stands in them."""
    reason = f"\n“{one.why}”" if one.why else ""
    return f"{words.when(one.at, case.tick)} · {one.told}{reason}"
