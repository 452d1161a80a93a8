"""Writes a conversation to a file that can be handed on: Markdown with footnotes, or a Word document."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from datazoom_desktop.chat import report
from datazoom_desktop.chat.conversation import Conversation
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.files import write_bytes

_MARKDOWN = frozenset({".md", ".markdown"})
_WORD = ".docx"
_SPECIAL = re.compile(  # what would be read as a sign, a picture, a link or a page's own code
    r"([\\`*_\[\]<>|~#&$^@]|(?<=:)/(?=/)|(?<=www)\.)", re.IGNORECASE
)
_BEGINS = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")  # at the beginning of a line these would make a list or a heading


def write(conversation: Conversation, room: str, at: dt.datetime, file: Path) -> int:
    """Write a conversation of ``room`` to ``file`` at once, as its ending says; return the number of bytes.

    Raises:
        Problem: The ending is neither ``.md`` nor ``.docx``, or the file cannot be written; what stood there before stays.
    """
    ending = file.suffix.casefold()
    if ending in _MARKDOWN:
        content = markdown(conversation, room, at).encode()
    elif ending == _WORD:
        from datazoom_desktop.chat.export_docx import docx

        content = docx(report.report(conversation, room, at), at)
    else:
        told = f"A conversation is written as Markdown or as a Word document, not as “{file.name}”."
        raise Problem("Which kind of file?", told, "Name a file that ends in .md or .docx.", str(file))
    try:
        with file_faults(file):
            write_bytes(file, content)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        raise Problem(
            "The conversation cannot be written",
            f"Writing {file} failed: {error.strerror or error}.",
            "Choose a folder that exists and that you may write to.",
            str(file),
        ) from error
    return len(content)


def markdown(conversation: Conversation, room: str, at: dt.datetime) -> str:
    """Return a conversation of ``room`` as Markdown, its sources as footnotes.

    Whatever documents and questions say is written as plain words: it makes no heading, link, picture or code.
    """
    whole = report.report(conversation, room, at)
    parts = [f"# {_inline(whole.title)}", *map(plain, whole.lines)]
    for section in whole.sections:
        parts.append(f"## {_inline(section.question)}")
        parts.extend(
            plain(paragraph.text) + "".join(f"[^{mark}]" for mark in paragraph.marks)
            for paragraph in section.paragraphs
        )
        nearest = [source for source in section.sources if source.nearest]
        if nearest:
            parts.append("Nearest passages:" + "".join(f"[^{source.number}]" for source in nearest))
        parts.append("\n".join(f"- {plain(fact)}" for fact in section.facts))
        parts.extend(
            f"[^{source.number}]: {_inline(source.place)}{'' if source.nearest else f' ({source.verdict})'}: “{_inline(source.quote)}”"
            + (f" **{_inline(source.note)}**" if source.note else "")
            for source in section.sources
        )
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Return ``text`` on one line, so that Markdown shows it as it is where it begins a line."""
    tidy = _inline(text)
    begins = _BEGINS.match(tidy)
    if begins is None:
        return tidy
    at = begins.end() if begins[1].isdigit() else 0  # "3. Rent" becomes "3\\. Rent"
    return f"{tidy[:at]}\\{tidy[at:]}"


def _inline(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
