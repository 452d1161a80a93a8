"""A room's check-up: examine it, repair what is derived, and index again what the repair emptied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datazoom_desktop.activity import trail
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.storage import doctor
from datazoom_desktop.storage.doctor import Finding


@dataclass(frozen=True, slots=True)
class CheckUp:
    """What a check-up found and did.

    Attributes:
        found: Before anything was repaired.
        left: What remains; equal to ``found`` when nothing was to be repaired.
        resumed: Number of versions that were read or indexed because they were not yet.
        outdated: Number of documents that were read by an older reader than there is now.
    """

    found: tuple[Finding, ...]
    left: tuple[Finding, ...]
    resumed: int
    outdated: int

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong (any more)."""
        return not self.left


def check_up(home: Path, room: str, *, repair: bool) -> CheckUp:
    """Examine a room and, when asked, repair it and wait until it is searchable again.

    Raises:
        Problem: The room cannot be opened.
    """
    with open_workspace(home, room) as workspace:
        found = doctor.examine(workspace.storage, (trail.verify,))
        if not repair:
            return CheckUp(found.findings, found.findings, 0, workspace.intake.outdated())
        if found.findings:
            doctor.repair(workspace.storage, found)
        resumed = workspace.start()
        workspace.runner.drain()
        left = doctor.examine(workspace.storage, (trail.verify,))
        return CheckUp(found.findings, left.findings, resumed, workspace.intake.outdated())
