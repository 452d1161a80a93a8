"""The clause library as search uses it: which clause a question asks for, and how near texts are to that clause.

Made at the first question from the library's files, which takes some seconds once for each new library.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search import clauses
from datazoom_desktop.search.clause_choice import choose
from datazoom_desktop.search.clause_file import Clause
from datazoom_desktop.search.clause_match import ClauseMatcher
from datazoom_desktop.search.clause_vectors import ClauseVectors, ClauseVectorStore
from datazoom_desktop.search.lexicon import Lexicon, lexicons

Matrix = npt.NDArray[np.float32]

UNSURE, SURE = (
    0.45,
    0.70,
)  #: scores of ``clause_choice`` up to which a clause counts nothing, and from which it counts fully
NEXT = 2  #: phrasings after the nearest whose mean cosine counts too


@dataclass(frozen=True, slots=True)
class AskedClause:
    """The clause that a question asks for.

    Attributes:
        sureness: How much the clause counts beside the question's own words, above 0 and up to 1.
        because: The name or question of the clause that fits best, to be shown.
    """

    position: int
    clause: Clause
    sureness: float
    because: str
    lexicon: Lexicon


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near texts are to one clause; each (N,).

    Attributes:
        best: Cosine with its nearest phrasing.
        following: Mean cosine with the ``NEXT`` nearest ones after that.
        margin: ``best`` less the cosine with the nearest phrasing of any other clause.
    """

    best: Matrix
    following: Matrix
    margin: Matrix


@dataclass(frozen=True, slots=True)
class ClauseIndex:
    """Clauses with their vectors and words, in one order."""

    vectors: ClauseVectors
    matcher: ClauseMatcher
    lexicons: tuple[Lexicon, ...]

    def asked(self, question: str, vector: Matrix) -> AskedClause | None:
        """Return the clause that a bare question, with its (dims,) vector, asks for; None when it is not sure enough."""
        for match in choose(question, vector, self.matcher, self.vectors, limit=1):
            sureness = min(1.0, (match.score - UNSURE) / (SURE - UNSURE))
            if sureness > 0:
                position = self.vectors.clauses.index(match.clause)
                return AskedClause(position, match.clause, sureness, match.because, self.lexicons[position])
        return None

    def nearness(self, position: int, vectors: Matrix) -> Nearness:
        """Return how near ``vectors`` (N, dims) are to the clause at ``position``."""
        all_best = self.vectors.to_phrasings(vectors)
        best = all_best[:, position].copy()
        all_best[:, position] = -1.0
        others = all_best.max(axis=1) if all_best.shape[1] > 1 else np.full(len(vectors), -1.0, np.float32)
        own = -np.sort(-(vectors @ self.phrasings(position).T), axis=1)
        following = own[:, 1 : 1 + NEXT].mean(axis=1) if own.shape[1] > 1 else best
        return Nearness(best, np.asarray(following, np.float32), np.asarray(best - others, np.float32))

    def phrasings(self, position: int) -> Matrix:
        """Return the vectors (number of phrasings, dims) of the clause at ``position``."""
        start = int(self.vectors.drafted_from[position])
        ends = self.vectors.drafted_from
        end = int(ends[position + 1]) if position + 1 < len(ends) else len(self.vectors.drafted)
        return self.vectors.drafted[start:end]


class ClauseSource:
    """Makes the index of a home's clause library when it is first asked for; thread-safe."""

    def __init__(self, home: Path, embedder: Embedder) -> None:
        """Take the clauses that ship and those of ``home``; nothing is read before ``index``."""
        self._home = home
        self._embedder = embedder
        self.problems: tuple[Problem, ...] = ()  #: mistakes in the files, once they were read
        self._lock = threading.Lock()
        self._index: tuple[str, ClauseIndex] | None = None  #: with the id of the model that its vectors are of

    def index(self) -> ClauseIndex:
        """Return the index; the first call reads the files, never call it on the window's thread.

        Raises:
            Problem: The embedder's model is missing or damaged.
        """
        with self._lock:
            model_id = self._embedder.model_id
            if self._index is None or self._index[0] != model_id:
                self._index = model_id, self._made(self._embedder)
            return self._index[1]

    def prepare(self, embedder: Embedder) -> None:
        """Make the vectors that another embedder will need, and keep them on disk, so that its first question does not wait.

        Raises:
            Problem: The embedder's model is missing or damaged.
        """
        self._made(embedder)

    def _made(self, embedder: Embedder) -> ClauseIndex:
        library, self.problems = clauses.load(*clauses.folders(self._home))
        vectors = ClauseVectorStore(self._home / "cache" / "clauses", embedder).of(library.clauses)
        return ClauseIndex(vectors, ClauseMatcher(library.clauses), lexicons(library.clauses))
