"""Reads an exact search as people type it. Pure.

    words                all of them, anywhere in the document; "and" between them changes nothing
    "a phrase"           these words next to each other; “smart quotes” too; * inside stands for any one word
    a OR b, NOT a, -a    alternatives; documents without
    assign*  wom?n       any letters; one letter
    a /5 b, a w/5 b      within five words of each other; pre/5 in this order; /s in a sentence; /p in a passage
    a NOT /5 b           a, where b is not within five words
    "a b"~5              in any order with at most five other words among them
    party:x  §7.2(b)     fields: see ``expression.Field``

"/" binds closest, then NOT, then AND (or nothing between words), then OR; parentheses group.
"""

from __future__ import annotations

from datazoom_desktop.kernel.dates import DateRange, LooseDate
from datazoom_desktop.search.amounts import AmountRange, parse_amount
from datazoom_desktop.search.expression import (
    And,
    Expression,
    Field,
    Near,
    Not,
    Or,
    PageRange,
    Text,
    Value,
    Where,
)
from datazoom_desktop.search.lexer import EXAMPLES, Kind, Mistake, Token, lex
from datazoom_desktop.search.plan import limits_nothing, plan
from datazoom_desktop.search.sections import parse_section
from datazoom_desktop.search.written_dates import parse_date

MOST_TESTS = 62  #: different words, phrases and fields, a few of which count twice
_DEEPEST = 40
_IN_TEXT = frozenset({Field.SECTION, Field.TERM, Field.AMOUNT, Field.WHEN})


class _Wrong(Exception):
    """Carries a mistake out of the parser."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


def parse(text: str) -> Expression | Mistake:
    """Return what a search looks for, or the first mistake in it."""
    tokens = lex(text)
    if isinstance(tokens, Mistake):
        return tokens
    if not tokens:
        return Mistake("There is nothing to look for.", "Type a word or a “phrase in quotation marks”.", 0, len(text))
    try:
        expression = _Parser(tokens, len(text)).whole()
    except _Wrong as wrong:
        return wrong.mistake
    if limits_nothing(expression):
        page = next(token for token in tokens if token.field is Field.PAGE)
        remedy = "Add what to look for on that page, such as page:3 rent."
        return Mistake("“page:” needs something to look for beside it.", remedy, page.start, page.end)
    if len(plan(expression).tests) > MOST_TESTS:
        return Mistake("This search has too many parts.", "Look for fewer words and phrases at once.", 0, len(text))
    return expression


class _Parser:
    """Descends from the loosest operator to the closest."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self._tokens = tokens
        self._length = length
        self._next = 0
        self._depth = 0

    def whole(self) -> Expression:
        found = self._either()
        if token := self._peek():
            raise _Wrong(Mistake("This parenthesis closes nothing.", "Leave it out.", token.start, token.end))
        return found

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, kind: Kind) -> Token | None:
        token = self._peek()
        if token is None or token.kind is not kind:
            return None
        self._next += 1
        return token

    def _either(self) -> Expression:
        parts = [self._all()]
        while self._take(Kind.OR):
            parts.append(self._all())
        return _flat(Or, parts)

    def _all(self) -> Expression:
        parts = [self._negated()]
        while (token := self._peek()) and token.kind not in (Kind.OR, Kind.CLOSE):
            self._take(Kind.AND)
            parts.append(self._negated())
        return _flat(And, parts)

    def _negated(self) -> Expression:
        if self._take(Kind.NOT) is None:
            return self._near()
        self._deeper()
        part = self._negated()
        self._depth -= 1
        return Not(part)

    def _near(self) -> Expression:
        start = self._next
        found = self._primary()
        while operator := self._near_operator():
            token, apart = operator
            _joinable(found, self._tokens[start], token)
            right_start = self._next
            right = self._primary()
            _joinable(right, self._tokens[right_start], token)
            found = Near(found, right, token.reach, token.ordered, apart)
        return found

    def _near_operator(self) -> tuple[Token, bool] | None:
        token = self._take(Kind.NEAR)
        if token is not None:
            return token, False
        following = self._tokens[self._next : self._next + 2]
        if [one.kind for one in following] == [Kind.NOT, Kind.NEAR]:
            self._next += 2
            return following[1], True
        return None

    def _primary(self) -> Expression:
        token = self._peek()
        if token is None:
            raise _Wrong(self._missing())
        if token.kind not in (Kind.OPEN, Kind.TEXT, Kind.FIELD):
            raise _Wrong(self._misplaced(token))
        self._next += 1
        if token.kind is Kind.TEXT:
            return Text(token.words, token.spread)
        if token.kind is Kind.FIELD:
            return self._field(token)
        return self._group(token)

    def _group(self, opening: Token) -> Expression:
        self._deeper()
        if closing := self._take(Kind.CLOSE):
            raise _Wrong(
                Mistake("There is nothing in these parentheses.", "Leave them out.", opening.start, closing.end)
            )
        found = self._either()
        if self._take(Kind.CLOSE) is None:
            raise _Wrong(Mistake("This parenthesis is never closed.", "Close it with “)”.", opening.start, opening.end))
        self._depth -= 1
        return found

    def _field(self, token: Token) -> Expression:
        assert token.field is not None
        if token.value is not None:
            value = _value(token.field, token.value)
            if value is None:
                message = f"“{token.value.strip()}” is not what “{token.field}:” can look for."
                raise _Wrong(Mistake(message, EXAMPLES[token.field], token.start, token.end))
            return Where(token.field, value)
        following = self._peek()
        if following is None or following.kind not in (Kind.TEXT, Kind.OPEN):
            message = f"“{token.field}:” needs something after it."
            raise _Wrong(Mistake(message, EXAMPLES[token.field], token.start, token.end))
        return _scoped(self._primary(), token.field, token)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            token = self._tokens[self._next - 1]
            raise _Wrong(Mistake("This is nested too deeply.", "Use fewer parentheses.", token.start, token.end))

    def _missing(self) -> Mistake:
        last = self._tokens[-1]
        return Mistake(
            f"“{last.text.strip()}” needs something after it.", "Add a word, or leave it out.", last.start, last.end
        )

    def _misplaced(self, token: Token) -> Mistake:
        if token.kind is Kind.CLOSE and self._next and self._tokens[self._next - 1].kind is not Kind.OPEN:
            return (
                self._after(self._tokens[self._next - 1])
                if self._depth
                else Mistake("This parenthesis closes nothing.", "Leave it out.", token.start, token.end)
            )
        return Mistake(
            f"“{token.text.strip()}” needs something before it.",
            "Add a word, or put it in quotation marks to look for it as text.",
            token.start,
            token.end,
        )

    def _after(self, token: Token) -> Mistake:
        message = f"“{token.text.strip()}” needs something after it."
        return Mistake(message, "Add a word, or leave it out.", token.start, token.end)


