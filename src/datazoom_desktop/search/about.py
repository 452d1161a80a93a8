"""What a document says of itself: its name, kind, parties, folder and date, for the fields of an exact search. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import PurePosixPath

from datazoom_desktop.kernel.dates import DateRange, LooseDate, Precision
from datazoom_desktop.search.expression import Field, Text, Where
from datazoom_desktop.search.finders import Words
from datazoom_desktop.search.routing import Digest, same_kinds
from datazoom_desktop.search.words import STOP, stem, words
from datazoom_desktop.search.written_dates import dates

_TITLE_CHARS = 200  #: of the opening, in which a document usually says what kind it is
_DATED = re.compile(r"\b(?:dated|dated\s+as\s+of|as\s+of|made|entered|effective|date)\b[^.;]{0,40}$", re.IGNORECASE)


_SHORT = re.compile(r"(?<![\d-])(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?(?![\d-])")  # a year or month in a file's name


def question(where: Where) -> Callable[[Digest], bool]:
    """Return what tells of a document whether a field of its holds what is asked."""
    if where.field is Field.DATE:
        assert isinstance(where.value, DateRange)
        days = where.value
        return lambda digest: (date := document_date(digest)) is not None and days.holds(date)
    assert isinstance(where.value, Text)
    if where.field is Field.TYPE and not any("*" in word or "?" in word for word in where.value.words):
        wanted = [stem(word) for word in words(" ".join(where.value.words)) if word not in STOP]
        return lambda digest: is_kind(digest, wanted)
    finder = Words(where.value.words, 0)
    field = where.field
    return lambda digest: any(finder.spans(text) for text in _texts(digest, field))


def is_kind(digest: Digest, wanted: list[str]) -> bool:
    """Return whether a document's title, name or first line has every one of these stems, or what that kind is also called."""
    there = _kinds(digest)
    return bool(wanted) and all(same_kinds(word) & there for word in wanted)


def document_date(digest: Digest) -> LooseDate | None:
    """Return a document's date: in its file's name or its title, else the first day that its opening gives, one it is "dated" first.

    A year or month alone in a name says less than a day in the opening.
    """
    name = PurePosixPath(digest.path).stem.replace("_", " ")
    named = [mention.date for text in (name, digest.title) for mention in dates(text)]
    found = dates(digest.opening)
    dated = (m for m in found if _DATED.search(digest.opening, max(0, m.span.start - 60), m.span.start))
    written = [mention.date for mention in (*dated, *found)]
    days = [date for date in (*named, *written) if date.precision is Precision.DAY]
    short = [date for part in _SHORT.findall(name) if (date := LooseDate.parse(part))]
    return next(iter((*days, *short, *named, *written)), None)


def _kinds(digest: Digest) -> set[str]:
    first, _, _ = digest.opening.strip().partition("\n")
    name = PurePosixPath(digest.path)
    plain = words(
        f"{digest.title} {name.stem} {name.suffix[1:]} {' '.join(name.parts[:-1])} {first[:_TITLE_CHARS]}".replace(
            "_", " "
        )
    )
    return {stem(word) for word in plain} | {stem(a + b) for a, b in pairwise(plain)}


def _texts(digest: Digest, field: Field) -> list[str]:
    """Return the texts in which a document's field is looked for."""
    path = PurePosixPath(digest.path)
    match field:
        case Field.DOCUMENT:
            return [digest.title, path.name]
        case Field.FOLDER:
            return ["/".join(path.parts[:-1])]
        case Field.TYPE:
            return [digest.title, path.name, digest.opening[:_TITLE_CHARS]]
        case _:
            return [digest.title, digest.path, digest.opening]
