"""Which documents a question is about: ranks digests by the words of the question's reference; pure.

A word counts for as much as it tells documents apart (a rare party name much, "agreement" little), which is what tells
look-alike agreements apart. The score of a document is the share, 0 to 1, of that weight which its name or opening covers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath

from rapidfuzz import fuzz, process

from datazoom_desktop.search.model import Route
from datazoom_desktop.search.query import Question, kinds
from datazoom_desktop.search.words import STOP, content, stem, words

IN_OPENING = 0.85  #: what a word found in the opening but not in the name counts
ALMOST = 0.7  #: what a nearly equal word counts
ALMOST_RATIO = 88.0  #: rapidfuzz ratio from which two words are nearly equal
ALMOST_LENGTH = 5  #: characters from which a word is compared at all
UNKNOWN = 0.5  #: what a word that no digest has counts, of what a word of one digest would
ENOUGH = 0.5  #: score from which a reference that precedes the question is taken to mean a document
ENOUGH_INLINE = 0.7  #: the same for a phrase inside the question
OUTDATED = 0.9  #: what the score of a document filed as superseded is multiplied by, unless such a one is asked for
MARGIN = 0.06  #: documents this close to the best are searched with it
SEVERAL = 5  #: more documents than this so close mean that the reference tells nothing


_OLD = frozenset(content("superseded obsolete old archive archived expired void withdrawn replaced draft drafts"))
_KINDS = (
    "nda confidentiality nondisclosure",
    "charter certificate articles incorporation",
    "spa purchase subscription",
    "licence license",
    "loan credit facility",
    "lease tenancy",
    "grant option",
    "email mail eml message",
    "deck presentation slides pptx",
    "memo memorandum",
    "spreadsheet workbook xlsx",
    "sha stockholders shareholders investors",
    "ira investors rights",
    "msa services",
)
_SAME_KIND = tuple(frozenset(content(group)) for group in _KINDS)


@dataclass(frozen=True, slots=True)
class Digest:
    """What is known of a document without reading it.

    Attributes:
        opening: The first characters of its text, and its last ones where signatures name the parties.
    """

    document_id: str
    version_id: str
    path: str
    title: str
    opening: str


@dataclass(frozen=True, slots=True)
class _Entry:
    digest: Digest
    name: frozenset[str]
    opening: frozenset[str]
    old: bool


class Catalogue:
    """The digests of a room, ready to be ranked; never changed once made, so threads may share it.

    Attributes:
        digests: In the order of their positions; so are ``entries``, their folded words.
        counts: In how many digests each word occurs.
    """

    def __init__(self, digests: Sequence[Digest], before: Catalogue | None = None) -> None:
        """Fold the words of every digest and count in how many each word occurs; ``before``: a catalogue to start from."""
        self.digests = tuple(digests)
        known = {} if before is None else {entry.digest: entry for entry in before.entries}
        self.counts: Counter[str] = Counter() if before is None else before.counts.copy()
        self.entries: list[_Entry] = []
        for digest in digests:
            entry = known.pop(digest, None)
            if entry is None:
                entry = _entry(digest)
                self.counts.update(entry.name | entry.opening)
            self.entries.append(entry)
        for gone in known.values():
            self.counts.subtract(gone.name | gone.opening)
        self.counts = +self.counts
        self._known = sorted(word for word in self.counts if len(word) >= ALMOST_LENGTH)

    def weight(self, word: str) -> float:
        """Return how much ``word`` tells documents apart: high when few have it; 0 < weight."""
        n = len(self.entries)
        return math.log(1 + (n - self.counts[word] + 0.5) / (self.counts[word] + 0.5)) + 0.05

    def scores(self, reference: str) -> list[float]:
        """Return for each digest, in order, the share of the reference's weight it covers, 0 to 1."""
        wanted = dict.fromkeys(_terms(reference))
        if not wanted or not self.entries:
            return [0.0] * len(self.entries)
        near = {word: self._near(word) for word in wanted if word not in self.counts}
        weights = {word: self._weight_of(word, near) for word in wanted}
        total = sum(weights.values())
        old = any(word in _OLD for word in wanted)
        return [
            sum(weight * _match(entry, word, near.get(word, ())) for word, weight in weights.items())
            / total
            * (1.0 if old or not entry.old else OUTDATED)
            for entry in self.entries
        ]

    def is_kind(self, position: int, reference: str) -> bool:
        """Return whether the last word that ``reference`` calls its document by is in the name of the digest at ``position``.

        "The slab report" is not the letter that mentions a slab report.
        """
        nouns = kinds(reference)
        return not nouns or any(same in self.entries[position].name for same in _same(_terms(nouns[-1])))

    def is_name(self, text: str) -> bool:
        """Return whether every term of ``text`` is in the name of one document."""
        wanted = set(_terms(text))
        return bool(wanted) and any(wanted <= entry.name for entry in self.entries)

    def _weight_of(self, word: str, near: dict[str, tuple[str, ...]]) -> float:
        if word in self.counts:
            return self.weight(word)
        close = near.get(word, ())
        return max((self.weight(other) for other in close), default=UNKNOWN * self.weight(word))

    def _near(self, word: str) -> tuple[str, ...]:
        if len(word) < ALMOST_LENGTH:
            return ()
        found = process.extract(word, self._known, scorer=fuzz.ratio, score_cutoff=ALMOST_RATIO, limit=4)
        return tuple(match[0] for match in found)


