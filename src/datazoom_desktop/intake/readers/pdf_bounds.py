"""Looks at how much a PDF page unpacks to before anything is drawn or read: pages made to exhaust memory or time are refused."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import Any

import pymupdf
from pymupdf import mupdf

from datazoom_desktop.intake.readers.pdf_faults import FAULTS
from datazoom_desktop.intake.readers.pdf_files import unpacked

_MOST_CONTENT = 40 << 20  #: bytes of drawing instructions on one page
_LEAST_PACKED = _MOST_CONTENT // 1032  #: bytes below which deflated content cannot unpack to more than that
_MOST_DRAWINGS = 200_000  #: times that forms are drawn on one page, forms within forms counted each time
_DEEPEST = 24  #: forms within forms
_MOST_FORMS = 5_000
_MOST_PIXELS = 250_000_000  #: of a picture, where a pixel takes no more than a byte or two to unpack
_MOST_WAVELET_PIXELS = 60_000_000  #: of a JPEG 2000 picture, which takes many times more
_DRAWS = re.compile(rb"/([^\s/<>\[\]()%{}]+)\s+Do\b")
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PAGE_INFORMATION = 48


def draws_too_much(document: pymupdf.Document, page: pymupdf.Page) -> bool:
    """Return whether a page has more to draw than any page made for people."""
    total = 0
    for number in page.get_contents():
        if _raw_length(document, number) > _LEAST_PACKED:
            try:
                content = unpacked(document, number, _MOST_CONTENT)
            except FAULTS:
                continue  # the library reads of it what it can
            total += len(content) if content is not None else _MOST_CONTENT + 1
    if total > _MOST_CONTENT:
        return True
    handle = mupdf.pdf_document_from_fz_document(document.this)
    forms = _Forms(document)
    resources = mupdf.pdf_dict_get_inheritable(mupdf.pdf_load_object(handle, page.xref), mupdf.PDF_ENUM_NAME_Resources)
    return forms.drawn(resources, None, 0) > _MOST_DRAWINGS


class _Forms:
    """Counts how often forms are drawn; a form drawn within a form counts as often as that is drawn."""

    def __init__(self, document: pymupdf.Document) -> None:
        self._document = document
        self._known: dict[int, int] = {}

    def drawn(self, resources: Any, content: bytes | None, depth: int) -> int:
        """Return how many forms are drawn by content (None: each of the resources' forms once) with these resources."""
        forms = mupdf.pdf_dict_gets(resources, "XObject") if mupdf.pdf_is_dict(resources) else None
        if forms is None or not mupdf.pdf_is_dict(forms):
            return 0
        times: dict[str, int] = {}
        if content is not None:
            for name in _DRAWS.findall(content):
                times[name.decode("latin-1")] = times.get(name.decode("latin-1"), 0) + 1
        total = 0
        for index in range(mupdf.pdf_dict_len(forms)):
            form = mupdf.pdf_dict_get_val(forms, index)
            name = mupdf.pdf_to_name(mupdf.pdf_dict_get_key(forms, index))
            count = 1 if content is None else times.get(name, 0)
            if count and mupdf.pdf_to_name(mupdf.pdf_dict_gets(form, "Subtype")) == "Form":
                total += count * self._form(form, depth + 1)
        return total

    def _form(self, form: Any, depth: int) -> int:
        number = mupdf.pdf_to_num(form)
        if number in self._known:
            return self._known[number]
        if depth > _DEEPEST or len(self._known) > _MOST_FORMS:
            return _MOST_DRAWINGS + 1
        self._known[number] = 1  # a form within itself is drawn once
        resources = mupdf.pdf_dict_gets(form, "Resources")
        if mupdf.pdf_is_dict(resources) and mupdf.pdf_is_dict(mupdf.pdf_dict_gets(resources, "XObject")):
            try:
                content = unpacked(self._document, number, _MOST_CONTENT)
            except FAULTS:
                return 1
            inner = self.drawn(resources, content, depth) if content is not None else _MOST_DRAWINGS
            self._known[number] = min(1 + inner, _MOST_DRAWINGS + 1)
        return self._known[number]


def has_pictures(page: pymupdf.Page) -> bool:
    """Return whether the page has pictures of its own, as far as that can be told."""
    try:
        return bool(page.get_images())
    except FAULTS:
        return False


def has_giant_picture(page: pymupdf.Page) -> bool:
    """Return whether a picture on the page has more pixels than can be unpacked safely, as its frame says or its own data do.

    A page whose pictures cannot be looked at counts as having one.
    """
    try:
        pictures = page.get_images(full=True)
        return any(_is_giant(page.parent, picture) for picture in pictures)
    except FAULTS:
        return True


def _is_giant(document: pymupdf.Document, picture: Sequence[Any]) -> bool:
    number, mask, width, height, *_, filters, _ = picture
    sizes = [(width, height, filters), (*_own_size(document, number, filters), filters)]
    if mask:
        sizes += [(*_stated(document, mask), ""), (*_own_size(document, mask, ""), "")]
    return any(
        across * down > (_MOST_WAVELET_PIXELS if "JPX" in packed else _MOST_PIXELS) for across, down, packed in sizes
    )


def _stated(document: pymupdf.Document, number: int) -> tuple[int, int]:
    values = [document.xref_get_key(number, key) for key in ("Width", "Height")]
    width, height = (int(value) if kind == "int" else 0 for kind, value in values)
    return width, height


def _own_size(document: pymupdf.Document, number: int, filters: str) -> tuple[int, int]:
    """Return the size that a picture's own data state, (0, 0) where they do not state one."""
    filters = filters or document.xref_get_key(number, "Filter")[1]
    size = next((read for name, read in _SIZES.items() if name in filters), None)
    if size is None:
        return 0, 0
    try:
        return size(document.xref_stream_raw(number) or b"")
    except FAULTS:
        return 0, 0


def _wavelet_size(data: bytes) -> tuple[int, int]:
    """Return the size of a JPEG 2000 picture from its first code stream."""
    at = data.find(b"\xff\x4f\xff\x51")
    if at < 0:
        return 0, 0
    width, height, left, top = struct.unpack_from(">4I", data, at + 8)
    return max(0, width - left), max(0, height - top)


def _photo_size(data: bytes) -> tuple[int, int]:
    """Return the size of a JPEG picture from its frame header."""
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        kind = data[at + 1]
        if kind in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        standalone = kind in (0x01, 0xFF) or 0xD0 <= kind <= 0xD9
        at += (1 if kind == 0xFF else 2) if standalone else 2 + struct.unpack_from(">H", data, at + 2)[0]
    return 0, 0


def _fax_size(data: bytes) -> tuple[int, int]:
    """Return the size of a JBIG2 picture from its page information, where that comes first as it must."""
    if len(data) < 19 or data[4] & 0x3F != _PAGE_INFORMATION:
        return 0, 0
    start = 11 if not data[4] & 0x40 else 14
    width, height = struct.unpack_from(">II", data, start)
    return width, 0 if height == 0xFFFFFFFF else height


_SIZES = {"JPX": _wavelet_size, "DCT": _photo_size, "JBIG2": _fax_size}


def _raw_length(document: pymupdf.Document, number: int) -> int:
    kind, value = document.xref_get_key(number, "Length")
    if kind == "int":
        return int(value)
    return _LEAST_PACKED + 1
