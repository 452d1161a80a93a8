"""Old Office files, read through LibreOffice: nothing of a negotiation is lost, and nothing happens that should not."""

from __future__ import annotations

import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pptx
import psutil
import pytest
from pptx.util import Inches

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import ReadContext, ReadPage, Unreadable
from datazoom_desktop.intake.readers import libreoffice
from datazoom_desktop.intake.readers.ole_writer import compound_file
from datazoom_desktop.kernel.cells import CellRange
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of
from tests.support.office_files import SPACES, deleted, locked_workbook, made_by_libreoffice, para, run, word

needs_libreoffice = pytest.mark.skipif(libreoffice.find() is None, reason="LibreOffice is not installed here")


def lines(page: ReadPage) -> list[str]:
    return [line for line in page.text.split("\n") if line]


@needs_libreoffice
def test_an_old_word_file_keeps_both_sides_of_a_negotiation(tmp_path: Path) -> None:
    comments = f"""<w:comments {SPACES}><w:comment w:id="0" w:author="Ada" w:date="2024-03-01T10:00:00Z"><w:p>{run("Too high.")}</w:p>
    </w:comment></w:comments>"""
    footnotes = f'<w:footnotes {SPACES}><w:footnote w:id="2"><w:p>{run("Net of tax.")}</w:p></w:footnote></w:footnotes>'
    by = 'w:author="Bo" w:date="2024-03-02T10:00:00Z" w:id="5"'
    body = para(
        run("The price is ")
        + '<w:commentRangeStart w:id="0"/>'
        + f"<w:del {by}>{deleted('nine')}</w:del><w:ins {by}>{run('ten')}</w:ins>"
        + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
        + run(" euro.")
        + '<w:r><w:footnoteReference w:id="2"/></w:r>'
    )
    new = word(tmp_path / "a.docx", body, {"comments.xml": comments, "footnotes.xml": footnotes})
    file = made_by_libreoffice(new, "doc", "MS Word 97")
    assert detect.media_type(file, "a.bin") == detect.DOC
    (page,) = pages_of(file)
    text = page.text
    assert "[Deleted: nine][Inserted: ten] euro." in text
    assert "Ada, 2024-03-01: Too high." in text
    assert "[1] Net of tax." in text


@needs_libreoffice
def test_an_old_workbook_has_its_sheets_formulas_and_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cap table"
    book.active.append(["Holder", "Shares"])
    book.active.append(["Ada", 1500])
    book.active["B2"].number_format = "#,##0"
    book.active.append(["Total", "=SUM(B2:B2)"])
    book.create_sheet("Notes").sheet_state = "hidden"
    book["Notes"]["A1"] = "secret"
    book.save(tmp_path / "a.xlsx")
    file = made_by_libreoffice(tmp_path / "a.xlsx", "xls", "MS Excel 97")
    assert detect.media_type(file, "a.bin") == detect.XLS
    table, notes = pages_of(file)
    assert lines(table) == [
        "Cap table",
        "Holder | Shares",
        "Ada | 1,500",
        "Total | 1500",
        "Formulas",
        "[Formula at B3] =SUM(B2:B2)",
    ]
    assert [str(CellRange(*box)) for box in table.words.boxes.astype(int).tolist()][2:4] == ["A2", "B2"]
    assert (notes.label, lines(notes)) == ("Notes (hidden)", ["Notes (hidden)", "secret"])


@needs_libreoffice
def test_an_old_workbook_opens_with_one_of_the_passwords_only(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in range(300):
        book.active.append([f"Holder {row}", row])
    book.save(tmp_path / "a.xlsx")
    plain = made_by_libreoffice(tmp_path / "a.xlsx", "xls", "MS Excel 97")
    file = tmp_path / "locked.xls"
    file.write_bytes(locked_workbook(plain, "geheim"))
    for passwords, reason in (
        ((), "A password is needed to open this file."),
        (("wrong", "falsch"), "None of the passwords given so far opens this file."),
    ):
        with pytest.raises(Unreadable) as refused:
            pages_of(file, passwords=passwords)
        assert (refused.value.coverage, refused.value.reason) == (Coverage.ENCRYPTED, reason)
    (page,) = pages_of(file, passwords=("wrong", "geheim"))
    assert lines(page)[1:] == [f"Holder {row} | {row}" for row in range(300)]
    file.write_bytes(locked_workbook(plain, "VelvetSweatshop"))
    assert lines(pages_of(file)[0])[1] == "Holder 0 | 0"


@needs_libreoffice
def test_an_old_presentation_has_its_slides_and_notes(tmp_path: Path) -> None:
    made = pptx.Presentation()
    for title in ("Offer", "Timetable"):
        slide = made.slides.add_slide(made.slide_layouts[5])
        slide.shapes.title.text = title
        slide.shapes.add_textbox(
            Inches(1), Inches(3), Inches(4), Inches(1)
        ).text_frame.text = f"About the {title.lower()}"
    made.slides[1].notes_slide.notes_text_frame.text = "Mention the long stop date."
    made.save(tmp_path / "a.pptx")
    file = made_by_libreoffice(tmp_path / "a.pptx", "ppt", "MS PowerPoint 97")
    assert detect.media_type(file, "a.bin") == detect.PPT
    first, second = pages_of(file)
    assert (lines(first), first.label) == (["Offer", "About the offer"], "Offer")
    assert lines(second) == ["Timetable", "About the timetable", "Notes: Mention the long stop date."]


def test_without_libreoffice_an_old_file_is_left_out_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libreoffice.shutil, "which", lambda name: None)
    monkeypatch.setattr(libreoffice, "_USUAL_PLACES", ())
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert libreoffice.find() is None
    file = tmp_path / "a.wpd"
    file.write_bytes(b"\xffWPC" + b"\x00" * 100)
    with pytest.raises(Unreadable) as refused:
        pages_of(file)
    assert refused.value.coverage is Coverage.SKIPPED
    assert (
        refused.value.reason == "DataZoom reads files of this kind (.wpd) through LibreOffice, which is not installed."
    )
    assert (
        refused.value.remedy
        == "Install LibreOffice (free) and read the file again, or save it as DOCX or PDF and add that."
    )


