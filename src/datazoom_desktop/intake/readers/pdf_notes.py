"""Comments and marks that people made on a PDF page: who says what about which words, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymupdf

from datazoom_desktop.intake.model import Words
from datazoom_desktop.intake.readers.pdf_layout import clean
from datazoom_desktop.intake.readers.pdf_words import Box, box_on

_PASSED_OVER = frozenset(
    {
        pymupdf.PDF_ANNOT_LINK,
        pymupdf.PDF_ANNOT_POPUP,
        pymupdf.PDF_ANNOT_WIDGET,
        pymupdf.PDF_ANNOT_PRINTER_MARK,
        pymupdf.PDF_ANNOT_TRAP_NET,
        pymupdf.PDF_ANNOT_WATERMARK,
    }
)
_MARKS = {
    pymupdf.PDF_ANNOT_HIGHLIGHT: "Highlighted",
    pymupdf.PDF_ANNOT_UNDERLINE: "Underlined",
    pymupdf.PDF_ANNOT_SQUIGGLY: "Underlined",
    pymupdf.PDF_ANNOT_STRIKE_OUT: "Struck out",
    pymupdf.PDF_ANNOT_REDACT: "Marked for redaction, which was not carried out",
}
_WRITTEN = {
    pymupdf.PDF_ANNOT_FREE_TEXT: "Written on the page",
    pymupdf.PDF_ANNOT_STAMP: "Stamp",
    pymupdf.PDF_ANNOT_CARET: "To be inserted",
    pymupdf.PDF_ANNOT_FILE_ATTACHMENT: "Attached file",
}
_PLAYED = {
    pymupdf.PDF_ANNOT_SOUND: "a sound recording",
    pymupdf.PDF_ANNOT_MOVIE: "a film",
    pymupdf.PDF_ANNOT_SCREEN: "a film or sound recording",
    pymupdf.PDF_ANNOT_RICH_MEDIA: "a film, sound recording or model",
    pymupdf.PDF_ANNOT_3D: "a model in three dimensions",
}
_SIGNS = frozenset(
    {pymupdf.PDF_ANNOT_TEXT, pymupdf.PDF_ANNOT_FILE_ATTACHMENT, pymupdf.PDF_ANNOT_SOUND, pymupdf.PDF_ANNOT_CARET}
)
_LONGEST = 400  #: characters of the words that a note is about


@dataclass(frozen=True, slots=True)
class Note:
    """One annotation.

    Attributes:
        kind: PyMuPDF's number for what it is.
        number: The object's in the file, 1-based.
        answers: Number of the annotation it answers, 0 for none.
        boxes: The stretches of the page it marks, as displayed in points; its own place where it marks none.
    """

    kind: int
    number: int
    author: str
    content: str
    answers: int
    boxes: tuple[Box, ...]


def notes_of(page: pymupdf.Page) -> Iterator[Note]:
    """Yield the page's annotations, those left out that say nothing: links, form fields, windows of other annotations.

    Those that are shown as a mere sign are switched off in the open document, so that nobody reads the sign as text.
    """
    annotation = page.first_annot
    while annotation is not None:
        kind = annotation.type[0]
        if kind not in _PASSED_OVER:
            said = annotation.info
            if kind in _SIGNS:
                annotation.set_flags(annotation.flags | pymupdf.PDF_ANNOT_IS_HIDDEN)
            yield Note(
                kind,
                annotation.xref,
                _words(said.get("title", "")),
                _words(said.get("content", "")),
                annotation.irt_xref,
                tuple(box_on(page, rect) for rect in _rects(annotation, kind)),
            )
        annotation = annotation.next


def holds_file(note: Note) -> bool:
    """Return whether a note is a file pinned to the page."""
    return bool(note.kind == pymupdf.PDF_ANNOT_FILE_ATTACHMENT)


def is_written(note: Note) -> bool:
    """Return whether a note is drawn as text on the page."""
    return bool(note.kind == pymupdf.PDF_ANNOT_FREE_TEXT)


def lines_of(notes: Sequence[Note], text: str, words: Words, files: Mapping[int, str]) -> list[str]:
    """Return a line for each note.

    Args:
        notes: Of one page.
        text: The page's, to tell what it says already.
        words: Of the text.
        files: Names of the files pinned to the page, by the note's number.
    """
    by_number = {note.number: note for note in notes}
    said = "".join(text.casefold().split())
    centres = (words.boxes[:, :2] + words.boxes[:, 2:]) * np.float32(0.5)
    return [
        _file_line(note, files[note.number]) if files.get(note.number) else line
        for note in notes
        if (line := _line(note, by_number, said, text, words, centres)) or files.get(note.number)
    ]


def _file_line(note: Note, name: str) -> str:
    by = f" by {note.author}" if note.author else ""
    about = f": {note.content}" if note.content and note.content != name else ""
    return f"[Attached{by}] “{name}”{about}"


def _line(
    note: Note, others: dict[int, Note], said: str, text: str, words: Words, centres: npt.NDArray[np.floating]
) -> str:
    by = f" by {note.author}" if note.author else ""
    if note.kind in _PLAYED:
        return f"[On this page is {_PLAYED[note.kind]}{by}, which cannot be read] {note.content}".strip()
    if note.kind in _WRITTEN:
        drawn = "".join(note.content.casefold().split()) in said
        wanted = note.content and (not drawn or by or holds_file(note))
        return f"[{_WRITTEN[note.kind]}{by}] {note.content}" if wanted else ""
    if note.answers in others:
        to = others[note.answers].author
        return f"[Answer{by}{f' to {to}' if to else ''}] {note.content}" if note.content else ""
    if note.kind in _MARKS:
        about = _about(note, text, words, centres)
        quoted = f" “{about}”" if about else ""
        return f"[{_MARKS[note.kind]}{by}]{quoted}{':' if quoted and note.content else ''} {note.content}".rstrip()
    return f"[Comment{by}] {note.content}" if note.content else ""


def _about(note: Note, text: str, words: Words, centres: npt.NDArray[np.floating]) -> str:
    """Return the words that a note marks."""
    marked = np.zeros(len(centres), bool)
    for x0, y0, x1, y1 in note.boxes:
        x, y = centres[:, 0], centres[:, 1]
        marked |= (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    found = " ".join(text[words.starts[n] : words.ends[n]] for n in np.flatnonzero(marked))
    return found if len(found) <= _LONGEST else f"{found[:_LONGEST].rstrip()} …"


def _rects(annotation: pymupdf.Annot, kind: int) -> list[tuple[float, float, float, float]]:
    """Return the stretches that a mark covers, one a line of text, on the unrotated page."""
    corners = annotation.vertices if kind in _MARKS else None
    if not corners or len(corners) % 4:
        rect = annotation.rect
        return [(rect.x0, rect.y0, rect.x1, rect.y1)]
    points = np.array(corners, np.float64).reshape(-1, 4, 2)
    low, high = points.min(axis=1), points.max(axis=1)
    return [(float(a[0]), float(a[1]), float(b[0]), float(b[1])) for a, b in zip(low, high, strict=True)]


def _words(said: str) -> str:
    return " ".join(clean(" ".join(said.split())).split())
