"""Index numbers of a data room: each folder's entries numbered in natural order, folders and files together."""

from __future__ import annotations

from collections.abc import Iterable

from natsort import natsort_keygen, ns

from datazoom_desktop.kernel.letters import unaccented

_natural = natsort_keygen(alg=ns.IGNORECASE)


def index_numbers(paths: Iterable[str]) -> dict[str, str]:
    """Return for each "/"-separated path its number in the tree, such as ``{"A/b.pdf": "1.1"}``.

    Siblings are ordered as people do ("2 Equity" before "10 Tax", "Ärzte" beside "Arzt"), whether folders or files, and always
    the same. A path that stands under another path (an attachment under its mail) is numbered beneath it.
    """
    children: dict[str, set[str]] = {}
    wanted = list(paths)
    for path in wanted:
        parts = path.split("/")
        for depth in range(len(parts)):
            children.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    numbers: dict[str, str] = {}
    folders = [("", "")] if wanted else []
    while folders:
        folder, number = folders.pop()
        for position, name in enumerate(sorted(children[folder], key=_key), 1):
            path = f"{folder}/{name}" if folder else name
            numbers[path] = f"{number}.{position}" if number else str(position)
            if path in children:
                folders.append((path, numbers[path]))
    return {path: numbers[path] for path in wanted}


def _key(name: str) -> tuple[object, str]:
    """Return a sort key that puts names in natural order, accents aside; names that differ in less have an order too."""
    return _natural(name if name.isascii() else unaccented(name)), name


def index_order(number: str) -> tuple[int, ...]:
    """Return a sort key that orders index numbers as numbers: "1.10" after "1.9"."""
    return tuple(int(part) for part in number.split("."))
