"""A room's manifest, ``room.json``: what can be known of a room without opening it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from datazoom_desktop.kernel.clock import iso
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.files import write_json

MANIFEST = "room.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """A room's id, its name as the user wrote it, and when it was made (UTC)."""

    room_id: str
    name: str
    created_at: dt.datetime


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the room in ``folder``.

    Raises:
        Problem: There is no manifest, it is damaged, or it is from a newer version of the program.
    """
    file = folder / MANIFEST
    try:
        content = json.loads(file.read_bytes())
        form = content["format"]
        if isinstance(form, int) and form > FORMAT:
            raise newer(folder)
        moment = dt.datetime.fromisoformat(content["created_at"])
        manifest = Manifest(_word(content["room_id"]), _word(content["name"]), moment.astimezone(dt.UTC))
    except FileNotFoundError as error:
        raise Problem(
            "Not a data room",
            f"The folder {folder} has no {MANIFEST}.",
            "Choose the folder of a data room.",
            str(folder),
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Problem(
            "The room's description is damaged",
            f"The file {file} cannot be read.",
            "Restore the room from a backup. Its documents may still be intact in this folder.",
            str(folder),
        ) from error
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of the room in ``folder`` in one step."""
    content = {
        "format": FORMAT,
        "room_id": manifest.room_id,
        "name": manifest.name,
        "created_at": iso(manifest.created_at),
    }
    write_json(folder / MANIFEST, content)


def newer(folder: Path, word: str = "room") -> Problem:
    """Return the problem that says a room, or what else is called ``word``, was used with a newer version of the program."""
    return Problem(
        f"This {word} is from a newer version",
        f"This {word} was last opened with a newer version of DataZoom Desktop.",
        f"Install the newest version of DataZoom Desktop, then open the {word} again.",
        str(folder),
    )


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("an empty or missing word")
    return value
