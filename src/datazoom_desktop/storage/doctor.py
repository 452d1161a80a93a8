"""Checks a room's database, originals and passage index against each other, and repairs what is derived.

Nothing that only the user could bring back is ever deleted: an original that no document names is moved aside, and one that
is lost or damaged is taken again from where it came from if the very same bytes are still there, or else reported.
"""

from __future__ import annotations

import enum
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import sha256_file
from datazoom_desktop.storage import checks
from datazoom_desktop.storage.checks import Original
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.migrate import migrations, schema_number
from datazoom_desktop.storage.room import RoomStorage

UNCLAIMED = "unclaimed"
_CREATED = re.compile(r"^\s*CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.MULTILINE | re.IGNORECASE)
_SHOWN = 3

Check = Callable[[Cursor], Problem | None]
"""A rule of a package above: what is wrong with its own rows, or None."""


class Severity(enum.StrEnum):
    """How bad a finding is."""

    ERROR = "error"  #: something of the user's is lost or altered
    WARNING = "warning"  #: something does not work as it should
    NOTE = "note"  #: untidy, without harm


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in words for a person; ``repairable`` says whether ``repair`` mends it."""

    severity: Severity
    what: str
    remedy: str
    repairable: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What an examination found, and by id what has to be done again; ``complete`` unless it could not go on."""

    findings: tuple[Finding, ...]
    versions_to_reindex: tuple[str, ...] = ()
    versions_to_reread: tuple[str, ...] = ()
    lost_originals: tuple[Original, ...] = ()
    unclaimed_originals: tuple[str, ...] = ()
    stray_previews: tuple[Path, ...] = ()
    ownerless_text: tuple[str, ...] = ()
    ownerless_rows: tuple[str, ...] = ()
    index_broken: bool = False
    complete: bool = True

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass
class _Notes:
    """A report being written."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, severity: Severity, what: str, remedy: str, *, repairable: bool = True) -> None:
        self.findings.append(Finding(severity, what, remedy, repairable))


def examine(room: RoomStorage, rules: Sequence[Check] = (), *, deep: bool = True) -> Report:
    """Return what is wrong with an open room, changing nothing.

    ``rules`` are further checks of the database. ``deep`` reads every original to compare its hash and every passage to
    compare its words; without it only presence and sizes are looked at, which takes well under a second for most rooms.
    """
    notes = _Notes()
    with room.db.read() as cursor:
        if not _sound_schema(room, cursor, notes):
            return Report(tuple(notes.findings), complete=False)
        for rule in rules:
            if (problem := rule(cursor)) is not None:
                notes.add(Severity.ERROR, problem.message, problem.remedy, repairable=False)
        originals, leaving = checks.originals(cursor), checks.leaving_originals(cursor)
        reread = _text(cursor, notes, deep=deep)
        ownerless = tuple(checks.ownerless_text(cursor))
        wanted = checks.passage_counts(cursor)
        known = checks.version_ids(cursor)
        _jobs(cursor, notes)
    if ownerless:
        notes.add(
            Severity.NOTE, f"Text of {_count(ownerless, 'version')} that the room does not know.", "It can be deleted."
        )
    lost = _lost(room, originals, notes, deep=deep)
    unclaimed = _unclaimed(room, {*leaving, *(original.sha256 for original in originals)}, notes)
    broken, reindex, rows = _index(room, wanted, known, notes)
    strays = _strays(room, known, notes)
    reindex = tuple(version for version in reindex if version not in reread)
    return Report(tuple(notes.findings), reindex, reread, lost, unclaimed, strays, ownerless, rows, broken)


def repair(room: RoomStorage, found: Report | None = None) -> Report:
    """Repair what is derived, as ``found`` just before or by examining now; return what had been found.

    Versions to be read or indexed again are put into the state "new" or "read", from which the intake takes them up. Only
    while no work is running in the room.
    """
    report = found or examine(room)
    if not report.complete:
        return report
    _heal_originals(room, report)
    if report.index_broken:
        room.passages.recreate()
    room.passages.remove(report.ownerless_rows)
    _remove_previews(report)
    room.db.write(lambda tx: _repair_facts(tx, report))
    return report


def _repair_facts(tx: Cursor, report: Report) -> None:
    checks.drop_text(tx, report.ownerless_text + report.versions_to_reread)
    checks.set_state(tx, report.versions_to_reread, "new")
    checks.set_state(tx, report.versions_to_reindex, "read")
    checks.requeue_abandoned(tx)


def _sound_schema(room: RoomStorage, cursor: Cursor, notes: _Notes) -> bool:
    steps = migrations()
    wanted = frozenset(name for step in steps for name in _CREATED.findall(step.sql))
    try:
        missing = checks.missing_tables(cursor, wanted)
        sound = not missing and schema_number(room.db) == steps[-1].number
    except duckdb.Error as error:
        missing, sound = [str(error)], False
    if not sound:
        what = f"The room's database is incomplete: {', '.join(missing) or 'it is not at the present version'}."
        notes.add(Severity.ERROR, what, "Restore the room from a backup.", repairable=False)
    return sound


def _text(cursor: Cursor, notes: _Notes, *, deep: bool) -> tuple[str, ...]:
    for path in checks.dangling_paths(cursor):
        remedy = "Add the file again."
        notes.add(
            Severity.ERROR, f"“{path}” stands for a document that the room does not hold.", remedy, repairable=False
        )
    misread = checks.misread_versions(cursor)
    if misread:
        what = f"The pages of {_count(misread, 'document')} do not follow each other as they should."
        notes.add(Severity.WARNING, what, "They can be read again.")
    misplaced = [one for one in (checks.misplaced_passages(cursor) if deep else ()) if one not in misread]
    if misplaced:
        what = f"Passages of {_count(misplaced, 'document')} do not lie where they should."
        notes.add(Severity.WARNING, what, "They can be read again.")
    return tuple(misread + misplaced)


def _jobs(cursor: Cursor, notes: _Notes) -> None:
    abandoned = checks.abandoned_jobs(cursor)
    if abandoned:
        what = f"{_count(abandoned, 'piece')} of work stopped halfway: {_listed(abandoned)}."
        notes.add(Severity.WARNING, what, "It can be put back into the queue.")


def _lost(room: RoomStorage, originals: list[Original], notes: _Notes, *, deep: bool) -> tuple[Original, ...]:
    lost = []
    for original in originals:
        file = room.blobs.path(original.sha256)
        if not room.blobs.has(original.sha256):
            what = f"The original of “{original.name}” is missing."
        elif file.stat().st_size != original.bytes or (deep and not room.blobs.verify(original.sha256)):
            what = f"The original of “{original.name}” is not as it was added: its bytes were altered."
        else:
            continue
        lost.append(original)
        source = _same_bytes(original)
        if source is not None:
            notes.add(Severity.ERROR, what, f"It can be taken again from {source}.")
        else:
            remedy = "Restore the room from a backup, or add the same file again."
            notes.add(Severity.ERROR, what, remedy, repairable=False)
    return tuple(lost)


def _unclaimed(room: RoomStorage, claimed: set[str], notes: _Notes) -> tuple[str, ...]:
    unclaimed = tuple(sha256 for sha256 in room.blobs.all() if sha256 not in claimed)
    if unclaimed:
        what = f"{_count(unclaimed, 'original')} that no document names."
        notes.add(Severity.NOTE, what, f"They can be moved to the folder “{UNCLAIMED}” of the room.")
    return unclaimed


def _index(
    room: RoomStorage, wanted: dict[str, int], known: frozenset[str], notes: _Notes
) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    """Return whether the index must be made anew, which versions to index again, and which rows belong to none."""
    searchable = tuple(sorted(version for version, count in wanted.items() if count))
    if not room.passages.exists():
        broken = room.passages.path.exists()
        if searchable or broken:
            what = "The search index cannot be read." if broken else "The search index is missing."
            notes.add(Severity.WARNING, what, "It can be made again from the documents' text.")
        return broken, searchable, ()
    there = room.passages.version_counts()
    reindex = tuple(sorted(version for version, count in wanted.items() if there.get(version, 0) != count))
    if reindex:
        what = (
            f"{_count(reindex, 'document')} cannot be searched completely: the search index lacks passages of theirs."
        )
        notes.add(Severity.WARNING, what, "They can be indexed again.")
    rows = tuple(sorted(set(there) - known))
    if rows:
        notes.add(
            Severity.NOTE,
            f"The search index holds passages of {_count(rows, 'document')} not in the room.",
            "They can be taken out.",
        )
    return False, reindex, rows


def _strays(room: RoomStorage, known: frozenset[str], notes: _Notes) -> tuple[Path, ...]:
    strays = tuple(entry for entry in sorted(room.previews.iterdir()) if entry.name not in known and entry.is_dir())
    if strays:
        notes.add(
            Severity.NOTE,
            f"Page pictures of {_count(strays, 'document')} not in the room.",
            "They can be deleted.",
        )
    return strays


def _heal_originals(room: RoomStorage, report: Report) -> None:
    for original in report.lost_originals:
        source = _same_bytes(original)
        if source is not None:
            room.blobs.add_file(source)
    for sha256 in report.unclaimed_originals:
        aside = room.folder / UNCLAIMED
        aside.mkdir(exist_ok=True)
        room.blobs.path(sha256).replace(aside / sha256)


def _remove_previews(report: Report) -> None:
    for stray in report.stray_previews:
        shutil.rmtree(stray)


def _same_bytes(original: Original) -> Path | None:
    """Return a file the original was taken from that still has the very same bytes."""
    for source in map(Path, original.sources):
        try:
            if (
                source.is_absolute()
                and source.stat().st_size == original.bytes
                and sha256_file(source) == original.sha256
            ):
                return source
        except OSError:
            continue
    return None


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things):,} {noun}{'' if len(things) == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN:,} more"
