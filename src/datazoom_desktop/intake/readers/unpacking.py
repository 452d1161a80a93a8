"""Taking the members out of an archive within limits, and the pages that tell what it holds and what was left out.

What an archive says of itself is checked before a member is taken out, and what comes out is counted while it does: nobody vouches
for a header. What is left out is listed with its reason.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from datazoom_desktop.intake.folders import is_litter
from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Unreadable
from datazoom_desktop.intake.readers.inside import Places, safe_path
from datazoom_desktop.intake.readers.pagetext import PageText, row
from datazoom_desktop.kernel.coverage import Coverage

_MIB = 1 << 20
MOST_MEMBERS = 50_000
MOST_BYTES = 64 << 30  #: unpacked, all members together
RATIO = 100  #: unpacked to packed, of the whole archive ...
SLACK = 256 * _MIB  #: ... beyond so many bytes
DISK_RESERVE = 512 * _MIB  #: stays free on the disk
_DISK_EVERY = 32 * _MIB  #: bytes written between two looks at the disk
_SEARCHED_ROWS = 400  #: lines of what was not taken out that are indexed; what was is found by itself
_NAMED = 12  #: members named in a reason
_LONGEST_NAME = 300
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LAST_SECOND = (1 << 63) // 1_000_000_000  #: that a database can count in nanoseconds, in the year 2262


@dataclass(frozen=True, slots=True)
class Entry:
    """What an archive says of something in it; nothing of that is sure.

    Attributes:
        name: Its path as it stands in the archive.
        size: Bytes when unpacked, None where that is not said.
        modified: When it was last changed, UTC; where the archive gives a time without a zone, that time as if it were.
    """

    name: str
    size: int | None = None
    modified: dt.datetime | None = None


class Trouble(Exception):
    """A member cannot be taken out, or not whole: says which coverage that is and why, in words that follow the member's name.

    Attributes:
        coverage: ``ENCRYPTED``, ``FAILED`` or ``SKIPPED``.
        reason: Such as "It is damaged."
        ends: Nothing more of the archive can be taken out.
    """

    def __init__(self, coverage: Coverage, reason: str, *, ends: bool = False) -> None:
        """Keep the parts."""
        super().__init__(coverage, reason)
        self.coverage = coverage
        self.reason = reason
        self.ends = ends


def needs_password() -> Trouble:
    """Return the trouble with a member that none of the passwords opens."""
    return Trouble(Coverage.ENCRYPTED, "A password is needed.")


def damaged() -> Trouble:
    """Return the trouble with a member whose bytes are not what the archive says."""
    return Trouble(Coverage.FAILED, "Damaged in the archive.")


@dataclass(slots=True)
class _Group:
    """Members that were left out for one reason, the first few by name."""

    count: int = 0
    names: list[str] = field(default_factory=list)


class Unpacking:
    """One archive's members on their way out.

    Attributes:
        attachments: What was taken out so far.
    """

    def __init__(self, context: ReadContext, packed: int) -> None:
        """Unpack an archive of ``packed`` bytes into the job's scratch folder."""
        self.attachments: list[Attachment] = []
        self._context = context
        self._folder = context.scratch / "members"
        self._allowed = min(MOST_BYTES, RATIO * packed + SLACK)
        self._written = self._next_look = 0
        self._places = Places()
        self._rows: list[tuple[str, bool]] = []  #: lines of the list, and whether their member was taken out
        self._left_out: dict[tuple[Coverage, str], _Group] = {}
        self._ended: Trouble | None = None
        self._seen = self._litter = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more can be taken out."""
        return self._ended is not None

    def take(self, entry: Entry, chunks: Iterable[bytes]) -> None:
        """Take a member out, whose bytes are ``chunks``; these may raise ``Trouble``."""
        if not self._admits(entry):
            return
        with self._sink(entry) as sink:
            for chunk in chunks:
                sink.write(chunk)

    def sink(self, entry: Entry) -> Sink | None:
        """Return what a member's bytes are to be written to, or None when it is left out."""
        return self._sink(entry) if self._admits(entry) else None

    def leave(self, entry: Entry, trouble: Trouble) -> None:
        """List a member that is left out."""
        if self._count(entry):
            self._leave(entry, trouble)

    def end(self, trouble: Trouble) -> None:
        """Say that what the archive holds besides cannot be told."""
        self._ended = trouble
        self._group(trouble, "")

    def pages(self, what: str) -> Iterator[ReadPage]:
        """Yield the list of what the archive (``what``: its kind) holds, and a page for each reason why something was left out."""
        page = PageText()
        page.add(self._summary(what))
        searched = 0
        for number, (line, taken) in enumerate(self._rows):
            searched += not taken
            page.add(line, BlockKind.FURNITURE if taken or searched > _SEARCHED_ROWS else BlockKind.TABLE_ROW)
            if number % 1000 == 0:
                self._context.check()
        yield page.page(1, "Contents")
        for number, ((coverage, reason), group) in enumerate(self._left_out.items(), start=2):
            yield ReadPage(number, coverage, label="Left out", reason=_told(reason, group))

    def raise_if_locked(self) -> None:
        """Raise when all there is waits for a password.

        Raises:
            Unreadable: With coverage ``ENCRYPTED``.
        """
        locked = [group for (coverage, _), group in self._left_out.items() if coverage is Coverage.ENCRYPTED]
        if locked and not self.attachments and locked[0].count == self._seen - self._litter:
            raise locked_archive(f"It holds {_names(locked[0])}.")

    # --- members ------------------------------------------------------------------------------------------------------------------

    def _admits(self, entry: Entry) -> bool:
        """Return whether a member may be taken out; one that may not is listed."""
        if not self._count(entry):
            return False
        if is_litter(entry.name.replace("\\", "/")):
            self._litter += 1
            self._rows.append((_line(entry, entry.name, "not taken out: an operating system's own file"), True))
            return False
        if (entry.size or 0) + self._written > self._allowed:
            self._leave(entry, _too_much())
            return False
        return True

    def _count(self, entry: Entry) -> bool:
        self._context.check()
        if self._ended is None and self._seen >= MOST_MEMBERS:
            reason = f"An archive is unpacked up to {MOST_MEMBERS:,} files; unpack it and add the rest as a folder."
            self.end(Trouble(Coverage.SKIPPED, reason, ends=True))
        if self._ended is not None:
            self._group(self._ended, entry.name)
            return False
        self._seen += 1
        return True

    def _sink(self, entry: Entry) -> Sink:
        number = len(self.attachments) + 1
        self._folder.mkdir(parents=True, exist_ok=True)
        return Sink(self, entry, self._folder / str(number), number)

    def count_bytes(self, number: int) -> None:
        """Count bytes that came out of the archive before they are kept.

        Raises:
            Trouble: The archive unpacks to more than it may.
            OSError: The disk is nearly full.
        """
        self._context.check()
        self._written += number
        if self._written > self._allowed:
            raise _too_much()
        if self._written >= self._next_look:
            self._next_look = self._written + _DISK_EVERY
            if shutil.disk_usage(self._folder).free < DISK_RESERVE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def count_unpacked(self, total: int) -> None:
        """Check how many bytes of a compressed stream have been unpacked, whether they are kept or not.

        Raises:
            Trouble: More than may be.
        """
        if total > self._allowed:
            raise _too_much()

    def keep(self, entry: Entry, file: Path, number: int, trouble: Trouble | None) -> None:
        """Take note of a member that came out; ``trouble``: not whole."""
        size = file.stat().st_size
        path = self._places.place(safe_path(entry.name, number))
        seconds = 0 if entry.modified is None else int((entry.modified - _EPOCH).total_seconds())
        modified_ns = seconds * 1_000_000_000 if 0 < seconds < _LAST_SECOND else 0
        self.attachments.append(Attachment(path, file, modified_ns))
        note = "" if _plain(entry.name) == path else f"in the archive: {_shown(entry.name)}"
        if trouble is not None:
            note = "; ".join(filter(None, ("damaged: only a part came out", note)))
            self._group(trouble, path)
        self._rows.append((_line(Entry(entry.name, size, entry.modified), path, note), True))
        self._context.progress(len(self.attachments), 0)

    def drop(self, entry: Entry, trouble: Trouble) -> None:
        """List a member of which nothing came out."""
        if trouble.ends:
            self._ended = trouble
        self._leave(entry, trouble)

    def _leave(self, entry: Entry, trouble: Trouble) -> None:
        self._rows.append((_line(entry, entry.name, f"not taken out: {trouble.reason}"), False))
        self._group(trouble, entry.name)

    def _group(self, trouble: Trouble, name: str) -> None:
        group = self._left_out.setdefault((trouble.coverage, trouble.reason), _Group())
        if name:
            group.count += 1
            if len(group.names) < _NAMED:
                group.names.append(_shown(name))

    def _summary(self, what: str) -> str:
        if not self._rows and not self._left_out:
            return f"{what}. There is nothing in it."
        count = len(self.attachments)
        return f"{what} with {count:,} {'file' if count == 1 else 'files'}, {_size(self._written)} when unpacked."


