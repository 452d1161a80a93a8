"""The clause library: what kinds of clauses lawyers look for, how each is called, and how it is usually drafted.

The clauses stand in text files that a person can edit: those that ship in ``resources/clauses``, and the user's own in the folder
``clauses`` under the home folder, which add clauses or replace shipped ones. ``clause_file`` reads the text of one file,
``clause_match`` tells which clauses a question asks for, ``clause_vectors`` keeps the phrasings' vectors.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.search.clause_file import Clause, parse

LARGEST = 4_000_000  #: bytes of a file of clauses; the shipped ones have about a fiftieth of that


@dataclass(frozen=True, slots=True)
class ClauseLibrary:
    """The clauses there are, in the order of their files; no two have one id."""

    clauses: tuple[Clause, ...] = ()

    def get(self, identifier: str) -> Clause | None:
        """Return the clause with this id, or None."""
        return next((clause for clause in self.clauses if clause.id == identifier), None)

    def with_clauses(self, added: Iterable[Clause]) -> ClauseLibrary:
        """Return a library in which ``added`` replace the clauses with their ids, in place, or follow the others."""
        known = {clause.id: clause for clause in self.clauses}
        for clause in added:
            earlier = known.get(clause.id)
            known[clause.id] = dataclasses.replace(clause, replaces=earlier.file) if earlier else clause
        return ClauseLibrary(tuple(known.values()))


def folders(home: Path) -> tuple[Path, Path]:
    """Return the folder of the clauses that ship, and that of the user's own, which may not exist."""
    return resource_path("clauses"), home / "clauses"


def load(*where: Path) -> tuple[ClauseLibrary, tuple[Problem, ...]]:
    """Read every ``*.toml`` file of each folder in turn, the files of a folder by name; never raises.

    A clause of a later folder replaces the one with its id of an earlier folder and says so in ``replaces``. Within one folder
    the first clause with an id stands, and the others are problems. A folder that is not there holds no clauses.

    Returns:
        The clauses without mistakes, and one problem for each mistake.
    """
    library = ClauseLibrary()
    problems: list[Problem] = []
    for folder in where:
        own: dict[str, Clause] = {}
        try:
            for file in _files(folder):
                for clause in _read(file, problems):
                    if clause.id in own:
                        problems.append(_taken(clause, own[clause.id], file))
                    else:
                        own[clause.id] = clause
        except OSError as error:
            problems.append(
                Problem(
                    "The folder of clauses cannot be read",
                    f"{folder} could not be opened: {error.strerror}.",
                    "Check that it is a folder you may read.",
                    str(folder),
                )
            )
        library = library.with_clauses(own.values())
    return library, tuple(problems)


def read(file: Path) -> tuple[tuple[Clause, ...], tuple[Problem, ...]]:
    """Return the clauses of one file that are without mistakes, and one problem for each mistake.

    Raises:
        Problem: It cannot be opened, is no text in UTF-8, or is far too large.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise _unreadable(file, "is too large for a file of clauses", "Check that it is the right file.")
        data = file.read_bytes()
        return parse(data.decode("utf-8-sig"), str(file))
    except OSError as error:
        raise _unreadable(
            file, f"could not be opened: {error.strerror}", "Check the path and that you may read it."
        ) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _unreadable(
            file,
            f"is not a text file in UTF-8: line {line} holds a character of another encoding",
            "Save it as plain text in UTF-8.",
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    if folder.exists():
        yield from sorted(file for file in folder.iterdir() if file.suffix.lower() == ".toml")


def _read(file: Path, problems: list[Problem]) -> tuple[Clause, ...]:
    """Return the clauses of ``file`` and add its problems to ``problems``."""
    try:
        clauses, found = read(file)
    except Problem as problem:
        problems.append(problem)
        return ()
    problems += found
    return clauses


def _unreadable(file: Path, reason: str, remedy: str) -> Problem:
    return Problem("A file of clauses cannot be read", f"{file.name} {reason}.", remedy, str(file))


def _taken(clause: Clause, earlier: Clause, file: Path) -> Problem:
    return Problem(
        "A clause was left out",
        f"{file.name}, clause “{clause.name}”: the id {clause.id} is already used in {Path(earlier.file).name}.",
        "Give one of the two another id, or delete it.",
        str(file),
    )