def _flat(kind: type[And | Or], parts: list[Expression]) -> Expression:
    """Return the parts under one operator, those of the same operator taken apart; a single part as it is."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,)))
    return flat[0] if len(flat) == 1 else kind(flat)


def _joinable(operand: Expression, at: Token, operator: Token) -> None:
    """Refuse what cannot be near something."""
    match operand:
        case Text() | Near(apart=False):
            return
        case Where(field=field) if field in _IN_TEXT:
            return
        case Or(parts):
            for part in parts:
                _joinable(part, at, operator)
        case _:
            raise _Wrong(
                Mistake(
                    f"“{operator.text.strip()}” stands between words, phrases or alternatives in parentheses.",
                    f"Write for example (buyer OR seller) {operator.text.strip()} consent.",
                    at.start,
                    max(at.end, operator.end),
                )
            )


def _scoped(expression: Expression, field: Field, token: Token) -> Expression:
    """Return an expression of words as one about a field."""
    match expression:
        case Text(spread=None):
            return Where(field, expression)
        case And(parts):
            return And(tuple(_scoped(part, field, token) for part in parts))
        case Or(parts):
            return Or(tuple(_scoped(part, field, token) for part in parts))
        case Not(part):
            return Not(_scoped(part, field, token))
        case _:
            message = f"“{field}:” takes words, phrases and alternatives."
            raise _Wrong(Mistake(message, EXAMPLES[field], token.start, token.end))


def _value(field: Field, text: str) -> Value | None:
    match field:
        case Field.SECTION:
            return parse_section(text)
        case Field.PAGE:
            return _pages(text)
        case Field.AMOUNT:
            return _amounts(text)
        case _:
            return _dates(text)


def _compared(text: str) -> tuple[str, str]:
    """Return the comparison sign ("" for none, ".." for a range) and the rest."""
    tidy = text.strip().replace("≥", ">=").replace("≤", "<=").replace("…", "..")
    if ".." in tidy:
        return "..", tidy
    sign = next((sign for sign in (">=", "<=", ">", "<", "=") if tidy.startswith(sign)), "")
    return "" if sign == "=" else sign, tidy[len(sign) :].strip()


def _dates(text: str) -> DateRange | None:
    sign, rest = _compared(text)
    if sign == "..":
        low_text, _, high_text = (part.strip() for part in rest.partition(".."))
        low, high = parse_date(low_text), parse_date(high_text)
        wrong = (low_text and low is None) or (high_text and high is None) or (low is None and high is None)
        if wrong or (low and high and low.first > high.last):
            return None
        return DateRange(low, high)
    date = parse_date(rest)
    if date is None:
        return None
    return _date_range(sign, date)


def _date_range(sign: str, date: LooseDate) -> DateRange | None:
    match sign:
        case ">=":
            return DateRange(date, None)
        case "<=":
            return DateRange(None, date)
        case ">":
            return DateRange(after, None) if (after := date.shifted(1)) else None
        case "<":
            return DateRange(None, before) if (before := date.shifted(-1)) else None
        case _:
            return DateRange(date, date)


def _pages(text: str) -> PageRange | None:
    sign, rest = _compared(text)
    low, _, high = rest.partition("..") if sign == ".." else (rest, "", rest)
    if not all(part.strip().isascii() and (part.strip().isdigit() or not part.strip()) for part in (low, high)):
        return None
    first, last = (int(part) if part.strip() else None for part in (low, high))
    if sign == "..":
        first = first or 1 if last is not None else first
    elif first is not None:
        first, last = {
            ">=": (first, None), ">": (first + 1, None), "<=": (1, first), "<": (1, first - 1)
        }.get(sign, (first, first))  # fmt: skip
    if first is None or first < 1 or (last is not None and last < first):
        return None
    return PageRange(first, last)


def _amounts(text: str) -> AmountRange | None:
    sign, rest = _compared(text)
    if sign != "..":
        amount = parse_amount(rest)
        if amount is None:
            return None
        low = amount.value if sign in ("", ">", ">=") else None
        high = amount.value if sign in ("", "<", "<=") else None
        return AmountRange(low, high, amount.currency, above=sign == ">", below=sign == "<")
    low_text, _, high_text = (part.strip() for part in rest.partition(".."))
    lower, upper = parse_amount(low_text), parse_amount(high_text)
    if (low_text and lower is None) or (high_text and upper is None) or (lower is None and upper is None):
        return None
    currency = (lower and lower.currency) or (upper and upper.currency) or None
    if lower and upper and (lower.value > upper.value or {lower.currency, upper.currency} - {None, currency}):
        return None
    return AmountRange(lower.value if lower else None, upper.value if upper else None, currency)
