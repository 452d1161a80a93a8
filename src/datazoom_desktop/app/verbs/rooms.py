"""``datazoom room``: create, list, rename, remove, bring back, back up, restore and check rooms."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from datazoom_desktop.app.verbs.documents import outdated_in_words
from datazoom_desktop.app.verbs.output import print_json, print_table, size_in_words
from datazoom_desktop.kernel import clock
from datazoom_desktop.organizations.model import RoomInfo
from datazoom_desktop.organizations.register import Rooms


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``room`` verb."""
    room = subparsers.add_parser("room", parents=[common], help="create, list, back up, check and remove rooms")
    verbs = room.add_subparsers(dest="room_verb", metavar="WHAT", required=True)

    def verb(name: str, run: Any, text: str, *arguments: tuple[str, str]) -> argparse.ArgumentParser:
        parser = verbs.add_parser(name, parents=[common], help=text, description=text)
        for argument, meaning in arguments:
            parser.add_argument(argument, help=meaning)
        parser.set_defaults(run=run)
        return parser

    name = ("name", "the room's name or id")
    verb("create", _create, "make a new, empty room", ("name", "what to call it"))
    verb("list", _list, "list the rooms")
    verb("rename", _rename, "give a room another name", name, ("new_name", "its new name"))
    verb("remove", _remove, "move a room to the trash", name)
    verb("trash", _trash, "list the rooms in the trash")
    verb("recover", _recover, "bring a room back from the trash", ("room_id", "its id, as the trash lists it"))
    verb("backup", _backup, "write a whole room to one file", name, ("file", "the file to write"))
    restore = verb("restore", _restore, "make a room from a backup file", ("file", "the backup"))
    restore.add_argument("--name", help="what to call it (else as it was called)")
    doctor = verb("doctor", _doctor, "check a room and repair what can be derived again", name)
    doctor.add_argument("--check", action="store_true", help="only look, change nothing")


def _info(info: RoomInfo) -> dict[str, Any]:
    return {
        "room_id": info.room_id,
        "name": info.name,
        "folder": str(info.folder),
        "created_at": clock.iso(info.created_at) if info.created_at else None,
        "problem": info.problem,
    }


def _say(args: argparse.Namespace, info: RoomInfo, sentence: str) -> int:
    if args.json:
        print_json(_info(info))
    else:
        print(sentence)
    return 0


def _create(args: argparse.Namespace) -> int:
    info = Rooms(args.home).create(args.name)
    return _say(args, info, f"Created the room {info.name}.")


def _print_rooms(args: argparse.Namespace, rooms: list[RoomInfo], none: str) -> int:
    if args.json:
        print_json({"rooms": [_info(room) for room in rooms]})
    elif rooms:
        print_table(("Name", "Id", "Note"), [(room.name, room.room_id, room.problem or "") for room in rooms])
    else:
        print(none)
    return 0


def _list(args: argparse.Namespace) -> int:
    return _print_rooms(
        args, Rooms(args.home).list(), "There are no rooms yet. Make one with: datazoom room create NAME"
    )


def _trash(args: argparse.Namespace) -> int:
    return _print_rooms(args, Rooms(args.home).trash(), "The trash is empty.")


def _rename(args: argparse.Namespace) -> int:
    info = Rooms(args.home).rename(args.name, args.new_name)
    return _say(args, info, f"The room is now called {info.name}.")


def _remove(args: argparse.Namespace) -> int:
    info = Rooms(args.home).remove(args.name)
    return _say(args, info, f"Moved {info.name} to the trash. Bring it back with: datazoom room recover {info.room_id}")


def _recover(args: argparse.Namespace) -> int:
    info = Rooms(args.home).restore_from_trash(args.room_id)
    return _say(args, info, f"Brought back {info.name}.")


def _backup(args: argparse.Namespace) -> int:
    file = Path(args.file)
    Rooms(args.home).backup(args.name, file)
    size = file.stat().st_size
    if args.json:
        print_json({"file": str(file), "bytes": size})
    else:
        print(f"Wrote {file} ({size_in_words(size)}).")
    return 0


def _restore(args: argparse.Namespace) -> int:
    from datazoom_desktop.app.checkup import check_up

    info = Rooms(args.home).restore(Path(args.file), args.name)
    # A backup leaves out what can be derived, so the index is made again here.
    check_up(args.home, info.room_id, repair=True)
    return _say(args, info, f"Restored the room {info.name}.")


def _doctor(args: argparse.Namespace) -> int:
    from datazoom_desktop.app.checkup import check_up

    result = check_up(args.home, args.name, repair=not args.check)
    findings = [
        {"severity": str(f.severity), "what": f.what, "remedy": f.remedy, "repairable": f.repairable}
        for f in result.found
    ]
    if args.json:
        print_json(
            {"healthy": result.healthy, "findings": findings, "resumed": result.resumed, "outdated": result.outdated}
        )
    elif not findings:
        print("The room is sound.")
    else:
        print_table(("Severity", "What", "What to do"), [(f["severity"], f["what"], f["remedy"]) for f in findings])
        if not args.check:
            print("Everything is sound again." if result.healthy else "Some of this cannot be repaired here.")
    if result.outdated and not args.json:
        print(outdated_in_words(result.outdated, args.name))
    return 0 if result.healthy else 3
