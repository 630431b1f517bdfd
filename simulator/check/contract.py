"""The contract that any case must keep, as named checks: ours are tested by it, a third party's can be too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from simulator.books.ledger import CLOSE
from simulator.case import Case
from simulator.check.boards import board
from simulator.check.judging import probes, rubric
from simulator.check.short import end, must, short
from simulator.design import Design, Dial, Value
from simulator.errors import BadInput, BrokenInvariant, unknown
from simulator.plan import Plan
from simulator.simulation import fly, simulate, tape_of

__all__ = ["Finding", "check_case", "checks", "tried"]

_Held = TypeVar("_Held")


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    check: str
    ok: bool
    detail: str


def check_case(case: Case, only: Iterable[str] = ()) -> list[Finding]:
    """Hold *case* against the contract, or against some of its checks *only*.

    The flights are short, so it says nothing of the order of the pars.
    """
    wanted = set(only) or set(_CHECKS)
    for name in wanted - set(_CHECKS):
        raise unknown("check", name, _CHECKS)
    return [tried(name, check, case) for name, check in _CHECKS.items() if name in wanted]


def tried(name: str, check: Callable[[_Held], str], held: _Held) -> Finding:
    """Return what *check* finds of what is *held* against it; whatever it raises is a finding."""
    try:
        return Finding(name, True, check(held))
    except (AssertionError, BadInput, BrokenInvariant) as error:
        return Finding(name, False, str(error).splitlines()[0] if str(error) else type(error).__name__)
    except Exception as error:  # a case or a policy is somebody else's code
        return Finding(name, False, f"{type(error).__name__}: {error}".splitlines()[0])


def _complete(case: Case) -> str:
    texts = {
        "title": case.title,
        "tension": case.tension,
        "brief": case.brief,
        "teacher": case.teacher,
        "sources": case.sources,
    }
    for name, text in texts.items():
        must(bool(text.strip()), f"{name} is empty")
        must(not re.search(r"</?\w+[^>]*>", text), f"{name} holds HTML")
    for name in ("weak", "mid", "strong", "expert"):
        must(name in case.pars, f"par {name} is missing")
    must(bool(case.targets) and any(t.guardrail for t in case.targets), "a guardrail is missing")
    return f"{len(case.design.dials())} dials, {len(case.acts)} acts, {len(case.pars)} pars"


def _said(case: Case) -> str:
    for dial in (*case.design.dials(), *case.setting.dials()):
        must(bool(dial.label), f"dial {dial.name} has no label")
    for target in case.targets:
        must(target.kpi in case.kpis, f"target {target.kpi} is no KPI")
    for incident in case.timeline:
        must(incident.kind in case.kinds, f"incident {incident.name} is of the unknown kind {incident.kind}")
        must(0 <= incident.at < case.horizon, f"incident {incident.name} lies outside the flight")
    return f"{len(case.kpis)} KPIs, {len(case.timeline)} incidents"


def _knobs(case: Case) -> str:
    dials = case.design.dials()
    fixed, live = sum(not d.live for d in dials), sum(d.live for d in dials) + len(case.acts)
    must(fixed <= 8, f"{fixed} dials at take-off are more than 8")
    must(live <= 5, f"{live} live dials and acts are more than 5")
    return f"{fixed} at take-off, {live} in flight"


def _same_twice(case: Case) -> str:
    first, second = short(case, seed=0), short(case, seed=0)
    must(first.digest() == second.digest(), "the same seed gave two digests")
    return first.digest()[:16]


def _other_seed(case: Case) -> str:
    must(short(case, seed=0).unseed != short(case, seed=1).unseed, "seeds 0 and 1 gave the same draws")
    return "seed 0 counts as any other"


def _apart(case: Case) -> str:
    """A run does not notice another one flown in between."""
    first = short(case, seed=0)
    short(case, seed=5)
    must(short(case, seed=0).digest() == first.digest(), "a run in between changed the digest")
    return "runs do not meet"


def _same_world(case: Case) -> str:
    tape_of(case, 0)
    runs = [fly(case, par, 0, until=end(case)) for par in case.pars.values()]
    world = tape_of(case, 0).unseed
    for run in runs:
        must(
            all(run.unseed[name] == drawn for name, drawn in world.items()),
            "a par changed a draw of the world",
        )
    return f"{len(runs)} pars, one world"


def _ends_of_dials(case: Case) -> str:
    count = 0
    for dial in case.design.dials():
        for value in _ends(dial):
            simulate(case, case.design().but(**{dial.name: value}), 0, until=end(case))
            count += 1
        must(_refuses(case.design, dial), f"dial {dial.name} takes a value outside its range")
    return f"{count} settings flown"


def _ends(dial: Dial) -> tuple[Value, ...]:
    if dial.kind in ("number", "integer"):
        return (dial.low, dial.high)  # type: ignore[return-value]
    return dial.options if dial.kind == "choice" else (False, True)


def _refuses(design: type[Design], dial: Dial) -> bool:
    wrong = {"number": float("nan"), "integer": 0.5, "choice": "no such option", "switch": 2}[dial.kind]
    try:
        design().but(**{dial.name: wrong})
    except BadInput:
        return True
    return False


def _acts(case: Case) -> str:
    for name in case.acts:
        simulate(case, case.plan().do(end(case) / 2, name), 0, until=end(case))
    return f"{len(case.acts)} acts done"


def _prefix(case: Case) -> str:
    """A run to the middle is the first half of a run to the end."""
    half, whole = short(case, until=end(case) / 2), short(case)
    must(
        half.digest_until(end(case) / 2) == whole.digest_until(end(case) / 2),
        "a shorter run is not the beginning of a longer one",
    )
    return f"equal up to {end(case) / 2:g} s"


def _one_by_one(case: Case) -> str:
    par = case.pars["strong"]
    fast, slow = fly(case, par, 0, until=case.tick), fly(case, par, 0, until=case.tick, engine="reference")
    must(fast.digest() == slow.digest(), "requests in blocks and one by one gave two digests")
    return f"{case.tick:g} s in blocks equal {case.tick:g} s request by request"


def _replays(case: Case) -> str:
    for name, par in case.pars.items():
        flown = fly(case, par, 0, until=end(case))
        again = simulate(
            case,
            Plan.from_json(flown.plan.to_json(), case.design, case.menu(), case.horizon),
            0,
            until=end(case),
        )
        must(
            flown.digest() == again.digest(),
            f"par {name} flown again as its recorded plan gave another digest",
        )
    return f"{len(case.pars)} pars"


def _books(case: Case) -> str:
    run = short(case)
    must(run.profit() == sum(run.ledger.by_account().values()), "the accounts do not add up to the profit")
    must(run.outcomes.in_flight == 0, "requests are still in flight after the close")
    closed = int(run.ledger.caused_by(CLOSE).sum())
    return f"{run.outcomes.ended:,} requests ended once; {closed:,} postings of the close"


def _kpis(case: Case) -> str:
    found = short(case).kpis()
    must(
        set(found) == set(case.kpis),
        f"KPIs declared and measured differ: {sorted(set(found) ^ set(case.kpis))}",
    )
    return ", ".join(found)


_CHECKS: dict[str, Callable[[Case], str]] = {
    "complete": _complete,
    "names and units": _said,
    "few knobs": _knobs,
    "board": board,
    "rubric": rubric,
    "probes": probes,
    "same seed, same digest": _same_twice,
    "other seed, other draws": _other_seed,
    "runs do not meet": _apart,
    "pars share the world": _same_world,
    "dials at both ends": _ends_of_dials,
    "acts": _acts,
    "prefix": _prefix,
    "blocks equal single requests": _one_by_one,
    "recorded plans replay": _replays,
    "books balance": _books,
    "KPIs": _kpis,
}


def checks() -> Iterator[str]:
    """Name the checks, in their order."""
    return iter(_CHECKS)
