"""Passwords: a list opens files of every format, also inside others and later; and nowhere are they left in clear."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psutil
import py7zr
import pymupdf
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.organizations.register import Rooms
from tests.support.archives import Member, zip_of
from tests.support.deal import write_docx, write_xlsx

#: Words that appear nowhere by themselves.
PASSWORDS = ("zxPdfWord17", "zxOfficeWord18", "zxArchiveWord19", "zxWrongWord20")
PDF, OFFICE, ARCHIVE, WRONG = PASSWORDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of POSIX systems")


def locked_pdf(words: str) -> bytes:
    document = pymupdf.open()
    document.new_page().insert_text((72, 72), words)
    return bytes(document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=PDF, owner_pw=PDF + "owner"))


def locked_office(data: bytes) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(OFFICE, out)
    return out.getvalue()


def make_locked_deal(folder: Path) -> None:
    """Lock files of every format that can be, some inside others; each holds the word "halyard" and its own name."""
    folder.mkdir()
    write_docx(folder / "plain.docx", "Halyard", ["halyard word"])
    write_xlsx(folder / "plain.xlsx", [["halyard", "sheet"]])
    word, sheet = (locked_office((folder / name).read_bytes()) for name in ("plain.docx", "plain.xlsx"))
    (folder / "plain.xlsx").unlink()
    (folder / "locked.docx").write_bytes(word)
    (folder / "locked.xlsx").write_bytes(sheet)
    (folder / "locked.pdf").write_bytes(locked_pdf("halyard pdf"))
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "The files", "a@example.org", "b@example.org"
    mail.set_content("halyard mail")
    mail.add_attachment(locked_pdf("halyard attached"), maintype="application", subtype="pdf", filename="inside.pdf")
    inner = zip_of(
        Member("deep/old.txt", b"halyard old", password=ARCHIVE),
        Member("deep/aes.txt", b"halyard aes", password=ARCHIVE, aes=3),
        Member("deep/locked.pdf", locked_pdf("halyard in both"), password=ARCHIVE, aes=3),
        ("open.txt", b"halyard open"),
    )
    mail.add_attachment(inner, maintype="application", subtype="zip", filename="inner.zip")
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    with py7zr.SevenZipFile(folder / "locked.7z", "w", password=ARCHIVE, header_encryption=True) as archive:
        archive.writestr(b"halyard seven", "seven.txt")


#: Every path at which a locked file's words stand once all is open.
OPENED = {
    *("locked.docx", "locked.xlsx", "locked.pdf", "locked.7z/seven.txt", "mail.eml/inside.pdf"),
    *(f"mail.eml/inner.zip/deep/{name}" for name in ("old.txt", "aes.txt", "locked.pdf")),
}


def ingest(home: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "datazoom_desktop", "--home", str(home), "ingest", "Deal", *words]
    with (home / "errors.log").open("ab") as errors:
        return subprocess.Popen(command, stdout=errors, stderr=errors)


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        workers = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(workers, timeout=10)
    process.wait()


def words_at(workspace: Workspace) -> set[str]:
    return {page.path for page in workspace.documents.page_rows() if "halyard" in page.text.lower()}


def leaks(folder: Path) -> list[str]:
    """Return where a password stands in clear in any file, in any usual encoding."""
    forms = [password.encode(encoding) for password in PASSWORDS for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [str(file) for file in files if any(form in data for data in (file.read_bytes(),) for form in forms)]


def in_database(workspace: Workspace) -> list[str]:
    """Return the tables in which a password stands, whatever form the database's files give it."""
    with workspace.storage.db.read() as cursor:
        tables = [row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        rows = {name: str(cursor.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables}
    assert "jobs" in tables
    return [name for name, text in rows.items() if any(password in text for password in PASSWORDS)]


@pytest.fixture(scope="module")
def deal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locked") / "deal"
    make_locked_deal(folder)
    return folder


@pytest.fixture(scope="module")
def password_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("passwords") / "list.txt"
    file.write_text("\n".join((WRONG, ARCHIVE, PDF, OFFICE)), encoding="utf-8")
    return file


def test_passwords_leave_no_trace_even_after_a_crash(tmp_path: Path, deal: Path, password_file: Path) -> None:
    home = tmp_path / "home"
    Rooms(home).create("Deal")
    assert leaks(password_file.parent) == [str(password_file)]
    for moment in (0.1, 1.0, 2.5):
        process = ingest(home, str(deal), "--password-file", str(password_file))
        arguments = list(_arguments(process, home, moment))
        kill(process)
        assert arguments
        assert leaks(home) == []
        assert not any(password in word for word in arguments for password in PASSWORDS)
    assert ingest(home, str(deal), "--password-file", str(password_file)).wait(timeout=300) in (0, 3)
    assert leaks(home) == []
    with open_workspace(home, "Deal") as workspace:
        assert words_at(workspace) >= OPENED
        assert in_database(workspace) == []
    assert leaks(home) == []


def _arguments(process: subprocess.Popen[bytes], home: Path, seconds: float) -> Iterator[str]:
    """Yield the words by which the program and its workers were started, until a while after the first file was taken in."""
    until = time.monotonic() + 60
    began = False
    while time.monotonic() < until and process.poll() is None:
        if not began and any(home.glob("organizations/*/rooms/*/blobs/??/*")):
            began, until = True, time.monotonic() + seconds
        with contextlib.suppress(psutil.Error):
            for each in (me := psutil.Process(process.pid), *me.children(recursive=True)):
                yield from each.cmdline()
                yield from each.environ().values()
        time.sleep(0.2)


def test_passwords_that_come_later_open_what_is_locked_and_read_nothing_else_again(
    tmp_path: Path, deal: Path, password_file: Path
) -> None:
    home = tmp_path / "home"
    Rooms(home).create("Deal")
    assert ingest(home, str(deal)).wait(timeout=300) == 3
    with open_workspace(home, "Deal") as workspace:
        assert not words_at(workspace) & OPENED
        locked = {row.path for row in workspace.documents.rows() if row.needs_password}
        assert locked == {
            "locked.docx",
            "locked.xlsx",
            "locked.pdf",
            "locked.7z",
            "mail.eml/inside.pdf",
            "mail.eml/inner.zip",
        }
        before = _read_at(workspace)
    assert ingest(home, "--password-file", str(password_file)).wait(timeout=300) in (0, 3)
    with open_workspace(home, "Deal") as workspace:
        assert words_at(workspace) >= OPENED
        assert not any(row.needs_password for row in workspace.documents.rows())
        after = _read_at(workspace)
    assert {path for path, at in before.items() if after[path] != at} == locked


def _read_at(workspace: Workspace) -> dict[str, object]:
    with workspace.storage.db.read() as cursor:
        rows = cursor.execute("SELECT p.path, v.read_at FROM paths p JOIN versions v USING (version_id)").fetchall()
    return dict(rows)
