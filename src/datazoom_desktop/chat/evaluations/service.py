"""Puts sets of questions to the room and keeps how it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from datazoom_desktop.activity import trail
from datazoom_desktop.chat import verify
from datazoom_desktop.chat.evaluation import Outcome, Question, judge, outcome_of, parse
from datazoom_desktop.chat.evaluations import store
from datazoom_desktop.chat.evaluations.model import End, QuestionSet, Run
from datazoom_desktop.chat.service import Chat
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.metrics import Retrieved, same_document
from datazoom_desktop.search.service import Search
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

HITS = 64  #: passages looked at for the figures of search
_WHOLE = Span(0, 1 << 40)  #: of any document's text


class Evaluations:
    """The evaluations of an open room; thread-safe."""

    def __init__(self, storage: RoomStorage, chat: Chat, search: Search, documents: Documents) -> None:
        """Put questions to ``chat``, and to ``search`` for its figures."""
        self._storage = storage
        self._chat = chat
        self._search = search
        self._documents = documents

    def put(self, questions: Sequence[Question], engine: str, cancel: CancelToken | None = None) -> Iterator[Outcome]:
        """Ask one question after another and yield how each went; nothing is kept.

        Raises:
            Problem: A question cannot be answered at all, as when there is no language model for "llm".
            Cancelled: ``cancel`` was used.
        """
        standing = self._documents.current_versions()
        for question in questions:
            hits = self._search.search(question.text, HITS).hits
            began = time.perf_counter()
            answer = self._chat.ask(question.text, engine=engine, cancel=cancel)
            seconds = time.perf_counter() - began
            found = [Retrieved(hit.path, hit.span) for hit in hits]
            yield judge(question, answer, found, self._gold(question, standing), seconds)

    def runs(self) -> list[Run]:
        """Return every run, newest first."""
        with self._storage.db.read() as cursor:
            return store.runs(cursor)

    def outcomes(self, run_id: str) -> list[Outcome]:
        """Return how the questions of a run went, in the order of its set; a run that goes on has those so far."""
        with self._storage.db.read() as cursor:
            return [outcome_of(row) for row in store.outcomes(cursor, run_id)]

    def sets(self) -> list[QuestionSet]:
        """Return the sets that the room knows: those that were put to it, the one used last first."""
        with self._storage.db.read() as cursor:
            return store.sets(cursor)

    def begin(self, name: str, text: str, engine: str) -> Run:
        """Register a run of a set, given by its file's name and text; ``run`` puts its questions.

        Raises:
            Problem: The set has no question that is understood.
        """
        questions = _questions(text, name)
        begun = Run(new_id(), name, engine, len(questions), 0, now(), None, End.OPEN)

        def write(tx: Cursor) -> None:
            store.add_run(tx, begun, text)
            detail = {"name": name, "questions": len(questions), "engine": engine}
            trail.record(tx, actor="user", intent="evaluations.begun", subject=begun.run_id, detail=detail)

        self._storage.db.write(write)
        return begun

    def run(self, run_id: str, told: Callable[[Outcome], None] | None = None, cancel: CancelToken | None = None) -> Run:
        """Put the questions of a run that were not put yet, and return how it ended; ``told`` hears of each outcome once it is kept.

        A run that ``cancel`` stops, or that cannot go on, keeps what it has and says so; it can be gone on with later.

        Raises:
            Problem: There is no such run.
        """
        known, text = self._known(run_id)
        questions = _questions(text, known.name)[known.answered :]
        if known.end is not End.OPEN:
            self._storage.db.write(lambda tx: store.reopen_run(tx, run_id))
        end, reason = End.DONE, ""
        try:
            for number, outcome in enumerate(self.put(questions, known.engine, cancel), known.answered + 1):
                self._keep(run_id, number, outcome)
                if told is not None:
                    told(outcome)
                if cancel is not None:
                    cancel.check()
        except Cancelled:
            end = End.STOPPED
        except Problem as problem:
            end, reason = End.FAILED, str(problem)
        if self._known(run_id)[0].answered == known.questions:
            end = End.DONE
        self._storage.db.write(lambda tx: store.end_run(tx, run_id, end, reason, now()))
        return self._known(run_id)[0]

    def _keep(self, run_id: str, number: int, outcome: Outcome) -> None:
        row = outcome.as_dict()
        self._storage.db.write(lambda tx: store.add_outcome(tx, run_id, number, row))

    def _known(self, run_id: str) -> tuple[Run, str]:
        with self._storage.db.read() as cursor:
            found = store.run(cursor, run_id)
        if found is None:
            raise Problem("No such evaluation", "It is not in this room.", "Look at the list again.")
        return found

    def _gold(self, question: Question, standing: Sequence[tuple[str, str, str, str | None]]) -> list[Span]:
        """Return the characters that answer: as given, or where the quote stands in its document."""
        if question.spans or question.path is None or question.quote is None:
            return list(question.spans)
        for version_id, _, path, _ in standing:
            if same_document(path, question.path):
                place = verify.find(question.quote, self._documents.text(version_id, _WHOLE))
                return [place.span] if place is not None else []
        return []


def _questions(text: str, name: str) -> list[Question]:
    questions, problems = parse(text, name)
    if not questions:
        raise problems[0] if problems else Problem("No questions", f"{name} holds none.", "Add some, one a line.", name)
    return questions