def test_libreoffice_is_found_in_its_usual_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice.shutil, "which", lambda name: None)
    monkeypatch.setattr(libreoffice, "_USUAL_PLACES", (f"{tmp_path}/opt/libreoffice*/program/soffice",))
    newest = tmp_path / "opt" / "libreoffice25.2" / "program" / "soffice"
    for place in (newest, tmp_path / "opt" / "libreoffice24.8" / "program" / "soffice"):
        place.parent.mkdir(parents=True)
        place.touch()
    assert libreoffice.find() == newest


@needs_libreoffice
def test_a_damaged_old_file_is_refused_with_a_reason(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "words"
    book.save(tmp_path / "a.xlsx")
    file = made_by_libreoffice(tmp_path / "a.xlsx", "xls", "MS Excel 97")
    file.write_bytes(file.read_bytes()[:1500])
    with pytest.raises(Unreadable) as refused:
        pages_of(file)
    assert refused.value.coverage in (Coverage.FAILED, Coverage.SKIPPED)
    assert refused.value.reason.endswith(".")


def name_of(process: psutil.Process) -> str:
    """Return a process's name, "" when it has ended meanwhile."""
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""


class _Asked(Exception):
    """Somebody asked for the work to stop."""


@needs_libreoffice
def test_nothing_of_libreoffice_outlives_a_job_that_is_stopped(tmp_path: Path) -> None:
    file = word(tmp_path / "a.docx", para(run("words")) * 2_000)
    started: list[psutil.Process] = []

    def check() -> None:
        started[:] = psutil.Process().children(recursive=True)
        if any("soffice.bin" in name_of(each) for each in started):
            raise _Asked

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(_Asked):
        libreoffice.convert(file, ".docx", detect.DOCX, ReadContext(scratch, lambda done, total: None, check))
    _, alive = psutil.wait_procs(started, timeout=10)
    assert started
    assert alive == []


@needs_libreoffice
@pytest.mark.parametrize(
    ("limit", "words"),
    [("_PATIENCE", "takes longer to open than it may"), ("_MEMORY", "needs more memory to open than it may have")],
)
def test_a_file_that_takes_too_much_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    monkeypatch.setattr(libreoffice, limit, 0)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    file = word(tmp_path / "a.docx", para(run("words")))
    with pytest.raises(Unreadable, match=words):
        libreoffice.convert(file, ".docx", detect.DOCX, ReadContext(scratch, lambda done, total: None, lambda: None))


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine: its address, and what it was asked for."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def __getattr__(self, name: str) -> Any:
            if not name.startswith("do_"):
                raise AttributeError(name)
            return self.refuse

        def refuse(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *words: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", paths
    server.shutdown()
    thread.join()
    server.server_close()


LINKED = """<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:mimetype="application/vnd.oasis.opendocument.text" office:version="1.2"><office:body><office:text><text:p>Words
 <draw:frame svg:width="3cm" svg:height="3cm" text:anchor-type="as-char"><draw:image xlink:href="{}picture.png" xlink:type="simple"
 xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p></office:text></office:body></office:document>"""


@needs_libreoffice
@pytest.mark.parametrize("guarded", [True, False])
def test_a_picture_elsewhere_is_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, list[str]], guarded: bool
) -> None:
    """Without its guard LibreOffice does ask for the picture, so that this test could fail."""
    if not guarded:
        monkeypatch.setattr(libreoffice, "_FORBIDDEN", ())
    address, paths = asked
    file = tmp_path / "a.fodt"
    file.write_text(LINKED.format(address))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    converted = libreoffice.convert(
        file, ".fodt", detect.DOCX, ReadContext(scratch, lambda done, total: None, lambda: None)
    )
    assert "Words" in pages_of(converted)[0].text
    assert (paths == []) is guarded


def test_kinds_that_libreoffice_reads_are_told_by_content(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("[Content_Types].xml", b"<Types/>")
        out.writestr("xl/workbook.bin", b"")
        out.writestr("xl/worksheets/sheet1.bin", b"")
    assert detect.media_type(file, "a.xlsx") == detect.XLSB
    for stream, kind in (("Book", detect.XLS), ("WordDocument", detect.DOC), ("PowerPoint Document", detect.PPT)):
        file.write_bytes(compound_file({stream: b"x" * 5000}))
        assert detect.media_type(file, "a.bin") == kind
