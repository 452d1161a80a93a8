"""Brings a database to the present schema, one numbered SQL file at a time; a room's unless another kind is named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from datazoom_desktop import __version__
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Cursor, Database
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.manifest import newer

_FILE = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql\Z")
_RECORDS = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    app_version VARCHAR NOT NULL
)"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema: its 1-based number, name, SQL text."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Return the hash of the SQL text, line ends aside, by which a changed file is noticed."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of database.

    Attributes:
        package: The package that holds its numbered SQL files.
        word: What people call it, such as "room".
        stem: How the names of its copies begin.
    """

    package: str
    word: str
    stem: str


ROOM = Kind("datazoom_desktop.storage.migrations", "room", "room")


def migrations(kind: Kind = ROOM) -> tuple[Migration, ...]:
    """Return the shipped migrations of a kind in order; their numbers run from 1 without gaps."""
    folder = resources.files(kind.package)
    found = []
    for entry in folder.iterdir():
        match = _FILE.match(entry.name)
        if match:
            found.append(Migration(int(match[1]), match[2], entry.read_text("utf-8")))
    found.sort(key=lambda step: step.number)
    if [step.number for step in found] != list(range(1, len(found) + 1)):
        raise RuntimeError(f"the numbers of the migrations in {kind.package} do not run from 1 without gaps")
    return tuple(found)


def migrate(db: Database, folder: Path, steps: Sequence[Migration] | None = None, kind: Kind = ROOM) -> int:
    """Apply the steps that the database has not yet; return how many.

    A database that already has some is first copied to ``backups`` in ``folder``. Each step and its record are one transaction.

    Raises:
        Problem: The database has steps this program does not know, or one that differs from its own.
    """
    known = migrations(kind) if steps is None else steps
    applied = _applied(db)
    _refuse_strangers(applied, known, folder, kind.word)
    pending = [step for step in known if step.number not in applied]
    if pending and applied:
        _keep_copy(db, folder, f"{kind.stem}-{max(applied):04d}")
    for step in pending:
        db.write(lambda tx, step=step: _apply(tx, step))  # type: ignore[misc]
    return len(pending)


def schema_number(db: Database) -> int:
    """Return the number of the newest applied migration, 0 for an empty database."""
    return max(_applied(db), default=0)


def _applied(db: Database) -> dict[int, str]:
    with db.read() as cursor:
        there = cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_migrations'").fetchone()
        if there is None or there[0] == 0:
            return {}
        return dict(cursor.execute("SELECT number, sha256 FROM schema_migrations ORDER BY number").fetchall())


def _refuse_strangers(applied: dict[int, str], known: Sequence[Migration], folder: Path, word: str) -> None:
    mine = {step.number: step.sha256 for step in known}
    if max(applied, default=0) > max(mine, default=0):
        raise newer(folder, word)
    for number, sha256 in applied.items():
        if mine.get(number) != sha256:
            raise Problem(
                f"This {word} does not fit this version",
                f"Step {number} of this {word}'s structure differs from the one this version of DataZoom Desktop knows.",
                f"Open the {word} with the version that made it, or restore it from a backup.",
                str(folder),
            )


def _keep_copy(db: Database, folder: Path, name: str) -> None:
    """Copy the database under a name that tells the moment too."""
    backups = folder / "backups"
    with file_faults(folder):
        backups.mkdir(exist_ok=True)
    db.copy_to(backups / f"{name}-{now():%Y%m%dT%H%M%S%fZ}.duckdb")


def _apply(tx: Cursor, step: Migration) -> None:
    tx.execute(_RECORDS)
    tx.execute(step.sql)
    tx.execute(
        "INSERT INTO schema_migrations VALUES (?, ?, ?, ?, ?)",
        [step.number, step.name, step.sha256, now(), __version__],
    )
