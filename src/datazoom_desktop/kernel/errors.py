"""Whose fault an error is: a ``Problem`` is the user's to act on; anything else is a bug."""

from __future__ import annotations


class Problem(Exception):
    """Something the user can act on, told in words they understand and shown once.

    Attributes:
        title: What is wrong, in a few words, sentence case, without a full stop.
        message: What happened and to what, in one or two sentences.
        remedy: What to do about it; empty when nothing can be done.
        path: The file or folder concerned, as the user knows it, or None.
    """

    def __init__(self, title: str, message: str, remedy: str = "", path: str | None = None) -> None:
        """Keep the four parts; the exception's text is their readable join."""
        super().__init__(title, message, remedy, path)
        self.title = title
        self.message = message
        self.remedy = remedy
        self.path = path

    def __str__(self) -> str:
        """Return the message, then the remedy, as one paragraph."""
        return f"{self.message} {self.remedy}".strip()

    def as_dict(self) -> dict[str, str | None]:
        """Return the parts as a JSON-ready mapping."""
        return {"title": self.title, "message": self.message, "remedy": self.remedy, "path": self.path}


class Unavailable(Problem):
    """A problem that may end by itself: something is out of reach for now, such as a drive that is not connected."""
