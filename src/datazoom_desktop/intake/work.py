"""What worker processes run for intake: reading a file into pages and passages, and turning texts into vectors."""

from __future__ import annotations

import functools
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from datazoom_desktop.engines.word_pieces import WordPieces
from datazoom_desktop.intake import detect, kinds
from datazoom_desktop.intake.model import Attachment, ReadContext, Reader, ReadPage, Source, Unreadable, Words
from datazoom_desktop.intake.passages import passages
from datazoom_desktop.intake.readers.registry import reader_for
from datazoom_desktop.intake.title import name_title, title_of
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.storage.spool import PageRecord, PassageRecord, clean, write_pages, write_passages, write_vectors

if TYPE_CHECKING:
    from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder

PAGES = "pages.parquet"
PASSAGES = "passages.parquet"
VECTORS = "vectors.npy"
_TEXTS_AT_ONCE = 64
_COUNTED_AT_ONCE = 10_000
_NAMED = 12  #: files named in a reason


class Context(Protocol):
    """What a job gives the function that does its work."""

    @property
    def scratch(self) -> Path:
        """Return the job's own folder."""
        ...

    def progress(self, done: int, total: int) -> None:
        """Say how far the work is; ``total`` is 0 while unknown."""
        ...

    def check(self) -> None:
        """Raise when the job is to stop."""
        ...


