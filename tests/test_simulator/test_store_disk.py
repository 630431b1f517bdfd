"""The store on a bad day: damaged and foreign files, failing disks, other programs, older and newer versions."""

from __future__ import annotations

import itertools
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from toy_case import CASE

from simulator.errors import BadInput
from simulator.plan import Change
from simulator.store import FILE, Store, disk, opening, tables

STEP = Change(60.0, {"line": 0.5})
FAILURES = 50


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / FILE


@pytest.fixture
def opened(path: Path):
    """A maker of stores on one file, or on another one."""
    made, number = [], itertools.count()

    def make(where: Path = path) -> Store:
        made.append(Store(where, lambda: 1000.0, lambda: f"id-{next(number)}"))
        return made[-1]

    yield make
    for store in made:
        store.close()


def begun(store: Store):
    """A flight with one decision."""
    return store.decide(store.begin(CASE, CASE.plan(), 0, "training").id, 0, "first", STEP)


def folder(path: Path) -> list[str]:
    """The files beside the one at *path*, without those that SQLite comes and goes with."""
    return sorted(name for name in os.listdir(path.parent) if not name.endswith(("-wal", "-shm")))


def other_database(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE recipes (name TEXT)")
    db.commit()
    db.close()


# files that are not ours


@pytest.mark.parametrize("spoil", [lambda p: p.write_bytes(b"no database" * 900), other_database])
def test_a_foreign_file_is_moved_aside(path, opened, spoil):
    path.parent.mkdir()
    spoil(path)
    before = path.read_bytes()
    store = opened()
    flight = begun(store)
    assert store.trouble == ""
    assert len(store.notices) == 1 and f"{path}.broken-1" in store.notices[0]
    assert Path(f"{path}.broken-1").read_bytes() == before
    store.close()
    spoil(path) if spoil is not other_database else path.write_bytes(b"x" * 5000)
    assert f"{path}.broken-2" in opened().notices[0]
    assert folder(path) == [FILE, f"{FILE}.broken-1", f"{FILE}.broken-2"]
    assert opened().notices == ()
    assert flight.version == 1


def test_a_damaged_file_is_moved_aside(path, opened):
    store = opened()
    for _ in range(30):
        begun(store)
    store.close()
    data = bytearray(path.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page : page + 100] = b"\xff" * 100
    path.write_bytes(bytes(data))
    again = opened()
    assert "it is damaged" in again.notices[0]
    assert (again.flights(), again.trouble) == ([], "")
    assert folder(path) == [FILE, f"{FILE}.broken-1"]


def test_an_empty_file_is_ours(path, opened):
    path.parent.mkdir()
    path.write_bytes(b"")
    assert begun(opened()).version == 1


def test_a_file_of_a_newer_version_is_left_alone(path, opened, monkeypatch):
    store = opened()
    begun(store)
    store.close()
    before = path.read_bytes()
    monkeypatch.setattr(tables, "VERSION", 0)
    store = opened()
    assert "newer version" in store.trouble
    assert (store.notices, store.flights()) == ((), [])
    assert begun(store).version == 1
    assert path.read_bytes() == before


def test_an_older_file_is_brought_up_to_date_or_left(path, opened, monkeypatch):
    store = opened()
    flight = begun(store)
    store.close()
    more = (("CREATE TABLE notes (text TEXT) STRICT", "INSERT INTO notes VALUES ('new')"),)
    monkeypatch.setattr(tables, "_MIGRATIONS", tables._MIGRATIONS + more)
    monkeypatch.setattr(tables, "VERSION", 4)
    store = opened()
    assert (store.flight(flight.id), store.trouble) == (flight, "")
    db = store._disk._db
    assert (db.execute("SELECT text FROM notes").fetchone()[0], tables.version_of(db)) == ("new", 4)
    store.close()

    bad = (("CREATE TABLE more (text TEXT) STRICT", "INSERT INTO nowhere VALUES (1)"),)
    monkeypatch.setattr(tables, "_MIGRATIONS", tables._MIGRATIONS + bad)
    with pytest.raises(sqlite3.OperationalError):
        opened()
    db = sqlite3.connect(path)
    assert tables.version_of(db) == 4 and "more" not in tables.names(db)
    db.close()


def test_what_is_on_disk_is_safe(opened):
    db = opened()._disk._db
    pragmas = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert pragmas == ["wal", 2, 1]
    assert db.execute("PRAGMA application_id").fetchone()[0] == tables.APPLICATION
    strict = dict(db.execute("SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite_%'").fetchall())
    assert set(strict.values()) == {1} and len(strict) == 10


# disks that fail


def went_on(store: Store, flight, words: str) -> None:
    """What was acknowledged is there, and the flight goes on, in memory."""
    after = store.decide(flight.id, flight.version, "next", STEP)
    assert after.version == flight.version + 1
    assert words in store.trouble and "in memory only" in store.trouble and "\n" not in store.trouble
    assert store.flight(flight.id) == after


def test_a_disk_that_cannot_be_written_any_more(path, opened):
    store = opened()
    flight = begun(store)
    store._disk._db.execute("PRAGMA query_only = ON")
    went_on(store, flight, "readonly")
    assert opened().flight(flight.id) == flight


def test_a_full_disk(path, opened):
    store = opened()
    flight = begun(store)
    pages = store._disk._db.execute("PRAGMA page_count").fetchone()[0]
    store._disk._db.execute(f"PRAGMA max_page_count = {pages}")
    for key in range(40):
        store.keep(str(key), "x" * 1000)
    went_on(store, flight, "full")
    assert store.kept("39") is not None
    again = opened()
    assert (again.flight(flight.id), again.trouble) == (flight, "")


def test_a_file_that_was_taken_away(path, opened):
    store = opened()
    flight = begun(store)
    path.unlink()
    went_on(store, flight, "taken the file away")
    assert not path.exists()


def test_damage_in_flight(path, opened):
    """What can still be read goes on."""
    store = opened()
    flight = begun(store)
    store.keep("key", "x" * 100_000)
    store._disk._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size - 8 * 4096)
        file.write(b"\xff" * 8 * 4096)
    db = store._disk._db
    db.execute("PRAGMA cache_size = 0")
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def fail(_):
        raise error

    with pytest.raises(sqlite3.DatabaseError):
        store._disk.write(fail)
    assert "malformed" in store.trouble
    assert store.flight(flight.id) == flight


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(path, opened):
    store = opened()
    flight = begun(store)
    store.close()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        went_on(opened(), flight, str(path))
    finally:
        path.parent.chmod(0o700)


