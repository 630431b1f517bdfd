"""Writes the script that an interviewer starts from: one that can be played, with all that its case has to offer."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from itertools import chain

from simulator.case import Case
from simulator.design import Dial
from simulator.exhibits.standing import probes_of
from simulator.incidents import Incident, Kind
from simulator.rounds.fitting_keys import gauges_of
from simulator.rubric import DIMENSIONS
from simulator.units import MINUTE, by_day, typed

__all__ = ["form"]

_WIDTH, _ABOUT = 110, 26  # of a line; where what is said about a key begins
_LONGEST = 20  # minutes of play
_OWN_EVENT, _OWN_PROBE = "my_event", "my_probe"
_PURPOSE = """\
A mock round on the case {name}. What stands behind a # is left out, or explains. Change what you like, then run:
windtunnel round check FILE.toml. What each key may be is told by: windtunnel round check FILE.toml --schema
"""
_INTRO = "Welcome. {tension} Think aloud: what you expect counts as much as what you turn."
_NOTES = """\
For you alone: say what the candidate owns, then be quiet until the first question.
Ask 'What do you expect to see?' before each decision, and write down the answer, not your opinion of it.
"""
_EVENT_NOTE = "Fire it when all has been quiet for a while. Does the candidate look before turning anything?"
_FACT = ("Who decides what we may spend?", "You do, up to what the targets leave.")
_RESCUE = "Start with what you saw on the charts: what moved first?"
_PROBE = {
    "question": "What did you see first when things changed, and what would have told you sooner?",
    "dimension": "monitoring",
    "weak": "Names no figure: it just looked worse.",
    "mid": "Names a figure that moved, but not when, nor what else moves it.",
    "strong": "Names the first figure that moved, when, and why that one.",
    "expert": "The same, and which figure would have moved sooner, and what watching it costs.",
    "follow_up": "What would that alarm have done while all was quiet?",
    "rescue": "Look at one chart: where does it bend?",
}


def form(case: Case) -> str:
    """Return a commented script for *case*: it passes its check as it is, and has an event and a probe to edit."""
    parts = (
        _head(case), _minutes(case), _scenario(case), _happening(case), _own_event(case), _requirement(case),
        _facts(case), _offered(case), _probes(case), _weights(),
    )  # fmt: skip
    return "\n".join(chain.from_iterable((*part, "") for part in parts))


def _text(value: object) -> str:
    """Write a string of TOML: what JSON makes of one is one."""
    return json.dumps(_flat(value), ensure_ascii=False)


def _flat(value: object) -> str:
    return " ".join(str(value).split())


def _key(key: str, value: str, about: str = "") -> str:
    """Write `key = value`, and what there is to say about it."""
    line = f"{key} = {value}"
    return f"{line:{_ABOUT}}# {about}" if about else line


def _note(text: str) -> list[str]:
    return textwrap.wrap(_flat(text), _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _listed(title: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a list of names with what there is to say of each, as lines of comment; nothing where there is none."""
    found = [f"{name} · {_flat(about)}" for name, about in entries]
    if found:
        yield f"# {title}:"
    for one in found:
        yield from textwrap.wrap(one, _WIDTH, initial_indent="#   ", subsequent_indent="#     ", break_on_hyphens=False)


def _head(case: Case) -> Iterator[str]:
    yield from _note(_PURPOSE.format(name=case.name))
    yield ""
    yield _key("round", "1", "the version of this form")
    yield _key("title", _text(f"{case.title}: a round of my own"))
    yield _key("case", _text(case.name))
    yield _key("kind", '"interview"', "interview, drill, warm-up or group")
    yield _key("seed", '"room"', 'a number: everybody gets this world; "room": each room its own; or "hidden"')
    yield _key("hints", '"asked"', "none, asked (one at a time, and it is noted) or free")
    yield _key("intro", _text(_INTRO.format(tension=_flat(case.tension))))
    yield _key("notes", f'"""\n{_NOTES}"""')


def _minutes(case: Case) -> Iterator[str]:
    play = min(_LONGEST, max(case.minutes - 25, 10))
    yield "[minutes]"
    for phase, minutes in (("brief", 5), ("design", 5), ("play", play), ("probes", 5), ("debrief", 10)):
        yield _key(phase, str(minutes))


def _scenario(case: Case) -> Iterator[str]:
    yield "[scenario]"
    yield _key("level", str(case.scenario.level))
    yield from _listed("levels", ((str(number), level.help) for number, level in case.levels.items()))
    dials = case.setting.dials()
    told = ((dial.name, f"{dial.label}: {dial.allowed()}; it is {dial.default}") for dial in dials)
    yield from _listed("parameters of the world", told)
    yield "# [scenario.world]"
    yield from (_key(f"# {dial.name}", json.dumps(dial.default)) for dial in dials[:1])


# what happens


def _happening(case: Case) -> Iterator[str]:
    kinds = ((name, f"{kind.help}{_range(kind)}") for name, kind in case.kinds.items())
    yield from _listed("kinds of events, with the size that each takes", kinds)
    present = {incident.name for incident in case.incidents(0)}
    told = ((incident.name, _planned(case, incident, incident.name in present)) for incident in case.timeline)
    yield from _listed("what the case brings; an [[event]] of that name, without a kind, moves or changes it", told)
    gauges = gauges_of(case)
    if gauges:
        yield from _note(f'what a condition may read, as in when = "{gauges[0]} > 3 for 2d": {", ".join(gauges)}')


def _range(kind: Kind) -> str:
    always = "; part of the world: it can only be scheduled" if kind.always else ""
    return (f"; {kind.low:g} to {kind.high:g} {kind.unit}" if kind.unit else "") + always


