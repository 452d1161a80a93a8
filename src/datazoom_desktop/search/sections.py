"""Numbers of sections where they stand: "7.2(b)", "Article IV", "Schedule 3" at the start of a line. Pure.

A lettered item under a numbered clause ("(b)" some lines below "7.2") belongs to it: ``sections`` follows the numbers of a text from
its start and gives each its whole path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from datazoom_desktop.kernel.spans import Span

_CLAUSE = "sections?|sec|clauses?|paragraphs?|para|item|rule"
_OWN = "articles?|art|schedule|exhibit|annex|appendix|attachment|part|chapter"
_KIND = rf"(?:(?i:(?P<kind>{_CLAUSE}|{_OWN}))\b\.?\s{{0,3}}|§{{1,2}}\s{{0,2}})"
_DIGITS = r"\d{1,3}(?:\.\d{1,3})*"
_MARKS = r"(?:\s?\([A-Za-z0-9]{1,5}\))*"
_WRITTEN = re.compile(rf"{_KIND}?(?P<base>{_DIGITS}|[A-Za-z]{{1,6}}(?:[-.]?\d{{1,3}})?)(?P<marks>{_MARKS})\.?")
_HEAD = re.compile(
    r"(?:^|\n)[ \t\u00a0#*_>\"“]{0,8}(?P<number>"
    rf"{_KIND}(?P<base>{_DIGITS}|[IVXLC]{{1,6}}|[A-Z](?:[-.]?\d{{1,3}})?)(?P<marks>{_MARKS})(?=[.:)]?(?:\s|$|[—–-]))"
    rf"|(?P<plain>{_DIGITS})(?P<plain_marks>{_MARKS})(?P<stop>[.:)]?)(?=\s|$)"
    r"|(?P<roman>[IVX]{1,6})\.(?=\s)"
    r"|(?P<items>\([A-Za-z0-9]{1,5}\)(?:\s?\([A-Za-z0-9]{1,5}\))*)(?=\s|$|[A-Z“\"])"
    r"|(?P<item>[a-z]|[ivx]{2,5})[.)](?=\s)"
    r")"
)
_MARK = re.compile(r"\(([A-Za-z0-9]{1,5})\)")
_ROMAN = re.compile(r"(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_ROMANS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ENDED = re.compile(r"(?:[.;:,!?)\]\"”]|\b(?:and|or))\s*$|\n\s*$")
_LONGEST = 4_000  #: characters of one section that are handed out


@dataclass(frozen=True, slots=True)
class SectionNumber:
    """A section's number.

    Attributes:
        kind: "article", "schedule" and the like; "" for a section or clause.
        base: Its own number from the outermost part in, without leading zeros: ("7", "2"), or a letter: ("b",), ("b-1",).
        marks: Of the items under it, lower case: ("b", "ii").
    """

    kind: str
    base: tuple[str, ...]
    marks: tuple[str, ...] = ()

    def within(self, other: SectionNumber) -> bool:
        """Return whether this is that section or a part of it: 4.1 is of Article 4, and a plain 4 may mean Article 4."""
        if self.kind != other.kind and not (
            (other.kind == "" and self.kind == "article")
            or (other.kind == "article" and self.kind == "" and len(self.base) > 1)
        ):
            return False
        n = len(other.base)
        if len(self.base) < n or not all(map(_same, self.base, other.base)):
            return False
        if not other.marks:
            return True
        return len(self.base) == n and self.marks[: len(other.marks)] == other.marks

    def __str__(self) -> str:
        """Return the number as it is written in a search: "7.2(b)" or "schedule 3"."""
        return f"{self.kind} {'.'.join(self.base)}{''.join(f'({mark})' for mark in self.marks)}".strip()


class Section(NamedTuple):
    """A section's whole number and where the number stands in the text."""

    span: Span
    number: SectionNumber


def parse_section(text: str) -> SectionNumber | None:
    """Return the number that is all of ``text`` ("7.2(b)", "§ 7", "Article IV", "schedule 3"), or None."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    base = _base(found["base"], found["kind"])
    return SectionNumber(_kind(found["kind"]), base, _marks(found["marks"])) if base else None


def sections(text: str) -> Iterator[Section]:
    """Yield the sections that begin in ``text``, in order; items before any number are left out."""
    above: SectionNumber | None = None
    items: list[tuple[str, str]] = []
    for found in _HEAD.finditer(text):
        if not _opens(text, found):
            continue
        own = _own(found)
        if own is not None:
            above, items = own, []
            for mark in own.marks:
                _enter(items, mark)
        elif above is not None:
            for mark in _MARK.findall(found["items"]) if found["items"] else [found["item"]]:
                _enter(items, mark)
        if above is not None:
            number = SectionNumber(above.kind, above.base, tuple(value.casefold() for _, value in items))
            yield Section(Span(*found.span("number")), number)


def head_pattern(wanted: SectionNumber) -> str:
    """Return RE2's expression of a text in which the section, or the clause that its items are under, may begin."""
    kind = {"": f"(?:{_CLAUSE}|{_OWN})", "article": "art(?:icle)?s?"}.get(wanted.kind, wanted.kind)
    named = rf"(?:{kind}\.?\s{{0,3}}|§{{1,2}}\s{{0,2}})"
    first, *rest = (_numerals(part) for part in wanted.base)
    number = first + "".join(rf"\.{part}" for part in rest)
    optional = "" if wanted.kind or wanted.base[0].isalpha() else "?"
    return rf"(?i)(?:^|\n)[ \t\x{{a0}}#*_>\"“]{{0,8}}{named}{optional}{number}(?:[^0-9a-z]|$)"