@pytest.mark.parametrize("inside", ["a-file/x", "a-folder"])
def test_a_place_where_no_file_can_be(tmp_path, opened, inside):
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder" / FILE).mkdir(parents=True)
    store = opened(tmp_path / inside)
    assert "in memory only" in store.trouble
    assert begun(store).version == 1


def test_a_disk_that_was_read_only_from_the_start(path, opened, monkeypatch):
    store = opened()
    flight = begun(store)
    store.close()
    before = path.read_bytes()
    kind = failing(lambda: True, lambda statement: statement.startswith("PRAGMA application_id ="))
    monkeypatch.setattr(disk, "connect", lambda name: connected(name, kind))
    store = opened()
    assert "disk I/O error" in store.trouble
    assert store.decide(flight.id, 1, "next", STEP).version == 2
    store.close()
    assert path.read_bytes() == before


# errors of input and output, one after the other


def failing(armed, chosen=lambda statement: True, late: bool = False):
    """A kind of connection whose statements fail while it is *armed*, before or after they have done their work."""

    class Failing(sqlite3.Connection):
        def execute(self, statement, *more):
            fails = chosen(statement) and armed()
            done = super().execute(statement, *more) if late or not fails else None
            if fails:
                raise sqlite3.OperationalError("disk I/O error")
            return done

        def backup(self, *_, **__):
            raise sqlite3.OperationalError("disk I/O error")

    return Failing


