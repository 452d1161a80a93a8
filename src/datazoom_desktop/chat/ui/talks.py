"""The ask page's conversations: what is listed beside the answers and what is done to it, in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from datazoom_desktop.chat.conversation import Conversation, Summary
from datazoom_desktop.chat.ui.talk_list import Line, TalkList, listed, matched
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.ids import slug
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.operations import Task

if TYPE_CHECKING:
    from datazoom_desktop.chat.conversations import Conversations

LISTED = 200  #: lines shown at most of what was found
_FILTER = "Word document (*.docx);;Markdown (*.md)"


class Talks(QObject):
    """Keeps the list of conversations as the room has it.

    Attributes:
        counted: Emitted with whether the room has any conversations, after every look.
        titled: Emitted with the title of the open conversation after every look; empty while it is not known.
        closed: Emitted when the open conversation was deleted; ``returned`` with its id when that was undone.
    """

    counted = Signal(bool)
    titled = Signal(str)
    closed = Signal()
    returned = Signal(str)

    def __init__(self, desk: Desk, conversations: Conversations, parent: QWidget) -> None:
        """List nothing before ``refresh``."""
        super().__init__(parent)
        self._desk = desk
        self._conversations = conversations
        self._page = parent
        self.panel = TalkList(desk.theme)
        self.open = ""  #: id of the conversation on show; empty for one that is not begun
        self._titles: dict[str, str] = {}
        self._renaming = ""  #: to be renamed once it is listed again
        self.panel.searched.connect(lambda _words: self.refresh())
        self.panel.renamed.connect(self.rename)
        self.panel.deleting.connect(self.delete)
        self.panel.exporting.connect(self.choose_export)

    def refresh(self) -> None:
        """Look at the room's conversations again, and for the words that are looked for."""
        words = self.panel.words

        def work(_task: Task) -> tuple[list[Summary], list[Line], int]:
            rows = self._conversations.summaries()
            moment = now()
            if not words:
                return rows, [listed(row, moment) for row in rows], 0
            found = self._conversations.search(words)
            return rows, [matched(match) for match in found[:LISTED]], max(0, len(found) - LISTED)

        def done(found: tuple[list[Summary], list[Line], int]) -> None:
            rows, lines, more = found
            self._titles = {row.conversation_id: row.title for row in rows}
            self.panel.show_lines(lines, more)
            self.counted.emit(bool(rows))
            self.titled.emit(self.title)
            renaming, self._renaming = self._renaming, ""
            if renaming:
                self.panel.rename(renaming)

        self._desk.operations.run(self, work, done, key="list")

    @property
    def title(self) -> str:
        """The title of the open conversation, as last looked up; empty when there is none."""
        return self._titles.get(self.open, "")

    def mark(self, conversation: str) -> None:
        """Take a conversation for the open one; empty for none."""
        self.open = conversation
        self.panel.mark(conversation)
        self.titled.emit(self.title)

    def begin_rename(self, conversation: str) -> None:
        """Let the user type a conversation's new title; words that are looked for are cleared when they hide it."""
        if not self.panel.rename(conversation):
            self._renaming = conversation
            self.panel.field.clear()
            self.refresh()

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title."""
        self._desk.operations.run(
            self, lambda _task: self._conversations.rename(conversation, title), lambda _row: self.refresh()
        )

    def delete(self, conversation: str) -> None:
        """Delete a conversation; the message offers to undo it."""

        def done(gone: Conversation) -> None:
            was_open = self.open == conversation
            if was_open:
                self.closed.emit()
            self.refresh()
            self._desk.messages.show_note(
                f"“{gone.summary.title}” was deleted", "", "Undo", lambda: self._restore(gone, reopen=was_open)
            )

        self._desk.operations.run(self, lambda _task: self._conversations.delete(conversation), done)

    def choose_export(self, conversation: str) -> None:
        """Let the user choose a file and write a conversation to it."""
        name = f"{slug(self._titles.get(conversation, 'conversation'))}.docx"
        chosen, kind = QFileDialog.getSaveFileName(self._page, "Export this conversation", name, _FILTER)
        if chosen:
            file = Path(chosen)
            self.export(conversation, file if file.suffix else file.with_suffix(".md" if ".md" in kind else ".docx"))

    def export(self, conversation: str, file: Path) -> None:
        """Write a conversation to a file."""

        def done(_bytes: int) -> None:
            self._desk.messages.show_note(f"Wrote {file.name}", f"With every citation, in {file.parent}")

        self._desk.operations.run(self, lambda _task: self._conversations.export(conversation, file), done)

    def _restore(self, gone: Conversation, *, reopen: bool) -> None:
        def done(_none: None) -> None:
            self.refresh()
            if reopen:
                self.returned.emit(gone.summary.conversation_id)

        self._desk.operations.run(self, lambda _task: self._conversations.restore(gone), done)
