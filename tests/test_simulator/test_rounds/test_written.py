"""The reports of a round: what stands in which, what stands in none, and that texts of people are text in all."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hostile import HOSTILE
from made_up import made_up
from markdown_it import MarkdownIt
from toy_round import SECRET, STALL, flight_of, load, on_stall, plan, record, room_of

from simulator.debrief import beginning
from simulator.probes import Probe
from simulator.record import Record
from simulator.report.words import plain
from simulator.rounds import written_candidate as limits
from simulator.rounds.fitted import Card
from simulator.rounds.keeping import Held, Kept, Met
from simulator.rounds.recorded import Recorded, recorded, replayed
from simulator.rounds.script import Requirement
from simulator.rounds.sheet import Sheet, SheetRow, Sighting
from simulator.rounds.standing import Ballot, Mark, Note, stood
from simulator.rounds.written import FORMATS, candidate, interviewer, rendered
from simulator.rounds.written_candidate import ForCandidate, Level, Point, Practice, for_candidate
from simulator.rounds.written_facts import After, after, sitting
from simulator.rounds.written_interviewer import for_interviewer
from simulator.rounds.written_timeline import timeline
from simulator.rubric import DIMENSIONS, Anchors
from simulator.simulation import tape_of
from simulator.store.deeds import Deed
from simulator.units import DAY, day

FOUND = on_stall(alone=False)
KEPT, RUN = flight_of(FOUND, plan((2, 0.6), (3.25, 0.4)))
PLAYED = recorded(room_of(), KEPT, record())


def told(played: Recorded = PLAYED, **changes: object) -> After:
    """What is known of the round; *changes* are made to the debrief."""
    fitted, run = replayed(played, load)
    begun = beginning(fitted.case, run, tape_of(fitted.case, 7), sitting(played))
    return after(played, fitted, run, replace(begun, **changes))


AFTER = told()


def a_hostile(text) -> After:
    """A round in which every text of a person, a case or a script is what *text* makes of it."""
    who = ("phase", "note", "ask", "reply", "fact", "vote", "ballot", "order", "done", "hint", "rescue", "extend")
    data = {"text": text("note"), "from": text("CFO"), "words": text("w"), "choice": text("c"), "why": text("y"),
            "do": text("fire"), "minutes": 1.0, "open": True}  # fmt: skip
    made = [Deed(n, kind, text("what"), "candidate", 1e9 + n, DAY, data) for n, kind in enumerate(who)]
    made += [replace(deed, what="wait") for deed in made if deed.kind in ("ask", "rescue", "reply")]
    anchors = Anchors(text("weak"), text("mid"), text("strong"), text("expert"))
    rows = tuple(
        SheetRow(name, text(label), 1.0, 2.0, (Sighting(DAY, text("seen"), True), Sighting(None, text("s"), None)),
                 anchors, 1.0, Mark(1, 2, text("words")))
        for name, label in (*DIMENSIONS.items(), ("communication", "Communication"))
    )  # fmt: skip
    probe = Probe("wait", text("q"), "serving", lambda asked: None, *(text("a") for _ in range(4)))  # type: ignore[arg-type]
    script = replace(
        FOUND.script, title=text("title"), notes=text("notes"), requirement=Requirement(text("says")), kind="group",
        fact=tuple(replace(fact, ask=text("ask"), answer=text("answer")) for fact in FOUND.script.fact),
    )  # fmt: skip
    kept = Kept(DAY, 2 * DAY, (Held("line", text("at"), 0.5, None, None, False, text("held")),),
                (Met("served", 0.1, 0.2, False, text("met")),))  # fmt: skip
    standing = replace(
        stood(script.minutes, [], 0.0), asked=("wait", "count"), rescued=("wait",),
        private=(Note(1, text("private"), "", DAY),),
        ballots=(Ballot(text("1"), False, {text("v"): (text("c"), text("y"))}),),
    )  # fmt: skip
    fitted = replace(FOUND, script=script, cards=(Card(probe, None, (), text("rescue")),))
    played = replace(PLAYED, name=text("room"), deeds=tuple(made))
    return After(played, fitted, made_up(text), standing, kept, Sheet(rows))


HARMLESS = a_hostile(lambda said: said)


# who is told what


@pytest.mark.parametrize("format", FORMATS)
def test_the_candidate_is_told_no_mark_and_no_private_word(format):
    said = candidate(AFTER, format)
    assert SECRET not in said and "vague" not in said and "Grace" not in said and "Let them talk" not in said
    assert SECRET in interviewer(AFTER, format) and "vague" in interviewer(AFTER, format)
    assert not re.search(r"\b(hire|reject)", said + interviewer(AFTER, format))


def test_no_key_of_the_candidates_data_is_a_mark():
    data = json.loads(candidate(AFTER, "json"))
    assert set(data) == {
        "title", "case", "seed", "digest", "result", "score", "targets", "well", "cost", "requirement", "kept",
        "sentences", "predictions", "levels", "practise",
    }  # fmt: skip
    assert (
        "mark" not in json.dumps(list(data))
        and [set(one) for one in data["levels"]] == [{"label", "level", "anchor"}] * 2
    )


def test_what_the_candidate_is_told():
    page = for_candidate(AFTER)
    assert page.result.startswith("Profit $") and "weak answer earned" in page.result
    assert page.requirement == "The owner writes: who scores above a half waits." and page.kept is True
    assert page.sentences == AFTER.kept.sentences and len(page.sentences) == 2
    assert [one.text for one in page.predictions] == ["profit [$] by day 6"]
    assert [one.text for one in page.well] == ["turns the line down", "looks"]
    assert page.well[0].evidence == "line to 0.6 (2 of 2 times)"
    (worst,) = page.cost
    assert worst.text.startswith("The worst step, day ") and "the expert" in worst.evidence


def test_the_next_level_is_that_above_each_mark():
    levels = {one.label: (one.level, one.anchor) for one in for_candidate(AFTER).levels}
    assert levels == {
        "Metrics and cost": ("expert", "metrics expert"),
        "Serving and latency": ("strong", "serving strong"),
    }


def test_without_marks_it_is_that_above_what_the_run_showed():
    played = replace(PLAYED, deeds=tuple(deed for deed in PLAYED.deeds if deed.kind != "mark"))
    card = AFTER.debrief.score
    rows = tuple(replace(row, level="mid", required=1.0, anchors=STALL.anchors["metrics"]) if row.dimension == "metrics"
                 else replace(row, required=0.0) for row in card.dimensions)  # fmt: skip
    bare = replace(told(played), debrief=replace(AFTER.debrief, score=replace(card, dimensions=rows)))
    assert [(one.level, one.anchor) for one in for_candidate(bare).levels] == [("strong", "metrics strong")]


def test_counterfactuals_are_told_where_they_were_flown():
    page = for_candidate(HARMLESS)
    assert [(one.text, one.evidence) for one in page.cost] == [
        ("Instead: Line 0.5 a day earlier", "would have brought $8.00 more in this very world"),
        ("The worst step, day 1 00:00 to day 1 01:00",
         "earned -$12.00, the expert $5.00; in all sales came to $150, not $160"),
    ]  # fmt: skip
    assert (page.well[0].text, page.well[0].evidence) == (
        "Line 0.7",
        "brought $30.00 here; elsewhere +$10.00 to +$46.00",
    )


def test_what_the_requirement_wanted_is_no_mistake():
    worths = made_up().attribution.worths
    costly = tuple(replace(worth, key="turn:0:line", alone=-4_000_000) for worth in worths[1:2])
    asked = replace(
        HARMLESS, debrief=replace(made_up(), moves=None, attribution=replace(made_up().attribution, worths=costly))
    )
    there = tuple(replace(one, since=one.since or asked.kept.at) for one in asked.kept.held)
    asked = replace(asked, kept=replace(asked.kept, held=there))
    assert for_candidate(asked).cost[0].text.startswith("The worst step")
    earlier = replace(asked, kept=replace(asked.kept, at=3 * DAY))
    assert for_candidate(earlier).cost[0].text == "Line 0.5"


def test_what_the_requirement_forbade_is_no_merit():
    worths = made_up().attribution.worths
    earned = tuple(replace(worth, key="turn:0:line", alone=4_000_000) for worth in worths[1:2])
    asked = replace(HARMLESS, debrief=replace(made_up(), attribution=replace(made_up().attribution, worths=earned)))
    for since, told in ((asked.kept.at, True), (None, False)):
        held = tuple(replace(one, since=since) for one in asked.kept.held)
        page = for_candidate(replace(asked, kept=replace(asked.kept, held=held)))
        assert ("Line 0.5" in [one.text for one in page.well]) is told


def test_what_to_practise_goes_by_the_marks():
    lines = [one.label for one in for_candidate(HARMLESS).practise]
    assert lines == ["Data and labels"]  # one line of the card was not shown each time
    assert for_candidate(HARMLESS).practise[0].cases == ("drift",)


# what counts


def test_a_question_that_was_not_put_counts_for_nothing():
    """Two probes of the script have a right answer, or the four of every case; one was put, and had none."""
    defence = next(part for part in AFTER.debrief.score.parts if part.name == "defence")
    assert defence.points is None and not defence.lines
    asked = Deed(99, "ask", "paid", "interviewer", 1.8e9, day(6), {})
    reply = Deed(
        100, "reply", "paid", "candidate", 1.8e9, day(6), {"words": "", "choice": "", "number": RUN.kpis()["profit"]}
    )
    right = told(replace(PLAYED, deeds=(*PLAYED.deeds, asked, reply)))
    defence = next(part for part in right.debrief.score.parts if part.name == "defence")
    assert (defence.points, len(defence.lines)) == (10.0, 1)
    silent = told(replace(PLAYED, deeds=(*PLAYED.deeds, asked)))
    assert next(part for part in silent.debrief.score.parts if part.name == "defence").points == 0.0


def test_replies_are_answers():
    assert [(answer.probe, answer.words) for answer in sitting(PLAYED).answers] == [("wait", "The line was high.")]
    assert sitting(replace(PLAYED, record=Record(), deeds=())) is None


def test_the_requirement_and_hints_are_on_the_sheet():
    rows = {row.dimension: row for row in AFTER.sheet.rows}
    assert [(one.at, one.good) for one in rows["framing"].seen] == [(day(3), True), (day(3), AFTER.kept.met[0].kept)]
    assert Sighting(None, "needed the hint: Why did they wait?", False) in rows["serving"].seen
    heard = [one.text for one in rows["communication"].seen]
    assert heard[0] == "2 of 2 decisions in flight came with a reason" and "because of day 2" in heard[1]
    assert heard[-1] == "Why did they wait? “The line was high.”"


# the interviewer's


def test_what_the_interviewer_is_told():
    page = for_interviewer(AFTER)
    assert (page.room, page.seed, page.digest) == ("Round with Grace", 7, KEPT.digest)
    assert page.mean == pytest.approx((2 * 2 + 4 + 0.5 * 5) / 3.5)
    assert [(one.question, one.words, one.rescue) for one in page.probes] == [
        ("Why did they wait?", "The line was high.", "Think of the line.")
    ]
    assert [note.text for note in page.private] == [SECRET] and page.five == ()
    assert page.ballots[0].votes == {"Ada": ("line 0.3", ""), "Ben": ("wait", "")}
    assert for_interviewer(HARMLESS).five[-1] == "What did luck do?"


def test_the_time_line_is_in_order():
    lines = timeline(AFTER)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert [(line.minute, line.kind, line.text) for line in lines[:4]] == [
        (0.0, "phase", "brief begins"), (0.5, "asked", "How many come? About 200 a day."),
        (1.0, "phase", "play begins"), (1.5, "flight", "take-off"),
    ]  # fmt: skip
    said = {(line.at, line.kind, line.text, line.why) for line in lines}
    for line in (
        (day(1), "note", "the owner: How is it?", ""), (day(2), "steered", "strike: fired by hand", ""),
        (day(2), "order", "strike: fire", ""), (day(2), "clock", "play: +2 minutes", ""),
        (day(3), "requirement", "The owner writes: who scores above a half waits.", ""),
        (day(3), "vote", "1: Ada for line 0.4", "safer"), (day(2), "decision", "Line = 0.6", "because of day 2"),
        (day(6), "hint", "Why did they wait? Think of the line.", ""), (day(4), "hint", "turns the line down", ""),
        (day(6), "answer", "Why did they wait? “The line was high.”", ""), (day(6), "phase", "the round is over", ""),
    ):  # fmt: skip
        assert line in said
    assert not [line for line in lines if SECRET in line.text]


def test_a_screen_that_went_back_does_not_take_the_round_with_it():
    back = tuple(replace(deed, moment=0.0) if deed.kind == "vote" else deed for deed in PLAYED.deeds)
    (vote,) = (line for line in timeline(told(replace(PLAYED, deeds=back))) if line.text == "1: open")
    assert vote.at == day(3)


def test_alarms_that_ring_on_are_told_once():
    events = AFTER.debrief.truth.events
    ring = replace(events[0], kind="alarm", name="siren", text="a siren", at=day(1))
    rung = (ring, replace(ring, at=day(2)), replace(ring, name="bell", text="a bell"))
    loud = replace(AFTER, debrief=replace(AFTER.debrief, truth=replace(AFTER.debrief.truth, events=rung)))
    assert [line.text for line in timeline(loud) if line.kind == "alarm"] == ["a siren (rang 2 times)", "a bell"]


def test_a_requirement_that_no_deed_tells_of_is_in_the_time_line():
    bare = told(replace(PLAYED, deeds=()))
    assert [(line.at, line.minute) for line in timeline(bare) if line.kind == "requirement"] == [(day(3), None)]


def test_a_long_round_is_cut():
    many = tuple(Deed(n, "note", "", "interviewer", 1.8e9, DAY, {"text": f"n{n}"}) for n in range(1000))
    lines = timeline(replace(AFTER, played=replace(PLAYED, deeds=many)))
    assert len(lines) == 401 and lines[-1].kind == "and so on" and lines[-1].text.endswith("lines more")


# as documents


def test_it_is_strict_json():
    for write in (candidate, interviewer):
        data = json.loads(write(HARMLESS, "json"), parse_constant=pytest.fail)
        assert data["title"] == "title"


def test_a_page_needs_nothing_else():
    for page in (candidate(AFTER), interviewer(AFTER)):
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
        assert not re.search(r"https?://|url\(|@import|<script|<link|<img| on\w+=|src=", page)


class Reader(HTMLParser):
    """Reads the elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.texts: list[str] = []
        self.styled = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.styled = tag == "style"

    def handle_endtag(self, tag):
        self.styled = False

    def handle_data(self, data):
        if not self.styled:
            self.texts.append(data)

    def handle_comment(self, data):
        self.elements.append(("comment", ()))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


