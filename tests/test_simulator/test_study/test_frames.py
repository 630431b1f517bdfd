"""The table of runs is tidy, says where it comes from, and is the same bytes whoever flew the study."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy_case import CASE

from simulator.errors import BadInput, Cancelled
from simulator.plan import Plan
from simulator.simulation import fly
from simulator.study import Study, frame, frames, read_parquet, replicate_all, versions, write_parquet
from simulator.units import DAY

SEEDS = (0, 3, 11)
ARMS = {"own": {"line": 0.3}, "mid": "mid", "expert": "expert"}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Three arms under three seeds."""
    return frame(CASE, replicate_all(CASE, ARMS, SEEDS, jobs=1, until=DAY), until=DAY)


def test_a_row_is_a_run(table):
    dials = ["design.servers", "design.line"]
    assert list(table.columns) == ["case", "revision", "arm", "seed", *dials, "plan", *CASE.kpis, "digest"]
    assert [*zip(table["arm"], table["seed"], strict=True)] == [*itertools.product(sorted(ARMS), SEEDS)]
    run = fly(CASE, "mid", 11, until=DAY)
    row = table[(table["arm"] == "mid") & (table["seed"] == 11)].iloc[0]
    assert (row["digest"], row["profit"], row["case"], row["revision"]) == (
        run.digest(), run.kpis()["profit"], "stall", 1,
    )  # fmt: skip


def test_dials_are_typed_and_empty_for_who_chooses_in_flight(table):
    firsts = table.groupby("arm")[["design.servers", "design.line"]].first()
    assert firsts.loc["mid"].tolist() == [2, 0.8] and firsts.loc["own"].tolist() == [2, 0.3]
    assert table[table["arm"] == "expert"]["design.line"].isna().all()
    assert (str(table["design.servers"].dtype), str(table["design.line"].dtype)) == ("Int64", "Float64")


def test_what_was_flown_can_be_flown_again(table):
    plans = table.groupby("arm")["plan"].first()
    assert (plans["mid"], plans["expert"]) == ("mid", "expert")
    again = CASE.read_plan(plans["own"])
    assert again == Plan(CASE.design(line=0.3))


def test_it_says_where_it_comes_from(table):
    about = table.attrs
    assert (about["case"], about["revision"], about["until"], about["versions"]) == ("stall", 1, DAY, versions())
    assert about["scenario"] == CASE.scenario.to_data()
    assert about["units"]["wait"] == "s"


def test_a_figure_called_like_a_column_is_refused():
    study = Study("stall", "mid", (0,), ({"seed": 1.0},), ("x",), "mid")
    with pytest.raises(BadInput, match="'seed'"):
        frame(CASE, [study])


# --- Parquet


def sha(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def written(folder: Path, name: str, studies, case=CASE) -> str:
    """Write *studies*, and return the SHA-256 of the file."""
    write_parquet(frame(case, studies, until=DAY), folder / name)
    return sha(folder / name)


def test_what_is_written_is_read(table, tmp_path):
    write_parquet(table, tmp_path / "new" / "runs.parquet")
    found = read_parquet(tmp_path / "new" / "runs.parquet")
    pd.testing.assert_frame_equal(found, table)
    assert found.attrs == table.attrs
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["runs.parquet"]


def test_the_same_study_gives_the_same_bytes(tmp_path):
    """With one process and with two, in another order, in two parts, and after it was cut off in the middle."""

    def flown(arms=ARMS, seeds=SEEDS, jobs=1, **more):
        return replicate_all(CASE, arms, seeds, jobs=jobs, until=DAY, **more)

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled

    once = written(tmp_path, "once.parquet", flown())
    assert written(tmp_path, "two.parquet", flown(jobs=2)) == once
    assert written(tmp_path, "back.parquet", flown(dict(reversed(ARMS.items())), SEEDS[::-1])) == once
    late = flown(seeds=SEEDS[1:])
    parts = {arm: first.followed_by(late[arm]) for arm, first in flown(seeds=SEEDS[:1]).items()}
    assert written(tmp_path, "parts.parquet", parts) == once
    with pytest.raises(Cancelled):
        flown(keep=tmp_path / "runs.sqlite3", progress=stop)
    assert written(tmp_path, "resumed.parquet", flown(keep=tmp_path / "runs.sqlite3", jobs=2)) == once


def test_other_runs_give_other_bytes(tmp_path):
    one, two = (replicate_all(CASE, {"mid": "mid"}, [seed], jobs=1, until=DAY) for seed in (0, 1))
    assert written(tmp_path, "one", one) != written(tmp_path, "two", two)


def test_what_is_not_known_stays_so(tmp_path):
    studies = replicate_all(CASE, {"mid": "mid"}, [0], jobs=1, until=DAY, read=nothing)
    write_parquet(frame(CASE, studies), tmp_path / "runs.parquet")
    assert np.isnan(read_parquet(tmp_path / "runs.parquet")["nothing"]).all()


def nothing(run) -> dict[str, float]:
    """A figure that is not known."""
    return {"nothing": float("nan")}


def test_without_pyarrow_it_is_said_what_to_install(table, tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "find_spec", lambda name: None)
    for call in (lambda: write_parquet(table, tmp_path / "x"), lambda: read_parquet(tmp_path / "x")):
        with pytest.raises(BadInput, match=r'pip install "ml-windtunnel\[studies\]"'):
            call()


def test_what_cannot_be_read_or_written_is_refused_in_one_line(table, tmp_path):
    (tmp_path / "text").write_text("no table")
    for call in (
        lambda: read_parquet(tmp_path / "text"),
        lambda: read_parquet(tmp_path / "nowhere"),
        lambda: write_parquet(table, tmp_path / "text" / "x"),
    ):
        with pytest.raises(BadInput) as error:
            call()
        assert str(error.value).isprintable()
