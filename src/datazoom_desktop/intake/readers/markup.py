"""HTML to text with its structure: headings, paragraphs, list items, table rows; what a browser would not show is left out."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import lxml.html
from lxml import etree

from datazoom_desktop.intake.encodings import decode_as
from datazoom_desktop.intake.model import BlockKind, ReadPage
from datazoom_desktop.intake.readers.office import Xml
from datazoom_desktop.intake.readers.pagetext import PageText, fold, paragraph_kind, row
from datazoom_desktop.intake.structure import heading_level

_HIDDEN_TAGS = frozenset(
    (
        "script",
        "style",
        "head",
        "template",
        "noscript",
        "svg",
        "math",
        "iframe",
        "object",
        "select",
        "datalist",
        "ix:header",
    )
)
_BREAKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "text",
        "page",
        "caption",
        "document",
    ]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BREAK_AFTER = re.compile(r"(?:page-)?break-after\s*:\s*(?:always|page)", re.IGNORECASE)
_BREAK_BEFORE = re.compile(r"(?:page-)?break-before\s*:\s*(?:always|page)", re.IGNORECASE)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)|font\s*:[^;]*\bbold", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_UNPARSED = re.compile("[\ud800-\udfff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_UNSHOWN = re.compile(r"<(script|style|head|template)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LONGEST_CELL = 1200  #: characters; a table with longer cells only arranges the page
_MOST_CELLS = 400
_LEFT = ("$", "\u20ac", "\u00a3", "\u00a5", "(", "($", "$(")
_RIGHT = (")", "%", ")%", "%)")


def decode_html(data: bytes, label: str = "") -> str:
    """Return a page's text by byte-order mark, declared character set, UTF-8, or the likeliest guess.

    Args:
        data: The page.
        label: The character set that what carries the page declares; the page's own declaration otherwise.
    """
    declared = _CHARSET.search(data[:4096])
    return decode_as(data, label or (declared.group(1).decode("ascii", "replace") if declared else ""))


def pages_of(text: str, check: Callable[[], None]) -> Iterator[ReadPage]:
    """Yield the pages of an HTML text, one for each stretch between the page breaks it states; blank when nothing is shown."""
    text = _UNPARSED.sub("\ufffd", _DECLARATION.sub("", text).replace("\x00", ""))
    parser = lxml.html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text, parser=parser) if text.strip() else None
    except etree.ParserError:
        root = None  # nothing but comments
    if root is None:
        yield PageText().page(1)
        return
    if any("depth" in entry.message for entry in parser.error_log):
        yield _unstructured(text)
        return
    walk = _Walk(check)
    yield from walk.pages(root)


def _unstructured(text: str) -> ReadPage:
    """Return the words of a page nested too deep for the parser, which would drop some of them."""
    page = PageText()
    shown = _UNSHOWN.sub(" ", text)
    for paragraph in html.unescape(_TAG.sub("\n", shown)).split("\n"):
        page.add(paragraph)
    return page.page(1)


class _Walk:
    """Goes through the tree once, without recursion, since nobody vouches for its depth."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._page = PageText()
        self._number = 1
        self._text: list[str] = []
        self._bold = 0
        self._plain = False  #: whether text outside bold stands in the line
        self._item = 0
        self._heading = 0
        self._pre = 0
        self._row: list[str] | None = None
        self._tables: list[bool] = []  #: for each table open, whether its rows are data

    def pages(self, root: Xml) -> Iterator[ReadPage]:
        """Yield the pages below ``root``."""
        events = etree.iterwalk(root, events=("start", "end"))
        for count, (event, element) in enumerate(events):
            if count % 2000 == 0:
                self._check()
            tag = element.tag if isinstance(element.tag, str) else ""
            style = element.get("style") or ""
            if event == "start":
                if self._hidden(element, tag, style):
                    events.skip_subtree()
                    continue  # its end event comes all the same and writes the tail
                if style and _BREAK_BEFORE.search(style):
                    yield from self._turn()
                self._start(element, tag, style)
            else:
                if not self._hidden(element, tag, style):
                    self._end(tag, style)
                    if style and _BREAK_AFTER.search(style):
                        yield from self._turn()
                self._write(element.tail)
        self._flush()
        yield self._page.page(self._number)

    def _turn(self) -> Iterator[ReadPage]:
        if self._row is not None:
            return
        self._flush()
        if len(self._page):
            yield self._page.page(self._number)
            self._page = PageText()
            self._number += 1

    def _hidden(self, element: Xml, tag: str, style: str) -> bool:
        return tag in _HIDDEN_TAGS or element.get("hidden") is not None or bool(style and _HIDDEN_STYLE.search(style))

    def _start(self, element: Xml, tag: str, style: str) -> None:
        if tag in _BREAKS and self._row is None:
            self._flush()
        if tag == "table":
            self._tables.append(not any(self._tables) and _is_data(element))
        elif tag == "tr" and self._tables and self._tables[-1]:
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._text.clear()
        elif tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag == "li":
            self._item += 1
        elif tag == "pre":
            self._pre += 1
        elif tag == "br":
            self._text.append("\n")
        if tag in ("b", "strong") or (style and _BOLD_STYLE.search(style)):
            self._bold += 1
        elif self._row is not None and tag in _BREAKS:
            self._text.append(" ")
        self._write(element.text)

    def _end(self, tag: str, style: str) -> None:
        if tag in ("td", "th") and self._row is not None:
            self._row.append(fold("".join(self._text)))
            self._text.clear()
        elif tag == "tr" and self._row is not None:
            cells = _joined(self._row)
            self._row = None
            self._text.clear()
            if len(cells) == 1:
                self._add(cells[0], bool(self._bold))
            else:
                self._page.add(row(cells), BlockKind.TABLE_ROW)
        elif tag in _BREAKS and self._row is None:
            self._flush()
        if tag == "table" and self._tables:
            self._tables.pop()
        elif tag in _HEADINGS:
            self._heading = 0
        elif tag == "li":
            self._item -= 1
        elif tag == "pre":
            self._pre -= 1
        if tag in ("b", "strong") or (style and _BOLD_STYLE.search(style)):
            self._bold -= 1

    def _write(self, text: str | None) -> None:
        if not text:
            return
        self._text.append(text if self._pre else _SPACE.sub(" ", text))
        if not self._bold and not text.isspace():
            self._plain = True

    def _flush(self) -> None:
        """End the line that was gathered."""
        text = fold("".join(self._text))
        self._text.clear()
        plain, self._plain = self._plain, False
        if text:
            self._add(text, not plain)

    def _add(self, text: str, bold: bool) -> None:
        if self._pre:
            for paragraph in text.split("\n\n"):
                self._page.add(paragraph)
        elif self._heading:
            self._page.add(text, BlockKind.HEADING, self._heading)
        elif self._item:
            self._page.add(f"\u2022 {text}", BlockKind.LIST_ITEM, self._item)
        else:
            level = heading_level(text, 1 if bold else 0)
            self._page.add(text, BlockKind.HEADING if level else paragraph_kind(text), level)


def _is_data(table: Xml) -> bool:
    """Return whether a table holds rows of data rather than arranging the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    for number, cell in enumerate(table.iterdescendants("td", "th")):
        if number >= _MOST_CELLS:
            break
        length = sum(len(text) for text in cell.itertext())
        if length > _LONGEST_CELL and (
            length > 4 * _LONGEST_CELL
            or next(cell.iterdescendants("p", "div", "h1", "h2", "h3", "li"), None) is not None
        ):
            return False
    return True


def _joined(cells: list[str]) -> list[str]:
    """Return a row's filled cells, currency signs and percent signs that stand in cells of their own put back to their numbers."""
    out: list[str] = []
    for cell in cells:
        if not cell:
            continue
        if out and (cell in _RIGHT or out[-1] in _LEFT):
            out[-1] += cell
        else:
            out.append(cell)
    return out
