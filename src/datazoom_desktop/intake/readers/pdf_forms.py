"""Form fields of a PDF page: boxes that are ticked, values that are not drawn, and whether signature fields are signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pymupdf

from datazoom_desktop.intake.readers.pdf_layout import clean
from datazoom_desktop.intake.readers.pdf_words import Box, Mark, box_on

_TICKED, _EMPTY = "☒", "☐"
_TO_TICK = (pymupdf.PDF_WIDGET_TYPE_CHECKBOX, pymupdf.PDF_WIDGET_TYPE_RADIOBUTTON)
_LISTED = pymupdf.PDF_WIDGET_TYPE_LISTBOX  #: all its options are drawn, so that the text does not tell which is chosen
_HIDDEN = (1, 3)  #: ``field_display`` of fields that a viewer does not show
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Field:
    """One field on a page.

    Attributes:
        name: What its form calls it: the words shown to whoever fills it in, else its own name.
        value: In words; empty when nothing is filled in.
        mark: Its sign and place when it is a box to tick.
        box: Where it stands, as displayed in points; None for a field that is not shown.
        drawn: Whether the page's own text says the value, if it says it at all.
        signature: Whether it is a place for a signature.
    """

    name: str
    value: str
    mark: Mark | None
    box: Box | None
    drawn: bool
    signature: bool = False


def fields_of(page: pymupdf.Page) -> Iterator[Field]:
    """Yield the page's fields; buttons to press are none."""
    widget = page.first_widget
    while widget is not None:
        field = _field(page, widget)
        if field is not None:
            yield field
        widget = widget.next


def lines_of(fields: list[Field], text: str) -> list[str]:
    """Return what the page's text does not tell of its fields, a line each."""
    said = _SPACES.sub("", text)
    lines = []
    for field in fields:
        what = "Hidden form field" if field.box is None else "Signature field" if field.signature else "Form field"
        if field.value and not (field.drawn and _SPACES.sub("", field.value) in said):
            lines.append(f"[{what} “{field.name}”] {field.value}")
    return lines


def _field(page: pymupdf.Page, widget: pymupdf.Widget) -> Field | None:
    kind = widget.field_type
    if kind == pymupdf.PDF_WIDGET_TYPE_BUTTON:
        return None
    name = _words(widget.field_label) or _words(widget.field_name) or "without a name"
    box = None if widget.field_display in _HIDDEN or widget.rect is None else box_on(page, widget.rect)
    if kind in _TO_TICK:
        ticked = widget.field_value not in (None, "", "Off", False) and widget.field_value == widget.on_state()
        mark = None if box is None else Mark(box, _TICKED if ticked else _EMPTY)
        chosen = "ticked" if kind == pymupdf.PDF_WIDGET_TYPE_CHECKBOX else f"“{_words(widget.field_value)}” chosen"
        return Field(name, chosen if ticked else "", mark, box, drawn=False)
    if kind == pymupdf.PDF_WIDGET_TYPE_SIGNATURE:
        return Field(name, _signed(page.parent, widget), None, box, drawn=False, signature=True)
    return Field(name, _words(widget.field_value), None, box, drawn=box is not None and kind != _LISTED)


def _signed(document: pymupdf.Document, widget: pymupdf.Widget) -> str:
    """Return in words whether a signature field is signed, by whom and when as it says itself."""
    kind, reference = document.xref_get_key(widget.xref, "V")
    if kind == "null":
        return "not signed"
    said = {}
    for key in ("Name", "M", "Reason"):
        where = (int(reference.split()[0]), key) if kind == "xref" else (widget.xref, f"V/{key}")
        found, value = document.xref_get_key(*where)
        said[key] = _words(value) if found == "string" else ""
    date = _DATE.match(said["M"])
    parts = ["signed", said["Name"] and f"by {said['Name']}", date and f"on {'-'.join(date.groups())}"]
    reason = f" ({said['Reason']})" if said["Reason"] else ""
    return f"{' '.join(part for part in parts if part)}{reason}; the signature was not checked"


def _words(value: object) -> str:
    return " ".join(clean(_SPACES.sub(" ", str(value))).split()) if value is not None else ""
