"""A whole room in one file, and back.

The file is a ZIP archive: ``backup.json`` (format, the room's manifest, the SHA-256 and size of every other member),
``room.duckdb`` (a consistent copy, made while the room stays open) and ``blobs/ab/<sha256>``. Left out is what can be made
again: the passage index, previews, scratch. A restored room's versions therefore wait to be indexed.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from datazoom_desktop.kernel.clock import iso, now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.manifest import Manifest, write_manifest
from datazoom_desktop.storage.room import BLOBS, DATABASE, RoomStorage

_DESCRIPTION = "backup.json"
_FORMAT = 1
_BLOCK_BYTES = 1 << 20
_HEX = re.compile(r"[0-9a-f]{64}\Z")


def backup(room: RoomStorage, file: Path) -> None:
    """Write ``room`` to ``file``; either the whole backup stands there afterwards or what stood there before.

    Raises:
        Problem: An original is missing or damaged, the disk is full, or ``file`` cannot be written.
    """
    partial = file.with_name(f".{file.name}.{secrets.token_hex(6)}.part")
    copy = room.scratch / f"backup-{secrets.token_hex(6)}.duckdb"
    try:
        with file_faults(file):
            room.db.copy_to(copy)
            with zipfile.ZipFile(partial, "w", allowZip64=True) as archive:
                _fill(archive, room, copy)
            partial.replace(file)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        raise Problem(
            "The backup cannot be written",
            f"Writing {file} failed: {error.strerror or error}.",
            "Choose a folder that exists and that you may write to.",
            str(file),
        ) from error
    finally:
        copy.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)


def name_in(file: Path) -> str:
    """Return the name of the room in a backup.

    Raises:
        Problem: The file is not a backup.
    """
    with _archive(file) as archive:
        return str(_described(archive, file)["name"])


def restore(file: Path, folder: Path, room_id: str | None = None, name: str | None = None) -> None:
    """Make a room in ``folder``, which must be absent, from a backup; check every member's hash.

    Its versions that were indexed are marked as read, so that they are indexed again. ``room_id`` and ``name`` replace the
    backup's own where given.

    Raises:
        Problem: The file is not a backup, is damaged or from a newer version, or the disk is full. Nothing is left then.
        FileExistsError: ``folder`` exists.
    """
    if folder.exists():
        raise FileExistsError(str(folder))
    building = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.part")
    try:
        with file_faults(folder), _archive(file) as archive:
            described = _described(archive, file)
            building.mkdir(parents=True)
            for member, expected in _members(described, file).items():
                _extract(archive, member, building, expected, file)
            manifest = Manifest(room_id or str(described["room_id"]), name or str(described["name"]), now())
            write_manifest(building, manifest)
            with RoomStorage.open(building) as room:
                room.db.write(lambda tx: tx.execute("UPDATE versions SET state = 'read' WHERE state = 'indexed'"))
            building.replace(folder)
    finally:
        if building.exists():
            shutil.rmtree(building)


def _fill(archive: zipfile.ZipFile, room: RoomStorage, copy: Path) -> None:
    members = {DATABASE: _store(archive, copy, DATABASE, zipfile.ZIP_DEFLATED)}
    for sha256 in room.blobs.all():
        member = f"{BLOBS}/{sha256[:2]}/{sha256}"
        members[member] = _store(archive, room.blobs.path(sha256), member, zipfile.ZIP_STORED)
        if members[member]["sha256"] != sha256:
            raise Problem(
                "An original file is damaged",
                f"The original {sha256} in this room is not as it was added, so no backup was made of it.",
                "Check the room with “doctor”, add the document again, then back up again.",
                str(room.folder),
            )
    description = {
        "format": _FORMAT,
        "made_at": iso(now()),
        "room_id": room.manifest.room_id,
        "name": room.manifest.name,
        "members": members,
    }
    archive.writestr(_DESCRIPTION, json.dumps(description, ensure_ascii=False, indent=1))


def _store(archive: zipfile.ZipFile, source: Path, member: str, method: int) -> dict[str, str | int]:
    entry = zipfile.ZipInfo.from_file(source, member)
    entry.compress_type = method
    with source.open("rb") as stream, archive.open(entry, "w", force_zip64=True) as target:
        sha256, size = _pump(stream, target)
    return {"sha256": sha256, "bytes": size}


def _pump(source: IO[bytes], target: IO[bytes]) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    while block := source.read(_BLOCK_BYTES):
        digest.update(block)
        target.write(block)
        size += len(block)
    return digest.hexdigest(), size


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise Problem(
            "The backup cannot be opened",
            f"The file {file} cannot be read.",
            "Check the path and try again.",
            str(file),
        ) from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        raise _damaged(file, str(error)) from error


def _described(archive: zipfile.ZipFile, file: Path) -> Mapping[str, object]:
    try:
        described = json.loads(archive.read(_DESCRIPTION))
        form = described["format"]
        named = isinstance(described["name"], str) and isinstance(described["room_id"], str)
    except (KeyError, ValueError, TypeError) as error:
        raise Problem(
            "Not a backup", f"The file {file} is not a backup of a data room.", "Choose a backup file.", str(file)
        ) from error
    if form != _FORMAT:
        raise Problem(
            "This backup is from a newer version",
            f"The file {file} was made with a newer version of DataZoom Desktop.",
            "Install the newest version of DataZoom Desktop, then restore again.",
            str(file),
        )
    if not named:
        raise _damaged(file, "its description lacks the room's name")
    return dict(described)


def _members(described: Mapping[str, object], file: Path) -> dict[str, str]:
    """Return each member's expected hash; only names that a backup can have are let through."""
    members = described.get("members")
    if not isinstance(members, dict) or DATABASE not in members:
        raise _damaged(file, "its list of contents is missing")
    out = {}
    for member, about in members.items():
        sha256 = about.get("sha256") if isinstance(about, dict) else None
        if not isinstance(sha256, str):
            raise _damaged(file, f"“{member}” has no hash")
        if member not in (DATABASE, f"{BLOBS}/{sha256[:2]}/{sha256}") or not _HEX.match(sha256):
            raise _damaged(file, f"“{member}” does not belong in a backup")
        out[member] = sha256
    return out


def _extract(archive: zipfile.ZipFile, member: str, folder: Path, expected: str, file: Path) -> None:
    target = folder.joinpath(*member.split("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(member) as source, target.open("xb") as stream:
            sha256, _size = _pump(source, stream)
    except KeyError as error:
        raise _damaged(file, f"“{member}” is missing") from error
    if sha256 != expected:
        raise _damaged(file, f"“{member}” is not as it was saved")
    if member != DATABASE:
        target.chmod(0o444)


def _damaged(file: Path, why: str) -> Problem:
    return Problem(
        "The backup is damaged",
        f"The file {file} cannot be restored: {why}.",
        "Use another copy of the backup. Nothing was changed.",
        str(file),
    )
