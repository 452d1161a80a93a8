"""Search: route, find, rank, tighten, place."""

from __future__ import annotations

import bisect
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search import query, rank, routing, store, tighten
from datazoom_desktop.search.digest import Shelf, Shelves
from datazoom_desktop.search.model import Hit, Route, SearchResult
from datazoom_desktop.search.recall import SentenceVectors
from datazoom_desktop.search.words import STOP, content, words
from datazoom_desktop.storage.room import RoomStorage

NEAREST = 128  #: passages taken by meaning; more when more hits are wanted
MATCHED = 64  #: passages taken by their words
TIGHTENED = 10  #: best passages that are cut to sentences
QUOTES = 12  #: quotes that come before whole passages
BROAD_CAP = 2  #: quotes of one document before other documents have their turn, when no document was chosen

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Found:
    """A stretch to hand out, before it has its place in the room."""

    row: store.PassageRow
    span: Span
    score: float
    similarity: float


class _Watch:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}
        self._last = time.perf_counter()

    def step(self, name: str) -> None:
        present = time.perf_counter()
        self.timings[name] = (present - self._last) * 1000.0
        self._last = present


class Search:
    """Finds the words that answer a question in an open room; thread-safe, reads only."""

    def __init__(self, storage: RoomStorage, documents: Documents, embedder: Embedder) -> None:
        """Search an open room with the embedder its index was made with."""
        self._storage = storage
        self._documents = documents
        self._embedder = embedder
        self._shelves = Shelves()
        self._sentences = SentenceVectors(embedder)

    def search(self, question: str, k: int = 8, documents: Collection[str] | None = None) -> SearchResult:
        """Return up to ``k`` hits, best first.

        The first are quotes of one or a few sentences, none of which overlap; after them come whole passages, less what was
        quoted, so that reading on loses nothing.

        Args:
            question: As a person asks it, with or without a reference to a document.
            k: How many hits at most.
            documents: Ids of the only documents to look into; None for the room.

        Raises:
            Problem: The index is missing or cannot be read.
        """
        watch = _Watch()
        with self._storage.db.read() as cursor:
            shelf = self._shelves.shelf(cursor)
        asked = query.split(question)
        route = routing.route(asked, shelf.catalogue, documents)
        versions = _versions(shelf, route, documents)
        watch.step("route")
        if (
            (versions is not None and not versions)
            or not shelf.by_version
            or k < 1
            or not any(map(str.isalnum, question))
        ):
            return SearchResult((), route, watch.timings)
        self._expect_index()
        core = query.essence(route.question)
        vector = self._vector(route.question, core)
        watch.step("understand")
        cosines, word_scores = self._candidates(vector, core, k, versions, shelf)
        preferred = [version for document in route.preferred for version in shelf.versions_of.get(document, [])]
        if preferred:
            nearer, worded = self._candidates(vector, core, k, preferred, shelf)
            cosines, word_scores = {**cosines, **nearer}, {**word_scores, **worded}
        with self._storage.db.read() as cursor:
            rows = store.passages(cursor, list(dict.fromkeys((*cosines, *word_scores))))
        watch.step("find")
        if preferred:
            bonus = {p: rank.PREFERRED_SHARE for p, row in rows.items() if row.version_id in preferred}
        else:
            bonus = _named(asked, route, shelf, rows) if len(shelf.by_version) > 1 and not route.reference else {}
        scores = rank.fuse(cosines, word_scores, bonus)
        ordered = sorted(
            (rows[p] for p in scores if p in rows), key=lambda row: (-scores[row.passage_id], row.passage_id)
        )
        found = self._tighten(ordered, scores, cosines, vector, core, k)
        if not route.document_ids:
            order = rank.cap_per_document(
                [(shelf.by_version[f.row.version_id].document_id, "") for f in found], BROAD_CAP
            )
            found = [found[i] for i in order]
        watch.step("rank")
        hits = self._place(found[:k], shelf)
        watch.step("place")
        return SearchResult(hits, route, watch.timings)

    def search_many(self, questions: Sequence[str], k: int = 8) -> Iterator[SearchResult]:
        """Yield the result of each question, in order; sentences once looked at are remembered between them."""
        for question in questions:
            yield self.search(question, k)

    def _expect_index(self) -> None:
        """Refuse to look in an index that is gone: finding nothing there would say that the room holds nothing."""
        if self._storage.passages.path.is_dir():
            return
        with self._storage.db.read() as cursor:
            if not store.any_searchable_passage(cursor):
                return
        raise Problem(
            "The search index is missing",
            "The documents are all here, but the index that finds words in them is not.",
            "Make it again by checking the room: datazoom room doctor NAME",
            str(self._storage.passages.path),
        )

    def _vector(self, question: str, core: str) -> Vector:
        both = self._embedder.embed([question, core])
        mean = both[0] + both[1]
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)

    def _candidates(
        self, vector: Vector, core: str, k: int, versions: list[str] | None, shelf: Shelf
    ) -> tuple[dict[str, float], dict[str, float]]:
        index = self._storage.passages
        plain = " ".join(_plain_words(core))
        near = index.nearest(vector, max(NEAREST, 2 * k), versions)
        matched = index.match(plain, max(MATCHED, k), versions) if plain else []
        if versions is None and any(_version(p) not in shelf.by_version for p, _ in (*near, *matched)):
            standing = sorted(shelf.by_version)
            near = index.nearest(vector, max(NEAREST, 2 * k), standing)
            matched = index.match(plain, max(MATCHED, k), standing) if plain else []
        return dict(near), dict(matched)

    def _tighten(
        self,
        ordered: Sequence[store.PassageRow],
        scores: dict[str, float],
        cosines: dict[str, float],
        vector: Vector,
        core: str,
        k: int,
    ) -> list[_Found]:
        top = ordered[:TIGHTENED]
        pieces = tighten.cut([(row.char_start, row.text) for row in top])
        vectors = self._sentences.of([row.passage_id for row in top], pieces)
        idf = rank.rarity(content(row.text) for row in ordered)
        wanted = rank.question_words(core)
        similar = (vectors @ vector).tolist() if pieces else []
        sentence_scores = [
            tighten.score(cosine, rank.overlap(wanted, content(piece.text), idf), scores[top[piece.passage].passage_id])
            - (tighten.HEADING_COST if tighten.is_heading(piece.text) else 0.0)
            for piece, cosine in zip(pieces, similar, strict=True)
        ]
        quotes = tighten.choose(pieces, sentence_scores, min(QUOTES, k))
        found = [_Found(top[q.passage], q.span, q.score, similar[q.best]) for q in quotes]
        least = min((f.score for f in found), default=0.0)
        for position, row in enumerate(ordered):
            if len(found) >= k:
                break
            taken = [q.span for q in quotes if q.passage == position] if position < len(top) else []
            for span in tighten.remainder(Span(row.char_start, row.char_end), taken):
                least -= 1e-3
                found.append(_Found(row, span, least, cosines.get(row.passage_id, 0.0)))
        return found

    def _place(self, found: Sequence[_Found], shelf: Shelf) -> tuple[Hit, ...]:
        over = sorted({f.row.version_id for f in found if f.row.page_first != f.row.page_last})
        with self._storage.db.read() as cursor:
            starts = store.page_starts(cursor, over) if over else {}
        wanted = [(f.row.version_id, f.span) for f in found]
        boxes, cells = self._documents.boxes_many(wanted), self._documents.cells_many(wanted)
        hits = []
        for position, (f, lines, within) in enumerate(zip(found, boxes, cells, strict=True), 1):
            version = shelf.by_version[f.row.version_id]
            cut = f.span.start - f.row.char_start
            hits.append(
                Hit(
                    rank=position,
                    document_id=version.document_id,
                    version_id=version.version_id,
                    path=version.path,
                    version=version.number,
                    page=_page(f, starts),
                    span=f.span,
                    text=f.row.text[cut : cut + len(f.span)],
                    score=f.score,
                    boxes=lines,
                    passage_id=f.row.passage_id,
                    similarity=f.similarity,
                    heading=f.row.heading,
                    cells=within,
                )
            )
        return tuple(hits)


