"""The pages of a built document, as the plain libraries read them.

The conventions are the product's own: a Word file has one page until an explicit page break, a workbook one page a sheet, a
presentation one page a slide (its notes included), a mail one page, plain and web text one page, a form feed starts a new one.
Pictures have no text here; their words come from the content they were made from (see `facts.py`).
"""

from __future__ import annotations

import email
import email.policy
import html
import io
import re
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

import pymupdf

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def pages(path: str, data: bytes, password: str = "") -> list[str]:
    """Return the text of each page of the document `data` named `path`; an encrypted PDF needs its password.

    Raises:
        KeyError: no reader is known for the suffix of `path`.
        pymupdf.FileDataError: a PDF cannot be read.
    """
    suffix = PurePosixPath(path).suffix
    if suffix == ".pdf":
        with pymupdf.open(stream=data, filetype="pdf") as document:
            document.authenticate(password)
            return [str(page.get_text()) for page in document]
    readers = {".docx": _word, ".xlsx": _workbook, ".pptx": _slides, ".eml": _mail, ".html": _web}
    return readers.get(suffix, _plain)(data)


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (file name, bytes) of each attachment of the mail `data`."""
    for part in _message(data).iter_attachments():
        content = part.get_content()
        yield str(part.get_filename()), content if isinstance(content, bytes) else str(content).encode()


def _plain(data: bytes) -> list[str]:
    return data.decode("utf-8").split("\f")


def _web(data: bytes) -> list[str]:
    body = re.sub(r"<(style|title)>.*?</\1>", " ", data.decode("utf-8"), flags=re.DOTALL)
    spaced = re.sub(r"</?(?:p|h\d|li|ul|tr|td|body|hr|div)[^>]*>", "\n", body)
    return [html.unescape(re.sub(r"<[^>]+>", "", spaced))]


def _message(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _mail(data: bytes) -> list[str]:
    message = _message(data)
    body = message.get_body(("plain", "html"))
    content = str(body.get_content()) if body is not None else ""
    text = _web(content.encode())[0] if body is not None and body.get_content_subtype() == "html" else content
    return [f"{message['Subject']}\n{text}"]


def _word(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        root = ET.fromstring(parts.read("word/document.xml"))
    text = ""
    for element in root.iter():
        if element.tag == f"{_WORD}p":
            text += "\n"
        elif element.tag == f"{_WORD}t":
            text += element.text or ""
        elif element.tag == f"{_WORD}br" and element.get(f"{_WORD}type") == "page":
            text += "\f"
    return text.split("\f")


def _workbook(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        shared = ET.fromstring(parts.read("xl/sharedStrings.xml"))
        strings = ["".join(item.itertext()) for item in shared.iter(f"{_SHEET}si")]
        names = sorted(name for name in parts.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
        return [_sheet(ET.fromstring(parts.read(name)), strings) for name in names]


def _sheet(root: ET.Element, strings: list[str]) -> str:
    def cell(element: ET.Element) -> str:
        value = element.findtext(f"{_SHEET}v") or ""
        return strings[int(value)] if element.get("t") == "s" else value

    return "\n".join("\t".join(cell(c) for c in row.iter(f"{_SHEET}c")) for row in root.iter(f"{_SHEET}row"))


def _slides(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        count = sum(bool(re.fullmatch(r"ppt/slides/slide\d+\.xml", name)) for name in parts.namelist())
        found = []
        for number in range(1, count + 1):
            names = (f"ppt/slides/slide{number}.xml", f"ppt/notesSlides/notesSlide{number}.xml")
            roots = [ET.fromstring(parts.read(name)) for name in names]
            paragraphs = [p for root in roots for p in root.iter(f"{_DRAWING}p")]
            found.append("\n".join("".join(t.text or "" for t in p.iter(f"{_DRAWING}t")) for p in paragraphs))
        return found