PAGES = {name: Reader(write(HARMLESS)) for name, write in (("candidate", candidate), ("interviewer", interviewer))}


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_texts_come_out_inert(hostile):
    """One text in all fields: the elements are those of a harmless report, and the text can be read in it."""
    found = a_hostile(lambda text: hostile)
    for name, write in (("candidate", candidate), ("interviewer", interviewer)):
        page = write(found)
        read = Reader(page)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
        assert "<script" not in page.lower() and "49" not in read.text.split()
        assert {tag for tag, _ in read.elements} <= {tag for tag, _ in PAGES[name].elements}
        assert {names for _, names in read.elements} <= {names for _, names in PAGES[name].elements}
        if said := " ".join(plain(hostile).split()):
            assert said[:30] in read.text
            assert read.elements == PAGES[name].elements


ALL = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MADE = {"link_open", "image", "html_block", "html_inline", "code_inline", "em_open", "strong_open", "s_open"}


def blocks(text: str) -> list[str]:
    return [one.type for block in ALL.parse(text) for one in (block, *(block.children or ())) if one.type != "text"]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_markdown_makes_nothing_of_texts(hostile):
    found = a_hostile(lambda text: hostile)
    for write in (candidate, interviewer):
        made = blocks(write(found, "md"))
        assert not MADE & set(made)
        if plain(hostile).strip():
            assert made == blocks(write(HARMLESS, "md"))


