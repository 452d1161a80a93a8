"""The web page that Outlook wraps in RTF ([MS-OXRTFEX]), taken out again. Pure."""

from __future__ import annotations

from collections.abc import Callable

from datazoom_desktop.intake.readers.rtf_tokens import CHARACTERS, SYMBOLS, Characters, Token, paired, tokens

_LINES = {"par": "\n", "tab": "\t"}
_HEAD = 4096  #: bytes in which a file says that it wraps a page
_DEEPEST = 2000
_TOKENS_A_CHECK = 5000


def wraps_html(data: bytes) -> bool:
    """Return whether an RTF file is the wrapping of a web page."""
    return b"\\fromhtml" in data[:_HEAD]


def unwrapped_html(data: bytes, check: Callable[[], None]) -> str:
    """Return the web page inside an RTF file that :func:`wraps_html`."""
    page = _Page()
    for number, token in enumerate(tokens(data)):
        if number % _TOKENS_A_CHECK == 0:
            check()
        page.take(token)
    return paired(page.text())


class _Page:
    """Collects the page: what stands in ``htmltag`` groups, and text outside them that is not for RTF readers alone."""

    def __init__(self) -> None:
        self._characters = Characters()
        self._out: list[str] = []
        self._bytes = bytearray()
        self._stack: list[tuple[str, bool, int, int | None]] = []
        self._beyond = 0
        self._place = "text"  #: "text", "tag", or "" for groups that are passed over
        self._rtf_only = False
        self._spare = 1  #: characters after a \u that stand in its place
        self._font: int | None = None
        self._starred = False
        self._skip = 0
        self._table_font: int | None = None

    def text(self) -> str:
        """Return what was collected."""
        self._flush()
        return "".join(self._out)

    def take(self, token: Token) -> None:
        """Take in the next token."""
        match token.kind:
            case "open":
                self._open()
            case "close":
                self._close()
            case "word":
                self._word(token.word, token.number)
            case "symbol":
                self._symbol(token.word)
            case "text":
                self._add(token.data)
        if token.kind != "symbol":
            self._starred = False

    def _open(self) -> None:
        self._flush()
        self._skip = 0
        if len(self._stack) < _DEEPEST:
            self._stack.append((self._place, self._rtf_only, self._spare, self._font))
        else:
            self._beyond += 1

    def _close(self) -> None:
        self._flush()
        self._skip = 0
        if self._beyond:
            self._beyond -= 1
        elif self._stack:
            self._place, self._rtf_only, self._spare, self._font = self._stack.pop()

    def _word(self, word: str, number: int | None) -> None:
        self._characters.declare(word, number)
        if word == "htmltag":
            self._flush()
            self._place = "tag"
        elif word == "htmlrtf":
            self._flush()
            self._rtf_only = number != 0
        elif word == "fonttbl":
            self._flush()
            self._place = "fonts"
        elif self._starred or word in (
            "colortbl",
            "stylesheet",
            "info",
            "pntext",
            "listtable",
            "pict",
            "header",
            "footer",
        ):
            self._flush()
            self._place = ""
        elif word == "uc":
            self._spare = max(0, number or 0)
        elif word == "f":
            self._flush()
            self._font = self._table_font = number
        elif word == "fcharset" and self._place == "fonts" and self._table_font is not None:
            self._characters.font(self._table_font, number or 0)
        elif word == "u" and number is not None:
            self._write(self._characters.unit(number, self._font))
            self._skip = self._spare
        elif self._shown():
            self._write(_LINES.get(word) or CHARACTERS.get(word, ""))

    def _symbol(self, symbol: str) -> None:
        self._starred = symbol == "*"
        if symbol in SYMBOLS:
            self._write("&nbsp;" if symbol == "~" else SYMBOLS[symbol])

    def _add(self, data: bytes) -> None:
        passed = min(self._skip, len(data))
        self._skip -= passed
        if self._shown():
            self._bytes += data[passed:]

    def _write(self, text: str) -> None:
        if self._shown() and text:
            self._flush()
            self._out.append(text)

    def _shown(self) -> bool:
        return self._place == "tag" or (self._place == "text" and not self._rtf_only)

    def _flush(self) -> None:
        if self._bytes:
            self._out.append(self._characters.decode(bytes(self._bytes), self._font if self._place == "text" else None))
            self._bytes.clear()
