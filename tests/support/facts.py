"""The sample room's questions, put to the product, and how its answers compare."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.chat.model import Answer, AnswerStatus, Citation
from datazoom_desktop.engines.llm import LanguageModel
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.organizations.register import Rooms
from tests.support.models import chosen

PASSWORD = "halyard-2026"
ROOM = "Halyard"


def facts() -> dict[str, list[dict[str, Any]]]:
    """Return the sample room's ``questions`` and ``unanswerable`` ones."""
    loaded: dict[str, list[dict[str, Any]]] = json.loads(
        resource_path("sample_room", "facts.json").read_text(encoding="utf-8")
    )
    return loaded


def open_sample_room(home: Path, llm: LanguageModel | None = None) -> Workspace:
    """Return the sample room, read and searchable, its locked file unlocked; the caller closes it."""
    rooms = Rooms(home)
    fresh = ROOM not in {room.name for room in rooms.list()}
    if fresh:
        rooms.create(ROOM)
    workspace = open_workspace(home, ROOM, lambda _room: chosen(llm))
    if fresh:
        workspace.start()
        workspace.intake.add([resource_path("sample_room", "files")], [PASSWORD])
        workspace.runner.drain()
    return workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question's answer.

    Attributes:
        right: The right document and page stand among the first three citations.
        altered: Citations whose quote is not the document's text at its span, character for character.
    """

    question: dict[str, Any]
    answer: Answer
    right: bool
    altered: tuple[Citation, ...]

    @property
    def refused(self) -> bool:
        """Whether the answer is that nothing was found."""
        return self.answer.status is AnswerStatus.NOT_FOUND


def put(
    workspace: Workspace, questions: Iterable[dict[str, Any]], engine: Literal["quote", "llm", "auto"]
) -> list[Outcome]:
    """Ask each question and judge its answer."""
    return [
        _judge(workspace, question, workspace.chat.ask(question["question"], engine=engine)) for question in questions
    ]


def _judge(workspace: Workspace, question: dict[str, Any], answer: Answer) -> Outcome:
    cited = list(dict.fromkeys(citation for claim in answer.claims for citation in claim.citations))
    places = [(citation.path, citation.page) for citation in cited[:3]]
    right = "document" in question and (question["document"], question["page"]) in places
    altered = tuple(
        citation
        for citation in (*cited, *answer.nearest)
        if workspace.documents.text(citation.version_id, citation.span) != citation.quote
    )
    return Outcome(question, answer, right, altered)