def connected(name: str, kind) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False, factory=kind)
    db.row_factory = sqlite3.Row
    return db


def played(store: Store, acknowledged: list) -> None:
    """A small flight; each call that returns is noted."""
    flight = store.begin(CASE, CASE.plan(), 0, "training")
    acknowledged.append((flight.id, 0))
    for turn in range(5):
        flight = store.decide(flight.id, turn, f"t{turn}", STEP)
        acknowledged.append((flight.id, flight.version))
        store.reach(flight.id, float(turn))


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_fifty_errors_of_the_disk(path, opened, monkeypatch, late):
    """Each time a later statement is the first to fail: what was acknowledged is there, and the play goes on."""
    hit = 0
    for number in range(FAILURES // 2):
        count = itertools.count()
        kind = failing(lambda c=count, n=number: next(c) >= n + 12, late=late)
        with monkeypatch.context() as patch:
            patch.setattr(disk, "connect", lambda name, kind=kind: connected(name, kind))
            store, acknowledged = opened(), []
            played(store, acknowledged)
        hit += "disk I/O error" in store.trouble
        last = store.flight(acknowledged[-1][0])
        assert last.version == acknowledged[-1][1] == 5
        assert [change["at"] for change in last.plan["changes"]] == [60.0] * 5
        store.close()
    assert hit == FAILURES // 2
    again = opened()
    assert (again.trouble, again.notices) == ("", ())
    assert begun(again).version == 1


def test_twin_a_disk_that_never_fails(path, opened, monkeypatch):
    monkeypatch.setattr(disk, "connect", lambda name: connected(name, failing(lambda: False)))
    store = opened()
    played(store, [])
    assert store.trouble == ""


# other programs


def test_busy_is_said_and_nothing_is_lost(path, opened, monkeypatch):
    monkeypatch.setattr(opening, "_PATIENCE", 0.05)
    store = opened()
    flight = begun(store)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    with pytest.raises(BadInput, match="busy"):
        store.decide(flight.id, 1, "next", STEP)
    db.execute("ROLLBACK")
    db.close()
    assert store.trouble == ""
    assert store.decide(flight.id, 1, "next", STEP).version == 2


OTHER = """
import itertools, sys
from pathlib import Path
from simulator.plan import Change
from simulator.store import Stale, Store
path, id, name = sys.argv[1:]
number = itertools.count()
store = Store(Path(path), lambda: 1.0, lambda: f"{name}-{next(number)}")
for turn in range(40):
    while True:
        try:
            store.decide(id, store.flight(id).version, f"{name}-{turn}", Change(float(turn), {"line": 0.5}, name))
            break
        except Stale:
            pass
print(store.trouble, store.notices)
store.close()
"""


def test_two_processes(path, opened):
    store = opened()
    flight = store.begin(CASE, CASE.plan(), 0, "training")
    root = str(Path(disk.__file__).parents[2])
    both = [
        subprocess.Popen([sys.executable, "-c", OTHER, str(path), flight.id, name], cwd=root, stdout=subprocess.PIPE,
                         text=True)
        for name in "ab"
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[0] for process in both]
    assert said == [" ()\n"] * 2
    after = store.flight(flight.id)
    assert (after.version, store.trouble) == (80, "")
    whys = [change["why"] for change in after.plan["changes"]]
    assert (whys.count("a"), whys.count("b")) == (40, 40)


def test_two_processes_make_the_file(path):
    code = (
        "import sys; from pathlib import Path; from simulator.store import Store; "
        "s = Store(Path(sys.argv[1]), lambda: 1.0, lambda: 'x'); print(s.trouble, s.notices); s.close()"
    )
    root = str(Path(disk.__file__).parents[2])
    command = [sys.executable, "-c", code, str(path)]
    both = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate(timeout=60)[0] for process in both] == [" ()\n"] * 4
