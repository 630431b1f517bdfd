"""A shelf keeps what was put there, finds it again by its key, and refuses files of something else."""

from __future__ import annotations

import math
import os
import signal
import sqlite3

import pytest

from simulator.errors import BadInput
from simulator.study import Row, Shelf

ROW = Row({"profit": 0.1 + 0.2, "wait": -1e-300}, "d1")


@pytest.fixture
def place(tmp_path):
    """Where a shelf may stand; the folder is not there yet."""
    return tmp_path / "study" / "runs.sqlite3"


@pytest.fixture
def shelf(place):
    """A new shelf."""
    made = Shelf(place)
    yield made
    made.close()


def test_what_was_put_is_found_to_the_last_bit(shelf):
    shelf.put("a", ROW)
    assert shelf.found(["a", "b"]) == {"a": ROW} and len(shelf) == 1


def test_figures_that_are_no_numbers_are_kept_too(shelf):
    shelf.put("a", Row({"delay": math.nan, "gain": math.inf}, "d"))
    kpis = shelf.found(["a"])["a"].kpis
    assert math.isnan(kpis["delay"]) and kpis["gain"] == math.inf and list(kpis) == ["delay", "gain"]


def test_a_run_that_is_put_again_takes_the_place_of_the_first(shelf):
    shelf.put("a", ROW)
    shelf.put("a", Row({"served": 1.0}, "d2"))
    assert shelf.found(["a"])["a"].digest == "d2" and len(shelf) == 1


@pytest.mark.parametrize("n", [0, 1, 500, 501, 1234])
def test_any_number_of_runs_is_found(shelf, n):
    for number in range(n):
        shelf.put(f"key {number}", ROW)
    wanted = {f"key {number}" for number in range(n)}
    assert set(shelf.found([*wanted, "none"])) == wanted


def test_two_share_a_file(shelf, place):
    other = Shelf(place)
    shelf.put("a", ROW)
    other.put("b", ROW)
    assert set(shelf.found("ab")) == set(other.found("ab")) == {"a", "b"}
    other.close()


def test_what_was_put_outlives_its_process(place):
    child = os.fork()
    if child == 0:
        shelf = Shelf(place)
        for number in range(200):
            shelf.put(f"{number}", ROW)
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    after = Shelf(place)
    assert len(after) == 200
    after.close()


def foreign(path) -> None:
    """Make a database of something else."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE books (name TEXT)")
    db.close()


TROUBLE = {
    "a folder": lambda path: path.mkdir(),
    "a text": lambda path: path.write_text("no database " * 1000),
    "a database of something else": foreign,
}


@pytest.mark.parametrize("name", TROUBLE)
def test_what_is_no_shelf_is_refused_in_one_line(tmp_path, name):
    path = tmp_path / "runs.sqlite3"
    TROUBLE[name](path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(BadInput) as error:
        Shelf(path)
    assert str(path) in str(error.value) and str(error.value).isprintable()
    assert not path.is_file() or path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="file"):
        Shelf(tmp_path / "file" / "runs.sqlite3")


@pytest.mark.parametrize("kpis", ["junk", "[1]", "{}", '{"served": "many"}'])
def test_a_damaged_run_is_told(shelf, kpis):
    shelf.put("a", ROW)
    shelf._db.execute("UPDATE runs SET kpis = ?", [kpis])
    with pytest.raises(BadInput, match=r"runs.sqlite3 cannot keep .* it is damaged"):
        shelf.found(["a"])
