"""Writes the verdict of a gate as JUnit XML, the form in which CI servers read tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from cases._gate import Asked, Order, again, one_flight
from cases._verdicts import guarded, headline, reason
from cases._words import clean, label
from simulator.errors import BadInput, shown
from simulator.study import Verdict

__all__ = ["junit", "place_for_junit", "write_junit"]


def place_for_junit(path: str) -> Path:
    """Return where the report is to go; BadInput, before anything is flown, where it cannot be written."""
    file = Path(path)
    if file.is_dir() or not file.parent.is_dir():
        why = "is a folder" if file.is_dir() else "lies in no folder"
        raise BadInput(f"--junit {shown(path)} {why}; it takes a file in a folder that there is")
    return file


def write_junit(file: Path, order: Order, verdict: Verdict) -> None:
    """Write the report over what was there; BadInput where it cannot be written."""
    try:
        file.write_bytes(junit(order, verdict))
    except OSError as error:
        raise BadInput(f"--junit {shown(str(file))} cannot be written: {error.strerror}") from None


def junit(order: Order, verdict: Verdict) -> bytes:
    """Return the report: one test for the verdict, and one for each guardrail that was asked for."""
    tests = list(_tests(order, verdict))
    failed = sum(test.find("failure") is not None for test in tests)
    counts = {"tests": str(len(tests)), "failures": str(failed), "errors": "0", "skipped": "0"}
    suite = ElementTree.Element("testsuite", {"name": "windtunnel gate", **counts})
    suite.extend(tests)
    suites = ElementTree.Element("testsuites", counts)
    suites.append(suite)
    ElementTree.indent(suites)
    return bytes(ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def _tests(order: Order, verdict: Verdict) -> Iterator[ElementTree.Element]:
    asked, case = order.asked, order.case
    how = f"again: {again(asked)}\none flight: {one_flight(order, verdict)}"
    name = f"{asked.policy} beats {asked.beats} on {label(verdict.kpi)}"
    said = headline(verdict, asked.policy, asked.beats)
    paragraph = reason(verdict, case, asked.policy, asked.beats)
    yield _test(asked, name, "" if verdict.verdict == "better" else said, verdict.verdict, f"{paragraph}\n{how}")
    for one in verdict.guardrails:
        told = guarded(one, case)
        broken = "" if one.kept else told
        yield _test(asked, f"{asked.policy} keeps {label(one.kpi)}", broken, one.verdict, f"{told}\n{how}")


def _test(asked: Asked, name: str, failure: str, kind: str, text: str) -> ElementTree.Element:
    """Return a test that failed, where there is a *failure* to tell, with the *text* that explains it."""
    test = ElementTree.Element(
        "testcase", classname=clean(f"windtunnel.gate.{Path(asked.case).stem}"), name=clean(name)
    )
    if failure:
        child = ElementTree.SubElement(test, "failure", message=clean(failure), type=kind)
    else:
        child = ElementTree.SubElement(test, "system-out")
    child.text = "\n".join(map(clean, text.split("\n")))
    return test
