"""Where an expression holds: which documents, which passages of them, and which places in these.

A document is one where the whole expression holds. Of a document, the places are in those passages where most of what must all be
there stands together: where "a AND b" has passages with both, only these; where a and b stand far apart, the passages with either.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.expression import Where
from datazoom_desktop.search.finders import Finder, Flags, Words, all_of, any_of
from datazoom_desktop.search.passage_texts import AT_ONCE, Texts
from datazoom_desktop.search.plan import About, All, Any, InSection, Leaf, Limit, No, Node, OnPages, UnderHeading
from datazoom_desktop.search.store import Scan
from datazoom_desktop.search.stretches import first_words, merged, windows

T = TypeVar("T", bound=np.generic)

_Found: TypeAlias = dict[int, tuple[Flags, dict[int, list[Span]]]]
"""By the identity of a leaf: the passages in which its places begin, and those places that were looked for, by passage."""


class Evaluation:
    """Answers for one expression over one scan."""

    def __init__(
        self,
        scan: Scan,
        documents: int,
        texts: Texts,
        about: Callable[[Where], Flags],
        cancel: CancelToken,
        found: _Found | None = None,
    ) -> None:
        """Evaluate a scan whose words are proved.

        Args:
            scan: Of the passages.
            documents: How many documents they are of.
            texts: Of the passages.
            about: Tells which of the documents a field holds for.
            cancel: Looked at between passages.
            found: What was found in the same passages before.
        """
        self._scan = scan
        self._texts = texts
        self._about = about
        self._cancel = cancel
        self._documents = documents
        self._found: _Found = {} if found is None else found
        follows = np.zeros(len(scan.rows), np.bool_)
        follows[:-1] = (scan.versions[1:] == scan.versions[:-1]) & (scan.ordinals[1:] == scan.ordinals[:-1] + 1)
        self._follows = follows  # whether the passage at the next position is the next of the same version
        self._after = np.where(follows, np.roll(scan.masks, -1), 0)

    def over(self, scan: Scan, texts: Texts, cancel: CancelToken) -> Evaluation:
        """Return the same over the same passages read in another transaction; what was found is kept."""
        return Evaluation(scan, self._documents, texts, self._about, cancel, self._found)

    def holds(self, node: Node) -> Flags:
        """Return for each document whether the node holds there."""
        match node:
            case Leaf():
                return self._in_documents(self._leaf(node)[0])
            case About(where):
                return self._about(where)
            case All(parts):
                return all_of([self.holds(part) for part in parts])
            case Any(parts):
                return any_of([self.holds(part) for part in parts])
            case No(part):
                return ~self.holds(part)

    def passages(self, node: Node) -> tuple[Flags, npt.NDArray[np.float64]]:
        """Return the passages whose places are shown, and for each document which share of the parts stands together there."""
        whole = np.ones(self._documents)
        match node:
            case Leaf():
                return self._leaf(node)[0], whole
            case Any(parts):
                kept = [self.passages(part)[0] & self._of(self.holds(part)) for part in parts if placed(part)]
                return any_of([self._none(), *kept]), whole
            case All():
                inner = [part for part in node.parts if placed(part)]
                if len(inner) == 1:
                    kept_one, share = self.passages(inner[0])
                    return kept_one & self._of(self.holds(node)), share
                return self._together(node, inner)
            case _:
                return self._none(), whole

    def places(self, node: Node, at: int) -> list[Span]:
        """Return the places of a node in the passage at ``at``, in order, in offsets of the version's text."""
        match node:
            case Leaf():
                return self._spans(node, at)
            case Any(parts):
                return merged(span for part in parts if placed(part) for span in self.places(part, at))
            case All(parts):
                groups = [found for part in parts if placed(part) and (found := self.places(part, at))]
                if sum(map(placed, parts)) == 1 or not groups:
                    return groups[0] if groups else []
                return [min(windows(groups), key=lambda window: (len(window), window.start))]
            case _:
                return []

    def marks(self, node: Node, at: int) -> list[Span]:
        """Return what the node looks for in the passage at ``at``, wherever it stands there."""
        match node:
            case Leaf():
                return self._spans(node, at)
            case Any(parts) | All(parts):
                return merged(span for part in parts for span in self.marks(part, at))
            case _:
                return []

    def counts(self, node: Node, kept: Flags) -> npt.NDArray[np.int64]:
        """Return how many places each kept passage has, 0 for the others."""
        counts = np.zeros(len(kept), np.int64)
        while isinstance(node, All) and len(inner := [part for part in node.parts if placed(part)]) == 1:
            node = inner[0]
        if isinstance(node, All):
            counts[kept] = 1
            return counts
        if isinstance(node, Leaf) and node.proved and isinstance(node.finder, Words):
            known = self._leaf(node)[1]
            counts[list(known)] = [len(spans) for spans in known.values()]
            kept = kept.copy()
            kept[list(known)] = False
            for batch in self._batches(np.flatnonzero(kept)):
                for at, text in self._texts.plain(batch):
                    counts[at] = node.finder.count(text)
            return counts
        for batch in self._batches(np.flatnonzero(kept)):
            self._texts.fetch(batch)
            for at in batch:
                counts[at] = len(self.places(node, at))
        return counts

    def _together(self, node: All, inner: Sequence[Node]) -> tuple[Flags, npt.NDArray[np.float64]]:
        """Return the passages where most of the parts stand together, in documents where all hold somewhere."""
        there = sum((self.passages(part)[0].astype(np.int64) for part in inner), np.zeros(len(self._after), np.int64))
        best = np.zeros(self._documents, np.int64)
        np.maximum.at(best, self._scan.versions, there)
        kept = (there > 0) & (there == self._of(best)) & self._of(self.holds(node))
        return kept, best / max(1, len(inner))

    def _leaf(self, leaf: Leaf) -> tuple[Flags, dict[int, list[Span]]]:
        """Return the passages in which places of a leaf begin, and those places that were looked for, by passage."""
        if id(leaf) not in self._found:
            self._found[id(leaf)] = self._look(leaf)
        return self._found[id(leaf)]

    def _look(self, leaf: Leaf) -> tuple[Flags, dict[int, list[Span]]]:
        finder = leaf.finder
        allowed = all_of([~self._none(), *map(self._allows, leaf.limits)])
        fits = finder.fits(self._scan.masks) & allowed
        crosses = finder.crosses(self._scan.masks, self._after) & self._follows & allowed
        found: dict[int, list[Span]] = {}
        self._doubt(finder, crosses)
        wanted = np.flatnonzero(crosses if leaf.proved else fits | crosses)
        for batch in self._batches(wanted if not finder.runs_on else self._heads(wanted, finder.runs_on)):
            around = {at: self._window(at, finder, wanted, bool(crosses[at])) for at in batch}
            self._texts.fetch({one for window in around.values() for one in window})
            for at, window in around.items():
                self._read(leaf, at, window, found)
        begins = fits if leaf.proved else self._none()
        begins[[at for at in found if not found[at]]] = False
        begins[[at for at in found if found[at]]] = True
        return begins, {at: sorted(set(spans)) for at, spans in found.items()}

    def _doubt(self, finder: Finder, crosses: Flags) -> None:
        """Take back where no place can reach into the next passage after all."""
        if isinstance(finder, Words):
            for batch in self._batches(np.flatnonzero(crosses)):
                for at, text in self._texts.plain(batch):
                    crosses[at] = finder.may_cross(text)

    def _read(self, leaf: Leaf, at: int, window: range, found: dict[int, list[Span]]) -> None:
        """Look for the places of a leaf in the passages of a window; keep those that begin at ``at``, or below where they may."""
        rows = [self._texts[one] for one in window]
        texts = [row.text for row in rows]
        if len(rows) == 2 and not (leaf.finder.needs_neighbours or leaf.finder.runs_on):
            texts[1] = first_words(texts[1], leaf.finder.overhang)
        starts = [0]
        for text in texts:
            starts.append(starts[-1] + len(text) + 1)
        found.setdefault(at, [])
        for span in leaf.finder.spans("\n".join(texts)):
            first = bisect.bisect_right(starts, span.start) - 1
            begin = window[first]
            if begin < at or (begin > at and not leaf.finder.runs_on):
                continue
            last = bisect.bisect_right(starts, span.end - 1) - 1
            place = Span(
                rows[first].char_start + span.start - starts[first],
                min(rows[last].char_end, rows[last].char_start + span.end - starts[last]),
            )
            if all(self._within(limit, begin, place) for limit in leaf.limits):
                found.setdefault(begin, []).append(place)

    def _heads(self, wanted: npt.NDArray[np.intp], reach: int) -> npt.NDArray[np.intp]:
        """Return those positions that do not stand within ``reach`` passages after another one of the same version."""
        if not len(wanted):
            return wanted
        near = np.diff(wanted) <= reach
        same = np.diff(self._scan.versions[wanted]) == 0
        return wanted[np.concatenate(([True], ~(near & same)))]

    def _window(self, at: int, finder: Finder, wanted: npt.NDArray[np.intp], crosses: bool) -> range:
        """Return the positions that are read together with ``at``; where a place runs on, those after it with the others that fit."""
        before = after = int(finder.needs_neighbours)
        first, last = at, at
        while first > at - before and first > 0 and self._follows[first - 1]:
            first -= 1
        end = at + max(after, int(crosses), finder.runs_on)
        while last < end and self._follows[last]:
            last += 1
            if finder.runs_on and last in wanted[np.searchsorted(wanted, last) :][:1]:
                end = last + finder.runs_on
        return range(first, last + 1)

    def _spans(self, leaf: Leaf, at: int) -> list[Span]:
        begins, found = self._leaf(leaf)
        if at in found:
            return found[at]
        if not begins[at]:
            return []
        row = self._texts[at]
        found[at] = [
            Span(row.char_start + span.start, row.char_start + span.end) for span in leaf.finder.spans(row.text)
        ]
        return found[at]

    def _allows(self, limit: Limit) -> Flags:
        """Return the passages in which a place within the limit may begin."""
        match limit:
            case OnPages(pages, outside=False):
                last = pages.last if pages.last is not None else self._scan.last_pages.max(initial=0)
                return (self._scan.first_pages <= last) & (self._scan.last_pages >= pages.first)
            case UnderHeading(heading, bit, outside):
                under = ((self._scan.masks >> bit) & 1).astype(np.bool_)
                return ~self._none() if outside else under | heading.fits(self._scan.masks)
            case InSection(section, outside=False):
                return self._of(self.holds(section))
            case _:
                return ~self._none()

    def _within(self, limit: Limit, at: int, place: Span) -> bool:
        match limit:
            case OnPages(pages, outside):
                page = self._texts.page(at, place.start)
                inside = page >= pages.first and (pages.last is None or page <= pages.last)
            case UnderHeading(heading, _, outside):
                row = self._texts[at]
                inside = heading.words.stand_in(row.heading) or any(
                    row.char_start + span.start <= place.start for span in heading.spans(row.text)
                )
            case InSection(section, outside):
                first = int(np.searchsorted(self._scan.versions, self._scan.versions[at]))
                found = self._leaf(section)[1]
                inside = any(
                    span.start <= place.start < span.end for one in range(first, at + 1) for span in found.get(one, ())
                )
        return inside != outside

    def _batches(self, positions: npt.NDArray[np.intp]) -> Iterator[list[int]]:
        for start in range(0, len(positions), AT_ONCE):
            self._cancel.check()
            yield positions[start : start + AT_ONCE].tolist()

    def _in_documents(self, passages: Flags) -> Flags:
        flags = np.zeros(self._documents, np.bool_)
        flags[self._scan.versions[passages]] = True
        return flags

    def _of(self, documents: npt.NDArray[T]) -> npt.NDArray[T]:
        """Return for each passage what its document has."""
        return documents[self._scan.versions]

    def _none(self) -> Flags:
        return np.zeros(len(self._after), np.bool_)


def placed(node: Node) -> bool:
    """Return whether a node has places of its own."""
    match node:
        case Leaf():
            return True
        case All(parts) | Any(parts):
            return any(map(placed, parts))
        case _:
            return False
