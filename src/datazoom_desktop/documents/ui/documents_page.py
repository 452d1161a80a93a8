"""The documents page: the room's numbered index with coverage and live progress, and a drop target for more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from datazoom_desktop.documents.model import DocumentRow, RoomCoverage, UnreadablePage
from datazoom_desktop.documents.ui import sentences
from datazoom_desktop.documents.ui.details_line import DetailsLine
from datazoom_desktop.documents.ui.sentences import Reading
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.shell import words
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.drop import DropTarget
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.list_model import ListModel
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.table import Column, LazyTable, Table
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

if TYPE_CHECKING:
    from datazoom_desktop.documents.service import Documents

REFRESH_MS = 500  #: while documents are read, the page looks again at most this often


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page needs besides its rows; ``unfinished`` are the rows, by path, of what could not be read or is being tried."""

    coverage: RoomCoverage
    unreadable: tuple[UnreadablePage, ...]
    reading: Mapping[str, Reading]
    unfinished: Mapping[str, DocumentRow]


class DocumentsPage(QWidget):
    """Shows one room's index.

    Attributes:
        opened: Emitted with (version_id, path, 1-based page) to show in the viewer.
        added: Emitted with a list of ``Path`` to take into the room.
        looked: Emitted with the ``Overview`` after every look at the room.
        passwords_given: Emitted with a list of passwords to try on the room's locked documents.
    """

    opened = Signal(str, str, int)
    added = Signal(object)
    looked = Signal(object)
    passwords_given = Signal(list)

    def __init__(
        self,
        desk: Desk,
        documents: Documents,
        reading: Callable[[], Mapping[str, Reading]],
        parent: QWidget | None = None,
    ) -> None:
        """Show ``documents``; ``reading`` tells, on a background thread, how far each version's reading is."""
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        self._documents = documents
        self._reading = reading
        self._progress: Mapping[str, Reading] = {}
        self._unfinished: Mapping[str, DocumentRow] = {}
        self._offered = False
        self._expected = ""
        columns = self._columns()
        self.model: LazyTable[DocumentRow] = LazyTable(
            desk.theme,
            desk.operations,
            columns,
            documents.count,
            documents.rows,
            self,
        )
        self.table = Table(self.model, columns)
        self.table.setAccessibleName("Documents")
        self.unread_model: ListModel[UnreadablePage] = ListModel(desk.theme, _UNREAD_COLUMNS, self)
        self.unread = Table(self.unread_model, _UNREAD_COLUMNS)
        self.unread.setAccessibleName("Pages that could not be read")
        self._tables = QStackedWidget()
        self.states = States(desk.theme, self._tables)
        self.summary = QLabel()
        self.details = DetailsLine()
        self._all, self._unreadable = _switch("All documents"), _switch("Could not be read")
        self._add_folder = WordButton(desk.theme, "folder", "Add folder", "primary")
        self._add_files = WordButton(desk.theme, "document", "Add files")
        self.drop = DropTarget(desk.theme, self, "Drop files and folders to add them to this room")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Look at the room again; what is on show stays until then."""
        if not self.model.rowCount() and self.states.state != "told":
            self.states.show_loading()
        self.model.refresh()
        offered = self._offered

        def work(_task: Task) -> Overview:
            coverage = self._documents.coverage()
            unreadable = tuple(self._documents.unreadable())
            paths = dict.fromkeys(page.path for page in unreadable)
            if offered:  # a document that is being tried waits to be read
                paths |= dict.fromkeys(self._documents.waiting())
            unfinished = {row.path: row for row in self._documents.rows_at(list(paths))}
            return Overview(coverage, unreadable, self._reading(), unfinished)

        def done(overview: Overview) -> None:
            self._show_overview(overview)
            if offered:
                self.details.settle({row.version_id: row for row in overview.unfinished.values()})

        self._desk.operations.run(self, work, done, key="overview", failed=self._failed)

    def expect(self, paths: Sequence[Path]) -> None:
        """Say that ``paths`` are being looked through, until ``found`` is called or documents are there."""
        self._expected = f"“{paths[0].name}”" if len(paths) == 1 else words.count(len(paths), "place")
        if not self.model.rowCount():
            self._show_none()

    def found(self) -> None:
        """Say no longer that folders are being looked through."""
        self._expected = ""
        self.refresh()

    def passwords_offered(self) -> None:
        """Look whether the passwords that were given have opened their documents."""
        self._offered = True
        self.refresh()

    def ask_password(self, version_id: str) -> None:
        """Select a locked document and put the cursor where its password is typed."""
        self._select(version_id)
        self.details.ask_password()

    def take_changes(self, changes: Changes) -> None:
        """Refresh soon when ``changes`` concern documents or their reading."""
        if changes.topics & {Topic.DOCUMENTS, Topic.PAGES, Topic.PASSAGES, Topic.JOBS} and not self._timer.isActive():
            self._timer.start()

    def show_unreadable(self) -> None:
        """Show the pages that could not be read."""
        if self._unreadable.isEnabled():
            self._show_table(unread=True)

    def choose_folder(self) -> None:
        """Let the user choose a folder to add."""
        chosen = QFileDialog.getExistingDirectory(self, "Add a folder to this room")
        if chosen:
            self.added.emit([Path(chosen)])

    def choose_files(self) -> None:
        """Let the user choose files to add."""
        chosen, _ = QFileDialog.getOpenFileNames(self, "Add files to this room")
        if chosen:
            self.added.emit([Path(each) for each in chosen])

    def _show_overview(self, overview: Overview) -> None:
        self._progress, self._unfinished = overview.reading, overview.unfinished
        self.summary.setText(sentences.summary_words(overview.coverage) if overview.coverage.documents else "")
        self.unread_model.set_rows(overview.unreadable)
        number = len(overview.unreadable)
        self._unreadable.setText(f"Could not be read  {words.number(number)}" if number else "Could not be read")
        self._unreadable.setEnabled(bool(number))
        if not number and self._unreadable.isChecked():
            self._show_table(unread=False)
        if number and not self.unread.currentIndex().isValid():
            self.unread.selectRow(0)
        self._show_details()
        self.table.viewport().update()
        self.looked.emit(overview)

    def _counted(self, rows: int) -> None:
        for widget in self._with_rows:
            widget.setVisible(bool(rows))
        if rows:
            self._expected = ""
            self.states.show_content()
            if not self.table.currentIndex().isValid():
                self.table.selectRow(0)
            self._show_details()
        else:
            self._show_none()

    def _show_none(self) -> None:
        if self._expected:
            self.states.show_empty(
                "folder", f"Looking through {self._expected}", "Documents are listed here as soon as they are found."
            )
            return
        folder = WordButton(self._desk.theme, "folder", "Add folder", "primary")
        folder.clicked.connect(self.choose_folder)
        self.states.show_empty(
            "documents",
            "No documents yet",
            "Drop the folders of the deal here. Everything is read and kept on this machine.",
            folder,
            "PDF, Word, Excel, PowerPoint, mail, web pages, text and pictures can be read.",
        )

    def _failed(self, error: Exception) -> None:
        self.states.show_error(error, self.refresh)

    def _open(self, number: int) -> None:
        row = self.model.row(number)
        if row is not None:
            self.opened.emit(row.version_id, row.path, 1)

    def _open_unread(self, number: int) -> None:
        page = self.unread_model.rows[number]

        def work(_task: Task) -> DocumentRow | None:
            return next(iter(self._documents.rows_at([page.path])), None)

        def done(row: DocumentRow | None) -> None:
            if row is not None:
                self.opened.emit(row.version_id, row.path, page.page or 1)

        self._desk.operations.run(self, work, done, key="open")

    def _show_details(self) -> None:
        unread = self._unreadable.isChecked()
        number = (self.unread if unread else self.table).currentIndex().row()
        if number < 0:
            self.details.show_row(None)
        elif unread:
            self.details.show_row(self._unfinished.get(self.unread_model.rows[number].path))
        else:
            self.details.show_row(self.model.row(number))

    def _select(self, version_id: str) -> None:
        """Select a document among all of them, when it is near enough to be in memory."""
        number = self.model.find(lambda row: row.version_id == version_id)
        if number is not None:
            self._show_table(unread=False)
            self.table.selectRow(number)
            self._show_details()

    def _give(self, version_id: str, passwords: list[str]) -> None:
        self._select(version_id)  # it leaves the list of what could not be read while it is tried
        self.details.expect(row.version_id for row in self._unfinished.values() if sentences.locked(row))
        self.passwords_given.emit(passwords)

    def _tried(self, opened: int, still: int) -> None:
        if opened + still > 1:  # of one document, its own line tells
            self._desk.messages.show_note(*sentences.tried_words(opened, still))

    def _show_table(self, *, unread: bool) -> None:
        self._unreadable.setChecked(unread)
        self._all.setChecked(not unread)
        self._tables.setCurrentWidget(self.unread if unread else self.table)
        self._show_details()

    def _state_words(self, row: DocumentRow) -> str:
        return sentences.state_words(row, self._progress.get(row.version_id))

    def _state_role(self, row: DocumentRow) -> str:
        return sentences.state_role(row, self._progress.get(row.version_id))

    def _columns(self) -> tuple[Column[DocumentRow], ...]:
        return (
            Column("No.", lambda row: row.index, role=lambda _row: "ink_faint", width=80),
            Column("Name", lambda row: sentences.name_of(row.path), tip=lambda row: row.path),
            Column(
                "Folder",
                lambda row: sentences.folder_of(row.path),
                role=lambda _row: "ink_soft",
                width=256,
                tip=lambda row: row.path,
            ),
            Column("Pages", lambda row: words.number(row.pages) if row.pages else "", numbers=True, width=72),
            Column("State", self._state_words, role=self._state_role, width=240, tip=lambda row: row.reason or ""),
        )

    def _lay_out(self) -> None:
        title = QLabel("Documents")
        title.setProperty("role", "page-title")
        self.summary.setProperty("role", "soft")
        self._tables.addWidget(self.table)
        self._tables.addWidget(self.unread)
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self._add_files)
        head.addWidget(self._add_folder)
        switch = QHBoxLayout()
        switch.setSpacing(SPACE_1)
        switch.addWidget(self.summary)
        switch.addStretch()
        switch.addWidget(self._all)
        switch.addWidget(self._unreadable)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_8, SPACE_6, SPACE_8, SPACE_3)
        column.setSpacing(SPACE_3)
        column.addLayout(head)
        column.addLayout(switch)
        column.addWidget(self.states, 1)
        column.addWidget(self.details)
        column.setSpacing(SPACE_2 + SPACE_4 // 4)
        self._with_rows = (self._add_files, self._add_folder, self._all, self._unreadable)
        self._show_table(unread=False)
        self._unreadable.setEnabled(False)

    def _connect(self) -> None:
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self._failed)
        self.model.dataChanged.connect(self._show_details)
        self.table.opened.connect(self._open)
        self.unread.opened.connect(self._open_unread)
        self.details.passwords_given.connect(self._give)
        self.details.tried.connect(self._tried)
        self.details.left.connect(self.table.setFocus)
        for table in (self.table, self.unread):
            table.selectionModel().currentRowChanged.connect(self._row_changed)
        self._timer.timeout.connect(self.refresh)
        self._all.clicked.connect(lambda: self._show_table(unread=False))
        self._unreadable.clicked.connect(lambda: self._show_table(unread=True))
        self._add_folder.clicked.connect(self.choose_folder)
        self._add_files.clicked.connect(self.choose_files)
        self.drop.dropped.connect(self._dropped)

    def _row_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_details()

    def _dropped(self, paths: Sequence[Path]) -> None:
        self.added.emit(list(paths))


def _switch(label: str) -> QPushButton:
    button = QPushButton(label)
    button.setProperty("kind", "quiet")
    button.setCheckable(True)
    return button


def _page_words(page: UnreadablePage) -> str:
    return words.number(page.page) if page.page else "All"


_UNREAD_COLUMNS: tuple[Column[UnreadablePage], ...] = (
    Column("Document", lambda page: page.path, tip=lambda page: page.path),
    Column("Page", _page_words, numbers=True, width=64),
    Column("Why", lambda page: page.reason, role=lambda _page: "ink_soft", tip=lambda page: page.reason),
)