class Sink:
    """Where one member's bytes go; leaving the block keeps them, or lists why not."""

    def __init__(self, unpacking: Unpacking, entry: Entry, file: Path, number: int) -> None:
        """Write to ``file``."""
        self._unpacking = unpacking
        self._entry = entry
        self._file = file
        self._number = number
        self._stream: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._stream = self._file.open("wb")
        return self

    def write(self, chunk: bytes | bytearray) -> int:
        """Keep some bytes; raises ``Trouble`` when the archive unpacks to more than it may."""
        assert self._stream is not None
        self._unpacking.count_bytes(len(chunk))
        return self._stream.write(chunk)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """End; a ``Trouble`` is taken note of, any other error goes on."""
        assert self._stream is not None
        self._stream.close()
        trouble = error if isinstance(error, Trouble) else None
        partly = trouble is not None and trouble.coverage is Coverage.FAILED and self._file.stat().st_size > 0
        if error is None or (partly and trouble is not None and not trouble.ends):
            self._unpacking.keep(self._entry, self._file, self._number, trouble)
            return True
        self._file.unlink()
        if trouble is not None:
            self._unpacking.drop(self._entry, trouble)
        return trouble is not None


def locked_archive(which: str = "") -> Unreadable:
    """Return the error for an archive of which nothing can be read without a password."""
    reason = " ".join(filter(None, ("A password is needed to open this archive.", which)))
    return Unreadable(Coverage.ENCRYPTED, reason, "Add the password and read the file again.")


