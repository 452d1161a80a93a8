"""7z and TAR archives and single compressed files: what comes out, and what is said about the rest."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import py7zr
import pytest
from backports import zstd

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Unreadable
from datazoom_desktop.intake.readers import unpacking
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import read_all
from tests.intake.test_archives import LEASE, unpacked, written

BLOCKS = {"Contracts/lease.txt": LEASE, "note.txt": b"A note.", "noise.bin": os.urandom(70_000), "empty.txt": b""}


def seven(
    folder: Path,
    members: dict[str, bytes],
    password: str | None = None,
    *,
    headers: bool = False,
    filters: object = None,
) -> Path:
    """Write a 7z archive, all members in one block."""
    file = folder / "deal.7z"
    with py7zr.SevenZipFile(file, "w", password=password, header_encryption=headers, filters=filters) as archive:  # type: ignore[arg-type]
        for name, data in members.items():
            archive.writestr(data, name)
    return file


def tar_of(*members: tuple[tarfile.TarInfo | str, bytes], kind: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for member, data in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            info.size = len(data) if info.isreg() else 0
            info.mtime = 1_672_832_174
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    "filters",
    [
        None,
        [{"id": py7zr.FILTER_COPY}],
        [{"id": py7zr.FILTER_BZIP2}],
        [{"id": py7zr.FILTER_DEFLATE}],
        [{"id": py7zr.FILTER_ZSTD, "level": 3}],
        [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}],
        [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA2, "preset": 1}],
    ],
)
def test_a_7z_archive_is_a_folder_however_it_is_packed(tmp_path: Path, filters: object) -> None:
    pages, members = unpacked(seven(tmp_path, BLOCKS, filters=filters))
    assert members == BLOCKS
    assert len(pages) == 1
    assert "7z archive with 4 files" in pages[0].text


@pytest.mark.parametrize("headers", [False, True])
def test_a_locked_7z_archive_opens_with_its_password_only(tmp_path: Path, headers: bool) -> None:
    file = seven(tmp_path, BLOCKS, "\u00e9 sesame", headers=headers)
    assert unpacked(file, "wrong", "\u00e9 sesame")[1] == BLOCKS
    for passwords in ((), ("wrong",)):
        with pytest.raises(Unreadable, match="A password is needed to open this archive") as told:
            read_all(file, passwords=passwords)
        assert told.value.coverage is Coverage.ENCRYPTED


def test_a_7z_archive_that_breaks_off_or_is_damaged_says_so(tmp_path: Path) -> None:
    file = seven(tmp_path, BLOCKS)
    whole = file.read_bytes()
    for data in (whole[:-20], whole[:40], whole[:32] + bytes(len(whole) - 32)):
        with pytest.raises(Unreadable, match="damaged or not complete"):
            read_all(written(tmp_path, data, "deal.7z"))


def test_members_before_a_damaged_one_come_out_of_a_7z_archive(tmp_path: Path) -> None:
    file = seven(tmp_path, {"a.txt": LEASE, "noise.bin": os.urandom(100_000), "z.txt": LEASE})
    data = bytearray(file.read_bytes())
    data[50_000:50_100] = bytes(100)
    pages, members = unpacked(written(tmp_path, bytes(data), "deal.7z"))
    assert members["a.txt"] == LEASE
    assert pages[1].coverage is Coverage.FAILED
    assert "noise.bin" in (pages[1].reason or "")


def test_tricks_in_the_names_of_a_7z_archive_lead_nowhere(tmp_path: Path) -> None:
    file = seven(tmp_path, {"x/up.txt": b"a", "c/abs.txt": b"b", "k.txt": b"c"})
    data = file.read_bytes()  # the list of names is packed when it is long only, so it can be edited here
    del data
    with py7zr.SevenZipFile(file, "w") as archive:
        archive.set_encoded_header_mode(False)
        archive.writestr(b"a", "xx/up.txt")
        archive.writestr(b"b", "k.txt")
    raw = file.read_bytes().replace("xx/up".encode("utf-16-le"), "../up".encode("utf-16-le"))
    assert b".\0.\0/\0" in raw
    with_sums = _with_header_sum(raw)
    assert unpacked(written(tmp_path, with_sums, "deal.7z"))[1] == {"up.txt": b"a", "k.txt": b"b"}


def _with_header_sum(data: bytes) -> bytes:
    """Return a 7z archive whose header was edited, its sums made true again."""
    import struct
    import zlib

    at, size, _ = struct.unpack_from("<QQI", data, 12)
    start = struct.pack("<QQI", at, size, zlib.crc32(data[32 + at : 32 + at + size]))
    return data[:8] + struct.pack("<I", zlib.crc32(start)) + start + data[32:]


def test_an_empty_7z_archive_says_so(tmp_path: Path) -> None:
    pages, _ = unpacked(seven(tmp_path, {}))
    assert "There is nothing in it." in pages[0].text


def _zstd(data: bytes) -> bytes:
    return zstd.compress(data)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, _zstd])
def test_a_tar_archive_is_a_folder_however_it_is_compressed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    data = pack(tar_of(("Contracts/lease.txt", LEASE), ("empty.txt", b""), (f"{'long ' * 60}.txt", b"x")))
    pages, members = unpacked(written(tmp_path, data, "deal.tar"))
    assert members["Contracts/lease.txt"] == LEASE
    assert len(members) == 3
    assert "Contracts/lease.txt | 2023-01-04 11:36 | 31 bytes" in pages[0].text
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("name", "inner"), [("lease.txt.gz", "lease.txt"), ("lease", "lease (unpacked)"), ("A.GZ", "A")]
)
def test_a_compressed_file_holds_that_file(tmp_path: Path, name: str, inner: str) -> None:
    pages, members = unpacked(written(tmp_path, gzip.compress(LEASE), name))
    assert members == {inner: LEASE}
    assert "Compressed file with 1 file" in pages[0].text


def test_links_and_devices_in_a_tar_archive_are_left_out_and_said(tmp_path: Path) -> None:
    made: list[tuple[tarfile.TarInfo | str, bytes]] = [("a.txt", LEASE)]
    for name, kind in (("sym", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("dev", tarfile.CHRTYPE), ("p", b"6")):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "a.txt"
        made.append((info, b""))
    pages, members = unpacked(written(tmp_path, tar_of(*made, ("../b.txt", b"b"), ("/etc/c.txt", b"c")), "deal.tar"))
    assert members == {"a.txt": LEASE, "b.txt": b"b", "etc/c.txt": b"c"}
    assert [page.coverage for page in pages[1:]] == [Coverage.SKIPPED] * 2
    assert "sym, dev, p" in (pages[1].reason or "")
    assert "A second name of another file" in (pages[2].reason or "")


def test_names_that_are_no_utf_8_in_a_tar_archive_are_read(tmp_path: Path) -> None:
    data = tar_of((tarfile.TarInfo("b\udce9ton.txt"), b"x"), ("\u5951\u7d04\u66f8.txt", b"y"), kind=tarfile.GNU_FORMAT)
    assert set(unpacked(written(tmp_path, data, "deal.tar"))[1]) == {"b\u00e9ton.txt", "\u5951\u7d04\u66f8.txt"}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, _zstd])
def test_a_tar_archive_that_breaks_off_gives_what_came_before(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    whole = pack(tar_of(*((f"{n}.bin", os.urandom(30_000)) for n in range(100))))
    pages, members = unpacked(written(tmp_path, whole[: len(whole) // 2], "deal.tar"))
    assert 20 <= len(members) <= 60
    assert any("damage" in (page.reason or "").lower() for page in pages)
    assert pages[1].coverage is Coverage.FAILED


def test_rubbish_between_the_members_of_a_tar_archive_is_not_taken_for_its_end(tmp_path: Path) -> None:
    one, two = tar_of(("a.txt", LEASE))[:1024], tar_of(("b.txt", LEASE))
    pages, members = unpacked(written(tmp_path, one + b"\xff" * 512 + two, "deal.tar"))
    assert members == {"a.txt": LEASE}
    assert "more may be missing" in (pages[1].reason or "")


def test_headers_that_lie_end_the_archive_not_the_program(tmp_path: Path) -> None:
    for size in (b"-0000000001\0", b"\x80" + b"\xff" * 11, b"\xff" * 12, b"77777777777\0"):
        for kind in (b"0", b"x", b"L", b"S"):
            evil = bytearray(tar_of(("b.txt", LEASE)))
            evil[124:136], evil[156:157] = size, kind
            evil[148:156] = b"%06o\0 " % (sum(evil[:148]) + 8 * 32 + sum(evil[156:512]))
            data = tar_of(("a.txt", LEASE))[:1024] + bytes(evil)
            pages, members = unpacked(written(tmp_path, data, "deal.tar"))
            assert members["a.txt"] == LEASE
            assert pages[-1].coverage is Coverage.FAILED, (size, kind)


def test_a_compressed_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "SLACK", 1 << 20)
    monkeypatch.setattr(unpacking, "RATIO", 10)
    zeros = bytes(64 << 20)
    for data in (lzma.compress(zeros), lzma.compress(tar_of(("first.txt", LEASE), ("zeros.bin", zeros)))):
        pages, members = unpacked(written(tmp_path, data, "bomb.xz"))
        assert sum(map(len, members.values())) < 4 << 20
        assert "far more than an archive of its size should" in (pages[1].reason or "")


def test_a_sparse_file_in_a_tar_archive_is_not_written_out_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "SLACK", 4 << 20)
    info = tarfile.TarInfo("sparse.bin")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    info.pax_headers["GNU.sparse.name"] = "sparse.bin"
    data = tar_of((info, b"1\n0\n512\n".ljust(512, b"\0") + bytes(512)))
    pages, members = unpacked(written(tmp_path, data, "deal.tar"))
    assert not members
    assert "far more" in (pages[1].reason or "")


def test_archives_are_told_by_content(tmp_path: Path) -> None:
    plain = tar_of(("a.txt", LEASE), kind=tarfile.USTAR_FORMAT)
    for data, kind in (
        (seven(tmp_path, BLOCKS).read_bytes(), detect.SEVENZ),
        (plain, detect.TAR),
        (gzip.compress(plain), detect.GZIP),
        (bz2.compress(plain), detect.BZIP2),
        (lzma.compress(plain), detect.XZ),
        (zstd.compress(plain), detect.ZSTD),
    ):
        assert detect.media_type(written(tmp_path, data, "x"), "contract.pdf") == kind
