"""Archives as folders: what comes out and under which path, what is left out and why."""

from __future__ import annotations

import base64
import os
import shutil
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers import unpacking
from datazoom_desktop.intake.readers.archive import ArchiveReader
from datazoom_desktop.intake.readers.inside import Places, safe_path
from datazoom_desktop.intake.readers.zip_names import likely_code_page
from datazoom_desktop.kernel.cancel import Cancelled
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import check, read_all
from tests.support import archives
from tests.support.archives import Member, zip_of

LEASE = b"The lease ends on 31 December.\n"
#: Notes/lease.txt under the password "sesame", as 7-Zip 16 writes it with AES-256 and with the older encryption.
SEALED = base64.b64decode(
    "UEsDBBQAAAAAAFe5eF0AAAAAAAAAAAAAAAAGAAAATm90ZXMvUEsDBDMAAQBjAIdcJFYAAAAAOwAAAB8AAAAPAAsATm90ZXMvbGVhc2UudHh0AZkHAAIAQUUDAABs"
    "faTKcsSlP5rOsA2USu36cqSFq9fT+byl0GJpHMvYFA9uiRgglbf5HHKM8uya6AUQJ3guaoUkxaqxOlBLAQI/AxQAAAAAAFe5eF0AAAAAAAAAAAAAAAAGACQAAAAA"
    "AAAAEIDtQQAAAABOb3Rlcy8KACAAAAAAAAEAGABExfMIaXzdAQAAAAAAAAAAAAAAAAAAAABQSwECPwMzAAEAYwCHXCRWAAAAADsAAAAfAAAADwAvAAAAAAAAACCA"
    "pIEkAAAATm90ZXMvbGVhc2UudHh0CgAgAAAAAAABABgAAMs+wDAg2QEAAAAAAAAAAAAAAAAAAAAAAZkHAAIAQUUDAABQSwUGAAAAAAIAAgDEAAAAlwAAAAAA"
)
OLD_SEAL = base64.b64decode(
    "UEsDBBQAAAAAAFe5eF0AAAAAAAAAAAAAAAAGAAAATm90ZXMvUEsDBBQAAQAAAIdcJFa8K4l+KwAAAB8AAAAPAAAATm90ZXMvbGVhc2UudHh03w/AIh3VJ9kcCTLV"
    "tL4Vx22HJRyTBOT4bXAHS5dquywZZ2rpM1t8i8W2uFBLAQI/AxQAAAAAAFe5eF0AAAAAAAAAAAAAAAAGACQAAAAAAAAAEIDtQQAAAABOb3Rlcy8KACAAAAAAAAEA"
    "GABExfMIaXzdAQAAAAAAAAAAAAAAAAAAAABQSwECPwMUAAEAAACHXCRWvCuJfisAAAAfAAAADwAkAAAAAAAAACCApIEkAAAATm90ZXMvbGVhc2UudHh0CgAgAAAA"
    "AAABABgAAMs+wDAg2QEAAAAAAAAAAAAAAAAAAAAAUEsFBgAAAAACAAIAuQAAAHwAAAAAAA=="
)
#: The numbers from 1 on, packed by 7-Zip with Deflate64.
DEFLATE64 = base64.b64decode(
    "UEsDBBUAAAAJAFe5eF0yPzeskgAAACwBAAABAAAAbhWQtwHAMAzDdlxjquv/x6IMHNkgDCdIimZY9JCQIUeBEhVqNGixh53HMMcCS6ywxgZb/OHCL9LxwBMvvPHB"
    "l3iECCOuMYgkimhiiCUfKdJIJ29QkkU2OeRSjxJllFNB3d6imhpq6UeLNtrpoJO+O00PvcxjxBjjTDDJFHNvh1n2sWKNdTbYZItt9mD8NN5JJ+MDUEsBAj8DFQAA"
    "AAkAV7l4XTI/N6ySAAAALAEAAAEAJAAAAAAAAAAggKSBAAAAAG4KACAAAAAAAAEAGADLEQMJaXzdAQAAAAAAAAAAAAAAAAAAAABQSwUGAAAAAAEAAQBTAAAAsQAA"
    "AAAA"
)


