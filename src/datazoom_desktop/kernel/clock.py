"""The one clock: UTC with zone, to the microsecond."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """Return the present moment, timezone-aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def iso(moment: dt.datetime) -> str:
    """Return ``moment`` as ISO 8601 in UTC with a ``Z`` and microseconds.

    Raises:
        ValueError: ``moment`` has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is ambiguous")
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
