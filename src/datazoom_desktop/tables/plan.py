"""From a question and a table to the queries that answer it, by rules; none where the rules do not cover all of its words. Pure.

Where several columns fit equally well, there is a query for each of them and the answer says so: nothing is picked by chance.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from datazoom_desktop.search.words import stem
from datazoom_desktop.tables.asked import Asked, Limit, When, Wish
from datazoom_desktop.tables.index import Head, TableIndex
from datazoom_desktop.tables.lexis import HOLDING_VERBS, QUANTITIES, key
from datazoom_desktop.tables.match import Match, Named
from datazoom_desktop.tables.model import Column, Kind, Shape
from datazoom_desktop.tables.query import Filter, Op, Query
from datazoom_desktop.tables.values import CODES

MOST_ALTERNATIVES = 4
_FEW_ROWS = 6  #: rows of one name whose values are told one by one; more are added up
_MONEY = re.compile(
    r"[$€£]|\b(?:amounts?|fees?|prices?|revenues?|sales|costs?|mrr|arr|value|paid|payments?|spend|rent|salary|budget|invoiced?|balance)\b",
    re.IGNORECASE,
)
_NO_SUM = re.compile(r"%|\b(?:price|rate|percent(?:age)?|ratio|multiple|discount|year|age|term)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table answers a question.

    Attributes:
        queries: One; or one for each column, or value, that fits as well as the others.
        told: How many of the question's words the queries account for, how many of these are the very words of the headings, and
            how many the table's name has.
        read_as: Misspelt words and what they were taken for.
    """

    queries: tuple[Query, ...]
    told: tuple[int, int, int]
    read_as: tuple[tuple[str, str], ...] = ()


def plan(match: Match) -> Plan | None:
    """Return how a table answers a question, None when it does not."""
    if match.left:
        return None
    planner = _Planner(match)
    queries = planner.queries()
    if not queries or len(queries) > MOST_ALTERNATIVES:
        return None
    return Plan(tuple(queries), (*planner.told(queries), len(match.naming)), match.read_as)


