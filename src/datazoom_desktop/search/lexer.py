"""The words, marks and fields of an exact search as typed, one token each, with their places; mistakes are values. Pure."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from datazoom_desktop.search.expression import Field, Unit
from datazoom_desktop.search.words import fold

FIELDS = {
    **{str(field): field for field in Field},
    "doc": Field.DOCUMENT, "kind": Field.TYPE, "dated": Field.DATE, "pages": Field.PAGE, "sec": Field.SECTION, "clause": Field.SECTION,
}  # fmt: skip
"""Every name a field goes by."""

QUOTES = '"“”„‟«»″'
_SINGLE = re.compile(r"[‘'‛](?=\S)(?P<inside>[^‘'’\"“”]*(?:[’'](?=\w)[^‘'’\"“”]*)*)[’'](?=[\s)~]|$)")
_CHUNK = re.compile(rf"[^\s(){QUOTES}]+(?:(?<=\w)\([A-Za-z0-9]{{1,5}}\))*")
_FIELD = re.compile(r"([A-Za-z]+)[:：]")
_NEAR = re.compile(r"(w|near|within|pre|)/(\d{1,4}|s|p)", re.IGNORECASE)
_SPREAD = re.compile(r"~(\d{1,4})(?!\w)")
_MINUS = re.compile(rf"[-−](?=[\w(§*{QUOTES}])")
_REST = re.compile(rf"[^\s(){QUOTES}]*")
_MARKS = re.compile("[™®©℠]")
_SECTION_SIGN = re.compile(r"§{1,2}\s*")
_COMPARED = r"(?:[<>]=?|[≥≤=])?\s*"
_MONEY = (
    r"(?:[A-Z]{3}\s?|[A-Z]{0,2}[$€£¥₹]\s?)?\d[\d.,'’]*(?<![.,])"
    r"(?:\s?(?:thousand|million|mio|mln|mm|mn|m|billion|bn|b|k)\b)?(?:\s?(?:[€£¥]|(?:USD|EUR|GBP|CHF|JPY|CAD|AUD)\b))?"
)
_RAW = {
    Field.DATE: re.compile(_COMPARED + rf"[^\s(){QUOTES}]+"),
    Field.WHEN: re.compile(_COMPARED + rf"[^\s(){QUOTES}]+"),
    Field.PAGE: re.compile(_COMPARED + rf"[^\s(){QUOTES}]+"),
    Field.AMOUNT: re.compile(rf"(?:\.\.|…)?{_COMPARED}{_MONEY}(?:\s*(?:\.\.|…)\s*(?:{_MONEY})?)?", re.IGNORECASE),
    Field.SECTION: re.compile(
        r"(?:(?:section|article|art\.?|schedule|exhibit|annex|appendix|attachment|clause|part|chapter|§)\s*)?[\w.-]+(?:\s?\([A-Za-z0-9]{1,5}\))*",
        re.IGNORECASE,
    ),
}
"""What the values of the fields look like that are not words."""


class Kind(enum.Enum):
    """What a token is."""

    OPEN = enum.auto()
    CLOSE = enum.auto()
    AND = enum.auto()
    OR = enum.auto()
    NOT = enum.auto()
    NEAR = enum.auto()
    TEXT = enum.auto()
    FIELD = enum.auto()


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a search as typed.

    Attributes:
        message: What is wrong, one sentence.
        remedy: What to type instead, one sentence.
        start: Where, 0-based in the search; ``end`` is exclusive.
    """

    message: str
    remedy: str
    start: int
    end: int

    def marked(self, text: str) -> str:
        """Return the search and under it carets below what is wrong."""
        shown = "".join(sign if sign.isprintable() else " " for sign in text)
        return f"{shown}\n{' ' * self.start}{'^' * max(1, self.end - self.start)}"


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes:
        text: As typed.
        words: Of a TEXT, folded.
        spread: Of a TEXT in quotes followed by "~5".
        reach: Of a NEAR; so is ``ordered``.
        field: Of a FIELD.
        value: Of a FIELD whose value is no words, as typed; None otherwise.
    """

    kind: Kind
    text: str
    start: int
    end: int
    words: tuple[str, ...] = ()
    spread: int | None = None
    reach: int | Unit = 1
    ordered: bool = False
    field: Field | None = None
    value: str | None = None


class _Wrong(Exception):
    """Carries a mistake out of the lexer."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


