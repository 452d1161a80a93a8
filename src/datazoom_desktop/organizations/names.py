"""Which names a room may have, which count as the same, and which are near each other."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.letters import unaccented

LONGEST = 120
_NEAR = 0.6
_NEAR_SHOWN = 3


def checked_name(name: str) -> str:
    """Return a room's name as it is kept: Unicode NFC, runs of spaces as one, none around it.

    Raises:
        Problem: It is empty, longer than 120 characters, or holds a control character.
    """
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if not tidy:
        raise _illegal("A data room needs a name.", "Give it a name, such as the name of the deal.")
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for sign in tidy):
        raise _illegal("The name holds signs that cannot be shown.", "Use letters, digits, spaces and common signs.")
    if len(tidy) > LONGEST:
        raise _illegal(f"The name is {len(tidy)} characters long.", f"Use at most {LONGEST} characters.")
    return tidy


def name_key(name: str) -> str:
    """Return what two names share when they count as the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def near_names(wanted: str, names: Iterable[str]) -> list[str]:
    """Return up to three of ``names`` that look most like ``wanted``, nearest first."""
    by_key = {_bare(name): name for name in names}
    key = _bare(wanted)
    found = difflib.get_close_matches(key, by_key, _NEAR_SHOWN, _NEAR)
    if key:
        found += [other for other in by_key if key in other and other not in found]
    return [by_key[other] for other in found[:_NEAR_SHOWN]]


def _bare(name: str) -> str:
    """Return a name's key without accents."""
    return unaccented(name_key(name))


def _illegal(message: str, remedy: str) -> Problem:
    return Problem("This name cannot be used", message, remedy)
