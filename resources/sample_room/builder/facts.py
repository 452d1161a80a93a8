"""Questions with their evidence, questions without an answer, and the disagreements that were planted.

They are written down in `content/facts.txt`, without pages: the page of a quote is found here in the built documents, and a quote
that is on no page, or on more than one where none is named, stops the build. A line is

    @ path                                       the document of the lines below ("@ !" before the questions without answer, "@ ~"
                                                 before the disagreements)
    kind | question | answer | quote             a question; after "!": question | why; after "~": what | path > quote | path > quote

A quote written with straight quotation marks matches typographic ones, and is given out as it stands in the document, with every
run of white space folded to one space.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from builder.markup import CONTENT, load, plain
from builder.pages import attachments, pages
from builder.register import DAMAGED, PASSWORD, PHOTOGRAPH, PROTECTED, SCANNED

_STRAIGHT = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})


@dataclass(slots=True)
class Room:
    """The text of every page of the built room, by path (attachments under their mail's path)."""

    texts: dict[str, list[str]] = field(default_factory=dict)

    def find(self, path: str, quote: str) -> tuple[int, str]:
        """Return the 1-based page of `quote` in the document `path`, and the quote as it stands there.

        Raises:
            ValueError: the quote is on no page of that document, or on several.
        """
        found = []
        for number, text in enumerate(self.texts[path], start=1):
            at = text.translate(_STRAIGHT).find(quote)
            if at >= 0:
                found.append((number, text[at : at + len(quote)]))
        if len(found) != 1:
            message = f"{path}: {len(found)} pages have the quote {quote!r}"
            raise ValueError(message)
        return found[0]


def read_room(files: Path) -> Room:
    """Read every document under `files` that has words, pictures by the content they were made from."""
    room = Room()
    sources = {SCANNED: "landlord_letter", PHOTOGRAPH: "insurance"}
    for file in sorted(files.rglob("*")):
        path = file.relative_to(files).as_posix()
        if not file.is_file() or path == DAMAGED:
            continue
        texts = (
            source_pages(sources[path])
            if path in sources
            else pages(path, file.read_bytes(), PASSWORD if path == PROTECTED else "")
        )
        room.texts[path] = [fold(text) for text in texts]
        if path.endswith(".eml"):
            for name, data in attachments(file.read_bytes()):
                room.texts[f"{path}/{name}"] = [fold(text) for text in pages(name, data)]
    return room


def source_pages(name: str) -> list[str]:
    """The pages of content file `name` as plain text, split at its page breaks."""
    found = [""]
    for block in load(name):
        if block.kind == "break":
            found.append("")
        else:
            cells = " ".join(plain(cell) for row in block.rows for cell in row)
            found[-1] += f"{plain(block.text)}{cells}\n"
    return found


def fold(text: str) -> str:
    """Fold every run of white space to one space."""
    return re.sub(r"\s+", " ", text)


def write_facts(out: Path) -> None:
    """Write `out`/facts.json from the content and the room built under `out`/files."""
    room = read_room(out / "files")
    facts: dict[str, list[dict[str, object]]] = {"questions": [], "unanswerable": [], "disagreements": []}
    path = ""
    for line in (CONTENT / "facts.txt").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("@"):
            path = line[2:].strip()
        elif line.strip() and path == "!":
            facts["unanswerable"].append(
                {"id": f"u{len(facts['unanswerable']) + 1:02}", "question": cells[0], "why": cells[1]}
            )
        elif line.strip() and path == "~":
            facts["disagreements"].append(_disagreement(room, cells))
        elif line.strip():
            facts["questions"].append(_question(room, path, cells, len(facts["questions"]) + 1))
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    (out / "facts.json").write_bytes(text.encode())


def _question(room: Room, path: str, cells: list[str], number: int) -> dict[str, object]:
    kind, question, answer, quote = cells
    page, words = room.find(path, quote)
    found = {
        "id": f"q{number:02}",
        "question": question,
        "answer": answer,
        "document": path,
        "page": page,
        "quote": words,
    }
    return found | {"kind": kind}


def _disagreement(room: Room, cells: list[str]) -> dict[str, object]:
    sides = [side.split(" > ") for side in cells[1:]]
    return {
        "what": cells[0],
        "documents": [path for path, _ in sides],
        "quotes": [room.find(path, quote)[1] for path, quote in sides],
    }
