"""Typed notices of what a service method changed, which pages use to refresh themselves."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


class Topic(enum.StrEnum):
    """A kind of thing that can change in a room."""

    DOCUMENTS = "documents"  #: documents, paths, versions, their states
    PAGES = "pages"  #: coverage and text of pages
    PASSAGES = "passages"  #: what can be searched
    JOBS = "jobs"  #: the pipeline
    CHAT = "chat"  #: conversations
    ROOMS = "rooms"  #: the register of rooms


@dataclass(frozen=True, slots=True)
class Changes:
    """What one transaction changed: topics, and ids of the things concerned (empty means "any of them")."""

    topics: frozenset[Topic]
    ids: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, *topics: Topic, ids: tuple[str, ...] = ()) -> Changes:
        """Return changes in ``topics`` that concern ``ids``."""
        return cls(frozenset(topics), frozenset(ids))


class ChangeBus:
    """Hands every published ``Changes`` to every subscriber, on the publisher's thread; Qt pages hop to their own."""

    def __init__(self) -> None:
        """Start without subscribers."""
        self._lock = threading.Lock()
        self._subscribers: list[Callable[[Changes], None]] = []

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call ``callback`` for every later change; return a function that ends this."""
        with self._lock:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._subscribers:
                    self._subscribers.remove(callback)

        return unsubscribe

    def publish(self, changes: Changes) -> None:
        """Tell every subscriber; exceptions are theirs and reach the publisher."""
        with self._lock:
            subscribers = tuple(self._subscribers)
        for callback in subscribers:
            callback(changes)
