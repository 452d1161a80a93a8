"""Files that old mail programs wrote into the text itself (uuencode), taken out of it. Pure."""

from __future__ import annotations

import binascii
import re

_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.{0,200})")
_LINE = re.compile(r"[ -`]{1,90}")


def files_in(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text without the files in it, a mark in the place of each, and their names and bytes.

    What merely looks like the beginning of a file, without its lines and its end, stays in the text.
    """
    if "begin " not in text:
        return text, []
    lines = text.split("\n")
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    at = 0
    while at < len(lines):
        found = _BEGIN.fullmatch(lines[at].rstrip())
        end = _end(lines, at + 1) if found is not None else 0
        data = _decoded(lines[at + 1 : end]) if end else b""
        if found is not None and data:
            files.append((found.group(1), data))
            kept.append(f"[Attached file: {found.group(1)}]")
            at = end + 1
        else:
            kept.append(lines[at])
            at += 1
    return "\n".join(kept), files


def _end(lines: list[str], at: int) -> int:
    """Return the number of the line "end" that follows nothing but coded lines, 0 when there is none."""
    for number in range(at, len(lines)):
        line = lines[number].rstrip("\r")
        if line.strip() == "end":
            return number if number > at else 0
        if line and not _LINE.fullmatch(line):
            return 0
    return 0


def _decoded(lines: list[str]) -> bytes:
    """Return the bytes that coded lines stand for, empty when they are no such lines."""
    out = bytearray()
    for line in lines:
        bare = line.rstrip("\r\n")
        if not bare:
            continue
        try:
            out += binascii.a2b_uu(bare)
        except binascii.Error:
            count = (((ord(bare[0]) - 32) & 63) * 4 + 5) // 3  # programs that cut trailing blanks
            try:
                out += binascii.a2b_uu(bare[:count])
            except binascii.Error:
                return b""
    return bytes(out)
