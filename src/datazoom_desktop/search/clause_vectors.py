"""The vectors of the clause library: how near a question or a passage is to each clause.

Those of the library that ships, by the model that ships, ship too (``packaging/clause_vectors.py`` makes them). Others are made once for
each model, in one batch, and kept in the home folder's cache by the hash of each text, so that a changed clause costs only its own
texts. The cache can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.search.clause_file import Clause
from datazoom_desktop.storage.faults import disk_full, is_disk_full
from datazoom_desktop.storage.files import write_bytes

Vectors = npt.NDArray[np.float32]
SHIPPED = "clause_vectors.npz"


@dataclass(frozen=True, slots=True)
class ClauseVectors:
    """The vectors of clauses, each of length 1.

    Attributes:
        clauses: In the order of the columns that the methods return.
        asked: (N, dims) their names and questions, clause after clause.
        asked_from: (number of clauses,) the first row of each clause in ``asked``.
        drafted: (M, dims) their phrasings, clause after clause.
        drafted_from: (number of clauses,) the first row of each clause in ``drafted``.
    """

    clauses: tuple[Clause, ...]
    asked: Vectors
    asked_from: npt.NDArray[np.intp]
    drafted: Vectors
    drafted_from: npt.NDArray[np.intp]

    def to_questions(self, vectors: Vectors) -> Vectors:
        """Return (rows, number of clauses): the best cosine of each row with the clause's name and questions."""
        return _best(vectors, self.asked, self.asked_from)

    def to_phrasings(self, vectors: Vectors) -> Vectors:
        """Return (rows, number of clauses): the best cosine of each row with the clause's phrasings."""
        return _best(vectors, self.drafted, self.drafted_from)


class ClauseVectorStore:
    """Makes the vectors of clauses at their first use, and remembers them on disk; thread-safe.

    The first use of another model embeds some two thousand short texts, which takes seconds: never call it on the window's thread.

    Attributes:
        unsaved: Why the vectors last made could not be kept on disk, or None; they are used all the same.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        """Keep vectors in ``folder``, made when it is absent, and embed with ``embedder``."""
        self._folder = folder
        self._embedder = embedder
        self._lock = threading.Lock()
        self._made: ClauseVectors | None = None
        self.unsaved: Problem | None = None

    def of(self, clauses: Sequence[Clause]) -> ClauseVectors:
        """Return the vectors of ``clauses``; while one caller makes them, others wait.

        Raises:
            Problem: The embedder's model is missing or damaged.
        """
        with self._lock:
            if self._made is None or self._made.clauses != tuple(clauses):
                self._made = self._make(tuple(clauses))
            return self._made

    def _make(self, clauses: tuple[Clause, ...]) -> ClauseVectors:
        asked = [(clause.name, *clause.questions) for clause in clauses]
        drafted = [clause.phrasings for clause in clauses]
        by_text = self._vectors(text for texts in (*asked, *drafted) for text in texts)
        return ClauseVectors(
            clauses,
            self._stacked(asked, by_text),
            _starts(asked),
            self._stacked(drafted, by_text),
            _starts(drafted),
        )

    def _vectors(self, texts: Iterable[str]) -> dict[str, Vectors]:
        """Return the vector of each text, from the cache where it has it; what is new goes there."""
        wanted = list(dict.fromkeys(texts))
        file = self._folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '_', self._embedder.model_id)}.npz"
        shipped = _read(resource_path(SHIPPED), self._embedder)
        kept = shipped | _read(file, self._embedder)
        missing = [text for text in wanted if _hash(text) not in kept]
        if missing:
            fresh = self._embedder.embed(missing)
            kept.update((_hash(text), vector) for text, vector in zip(missing, fresh, strict=True))
            own = {key: kept[key] for key in map(_hash, wanted) if key not in shipped}
            self.unsaved = _write(file, self._embedder.model_id, own)
        return {text: kept[_hash(text)] for text in wanted}

    def _stacked(self, groups: Sequence[Sequence[str]], by_text: dict[str, Vectors]) -> Vectors:
        out = np.empty((sum(map(len, groups)), self._embedder.dims), np.float32)
        for row, text in enumerate(text for texts in groups for text in texts):
            out[row] = by_text[text]
        return out


def texts_of(clauses: Iterable[Clause]) -> list[str]:
    """Return every text of clauses that has a vector, without repeats."""
    return list(dict.fromkeys(text for c in clauses for text in (c.name, *c.questions, *c.phrasings)))


def packed(texts: Sequence[str], vectors: npt.NDArray[np.floating], model_id: str) -> bytes:
    """Return the content of a file of vectors, one a text, in the precision that they have."""
    return _packed(list(map(_hash, texts)), vectors, model_id)


def _packed(hashes: Sequence[str], vectors: npt.NDArray[np.floating], model_id: str) -> bytes:
    content = io.BytesIO()
    np.savez(content, hashes=np.array(hashes), vectors=vectors, model=np.array(model_id))
    return content.getvalue()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _starts(groups: Sequence[Sequence[str]]) -> npt.NDArray[np.intp]:
    return np.cumsum([0, *map(len, groups)], dtype=np.intp)[:-1]


def _best(vectors: Vectors, examples: Vectors, starts: npt.NDArray[np.intp]) -> Vectors:
    if not len(starts):
        return np.empty((len(vectors), 0), np.float32)
    return np.maximum.reduceat(vectors @ examples.T, starts, axis=1)


def _read(file: Path, embedder: Embedder) -> dict[str, Vectors]:
    """Return the vectors in the cache by their texts' hashes; none when it is absent, damaged or another model's."""
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as saved:
            hashes, vectors, model = saved["hashes"], saved["vectors"], saved["model"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    fits = vectors.shape == (len(hashes), embedder.dims) and vectors.dtype in (np.float16, np.float32)
    if not fits or str(model) != embedder.model_id or not np.isfinite(vectors).all():
        return {}
    return {str(key): vector for key, vector in zip(hashes, vectors.astype(np.float32), strict=True)}


def _write(file: Path, model_id: str, kept: dict[str, Vectors]) -> Problem | None:
    """Keep vectors by their texts' hashes; return why it could not be done, or None."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(file, _packed(list(kept), np.stack(list(kept.values())), model_id))
    except OSError as error:
        if is_disk_full(error):
            return disk_full(file.parent)
        return Problem(
            "The clause library is prepared anew at every start",
            f"What was prepared could not be kept in {file.parent}: {error.strerror}.",
            "Check that you may write to this folder.",
            str(file.parent),
        )
    return None
