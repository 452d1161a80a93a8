"""Characters from bytes: what encoding a text is in, told by its mark, its shape, what it declares, or the likeliest guess. Pure."""

from __future__ import annotations

import codecs
import re

_SAMPLE = 256 * 1024  #: bytes looked at to guess an encoding
_WIDE_SAMPLE = 8192  #: bytes looked at to tell UTF-16 and UTF-32 that carry no mark
_TOO_FEW = 12  #: characters beyond ASCII to tell encodings apart by
_PRINTABLE = 0.97  #: of the characters, where the encoding is the right one
_UNPRINTED = "\t\r\n\f\ufeff\u200b\u200e\u200f\u2028"
_FEWEST = 4  #: characters beyond ASCII among others that say anything at all
_UNSURE = 0.15  #: a guess with less confidence is not worth more than Western, where few characters speak for it
_GUESSED = (
    *("windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("windows-1257", "koi8-r", "koi8-u", "iso-8859-2", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8"),
    *(
        "iso-8859-9",
        "iso-8859-13",
        "iso-8859-15",
        "macroman",
        "mac-cyrillic",
        "cp437",
        "cp850",
        "cp852",
        "cp866",
        "cp874",
    ),
    *("gb18030", "big5", "big5hkscs", "shift_jis", "cp932", "euc-jp", "euc-kr", "cp949", "tis-620"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPES = (
    (re.compile(rb"\x1b\$[@B]|\x1b\([JI]|\x1b\$\(D"), ("iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext")),
    (re.compile(rb"\x1b\$\)C"), ("iso2022_kr",)),
)
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,40}")
#: What mail and web pages declare, and what those who declare it really write.
_MEANT = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii", "ansi", "8bit"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "cp936", "936", "windows-936", "ms936", "csgb2312"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "windows-31j", "ms_kanji", "932", "ms932"), "cp932"),
    **dict.fromkeys(("big5", "cn-big5", "big5-eten", "950"), "cp950"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "windows-949", "949", "korean"), "cp949"),
    **dict.fromkeys(("tis-620", "tis620", "iso-8859-11", "windows-874", "874"), "cp874"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "iso-8859-8", "logical"), "cp1255"),
    **dict.fromkeys(("iso-8859-6-i", "iso-8859-6-e"), "iso8859_6"),
    **dict.fromkeys(("unicode-1-1-utf-7", "utf7"), "utf_7"),
    **dict.fromkeys(("unicode", "ucs-2", "utf16"), "utf_16"),
    **dict.fromkeys(("unicode-1-1-utf-8", "utf8mb4", "unicode-utf-8"), "utf_8"),
    **dict.fromkeys(("macintosh", "mac"), "mac_roman"),
    **dict.fromkeys(("mac-ce", "mac-centraleurroman"), "mac_latin2"),
    "mac-cyrillic": "mac_cyrillic",
    "iso-2022-jp": "iso2022_jp_2",
}
_NOT_TEXT = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"))
#: Windows code pages that Python knows by another name than "cp" and their number.
_CODE_PAGES = {
    0: "cp1252",
    936: "gb18030",
    1200: "utf_16_le",
    1201: "utf_16_be",
    10000: "mac_roman",
    10001: "shift_jis",
    10006: "mac_greek",
    10007: "mac_cyrillic",
    10029: "mac_latin2",
    10081: "mac_turkish",
    20127: "cp1252",
    20866: "koi8_r",
    20932: "euc_jp",
    21866: "koi8_u",
    28591: "cp1252",
    28599: "cp1254",
    50220: "iso2022_jp_2",
    50221: "iso2022_jp_2",
    50222: "iso2022_jp_2",
    50225: "iso2022_kr",
    51932: "euc_jp",
    51936: "gb18030",
    51949: "cp949",
    52936: "hz",
    54936: "gb18030",
    65000: "utf_7",
    65001: "utf_8",
    **{28590 + part: f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 13, 15)},
}


def decode(data: bytes) -> str:
    """Return the text of a file: by byte-order mark, else UTF-8, else by the likeliest encoding; never fails.

    A UTF-8 byte-order mark stays in the text as U+FEFF, as reading the file as UTF-8 leaves it there.
    """
    return data.decode(encoding_of(data), errors="replace")


