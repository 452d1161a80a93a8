"""Runs of characters put together into a paragraph, with what became of them (deleted, inserted, hidden) said in the text. Pure."""

from __future__ import annotations

DELETED, INSERTED, HIDDEN = "Deleted", "Inserted", "Hidden"


class Runs:
    """Collects the runs of one paragraph after another."""

    def __init__(self) -> None:
        """Start empty."""
        self._parts: list[str] = []
        self._mark = ""
        self._bold = True

    def __bool__(self) -> bool:
        """Return whether anything was written since the last paragraph."""
        return bool(self._parts)

    def write(self, text: str, *, bold: bool = False, mark: str = "") -> None:
        """Add a run; ``mark`` is ``DELETED``, ``INSERTED``, ``HIDDEN`` or empty: "[Deleted: words]" is what it becomes."""
        if not text:
            return
        if mark != self._mark:
            self._parts.append(f"{']' if self._mark else ''}{f'[{mark}: ' if mark else ''}")
            self._mark = mark
        self._parts.append(text)
        if not bold and text.strip():
            self._bold = False

    def finish(self) -> tuple[str, bool]:
        """Return the paragraph and whether every letter of it is bold, and start the next."""
        text = "".join(self._parts) + ("]" if self._mark else "")
        bold = self._bold and bool(text.strip())
        self._parts.clear()
        self._mark, self._bold = "", True
        return text, bold
