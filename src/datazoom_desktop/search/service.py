"""Search: route, find, rank, tighten, place."""

from __future__ import annotations

import bisect
import time
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search import query, rank, routing, store
from datazoom_desktop.search.clause_index import ClauseSource
from datazoom_desktop.search.digest import Shelf, Shelves
from datazoom_desktop.search.features import Wanted, stems_of, texts
from datazoom_desktop.search.judge import judge
from datazoom_desktop.search.judging import Found, Gathered, judged
from datazoom_desktop.search.model import Hit, Route, SearchResult
from datazoom_desktop.search.recall import SentenceVectors
from datazoom_desktop.search.words import STOP, words
from datazoom_desktop.storage.room import RoomStorage

NEAREST = 128  #: passages taken by meaning; more when more hits are wanted
MATCHED = 64  #: passages taken by their words
PHRASED = 48  #: passages taken by their nearness to the clause that is asked for
BROAD_CAP = 2  #: quotes of one document before other documents have their turn, when no document was chosen

Vector = npt.NDArray[np.float32]


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

    def __init__(self, storage: RoomStorage, documents: Documents, embedder: Embedder, clauses: ClauseSource) -> None:
        """Search an open room with the embedder of the index that answers, whichever that is at the time, and the clause library."""
        self._storage = storage
        self._documents = documents
        self._embedder = embedder
        self._clauses = clauses
        self._shelves = Shelves()
        self._sentences = SentenceVectors(embedder)

    def search(
        self, question: str, k: int = 8, documents: Collection[str] | None = None, prefer: Collection[str] = ()
    ) -> SearchResult:
        """Return up to ``k`` hits, best first.

        The first are quotes of one or a few sentences, none of which overlap; after them come whole passages, less what was
        quoted, so that reading on loses nothing.

        Args:
            question: As a person asks it, with or without a reference to a document.
            k: How many hits at most.
            documents: Ids of the only documents to look into; None for the room.
            prefer: Ids of documents to put first where the question names none.

        Raises:
            Problem: The index is missing or cannot be read.
        """
        with self._storage.passages.steady():
            return self._search(question, k, documents, prefer)

    def _search(
        self, question: str, k: int, documents: Collection[str] | None, prefer: Collection[str]
    ) -> SearchResult:
        watch = _Watch()
        with self._storage.db.read() as cursor:
            shelf = self._shelves.shelf(cursor)
        asked = query.split(question)
        known = [document for document in prefer if document in shelf.versions_of]
        route = routing.preferring(routing.route(asked, shelf.catalogue, documents), known)
        versions = _versions(shelf, route, documents)
        watch.step("route")
        nowhere = (versions is not None and not versions) or not shelf.by_version
        if nowhere or k < 1 or not any(map(str.isalnum, question)):
            return SearchResult((), route, watch.timings)
        gathered = self._gather(asked, route, versions, shelf, k, watch)
        found, evidence = judged(gathered, judge(), self._sentences.of, k)
        if not route.document_ids:
            order = rank.cap_per_document(
                [(shelf.by_version[f.row.version_id].document_id, "") for f in found], BROAD_CAP
            )
            found = [found[i] for i in order]
        watch.step("rank")
        hits = self._place(found[:k], shelf)
        watch.step("place")
        return SearchResult(hits, route, watch.timings, evidence)

    def is_name(self, text: str) -> bool:
        """Return whether a document that can be searched is called by the words of ``text``."""
        with self._storage.db.read() as cursor:
            return self._shelves.shelf(cursor).catalogue.is_name(text)

    def gather(self, question: str, k: int = 64) -> Gathered | None:
        """Return what is looked at for ``question`` before it is judged, None when nothing is; for learning the judge.

        Raises:
            Problem: The index is missing or cannot be read.
        """
        with self._storage.db.read() as cursor:
            shelf = self._shelves.shelf(cursor)
        asked = query.split(question)
        route = routing.route(asked, shelf.catalogue, None)
        if not shelf.by_version:
            return None
        with self._storage.passages.steady():
            return self._gather(asked, route, _versions(shelf, route, None), shelf, k, _Watch())

    @property
    def sentences(self) -> SentenceVectors:
        """The vectors of sentences, remembered; for learning the judge."""
        return self._sentences

    def _gather(
        self, asked: query.Question, route: Route, versions: list[str] | None, shelf: Shelf, k: int, watch: _Watch
    ) -> Gathered:
        self._expect_index()
        core = query.essence(route.question)
        vector = self._vector(route.question, core)
        index = self._clauses.index()
        clause = index.asked(route.question, vector)
        watch.step("understand")
        nearness = [vector] if clause is None else [vector, _centre(index.phrasings(clause.position))]
        ids = self._candidates(nearness, core, k, versions, shelf)
        preferred = [version for document in route.preferred for version in shelf.versions_of.get(document, [])]
        if preferred:
            ids = list(dict.fromkeys((*ids, *self._candidates(nearness, core, k, preferred, shelf))))
        with self._storage.db.read() as cursor:
            rows = store.passages(cursor, ids)
        vectors = self._storage.passages.vectors(list(rows))
        listed = [rows[p] for p in ids if p in rows and p in vectors]
        watch.step("find")
        if preferred:
            bonus = {p: rank.PREFERRED_SHARE for p, row in rows.items() if row.version_id in preferred}
        else:
            bonus = _named(asked, route, shelf, rows) if len(shelf.by_version) > 1 and not route.reference else {}
        stems = stems_of([row.text for row in listed])
        wanted = Wanted(vector, rank.question_words(core), rank.rarity(stems), clause, index)
        matrix = np.array([vectors[row.passage_id] for row in listed], np.float32).reshape(len(listed), -1)
        return Gathered(wanted, listed, texts(wanted, matrix, stems), bonus)

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
        self, nearness: Sequence[Vector], core: str, k: int, versions: list[str] | None, shelf: Shelf
    ) -> list[str]:
        """Return the passages near the first of ``nearness``, a few near each other one, and those with the question's words."""
        index = self._storage.passages
        plain = " ".join(_plain_words(core))

        def look(within: list[str] | None) -> list[str]:
            found = index.nearest(nearness[0], max(NEAREST, 2 * k), within)
            for other in nearness[1:]:
                found += index.nearest(other, PHRASED, within)
            found += index.match(plain, max(MATCHED, k), within) if plain else []
            return [passage for passage, _ in found]

        ids = look(versions)
        if versions is None and any(_version(p) not in shelf.by_version for p in ids):
            ids = look(sorted(shelf.by_version))
        return list(dict.fromkeys(ids))

    def _place(self, found: Sequence[Found], shelf: Shelf) -> tuple[Hit, ...]:
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


def _centre(vectors: Vector) -> Vector:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


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


def _page(found: Found, starts: dict[str, list[tuple[int, int]]]) -> int:
    """Return the page of the stretch's first character."""
    pages = starts.get(found.row.version_id)
    if found.row.page_first == found.row.page_last or not pages:
        return found.row.page_first
    return pages[bisect.bisect_right([start for start, _ in pages], found.span.start) - 1][1]
