"""Conversations of a room: ask with what went before in mind, keep every answer, find, rename, delete and hand out what was kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from datazoom_desktop.activity import trail
from datazoom_desktop.chat import export, followup, scope, store
from datazoom_desktop.chat.conversation import (
    Conversation,
    Match,
    Place,
    Standing,
    Stands,
    Summary,
    Turn,
    checked_title,
    place_of,
    title_of,
)
from datazoom_desktop.chat.events import ChatEvent, Continues, Done, Quoted
from datazoom_desktop.chat.finding import matches, needles_of
from datazoom_desktop.chat.followup import Continued
from datazoom_desktop.chat.model import Answer, Citation
from datazoom_desktop.chat.service import Chat
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.organizations.names import name_key, near_names
from datazoom_desktop.search.model import Route
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage


@dataclasses.dataclass(frozen=True, slots=True)
class Carried:
    """What a question takes over from the turns before it, with ids of documents that stand in the room.

    Attributes:
        words: What is taken over, for a person, such as "Lease · monthly rent".
        documents: The only ones to be looked into; None for the room.
        prefer: Those that come first.
    """

    continued: Continued
    words: str
    documents: tuple[str, ...] | None
    prefer: tuple[str, ...]


class Conversations:
    """The conversations of an open room; thread-safe."""

    def __init__(
        self, storage: RoomStorage, chat: Chat, documents: Documents, is_name: Callable[[str], bool], bus: ChangeBus
    ) -> None:
        """Keep what ``chat`` answers; ``is_name`` tells whether a document is called by some words."""
        self._storage = storage
        self._chat = chat
        self._documents = documents
        self._is_name = is_name
        self._bus = bus

    def ask(
        self,
        question: str,
        conversation: str | None = None,
        *,
        title: str = "",
        fresh: bool = False,
        engine: str = "auto",
        on_event: Callable[[ChatEvent], None] | None = None,
        cancel: CancelToken | None = None,
    ) -> Turn:
        """Answer a question and keep the turn; see ``Chat.ask`` for what is told on the way and what may go wrong.

        What was taken over is told first, as ``Continues``. A question that is cancelled or fails is not kept.

        Args:
            question: As a person asks it.
            conversation: Id of the conversation it belongs to; None begins a new one.
            title: Of a new conversation; else it is called by its first question.
            fresh: Take nothing over from the turns before.
            engine: See ``Chat.ask``.
            on_event: Called with each event.
            cancel: Looked at between steps.

        Raises:
            Problem: See ``Chat.ask``; or there is no such conversation (any more).
        """
        asked_at = clock.now()
        named = checked_title(title) if title else title_of(question)
        if conversation is not None:
            self._summary(conversation)
        carried = None if fresh or conversation is None else self.carried(question, conversation)
        tell = on_event or _ignore
        if carried is not None:
            tell(Continues(carried.words))
        answer = self._chat.ask(
            question if carried is None else carried.continued.question,
            engine,
            None if carried is None else carried.documents,
            lambda event: tell(_in_the_users_words(event, question)),
            cancel,
            () if carried is None else carried.prefer,
        )
        if cancel is not None:
            cancel.check()
        return self._keep(dataclasses.replace(answer, question=question), conversation, named, asked_at, carried)

    def carried(self, question: str, conversation: str) -> Carried | None:
        """Return what a question would take over from a conversation's turns; None when it stands alone."""
        with self._storage.db.read() as cursor:
            before = store.focuses(cursor, conversation)
        found = followup.continued(question, before, self._is_name)
        if found is None:
            return None
        names = scope.files(self._documents.current_versions())
        known = tuple(document for document in found.documents if document in names)
        if not known and not found.subject:
            return None
        found = dataclasses.replace(
            found, documents=known, only=found.only and bool(known), without=found.without and bool(known)
        )
        words = scope.continues_text([names[document] for document in known], found.subject, without=found.without)
        if found.without:
            return Carried(found, words, tuple(document for document in names if document not in known), ())
        return Carried(found, words, known if known and found.only else None, () if found.only else known)

    def summaries(self) -> list[Summary]:
        """Return every conversation, the one changed last first."""
        with self._storage.db.read() as cursor:
            return store.summaries(cursor)

    def find(self, named: str) -> Summary:
        """Return a conversation by its id or its title, or by the beginning of one that no other begins with.

        Raises:
            Problem: There is none, or several are called so.
        """
        listed = self.summaries()
        key = name_key(named)
        for same in (
            [row for row in listed if row.conversation_id == named],
            [row for row in listed if name_key(row.title) == key],
            [row for row in listed if key and name_key(row.title).startswith(key)],
        ):
            if len(same) == 1:
                return same[0]
            if same:
                ids = ", ".join(row.conversation_id for row in same)
                raise Problem(
                    "Which conversation?", f"{len(same)} conversations fit “{named}”.", f"Name one by its id: {ids}."
                )
        near = near_names(named, [row.title for row in listed])
        remedy = f"Did you mean {' or '.join(f'“{title}”' for title in near)}?" if near else "List what there is first."
        raise Problem("No such conversation", f"No conversation of this room is called “{named}”.", remedy)

    def open(self, conversation: str) -> Conversation:
        """Return a conversation with its turns, and how each citation stands today.

        Raises:
            Problem: There is no such conversation.
        """
        summary = self._summary(conversation)
        with self._storage.db.read() as cursor:
            turns = store.turns(cursor, conversation)
        standings = self.standings([cited for turn in turns for cited in turn.citations()])
        return Conversation(summary, tuple(dataclasses.replace(turn, standings=standings) for turn in turns))

    def standings(self, citations: Sequence[Citation]) -> dict[Place, Standing]:
        """Return how citations stand today, by place."""
        with self._storage.db.read() as cursor:
            rows = store.live(cursor, sorted({cited.document_id for cited in citations}))
        return {
            place_of(cited): self._standing(cited, [r for r in rows if r.document_id == cited.document_id])
            for cited in citations
        }

    def search(self, text: str) -> list[Match]:
        """Return the turns with all the words of ``text`` in question, answer or quotes, latest first; then titles that have them.

        Words in double quotes stand together. Case and accents do not count.
        """
        needles = needles_of(text)
        if not needles:
            return []
        listed = self.summaries()
        with self._storage.db.read() as cursor:
            found = store.matching(cursor, needles)
        return matches(needles, found, listed)

    def rename(self, conversation: str, title: str) -> Summary:
        """Give a conversation another title.

        Raises:
            Problem: There is no such conversation, or the title cannot be used.
        """
        tidy = checked_title(title)
        self._change(conversation, "renamed", lambda tx: store.rename(tx, conversation, tidy, clock.now()))
        return self._summary(conversation)

    def delete(self, conversation: str) -> Conversation:
        """Delete a conversation with all its turns and return it, so that ``restore`` can undo it.

        Raises:
            Problem: There is no such conversation.
        """
        whole = self.open(conversation)
        self._change(conversation, "deleted", lambda tx: store.delete(tx, conversation))
        return whole

    def restore(self, conversation: Conversation) -> None:
        """Bring back what ``delete`` returned."""

        def work(tx: Cursor) -> None:
            store.add_conversation(tx, conversation.summary)
            for turn in conversation.turns:
                store.add_turn(tx, turn)

        self._write(conversation.summary.conversation_id, "restored", work)

    def export(self, conversation: str, file: Path) -> int:
        """Write a conversation to ``file``, as its ending says: ``.md`` or ``.docx``; return the number of bytes.

        Raises:
            Problem: There is no such conversation, the ending is another, or the file cannot be written.
        """
        return export.write(self.open(conversation), self._storage.manifest.name, clock.now(), file)

    def markdown(self, conversation: str) -> str:
        """Return a conversation as Markdown.

        Raises:
            Problem: There is no such conversation.
        """
        return export.markdown(self.open(conversation), self._storage.manifest.name, clock.now())

    def left_behind(self, paths: Sequence[str]) -> tuple[int, int]:
        """Return how many quotes of documents that left these paths are kept, and in how many conversations."""
        with self._storage.db.read() as cursor:
            return store.left_behind(cursor, paths)

    def _standing(self, cited: Citation, rows: Sequence[store.LiveRow]) -> Standing:
        if not rows:
            return Standing(Stands.GONE)
        same = [row for row in rows if row.version_id == cited.version_id]
        if not same:
            return Standing(Stands.NEWER, rows[0].path)
        row = next((row for row in same if row.path == cited.path), same[0])
        if row.state == "new":
            return Standing(Stands.UNREAD, row.path)
        there = self._documents.text(cited.version_id, cited.span)
        return Standing(Stands.HERE if there == cited.quote else Stands.CHANGED, row.path)

    def _keep(
        self, answer: Answer, conversation: str | None, title: str, asked_at: dt.datetime, carried: Carried | None
    ) -> Turn:
        continued = None if carried is None else carried.continued
        restated = answer.question if continued is None else continued.question
        route = answer.route or Route(restated, "", (), "")
        chosen = route.document_ids or route.preferred
        cited = [citation.document_id for claim in answer.claims for citation in claim.citations]
        focus = followup.focus_after(route.question, route.reference, chosen, cited, continued)
        begun = conversation or new_id()
        turn = Turn(begun, 1, asked_at, restated, "" if carried is None else carried.words, focus, answer)

        def work(tx: Cursor) -> Turn:
            if conversation is None:
                store.add_conversation(tx, Summary(begun, title, asked_at, asked_at, 0))
            elif not store.summaries(tx, begun):
                raise _no_such(begun)
            added = dataclasses.replace(turn, number=store.last_number(tx, begun) + 1)
            store.add_turn(tx, added)
            store.touch(tx, begun, clock.now())
            detail = {"turn": added.number, "status": str(answer.status), "engine": answer.engine}
            trail.record(tx, actor="user", intent="conversations.asked", subject=begun, detail=detail)
            return added

        kept = self._storage.db.write(work)
        self._bus.publish(Changes.of(Topic.CHAT, ids=(begun,)))
        return dataclasses.replace(kept, standings=self.standings(kept.citations()))

    def _summary(self, conversation: str) -> Summary:
        with self._storage.db.read() as cursor:
            for row in store.summaries(cursor, conversation):
                return row
        raise _no_such(conversation)

    def _change(self, conversation: str, what: str, change: Callable[[Cursor], None]) -> None:
        def work(tx: Cursor) -> None:
            if not store.summaries(tx, conversation):
                raise _no_such(conversation)
            change(tx)

        self._write(conversation, what, work)

    def _write(self, conversation: str, what: str, work: Callable[[Cursor], None]) -> None:
        """Write, with one row in the trail; that never has words of a conversation, since it cannot be deleted."""

        def recorded(tx: Cursor) -> None:
            work(tx)
            trail.record(tx, actor="user", intent=f"conversations.{what}", subject=conversation, detail={})

        self._storage.db.write(recorded)
        self._bus.publish(Changes.of(Topic.CHAT, ids=(conversation,)))


def _no_such(conversation: str) -> Problem:
    return Problem(
        "No such conversation",
        f"There is no conversation “{conversation}” in this room.",
        "It may have been deleted; list what there is.",
    )


def _in_the_users_words(event: ChatEvent, question: str) -> ChatEvent:
    """Return an event whose answer names the question as the user wrote it."""
    if isinstance(event, Quoted | Done):
        return dataclasses.replace(event, answer=dataclasses.replace(event.answer, question=question))
    return event


def _ignore(event: ChatEvent) -> None:
    """Tell nobody."""