def read(payload: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Read one file: write its pages and passages into the scratch folder, return what is known of the whole.

    Args:
        payload: ``file`` (path of the bytes), ``name`` (the file's own), ``version_id``, ``passwords`` (a list), ``most_inside`` (how
            many files found inside it may be taken out), ``embed`` (up to how many passages are turned into vectors at once), ``model``
            (the embedder's folder; the one that ships where it is left out).
        context: The job's.

    Returns:
        ``media_type``, ``reader`` (name and version, or None), ``title``, ``pages``, ``chars``, ``passages`` (how many of each),
        ``vectors`` (vectors.npy holds a row for each passage), ``model`` (the embedder's id, where it does), ``locked`` (some pages wait for a password), ``coverage`` and ``reason`` and ``remedy`` (set when the file has no page), ``attachments`` (``name``, ``file``).
    """
    file, name = Path(payload["file"]), str(payload["name"])
    kind = detect.media_type(file, name)
    source = Source(file, name, kind, tuple(payload.get("passwords", ())))
    reader = reader_for(kind)
    taken = _Taken(payload.get("most_inside", sys.maxsize))
    failure: Unreadable | None = None
    try:
        pages = _pages_of(reader, source, ReadContext(context.scratch, context.progress, context.check))
        write_pages(context.scratch / PAGES, payload["version_id"], taken.records(pages))
        if not taken.pages:
            failure = Unreadable(Coverage.FAILED, "Nothing could be found in this file.")
    except Unreadable as error:
        failure = error
        write_pages(context.scratch / PAGES, payload["version_id"], ())
        taken.pages.clear()
    title = title_of(taken.pages, name) if taken.pages else name_title(name)
    context.check()
    found = passages(taken.pages, _counter(context.check), title) if taken.pages else []
    records = (
        PassageRecord(p.ordinal, p.char_start, p.char_end, p.page_first, p.page_last, p.heading, p.prefix, p.text)
        for p in found
    )
    write_passages(context.scratch / PASSAGES, payload["version_id"], records)
    at_once = 0 < len(found) <= payload.get("embed", 0)
    embedder = _embedder(payload.get("model")) if at_once else None
    if embedder is not None:
        _write_vectors(embedder, [clean(p.prefix + p.text) or "" for p in found], context, lambda done: None)
    return {
        "media_type": kind,
        "reader": f"{reader.name} {reader.version}" if reader is not None else None,
        "title": clean(title),
        "pages": len(taken.pages),
        "locked": any(page.coverage is Coverage.ENCRYPTED for page in taken.pages),
        "chars": sum(len(page.text) for page in taken.pages),
        "passages": len(found),
        "vectors": at_once,
        "model": embedder.model_id if embedder is not None else None,
        "coverage": str(failure.coverage) if failure else None,
        "reason": clean(failure.reason) if failure else None,
        "remedy": clean(failure.remedy) if failure else None,
        "attachments": [
            {"name": clean(item.name), "file": str(item.file), "modified_ns": item.modified_ns}
            for item in taken.attachments
        ],
    }


def embed(payload: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Turn texts into vectors: ``payload["texts"]`` names a JSON list of strings; vectors.npy gets a row each, in order.

    ``payload["model"]`` is the embedder's folder; the one that ships where it is left out. ``payload["threads"]`` is on how many threads
    it works; on one where it is left out, since the workers share the cores among themselves. Returns ``count`` and ``model``, its id.
    """
    texts: list[str] = json.loads(Path(payload["texts"]).read_text(encoding="utf-8"))
    embedder = _embedder(payload.get("model"), payload.get("threads", 1))
    _write_vectors(embedder, texts, context, lambda done: context.progress(done, len(texts)))
    return {"count": len(texts), "model": embedder.model_id}


def _write_vectors(
    embedder: OnnxEmbedder, texts: Sequence[str], context: Context, progress: Callable[[int], None]
) -> None:
    vectors = np.empty((len(texts), embedder.dims), np.float32)
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        context.check()
        vectors[start : start + _TEXTS_AT_ONCE] = embedder.embed(texts[start : start + _TEXTS_AT_ONCE])
        progress(min(start + _TEXTS_AT_ONCE, len(texts)))
    write_vectors(context.scratch / VECTORS, vectors)


class _Taken:
    """What a reader has yielded: pages without their words, and attachments."""

    def __init__(self, most_inside: int) -> None:
        self.pages: list[ReadPage] = []
        self.attachments: list[Attachment] = []
        self._most_inside = most_inside
        self._refused: list[str] = []

    def records(self, items: Iterator[ReadPage | Attachment]) -> Iterator[PageRecord]:
        """Yield each page as a row, keeping the page without its words."""
        at = 0
        for item in itertools.chain(items, self._unopened()):
            if isinstance(item, Attachment):
                if len(self.attachments) < self._most_inside:
                    self.attachments.append(item)
                else:
                    self._refused.append(item.name)
                continue
            end = at + len(item.text)
            words = item.words
            yield PageRecord(
                item.page,
                item.label,
                str(item.coverage),
                item.reason,
                at,
                end,
                item.text,
                item.width,
                item.height,
                item.confidence,
                words.starts,
                words.ends,
                words.boxes,
                str(words.geometry) if len(words.boxes) else None,
                item.sheet,
            )
            self.pages.append(replace(item, words=Words.none()))
            at = end

    def _unopened(self) -> Iterator[ReadPage]:
        """Yield a page that tells of files inside which are not taken out, when there are any."""
        if not self._refused:
            return
        named = ", ".join(self._refused[:_NAMED]) + (" and more" if len(self._refused) > _NAMED else "")
        reason = (
            f"{len(self._refused):,} files inside this one were not taken out, because they lie too deep inside other files or are too "
            f"many: {named}. Save them to a folder and add that."
        )
        yield ReadPage(len(self.pages) + 1, Coverage.SKIPPED, label="Left out", reason=reason)


def _pages_of(reader: Reader | None, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
    """Yield what the reader yields, or say why there is nothing to read."""
    if source.media_type == detect.EMPTY:
        raise Unreadable(Coverage.FAILED, "The file is empty.")
    if reader is None:
        raise kinds.unreadable(source.file, source.name)
    yield from reader.read(source, context)


def _counter(check: Callable[[], None]) -> Callable[[Sequence[str]], list[int]]:
    """Return what counts the word pieces of texts, calling ``check`` on the way: a large sheet has a million of them."""
    pieces = _word_pieces()

    def count(texts: Sequence[str]) -> list[int]:
        counts: list[int] = []
        for start in range(0, len(texts), _COUNTED_AT_ONCE):
            check()
            counts += pieces.count(texts[start : start + _COUNTED_AT_ONCE])
        return counts

    return count


@functools.cache
def _word_pieces() -> WordPieces:
    return WordPieces(resource_path("models", "all-MiniLM-L6-v2", "tokenizer.json"))


@functools.lru_cache(maxsize=2)  # the one that answers, and one that the room changes to
def _embedder(folder: str | None, threads: int = 1) -> OnnxEmbedder:
    """Return this worker's embedder."""
    from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder(Path(folder) if folder else None, threads)
