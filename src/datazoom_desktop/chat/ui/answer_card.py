"""One question and its answer on the ask page: the written answer on top, quotes below, what was searched at the end."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from datazoom_desktop.chat.conversation import Turn
from datazoom_desktop.chat.model import TABLES, Answer, AnswerStatus, Citation, Claim
from datazoom_desktop.chat.ui import answer_words, computed_words
from datazoom_desktop.chat.ui.continues_chip import ContinuesChip
from datazoom_desktop.chat.ui.numbering import Numbering, place_words
from datazoom_desktop.chat.ui.standing_words import notes_words
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.shell.flow_layout import FlowLayout
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.rich_text import ReadingText, reading_width, tip
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from datazoom_desktop.shell.words import moment


class AnswerCard(QWidget):
    """Grows while an answer arrives; quotes stay where they are, the written answer grows above them.

    Attributes:
        cited: Emitted with the number of the citation to open.
        unreadable_asked: Emitted when the user wants to see which pages could not be read.
        fresh_asked: Emitted when the user wants the question asked again without what it took over.
    """

    cited = Signal(int)
    unreadable_asked = Signal()
    fresh_asked = Signal()

    def __init__(self, theme: Theme, question: str, parent: QWidget | None = None) -> None:
        """Start with the question and "Searching"."""
        super().__init__(parent)
        self._theme = theme
        self.numbers = Numbering()
        self.answer: Answer | None = None
        self.finished = False
        self.claims: list[Claim] = []
        self._withheld: list[str] = []
        self._draft = ""
        self.question = _label(question, "question")
        self.continues = ContinuesChip(theme, "Ask again without what went before")
        self.continues.removed.connect(self.fresh_asked)
        self.turn: Turn | None = None
        self._reopened = False
        self.working = _label("Searching the documents", "soft")
        self.caution = _label("", "warn")
        self.written = ReadingText("Answer")
        self.written.followed.connect(self._follow)
        self.sources = QWidget()
        self._sources = FlowLayout(self.sources)
        self.withheld = ReadingText("Withheld sentences")
        self.withheld.followed.connect(self._follow)
        self.computed = ReadingText("How it was computed")
        self.computed.followed.connect(self._follow)
        self.notes = _label("", "warn")
        self.quotes = _Quotes(theme, self.numbers)
        self.quotes.cited.connect(self.cited)
        self.coverage = ReadingText("What was searched")
        self.coverage.followed.connect(self._follow)
        self.copy = WordButton(theme, "copy", "Copy answer", "crumb")
        self.copy.clicked.connect(self.copy_answer)
        self._chips = QButtonGroup(self)
        self._chips.setExclusive(False)
        self._lay_out()
        theme.changed.connect(self._restyle)

    @property
    def first(self) -> int:
        """The number of the citation to open first: the written answer's, else the first quote's; 0 when there is none."""
        cited = [citation for claim in self.claims for citation in claim.citations]
        return self.numbers.number(cited[0]) if cited else min(1, len(self.numbers))

    def show_quoted(self, answer: Answer) -> None:
        """Show the quotes that were found; they stay."""
        self.answer = answer
        where = answer_words.scope_words(answer.scope)
        self.working.setText("  ·  ".join(filter(None, (where, "Reading the passages that were found"))))
        if answer.status is AnswerStatus.NOT_FOUND:
            return
        self.quotes.show_claims(answer.claims)

    def add_draft(self, text: str) -> None:
        """Append words of the answer as it is being written; they are faint until they are verified."""
        self._draft += text
        self.working.setText("Writing the answer")
        self._write()

    def add_claim(self, claim: Claim) -> None:
        """Append a verified sentence in place of the draft."""
        self.claims.append(claim)
        self._draft = ""
        self._write()

    def withhold(self, sentence: str) -> None:
        """Note that a sentence was left out."""
        self._withheld.append(sentence)
        self._draft = ""
        self._write()
        self._show_withheld(opened=False)

    def finish(self, answer: Answer) -> None:
        """Show the answer as it ended."""
        self.answer = answer
        self.finished = True
        self._draft = ""
        self._withheld = list(answer.withheld)
        self.working.setText(answer_words.scope_words(answer.scope))
        self.caution.setText(answer_words.status_words(answer))
        if answer.status is AnswerStatus.NOT_FOUND:
            self._show_not_found(answer)
            self.caution.setText("\n".join(filter(None, (self.caution.text(), *answer.remarks))))
        elif answer.engine == "quote":
            self.claims = []
            self.quotes.show_claims(answer.claims)
            said = self.caution.text() or answer_words.preface_words(answer)
            self.caution.setText("\n".join(filter(None, (said, *answer.remarks))))
        else:
            self.claims = list(answer.computed or answer.claims)
            for citation in (c for claim in self.claims for c in claim.citations):
                self.numbers.number(citation)
            if answer.engine == TABLES and self.quotes.isHidden():
                self.quotes.show_claims([claim for claim in answer.claims if claim not in self.claims])
        self._write()
        self._show_computed(opened=False)
        self._show_withheld(opened=False)
        self._show_sources()
        self._show_coverage(answer)
        self.working.setVisible(bool(self.working.text()))
        self.caution.setVisible(bool(self.caution.text()))
        self.copy.setVisible(True)
        if self.claims:
            self.quotes.set_title("From the documents")
        self.setAccessibleName(f"{answer.question} {answer.text}")

    def show_turn(self, turn: Turn, *, reopened: bool = False) -> None:
        """Show the answer as it was kept, and what became of its documents since; of a ``reopened`` one, when it was asked."""
        self.turn = turn
        self._reopened = self._reopened or reopened
        self.continues.show_words(turn.continues, turn.restated)
        self.quotes.set_note(turn.note)
        self.finish(turn.answer)
        told = notes_words(self.claims, turn.note, self.numbers)
        self.notes.setText(told)
        self.notes.setVisible(bool(told))

    def stop(self) -> None:
        """Show that the user stopped it; what was verified stays."""
        self._draft = ""
        self._write()
        self.working.setText("Stopped, and not kept. What was found so far stays until you leave this conversation.")
        self.working.show()

    def fail(self, text: str) -> None:
        """Show that it could not be answered; the message surface says why."""
        self._draft = ""
        self._write()
        self.working.setText(text)
        self.working.show()

    def mark(self, number: int) -> None:
        """Show which citation is open beside the answer; 0 for none."""
        for button in self._chips.buttons():
            button.setChecked(self._chips.id(button) == number)
        self.quotes.mark(number)

    def copy_answer(self) -> None:
        """Copy the answer with its citations."""
        if self.answer is not None:
            claims = self.claims or list(self.answer.claims)
            told = answer_words.plain_text(self.answer, claims, self.numbers)
            notes = notes_words(claims, self.turn.note, self.numbers) if self.turn is not None else ""
            parts = (told, computed_words.computed_text(self.answer), notes)
            QApplication.clipboard().setText("\n\n".join(filter(None, parts)))

    def _restyle(self) -> None:
        """Write again in the new theme's colours."""
        self._write()
        self._show_computed(opened=False)
        self._show_withheld(opened=False)
        if self.answer is not None and self.copy.isVisibleTo(self):
            self._show_coverage(self.answer)

    def _write(self) -> None:
        colours = self._theme.tokens
        parts = []
        if self.claims:
            parts.append(answer_words.claims_html(self.claims, self.numbers, colours))
        elif self.answer is not None and self.answer.status is AnswerStatus.NOT_FOUND:
            parts.append(html.escape(self.answer.text))
        if self._draft.strip():
            parts.append(f'<span style="color:{colours.ink_faint}">{html.escape(self._draft)}</span>')
        self.written.set_html(f'<div style="line-height:145%">{" ".join(parts)}</div>')
        self.written.setVisible(bool(parts))

    def _show_not_found(self, answer: Answer) -> None:
        self.claims = []
        nearest = [Claim(citation.quote, (citation,)) for citation in answer.nearest[:3]]
        self.quotes.show_claims(nearest, "Nearest passages" if nearest else "")

    def _show_withheld(self, *, opened: bool) -> None:
        words = answer_words.withheld_words(self._withheld)
        colours = self._theme.tokens
        style = f"color:{colours.ink_soft}; font-size:13px;"
        if opened:
            shown = "<br>".join(html.escape(sentence) for sentence in self._withheld)
            words = f'{words}<br><span style="color:{colours.ink_faint}">{shown}</span>'
        elif words:
            words += f' <a href="{answer_words.WITHHELD_ADDRESS}" style="color:{colours.accent}">Show</a>'
        self.withheld.set_html(f'<div style="{style}">{words}</div>')
        self.withheld.setVisible(bool(self._withheld))

    def _show_computed(self, *, opened: bool) -> None:
        computed = self.answer is not None and bool(self.answer.computed)
        if self.answer is not None and computed:
            self.computed.set_html(computed_words.computed_html(self.answer, self._theme.tokens, opened=opened))
        self.computed.setVisible(computed)

    def _show_sources(self) -> None:
        for button in self._chips.buttons():
            self._chips.removeButton(button)
            self._sources.removeWidget(button)
            button.deleteLater()
        numbers = sorted({self.numbers.number(c) for claim in self.claims for c in claim.citations})
        for number in numbers:
            button = chip(number, self.numbers.citation(number))
            button.clicked.connect(lambda _checked=False, n=number: self.cited.emit(n))
            self._chips.addButton(button, number)
            self._sources.addWidget(button)
        self.sources.setVisible(bool(numbers))

    def _show_coverage(self, answer: Answer) -> None:
        colours = self._theme.tokens
        asked = f"Asked {moment(self.turn.asked_at, now())}. " if self._reopened and self.turn is not None else ""
        words = html.escape(asked + answer_words.searched_words(answer.searched))
        unreadable = answer_words.unreadable_words(answer.searched)
        if unreadable:
            words += f' <a href="{answer_words.UNREADABLE_ADDRESS}" style="color:{colours.accent}">{unreadable}</a>.'
        who = computed_words.took_words(answer) if answer.computed else answer_words.engine_words(answer)
        words += f" {html.escape(who)}."
        self.coverage.set_html(f'<div style="color:{colours.ink_soft}; font-size:12px;">{words}</div>')
        self.coverage.setVisible(True)

    def _follow(self, address: str) -> None:
        if address.startswith("cite:"):
            self.cited.emit(int(address.removeprefix("cite:")))
        elif address == answer_words.WITHHELD_ADDRESS:
            self._show_withheld(opened=True)
        elif address == computed_words.QUERY_ADDRESS:
            self._show_computed(opened=True)
        elif address == answer_words.UNREADABLE_ADDRESS:
            self.unreadable_asked.emit()

    def _lay_out(self) -> None:
        self.question.setMaximumWidth(reading_width())
        end = QWidget()
        end.setMaximumWidth(reading_width())
        foot = QVBoxLayout(end)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(SPACE_1)
        foot.addWidget(self.coverage)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.copy)
        buttons.addStretch()
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addWidget(self.question)
        column.addWidget(self.continues)
        column.addWidget(self.working)
        column.addWidget(self.caution)
        column.addWidget(self.written)
        column.addWidget(self.sources)
        column.addWidget(self.computed)
        column.addWidget(self.notes)
        column.addWidget(self.withheld)
        column.addWidget(self.quotes)
        column.addWidget(end)
        for widget in (
            self.caution,
            self.written,
            self.sources,
            self.computed,
            self.notes,
            self.withheld,
            self.quotes,
            self.coverage,
            self.copy,
        ):
            widget.hide()


