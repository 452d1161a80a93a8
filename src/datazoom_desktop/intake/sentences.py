"""Where a long stretch of text may be cut: after sentences, after semicolons, and only then between words. Pure."""

from __future__ import annotations

import re

_STOP = re.compile(r"[.!?\u061f;:][\"'\u201d\u2019)\]]*(?=\s)|[\u3002\uff01\uff1f\uff1b]|\n\s*\n")
_SHORTENED = re.compile(
    r"(?:\b(?:Inc|Corp|Co|Ltd|LLC|No|Nos|Sec|Secs|Art|Arts|Mr|Mrs|Ms|Dr|St|vs?|cf|al|seq|e\.g|i\.e|approx|Jr|Sr|Fig|pp?|ca|Vol|Ex)|\b[A-Z]|^\W*\d+(?:\.\d+)*)\.$"
)
_LOOK_BACK = 12
_SPACE = re.compile(r"\s+")


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the sentences, or clauses closed by a semicolon or colon, of ``text[start:end]`` as (start, end) without outer space.

    Together they hold every character between that is not white space. Offsets are 0-based code points of ``text``.
    """
    out: list[tuple[int, int]] = []
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop.group()[0] == "." and _SHORTENED.search(text[max(begin, stop.start() - _LOOK_BACK) : stop.start() + 1]):
            continue
        _add(out, text, begin, stop.end())
        begin = stop.end()
    _add(out, text, begin, end)
    return out


def slices(text: str, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """Return ``text[start:end]`` cut between words into stretches of at most ``longest`` characters, inside a word only if need be."""
    out: list[tuple[int, int]] = []
    begin = start
    while end - begin > longest:
        space = text.rfind(" ", begin + 1, begin + longest)
        line = text.rfind("\n", begin + 1, begin + longest)
        cut = max(space, line)
        cut = cut if cut > begin else begin + longest
        _add(out, text, begin, cut)
        begin = cut
    _add(out, text, begin, end)
    return out


def shorten(text: str, longest: int) -> str:
    """Return the text on one line, cut at a word's end to at most ``longest`` characters."""
    line = _SPACE.sub(" ", text).strip()
    if len(line) <= longest:
        return line
    cut = line.rfind(" ", 0, longest)
    return line[: cut if cut > longest // 2 else longest].rstrip(" ,;:-")


def _add(out: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        out.append((start, end))
