"""Runs of characters put together into paragraphs, what was changed or hidden marked as :mod:`changes` says. Pure."""

from __future__ import annotations

from datazoom_desktop.intake.readers.changes import Piece, marked


class Runs:
    """Collects the runs of one paragraph after another."""

    def __init__(self) -> None:
        """Start empty."""
        self._pieces: list[Piece] = []
        self._bold = True

    def __bool__(self) -> bool:
        """Return whether anything was written since the last paragraph."""
        return bool(self._pieces)

    def write(self, text: str, *, bold: bool = False, marks: tuple[str, ...] = ()) -> None:
        """Add a run under marks, outermost first."""
        if text:
            self._pieces.append(Piece(text, marks))
            if not bold and text.strip():
                self._bold = False

    def finish(self) -> tuple[str, bool]:
        """Return the paragraph and whether every letter of it is bold, and start the next."""
        text = marked(self._pieces)
        bold = self._bold and bool(text.strip())
        self._pieces.clear()
        self._bold = True
        return text, bold
