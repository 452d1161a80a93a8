"""Exact search over an open room: every place where an expression holds, counted, in the order of its documents' matches."""

from __future__ import annotations

import bisect
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search import about, store
from datazoom_desktop.search.digest import Shelves
from datazoom_desktop.search.evaluate import Evaluation
from datazoom_desktop.search.expression import Expression, Where
from datazoom_desktop.search.finders import Flags
from datazoom_desktop.search.margins import Margins
from datazoom_desktop.search.model import ExactHit, ExactResult, Hit, PlacesIn
from datazoom_desktop.search.passage_texts import Texts, proved
from datazoom_desktop.search.plan import About, All, No, Node, plan
from datazoom_desktop.search.routing import Digest
from datazoom_desktop.search.sentences import sentences
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

_CONTEXT = 160  #: characters of the sentence shown on either side of a place
_OPENING = 200  #: characters of the first line of a document that is found by its fields alone


@dataclass(frozen=True, slots=True)
class _Place:
    """A place, its 0-based rank and the position of the passage in which it begins."""

    rank: int
    at: int
    span: Span
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A document's number in the scan, how many places it has and which share of what was asked for stands together."""

    number: int
    places: int
    share: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found out about a search in a room as it stood then (see ``store.fingerprint``), ready for places to be taken."""

    expression: Expression
    room: tuple[int, int]
    root: Node
    versions: Sequence[store.VersionRow]
    scan: store.Scan
    texts: Texts
    evaluation: Evaluation
    ranked: Sequence[_Ranked]
    counts: npt.NDArray[np.int64]
    listed: tuple[PlacesIn, ...]


Choose = Callable[[Sequence[PlacesIn]], Iterable[range]]
"""Told how many places each document has, says the 0-based ranks of the places to hand out, in order, none twice."""


class ExactSearch:
    """Finds every place where an expression holds; thread-safe, reads only.

    Documents are found as soon as they are read, whether or not they can be searched by meaning yet.
    """

    def __init__(self, storage: RoomStorage, documents: Documents) -> None:
        """Search an open room."""
        self._storage = storage
        self._documents = documents
        self._shelves = Shelves(store.READ)
        self._margins = Margins()
        self._seen: _Seen | None = None

    def find(
        self, expression: Expression, limit: int = 50, offset: int = 0, cancel: CancelToken | None = None
    ) -> ExactResult:
        """Return the places from ``offset`` (0-based) on, at most ``limit``, and the count of all.

        Raises:
            Cancelled: ``cancel`` was used.
        """
        return self.look(expression, lambda _documents: (range(offset, offset + limit),), cancel)

    def look(self, expression: Expression, choose: Choose, cancel: CancelToken | None = None) -> ExactResult:
        """Return the places that ``choose`` asks for, and the count of all.

        Documents in which all that was asked for stands together come first, then those with more places, then by path.

        Raises:
            Cancelled: ``cancel`` was used.
        """
        cancel = cancel or CancelToken()
        started = time.perf_counter()
        timings: dict[str, float] = {}

        def step(name: str) -> None:
            timings[name] = (time.perf_counter() - started) * 1000.0 - sum(timings.values())
            cancel.check()

        with self._storage.db.read() as cursor:
            room = store.fingerprint(cursor, store.READ)
            everything = store.searchable(cursor, store.READ)
            outside = self._margins.of(cursor, everything)
            step("choose")
            seen = self._again(expression, room, cursor, outside, cancel)
            if seen is None:
                seen = self._count(expression, room, everything, cursor, outside, cancel, step)
                self._seen = seen
            step("count")
            found = _taken(seen, choose(seen.listed))
            step("take")
            hits = self._hits(found, seen)
        step("place")
        searched = len({version.document_id for version in everything})
        places = sum(one.places for one in seen.ranked)
        return ExactResult(hits, places, seen.listed, searched, str(expression), timings)

    def _count(
        self,
        expression: Expression,
        room: tuple[int, int],
        everything: Sequence[store.VersionRow],
        cursor: Cursor,
        outside: Sequence[store.MarginRow],
        cancel: CancelToken,
        step: Callable[[str], None],
    ) -> _Seen:
        """Ask every passage and count the places."""
        steps = plan(expression)
        digests = self._digests(cursor, steps.root)
        versions = [version for version in everything if _chosen(steps.root, digests.get(version.version_id))]
        scan = store.scan(cursor, [version.version_id for version in versions], steps.tests, outside)
        step("scan")
        texts = Texts(scan, cursor, outside)
        scan = proved(scan, steps.words, texts, cancel)
        step("prove")
        evaluation = Evaluation(scan, len(versions), texts, _asking(digests, versions), cancel)
        ranked, counts = _rank(evaluation, scan, steps.root, len(versions))
        listed = tuple(_places_in(versions[one.number], one.places) for one in ranked)
        return _Seen(expression, room, steps.root, versions, scan, texts, evaluation, ranked, counts, listed)

    def _again(
        self,
        expression: Expression,
        room: tuple[int, int],
        cursor: Cursor,
        outside: Sequence[store.MarginRow],
        cancel: CancelToken,
    ) -> _Seen | None:
        """Return what the last search found out, to read on in it, where it was the same one and the room stands as it did."""
        seen = self._seen
        if seen is None or (seen.expression, seen.room) != (expression, room):
            return None
        rows = store.scan(cursor, [version.version_id for version in seen.versions], (), outside).rows
        if len(rows) != len(seen.scan.rows):
            return None
        scan = seen.scan._replace(rows=rows)
        texts = Texts(scan, cursor, outside)
        return replace(seen, scan=scan, texts=texts, evaluation=seen.evaluation.over(scan, texts, cancel))

    def _digests(self, cursor: Cursor, root: Node) -> dict[str, Digest]:
        """Return the digests by version id where the search asks for one."""
        if not _asks(root):
            return {}
        return {digest.version_id: digest for digest in self._shelves.shelf(cursor).catalogue.digests}

    def _hits(
        self,
        found: Sequence[_Place],
        seen: _Seen,
    ) -> tuple[ExactHit, ...]:
        scan, texts, versions = seen.scan, seen.texts, seen.versions
        scores = {one.number: _score(one) for one in seen.ranked}
        wanted = [(versions[scan.versions[place.at]].version_id, place.span) for place in found]
        boxes, cells = self._documents.boxes_many(wanted), self._documents.cells_many(wanted)
        hits = []
        for place, lines, within in zip(found, boxes, cells, strict=True):
            row, number = texts[place.at], int(scan.versions[place.at])
            version = versions[number]
            inside = place.span.end <= row.char_end
            begin = place.span.start - row.char_start
            text = (
                row.text[begin : begin + len(place.span)]
                if inside
                else self._documents.text(row.version_id, place.span)
            )
            before, after = _context(row.text, begin, begin + len(place.span), of_cells=within is not None)
            hit = Hit(
                rank=place.rank + 1,
                document_id=version.document_id,
                version_id=version.version_id,
                path=version.path,
                version=version.number,
                page=texts.page(place.at, place.span.start),
                span=place.span,
                text=text,
                score=scores[number],
                boxes=lines,
                passage_id=row.passage_id,
                similarity=0.0,
                heading=row.heading,
                cells=within,
            )
            hits.append(ExactHit(hit, place.marks, before, after))
        return tuple(hits)


def _asks(node: Node) -> bool:
    """Return whether a node asks something of documents."""
    match node:
        case About():
            return True
        case No(part):
            return _asks(part)
        case _:
            return any(map(_asks, getattr(node, "parts", ())))


def _chosen(root: Node, digest: Digest | None) -> bool:
    """Return whether what the search asks of every document, if anything, holds for this one."""
    for part in root.parts if isinstance(root, All) else (root,):
        asked = part.part if isinstance(part, No) else part
        if isinstance(asked, About):
            assert digest is not None
            if about.question(asked.where)(digest) == isinstance(part, No):
                return False
    return True


def _asking(digests: dict[str, Digest], versions: Sequence[store.VersionRow]) -> Callable[[Where], Flags]:
    """Return what tells for which of the versions a field holds."""

    def holds(where: Where) -> Flags:
        ask = about.question(where)
        return np.array([ask(digests[version.version_id]) for version in versions], np.bool_)

    return holds


def _rank(
    evaluation: Evaluation, scan: store.Scan, root: Node, documents: int
) -> tuple[list[_Ranked], npt.NDArray[np.int64]]:
    """Return the documents where the search holds, best first, and how many places each passage has."""
    with_text = np.zeros(documents, np.bool_)
    with_text[scan.versions] = True
    holds = evaluation.holds(root) & with_text
    kept, share = evaluation.passages(root)
    kept &= holds[scan.versions]
    counts = evaluation.counts(root, kept)
    places = np.bincount(scan.versions, counts, documents).astype(np.int64)
    found = [
        _Ranked(number, int(places[number]) or 1, float(share[number]) if places[number] else 0.0)
        for number in np.flatnonzero(holds).tolist()
    ]
    return sorted(found, key=lambda one: (-one.share, -one.places, one.number)), counts


def _places_in(version: store.VersionRow, places: int) -> PlacesIn:
    return PlacesIn(version.document_id, version.version_id, version.path, places)


def _taken(seen: _Seen, wanted: Iterable[range]) -> list[_Place]:
    """Return the places at the ranks that are wanted, in the order of the documents and of their texts."""
    begins = [0, *accumulate(one.places for one in seen.ranked)]
    shown: list[tuple[int, int, range]] = []  # positions, how many places there are before each, and which are wanted
    for ranks in wanted:
        document = max(0, bisect.bisect_right(begins, ranks.start) - 1)
        while document < len(seen.ranked) and begins[document] < ranks.stop:
            for position, before in _passages(seen.scan, seen.ranked[document], seen.counts, begins[document]):
                if before < ranks.stop and before + max(1, int(seen.counts[position])) > ranks.start:
                    shown.append((position, before, ranks))
            document += 1
    seen.texts.fetch(position for position, _, _ in shown)
    seen.texts.know_pages(position for position, _, _ in shown)
    out: list[_Place] = []
    for position, before, ranks in shown:
        places = (
            _places(seen.evaluation, seen.root, position, before)
            if seen.counts[position]
            else [_Place(before, position, *_opening(position, seen.texts))]
        )
        out.extend(place for place in places if place.rank in ranks)
    return out


def _passages(scan: store.Scan, one: _Ranked, counts: npt.NDArray[np.int64], before: int) -> Iterable[tuple[int, int]]:
    """Yield the positions of a document's passages with places, in the order of its text, and how many places come before each."""
    first, last = np.searchsorted(scan.versions, (one.number, one.number + 1)).tolist()
    if not one.share:
        yield int(first), before
        return
    positions = first + np.flatnonzero(counts[first:last])
    for position in positions[np.argsort(scan.starts[positions])].tolist():
        yield position, before
        before += int(counts[position])