def route(question: Question, catalogue: Catalogue, only: Collection[str] | None = None) -> Route:
    """Return which documents to search; ``only`` (document ids) limits the choice to documents the user picked.

    Several documents are chosen when they are as good as the best; none (the whole room) when the reference matches nothing
    well enough, and then the question keeps its words.
    """
    allowed = [i for i, d in enumerate(catalogue.digests) if only is None or d.document_id in only]
    picked = tuple(dict.fromkeys(catalogue.digests[i].document_id for i in allowed)) if only is not None else ()
    unrouted = Route(
        question.bare if question.led else question.text, "", picked, "the documents you chose" if picked else ""
    )
    if not question.reference:
        return unrouted
    scores = catalogue.scores(question.reference)
    ranked = sorted(allowed, key=lambda i: -scores[i])
    if not ranked or scores[ranked[0]] < (ENOUGH if question.led else ENOUGH_INLINE):
        return unrouted
    best = scores[ranked[0]]
    close = [i for i in ranked if scores[i] >= best - MARGIN]
    chosen = tuple(dict.fromkeys(catalogue.digests[i].document_id for i in close))
    if len(chosen) > SEVERAL:
        return unrouted
    if not question.led:
        close = [i for i in close if catalogue.is_kind(i, question.reference)]
        if not close:
            return unrouted
        chosen = tuple(dict.fromkeys(catalogue.digests[i].document_id for i in close))
    names = " and ".join(title_or_name(catalogue.digests[i]) for i in close[:2])
    more = f" and {len(close) - 2} more" if len(close) > 2 else ""
    if question.led or only is not None:
        return Route(question.bare, question.reference, chosen, f"names {names}{more}")
    return Route(question.bare, question.reference, (), f"puts {names}{more} first", chosen)


def preferring(found: Route, documents: Collection[str]) -> Route:
    """Return a route that puts ``documents`` (ids) first where it chose none by itself."""
    if not documents or found.document_ids or found.preferred:
        return found
    return replace(found, preferred=tuple(documents), reason="goes on from the question before")


def title_or_name(digest: Digest) -> str:
    """Return what a person calls the document."""
    return digest.title or PurePosixPath(digest.path).name


def same_kinds(word: str) -> set[str]:
    """Return a stem and the stems of whatever else that kind of document is called."""
    return _same((word,))


def _terms(text: str) -> list[str]:
    """Return the folded terms of a name: its words, and each two neighbours joined ("non disclosure" -> "nondisclosure")."""
    return [word for word in content(text) if len(word) > 1 or word.isdigit()]


def _entry(digest: Digest) -> _Entry:
    path = PurePosixPath(digest.path)
    name = f"{digest.title} {' '.join(path.parts[:-1])} {path.stem}".replace("_", " ")
    named = frozenset(_indexed(f"{name} {path.suffix[1:]}"))
    return _Entry(digest, named, frozenset(_indexed(digest.opening)), bool(named & _OLD))


def _indexed(text: str) -> set[str]:
    plain = words(text)
    out = {stem(word) for word in plain if word not in STOP and (len(word) > 1 or word.isdigit())}
    joined = (a + b for a, b in pairwise(plain) if len(a) + len(b) >= 5)
    out.update(stem(word) for word in joined if word not in STOP)
    out.update(_initials(plain))
    return out


def _initials(plain: Sequence[str]) -> set[str]:
    """Return the initials of every run of three or four words, so that "spa" finds a stock purchase agreement."""
    letters = "".join(word[0] for word in plain)
    return {letters[i : i + n] for n in (3, 4) for i in range(len(letters) - n + 1)}


def _same(terms: Iterable[str]) -> set[str]:
    """Return the terms and whatever else that kind of document is called."""
    out = set(terms)
    for group in _SAME_KIND:
        if out & group:
            out |= group
    return out


def _match(entry: _Entry, word: str, near: tuple[str, ...]) -> float:
    if word in entry.name:
        return 1.0
    if word in entry.opening:
        return IN_OPENING
    if any(other in entry.name for other in _same((word,)) - {word}):
        return IN_OPENING
    if any(other in entry.name for other in near):
        return ALMOST
    return ALMOST * IN_OPENING if any(other in entry.opening for other in near) else 0.0