def unpacked(file: Path, *passwords: str) -> tuple[list[ReadPage], dict[str, bytes]]:
    """Return an archive's pages, after checking what must hold of any, and its members by path."""
    items = read_all(file, passwords=passwords)
    pages = [item for item in items if isinstance(item, ReadPage)]
    check(pages)
    members = [item for item in items if isinstance(item, Attachment)]
    assert len({item.name for item in members}) == len(members)
    return pages, {item.name: item.file.read_bytes() for item in members}


def written(folder: Path, data: bytes, name: str = "deal.zip") -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


def test_a_zip_archive_is_a_folder_and_a_page_that_lists_it(tmp_path: Path) -> None:
    file = tmp_path / "deal.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("Contracts")
        archive.writestr("Contracts/Leases/lease.txt", LEASE)
        archive.writestr(zipfile.ZipInfo("note.txt", (2023, 1, 4, 11, 36, 14)), b"A note.")
        archive.writestr("empty.txt", b"")
    pages, members = unpacked(file)
    assert members == {"Contracts/Leases/lease.txt": LEASE, "note.txt": b"A note.", "empty.txt": b""}
    assert [page.label for page in pages] == ["Contents"]
    assert "ZIP archive with 3 files" in pages[0].text
    assert "\nnote.txt | 2023-01-04 11:36 | 7 bytes\n" in pages[0].text


def test_members_keep_the_time_they_were_changed(tmp_path: Path) -> None:
    universal = struct.pack("<HHBi", 0x5455, 5, 1, 1_600_000_000)
    file = written(tmp_path, zip_of(("clock.txt", b"a"), Member("stamp.txt", b"b", extra=universal)))
    found = {item.name: item.modified_ns for item in read_all(file) if isinstance(item, Attachment)}
    assert found == {"clock.txt": 1_672_832_174 * 10**9, "stamp.txt": 1_600_000_000 * 10**9}


@pytest.mark.parametrize("method", [archives.STORED, archives.DEFLATE, archives.BZIP2, archives.LZMA])
@pytest.mark.parametrize("aes", [0, 1, 3])
@pytest.mark.parametrize("locked", [False, True])
def test_every_method_and_encryption_comes_out_whole(tmp_path: Path, method: int, aes: int, locked: bool) -> None:
    data = LEASE * 30_000
    member = Member("a.txt", data[:200_000], method, password="p\u00e4ss" if locked else None, aes=aes if locked else 0)
    _, members = unpacked(written(tmp_path, zip_of(member)), "wrong", "p\u00e4ss")
    assert members == {"a.txt": data[:200_000]}


@pytest.mark.parametrize("data", [SEALED, OLD_SEAL], ids=["aes", "old"])
def test_archives_locked_by_7_zip_open_with_their_password(tmp_path: Path, data: bytes) -> None:
    file = written(tmp_path, data)
    _, members = unpacked(file, "wrong", "sesame", "another")
    assert members == {"Notes/lease.txt": LEASE}
    with pytest.raises(Unreadable, match=r"password is needed.*It holds Notes/lease\.txt\.") as told:
        read_all(file, passwords=("wrong",))
    assert told.value.coverage is Coverage.ENCRYPTED


def test_deflate64_as_windows_writes_it_for_large_files_comes_out(tmp_path: Path) -> None:
    _, members = unpacked(written(tmp_path, DEFLATE64))
    assert members == {"n": "".join(f"{number}\n" for number in range(1, 200)).encode()[:300]}