def lex(text: str) -> list[Token] | Mistake:
    """Return the tokens of a search, or the first mistake in it."""
    try:
        return _Lexer(text).tokens()
    except _Wrong as wrong:
        return wrong.mistake


def split_words(text: str) -> tuple[str, ...]:
    """Return the folded words of ``text`` with their wildcards and inner hyphens; "*" alone stands for any word."""
    folded = fold(fold(_MARKS.sub(" ", text))).replace("‐", "-").replace("‑", "-")
    kept = "".join(sign if sign.isalnum() or sign in "*?-" else " " for sign in folded)
    found = []
    for word in kept.split():
        tidy = re.sub(r"\*[*?]*|\?+\*[*?]*", "*", re.sub(r"-[-*?]*-|-+", "-", word)).strip("-")
        if any(map(str.isalnum, tidy)) or tidy == "*":
            found.append(tidy)
    return tuple(found)


class _Lexer:
    """Walks along a search from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._tokens: list[Token] = []

    def tokens(self) -> list[Token]:
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign.isspace():
                self._at += 1
            elif sign in "()":
                self._add(Kind.OPEN if sign == "(" else Kind.CLOSE, self._at + 1)
            elif sign in QUOTES:
                self._quoted()
            elif sign == "§":
                self._raw(Field.SECTION, _SECTION_SIGN)
            elif (single := _SINGLE.match(self._text, self._at)) and self._fresh():
                self._phrase(single["inside"], single.end())
            elif _MINUS.match(self._text, self._at) and self._fresh():
                self._add(Kind.NOT, self._at + 1)
            else:
                self._chunk()
        return self._tokens

    def _fresh(self) -> bool:
        """Return whether nothing but a blank or an opening stands before this place."""
        return self._at == 0 or self._text[self._at - 1].isspace() or self._text[self._at - 1] in "(:"

    def _add(self, kind: Kind, end: int, **facts: object) -> None:
        self._tokens.append(Token(kind, self._text[self._at : end], self._at, end, **facts))  # type: ignore[arg-type]
        self._at = end

    def _wrong(self, message: str, remedy: str, start: int, end: int) -> _Wrong:
        return _Wrong(Mistake(message, remedy, start, end))

    def _quoted(self) -> None:
        close = next((i for i in range(self._at + 1, len(self._text)) if self._text[i] in QUOTES), None)
        if close is None:
            raise self._wrong(
                "This quotation mark is never closed.", "Close it, or leave it out.", self._at, self._at + 1
            )
        self._phrase(self._text[self._at + 1 : close], close + 1)

    def _phrase(self, inside: str, end: int) -> None:
        words = split_words(inside)
        if all(word == "*" for word in words):
            raise self._wrong(
                "There is no word between these quotation marks.", "Put words between them.", self._at, end
            )
        spread = _SPREAD.match(self._text, end)
        number = int(spread[1]) if spread and len(words) > 1 else None
        self._add(Kind.TEXT, spread.end() if spread else end, words=words, spread=number)

    def _chunk(self) -> None:
        found = _CHUNK.match(self._text, self._at)
        assert found is not None
        chunk, end = found[0], found.end()
        field = _FIELD.match(chunk)
        if field and not chunk.startswith("//", field.end()):
            self._field(field, chunk)
            return
        near = _NEAR.fullmatch(chunk)
        if near:
            self._near(near, end)
            return
        kind = self._operator(chunk)
        if kind is not None:
            self._add(kind, end)
        else:
            self._word(chunk, end)

    def _operator(self, chunk: str) -> Kind | None:
        """Return the operator that a chunk is: "and" and "or" in any case, "not" in capitals or after one of them."""
        low = chunk.casefold()
        if low in ("and", "&", "&&"):
            return Kind.AND
        if low in ("or", "|", "||"):
            return Kind.OR
        after = self._tokens and self._tokens[-1].kind in (Kind.AND, Kind.OR)
        return Kind.NOT if chunk == "NOT" or (low == "not" and after) else None

    def _near(self, near: re.Match[str], end: int) -> None:
        reach: int | Unit = int(near[2]) if near[2].isdigit() else Unit(near[2].casefold())
        if reach == 0:
            raise self._wrong("Words cannot be 0 words apart.", "Use /1 for words next to each other.", self._at, end)
        self._add(Kind.NEAR, end, reach=reach, ordered=near[1].casefold() == "pre")

    def _word(self, chunk: str, end: int) -> None:
        if tilde := re.search(r"~\d*$", chunk):
            raise self._wrong(
                f"“{tilde[0]}” only has a meaning after a phrase in quotation marks.",
                'Write "two words"~5, or one /5 other.',
                self._at + tilde.start(),
                end,
            )
        rooted = re.sub(r"(?<=\w\w\w)!$", "*", chunk)
        words = split_words(rooted)
        if words and all(word == "*" for word in words):
            raise self._wrong(
                "A “*” alone would match everything.", "Put it after the beginning of a word: assign*", self._at, end
            )
        if words:
            self._add(Kind.TEXT, end, words=words)
        else:
            self._at = end

    def _field(self, found: re.Match[str], chunk: str) -> None:
        name = found[1].casefold()
        field = FIELDS.get(name)
        colon = self._at + found.end()
        if field is None and found.end() == len(chunk) and not self._text[colon : colon + 1].strip():
            self._word(found[1], colon)
        elif field is None:
            raise self._wrong(
                f"There is no field called “{found[1]}”.",
                f"Put the words in quotation marks to look for them as text, or use one of: {', '.join(Field)}.",
                self._at,
                colon,
            )
        elif field in _RAW:
            self._raw(field, _FIELD)
        else:
            self._add(Kind.FIELD, colon, field=field)

    def _raw(self, field: Field, name: re.Pattern[str]) -> None:
        """Take a field with a value that is no words, in quotation marks or not."""
        start = self._at
        named = name.match(self._text, start)
        assert named is not None
        at = named.end() + len(self._text[named.end() :]) - len(self._text[named.end() :].lstrip())
        if self._text[at : at + 1] and self._text[at] in QUOTES:
            close = next((i for i in range(at + 1, len(self._text)) if self._text[i] in QUOTES), None)
            if close is None:
                raise self._wrong("This quotation mark is never closed.", "Close it, or leave it out.", at, at + 1)
            value, end = self._text[at + 1 : close], close + 1
        else:
            found = _RAW[field].match(self._text, at)
            if found is None:
                raise self._wrong(
                    f"“{field}:” needs something after it.", EXAMPLES[field], start, max(named.end(), start + 1)
                )
            end = found.end() + len(_REST.match(self._text, found.end())[0])  # type: ignore[index]
            value = self._text[at:end]
        self._add(Kind.FIELD, end, field=field, value=value)


EXAMPLES = {
    Field.DOCUMENT: 'Write for example doc:"office lease".',
    Field.TYPE: "Write for example type:lease.",
    Field.PARTY: 'Write for example party:"Acme Corp".',
    Field.FOLDER: 'Write for example folder:"3 Commercial".',
    Field.DATE: "Write for example date:2024, date:2024-03 or date:2024..2025.",
    Field.PAGE: "Write for example page:3 or page:1..5.",
    Field.HEADING: "Write for example heading:assignment.",
    Field.SECTION: 'Write for example section:7.2(b), §7.2 or section:"Schedule 3".',
    Field.TERM: 'Write for example term:"Change of Control".',
    Field.AMOUNT: "Write for example amount:>=1000000, amount:1m..5m or amount:USD 250,000.",
    Field.WHEN: "Write for example when:2028-12-31, when:2028 or when:2024..2026.",
}
"""What to type, for each field."""
