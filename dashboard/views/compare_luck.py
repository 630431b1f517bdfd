"""Was it luck? Your plan and a reference answer flown under sibling seeds, and the difference with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import charts, session, words
from dashboard.crew import Errand
from dashboard.flights import tower
from dashboard.jobs import Order
from dashboard.plain import plain
from dashboard.views.colours import palette
from dashboard.views.compare_arms import BARE, Arm
from dashboard.views.landed import by_name, title_of
from simulator.case import Case
from simulator.study import Interval, Study, compare
from simulator.targets import Kpi

__all__ = ["SIBLINGS", "Rows", "luck", "orders_of", "paired", "said", "siblings"]

SIBLINGS = 8
Rows = Sequence[Mapping[str, float]]
"""KPIs of each flight"""
_AT_ONCE = 1.0  # s; what was flown before comes by then
_POLL = 0.4  # s
_NARROW = 480  # px


def siblings(seed: int) -> list[int]:
    """Return the seeds that follow *seed*: worlds of the same kind, none of which has been seen."""
    return [(seed + n) % 2**63 for n in range(1, SIBLINGS + 1)]


def orders_of(yours: Order, other: Order) -> list[Order]:
    """Return what has to be flown, seed by seed, so that the two share each world while it is at hand."""
    return [order.on(seed) for seed in siblings(yours.seed) for order in (yours, other)]


def paired(case: Case, seed: int, rows: Rows, kpi: str) -> tuple[Interval, Interval]:
    """Return the mean of yours minus the other's, paired by seed, and of the other's minus yours.

    *rows* are as `orders_of` has them.
    """
    seeds = tuple(siblings(seed))
    yours = Study(case.name, "you", seeds, tuple(rows[0::2]), ())
    other = Study(case.name, "the other", seeds, tuple(rows[1::2]), ())
    return compare(other, yours, kpi), compare(yours, other, kpi)


def luck(case: Case, you: Arm, others: Sequence[Arm]) -> None:
    """Draw the question, the way to its answer, and the answers that have come."""
    st.caption(
        f"One world is one roll of the dice. Here both are flown under {SIBLINGS} sibling seeds that nobody has seen; "
        "a reference answer that steers in flight steers there too, yours is flown as it was decided. In each world "
        "both meet the same luck."
    )
    rows = _all(you, others)
    if rows:
        _answered(case, you, rows)


def _all(you: Arm, others: Sequence[Arm]) -> dict[str, Rows]:
    """Return the answers that are there, label -> rows; one study runs at a time, the others wait for it."""
    found: dict[str, Rows] = {}
    busy = False
    for other in others:
        rows, runs = _answer(you, other, busy)
        busy = busy or runs
        if rows is not None:
            found[other.label] = rows
    return found


def _answer(you: Arm, other: Arm, busy: bool) -> tuple[Rows | None, bool]:
    """Return the figures of both once they are there, and whether they are being flown; nothing is flown unasked."""
    key, orders = f"luck/{you.name}/{other.name}", orders_of(you.order, other.order)
    kept = tower().answered(orders)
    if kept is not None or not _wanted(key, other):
        return kept, False
    if busy:
        st.caption(plain(f"{other.label} comes after that."))
        return None, False
    asked = tower().answers(f"{session.name()}/luck", orders)
    if asked.errand is None:
        return asked.result, False
    if asked.errand.wait(_AT_ONCE) == "done":
        return tower().answers(f"{session.name()}/luck", orders).result, False
    session.keep(key, asked.errand)
    st.fragment(_under_way, run_every=_POLL, key=f"wait/{key}")(asked.errand, other.label, key)
    return None, True


def _wanted(key: str, other: Arm) -> bool:
    """Tell whether the answer was asked for; if not, or no more, offer to ask."""
    asked: Errand | str | None = session.kept(key)
    if isinstance(asked, Errand) and asked.state in ("cancelled", "failed"):
        _ended(asked)
        session.keep(key, None)
        asked = None
    if asked is None:
        text = f"Fly you and {by_name(other.label)} under {SIBLINGS} sibling seeds"
        st.button(text, icon=":material/casino:", key=f"ask/{key}", on_click=session.keep, args=(key, "asked"))
    return asked is not None


def _ended(errand: Errand) -> None:
    if errand.state == "failed":
        st.error(plain(errand.trouble), icon=":material/warning:")
    else:
        st.info("Cancelled; nothing was lost.", icon=":material/block:")
    tower().forget(errand)


def _under_way(errand: Errand, label: str, key: str) -> None:
    """Show how far the study is; when it is over, however it ended, draw the page again."""
    if errand.state not in ("waiting", "running"):
        st.rerun()
    ahead = f" · {errand.ahead} ahead of it in the queue" if errand.state == "waiting" and errand.ahead else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        text = f"Flying you and {by_name(label)} under {SIBLINGS} sibling seeds{ahead}"
        st.progress(min(max(errand.share, 0.0), 1.0), text=plain(text))
        if st.button("Cancel", key=f"cancel/{key}"):
            errand.cancel()
            st.rerun()


# --- the answer ------------------------------------------------------------------------------------------------


def _answered(case: Case, you: Arm, rows: Mapping[str, Rows]) -> None:
    name = str(st.selectbox("Figure", list(case.kpis), format_func=title_of, key="compare/luck/kpi", width=_NARROW))
    gaps = {label: paired(case, you.order.seed, found, name) for label, found in rows.items()}
    for label, pair in gaps.items():
        st.markdown(plain(said(case.kpis[name], name, label, pair)))
    known = {label: pair for label, pair in gaps.items() if math.isfinite(pair[0].mean)}
    if known:
        _picture(case.kpis[name], known)


def said(kpi: Kpi, name: str, label: str, pair: tuple[Interval, Interval]) -> str:
    """Say a difference in plain words: `Profit: ahead of Strong in 7 of 8 worlds, by $4.1k ± $1.2k on average`."""
    gap = max(pair, key=lambda one: one.mean)
    if not math.isfinite(gap.mean):
        return f"{title_of(name)}: there is no such figure in some of the worlds."
    if gap.mean == 0 and gap.se == 0:
        return f"{title_of(name)}: no different from {label} in any of {gap.n} worlds."
    half = words.quantity((gap.high - gap.low) / 2, kpi.unit)
    size = f"{words.quantity(gap.mean, kpi.unit)} ± {half} on average (95 %)"
    sure = "" if gap.low > 0 else " The interval holds no difference at all: this may be luck."
    worlds = f"{round(gap.share_positive * gap.n)} of {gap.n} worlds"
    return f"{title_of(name)}: {_where(kpi, gap is pair[0])} {label} in {worlds}, by {size}.{sure}"


def _where(kpi: Kpi, more: bool) -> str:
    if kpi.better == "-":
        return "above" if more else "below"
    return "ahead of" if more == (kpi.better == "more") else "behind"


def _picture(kpi: Kpi, gaps: Mapping[str, tuple[Interval, Interval]]) -> None:
    shown = {label: pair[kpi.better == "less"] for label, pair in gaps.items()}
    figure = charts.forest("Your advantage, on average", kpi.unit, shown, palette=palette())
    st.plotly_chart(figure, key="compare/forest", config=BARE, alt=charts.caption(figure))
    st.caption("Right of the line you are ahead. The bar holds the true average in 95 of 100 cases.")