def test_what_is_locked_in_an_open_archive_is_said_and_the_rest_comes_out(tmp_path: Path) -> None:
    locked = [Member(f"locked {n}.txt", LEASE, password="sesame", aes=3) for n in range(20)]
    file = written(tmp_path, zip_of(("open.txt", LEASE), *locked))
    pages, members = unpacked(file)
    assert set(members) == {"open.txt"}
    assert [page.coverage for page in pages] == [Coverage.TEXT, Coverage.ENCRYPTED]
    assert pages[1].reason is not None
    assert pages[1].reason.startswith("A password is needed.")
    assert "locked 0.txt" in pages[1].reason
    assert "8 more" in pages[1].reason
    assert "locked 19.txt | 2023-01-04 11:36 | 31 bytes | not taken out" in pages[0].text
    assert len(unpacked(file, "sesame")[1]) == 21


def test_members_with_passwords_of_their_own_each_find_theirs(tmp_path: Path) -> None:
    made = [Member(f"{n}.txt", LEASE + bytes([n]), password=f"password {n}", aes=n % 2) for n in range(6)]
    pages, members = unpacked(written(tmp_path, zip_of(*made)), *(f"password {n}" for n in range(5, 0, -1)))
    assert members == {f"{n}.txt": LEASE + bytes([n]) for n in range(1, 6)}
    assert pages[1].coverage is Coverage.ENCRYPTED


def test_a_wrong_password_that_passes_the_short_check_yields_no_garbage(tmp_path: Path) -> None:
    file = written(tmp_path, zip_of(Member("a.txt", LEASE, password="right")))
    for number in range(600):  # two or three of these pass the one byte that is checked at once
        with pytest.raises(Unreadable, match="password"):
            read_all(file, passwords=(f"wrong {number}",))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Windows\\win.ini", "Windows/win.ini"),
        ("\\\\server\\share\\a.txt", "server/share/a.txt"),
        ("a/./b//c.txt", "a/b/c.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("con.txt", "_con.txt"),
        ("Nul", "_Nul"),
        ("trailing. . .", "trailing"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"),
        ("e\u0301te\u0301.pdf", "\u00e9t\u00e9.pdf"),
        ("a|b?.txt", "a_b_.txt"),
        ("..", "attachment-7"),
        ("/", "attachment-7"),
        ("", "attachment-7"),
        ("c:/c:/a.txt", "c_/a.txt"),
    ],
)
def test_no_name_leads_out_of_the_archive(name: str, path: str) -> None:
    assert safe_path(name, 7) == path


def test_very_long_and_very_deep_names_are_shortened_and_keep_their_suffix() -> None:
    long = safe_path("x" * 5000 + ".pdf", 1)
    assert len(long) <= 120
    assert long.endswith(".pdf")
    deep = safe_path("folder/" * 2000 + "lease.pdf", 1)
    assert deep.endswith("/lease.pdf")
    assert deep.count("/") == 32
    assert len(safe_path(f"{'y' * 110}/" * 30 + "lease.pdf", 1)) <= 800


def test_two_members_of_one_name_stay_two(tmp_path: Path) -> None:
    names = [
        "a.txt",
        "a.txt",
        "A.TXT",
        "Docs/b.txt",
        "docs/B.txt",
        "e\u0301.txt",
        "\u00e9.txt",
        "x",
        "x/y.txt",
        "z/w",
        "z",
    ]
    file = written(tmp_path, zip_of(*((name, f"{n}".encode()) for n, name in enumerate(names))))
    pages, members = unpacked(file)
    assert sorted(members.values()) == sorted(f"{n}".encode() for n in range(len(names)))
    assert set(members) == {
        *("a.txt", "a (2).txt", "A (3).TXT", "Docs/b.txt", "Docs/B (2).txt", "\u00e9.txt", "\u00e9 (2).txt"),
        *("x", "x (2)/y.txt", "z/w", "z (2)"),
    }
    assert "in the archive: A.TXT" in pages[0].text


def test_ten_thousand_members_of_one_name_are_placed_quickly() -> None:
    places = Places()
    assert len({places.place("folder/a.txt") for _ in range(10_000)}) == 10_000


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    link = Member("link", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)
    device = Member("device", b"", mode=stat.S_IFCHR | 0o666)
    pages, members = unpacked(written(tmp_path, zip_of(link, device, Member("a.txt", LEASE, mode=0o100644))))
    assert set(members) == {"a.txt"}
    assert pages[1].coverage is Coverage.SKIPPED
    assert pages[1].reason is not None
    assert "link, device" in pages[1].reason


