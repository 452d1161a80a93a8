"""Archives that are made to do harm, in a real room: each ends with a reason, and the file beside it is read."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.documents.model import DocumentRow
from datazoom_desktop.jobs.model import JobState
from datazoom_desktop.organizations.register import Rooms
from tests.support.archives import zip_of

_MIB = 1 << 20


def taken_in(folder: Path, **files: bytes) -> tuple[Workspace, dict[str, DocumentRow]]:
    """Take files and a harmless one in; return the open room and its documents by path."""
    deal = folder / "deal"
    deal.mkdir()
    (deal / "lease.txt").write_text("The lease ends on 31 December.")
    for name, data in files.items():
        (deal / name.replace("_", ".")).write_bytes(data)
    Rooms(folder / "home").create("Deal")
    workspace = open_workspace(folder / "home", "Deal")
    workspace.start()
    workspace.intake.add([deal])
    workspace.runner.drain(timeout=400)
    rows = {row.path: row for row in workspace.documents.rows()}
    assert rows["lease.txt"].state == "indexed"
    assert workspace.queue.list([JobState.QUEUED, JobState.RUNNING, JobState.DEAD]) == []
    return workspace, rows


def nested(width: int, levels: int) -> bytes:
    """Return an archive of equal archives of equal archives ..."""
    data = zip_of(("leaf.txt", b"The last of many."))
    for _ in range(levels):
        data = zip_of(*((f"{number}.zip", data) for number in range(width)))
    return data


def test_archives_of_archives_of_archives_do_not_fill_the_room(tmp_path: Path) -> None:
    workspace, rows = taken_in(tmp_path, bomb_zip=nested(6, 7))
    with workspace:
        assert 6 + 36 + 216 < len(rows) < 2500
        deepest = max(rows, key=lambda path: path.count("/"))
        told = [page.reason or "" for page in workspace.documents.unreadable()]
    assert deepest.count(".zip") <= 6
    assert any("were not taken out" in reason for reason in told)


@pytest.mark.parametrize("kind", ["zip", "gz", "tar.gz"])
def test_a_bomb_of_gigabytes_ends_with_a_reason(tmp_path: Path, kind: str) -> None:
    out = io.BytesIO()
    if kind == "zip":
        with (
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("zeros.bin", "w", force_zip64=True) as stream,
        ):
            for _ in range(1500):
                stream.write(bytes(_MIB))
    elif kind == "gz":
        with gzip.open(out, "wb", compresslevel=1) as stream:
            for _ in range(1500):
                stream.write(bytes(_MIB))
    else:
        with gzip.open(out, "wb", compresslevel=1) as packed, tarfile.open(fileobj=packed, mode="w") as archive_:
            info = tarfile.TarInfo("zeros.bin")
            info.size = 1500 * _MIB
            archive_.addfile(info, _Zeros(info.size))
    workspace, rows = taken_in(tmp_path, **{f"bomb_{kind.replace('.', '_')}": out.getvalue()})
    with workspace:
        told = [page.reason for page in workspace.documents.unreadable()]
        kept = sum(file.stat().st_size for file in workspace.storage.blobs.folder.rglob("*") if file.is_file())
        left = list(workspace.storage.scratch.rglob("members/*"))
    assert set(rows) == {"lease.txt", f"bomb.{kind}"}
    assert len(told) == 1
    assert "far more than an archive of its size should" in (told[0] or "")
    assert kept < 20 * _MIB
    assert left == []


class _Zeros(io.RawIOBase):
    """A stream of zeros."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return bytes(size)
