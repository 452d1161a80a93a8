"""An RTF file's groups and control words followed to what they mean: which text belongs to which flow, and how it is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from datazoom_desktop.intake.model import ReadContext
from datazoom_desktop.intake.readers.changes import DELETED, HIDDEN, INSERTED, MOVED_FROM, MOVED_TO
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.ole_objects import ole_object, picture_size
from datazoom_desktop.intake.readers.pagetext import fold
from datazoom_desktop.intake.readers.rtf_flow import Flow, Item, plain, restyled
from datazoom_desktop.intake.readers.rtf_tokens import CHARACTERS, SYMBOLS, Characters, Token, tokens

_DEEPEST = 1000  #: groups inside each other
_TOKENS_A_CHECK = 5000
_NO_TEXT = re.compile(
    r"colortbl|listtable|listoverridetable|rsidtbl|revtbl|generator|info|fldinst|datafield|formfield|"
    r"objclass|objname|objalias|objsect|objtime|nonshppict|nonesttables|themedata|colorschememapping|"
    r"latentstyles|datastore|xmlnstbl|mmathPr|pgptbl|filetbl|bkmkstart|bkmkend|atrfstart|atrfend|atnid|"
    r"atntime|atndate|atnref|atnparent|atnicn|template|xe|rxe|tc|tcn|private|pnseclvl|listname|"
    r"levelnumbers|leveltext|oldcprops|oldpprops|oldtprops|oldsprops|blipuid|picprop|ftnsep|ftnsepc|ftncn|"
    r"aftnsep|aftnsepc|aftncn|background|docvar|wgrffmtfilter|userprops|htmltag|mhtmltag|passwordhash|"
    r"falt|panose|fontemb|fontfile"
)
_EDGES = ("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf")
#: Words after which a group's text belongs elsewhere than to the body; "shape": nowhere, but text boxes and pictures in it do.
_PLACES = {
    "fonttbl": "fonts",
    "stylesheet": "styles",
    "atnauthor": "author",
    "ud": "text",
    "result": "text",
    **dict.fromkeys(("shpinst", "do", "sp", "upr"), "shape"),
}
_TRANSPARENT = ("shppict", "listtext", "pntext", "fldrslt", "object", "field", "shp", "shpgrp", "nesttableprops")
_CHANGES = {"deleted": DELETED, "mvf": MOVED_FROM, "revised": INSERTED, "mvt": MOVED_TO, "v": HIDDEN}
_PICTURES = {"pngblip": ".png", "jpegblip": ".jpg"}
_DRAWN = ("wmetafile", "emfblip", "macpict", "dibitmap", "wbitmap", "pmmetafile")
_HEX = re.compile(rb"[^0-9A-Fa-f]+")
_SMALL = 40_000  #: pixels in all; a smaller picture is a logo or a line
_LARGEST_EMBEDDED = 64 << 20  #: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """A header or footer."""

    items: list[Item]


@dataclass(slots=True)
class _State:
    """What a group inherits."""

    place: str = (
        "text"  #: "text", "fonts", "styles", "author", "picture", "object", "shape", or "" for what is passed over
    )
    font: int | None = None
    bold: bool = False
    marks: frozenset[str] = frozenset()
    spare: int = 1
    ends: Callable[[], None] | None = None  #: called when the group that set it closes


@dataclass(slots=True)
class _Style:
    name: str = ""
    outline: int | None = None
    bold: bool = False


@dataclass(slots=True)
class _Blob:
    """Bytes of a picture or an embedded file, as hexadecimal text or plain."""

    suffix: str = ""
    data: bytearray = field(default_factory=bytearray)
    hexed: bool = True


class Document:
    """Goes through the tokens once."""

    def __init__(self, data: bytes, context: ReadContext, attachments: Attachments) -> None:
        r"""Read from bytes that begin ``{\\rtf``."""
        self._data = data
        self._context = context
        self._characters = Characters()
        self._stack: list[_State] = []
        self._beyond = 0
        self._state = _State()
        self._flow = Flow()
        self._main = self._flow
        self._outer: list[Flow] = []  #: flows that go on when the one at hand ends
        self._bytes = bytearray()
        self._skip = 0
        self._starred = False
        self._table_font: int | None = None
        self._style_number = 0
        self._style = _Style()
        self._styles: dict[int, _Style] = {}
        self._notes: list[str] = []
        self._note_count = 0
        self._author = ""
        self._blob = _Blob()
        self._continuous = False
        self._idle: set[str] = set()  #: words met that say nothing of the text
        self._edges: list[Edge] = []
        self.footers: list[Edge] = []
        self._attachments = attachments

    def items(self) -> Iterator[Item | Edge]:
        """Yield the body's paragraphs, rows and page breaks in order, headers before what follows them."""
        for number, token in enumerate(tokens(self._data)):
            if number % _TOKENS_A_CHECK == 0:
                self._context.check()
            self._take(token)
            if self._edges or self._main.items:
                yield from self._edges
                yield from self._main.items
                self._edges.clear()
                self._main.items.clear()
        self._beyond = 0
        while self._stack:
            self._close()
        self._flush()
        yield from self._edges
        yield from self._main.end()

    def take_notes(self) -> list[str]:
        """Return the notes and comments since the last call."""
        notes, self._notes = self._notes, []
        return notes

    def style(self, number: int | None) -> tuple[str, int | None, bool]:
        """Return a style's name, outline level (0-based) and whether it is bold."""
        found = self._styles.get(number or 0)
        return (found.name, found.outline, found.bold) if found is not None else ("", None, False)

    # --- tokens -------------------------------------------------------------------------------------------------------------------

    def _take(self, token: Token) -> None:
        match token.kind:
            case "text":
                self._add(token.data)
            case "word":
                self._word(token.word, token.number)
            case "open":
                self._open()
            case "close":
                self._close()
            case "symbol":
                self._symbol(token.word)
            case "binary":
                if self._state.place in ("picture", "object"):
                    self._blob.hexed = False
                    self._blob.data += token.data[:_LARGEST_EMBEDDED]
        if token.kind != "symbol":
            self._starred = False

    def _open(self) -> None:
        self._flush()
        self._skip = 0
        if len(self._stack) >= _DEEPEST:
            self._beyond += 1
            return
        self._stack.append(self._state)
        self._state = replace(self._state, ends=None)

    def _close(self) -> None:
        self._flush()
        self._skip = 0
        if self._beyond:
            self._beyond -= 1
        elif self._stack:
            if self._state.place == "styles" and self._stack[-1].place == "styles":
                self._keep_style()
            ends = self._state.ends
            self._state = self._stack.pop()
            if ends is not None:
                ends()

    def _symbol(self, symbol: str) -> None:
        self._starred = symbol == "*"
        if symbol in SYMBOLS:
            if self._skip:
                self._skip -= 1
            else:
                self._write(SYMBOLS[symbol])

    def _add(self, data: bytes) -> None:
        place = self._state.place
        if place in ("picture", "object"):
            if len(self._blob.data) < 2 * _LARGEST_EMBEDDED:
                self._blob.data += data
        elif place:
            passed = min(self._skip, len(data))
            self._skip -= passed
            self._bytes += data[passed:]

    def _flush(self) -> None:
        """Decode the bytes gathered and write them where they belong."""
        if self._bytes:
            text = self._characters.decode(bytes(self._bytes), self._state.font)
            self._bytes.clear()
            self._put(text)

    def _write(self, text: str) -> None:
        self._flush()
        self._put(text)

    def _put(self, text: str) -> None:
        match self._state.place:
            case "text":
                marks = tuple(mark for mark in _CHANGES.values() if mark in self._state.marks)
                self._flow.write(text, bold=self._state.bold, marks=marks)
            case "fonts":
                if self._table_font is not None:
                    self._characters.name(self._table_font, text)
            case "styles":
                self._style.name += text
            case "author":
                self._author += text

    # --- control words ------------------------------------------------------------------------------------------------------------

    def _word(self, word: str, number: int | None) -> None:
        if word in self._idle and not self._starred:
            return
        if word == "u" and number is not None:
            self._write(self._characters.unit(number, self._state.font))
            self._skip = self._state.spare
        elif word in CHARACTERS:
            self._write(CHARACTERS[word])
        elif not (self._place_word(word) or self._character_word(word, number) or self._paragraph_word(word, number)):
            if self._starred:
                self._go("")
            elif word == "fcharset":
                if self._state.place == "fonts" and self._table_font is not None:
                    self._characters.font(self._table_font, number or 0)
            elif len(self._stack) <= 2:
                self._characters.declare(word, number)
            elif self._state.place == "text":
                self._idle.add(word)

    def _place_word(self, word: str) -> bool:
        """Follow a word that says where its group's text belongs; return whether that is all there is to it."""
        if not self._state.place:
            return True
        if _NO_TEXT.fullmatch(word):
            self._go("")
        elif word in _PLACES:
            self._go(_PLACES[word])
            self._author = "" if word == "atnauthor" else self._author
        elif word in _EDGES:
            self._branch(self._end_header if word.startswith("header") else self._end_footer)
        elif word == "footnote":
            self._note_count += 1
            self._write(f"[{self._note_count}]")
            self._branch(self._end_note)
        elif word == "annotation":
            self._branch(self._end_comment)
        elif word in ("shptxt", "dptxbxtext"):
            self._branch(self._end_box)
        elif word == "pict":
            self._begin_blob("picture", self._end_picture)
        elif word == "objdata":
            self._begin_blob("object", self._end_object)
        else:
            return word in _TRANSPARENT
        return True

    def _character_word(self, word: str, number: int | None) -> bool:
        state = self._state
        if word in _CHANGES:
            self._flush()
            mark = frozenset((_CHANGES[word],))
            state.marks = state.marks - mark if number == 0 else state.marks | mark
        elif word == "b":
            self._flush()
            state.bold = number != 0
            self._style.bold = self._style.bold or (state.place == "styles" and state.bold)
        elif word == "plain":
            self._flush()
            state.bold, state.marks = False, frozenset()
        elif word == "f":
            self._flush()
            state.font = self._table_font = number
        elif word == "uc":
            state.spare = max(0, number or 0)
        elif word in _PICTURES or word in _DRAWN:
            self._blob.suffix = _PICTURES.get(word, "")
        else:
            return False
        return True

    def _paragraph_word(self, word: str, number: int | None) -> bool:
        if word == "s" and self._state.place == "styles":
            self._style_number = number or 0
            return True
        if word == "outlinelevel" and self._state.place == "styles":
            self._style.outline = number
            return True
        if self._state.place != "text":
            return word in ("par", "cell", "row", "page", "sect", "pard", "trowd", "intbl", "nestcell", "nestrow")
        self._flush()
        match word:
            case "par":
                self._flow.paragraph()
            case "cell" | "nestcell":
                self._flow.cell(nested=word == "nestcell")
            case "row" | "nestrow":
                self._flow.row(nested=word == "nestrow")
            case "page":
                self._flow.turn()
            case "sect":
                self._flow.turn() if not self._continuous else self._flow.paragraph()
            case "sectd" | "sbkpage" | "sbkodd" | "sbkeven" | "sbkcol":
                self._continuous = False
            case "sbknone":
                self._continuous = True
            case "pard":
                self._flow.look = restyled(self._flow.look)
            case "intbl":
                self._flow.look.in_table = True
            case "itap":
                self._flow.look.level = number or 0
                self._flow.look.in_table = bool(number)
            case "pagebb":
                self._flow.look.breaks = number != 0
            case "s":
                self._flow.look.style = number
            case "outlinelevel":
                self._flow.look.outline = number
            case _:
                return False
        return True

    # --- places -------------------------------------------------------------------------------------------------------------------

    def _go(self, place: str) -> None:
        self._flush()
        self._state.place = place

    def _branch(self, ends: Callable[[], None]) -> None:
        """Begin a flow of its own that lasts as long as the group."""
        if self._state.ends is None:
            self._flush()
            self._state.place, self._state.marks, self._state.bold = "text", frozenset(), False
            self._state.ends = ends
            self._outer.append(self._flow)
            self._flow = Flow()

    def _finished(self) -> list[Item]:
        items = self._flow.end()
        self._flow = self._outer.pop()
        return items

    def _end_header(self) -> None:
        self._edges.append(Edge(self._finished()))

    def _end_footer(self) -> None:
        self.footers.append(Edge(self._finished()))

    def _end_note(self) -> None:
        number = self._note_count
        text = fold(plain(self._finished())).replace("\n", " ")
        if text:
            self._notes.append(f"[{number}] {text}")

    def _end_comment(self) -> None:
        text = fold(plain(self._finished())).replace("\n", " ")
        if text:
            self._notes.append(f"[Comment] {fold(self._author)}: {text}" if fold(self._author) else f"[Comment] {text}")

    def _end_box(self) -> None:
        items = self._finished()
        self._flow.items += items

    def _keep_style(self) -> None:
        name = self._style.name.partition(";")[0].strip()
        self._styles[self._style_number] = replace(self._style, name=name)
        self._style, self._style_number = _Style(), 0

    # --- pictures and embedded files ----------------------------------------------------------------------------------------------

    def _begin_blob(self, place: str, ends: Callable[[], None]) -> None:
        if self._state.ends is None:
            self._go(place)
            self._blob = _Blob()
            self._state.ends = ends

    def _blob_data(self) -> bytes:
        if not self._blob.hexed:
            return bytes(self._blob.data)
        digits = _HEX.sub(b"", bytes(self._blob.data))
        return bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))

    def _end_picture(self) -> None:
        data = self._blob_data()
        if self._blob.suffix and data:
            size = picture_size(data)
            if size is None or size[0] * size[1] >= _SMALL:
                name = self._attachments.add(f"picture-{len(self._attachments.items) + 1}{self._blob.suffix}", data)
                self._write(f" [Picture: {name}] ")

    def _end_object(self) -> None:
        found = ole_object(self._blob_data())
        if found is not None:
            name = self._attachments.add(found.name, found.data)
            self._write(f" [Embedded file: {name}] ")
