"""Commands: what the user can have done, as data that knows no Qt; the palette, shortcuts and menus are made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do.

    Attributes:
        id: Stable name, such as "documents.add_folder".
        title: What the user reads; starts with a verb, sentence case.
        shortcut: Portable key text such as "Ctrl+K"; empty for none.
        run: Does it; called on the window's thread.
        enabled: Whether it can be done now.
    """

    id: str
    title: str
    run: Callable[[], None]
    shortcut: str = ""
    enabled: Callable[[], bool] = _always


class Commands:
    """The commands that exist at this moment, those added last first: what belongs to the open room before the window's own."""

    def __init__(self) -> None:
        """Start empty."""
        self._commands: dict[str, Command] = {}

    def add(self, *commands: Command) -> None:
        """Register commands.

        Raises:
            ValueError: an id is taken already.
        """
        for command in commands:
            if command.id in self._commands:
                raise ValueError(f"two commands are called {command.id}")
        self._commands = {command.id: command for command in commands} | self._commands

    def remove(self, prefix: str) -> None:
        """Forget every command whose id starts with ``prefix``."""
        self._commands = {key: value for key, value in self._commands.items() if not key.startswith(prefix)}

    def all(self) -> tuple[Command, ...]:
        """Return every command."""
        return tuple(self._commands.values())

    def matching(self, text: str) -> list[Command]:
        """Return the enabled commands whose title fits ``text``, best first; all of them for an empty text."""
        return ranked(text, [c for c in self._commands.values() if c.enabled()])


def ranked(text: str, commands: Iterable[Command]) -> list[Command]:
    """Return the commands whose title fits ``text``, best first, ties in the order given."""
    scored = [(fit(text, command.title), command) for command in commands]
    return [command for score, command in sorted(scored, key=lambda pair: -pair[0]) if score > 0]


def fit(text: str, title: str) -> int:
    """Return how well typed ``text`` fits a title: 0 not at all; higher is better (start > word start > inside > letters in order)."""
    want, have = text.casefold().strip(), title.casefold()
    if not want:
        return 1
    if have.startswith(want):
        return 5
    words = want.split()
    if all(any(part.startswith(word) for part in have.split()) for word in words):
        return 4
    if want in have:
        return 3
    letters = iter(have)
    return 2 if all(letter in letters for letter in want.replace(" ", "")) else 0