class _Planner:
    """Decides about one question and one table."""

    def __init__(self, match: Match) -> None:
        self.match = match
        self.asked: Asked = match.asked
        self.index: TableIndex = match.index
        self.table = match.index.table
        self.label = match.index.label
        self._periods = self._period_columns()
        self.entity = next(
            (named for named in match.named if self.label is not None and named.column is self.label), None
        )

    def told(self, queries: Sequence[Query]) -> tuple[int, int]:
        """Return how many words, times and limits the queries account for, and how many words just as the headings have them."""
        exact: set[int] = set()
        used = {n for named in self.match.named for n in named.words} | self.match.quantity
        for query in queries:
            columns = [query.target, query.by, *query.shown, *(one.column for one in query.filters)]
            for column in columns:
                places = self.match.columns[column.name] if column is not None else frozenset()
                used |= places
                exact |= {
                    n for n in places if column and stem(self.asked.words[n].word) in self.index.head(column).stems
                }
        return len(used) + len(self.asked.times) + len(self.asked.limits), len(exact)

    def queries(self) -> list[Query]:
        """Return the queries that answer, none where the rules do not cover the question."""
        if self._periods is None:
            return []
        wishes = self.asked.wishes
        if (
            self.entity is not None
            and not self.entity.denied
            and not wishes & {Wish.HIGHEST, Wish.LOWEST, Wish.AVERAGE}
        ):
            return self._of_entity(self.entity)
        if self.table.shape is not Shape.RECORDS:
            return []
        filters = self._filters()
        if filters is None:
            return []
        understood, group = self._group()
        if not understood:
            return []
        if wishes & {Wish.HIGHEST, Wish.LOWEST, Wish.LATEST, Wish.EARLIEST} and group is None:
            return self._ranked(filters)
        if Wish.AVERAGE in wishes:
            return [Query(self.table, Op.AVERAGE, one, filters=filters, by=group) for one in self._measures(sums=False)]
        if Wish.COUNT in wishes:
            return self._counted(filters, group)
        if Wish.SUM in wishes or self.asked.opening == "how much":
            return self._summed(filters, group)
        if group is not None:
            told = (
                self.match.quantity
                or self.match.money
                or self._best(c for c in self.table.columns if c.kind is Kind.NUMBER)
            )
            return self._summed(filters, group) if told else [Query(self.table, Op.COUNT, filters=filters, by=group)]
        return self._listed(filters)

    # What is looked up of a single row

    def _of_entity(self, entity: Named) -> list[Query]:
        if len(entity.entries) > MOST_ALTERNATIVES:
            return []
        filters = self._filters(apart=entity)
        if filters is None:
            return []
        targets = self._targets()
        if not targets:
            return []
        one = len(entity.rows) == 1 or (len(entity.entries) > 1 and not entity.several)
        many = len(entity.rows) > _FEW_ROWS
        several = many or bool(self.asked.wishes & {Wish.COUNT, Wish.SUM}) or self.asked.opening == "how much"
        assert self.label is not None
        among = Filter(self.label, "=", tuple(entry.text for entry in entity.entries))
        if not one and several and self.table.shape is Shape.RECORDS:
            return [
                Query(self.table, Op.SUM, target, filters=(among, *filters))
                for target in targets
                if target.kind is Kind.NUMBER
                and not target.mixed
                and not (many and _NO_SUM.search(f"{target.heading} {target.unit}"))
            ]
        rows = entity.rows if self.table.shape is not Shape.RECORDS else ()
        return [
            Query(self.table, Op.ROWS, target, (self.label, target), (among, *filters), rows, every=True)
            for target in targets
        ]

    def _targets(self) -> list[Column]:
        """Return the columns whose value in a row is asked for."""
        others = [column for column in self.table.columns if column is not self.label]
        if self._periods:
            return self._periods
        if self.asked.opening == "when":
            return self._best([column for column in others if column.kind is Kind.DATE])
        found = self._best([c for c in others if c.kind is not Kind.TEXT] if self._wants_figure() else others)
        if found:
            return found
        numbers = [column for column in others if column.kind is Kind.NUMBER]
        if self.table.shape is Shape.STATEMENT:
            return numbers if len(numbers) <= MOST_ALTERNATIVES else []
        if self.table.shape is Shape.FIGURES:
            return others
        return self._measures(sums=False)

    def _wants_figure(self) -> bool:
        return self.asked.opening in ("how many", "how much") or bool(self.asked.wishes & {Wish.COUNT, Wish.SUM})

    # Columns

    def _best(self, columns: Iterable[Column]) -> list[Column]:
        """Return the columns whose headings have most of the question's words, and say least beside them.

        A noun such as "options" counts only where no other word finds a column: "vested options" are those of the column "Vested".
        """
        rated: list[tuple[tuple[int, float], Column]] = []
        wanted = list(columns)
        things = {n for n, token in enumerate(self.asked.words) if token.word in QUANTITIES}
        aside = things if any(self.match.columns[column.name] - things for column in wanted) else set[int]()
        for column in wanted:
            places = self.match.columns[column.name] - aside
            if places:
                words = {self.asked.words[n].key for n in places}
                rated.append(((len(words), len(words) / max(1, len(self.index.head(column).words))), column))
        best = max((rate for rate, _ in rated), default=None)
        return [column for rate, column in rated if rate == best]

    def _measures(self, *, sums: bool) -> list[Column]:
        """Return the columns of figures that are meant; several where they fit as well."""
        numbers = [c for c in self.table.columns if c.kind is Kind.NUMBER and not (sums and c.mixed)]
        if self._periods:
            return [c for c in self._periods if c in numbers]
        found = self._best(numbers)
        if found:
            return found
        plain = [c for c in numbers if not _NO_SUM.search(f"{c.heading} {c.unit}")]
        held = self.label is not None and "holder" in self.index.head(self.label).words
        if self.match.quantity or (held and not self.match.money):
            counted = [c for c in plain if c.unit not in CODES and not _MONEY.search(c.heading)]
            whole = [c for c in counted if c.heading.strip().casefold() in ("total", "total shares", "total holding")]
            return whole or counted
        money = [c for c in plain if c.unit in CODES or _MONEY.search(c.heading)]
        if (
            self.match.money
            or self.asked.opening == "how much"
            or any(limit.unit in CODES for limit in self.asked.limits)
        ):
            return money
        return plain if len(plain) == 1 else []

    def _period_columns(self) -> list[Column] | None:
        """Return the columns whose headings name the times asked for; None where they name times, but not these."""
        heads = [head for head in self.index.heads if head.column.kind is Kind.NUMBER and head.time is not None]
        if not heads or not self.asked.times:
            return []
        found: list[Column] = []
        for when in self.asked.times:
            if when.sign != "in":
                return None
            fitting = self._of_time(heads, when)
            if not fitting:
                return None
            found += [column for column in fitting if column not in found]
        named = [column for column in found if self.match.columns[column.name]]
        return named or found

    def _of_time(self, heads: Sequence[Head], when: When) -> list[Column]:
        said = {token.key for token in self.asked.words}
        said |= {key(word) for word in re.findall(r"\d+", self.asked.text)}
        exact = [h.column for h in heads if h.time == when.date and h.more <= said]
        if exact:
            return exact
        inside = [
            h
            for h in heads
            if h.time and not h.more and when.date.first <= h.time.first and h.time.last <= when.date.last
        ]
        return [inside[0].column] if len(inside) == 1 else []

    # Conditions

    def _filters(self, apart: Named | None = None) -> tuple[Filter, ...] | None:
        """Return the conditions that the question sets; None where one of them cannot be placed."""
        found: list[Filter] = []
        for named in self.match.named:
            if named is apart:
                continue
            found.append(Filter(named.column, "<>" if named.denied else "=", tuple(e.text for e in named.entries)))
        if len(self.asked.denied) > sum(named.denied for named in self.match.named):
            return None
        for limit in self.asked.limits:
            column = self._limited(limit)
            if column is None:
                return None
            found.append(Filter(column, limit.sign, (self._scaled(limit, column),)))
        if not self._periods:
            for when in self.asked.times:
                if self._is_of(when):
                    continue
                made = self._dated(when)
                if made is None:
                    return None
                found += made
        return tuple(found)

    def _is_of(self, when: When) -> bool:
        """Return whether the whole table is of a time that is asked for, and none of its columns of dates is meant."""
        within = any(when.date.first <= time.first and time.last <= when.date.last for time in self.index.times)
        return when.sign == "in" and within and not self._best(c for c in self.table.columns if c.kind is Kind.DATE)

    def _limited(self, limit: Limit) -> Column | None:
        numbers = [c for c in self.table.columns if c.kind is Kind.NUMBER and not c.mixed]
        if limit.unit in CODES:
            fitting = [c for c in numbers if c.unit == limit.unit or (not c.unit and _MONEY.search(c.heading))]
        elif limit.unit:
            fitting = [c for c in numbers if c.unit == limit.unit]
        else:
            fitting = [c for c in numbers if c.unit != "%"]
        meant = self._best(fitting) or [c for c in self._measures(sums=False) if c in fitting]
        if not meant and len(fitting) == 1:
            meant = fitting
        return meant[0] if len(meant) == 1 else None

    def _scaled(self, limit: Limit, column: Column) -> Decimal:
        scale = self.table.scale if column.unit in CODES or _MONEY.search(column.heading) else Decimal(1)
        return limit.amount / scale if limit.amount >= scale else limit.amount

    def _dated(self, when: When) -> list[Filter] | None:
        years = [c for c in self.table.columns if c.kind is Kind.NUMBER and key(c.name) == "year"]
        dates = [c for c in self.table.columns if c.kind is Kind.DATE]
        meant = self._best(dates) or (dates if len(dates) == 1 else [])
        if years and not self._best(dates) and when.date.first.month == 1 and when.date.last.month == 12:
            sign = "=" if when.sign == "in" else when.sign
            return [Filter(years[0], sign, (Decimal(when.date.first.year),))]
        if len(meant) != 1:
            return None
        if when.sign == "in":
            if when.date.first == when.date.last:
                return [Filter(meant[0], "=", (when.date.first,))]
            return [Filter(meant[0], ">=", (when.date.first,)), Filter(meant[0], "<=", (when.date.last,))]
        ends: dict[str, dt.date] = {
            ">": when.date.last,
            ">=": when.date.first,
            "<": when.date.first,
            "<=": when.date.last,
        }
        return [Filter(meant[0], when.sign, (ends[when.sign],))]

    def _group(self) -> tuple[bool, Column | None]:
        """Return whether a grouping is understood, and the column that the result is parted by, None for none."""
        for at in self.asked.grouped:
            near = [n for n, token in enumerate(self.asked.words) if 0 <= token.start - at <= 16]
            if not near:
                continue
            columns = [c for c in self.table.columns if near[0] in self.match.columns[c.name]]
            texts = [c for c in columns if c.kind is Kind.TEXT]
            if len(texts) == 1:
                return True, texts[0]
            if not columns and self.asked.words[near[0]].key not in ("year", "month", "annum"):
                return False, None
        return True, None

    # What is worked out over rows

    def _ranked(self, filters: tuple[Filter, ...]) -> list[Query]:
        label = self._ranked_thing()
        if label is None:
            return []
        wishes = self.asked.wishes
        op = Op.MOST if wishes & {Wish.HIGHEST, Wish.LATEST} else Op.LEAST
        dates = [c for c in self.table.columns if c.kind is Kind.DATE]
        measures = self._best(dates) if wishes & {Wish.LATEST, Wish.EARLIEST} else []
        if not measures and not wishes & {Wish.HIGHEST, Wish.LOWEST}:
            measures = dates if len(dates) == 1 else []
        measures = measures or self._measures(sums=False)
        number = self.asked.number or 1
        filtered = {one.column.name for one in filters}
        measures = [one for one in measures if one.name not in filtered and one is not label]
        if self._repeats(label) and self.asked.opening in ("which", "what", "who") and self.match.columns[label.name]:
            return [
                Query(self.table, Op.SUM, one, filters=filters, by=label, rising=op is Op.LEAST)
                for one in measures
                if one.kind is Kind.NUMBER and not one.mixed and not _NO_SUM.search(f"{one.heading} {one.unit}")
            ]
        return [Query(self.table, op, one, (label, one), filters, number=number) for one in measures]

    def _ranked_thing(self) -> Column | None:
        """Return the column that names what is ranked: the one asked for ("which product"), else the one that names the rows."""
        texts = [
            c for c in self.table.columns if c.kind is Kind.TEXT and c is not self.label and self.match.columns[c.name]
        ]
        named = bool(self.label is not None and self.match.columns[self.label.name])
        return texts[0] if len(texts) == 1 and not named else self.label

    def _repeats(self, column: Column) -> bool:
        """Return whether several rows are about the same thing."""
        said = [row.cells[column.position].text for row in self.table.data if column.position in row.cells]
        return len(set(said)) < len(said)

    def _counted(self, filters: tuple[Filter, ...], by: Column | None) -> list[Query]:
        found = re.search(r"\bhow\s+many\s+|\bnumber\s+of\s+|\bcount\s+(?:of\s+)?", self.asked.text, re.IGNORECASE)
        after = [n for n, token in enumerate(self.asked.words) if found is not None and token.start >= found.end()]
        if not after:
            return []
        noun = after[0]
        if self._is_thing(noun):
            return [Query(self.table, Op.COUNT, filters=filters, by=by)]
        columns = [c for c in self.table.columns if noun in self.match.columns[c.name]]
        if noun in self.match.quantity or any(c.kind is Kind.NUMBER for c in columns):
            return self._summed(filters, by)
        texts = [c for c in columns if c.kind is Kind.TEXT and c is not self.label]
        if len(texts) == 1 and by is None:
            return [Query(self.table, Op.COUNT, texts[0], filters=filters)]
        if any(noun in named.words for named in self.match.named):
            return [Query(self.table, Op.COUNT, filters=filters, by=by)]
        return []

    def _is_thing(self, n: int) -> bool:
        """Return whether a word names what the rows are about, such as "customers"."""
        word = self.asked.words[n]
        if self.label is None or word.word in QUANTITIES:
            return False
        if word.key in self.index.head(self.label).words:
            return True
        headed = any(n in self.match.columns[c.name] for c in self.table.columns)
        return not headed and word.key in self.index.naming

    def _summed(self, filters: tuple[Filter, ...], by: Column | None) -> list[Query]:
        filtered = {one.column.name for one in filters if one.sign != "="}
        return [
            Query(self.table, Op.SUM, one, filters=filters, by=by)
            for one in self._measures(sums=True)
            if one.name not in filtered or len(filters) == 1
        ]

    def _listed(self, filters: tuple[Filter, ...]) -> list[Query]:
        things = [n for n in range(len(self.asked.words)) if self._is_thing(n)]
        opens = self.asked.opening in ("which", "who", "list", "name", "show", "what", "give")
        if self.label is None or not (opens or (things and self.asked.words[things[0]].word == self.asked.opening)):
            return []
        if not things and self.asked.opening != "who":
            return []
        if not filters and any(token.key in HOLDING_VERBS for token in self.asked.words):
            held = self._best(c for c in self.table.columns if c.kind is Kind.NUMBER)
            filters = (Filter(held[0], ">", (Decimal(0),)),) if len(held) == 1 else ()
        if not filters:
            return []
        shown = [self.label]
        told = [one.column for one in filters if one.sign != "=" or len(one.values) > 1]
        for column in told or self._best(c for c in self.table.columns if c not in {one.column for one in filters}):
            if column not in shown:
                shown.append(column)
        return [Query(self.table, Op.ROWS, None, tuple(shown[:4]), filters)]
