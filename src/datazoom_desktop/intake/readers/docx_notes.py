"""Footnotes, endnotes and comments of a Word document, found by their numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from datazoom_desktop.intake.readers.docx_numbering import W
from datazoom_desktop.intake.readers.office import Xml

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")
_START, _END = 70, 40  #: characters shown of a longer stretch that a comment is about


@dataclass(slots=True)
class Notes:
    """The notes of one document and how they are told.

    Attributes:
        foot: Footnotes by id, and ``end`` endnotes; ``comments`` likewise.
        answers: Ids of comments that answer another; ``resolved``: of those marked as done.
        damaged: Which of the three could not be read, in words.
    """

    foot: dict[str, Xml] = field(default_factory=dict)
    end: dict[str, Xml] = field(default_factory=dict)
    comments: dict[str, Xml] = field(default_factory=dict)
    answers: set[str] = field(default_factory=set)
    resolved: set[str] = field(default_factory=set)
    damaged: list[str] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def number(self, kind: str, identifier: str) -> int:
        """Return the number of a note (1-based): notes are counted as they are referred to."""
        known = self.numbers.get((kind, identifier))
        if known is None:
            known = 1 + sum(key[0] == kind for key in self.numbers)
            self.numbers[kind, identifier] = known
        return known

    def comment(self, identifier: str, about: str, text: str) -> str:
        """Return a comment as a line: what it is about, who made it and when, what it says."""
        item = self.comments[identifier]
        kind = "Reply" if identifier in self.answers else "Comment"
        words = " ".join(about.split())
        if len(words) > _START + _END + 5:
            words = f"{words[:_START].rstrip()} … {words[-_END:].lstrip()}"
        place = f" on “{words}”" if words else ""
        done = ", resolved" if identifier in self.resolved else ""
        who = ", ".join(filter(None, ((item.get(f"{W}author") or "").strip(), (item.get(f"{W}date") or "")[:10])))
        return f"[{kind}{place}{done}] {f'{who}: ' if who else ''}{text}"


def notes_of(part: Callable[[str], Xml | None]) -> Notes:
    """Return a document's notes; ``part`` returns the root of the part of a kind, None where there is none.

    A part for which it raises ``ValueError`` is named among the damaged.
    """
    notes = Notes()
    for kind, into, words in (
        ("footnotes", notes.foot, "footnotes"),
        ("endnotes", notes.end, "endnotes"),
        ("comments", notes.comments, "comments"),
    ):
        try:
            root = part(kind)
        except ValueError:
            notes.damaged.append(words)
            continue
        for item in root if root is not None else ():
            if isinstance(item.tag, str) and item.get(f"{W}type") not in _SEPARATORS:
                into[item.get(f"{W}id") or ""] = item
    _threads(notes, part)
    return notes


def _threads(notes: Notes, part: Callable[[str], Xml | None]) -> None:
    """Note which comments answer others and which are done: said of each comment's last paragraph."""
    try:
        root = part("commentsExtended")
    except ValueError:
        return  # the comments themselves are there
    if root is None:
        return
    paragraphs = {
        last.get(f"{_W14}paraId"): identifier
        for identifier, item in notes.comments.items()
        if (last := next(iter(item.findall(f"{W}p")[-1:]), None)) is not None and last.get(f"{_W14}paraId")
    }
    for entry in root.iter(f"{_W15}commentEx"):
        identifier = paragraphs.get(entry.get(f"{_W15}paraId"))
        if identifier is None:
            continue
        if entry.get(f"{_W15}paraIdParent") in paragraphs:
            notes.answers.add(identifier)
        if entry.get(f"{_W15}done") in ("1", "true"):
            notes.resolved.add(identifier)
