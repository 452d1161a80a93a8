"""The names in a ZIP archive as text: which code page they were written in, guessed from all of them together where nobody says."""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
#: Code pages that zip programs wrote names in, likelier ones first; a later one must be clearly better.
_CODE_PAGES = ("cp437", "cp850", "cp852", "cp1252", "cp866", "cp1251", "cp932", "cp949", "gb18030", "big5", "cp737")
_MARKS = "\u2013\u2014\u2018\u2019\u201c\u201d\u00a7\u00b0\u20ac\u2116\u3000\u3001\u3002\u30fc"
_SMALL_STEP = 0.02  #: how much better a later code page must be


def names_of(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the members' names, in order."""
    stated = [_stated(member) for member in members]
    unknown = [_raw(member) for member, name in zip(members, stated, strict=True) if name is None]
    page = likely_code_page(unknown) if unknown else "utf-8"
    return [
        _raw(member).decode(page, "replace") if name is None else name
        for member, name in zip(members, stated, strict=True)
    ]


def likely_code_page(names: Sequence[bytes]) -> str:
    """Return the encoding in which these names, none of which says it, read most like names."""
    data = b"\n".join(names)
    if data.isascii():
        return "ascii"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    best, score = "cp437", -1.0
    for page in _CODE_PAGES:
        try:
            found = _plausible(data.decode(page))
        except UnicodeDecodeError:
            continue
        if found > score + _SMALL_STEP:
            best, score = page, found
    return best


def _stated(member: zipfile.ZipInfo) -> str | None:
    """Return a member's name where the archive says how it is written."""
    if member.flag_bits & _UTF8_FLAG:
        return member.orig_filename
    raw = _raw(member)
    if raw.isascii():
        return raw.decode("ascii")
    for kind, data in extras(member.extra):
        if kind == _UNICODE_PATH and len(data) > 5 and data[0] == 1:
            (crc,) = struct.unpack_from("<I", data, 1)
            if crc == zlib.crc32(raw):
                return data[5:].decode("utf-8", "replace")
    return None


def _raw(member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & _UTF8_FLAG:
        return member.orig_filename.encode("utf-8", "replace")
    return member.orig_filename.encode("cp437", "replace")  # as the library decoded it, which is reversible


def extras(data: bytes) -> list[tuple[int, bytes]]:
    """Return the (kind, data) pairs of a member's extra field, as far as it is sound."""
    found = []
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        found.append((kind, data[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def _plausible(text: str) -> float:
    """Return how much like names a text reads, 0 to 1: letters of one script, each word in one case, no frames or rare signs."""
    signs = [sign for sign in text if ord(sign) > 127]
    if not signs:
        return 0.0
    points = 0.0
    scripts: dict[str, int] = {}
    for sign in signs:
        category = unicodedata.category(sign)
        if category[0] == "L":
            script = unicodedata.name(sign, "").split(" ", 1)[0]
            scripts[script] = scripts.get(script, 0) + 1
            points += 0.3 if script == "HALFWIDTH" else 1.0
        elif category[0] in "MN" or sign in _MARKS:
            points += 0.7
    points -= 0.8 * _odd_neighbours(text)
    japanese = sum(scripts.get(name, 0) for name in ("CJK", "HIRAGANA", "KATAKANA"))
    one_script = max(japanese, *scripts.values(), 0) / max(1, sum(scripts.values()))
    return points / len(signs) * (0.5 + 0.5 * one_script)


def _odd_neighbours(text: str) -> int:
    """Return how many letters beyond ASCII stand as they seldom do in names.

    A capital after a small letter, a third accented Latin letter in a row, a letter of another script beside a Latin one.
    """
    count = 0
    for first, second, third in zip("  " + text, " " + text, text, strict=False):
        if ord(third) > 127:
            count += third.isupper() and second.islower()
            count += _is_accented(first) and _is_accented(second) and _is_accented(third)
            count += third.isalpha() and not _is_accented(third) and second.isascii() and second.isalpha()
        else:
            count += third.isalpha() and ord(second) > 127 and second.isalpha() and not _is_accented(second)
    return count


def _is_accented(sign: str) -> bool:
    return "\x80" <= sign < "\u0250" and sign.isalpha()