def _places(evaluation: Evaluation, root: Node, at: int, before: int) -> list[_Place]:
    marks = evaluation.marks(root, at)
    return [
        _Place(rank, at, span, tuple(mark for mark in marks if span.start <= mark.start and mark.end <= span.end))
        for rank, span in enumerate(evaluation.places(root, at), before)
    ]


def _opening(at: int, texts: Texts) -> tuple[Span, tuple[Span, ...]]:
    """Return where the first line of a document stands; nothing in it is marked."""
    row = texts[at]
    line = row.text.lstrip()
    start = row.char_start + len(row.text) - len(line)
    return Span(start, start + len(line.partition("\n")[0][:_OPENING].rstrip())), ()


def _score(one: _Ranked) -> float:
    return round(100 * one.share) + one.places / (one.places + 1)


def _context(text: str, start: int, end: int, *, of_cells: bool) -> tuple[str, str]:
    """Return what stands before and after a stretch in the sentences, or rows of a sheet, that it touches."""
    if of_cells:
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", min(end, len(text)))
        last = last if last >= 0 else len(text)
    else:
        touched = [span for span in sentences(text) if span.start < end and span.end > start]
        first = min((span.start for span in touched), default=start)
        last = max((span.end for span in touched), default=end)
    before, after = text[min(first, start) : start], text[end : max(last, end)]
    if len(before) > _CONTEXT:
        before = "…" + before[-_CONTEXT:].partition(" ")[2]
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT].rpartition(" ")[0] + "…"
    return before, after