def find_section(text: str, wanted: SectionNumber) -> list[Span]:
    """Return where a section stands in ``text``, from its number to where it ends, long ones cut."""
    spans: list[Span] = []
    start: int | None = None
    for section in (*sections(text), None):
        inside = section is not None and section.number.within(wanted)
        at = section.span.start if section is not None else len(text)
        if start is not None and not inside:
            end = start + len(text[start : min(at, start + _LONGEST)].rstrip())
            spans.append(Span(start, end))
            start = None
        elif start is None and section is not None and inside and (section.number.kind or not wanted.kind):
            start = at
    return spans


def roman(text: str) -> int | None:
    """Return the number that Roman numerals (up to 100, either case) are, or None."""
    low = text.casefold()
    if not _ROMAN.fullmatch(low) and low != "c":
        return None
    values = [_ROMANS[sign] for sign in low]
    return sum(-value if value < max(values[i + 1 :], default=0) else value for i, value in enumerate(values))


def _numerals(part: str) -> str:
    """Return the expression of one part of a number, in figures or Roman."""
    number = roman(part) if part in ("i", "v", "x") else int(part) if part.isdigit() else None
    if number is None:
        return re.escape(part)
    spelt = _in_roman(number)
    return f"(?:0*{number}|{spelt})" if spelt else f"0*{number}"


def _in_roman(number: int) -> str:
    """Return a number up to 89 in Roman numerals, "" above."""
    if number >= 90:
        return ""
    tens, ones = divmod(number, 10)
    return (
        "l" * (tens >= 5)
        + "xl" * (tens == 4)
        + "x" * (tens % 5 if tens != 4 else 0)
        + (("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[ones])
    )


def _own(found: re.Match[str]) -> SectionNumber | None:
    """Return the number a head carries itself, None for a lettered item."""
    if found["base"]:
        return SectionNumber(_kind(found["kind"]), _base(found["base"], found["kind"]), _marks(found["marks"]))
    if found["plain"]:
        return SectionNumber("", _base(found["plain"], None), _marks(found["plain_marks"]))
    if found["roman"]:
        return SectionNumber("", _base(found["roman"], None))
    return None


def _opens(text: str, found: re.Match[str]) -> bool:
    """Return whether a number at the start of a line opens a section there, and is not the middle of a sentence."""
    rest = text[found.end() : found.end() + 40]
    if found["plain"] and not (found["stop"] or "." in found["plain"] or found["plain_marks"]):
        return rest.lstrip()[:1].isupper() or rest[:1] in ("\t", "\n") or not rest.strip()
    if found["item"] or found["items"]:
        return True
    reads_on = rest.lstrip(" .:)\u2013\u2014-")[:1].islower() or rest[:1] in (",", ";")
    return not reads_on or found.start() == 0 or bool(_ENDED.search(text, max(0, found.start() - 8), found.start()))


def _kind(word: str | None) -> str:
    if word is None:
        return ""
    low = word.casefold().removesuffix("s")
    if low in ("article", "art"):
        return "article"
    return low if re.fullmatch(_OWN, low) else ""


def _base(text: str, kind: str | None) -> tuple[str, ...]:
    """Return a number's parts; letters stay letters where they are a kind's own, as in "Exhibit C"."""
    if text[0].isdigit():
        return tuple(part.lstrip("0") or "0" for part in text.split("."))
    low = text.casefold()
    lettered = _kind(kind) not in ("", "article")
    number = roman(low) if not (lettered and len(low) == 1) else None
    if number is not None:
        return (str(number),)
    return (low,) if re.fullmatch(r"[a-z](?:[-.]?\d{1,3})?", low) else ()


def _same(a: str, b: str) -> bool:
    """Return whether two parts are the same number; a lone "i", "v" or "x" may be Roman."""
    return a == b or str(roman(a) or a) == str(roman(b) or b)


def _marks(text: str) -> tuple[str, ...]:
    return tuple(mark.casefold() for mark in _MARK.findall(text))


def _enter(items: list[tuple[str, str]], mark: str) -> None:
    """Go to an item: a sibling on the level of its style, or the first of a new level under the present one."""
    style = _style(mark, items)
    for level, (known, _) in enumerate(items):
        if known == style:
            del items[level:]
            break
    items.append((style, mark))


def _style(mark: str, items: Sequence[tuple[str, str]]) -> str:
    """Return how an item is marked: "1", or letters ("a", "A") or Roman numerals ("i", "I") in small or capital letters."""
    if mark.isdigit():
        return "1"
    letter, numeral = ("a", "i") if mark.islower() else ("A", "I")
    if roman(mark) is None:
        return letter
    known = dict(items)
    before = known.get(letter, "")
    if len(mark) == 1 and len(before) == 1 and ord(mark) == ord(before) + 1:
        return letter
    if numeral in known or mark.casefold() == "i" or len(mark) > 1:
        return numeral
    return letter