def test_the_same_page_twice():
    assert candidate(AFTER) == candidate(told()) and interviewer(AFTER) == interviewer(told())
    assert rendered("candidate", for_candidate(AFTER), DAY, "html") == candidate(AFTER)


# one page


def full(text: str, **few: int) -> ForCandidate:
    """A page on which everything is as long as it may be; of some things there are *few*."""
    long, short, title, label = (
        limits._cut(text, most) for most in (limits._LONG, limits._SHORT, limits._TITLE, limits._LABEL)
    )
    point, what = Point(short, short), "Evaluation and experiments"
    page = ForCandidate(
        title, title, 2**63 - 1, "d" * 64, "Profit $1,234,567; " + "the expert one $1,234,567, " * 3, 101.5,
        (Point(label, title),) * limits._TARGETS, (point,) * limits._WELL, (point,) * limits._COST,
        limits._cut(text, 3 * limits._SHORT), False, (long,) * limits._SENTENCES, (point,) * limits._PREDICTIONS,
        (Level(what, "strong", long),) * 9, (Practice(what, short, 1.5, 3.0, (label, label)),) * limits._PRACTISE,
    )  # fmt: skip
    return replace(page, **{name: getattr(page, name)[:most] for name, most in few.items()})


def test_a_page_is_no_longer_than_a_full_one():
    longest = max(len(Reader(candidate(a_hostile(lambda said, text=text: text))).text) for text in HOSTILE)
    assert longest < len(Reader(rendered("candidate", full("x" * 500), DAY, "html")).text) < 5500


def test_a_page_is_set_small_only_where_it_has_to_be():
    assert full("a word " * 90).dense and not for_candidate(AFTER).dense
    assert 'class="one dense"' in rendered("candidate", full("W" * 500), DAY, "html")


TEXTS = ("W" * 500, "a word " * 90, "x" * 500, "\u4e2d\u6587" * 200)


@pytest.mark.browser
def test_the_candidates_page_prints_on_one(chromium):
    """However much there is, in letters of any width; also the most that is not set small."""
    from playwright.sync_api import sync_playwright

    pages = [candidate(AFTER), candidate(HARMLESS)]
    for text in TEXTS:
        airy = full(text, levels=2, targets=3, well=2, cost=2, sentences=2, predictions=1)
        assert not airy.dense and replace(airy, levels=airy.levels * 3).dense
        pages += [rendered("candidate", page, DAY, "html") for page in (full(text), airy)]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for text in pages:
            page.set_content(text)
            printed = page.pdf(format="A4", prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        browser.close()


def test_a_script_without_a_requirement():
    bare = replace(AFTER, kept=None, fitted=on_stall(alone=False, requirement=None))
    assert "The requirement" not in candidate(bare) + interviewer(bare) and STALL.title in candidate(bare)
