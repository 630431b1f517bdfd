"""The runs of a study as a tidy table with provenance, in memory and as Parquet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.case import Case
from simulator.design import Dial
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.study.studies import Study
from simulator.study.versions import versions

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame", "parquet_ready", "read_parquet", "write_parquet"]

_KINDS = {"number": "Float64", "integer": "Int64", "choice": "string", "switch": "boolean"}
"""the columns of dials: all of them can be empty"""


def frame(case: Case, studies: Mapping[str, Study] | Iterable[Study], *, until: float | None = None) -> pd.DataFrame:
    """Return one row for each run of *studies*: who flew what under which seed, and its KPIs.

    Columns: case, revision, arm, seed, the dials of the first design as `design.NAME` (empty for a pilot, who chooses
    in flight), plan (JSON, or the name of a par or a policy), the KPIs, digest. What is common to all rows, with the
    units of the KPIs and *until* [s], stands in `frame.attrs`. The rows are in the order (arm, seed): the same runs
    give the same table. BadInput where a KPI has the name of another column.
    """
    import pandas as pd

    flown = list(studies.values() if isinstance(studies, Mapping) else studies)
    rows = [row for study in sorted(flown, key=lambda study: study.arm) for row in _rows(case, study)]
    table = pd.DataFrame(rows, columns=_columns(case, flown))
    kinds = {f"design.{dial.name}": _KINDS[dial.kind] for dial in case.design.dials()}
    table = table.astype({**dict.fromkeys(_figures(case, flown), "float64"), **kinds})
    table.attrs.update(_provenance(case, until))
    return table


def _columns(case: Case, studies: Iterable[Study]) -> list[str]:
    dials = [f"design.{dial.name}" for dial in case.design.dials()]
    columns = ["case", "revision", "arm", "seed", *dials, "plan", *_figures(case, studies), "digest"]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise BadInput(f"a KPI is called {twice[0]!r}, as another column of the table of runs is")
    return columns


def _figures(case: Case, studies: Iterable[Study]) -> list[str]:
    """List the KPIs in the order of the case, and behind them what a reader added."""
    known = {name: None for study in studies for row in study.rows for name in row}
    return [*(name for name in case.kpis if name in known), *sorted(known.keys() - case.kpis.keys())]


def _rows(case: Case, study: Study) -> list[dict[str, Any]]:
    common = {"case": case.name, "revision": case.revision, "arm": study.arm, "plan": study.flown}
    common |= _dials(case, study.flown)
    runs = sorted(zip(study.seeds, study.rows, study.digests, strict=True), key=lambda run: run[0])
    return [{**common, "seed": seed, "digest": digest, **kpis} for seed, kpis, digest in runs]


def _dials(case: Case, flown: str) -> dict[str, Any]:
    plan = case.pars.get(flown)
    if flown.lstrip().startswith("{"):
        plan = case.read_plan(flown)
    return {f"design.{name}": v for name, v in plan.design.values().items()} if isinstance(plan, Plan) else {}


def _provenance(case: Case, until: float | None) -> dict[str, Any]:
    return {
        "case": case.name,
        "revision": case.revision,
        "scenario": case.scenario.to_data(),
        "until": case.horizon if until is None else until,
        "units": {name: kpi.unit for name, kpi in case.kpis.items()},
        "dials": {dial.name: _fact(dial) for dial in case.design.dials()},
        "versions": versions(),
    }


def _fact(dial: Dial) -> str:
    return f"{dial.label}: {dial.allowed()}"


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write what `frame` made to the file *path*: the same runs give the same bytes, whoever flew them and when.

    The file is there as a whole or not at all. BadInput where pyarrow is not installed, or it cannot be written.
    """
    parquet_ready()
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(part, engine="pyarrow", index=False)
        os.replace(part, path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}") from None


def read_parquet(path: Path) -> pd.DataFrame:
    """Return the table in the file *path* with its provenance; BadInput where there is none that can be read."""
    parquet_ready()
    import pandas as pd
    from pyarrow import ArrowException

    try:
        return pd.read_parquet(path, engine="pyarrow")
    except (OSError, ArrowException) as error:
        said = str(error).partition("\n")[0]
        raise BadInput(f"{path} cannot be read as Parquet: {said}") from None


def parquet_ready() -> None:
    """See that what Parquet needs is installed; BadInput where it is not."""
    if find_spec("pyarrow") is None:
        raise BadInput('Parquet needs pyarrow; install it with: pip install "ml-windtunnel[studies]"')
