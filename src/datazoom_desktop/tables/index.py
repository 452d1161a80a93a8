"""What a table can be asked about: the words of its name, its headings and the values in its columns of text. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from datazoom_desktop.kernel.dates import LooseDate
from datazoom_desktop.search.words import STOP, stem, words
from datazoom_desktop.search.written_dates import dates
from datazoom_desktop.tables.headings import period
from datazoom_desktop.tables.lexis import LEGAL_FORMS, PERIOD_WORDS, TOTALS, broader, keys, normalised, tokens
from datazoom_desktop.tables.model import Column, Kind, Row, RowKind, Shape, Table

MOST_VALUES = 60_000  #: different values of a table's text that are looked through
_ASIDE = re.compile(r"\([^()]*\)")
_SMALL = frozenset(
    ["of", "the", "and", "for", "de", "van", "von", "den", "der", "la", "le", "du", "di", "da", "y", "e", "et", "und"]
)
_LETTERED = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a column of text.

    Attributes:
        words: The forms of its words that tell it apart.
        name: Whether it is a name, of which a part is enough; a phrase must be said in full.
        total: Whether it is called a total.
        rows: Numbers of its rows.
    """

    column: Column
    text: str
    words: frozenset[str]
    name: bool
    total: bool
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading as words.

    Attributes:
        words: In the form in which words are compared.
        stems: Its very words, without their endings.
        time: The period that it names.
        more: The words that it has beside that.
    """

    column: Column
    words: frozenset[str]
    stems: frozenset[str]
    time: LooseDate | None
    more: frozenset[str]


@dataclass(frozen=True)
class TableIndex:
    """A table and its words.

    Attributes:
        naming: The forms of the words of its path, sheet and title.
        entries: Its values by each of their words; ``by_letter`` are these words by their first letter.
        label: The column that names what its rows are about.
    """

    table: Table
    naming: frozenset[str]
    heads: tuple[Head, ...]
    entries: dict[str, list[Entry]] = field(repr=False)
    label: Column | None
    times: frozenset[LooseDate]
    by_letter: dict[str, list[str]] = field(repr=False)

    def head(self, column: Column) -> Head:
        """Return the heading of a column."""
        return next(head for head in self.heads if head.column is column)


def index(table: Table) -> TableIndex:
    """Return what a table can be asked about."""
    name = table.path.rpartition(".")[0] or table.path
    said = " ".join((name.replace("/", " ").replace("_", " "), table.sheet or "", table.title, table.scale_words))
    label = table.columns[0] if table.shape is not Shape.RECORDS else table.label
    times = frozenset(mention.date for mention in dates(said))
    entries = _entries(table, label)
    by_letter: dict[str, list[str]] = {}
    for word in entries:
        by_letter.setdefault(word[:1], []).append(word)
    return TableIndex(
        table,
        broader(frozenset(keys(said))),
        tuple(_head(column) for column in table.columns),
        entries,
        label,
        times,
        by_letter,
    )


def _head(column: Column) -> Head:
    time = period(column.heading)
    mentions = dates(column.heading)
    rest = column.heading
    for mention in reversed(mentions):
        rest = rest[: mention.span.start] + " " + rest[mention.span.end :]
    if time is not None and not mentions:
        rest = ""  # such as "2024E"
    said = frozenset(keys(column.heading)) | ({"percent"} if column.unit == "%" else frozenset())
    stems = frozenset(stem(word) for word in words(column.heading))
    return Head(column, broader(said), stems, time, frozenset(keys(rest)) - PERIOD_WORDS)


def _entries(table: Table, label: Column | None) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    known = 0
    for column in table.columns:
        if column.kind is not Kind.TEXT:
            continue
        of_text: dict[str, list[Row]] = {}
        for row in table.rows:
            wanted = row.kind is RowKind.DATA or (column is label and row.kind in (RowKind.TOTAL, RowKind.SUMMARY))
            if wanted and column.position in row.cells:
                of_text.setdefault(row.cells[column.position].text, []).append(row)
        names = Counter(_is_name(text) for text in of_text)
        named = table.shape is Shape.RECORDS and names[True] * 10 >= sum(names.values()) * 6
        for text, rows in of_text.items():
            known += 1
            if known > MOST_VALUES:
                return found
            said = [t for t in tokens(normalised(_ASIDE.sub(" ", text))) if t.word not in STOP]
            told = frozenset(
                t.key for t in said if t.word not in TOTALS and (len(said) < 2 or t.word not in LEGAL_FORMS)
            )
            total = any(t.word in TOTALS for t in said)
            if not told:
                continue
            name = named and _is_name(text) and all(row.kind is RowKind.DATA for row in rows)
            entry = Entry(column, text, told, name, total, tuple(row.number for row in rows))
            for word in told:
                found.setdefault(word, []).append(entry)
    return found


def _is_name(text: str) -> bool:
    """Return whether all words of a text are written as names are."""
    said = [word for word in _LETTERED.findall(_ASIDE.sub(" ", text)) if word.casefold() not in _SMALL]
    return bool(said) and all(word[0].isupper() for word in said)
