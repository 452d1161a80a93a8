"""What an exact search looks for, as a tree that prints itself in the language it was read from. Pure.

``parse(str(expression)) == expression`` for every tree that ``parse`` returns (see ``parser``). Words are folded: lower case, no
accents, only letters, digits, "*", "?" and inner hyphens.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from datazoom_desktop.kernel.dates import DateRange
from datazoom_desktop.search.amounts import AmountRange
from datazoom_desktop.search.sections import SectionNumber

RESERVED = frozenset({"and", "or", "not"})


class Field(enum.StrEnum):
    """What a value is compared with, by the name it has in a search."""

    DOCUMENT = "document"  #: title or file name
    TYPE = "type"  #: kind of document
    PARTY = "party"  #: a name in its title, opening or signatures
    FOLDER = "folder"
    DATE = "date"  #: of the document
    PAGE = "page"
    HEADING = "heading"  #: of the place or above it
    SECTION = "section"
    TERM = "term"  #: where it is defined
    AMOUNT = "amount"
    WHEN = "when"  #: a date in the text


OF_DOCUMENT = frozenset({Field.DOCUMENT, Field.TYPE, Field.PARTY, Field.FOLDER, Field.DATE})
"""Fields that choose documents; the others choose places in them."""


NARROWING = frozenset({Field.PAGE, Field.HEADING, Field.SECTION})
"""Fields that narrow the places of what stands beside them, where something does."""


class Unit(enum.StrEnum):
    """What two terms must share to count as near without a number of words."""

    SENTENCE = "s"
    PASSAGE = "p"


@dataclass(frozen=True, slots=True)
class PageRange:
    """Pages from one to another, 1-based, both included; ``last`` None for all that follow."""

    first: int
    last: int | None

    def __str__(self) -> str:
        """Return the range as it is written in a search."""
        if self.last is None:
            return f">={self.first}"
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Text:
    """Words next to each other; with ``spread``, in any order with at most so many other words among them."""

    words: tuple[str, ...]
    spread: int | None = None

    def __str__(self) -> str:
        """Return a plain word as it is, else the words in quotes."""
        if len(self.words) == 1 and self.spread is None and self.words[0] not in RESERVED:
            return self.words[0]
        return f'"{" ".join(self.words)}"' + (f"~{self.spread}" if self.spread is not None else "")


Value: TypeAlias = Text | DateRange | AmountRange | PageRange | SectionNumber


@dataclass(frozen=True, slots=True)
class Where:
    """A field and what it must hold."""

    field: Field
    value: Value

    def __str__(self) -> str:
        """Return the field, a colon and its value."""
        text = str(self.value)
        quoted = " " in text and not isinstance(self.value, Text)
        return f'{self.field}:"{text}"' if quoted else f"{self.field}:{text}"


@dataclass(frozen=True, slots=True)
class Near:
    """Two terms close to each other.

    Attributes:
        reach: How many words apart at most (1: next to each other), or the unit both must stand in.
        ordered: The left one must come first.
        apart: The left one where the right one is NOT near.
    """

    left: Expression
    right: Expression
    reach: int | Unit
    ordered: bool = False
    apart: bool = False

    def __str__(self) -> str:
        """Return both sides with the operator between."""
        mark = f"{'NOT ' if self.apart else ''}{'pre' if self.ordered else ''}/{self.reach}"
        right = f"({self.right})" if isinstance(self.right, Near) else _inner(self.right)
        return f"{_inner(self.left)} {mark} {right}"


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts, each somewhere in the document."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        """Return the parts with AND between."""
        return " AND ".join(map(_inner, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        """Return the parts with OR between."""
        return " OR ".join(map(_inner, self.parts))


@dataclass(frozen=True, slots=True)
class Not:
    """Documents without the part; of a field that narrows, places that are not there."""

    part: Expression

    def __str__(self) -> str:
        """Return NOT and the part."""
        return f"NOT {_inner(self.part)}"


Expression: TypeAlias = Text | Where | Near | And | Or | Not


def _inner(part: Expression) -> str:
    return f"({part})" if isinstance(part, And | Or) else str(part)