def decode_as(data: bytes, label: str) -> str:
    """Return the text of bytes that declare ``label`` as their encoding ("" for none), byte-order mark left out; never fails.

    A declaration that is wrong is not followed: UTF-8 declared as a Western encoding is common.
    """
    name = codec_of(label)
    if name is None or data.startswith(tuple(bom for bom, _ in _BOMS)):
        return decode(data).removeprefix("\ufeff")
    for choice in ("utf_8", name) if _one_byte(name) else (name, "utf_8"):
        try:
            return data.decode(choice)
        except (UnicodeDecodeError, ValueError):
            continue
    lenient = data.decode(name, errors="replace")
    return lenient if _mostly_right(lenient) else decode(data).removeprefix("\ufeff")


def codec_of(label: str) -> str | None:
    """Return Python's name for the encoding a mail or web page declares, or None when there is none of that name."""
    tidy = label.strip(" \t\r\n\"'").lower().removesuffix("-unicode")
    if not _LABEL.fullmatch(tidy):
        return None
    bare = tidy.removeprefix("x-").removeprefix("cp-")
    name = _MEANT.get(tidy) or _MEANT.get(bare) or (code_page(int(bare)) if bare.isdigit() else bare)
    try:
        found = codecs.lookup(name)
        known = found.name.replace("-", "_") not in _NOT_TEXT and isinstance(b"a\0b\0".decode(name, "replace"), str)
    except (LookupError, ValueError, TypeError):
        return None
    return found.name if known else None


def code_page(number: int) -> str:
    """Return Python's name for a Windows code page; Western where there is none of that number."""
    name = _CODE_PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def encoding_of(data: bytes) -> str:
    """Return the name of the encoding that a text without a declaration is in."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    wide = wide_encoding(data)
    if wide:
        return wide
    escaped = _escaped(data)
    if escaped:
        return escaped
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _mostly_right(data[:_SAMPLE].decode("utf-8", "replace")) else _likely(data[:_SAMPLE])
    return "utf-8"


def wide_encoding(data: bytes) -> str | None:
    """Return which form of UTF-16 or UTF-32 bytes without a mark are in, or None when they are in neither.

    No other encoding of text holds zero bytes, so that these give it away.
    """
    sample = data[:_WIDE_SAMPLE]
    if b"\x00" not in sample:
        return None
    best, score = None, _PRINTABLE
    for encoding in ("utf_32_le", "utf_32_be", "utf_16_le", "utf_16_be"):
        try:
            text = codecs.getincrementaldecoder(encoding)("strict").decode(sample)
        except UnicodeDecodeError:
            continue
        share = _legible(text)
        if share > score:
            best, score = encoding, share
    return best


def _legible(text: str) -> float:
    """Return the share of characters that a person is likely to have written; 0 where there are too few to tell, or none of ASCII."""
    ascii_ones = sum(c in " \t\r\n" or (c.isascii() and c.isprintable()) for c in text)
    if len(text) < 4 or "\x00" in text or not ascii_ones:
        return 0.0
    good = sum(c.isprintable() or c in _UNPRINTED for c in text)
    rare = sum("\ue000" <= c <= "\uf8ff" or "\u0700" <= c <= "\u08ff" or "\ua000" <= c <= "\uabff" for c in text)
    return (good - rare + 0.01 * ascii_ones) / len(text)


def _escaped(data: bytes) -> str | None:
    """Return which encoding that switches alphabets by escape sequences the bytes are in, or None."""
    if b"\x1b" not in data:
        return None
    for mark, names in _ESCAPES:
        if mark.search(data[:_SAMPLE]):
            for name in names:
                try:
                    data.decode(name)
                except UnicodeDecodeError:
                    continue
                return name
    return None


def _mostly_right(text: str) -> bool:
    """Return whether a text decoded with replacements is damaged only here and there, rather than in another encoding."""
    return text.count("\ufffd") * 10 <= sum(c > "\x7f" for c in text)


def _one_byte(name: str) -> bool:
    """Return whether every byte is a character in an encoding, so that no text is ever wrong in it."""
    letters = bytes(range(0xC0, 0x100)).decode(name, "replace")
    return len(letters) == 64 and letters.count("\ufffd") < 32


def _likely(sample: bytes) -> str:
    """Return the likeliest encoding of text that is not UTF-8: Western unless enough of it speaks for another."""
    import chardet  # costs start-up where nothing needs guessing

    found = chardet.detect(sample, include_encodings=_GUESSED, no_match_encoding="cp1252")
    beyond = sum(byte > 127 for byte in sample)
    sparse = beyond * 3 < len(sample)
    if sparse and (beyond < _FEWEST or (beyond < _TOO_FEW and found["confidence"] < _UNSURE)):
        return "cp1252"
    return codec_of(found["encoding"] or "") or "cp1252"
