"""XML of any vocabulary as text: paragraphs, rows, and values under their names; entities are never expanded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from datazoom_desktop.intake.encodings import decode_as
from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.office import Xml, damaged, parse_xml
from datazoom_desktop.intake.readers.pagetext import PageText, fold, paragraph_kind, row
from datazoom_desktop.kernel.coverage import Coverage

_LARGEST = 64 << 20  #: bytes
_CHARS_A_PAGE = 400_000
_PARAGRAPHS: Final = frozenset(
    ("p", "para", "paragraph", "li", "simpara", "title-group", "entry", "td", "th", "span", "text", "t")
)
_HEADINGS: Final = frozenset(("title", "heading", "head", "h1", "h2", "h3", "h4", "h5", "h6"))
_ROWS: Final = frozenset(("row", "tr"))
_UNSAID: Final = ("{http://www.w3.org/XML/1998/namespace}", "{http://www.w3.org/2001/XMLSchema-instance}")
_LONGEST_ATTRIBUTE = 500
_LONGEST_HEADING = 160
_DEEPEST_HEADING = 6
_CODED = re.compile(r"[A-Za-z0-9+/\s]{200,}={0,2}\s*")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")


class XmlReader:
    """Reads XML files that no other reader knows better."""

    name = "xml"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the text, and files that the XML carries inside as coded text."""
        if source.file.stat().st_size > _LARGEST:
            remedy = "Split it into smaller files."
            raise Unreadable(Coverage.SKIPPED, "The XML file is larger than 64 MB.", remedy)
        data = source.file.read_bytes()
        if any("<!ENTITY".encode(form) in data for form in ("ascii", "utf-16-le", "utf-16-be")):
            reason = (
                "The XML file defines abbreviations of its own (entities), which are not followed for safety's sake."
            )
            raise Unreadable(Coverage.FAILED, reason, "Ask for a copy without a document type definition.")
        root, whole = _parsed(data)
        attachments = Attachments(context.scratch)
        lines = _Lines(attachments)
        page, number = PageText(), 1
        for count, (text, kind, level) in enumerate(lines.of(root)):
            if count % 500 == 0:
                context.check()
            if len(page) > _CHARS_A_PAGE:
                yield page.page(number)
                page, number = PageText(), number + 1
            page.add(text, kind, level)
        yield page.page(number)
        if not whole:
            reason = "The XML file is damaged: what follows may be missing or incomplete."
            yield ReadPage(number + 1, Coverage.FAILED, reason=reason)
        context.progress(number, number)
        yield from attachments.items


def _parsed(data: bytes) -> tuple[Xml, bool]:
    """Return the root and whether all could be parsed; an encoding the parser does not know is undone beforehand."""
    try:
        return parse_xml(data, "XML")
    except ValueError:
        declared = _DECLARED.search(data[:400])
        text = decode_as(data, declared.group(1).decode("ascii") if declared else "")
    try:
        return parse_xml(_DECLARATION.sub("", text).encode("utf-8", "replace"), "XML")
    except ValueError as error:
        raise damaged("XML file") from error


class _Lines:
    """Goes through the tree in order, without recursion."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments

    def of(self, root: Xml) -> Iterator[tuple[str, BlockKind, int]]:
        """Yield lines with their roles."""
        waiting: list[tuple[Xml, int]] = [(root, 1)]
        while waiting:
            element, depth = waiting.pop()
            name = _local(element)
            children = [child for child in element if isinstance(child.tag, str)]
            if name.lower() in _ROWS and children:
                yield row(["".join(cell.itertext()) for cell in children]), BlockKind.TABLE_ROW, 0
            elif not children or name.lower() in _PARAGRAPHS or name.lower() in _HEADINGS or _has_text(element):
                yield self._line(element, name, depth, leaf=not children)
            else:
                said = _attributes(element)
                if said:
                    yield f"{name} {said}", BlockKind.PARAGRAPH, 0
                waiting.extend((child, depth + 1) for child in reversed(children))

    def _line(self, element: Xml, name: str, depth: int, *, leaf: bool) -> tuple[str, BlockKind, int]:
        text = fold("".join(element.itertext()))
        said = _attributes(element)
        lowered = name.lower()
        if leaf and _CODED.fullmatch(text):
            text = self._carried(element, text)
        if lowered in _HEADINGS and text and len(text) <= _LONGEST_HEADING:
            return text, BlockKind.HEADING, min(depth, _DEEPEST_HEADING)
        if lowered in _PARAGRAPHS or lowered in _HEADINGS or not leaf:
            return text, paragraph_kind(text), 0
        if not text and not said:
            return "", BlockKind.PARAGRAPH, 0
        return f"{' '.join(filter(None, (name, said)))}{': ' if text else ''}{text}", BlockKind.TABLE_ROW, 0

    def _carried(self, element: Xml, text: str) -> str:
        """Take out a file that is carried as coded text, where the XML says that it is one; return what to show instead."""
        given = {key.rpartition("}")[2].lower(): value for key, value in element.attrib.items()}
        name = given.get("filename") or given.get("name") or ""
        kind = given.get("mimecode") or given.get("mimetype") or given.get("mediatype") or given.get("type") or ""
        try:
            data = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return text
        if name or "/" in kind:
            suffix = f".{kind.rpartition('/')[2]}" if kind.rpartition("/")[2].isalnum() else ""
            return f"[Attached file: {self._attachments.add(name, data, suffix)}]"
        return text if " " in text.strip() else f"[Coded content of {len(data):,} bytes]"


def _local(element: Xml) -> str:
    return str(element.tag).rpartition("}")[2]


def _has_text(element: Xml) -> bool:
    """Return whether words stand directly in an element, beside others."""
    own = element.text and not element.text.isspace()
    return bool(own) or any(child.tail and not child.tail.isspace() for child in element)


def _attributes(element: Xml) -> str:
    """Return an element's attributes in brackets, empty when it has none that say anything."""
    said = [
        f"{key.rpartition('}')[2]}={fold(value[:_LONGEST_ATTRIBUTE])}"
        for key, value in element.attrib.items()
        if not key.startswith(_UNSAID) and value.strip()
    ]
    return f"[{', '.join(said)}]" if said else ""
