"""The column of questions and answers: one card a turn, built one after the other, the one being answered in view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from datazoom_desktop.chat.conversation import Place, Standing, Turn
from datazoom_desktop.chat.model import Citation
from datazoom_desktop.chat.ui.answer_card import AnswerCard
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_4, SPACE_6, SPACE_8


class AnswerColumn(QScrollArea):
    """Scrolls the cards of one conversation.

    Attributes:
        cited: Emitted with a card and the number of its citation to open.
        unreadable_asked: Emitted when the user wants to see which pages could not be read.
        fresh_asked: Emitted with a question to ask again without what it took over.
        built: Emitted when every card of a conversation that was opened stands there.
    """

    cited = Signal(object, int)
    unreadable_asked = Signal()
    fresh_asked = Signal(str)
    built = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start without cards."""
        super().__init__(parent)
        self._theme = theme
        self._building = 0  #: number of the conversation being put on show, so that an older one stops
        self.cards: list[AnswerCard] = []
        column = QWidget()
        column.setProperty("role", "plain")
        self._rows = QVBoxLayout(column)
        self._rows.setSpacing(SPACE_8)
        self._rows.addStretch(1)
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def add(self, question: str, at: int | None = None) -> AnswerCard:
        """Add a card for a question at the end, or ``at`` a 0-based place."""
        card = AnswerCard(self._theme, question)
        card.cited.connect(lambda number: self.cited.emit(card, number))
        card.unreadable_asked.connect(self.unreadable_asked)
        card.fresh_asked.connect(lambda: self.fresh_asked.emit(question))
        place = len(self.cards) if at is None else at
        self.cards.insert(place, card)
        self._rows.insertWidget(place, card)
        return card

    def clear(self) -> None:
        """Take every card away."""
        self._building += 1
        for card in self.cards:
            self._rows.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards.clear()

    def show_turns(self, turns: Sequence[Turn], wanted: int) -> None:
        """Show saved turns above what is there, then go to the ``wanted`` one (1-based; 0: the last)."""
        there = {card.turn.number for card in self.cards if card.turn is not None}
        self._build([turn for turn in turns if turn.number not in there], 0, wanted, self._building)

    def go_to(self, turn: int) -> None:
        """Bring a turn (1-based; 0: the last) into view."""
        found = [card for card in self.cards if card.turn is not None and card.turn.number == turn]
        if found:
            QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(found[0].y() - SPACE_4))
        else:
            self.follow_end()

    def follow_end(self) -> None:
        """Keep the question being answered in view once its card has its new height."""
        if self.cards:
            QTimer.singleShot(0, self, self._scroll_to_last)

    def hold(self, card: AnswerCard) -> None:
        """Keep a card where it is on the screen although the document beside it makes it narrower and taller."""
        bar = self.verticalScrollBar()
        place = max(card.y() - bar.value(), SPACE_4)
        QTimer.singleShot(0, card, lambda: bar.setValue(card.y() - place))

    def set_side(self, side: int) -> None:
        """Begin the cards ``side`` pixels from the left."""
        self._rows.setContentsMargins(side, SPACE_6, SPACE_6, SPACE_6)

    def citations(self) -> list[Citation]:
        """Return the citations of every saved turn on show."""
        return [cited for card in self.cards if card.turn is not None for cited in card.turn.citations()]

    def set_standings(self, standings: Mapping[Place, Standing]) -> None:
        """Show how citations stand today."""
        for card in self.cards:
            if card.turn is not None and any(standings.get(at) != now for at, now in card.turn.standings.items()):
                card.show_turn(replace(card.turn, standings=standings))

    def _build(self, turns: Sequence[Turn], at: int, wanted: int, building: int) -> None:
        """Show turns one after the other, so that a long conversation does not hold up the window."""
        if building != self._building:
            return
        if at < len(turns):
            self.add(turns[at].answer.question, at).show_turn(turns[at], reopened=True)
            QTimer.singleShot(0, self, lambda: self._build(turns, at + 1, wanted, building))
        else:
            self.go_to(wanted)
            self.built.emit()

    def _scroll_to_last(self) -> None:
        if self.cards:
            bar = self.verticalScrollBar()
            bar.setValue(min(bar.maximum(), self.cards[-1].y() - SPACE_4))
