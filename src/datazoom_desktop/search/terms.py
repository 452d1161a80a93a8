"""Defined terms and where they are defined: “X” means ..., (the “X”), X: a heading of its own definition. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.words import words

_OPEN, _CLOSE = '["“„«″]', '["”“»″]'
_INSIDE = r"[^\"“”„«»″\n]{1,80}(?:\n[^\"“”„«»″\n]{1,60})?"
_QUOTED = rf"{_OPEN}\s?(?P<term>{_INSIDE}?)[.,]?\s?{_CLOSE}"
_MEANS = (
    r"(?:(?:shall|will)\s+)?(?:means?|mean\s+and\s+include|ha(?:s|ve)\s+the\s+(?:respective\s+)?meanings?|(?:is|are|be)\s+(?:hereby\s+)?defined"
    r"|refers?\s+to|includes?|bedeutet|bezeichnet|signifie|désigne)\b"
)
_STATED = re.compile(
    rf"{_QUOTED}(?:\s*\([^()]{{1,80}}\))?(?:\s*(?:,|or|and)\s*{_OPEN}[^\"“”\n]{{1,80}}{_CLOSE}){{0,3}},?\s*"
    rf"(?:(?:,\s*)?(?:as\s+used|when\s+used|with\s+respect\s+to|for\s+purposes)[^.;“\"]{{0,120}},\s*)?(?:{_MEANS}|[:=—–|](?=\s))",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"(?:^|\n)[ \t]*(?:[(\d.a-z)]{{1,8}}[ \t]+)?(?P<term>[A-Z][\w’'/&-]*(?:[ \t](?:[A-Z][\w’'/&-]*|of|and|or|the|in|to|for|on)){{0,7}})[ \t]*(?:\|[ \t]*)?(?!(?i:includes?|refers?)\b){_MEANS}"
)
_BRACKETED = re.compile(rf"\([^()]{{0,160}}?{_OPEN}[^()]{{1,160}}?\)")
_CALLED = re.compile(rf"\bhere(?:in)?after\b[^.;“\"]{{0,60}}{_OPEN}{_INSIDE}{_CLOSE}")
_NAME = re.compile(_QUOTED)


class Definition(NamedTuple):
    """A term and where it is defined: ``span`` reaches from the term to the end of the words that define it as such."""

    term: str
    span: Span


def definitions(text: str) -> list[Definition]:
    """Return the terms that ``text`` defines, in order."""
    found = {definition.span.start: definition for find in (_plain, _bracketed, _stated) for definition in find(text)}
    return [found[start] for start in sorted(found)]


def is_term(defined: str, wanted: str) -> bool:
    """Return whether a defined term is the wanted one, a plural or an article aside."""
    a, b = _core(defined), _core(wanted)
    return a == b or (bool(a) and a[:-1] == b[:-1] and a[-1].rstrip("s") == b[-1].rstrip("s"))


def _stated(text: str) -> Iterator[Definition]:
    for match in _STATED.finditer(text):
        for name in _NAME.finditer(text, match.start(), match.end()):
            yield Definition(_tidy(name["term"]), Span(name.start(), match.end()))


def _plain(text: str) -> Iterator[Definition]:
    for match in _PLAIN.finditer(text):
        yield Definition(_tidy(match["term"]), Span(match.start("term"), match.end()))


def _bracketed(text: str) -> Iterator[Definition]:
    for match in (*_BRACKETED.finditer(text), *_CALLED.finditer(text)):
        for name in _NAME.finditer(text, match.start(), match.end()):
            yield Definition(_tidy(name["term"]), Span(*name.span()))


def _tidy(term: str) -> str:
    return " ".join(term.split())


def _core(term: str) -> list[str]:
    found = words(term)
    return found[1:] if len(found) > 1 and found[0] in ("the", "a", "an") else found
