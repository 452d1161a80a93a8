"""How the words of a question fall to a table: which name its values, which its columns, and which nothing in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from datazoom_desktop.tables.asked import Asked, Wish
from datazoom_desktop.tables.index import Entry, TableIndex
from datazoom_desktop.tables.lexis import HOLDING_VERBS, MONEY_VERBS, PERIOD_WORDS, QUANTITIES, Token, keys
from datazoom_desktop.tables.model import Column, Kind, Shape

ALIKE = 88.0  #: rapidfuzz ratio from which a word is another one, misspelt
_SHORTEST_ALIKE = 5  #: letters
_MOST_MISSPELT = 2  #: words of a question
_HELD = frozenset({"cap", "capitalization", "equity", "share", "ledger", "stock"})


@dataclass(frozen=True, slots=True)
class Named:
    """Values of one column that a question names.

    Attributes:
        entries: More than one when its words fit as well, or when it names several.
        words: Places in the question.
        denied: Whether they are to be left out.
        several: Whether it names several, as in "Engineering and Sales".
    """

    column: Column
    entries: tuple[Entry, ...]
    words: frozenset[int]
    denied: bool = False
    several: bool = False

    @property
    def rows(self) -> tuple[int, ...]:
        """Numbers of the rows that hold one of the values."""
        return tuple(sorted({row for entry in self.entries for row in entry.rows}))


@dataclass(frozen=True)
class Match:
    """How a question's words fall to a table; words by their position in ``Asked.words``.

    Attributes:
        columns: The words that each column's heading has.
        named: Values that are named.
        quantity: Words such as "shares" that the table counts without saying so.
        naming: Words that only the table's name, or another heading, has.
        money: Whether a verb such as "pays" asks for money.
        left: Words that nothing accounts for.
        read_as: Misspelt words and what they were taken for.
    """

    asked: Asked
    index: TableIndex
    columns: dict[str, frozenset[int]]
    named: tuple[Named, ...]
    quantity: frozenset[int]
    naming: frozenset[int]
    money: bool
    left: tuple[Token, ...]
    read_as: tuple[tuple[str, str], ...] = field(default=())


def match(asked: Asked, index: TableIndex, generic: frozenset[str]) -> Match:
    """Return how a question falls to a table; ``generic`` are words that may stand in any question about this room."""
    heads = {word for head in index.heads for word in head.words}
    words = sorted((*asked.words, *(t for t in asked.besides if t.key in heads)), key=lambda token: token.start)
    read_as: list[tuple[str, str]] = []
    unknown = [n for n, token in enumerate(words) if not _known(token, index, generic)]
    for n in unknown if len(unknown) <= _MOST_MISSPELT and len(unknown) < len(words) else ():
        if (other := _alike(words[n], index)) is not None:
            read_as.append((words[n].word, other[1]))
            words[n] = words[n]._replace(key=other[0])
    by_column = {
        head.column.name: frozenset(n for n, token in enumerate(words) if token.key in head.words)
        for head in index.heads
    }
    headed = frozenset(n for places in by_column.values() for n in places)
    named = _together(_named(words, index, headed, asked))
    taken = frozenset(n for one in named for n in one.words)
    by_column = {name: places - taken for name, places in by_column.items()}
    quantity = frozenset(n for n, token in enumerate(words) if n not in taken and _counts(token, index))
    money = any(token.key in MONEY_VERBS for n, token in enumerate(words) if n not in taken and n not in headed)
    naming = frozenset(n for n, token in enumerate(words) if token.key in index.naming) - taken
    left = tuple(
        token
        for n, token in enumerate(words)
        if not (n in taken or n in headed or n in quantity or n in naming or _says_nothing(token, generic))
    )
    return Match(
        replace(asked, words=tuple(words)), index, by_column, named, quantity, naming, money, left, tuple(read_as)
    )


def _says_nothing(token: Token, generic: frozenset[str]) -> bool:
    return token.key in generic or token.key in MONEY_VERBS or token.key in HOLDING_VERBS or token.key in PERIOD_WORDS


def _known(token: Token, index: TableIndex, generic: frozenset[str]) -> bool:
    if (
        _says_nothing(token, generic)
        or token.key in index.entries
        or token.key in index.naming
        or _counts(token, index)
    ):
        return True
    return any(token.key in head.words for head in index.heads)


def _counts(token: Token, index: TableIndex) -> bool:
    """Return whether a word such as "shares" names what the table's plain numbers count."""
    thing = QUANTITIES.get(token.word)
    if thing is None or index.table.shape is Shape.STATEMENT:
        return False
    heads = {word for head in index.heads for word in head.words}
    own = index.naming | heads
    if thing == "share":
        sheet = frozenset(heads | ({*index.table.title.casefold().split()} if index.table.title else set()))
        options = "option" in index.table.title.casefold() or "option" in (index.table.sheet or "").casefold()
        return not options and (
            "holder" in heads or bool(_HELD & sheet) or not index.naming.isdisjoint({"cap", "capitalization"})
        )
    return (
        thing in own
        or f"{thing}s" in own
        or any(thing in (head.column.heading or "").casefold() for head in index.heads)
    )