def damaged_archive() -> Unreadable:
    """Return the error for an archive of which nothing comes out."""
    return Unreadable(
        Coverage.FAILED,
        "The archive is damaged or not complete, and nothing could be taken out of it.",
        "Ask for a fresh copy; if it came in several parts, join them and add the whole.",
    )


def _too_much() -> Trouble:
    reason = "The archive unpacks to far more than an archive of its size should, so it was not unpacked further."
    return Trouble(Coverage.FAILED, reason, ends=True)


def _told(reason: str, group: _Group) -> str:
    if not group.count:
        return reason
    return f"{reason} Not taken out, or not whole: {_names(group)}."


def _names(group: _Group) -> str:
    names, more = ", ".join(group.names), group.count - len(group.names)
    return f"{names} and {more:,} more" if more else names


def _plain(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")


def _line(entry: Entry, path: str, note: str) -> str:
    when = entry.modified.strftime("%Y-%m-%d %H:%M") if entry.modified is not None else ""
    size = "" if entry.size is None else _size(entry.size)
    return row([_shown(path), when, size, note])


def _shown(name: str) -> str:
    """Return a member's name as it can be shown in a line: nobody vouches for its length or its signs."""
    tidy = "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
    return tidy if len(tidy) <= _LONGEST_NAME else f"{tidy[:_LONGEST_NAME]}\u2026"


def _size(number: int) -> str:
    """Return a number of bytes for a person."""
    if number < 1000:
        return f"{number} bytes"
    for unit, scale in (("KB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if number < 999.5 * scale or unit == "GB":
            return f"{number / scale:,.1f} {unit}"
    raise AssertionError("the last unit takes all")
