"""What the fuzzer found (``make fuzz``), each as the smallest file that shows it; none of them may break a reader again."""

from __future__ import annotations

import io
import re
import struct
import tarfile
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from datazoom_desktop.intake import readers
from datazoom_desktop.intake.model import Attachment, Unreadable
from datazoom_desktop.intake.readers.pdf_layout import clean
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of, read_all
from tests.intake.test_archives import LEASE, unpacked, written
from tests.support.archives import STORED, Member, zip_of


def test_a_member_without_a_name_comes_out(tmp_path: Path) -> None:
    assert unpacked(written(tmp_path, zip_of(Member(b"", LEASE))))[1] == {"attachment-1": LEASE}


def test_a_member_before_the_beginning_of_the_file_is_damaged(tmp_path: Path) -> None:
    data = bytearray(zip_of(("a.txt", LEASE), ("b.txt", LEASE)))
    struct.pack_into("<I", data, data.rindex(b"PK\5\6") + 16, data.index(b"PK\1\2") + 70)
    pages, _ = unpacked(written(tmp_path, bytes(data)))
    assert "Damaged in the archive" in (pages[1].reason or "")


def test_rubbish_that_calls_itself_zstandard_is_damaged(tmp_path: Path) -> None:
    data = bytearray(zip_of(Member("a.txt", LEASE, STORED), ("b.txt", LEASE)))
    for at in (8, data.index(b"PK\1\2") + 10):
        struct.pack_into("<H", data, at, 93)
    pages, members = unpacked(written(tmp_path, bytes(data)))
    assert members == {"b.txt": LEASE}
    assert "Damaged in the archive" in (pages[1].reason or "")


def test_rubbish_that_calls_itself_bzip2_is_damaged(tmp_path: Path) -> None:
    data = bytes.fromhex(
        "425a68393141592653593c3d767a0000765f80ca1040017f80040004087e479e40080820007422651821a193d20d0c4d04a44d34f50340001a0fa2a3"
        "50407b90410b3b8296b95e80830632a6f50dc8d3add3a0a2001c10011938e2b7c4735258b21635e915616506dbc282673a4a794fd26d44a4552facea"
        "5a06842003f1772453850903c3d567a0"
    )
    with pytest.raises(Unreadable, match="damaged or not complete"):
        read_all(written(tmp_path, data, "a.bz2"))


def test_a_mail_whose_character_set_has_a_zero_in_it_is_read(tmp_path: Path) -> None:
    data = b"From: a@a.example\nTo: b@b.example\nSubject: S\nContent-Type: text/plain; charset=utf\0-8\n\nB\xe9ton\n"
    assert "B" in pages_of(written(tmp_path, data, "a.eml"))[0].text


def pdf_with(before: bytes, after: bytes) -> bytes:
    document = pymupdf.open()
    for words in ("One", "Two", "Three"):
        document.new_page().insert_text((72, 72), words)
    data = bytes(document.tobytes(no_new_id=True))
    assert before in data
    return data.replace(before, after, 1)


def test_a_pdf_whose_pages_lead_in_a_circle_is_mended(tmp_path: Path) -> None:
    pages = pages_of(written(tmp_path, pdf_with(b"/Kids[4 0 R", b"/Kids[2 0 R"), "a.pdf"))
    assert [page.text.strip() for page in pages] == ["One", "Two", "Three"]


def test_a_pdf_with_a_count_of_pages_that_cannot_be_is_mended(tmp_path: Path) -> None:
    pages = pages_of(written(tmp_path, pdf_with(b"/Count 3", b"/Count -3"), "a.pdf"))
    assert [page.text.strip() for page in pages] == ["One", "Two", "Three"]


def test_readers_of_pdf_know_that_mupdfs_errors_are_no_runtime_errors() -> None:
    for file in Path(readers.__file__).parent.glob("pdf*.py"):
        caught = re.findall(r"except \(?RuntimeError.*", file.read_text(encoding="utf-8"))
        assert not caught, f"{file.name}: catch pdf_faults.FAULTS instead of {caught}"


def test_a_word_of_a_pdf_is_never_a_control_sign() -> None:
    assert clean("Lease\x85 \x9bends\x07") == "Lease ends"


@pytest.mark.parametrize("seconds", [9_300_000_000, 200_000_000_000, -5])
def test_a_member_of_a_time_that_no_database_holds_has_none(tmp_path: Path, seconds: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.mtime = seconds
        archive.addfile(info)
    [member] = [item for item in read_all(written(tmp_path, out.getvalue(), "a.tar")) if isinstance(item, Attachment)]
    assert member.modified_ns == 0


def test_a_tiff_whose_second_frame_has_no_size_gives_its_first(tmp_path: Path) -> None:
    out = io.BytesIO()
    blank = Image.new("L", (80, 80), "white")
    blank.save(out, "TIFF", save_all=True, append_images=[blank])
    data = bytearray(out.getvalue())
    (first,) = struct.unpack_from("<I", data, 4)
    (tags,) = struct.unpack_from("<H", data, first)
    (second,) = struct.unpack_from("<I", data, first + 2 + 12 * tags)
    struct.pack_into("<H", data, second + 2, 1)  # the tag of the width becomes one that says nothing
    pages = pages_of(written(tmp_path, bytes(data), "a.tif"))
    assert pages[0].coverage is Coverage.BLANK


def test_names_in_reasons_can_be_shown(tmp_path: Path) -> None:
    locked = Member("a\x1b[2J\u202e\n.txt" + "x" * 2000, LEASE, password="sesame")
    with pytest.raises(Unreadable) as told:
        read_all(written(tmp_path, zip_of(locked)))
    assert told.value.reason.isprintable()
    assert len(told.value.reason) < 500