def _alike(token: Token, index: TableIndex) -> tuple[str, str] | None:
    """Return the word that a misspelt one was meant to be, as it is compared and as it is written; None when unsure."""
    if len(token.word) < _SHORTEST_ALIKE or any(char.isdigit() for char in token.word):
        return None
    letter = token.key[:1]
    known = [word for head in index.heads for word in head.words if word.startswith(letter)]
    known += index.by_letter.get(letter, ())
    near = process.extract(token.key, list(dict.fromkeys(known)), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
    if not near or (len(near) > 1 and near[0][1] == near[1][1]):
        return None
    best = str(near[0][0])
    said = [text for head in index.heads if best in head.words for text in (head.column.heading,)]
    said += [entry.text for entry in index.entries.get(best, ())]
    return best, next((word for text in said for word in text.split() if best in keys(word)), best)


def _named(words: list[Token], index: TableIndex, headed: frozenset[int], asked: Asked) -> list[Named]:
    """Return the values that a question names, those that take most of its words first; no word counts twice."""
    hits: dict[int, tuple[Entry, set[int]]] = {}
    for n, token in enumerate(words):
        for entry in index.entries.get(token.key, ()):
            hits.setdefault(id(entry), (entry, set()))[1].add(n)
    lines = index.table.shape is not Shape.RECORDS
    ranked: list[tuple[int, float, bool, Entry, frozenset[int]]] = []
    for entry, hit in hits.values():
        places = frozenset(hit)
        share = len({words[n].key for n in places}) / len(entry.words)
        fits = share == 1.0 or (entry.name and any(_tells(words[n], index) for n in places))
        own = any(n not in headed for n in places) or (lines and entry.column is index.label) or len(places) > 1
        total_wanted = Wish.SUM in asked.wishes
        if fits and (own or (share == 1.0 and _stands_alone(entry, index))):
            ranked.append((len(places), share, entry.total == total_wanted, entry, places))
    ranked.sort(key=lambda one: (-one[0], -one[1], not one[2]))
    found: list[Named] = []
    used: set[int] = set()
    at = 0
    while at < len(ranked):
        size, share, _, entry, places = ranked[at]
        at += 1
        if places & used:
            continue
        equal = [entry]
        for other_size, other_share, _, other, other_places in ranked[at:]:
            if (other_size, other_share, other_places) == (size, share, places) and other.column is entry.column:
                equal.append(other)
        exact = [one for one in equal if one.total == (Wish.SUM in asked.wishes)]
        used |= places
        denied = any(0 <= words[min(places)].start - place <= 12 for place in asked.denied)
        found.append(Named(entry.column, tuple(exact or equal), places, denied))
    return found


def _together(named: Iterable[Named]) -> tuple[Named, ...]:
    """Return the values that are named, those of one column that are wanted alike as one."""
    found: dict[tuple[str, bool], Named] = {}
    for one in sorted(named, key=lambda one: min(one.words)):
        wanted = (one.column.name, one.denied)
        known = found.get(wanted)
        if known is None:
            found[wanted] = one
        else:
            entries = (*known.entries, *one.entries)
            found[wanted] = Named(one.column, entries, known.words | one.words, one.denied, several=True)
    return tuple(found.values())


def _tells(token: Token, index: TableIndex) -> bool:
    """Return whether a word can stand for a name that has more of them."""
    common = token.key in index.naming or any(token.key in head.words for head in index.heads)
    return len(token.word) > 2 and not common


def _stands_alone(entry: Entry, index: TableIndex) -> bool:
    """Return whether a value is a kind of thing, which several rows share."""
    return len(entry.rows) > 1 and entry.column.kind is Kind.TEXT
