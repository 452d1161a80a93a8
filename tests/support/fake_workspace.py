"""A room in memory for window tests: states that a real room only passes through, such as loading, errors and a slow answer.

Journeys use the real ``Workspace``; this stand-in only answers what pages ask.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from datazoom_desktop.chat.conversations import Conversations
from datazoom_desktop.chat.events import ChatEvent, ClaimChecked, Delta, Done, Quoted
from datazoom_desktop.chat.model import Answer, AnswerStatus, Citation, Claim, Searched, Verdict
from datazoom_desktop.documents.model import DocumentRow, PageView, RoomCoverage, UnreadablePage
from datazoom_desktop.documents.ui.sentences import Reading
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.changes import ChangeBus
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Box, Span
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

ADDED = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
LINE_HEIGHT = 22.0
LINES = (
    "3.1 Term. The term of this Lease shall commence on January 1, 2024.",
    "The term shall expire on December 31, 2028, unless renewed.",
    "3.2 Renewal. Tenant may renew the term once for five years",
    "by written notice given at least 180 days before expiry.",
    "3.3 Rent. Base rent is USD 42,500 a month, payable in advance.",
)


def document_row(number: int, state: str = "indexed", **changes: object) -> DocumentRow:
    """Return a plausible line of the index."""
    values: dict[str, object] = {
        "index": f"{number // 10 + 1}.{number % 10 + 1}",
        "path": f"{number // 10 + 1} Folder/Document {number}.pdf",
        "document_id": f"d{number}",
        "version_id": f"v{number}",
        "version": 1,
        "sha256": "0" * 64,
        "bytes": 84_000 + number,
        "media_type": "application/pdf",
        "state": state,
        "coverage": None,
        "reason": None,
        "title": None,
        "pages": 24 if state in ("read", "indexed") else 0,
        "unreadable": 0,
        "ocr": 0,
        "added_at": ADDED,
    }
    values |= changes
    values.setdefault("needs_password", values["coverage"] is Coverage.ENCRYPTED)
    return DocumentRow(**values)  # type: ignore[arg-type]


def page_text(page: int) -> str:
    """Return the text of a page of a fake document."""
    return f"Page {page}\n" + "\n".join(LINES) + "\n"


PAGE_CHARS = len(page_text(1))


class FakeDocuments:
    """A register of rows; every document has the same pages, laid out line by line."""

    def __init__(self, rows: list[DocumentRow], *, geometry: bool = True, pages: int = 9) -> None:
        self.all = rows
        self.geometry = geometry
        self.pages = pages
        self.fetched: list[tuple[int, int | None]] = []
        self.hold: threading.Event | None = None
        self.problem: Problem | None = None

    def count(self) -> int:
        self._wait()
        return len(self.all)

    def rows(self, offset: int = 0, limit: int | None = None) -> list[DocumentRow]:
        self._wait()
        self.fetched.append((offset, limit))
        return self.all[offset:] if limit is None else self.all[offset : offset + limit]

    def rows_at(self, paths: Sequence[str]) -> list[DocumentRow]:
        return [row for row in self.all if row.path in paths]

    def waiting(self) -> list[str]:
        return [row.path for row in self.all if row.state in ("new", "read")]

    def row_of(self, version_id: str) -> DocumentRow:
        return next(row for row in self.all if row.version_id == version_id)

    def current_versions(self) -> list[tuple[str, str, str, str | None]]:
        return [(row.version_id, row.document_id, row.path, row.title) for row in self.all]

    def coverage(self, version_ids: Collection[str] | None = None) -> RoomCoverage:
        self._wait()
        pages = sum(row.pages or 1 for row in self.all if row.state != "new")
        bad = len(self.unreadable())
        waiting = sum(row.state in ("new", "read") for row in self.all)
        return RoomCoverage(len(self.all), pages, pages - bad, {"text": pages - bad, "failed": bad}, waiting)

    def unreadable(self, version_ids: Collection[str] | None = None) -> list[UnreadablePage]:
        found = []
        for row in self.all:
            if row.state == "unreadable":
                found.append(UnreadablePage(row.path, None, str(row.coverage or Coverage.FAILED), row.reason or "?"))
            found += [UnreadablePage(row.path, n + 1, "failed", row.reason or "?") for n in range(row.unreadable)]
        return found

    def page_count(self, version_id: str) -> int:
        self._wait()
        return 0 if self.row_of(version_id).state == "unreadable" else self.pages

    def page(self, version_id: str, page: int) -> PageView:
        start = (page - 1) * PAGE_CHARS
        size = (612.0, 792.0) if self.geometry else (0.0, 0.0)
        text = page_text(page)
        return PageView(version_id, page, None, Coverage.TEXT, None, start, start + len(text), text, *size)

    def text(self, version_id: str, span: Span) -> str:
        return "".join(page_text(n + 1) for n in range(self.pages))[span.start : span.end]

    def boxes(self, version_id: str, span: Span) -> tuple[Box, ...]:
        if not self.geometry:
            return ()
        page, start = divmod(span.start, PAGE_CHARS)
        line = page_text(page + 1)[:start].count("\n")
        top = 72 + line * LINE_HEIGHT
        return (Box(page + 1, 72, top, 480, top + 14),)

    def cells(self, version_id: str, span: Span) -> str | None:
        return None if self.geometry else f"Sheet1!A{span.start + 1}:A{span.end}"

    def _wait(self) -> None:
        if self.hold is not None:
            self.hold.wait(10)
        if self.problem is not None:
            raise self.problem


def draw_page(version_id: str, page: int, scale: float) -> QImage:
    """Draw a fake page: its lines as text where ``FakeDocuments.boxes`` says they are."""
    image = QImage(round(612 * scale), round(792 * scale), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    font = QFont("serif")
    font.setPixelSize(round(13 * scale))
    painter.setFont(font)
    for number, line in enumerate(page_text(page).splitlines()):
        rect = QRectF(72, 72 + number * LINE_HEIGHT, 500, 16)
        painter.drawText(
            QRectF(rect.x() * scale, rect.y() * scale, rect.width() * scale, rect.height() * scale),
            Qt.AlignmentFlag.AlignVCenter,
            line,
        )
    painter.end()
    return image


def citation(
    page: int = 7, line: int = 1, version: str = "v1", path: str = "5 Property/Lease with Northgate.pdf"
) -> Citation:
    """Return a verified citation of one line (0-based) of a fake page."""
    text = page_text(page)
    start = (page - 1) * PAGE_CHARS + text.index(LINES[line])
    span = Span(start, start + len(LINES[line]))
    return Citation("d1", version, path, page, span, LINES[line], Verdict.VERIFIED)


def answer(status: AnswerStatus = AnswerStatus.ANSWERED, **changes: object) -> Answer:
    """Return an answer about the lease."""
    claims = (
        Claim("It expires on 31 December 2028.", (citation(7, 1),)),
        Claim("It can be renewed once for five years on 180 days' notice.", (citation(7, 2), citation(8, 3))),
    )
    unreadable = (("6 Finance/Scan.pdf", 3, "The picture is too faint to read."),)
    values: dict[str, object] = {
        "status": status,
        "question": "When does the lease end?",
        "text": "It expires on 31 December 2028. It can be renewed once for five years on 180 days' notice.",
        "claims": claims,
        "searched": Searched(61, 60, 2, unreadable),
        "engine": "Qwen2.5 1.5B",
        "scope": "Searching 2 of 41 documents: Lease, Amendment 1",
        "timings_ms": {"total": 2400.0},
    }
    return Answer(**(values | changes))  # type: ignore[arg-type]


def quoted() -> Answer:
    """Return the same answer as quotes only."""
    claims = (Claim(LINES[1], (citation(7, 1),)), Claim(LINES[2], (citation(7, 2),)))
    return answer(claims=claims, engine="quote", text=" ".join(LINES[1:3]), timings_ms={"total": 240.0})


def not_found() -> Answer:
    """Return a refusal with nearest passages."""
    text = (
        "The documents do not say. All 60 readable pages were searched. "
        "Try other words, or name the document that should say it."
    )
    return answer(
        AnswerStatus.NOT_FOUND,
        claims=(),
        text=text,
        engine="quote",
        nearest=(citation(7, 4), citation(8, 3)),
        question="Is there a pension scheme?",
    )


class FakeChat:
    """Plays a list of events; ``gate`` holds the answer back before its last event until it is set."""

    def __init__(self, events: list[ChatEvent] | None = None) -> None:
        final = answer()
        self.events = events if events is not None else written_events(final)
        self.gate: threading.Event | None = None
        self.asked: list[tuple[str, tuple[str, ...] | None]] = []
        self.problem: Exception | None = None

    def ask(
        self,
        question: str,
        engine: str = "quote",
        documents: Collection[str] | None = None,
        on_event: Callable[[ChatEvent], None] | None = None,
        cancel: CancelToken | None = None,
        prefer: Collection[str] = (),
    ) -> Answer:
        self.asked.append((question, tuple(documents) if documents is not None else None))
        if self.problem is not None:
            raise self.problem
        for event in self.events[:-1]:
            if on_event is not None:
                on_event(event)
        while self.gate is not None and not self.gate.wait(0.02):
            if cancel is not None and cancel.cancelled:
                raise Cancelled
        last = self.events[-1]
        assert isinstance(last, Done)
        if on_event is not None:
            on_event(last)
        return last.answer


def written_events(final: Answer) -> list[ChatEvent]:
    """Return the events of a written answer: quotes, words, checked sentences, the end."""
    return [
        Quoted(quoted()),
        Delta("It expires on 31 Dec"),
        Delta("ember 2028."),
        ClaimChecked(claim=final.claims[0]),
        Delta("It can be renewed"),
        ClaimChecked(claim=final.claims[1]),
        Done(final),
    ]


def reading_rows() -> tuple[list[DocumentRow], dict[str, Reading]]:
    """Return a room half read, with every state a document can be in, and how far the one being read is."""
    rows = [document_row(n) for n in range(12)]
    rows[1] = document_row(1, path="5 Property/Lease with Northgate.pdf", index="5.1")
    rows[2] = document_row(2, unreadable=2, reason="The picture on page 3 is too faint to read.")
    rows[3] = document_row(3, ocr=24)
    rows[4] = document_row(
        4, "unreadable", coverage=Coverage.ENCRYPTED, reason="A password is needed to open this file."
    )
    rows[5] = document_row(
        5, "unreadable", coverage=Coverage.FAILED, reason="The file is damaged: it ends in the middle."
    )
    rows[6] = document_row(6, "read")
    rows[7] = document_row(7, "new")
    rows[8] = document_row(8, "new")
    return rows, {"v7": Reading(True, 12, 40, "pages"), "v6": Reading(True, 0, 0, "passages")}


def talks_over(room: RoomStorage, chat: FakeChat, documents: FakeDocuments, bus: ChangeBus) -> Conversations:
    """Keep what ``chat`` plays in a real room, in which ``documents`` stand."""

    def work(tx: Cursor) -> None:
        for version_id, document_id, path, _ in documents.current_versions():
            tx.execute(
                "INSERT INTO versions (version_id, document_id, number, sha256, bytes, added_at, state) VALUES (?, ?, 1, ?, 1, ?, 'indexed')",
                [version_id, document_id, version_id, ADDED],
            )
            tx.execute("INSERT INTO paths VALUES (?, ?, ?, ?, 0, 1, ?)", [path, document_id, version_id, path, ADDED])

    room.db.write(work)
    return Conversations(room, chat, documents, lambda _words: False, bus)  # type: ignore[arg-type]


class FakeWorkspace:
    """The parts of a workspace that pages use."""

    def __init__(self, documents: FakeDocuments, chat: FakeChat) -> None:
        self.bus = ChangeBus()
        self.documents = documents
        self.chat = chat
        self.added: list[Path] = []
