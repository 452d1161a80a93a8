"""Files inside a PDF: those attached to the whole of it, as in a portfolio, and those pinned to a page."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf
from pymupdf import mupdf

from datazoom_desktop.intake.model import Attachment
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.pdf_faults import FAULTS

_LARGEST = 256 << 20  #: bytes of one file
_GROWTH = 200  #: times its packed size, to which the PDF library lets a stream grow that is not deflated
_PICTURES = ("JBIG2Decode", "JPXDecode", "DCTDecode", "CCITTFaxDecode")  #: ways of packing that make more of little
_DEEPEST = 40  #: levels of the tree that names the files
_MOST = 20_000  #: files


class PdfFiles:
    """Takes the files out of one document, each once, however many places name it."""

    def __init__(self, document: pymupdf.Document, scratch: Path) -> None:
        """Write below ``scratch``."""
        self._document = document
        self._attachments = Attachments(scratch)
        self._names: dict[int, str] = {}
        self._handed = 0
        self.refused: list[str] = []  #: one sentence for each file that could not be taken out

    def take_all(self) -> None:
        """Take out the files attached to the whole document."""
        for number, (name, specification) in enumerate(self._listed()):
            if number >= _MOST:
                self.refused.append(f"More than {_MOST:,} files are inside this one; the rest was left out.")
                return
            self._take(specification, name)

    def pinned(self, annotation: int) -> str:
        """Take out the file that an annotation (the number of its object) pins to a page; return its name, "" for none."""
        handle = mupdf.pdf_document_from_fz_document(self._document.this)
        specification = mupdf.pdf_dict_gets(mupdf.pdf_load_object(handle, annotation), "FS")
        return self._take(specification, "") if mupdf.pdf_is_dict(specification) else ""

    def fresh(self) -> list[Attachment]:
        """Return what was taken out since the last call."""
        out = self._attachments.items[self._handed :]
        self._handed = len(self._attachments.items)
        return out

    def _listed(self) -> Iterator[tuple[str, Any]]:
        """Yield the key and the specification of each file that the document names."""
        root = mupdf.pdf_dict_gets(mupdf.pdf_trailer(mupdf.pdf_document_from_fz_document(self._document.this)), "Root")
        tree = mupdf.pdf_dict_gets(mupdf.pdf_dict_gets(root, "Names"), "EmbeddedFiles")
        yield from _leaves(tree, set(), 0)
        associated = mupdf.pdf_dict_gets(root, "AF")
        for index in range(mupdf.pdf_array_len(associated) if mupdf.pdf_is_array(associated) else 0):
            yield "", mupdf.pdf_array_get(associated, index)

    def _take(self, specification: Any, key: str) -> str:
        """Take out one file and return its name; "" when it holds none or was refused."""
        files = mupdf.pdf_dict_gets(specification, "EF")
        stream = next((found for kind in ("UF", "F") if (found := _entry(files, kind)) is not None), None)
        if stream is None:
            return ""
        number = mupdf.pdf_to_num(stream)
        if number not in self._names:
            name = next(
                (text for kind in ("UF", "F") if (text := _text(mupdf.pdf_dict_gets(specification, kind)))), key
            ).replace("\\", "/")
            self._names[number] = self._unpack(number, name.rpartition("/")[2])
        return self._names[number]

    def _unpack(self, number: int, name: str) -> str:
        shown = f"“{name}”" if name else "A file without a name"
        try:
            data = unpacked(self._document, number, _LARGEST)
        except FAULTS:
            self.refused.append(f"{shown} inside this file is damaged and could not be taken out.")
            return ""
        if data is None:
            self.refused.append(f"{shown} inside this file is larger than {_LARGEST >> 20} MB and was left out.")
            return ""
        return self._attachments.add(name, data)


def in_catalog(document: pymupdf.Document, path: str) -> tuple[str, str]:
    """Return the kind and the source of an entry of the document's catalog, "null" where there is none or that is damaged."""
    try:
        kind, value = document.xref_get_key(document.pdf_catalog(), path)
    except FAULTS:
        return "null", "null"
    return str(kind), str(value)


def is_portfolio(document: pymupdf.Document) -> bool:
    """Return whether the document is a cover for the files inside it."""
    return in_catalog(document, "Collection")[0] != "null"


def unpacked(document: pymupdf.Document, number: int, limit: int) -> bytes | None:
    """Return the content of a stream (the number of its object), None when it is larger than ``limit`` bytes.

    Raises:
        RuntimeError: It cannot be read.
        zlib.error: It is damaged.
    """
    raw: bytes = document.xref_stream_raw(number)
    filters = document.xref_get_key(number, "Filter")[1].strip("[] ")
    if raw is None:
        raise ValueError("no stream")
    if any(kind in filters for kind in _PICTURES):
        raise ValueError("a picture, not a file")
    if filters == "/FlateDecode" and document.xref_get_key(number, "DecodeParms")[0] == "null":
        data = zlib.decompressobj().decompress(raw, limit + 1)
    elif filters in ("null", ""):
        data = raw
    elif len(raw) > limit // _GROWTH:
        return None
    else:
        data = document.xref_stream(number)
    return data if len(data) <= limit else None


def _leaves(node: Any, above: set[int], depth: int) -> Iterator[tuple[str, Any]]:
    number = mupdf.pdf_to_num(node)
    if not mupdf.pdf_is_dict(node) or depth > _DEEPEST or (number and number in above):
        return
    above.add(number)
    names, kids = mupdf.pdf_dict_gets(node, "Names"), mupdf.pdf_dict_gets(node, "Kids")
    for index in range(0, mupdf.pdf_array_len(names) - 1 if mupdf.pdf_is_array(names) else 0, 2):
        yield _text(mupdf.pdf_array_get(names, index)), mupdf.pdf_array_get(names, index + 1)
    for index in range(mupdf.pdf_array_len(kids) if mupdf.pdf_is_array(kids) else 0):
        yield from _leaves(mupdf.pdf_array_get(kids, index), above, depth + 1)


def _entry(files: Any, kind: str) -> Any | None:
    found = mupdf.pdf_dict_gets(files, kind) if mupdf.pdf_is_dict(files) else None
    return found if found is not None and mupdf.pdf_is_stream(found) else None


def _text(value: Any) -> str:
    return str(mupdf.pdf_to_text_string(value)) if mupdf.pdf_is_string(value) else ""
