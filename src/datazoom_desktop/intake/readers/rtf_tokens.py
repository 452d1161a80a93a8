"""Rich Text Format taken apart: control words, groups and bytes, and the encodings that its fonts stand for. Pure.

Follows the Rich Text Format Specification 1.9.1. Damage is no error: what cannot be a token is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from datazoom_desktop.intake.encodings import code_page
from datazoom_desktop.intake.readers.symbols import symbol

_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|[\r\n\x00]+|([^\\{}\r\n\x00]+)",
    re.DOTALL,
)
_LARGEST_NUMBER = 1 << 31
_LONGEST_NAME = 100  #: characters of a font's name
#: Code pages of a font's character set.
_CHARSETS = {
    77: 10000,
    78: 10001,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
    255: 850,
}
_SYMBOL_CHARSET = 2
CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "lbr": "\n",
    "softline": "\n",
    "emdash": "\u2014",
    "endash": "\u2013",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "ltrmark": "\u200e",
    "rtlmark": "\u200f",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
SYMBOLS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\t": "\t"}


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: "open", "close", "word", "symbol", "text" or "binary".
        word: A control word's letters or a symbol's character.
        number: The word's number, None without one.
        data: A text's or binary's bytes; a byte written in hexadecimal is a text.
    """

    kind: str
    word: str = ""
    number: int | None = None
    data: bytes = b""


OPEN, CLOSE = Token("open"), Token("close")


def tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of an RTF file in order."""
    at = 0
    while found := _TOKEN.search(data, at):
        at = found.end()
        word, number, pair, symbol, brace, text = found.groups()
        if text is not None:
            yield Token("text", data=text)
        elif word is not None:
            value = min(max(int(number), -_LARGEST_NUMBER), _LARGEST_NUMBER) if number is not None else None
            if word == b"bin" and value is not None and value > 0:
                yield Token("binary", data=data[at : at + value])
                at += value
            else:
                yield Token("word", word.decode("ascii"), value)
        elif brace is not None:
            yield OPEN if brace == b"{" else CLOSE
        elif pair is not None:
            yield Token("text", data=bytes((int(pair, 16),)))
        elif symbol in (b"\r", b"\n"):
            yield Token("word", "par")
        elif symbol is not None:
            yield Token("symbol", symbol.decode("latin-1"))


class Characters:
    """Turns an RTF file's bytes and numbers into characters, by the fonts and code pages it declares."""

    def __init__(self) -> None:
        """Start with Western."""
        self.default = "cp1252"
        self._charsets: dict[int, int] = {}
        self._names: dict[int, str] = {}

    def declare(self, word: str, number: int | None) -> None:
        """Take in a word of the file's head that names a code page."""
        if word == "ansicpg" and number:
            self.default = code_page(number)
        elif word in ("mac", "pc", "pca"):
            self.default = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]

    def font(self, number: int, charset: int) -> None:
        """Take in a font's character set."""
        self._charsets[number] = charset

    def name(self, number: int, text: str) -> None:
        """Take in a font's name, or more of it."""
        before = self._names.get(number, "")
        if ";" not in before:
            self._names[number] = (before + text)[:_LONGEST_NAME]

    def decode(self, data: bytes, font: int | None) -> str:
        """Return the characters that bytes stand for in a font."""
        charset = self._charsets.get(font, 1) if font is not None else 1
        if charset == _SYMBOL_CHARSET:
            name = self._named(font)
            return "".join(
                " " if byte == 0x20 else symbol(byte if byte < 0x80 else 0xF000 + byte, name) for byte in data
            )
        encoding = code_page(_CHARSETS[charset]) if charset in _CHARSETS else self.default
        return data.decode(encoding, errors="replace")

    def unit(self, number: int, font: int | None) -> str:
        """Return the UTF-16 unit that a ``u`` word stands for, private characters of symbol fonts as what they look like."""
        value = number & 0xFFFF
        return symbol(value, self._named(font)) if 0xF020 <= value <= 0xF0FF else chr(value)

    def _named(self, font: int | None) -> str:
        return self._names.get(font, "").partition(";")[0].strip() if font is not None else ""


def paired(text: str) -> str:
    """Return the text with halves of characters beyond the first plane joined, lone ones replaced."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