def _plain_words(core: str) -> list[str]:
    """Return the words of a question to look for as they are written, those without meaning left out."""
    return [word for word in dict.fromkeys(words(core)) if word not in STOP and len(word) > 1]


def _versions(shelf: Shelf, route: Route, documents: Collection[str] | None) -> list[str] | None:
    """Return the versions to look into, None for all."""
    if route.document_ids:
        return [version for document in route.document_ids for version in shelf.versions_of.get(document, [])]
    return None if documents is None else []


def _version(passage_id: str) -> str:
    return passage_id.rpartition(":")[0]


def _named(asked: query.Question, route: Route, shelf: Shelf, rows: dict[str, store.PassageRow]) -> dict[str, float]:
    """Return by passage id what its document's name and opening, fitting the question, add to its score."""
    fits = shelf.catalogue.scores(f"{asked.reference} {route.question}" if asked.led else asked.text)
    by_version = {digest.version_id: fit for digest, fit in zip(shelf.catalogue.digests, fits, strict=True)}
    return {passage: rank.NAMED_SHARE * by_version.get(row.version_id, 0.0) for passage, row in rows.items()}


def _page(found: _Found, starts: dict[str, list[tuple[int, int]]]) -> int:
    """Return the page of the stretch's first character."""
    pages = starts.get(found.row.version_id)
    if found.row.page_first == found.row.page_last or not pages:
        return found.row.page_first
    return pages[bisect.bisect_right([start for start, _ in pages], found.span.start) - 1][1]
