"""Where sentences of legal text begin and end: numbered clauses, list items, defined terms and abbreviations included."""

from __future__ import annotations

import re
from itertools import pairwise

from datazoom_desktop.kernel.spans import Span

SHORT = 30
"""Characters below which a piece is a number or a heading that belongs to what follows, not a sentence of its own."""

_ABBREVIATED = """
    inc corp co ltd llc lp llp plc no nos sec secs art arts para paras cl sched ex exh vs v mr mrs ms dr prof hon jr sr st
    ave blvd rd dept u.s u.k u.s.c e.g i.e etc cf viz al approx est fig jan feb mar apr jun jul aug sep sept oct nov dec
    p.m a.m ph.d n.a s.a b.v n.v d.b.a f.k.a a.k.a gov rev vol pp bros assn intl cir rul fed stat cap reg
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_MARKER = r"(?:\(?[a-zA-Z]\)|\(?[ivxlIVXL]{1,5}\)|\(?\d{1,2}\)|\d{1,2}(?:\.\d{1,3})+\.?|\d{1,2}\.|[A-Z]\.|[•▪◦·*–—-])"
_BREAK = re.compile(
    r"(?P<stop>[.?!]+[\"”’')\]]*(?=\s))"
    r"|(?P<item>(?:;|:|,)?[ \t]*(?:and|or)?[ \t]*\r?\n(?=\s*" + _MARKER + r"\s))"
    r"|(?P<semicolon>;[ \t]*(?:and|or|provided)?[ \t]*(?=\r?\n))"
    r"|(?P<blank>\r?\n[ \t]*\r?\n)"
)
_OPENS = re.compile(r"[\"“”'‘(\[]*\s*(?:[A-Z0-9]|" + _MARKER + r"\s)")


def sentences(text: str) -> list[Span]:
    """Return the spans of ``text``'s sentences, in order, without surrounding white space.

    Every character that is not white space is in exactly one span. Numbers and headings shorter than ``SHORT`` are joined
    to the sentence after them; a line break inside a sentence does not end it.
    """
    cuts = [0]
    cuts.extend(match.end() for match in _BREAK.finditer(text) if _ends(text, match))
    cuts.append(len(text))
    pieces = [_trim(text, a, b) for a, b in pairwise(cuts)]
    return _join_short([piece for piece in pieces if len(piece)])


def _ends(text: str, match: re.Match[str]) -> bool:
    rest = text[match.end() : match.end() + 40].lstrip()
    if match.lastgroup == "stop":
        if not _OPENS.match(rest):
            return False
        word = re.split(r"[\s(\"“]", text[max(0, match.start() - 16) : match.start()])[-1]
        if match.group().startswith(".") and (word.casefold() in _ABBREVIATIONS or re.fullmatch(r"[A-Z]", word)):
            return False
        return not re.fullmatch(_MARKER[:-1] + r"|\d{1,3}|Section|Article)", word + ".")
    if match.lastgroup == "blank":
        return not rest[:1].islower() and text[: match.start()].rstrip()[-1:] != ","
    return True


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _join_short(pieces: list[Span]) -> list[Span]:
    out: list[Span] = []
    carried: int | None = None
    for piece in pieces:
        start = piece.start if carried is None else carried
        if piece.end - start < SHORT:
            carried = start
            continue
        out.append(Span(start, piece.end))
        carried = None
    if carried is not None and pieces:
        last = pieces[-1]
        if out:
            out[-1] = Span(out[-1].start, last.end)
        else:
            out.append(Span(carried, last.end))
    return out