def test_what_systems_leave_in_archives_is_listed_and_not_taken_out(tmp_path: Path) -> None:
    pages, members = unpacked(
        written(tmp_path, zip_of(("a.txt", b"a"), ("__MACOSX/._a.txt", b"x"), ("Thumbs.db", b"x")))
    )
    assert set(members) == {"a.txt"}
    assert len(pages) == 1
    assert "__MACOSX/._a.txt" in pages[0].text


def test_a_bomb_is_stopped_while_it_unpacks_whatever_it_says_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "SLACK", 1 << 20)
    honest = Member("bomb.bin", bytes(8 << 20))
    liar = Member("bomb.bin", bytes(8 << 20), described_after=True, lie={"size": 100, "crc": 0})
    for bomb in (honest, liar):
        pages, members = unpacked(written(tmp_path, zip_of(("first.txt", LEASE), bomb, ("last.txt", LEASE))))
        assert members.keys() >= {"first.txt"}
        assert sum(map(len, members.values())) < 6 << 20
        assert pages[1].coverage is Coverage.FAILED
        assert "bomb.bin" in (pages[1].reason or "")


def test_overlapping_members_cannot_unpack_to_more_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "SLACK", 4 << 20)
    data = bytearray(zip_of(Member("a", bytes(1 << 20))))
    at = data.index(b"PK\1\2")
    line = bytes(data[at : data.index(b"PK\5\6")])
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 5000, 5000, len(line) * 5000, at, 0)
    pages, members = unpacked(written(tmp_path, bytes(data[:at]) + line * 5000 + end))
    assert 0 < sum(map(len, members.values())) <= (4 << 20) + 100 * len(data) + 100 * 5000 * len(line)
    assert len(members) < 5000
    assert pages[1].coverage is Coverage.FAILED


def test_more_members_than_are_taken_out_are_said_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_MEMBERS", 10)
    pages, members = unpacked(written(tmp_path, zip_of(*((f"{n}.txt", b"x") for n in range(30)))))
    assert len(members) == 10
    assert "up to 10 files" in (pages[1].reason or "")
    assert "10.txt" in (pages[1].reason or "")
    assert "8 more" in (pages[1].reason or "")


def test_a_member_whose_bytes_are_not_what_the_archive_says_comes_out_as_far_as_it_does(tmp_path: Path) -> None:
    wrong_sum = Member("sum.txt", LEASE, lie={"crc": 1})
    broken = bytearray(zip_of(("a.txt", LEASE), wrong_sum, ("noise.txt", os.urandom(4000)), ("z.txt", LEASE)))
    at = broken.index(b"noise.txt") + 500
    broken[at : at + 1000] = bytes(1000)
    pages, members = unpacked(written(tmp_path, bytes(broken)))
    assert members["a.txt"] == members["sum.txt"] == members["z.txt"] == LEASE
    assert pages[1].coverage is Coverage.FAILED
    assert "sum.txt" in (pages[1].reason or "")
    assert "damaged: only a part came out" in pages[0].text


@pytest.mark.parametrize("after", [False, True])
def test_an_archive_that_breaks_off_gives_what_came_before(tmp_path: Path, after: bool) -> None:
    whole = zip_of(*(Member(f"{n}.txt", os.urandom(3000), described_after=after) for n in range(10)))
    pages, members = unpacked(written(tmp_path, whole[:20_000]))
    assert {f"{n}.txt" for n in range(6)} <= set(members)
    assert len(members) <= 7
    assert pages[-1].coverage is Coverage.FAILED
    assert any("not complete" in (page.reason or "") for page in pages)


def test_an_archive_of_which_nothing_is_left_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="nothing could be taken out") as told:
        read_all(written(tmp_path, b"PK\3\4" + bytes(500)))
    assert told.value.coverage is Coverage.FAILED


