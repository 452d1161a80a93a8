"""Electronic books (EPUB): what the title page states, then the parts in reading order, each a page or several."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from posixpath import join, normpath
from typing import Final
from urllib.parse import unquote

from lxml import etree

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.markup import decode_html, pages_of
from datazoom_desktop.intake.readers.office import Xml, damaged, open_package, parse_part, read_part
from datazoom_desktop.intake.readers.pagetext import PageText, fold
from datazoom_desktop.kernel.coverage import Coverage

_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_STATED: Final = (
    ("creator", "By"),
    ("contributor", "With"),
    ("publisher", "Publisher"),
    ("date", "Date"),
    ("identifier", "Identifier"),
    ("rights", "Rights"),
)
#: Fonts are scrambled in this way even where nothing else is protected.
_FONTS_ONLY: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PROTECTED = "This part of the book is protected by its seller (DRM) and opens only in the seller's own program."
_MOST_PARTS = 5_000
_LARGEST_PART = 64 << 20  #: bytes


class EpubReader:
    """Reads EPUB files."""

    name = "epub"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield a page of what the book states of itself, then the pages of its parts."""
        with open_package(source.file, "e-book") as package:
            try:
                book = _Book(package)
            except ValueError as error:
                raise damaged("e-book") from error
            if book.parts and all(part in book.protected for part in book.parts):
                reason = "This e-book is protected by its seller (DRM) and opens only in the seller's own program."
                raise Unreadable(Coverage.ENCRYPTED, reason, "Ask for a copy without protection, or for a printout.")
            yield from book.pages(context)


class _Book:
    def __init__(self, package: zipfile.ZipFile) -> None:
        """Learn what lies where; raises ``ValueError`` when that cannot be told."""
        self._package = package
        main = _main_part(package)
        root = parse_part(package, main)
        if root is None:
            raise ValueError("no package document")
        self._root = root
        folder = main.rpartition("/")[0]
        items = {item.get("id"): item for item in root.iter("{*}item")}
        self._places = {key: _place(folder, item.get("href") or "") for key, item in items.items()}
        self.parts = [
            self._places[key] for item in root.iter("{*}itemref") if (key := item.get("idref")) in self._places
        ][:_MOST_PARTS]
        if not self.parts:
            raise ValueError("no parts")
        self.protected = _protected(package)
        self._labels = self._contents(items)

    def pages(self, context: ReadContext) -> Iterator[ReadPage]:
        """Yield the book's pages."""
        number = 1
        first = self._title_page()
        if len(first):
            yield first.page(number, "About this book")
            number += 1
        for position, part in enumerate(self.parts, start=1):
            context.check()
            for page in self._part(part, context):
                yield replace(page, page=number)
                number += 1
            context.progress(position, len(self.parts))

    def _part(self, part: str, context: ReadContext) -> Iterator[ReadPage]:
        label = self._labels.get(part)
        if part in self.protected:
            yield ReadPage(1, Coverage.ENCRYPTED, label=label, reason=_PROTECTED)
            return
        try:
            data = read_part(self._package, part)
            if data is None or len(data) > _LARGEST_PART:
                raise ValueError(f"{part} is missing or too large")
            pages = list(pages_of(decode_html(data), context.check))
        except (ValueError, etree.LxmlError):
            reason = "This part of the book is missing or damaged and cannot be read."
            yield ReadPage(1, Coverage.FAILED, label=label, reason=reason)
            return
        if len(pages) == 1 and not pages[0].text and any(mark in data for mark in (b"<img", b"<image", b"<svg")):
            reason = "This part of the book holds only a picture, which is not read."
            yield ReadPage(1, Coverage.SKIPPED, label=label, reason=reason)
            return
        yield from (replace(page, label=label) for page in pages)

    def _title_page(self) -> PageText:
        page = PageText()
        for number, title in enumerate(self._root.iter(f"{_DC}title")):
            page.add("".join(title.itertext()), BlockKind.TITLE if number == 0 else BlockKind.PARAGRAPH)
        lines = []
        for name, label in _STATED:
            words = [fold("".join(item.itertext())) for item in self._root.iter(f"{_DC}{name}")]
            if any(words):
                lines.append(f"{label}: {'; '.join(filter(None, words))}")
        page.add("\n".join(lines))
        return page

    def _contents(self, items: dict[str | None, Xml]) -> dict[str, str]:
        """Return what the table of contents calls each part: the first entry that leads to it."""
        labels: dict[str, str] = {}
        for key, item in items.items():
            newer = "nav" in (item.get("properties") or "").split()
            if not newer and item.get("media-type") != "application/x-dtbncx+xml":
                continue
            try:
                root = parse_part(self._package, self._places[key])
            except ValueError:
                continue  # a book without its table of contents is still a book
            folder = self._places[key].rpartition("/")[0]
            for entry in root.iter("{*}a" if newer else "{*}navPoint") if root is not None else ():
                target, words = _entry(entry, newer=newer)
                if target and words:
                    labels.setdefault(_place(folder, target), words)
        return labels


def _main_part(package: zipfile.ZipFile) -> str:
    """Return the package document's name: the one the container names, else the first of that kind."""
    try:
        root = parse_part(package, "META-INF/container.xml")
    except ValueError:
        root = None
    for item in root.iter("{*}rootfile") if root is not None else ():
        if item.get("full-path") in package.namelist():
            return str(item.get("full-path"))
    found = next((name for name in package.namelist() if name.lower().endswith(".opf")), None)
    if found is None:
        raise ValueError("no package document")
    return found


def _protected(package: zipfile.ZipFile) -> set[str]:
    """Return the parts that are encrypted."""
    try:
        root = parse_part(package, "META-INF/encryption.xml")
    except ValueError:
        return set()
    found = set()
    for item in root.iter("{*}EncryptedData") if root is not None else ():
        method = next(iter(item.iter("{*}EncryptionMethod")), None)
        if method is None or method.get("Algorithm") not in _FONTS_ONLY:
            found |= {_place("", place.get("URI") or "") for place in item.iter("{*}CipherReference")}
    return found


def _entry(entry: Xml, *, newer: bool) -> tuple[str, str]:
    """Return where an entry of the table of contents leads and what it says."""
    if newer:
        return entry.get("href") or "", fold("".join(entry.itertext())).replace("\n", " ")
    content = next(iter(entry.iter("{*}content")), None)
    text = next(iter(entry.iter("{*}text")), None)
    target = content.get("src") or "" if content is not None else ""
    return target, fold(text.text or "").replace("\n", " ") if text is not None else ""


def _place(folder: str, target: str) -> str:
    """Return the name of the part that a reference leads to."""
    return normpath(join(folder, unquote(target.partition("#")[0]))).lstrip("/")