def _planned(case: Case, incident: Incident, here: bool) -> str:
    size = f" of size {incident.size:g}" if case.kinds[incident.kind].unit else ""
    lasts = f" for {typed(incident.lasts, case.tick)}" if incident.lasts else ""
    when = f" if {incident.when.told()}" if incident.when else ""
    harmless = "; harmless" if incident.distractor else ""
    left = "" if here else "; left out at this level"
    return f"{incident.kind}{size} at {typed(incident.at, case.tick)}{lasts}{when}{harmless}{left}"


def _own_event(case: Case) -> Iterator[str]:
    name = _mildest(case)
    if not name:
        yield from _note("This case knows no kind of event that can wait for somebody, so there is none of your own.")
        return
    kind, example = case.kinds[name], _examples(case).get(name)
    yield f"{'[[event]]':{_ABOUT}}# one of your own"
    yield _key("name", _text(_OWN_EVENT))
    yield _key("kind", _text(name))
    yield _key("when", '"by hand"', "or a condition; left out, it happens at `at`")
    yield _key("at", _moment(case, 0.5), "when it is due if nobody sits there")
    if example and example.lasts:
        yield _key("lasts", _text(typed(example.lasts, case.tick)), "left out, it is for good")
    if kind.unit:
        yield _key("size", f"{example.size if example else _usual(kind):g}", kind.unit)
    yield _key("says", _text((example and example.says) or f"somebody says: {kind.help}"))
    yield _key("note", _text(_EVENT_NOTE))


def _mildest(case: Case) -> str:
    """Choose a kind that can wait: a harmless one, else one that is told, else any."""
    examples = _examples(case)

    def mild(name: str) -> tuple[bool, bool, bool]:
        example = examples.get(name)
        return bool(example and example.distractor), bool(example and example.says), not case.kinds[name].on_tape

    return max((name for name, kind in case.kinds.items() if not kind.always), key=mild, default="")


def _examples(case: Case) -> dict[str, Incident]:
    """Return the first incident of each kind that the case itself has."""
    return {incident.kind: incident for incident in reversed(case.timeline)}


def _usual(kind: Kind) -> float:
    return min(max(1.0, kind.low), kind.high)


def _moment(case: Case, share: float) -> str:
    """Write a moment of the flight as it may be typed, in whole days or half minutes."""
    step = case.tick if by_day(case.tick) else MINUTE / 2
    at = max(step, share * case.horizon // step * step)
    return _text(typed(at, case.tick))


# what changes, what is known, what is asked


def _requirement(case: Case) -> Iterator[str]:
    told = ((one.kpi, f"{'at least' if one.at_least else 'at most'} {one.limit:g}; {one.why}") for one in case.targets)
    yield from _listed("targets", told)
    live = [dial for dial in case.design.dials() if dial.live]
    yield from _listed("dials that can be turned in flight", ((dial.name, dial.allowed()) for dial in live))
    yield f"{'# [requirement]':{_ABOUT}}# the one thing that is asked otherwise in mid-round"
    yield _key("# says", '"The CFO writes: ..."')
    yield _key("# when", '"by hand"')
    yield _key("# at", _moment(case, 0.6), "when it is due if nobody sits there")
    yield from (_key("# targets", f"{{ {one.kpi} = {one.limit:g} }}") for one in case.targets[:1])
    yield from (_key("# limits", f"{{ {dial.name} = {{ {_limit(dial)} }} }}") for dial in live[:1])
    yield _key("# event", _text(_OWN_EVENT), "an event by hand that begins with it")


def _limit(dial: Dial) -> str:
    number = dial.kind in ("number", "integer")
    return f"most = {dial.default:g}" if number else f"only = [{_text(dial.default)}]"


def _facts(case: Case) -> Iterator[str]:
    asked = " ".join(question.ask for question in case.board.questions)
    yield from _note(f"What a candidate can ask already: {asked or 'nothing.'}")
    yield "[[fact]]"
    yield _key("ask", _text(_FACT[0]))
    yield _key("answer", _text(_FACT[1]))
    yield _key("# after", _moment(case, 0.05), "the answer takes until then")


def _offered(case: Case) -> Iterator[str]:
    yield from _listed("probes of the case", ((probe.name, probe.question) for probe in probes_of(case)))
    yield from _note(f"dimensions: {', '.join(DIMENSIONS)}")
    yield from _note(f"figures of the landing: {', '.join(case.kpis)}")


def _probes(case: Case) -> Iterator[str]:
    for probe in probes_of(case)[-2:]:
        yield from ("[[probe]]", _key("name", _text(probe.name)), _key("rescue", _text(_RESCUE)), "")
    yield f"{'[[probe]]':{_ABOUT}}# one of your own"
    yield _key("name", _text(_OWN_PROBE))
    yield from (_key(key, _text(text)) for key, text in _PROBE.items())
    yield _key("when", f'"since {json.loads(_moment(case, 0.6))}"', "worth asking once it held; left out: always")
    yield _key("show", f"[{', '.join(map(_text, gauges_of(case)[:2]))}]", "gauges whose readings are the evidence")
    yield f"{'# [probe.check]':{_ABOUT}}# a question whose answer is known"
    yield _key("# ask", '"What did it come to?"')
    yield from (_key("# figure", _text(kpi)) for kpi in list(case.kpis)[:1])
    yield _key("# within", "0.1", "how far off an answer may be, in the unit of the figure")


def _weights() -> Iterator[str]:
    yield "[weights]"
    yield _key("communication", "1", "how much each mark counts; 1 where nothing is said")
