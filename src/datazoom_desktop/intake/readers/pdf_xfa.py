"""Forms made with Adobe's XFA: what was filled in, where the pages of the file say only that another program is needed."""

from __future__ import annotations

import re
from typing import Any

import pymupdf
from lxml import etree

from datazoom_desktop.intake.readers.pdf_faults import FAULTS
from datazoom_desktop.intake.readers.pdf_files import in_catalog, unpacked
from datazoom_desktop.intake.readers.pdf_layout import clean

_LARGEST = 32 << 20  #: bytes of one part of the form
_PARTS = re.compile(r"\(([^()]*)\)\s*(\d+) 0 R")
_ONE = re.compile(r"(\d+) 0 R")
_WAIT = re.compile(r"please wait|if this message is not eventually replaced|adobe reader", re.IGNORECASE)
_MOST_LINES = 20_000


def is_only_a_cover(document: pymupdf.Document, first_page: str) -> bool:
    """Return whether the file's pages stand in for an XFA form that is not drawn on them."""
    if in_catalog(document, "AcroForm/XFA")[0] == "null":
        return False
    needs = in_catalog(document, "NeedsRendering")[1] == "true"
    return needs or (document.page_count == 1 and len(first_page) < 2_000 and _WAIT.search(first_page) is not None)


def filled_in(document: pymupdf.Document) -> list[str]:
    """Return what was filled into the form, a line each: the words beside a field, or its name, and its value."""
    parts = _parts(document)
    captions = _captions(parts.get("template"))
    data = parts.get("datasets")
    if data is None:
        return []
    lines: list[str] = []
    for element in data.iter():
        if len(lines) >= _MOST_LINES:
            break
        if isinstance(element.tag, str) and not len(element) and (value := _words(element.text)):
            name = etree.QName(element).localname
            lines.append(f"{captions.get(name, name)}: {value}")
    return lines


def _parts(document: pymupdf.Document) -> dict[str, Any]:
    """Return the parsed parts of the form by name."""
    kind, value = in_catalog(document, "AcroForm/XFA")
    try:
        if kind == "xref" and not document.xref_is_stream(int(value.split()[0])):
            value = document.xref_object(int(value.split()[0]))
    except FAULTS:
        return {}
    named = _PARTS.findall(value) if kind != "xref" or "(" in value else []
    if named:
        return {name: tree for name, number in named if (tree := _parsed(document, int(number))) is not None}
    found = _ONE.search(value)
    whole = _parsed(document, int(found.group(1))) if found else None
    children = whole if whole is not None else ()
    return {etree.QName(child).localname: child for child in children if isinstance(child.tag, str)}


def _parsed(document: pymupdf.Document, number: int) -> Any | None:
    try:
        data = unpacked(document, number, _LARGEST)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
        return etree.fromstring(data, parser) if data else None
    except (*FAULTS, etree.XMLSyntaxError):
        return None


def _captions(template: Any | None) -> dict[str, str]:
    """Return the words that stand beside fields, by the fields' names."""
    captions: dict[str, str] = {}
    for field in template.iter("{*}field") if template is not None else ():
        words = " ".join(_words(text) for text in field.xpath("./*[local-name()='caption']//text()"))
        if field.get("name") and words.strip():
            captions.setdefault(field.get("name"), words.strip().rstrip(":"))
    return captions


def _words(text: Any) -> str:
    return " ".join(clean(" ".join(str(text or "").split())).split())
