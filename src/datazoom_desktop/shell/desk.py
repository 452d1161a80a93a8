"""The desk: what every page is handed by the window it stands in."""

from __future__ import annotations

from dataclasses import dataclass

from datazoom_desktop.shell.commands import Commands
from datazoom_desktop.shell.messages import Messages
from datazoom_desktop.shell.operations import Operations
from datazoom_desktop.shell.theme.theme import Theme


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of a window that pages use: its look, its background work, its message surface, its commands."""

    theme: Theme
    operations: Operations
    messages: Messages
    commands: Commands
