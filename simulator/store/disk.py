"""One SQLite file that does not let its user down: damaged, it is set aside; unwritable, all goes on in memory."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from simulator.errors import BadInput
from simulator.store.memory import copied, in_memory
from simulator.store.opening import Foreign, Newer, connect, prepare, recognise

__all__ = ["FILE", "Disk", "home"]

FILE = "flights.sqlite3"

_Result = TypeVar("_Result")
_Work = Callable[[sqlite3.Connection], _Result]
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_ATTENDANTS = ("", "-wal", "-shm", "-journal")


def home(environ: Mapping[str, str]) -> Path:
    """Return the folder in which flights are kept: WINDTUNNEL_HOME, or one in the user's data folder."""
    if given := environ.get("WINDTUNNEL_HOME"):
        return Path(given).expanduser().absolute()
    data = environ.get("XDG_DATA_HOME", "")  # relative ones are to be ignored, says its specification
    own = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    return (Path(data) if os.path.isabs(data) else own / ".local" / "share") / "windtunnel"


class Disk:
    """The file at *path*, or in the folder *path*, or memory alone; one transaction at a time, from whatever thread."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.trouble = path and _file_at(path.absolute()), ""
        self.notices: tuple[str, ...] = ()
        self._lock = threading.RLock()
        self._on_disk, self._file = False, (0, 0)
        self._db = self._opened()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError):  # where opening itself has failed
            self._db.close()  # Python 3.13 warns of those that nobody has closed

    def write(self, work: _Work[_Result]) -> _Result:
        """Have *work* done as one transaction, and return its result when that is safe on disk.

        When the disk fails, all that can be read moves to memory, and the work is done there. Work may be done twice:
        a disk that fails at the very end does not say whether it has done it.
        """
        return self._survived(lambda: self._committed(work))

    def read(self, work: _Work[_Result]) -> _Result:
        """Have *work* done that changes nothing, on one state of the file."""
        return self._survived(lambda: self._transacted(work, "BEGIN"))

    def _survived(self, work: Callable[[], _Result]) -> _Result:
        with self._lock:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if not self._on_disk or not _is_trouble(error):
                    raise
                if _code(error) in _BUSY:
                    raise BadInput(f"{self.path} is busy: another program is writing to it; try again") from None
                self._move_to_memory(_said(error))
            return work()

    def _committed(self, work: _Work[_Result]) -> _Result:
        if self._on_disk and _identity(self.path) != self._file:
            raise sqlite3.OperationalError("somebody has taken the file away")
        return self._transacted(work, "BEGIN IMMEDIATE")

    def _transacted(self, work: _Work[_Result], begin: str) -> _Result:
        self._db.execute(begin)
        try:
            result = work(self._db)
            self._db.execute("COMMIT")
            return result
        finally:
            with contextlib.suppress(sqlite3.Error):
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    # in memory

    def _move_to_memory(self, why: str) -> None:
        self.trouble = f"flights are kept in memory only, until the program ends: {self.path}: {why}"
        broken, self._db, self._on_disk = self._db, copied(self._db, self.path), False
        with contextlib.suppress(sqlite3.Error):
            broken.close()

    # opening

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            self.trouble = "flights are kept in memory only, until the program ends: no file was named"
            return in_memory()
        why = "it cannot be moved aside"
        for _ in range(2):
            try:
                return self._accepted(self.path)
            except Foreign as found:
                why = str(found)
                if not self._set_aside(self.path, why):
                    break
            except Newer as newer:
                why = str(newer)
                break
            except (OSError, sqlite3.DatabaseError) as error:
                why = _said(error)
                break
        self.trouble = f"flights are kept in memory only, until the program ends: {self.path}: {why}"
        return copied(None, self.path)

    def _accepted(self, path: Path) -> sqlite3.Connection:
        """Open the file if it is ours, or new; leave it open only if it can be written."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        db = connect(str(path))
        try:
            recognise(db)
            prepare(db)
            self._on_disk, self._file = True, _identity(path)
            return db
        except BaseException as error:
            self._on_disk = False
            db.close()
            if isinstance(error, sqlite3.DatabaseError) and _code(error) in _DAMAGED:
                raise Foreign(f"it is damaged: {_said(error)}") from None
            raise

    def _set_aside(self, path: Path, why: str) -> bool:
        """Move the file, with what belongs to it, to a name that is free."""
        try:
            aside = _free_name(path)
            for end in _ATTENDANTS:
                if os.path.exists(f"{path}{end}"):
                    os.replace(f"{path}{end}", f"{aside}{end}")
        except OSError:
            return False
        self.notices += (f"{path} is no store of flights ({why}); it is kept as {aside}",)
        return True


def _file_at(path: Path) -> Path:
    """Return *path*, or the file in it where it is a folder by its name."""
    return path if path.suffix == Path(FILE).suffix else path / FILE


def _free_name(path: Path) -> Path:
    """Take the first free name, so that nothing is overwritten."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}.broken-{number}")
        if not any(os.path.lexists(f"{aside}{end}") for end in _ATTENDANTS):
            with contextlib.suppress(FileExistsError), aside.open("x"):
                return aside
    raise OSError("too many broken files")


def _identity(path: Path | None) -> tuple[int, int]:
    try:
        found = os.stat(path or "")
        return found.st_dev, found.st_ino
    except OSError:
        return 0, 0


def _is_trouble(error: sqlite3.DatabaseError) -> bool:
    """Tell whether the disk is at fault, and not what was asked of it."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def _code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)
