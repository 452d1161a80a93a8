"""A workspace lets go of its room whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from datazoom_desktop.app import workspace
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.organizations.register import Rooms


class Breaks(Exception):
    """Stands for any error."""


def _break(*_values: object) -> None:
    raise Breaks


def test_a_workspace_that_cannot_be_built_leaves_the_room_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Rooms(tmp_path).create("Halyard")
    with monkeypatch.context() as patch:
        patch.setattr(workspace, "Search", _break)
        with pytest.raises(Breaks) as kept:
            open_workspace(tmp_path, "Halyard")
    assert kept.traceback  # holds on to what was half built
    open_workspace(tmp_path, "Halyard").close()


def test_a_failure_while_closing_leaves_the_room_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Rooms(tmp_path).create("Halyard")
    opened = open_workspace(tmp_path, "Halyard")
    with monkeypatch.context() as patch:
        patch.setattr(opened.renderer, "close", _break)
        with pytest.raises(Breaks):
            opened.close()
    open_workspace(tmp_path, "Halyard").close()