def test_an_empty_archive_says_so(tmp_path: Path) -> None:
    pages, members = unpacked(written(tmp_path, zip_of()))
    assert not members
    assert "There is nothing in it." in pages[0].text


def test_one_part_of_several_says_so(tmp_path: Path) -> None:
    data = bytearray(zip_of(("a.txt", LEASE)))
    at = data.rindex(b"PK\5\6")
    struct.pack_into("<HH", data, at + 4, 3, 0)
    with pytest.raises(Unreadable, match="several parts"):
        read_all(written(tmp_path, bytes(data)))


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cp437", ["\u00dcbersicht Vertr\u00e4ge.pdf", "Pr\u00fcfung/Gr\u00f6\u00dfe.docx"]),
        ("cp1252", ["Soci\u00e9t\u00e9 g\u00e9n\u00e9rale.pdf", "\u00dcbersicht.pdf"]),
        ("cp866", ["\u0414\u043e\u0433\u043e\u0432\u043e\u0440 \u0430\u0440\u0435\u043d\u0434\u044b.docx"]),
        ("cp1251", ["\u0414\u043e\u0433\u043e\u0432\u043e\u0440 \u0430\u0440\u0435\u043d\u0434\u044b.docx"]),
        (
            "cp932",
            ["\u5951\u7d04\u66f8.pdf", "\u53d6\u7de0\u5f79\u4f1a\u8b70\u4e8b\u9332/\u682a\u4e3b\u540d\u7c3f.xlsx"],
        ),
        ("gb18030", ["\u516c\u53f8\u7ae0\u7a0b/\u80a1\u4e1c\u534f\u8bae.docx"]),
        ("cp949", ["\uacc4\uc57d\uc11c.pdf", "\uc8fc\uc8fc\uac04 \uacc4\uc57d.docx"]),
        ("cp852", ["Umowa najmu - \u0141\u00f3d\u017a.pdf", "Za\u0142\u0105cznik nr 1.docx"]),
        ("cp737", ["\u03a3\u03c5\u03bc\u03b2\u03cc\u03bb\u03b1\u03b9\u03bf.pdf"]),
        ("utf-8", ["\u5951\u7d04\u66f8 \u0414\u043e\u0433.pdf"]),
    ],
)
def test_names_are_read_in_the_code_page_they_were_written_in(tmp_path: Path, page: str, names: list[str]) -> None:
    raw = [name.encode(page) for name in names]
    assert [name.decode(likely_code_page(raw)) for name in raw] == names
    _, members = unpacked(written(tmp_path, zip_of(*(Member(name, b"x") for name in raw))))
    assert set(members) == set(names)


def test_a_name_that_is_stated_in_unicode_beside_its_old_form_is_taken_from_there(tmp_path: Path) -> None:
    extra = b"\1" + struct.pack("<I", zlib.crc32(b"\x81\x82.txt")) + "\u5951\u7d04.txt".encode()
    made = Member(b"\x81\x82.txt", b"x", extra=struct.pack("<HH", 0x7075, len(extra)) + extra)
    assert set(unpacked(written(tmp_path, zip_of(made)))[1]) == {"\u5951\u7d04.txt"}


def test_unpacking_stops_when_it_is_told_to(tmp_path: Path) -> None:
    calls = 0

    def stop_soon() -> None:
        nonlocal calls
        calls += 1
        if calls > 20:
            raise Cancelled

    file = written(tmp_path, zip_of(Member("a.bin", os.urandom(20 << 20), archives.STORED)))
    context = ReadContext(tmp_path, lambda done, total: None, stop_soon)
    with pytest.raises(Cancelled):
        list(ArchiveReader().read(Source(file, "deal.zip", "application/zip"), context))


def test_a_nearly_full_disk_stops_unpacking_before_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "DISK_RESERVE", shutil.disk_usage(tmp_path).total)
    with pytest.raises(OSError, match="No space left"):
        read_all(written(tmp_path, zip_of(("a.txt", LEASE))))
