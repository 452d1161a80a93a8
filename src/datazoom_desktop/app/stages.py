"""What each kind of job does, as a person says it; the command line and the window say it alike."""

from __future__ import annotations

_WORK = {
    "intake.scan": "Looking through",
    "intake.read": "Reading",
    "intake.embed": "Finding meanings",
    "intake.index": "Indexing",
    "intake.optimize": "Tidying the index",
    "intake.purge": "Deleting what left the index",
    "intake.reembed": "Finding meanings for another search model",
    "intake.exchange": "Changing the search model",
}


def work_in_words(kind: str) -> str:
    """Return what a kind of job does, as a person says it; a kind without words is named."""
    return _WORK.get(kind, kind)