class _Quotes(QWidget):
    """Words of the documents, each with its place."""

    cited = Signal(int)

    def __init__(self, theme: Theme, numbers: Numbering) -> None:
        super().__init__()
        self._theme = theme
        self._numbers = numbers
        self._note: Callable[[Citation], str] = lambda _citation: ""
        self._shown: tuple[Claim, ...] = ()
        self._chips: dict[int, QPushButton] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE_3)
        self.title = _label("", "section")
        self._rows.addWidget(self.title)

    def show_claims(self, claims: Sequence[Claim], title: str = "") -> None:
        """Show the quote of every claim's citations; the same ones again change nothing."""
        self.set_title(title)
        if tuple(claims) == self._shown:
            return
        self._shown = tuple(claims)
        self._chips.clear()
        while self._rows.count() > 1:
            old = self._rows.takeAt(1)
            widget = old.widget() if old is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        known = set[int]()
        for citation in (c for claim in claims for c in claim.citations):
            number = self._numbers.number(citation)
            if number not in known:
                known.add(number)
                self._rows.addWidget(self._quote(number, citation))
        self.setVisible(bool(known))

    def set_note(self, note: Callable[[Citation], str]) -> None:
        """Tell what is to be known of each citation today, from the next claims shown on."""
        former, self._note = self._note, note
        if any(former(cited) != note(cited) for claim in self._shown for cited in claim.citations):
            self._shown = ()

    def set_title(self, title: str) -> None:
        self.title.setText(title)
        self.title.setVisible(bool(title))

    def mark(self, number: int) -> None:
        for each, button in self._chips.items():
            button.setChecked(each == number)

    def _quote(self, number: int, citation: Citation) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        card.setMaximumWidth(reading_width())
        words = ReadingText("Quote")
        words.set_html(f"<div style='line-height:130%'>“{html.escape(' '.join(citation.quote.split()))}”</div>")
        button = chip(number, citation)
        button.clicked.connect(lambda _checked=False: self.cited.emit(number))
        self._chips[number] = button
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_2)
        column.setSpacing(SPACE_2)
        column.addWidget(words)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        if told := self._note(citation):
            column.addWidget(_label(told, "warn"))
        return card


def chip(number: int, citation: Citation) -> QPushButton:
    """Return the button of a citation, such as "1  Lease, p. 7"."""
    place = place_words(citation)
    short = place if len(place) <= 48 else f"{place[:36]}…{place[-10:]}"
    button = QPushButton(f"{number}   {short}".replace("&", "&&"))
    button.setProperty("kind", "citation")
    button.setCheckable(True)
    button.setToolTip(tip(citation.path))
    button.setAccessibleName(f"Citation {number}: {place}. {' '.join(citation.quote.split())}")
    return button


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setContentsMargins(0, 0, 0, SPACE_1 if role == "question" else 0)
    return label
