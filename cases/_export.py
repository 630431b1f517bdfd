"""What leaves the house: JSON documents in the words of the contract, and the folder of a run."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.run import Run
from simulator.units import DAY, dollars

__all__ = ["brief_data", "document", "list_data", "place_for", "run_data", "table", "write_run"]

_FILES = ("run.json", "plan.json", "frame.csv", "journal.csv")
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")


def document(data: object) -> str:
    """Write *data* as one strict JSON document: NaN and infinities become null."""
    return json.dumps(_strict(data), indent=1, allow_nan=False)


def _strict(data: object) -> object:
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        data = dataclasses.asdict(data)
    if isinstance(data, Mapping):
        return {str(key): _strict(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_strict(value) for value in data]
    if hasattr(data, "item"):  # a number of numpy's
        data = data.item()
    return None if isinstance(data, float) and not math.isfinite(data) else data


# cases


def list_data(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Return what `list` tells of each case."""
    keys = ("name", "title", "revision", "topics", "minutes", "horizon_days")
    return [{key: getattr(case, key) for key in keys} for case in cases]


def brief_data(case: Case, teacher: bool) -> dict[str, Any]:
    """Return what `brief` tells of a *case*, with the notes for a *teacher* where they are asked for."""
    keys = ("name", "label", "kind", "unit", "low", "high", "options", "default", "live", "help")
    notes = {"teacher": case.teacher, "sources": case.sources} if teacher else {}
    return {
        "name": case.name,
        "brief": case.brief,
        "dials": [{key: getattr(dial, key) for key in keys} for dial in case.design.dials()],
        "targets": [{"name": target.kpi, **_without_kpi(dataclasses.asdict(target))} for target in case.targets],
        "pars": list(case.pars),
        **notes,
    }


def _without_kpi(target: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in target.items() if key != "kpi"}


# a run


def run_data(case: Case, run: Run, engine: str, cpu_s: float, score: float | None = None) -> dict[str, Any]:
    """Return what `run` tells of a *run*; its *score* is None where it was not asked for."""
    return {
        "case": run.case,
        "revision": run.revision,
        "seed": run.seed,
        "engine": engine,
        "plan": run.plan.to_data(),
        "scenario": run.scenario,
        "kpis": run.kpis(),
        "units": {name: case.kpis[name].unit for name in run.kpis()},
        "targets": [dataclasses.asdict(verdict) for verdict in case.verdicts(run)],
        "ledger": {account: dollars(amount) for account, amount in run.ledger.by_account().items()},
        "requests": run.asked(),
        "digest": run.digest(),
        "score": None if score is None else round(score, 1),
        "cpu_s": round(cpu_s, 3),
    }


def place_for(folder: str) -> Path:
    """Make the folder for a run, before it is flown; BadInput when it holds anything but another run."""
    path = Path(folder)
    with _writing(folder):
        path.mkdir(parents=True, exist_ok=True)
        found = sorted(entry.name for entry in path.iterdir())
    if found and not set(_FILES) <= set(found):
        raise BadInput(f"--out {shown(folder)} is neither empty nor a run; it holds {shown(found[0])}")
    return path


def write_run(folder: Path, case: Case, run: Run, data: Mapping[str, Any]) -> None:
    """Write *run* into *folder*: `run.json` (its *data*), `plan.json`, `frame.csv` and `journal.csv`.

    The rows of the frame are the steps of *case*. Where a step is a day, its column `day` counts them, and the journal
    has one, too; elsewhere the frame's column `at_s` says when a step begins, and the journal has its `at_s` only.
    """
    with _writing(str(folder)):
        _put(folder / "run.json", [document(data) + "\n"])
        _put(folder / "plan.json", [run.plan.to_json() + "\n"])
        _put(folder / "frame.csv", _frame(run, case.tick))
        _put(folder / "journal.csv", _journal(run, case.tick))


@contextmanager
def _writing(folder: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise BadInput(f"--out {shown(folder)} is a file; a folder is wanted") from None
    except OSError as error:
        raise BadInput(f"--out {shown(folder)} cannot be written: {error.strerror}") from None


def _put(path: Path, lines: Iterable[str]) -> None:
    """Write a file as a whole or not at all."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    os.replace(new, path)


class _Lines:
    """Takes the place of a file for a CSV writer, and hands each line back."""

    def write(self, line: str) -> str:
        return line


def table(rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Write *rows* as the lines of a CSV file in which a spreadsheet finds no formula."""
    writer = csv.writer(_Lines(), lineterminator="\n")
    return (str(writer.writerow([_cell(value) for value in row])) for row in rows)


def _cell(value: object) -> object:
    """Write one cell; text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _frame(run: Run, tick: float) -> Iterable[str]:
    frame = run.frame(f"{tick}s")
    name, unit = ("day", 1) if tick == DAY else ("at_s", tick)
    rows = ([step * unit, *map(float, values)] for step, values in enumerate(frame.itertuples(index=False)))
    return table([[name, *frame.columns], *rows])


def _journal(run: Run, tick: float) -> Iterable[str]:
    daily = ["day"] if tick == DAY else []
    rows = (
        [e.at, *(int(e.at // DAY) for _ in daily), e.kind, e.name, e.text, e.seen, json.dumps(_strict(e.facts))]
        for e in run.journal
    )
    return table([["at_s", *daily, "kind", "name", "text", "seen", "facts"], *rows])
