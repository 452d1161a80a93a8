"""Opening a PDF: with one of the passwords where it has one, and with its pages found again where the list of them is broken."""

from __future__ import annotations

from collections.abc import Callable

import pymupdf

from datazoom_desktop.intake.model import Source, Unreadable
from datazoom_desktop.intake.readers.pdf_faults import FAULTS
from datazoom_desktop.kernel.coverage import Coverage

_MOST_OBJECTS = 1_000_000  #: looked through for pages
_INHERITED = ("Resources", "MediaBox", "CropBox", "Rotate")
_CHECK_EVERY = 10_000


def opened(source: Source) -> pymupdf.Document:
    """Open the file.

    Raises:
        Unreadable: It is damaged beyond opening, or none of the passwords opens it.
    """
    try:
        document = pymupdf.open(source.file, filetype="pdf")
    except FAULTS as error:
        raise Unreadable(
            Coverage.FAILED, "The PDF file is damaged and cannot be opened.", "Ask for a fresh copy of the file."
        ) from error
    if document.needs_pass and not any(document.authenticate(password) for password in ("", *source.passwords)):
        document.close()
        raise Unreadable(
            Coverage.ENCRYPTED, "A password is needed to open this file.", "Add the password and read the file again."
        )
    return document


def page_count(document: pymupdf.Document, check: Callable[[], None]) -> int:
    """Return the number of pages; where none can be loaded, the list of pages is made anew from what pages the file holds."""
    try:
        count = int(document.page_count)
        if count and any(_loads(document, number) for number in {0, count // 2, count - 1}):
            return count
    except FAULTS:
        count = 0
    try:
        return _listed_anew(document, check) or count
    except FAULTS:
        return count


def _loads(document: pymupdf.Document, number: int) -> bool:
    """Return whether there is an object behind a page."""
    try:
        return str(document.xref_object(document.load_page(number).xref)).startswith("<<")
    except FAULTS:
        return False


def _listed_anew(document: pymupdf.Document, check: Callable[[], None]) -> int:
    """Make a list of pages from every page object in the file, in the order of their numbers; return how many there are."""
    pages = []
    for number in range(1, min(document.xref_length(), _MOST_OBJECTS)):
        if number % _CHECK_EVERY == 0:
            check()
        try:
            if document.xref_get_key(number, "Type") == ("name", "/Page"):
                pages.append(number)
        except FAULTS:
            continue  # an object that cannot be read is no page
    if not pages:
        return 0
    above = document.get_new_xref()
    for number in pages:
        for key in _INHERITED:
            kind, value = document.xref_get_key(number, f"Parent/{key}")
            if kind != "null" and document.xref_get_key(number, key)[0] == "null":
                document.xref_set_key(number, key, value)
        document.xref_set_key(number, "Parent", f"{above} 0 R")
    kids = " ".join(f"{number} 0 R" for number in pages)
    document.update_object(above, f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>")
    document.xref_set_key(document.pdf_catalog(), "Pages", f"{above} 0 R")
    return len(pages)
