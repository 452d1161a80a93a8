"""Damaging a good file in hundreds of seeded ways: whatever comes, a reader yields sound pages or says why not."""

from __future__ import annotations

import io
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.registry import reader_for
from tests.intake.reading import check

_VALUES = (
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x7f\xff",
    b"<",
    b">",
    b"{",
    b"}",
    b"\n",
    b"-1",
    b"9" * 30,
)


def survive(data: bytes, name: str, folder: Path, *, count: int = 300, seed: int = 1) -> Counter[str]:
    """Read ``count`` damaged copies of a file with the reader of the whole one; return how many were read and how many refused.

    A package's members are damaged one at a time, inside a sound zip, for most of the copies. Fails on any exception but Unreadable
    and on pages that break the rules of :func:`tests.intake.reading.check`.
    """
    file = folder / "damaged"
    file.write_bytes(data)
    kind = detect.media_type(file, name)
    reader = reader_for(kind)
    assert reader is not None, kind
    scratch = folder / "scratch"
    context = ReadContext(scratch, lambda done, total: None, lambda: None)
    outcomes: Counter[str] = Counter()
    reasons: set[str] = set()
    for number, damaged in enumerate(_copies(data, count, random.Random(seed))):
        scratch.mkdir(exist_ok=True)
        file.write_bytes(damaged)
        detect.media_type(file, name)
        try:
            items = list(reader.read(Source(file, name, kind, ("pass",)), context))
        except Unreadable as error:
            outcomes[str(error.coverage)] += 1
            reasons.add(error.reason)
            continue
        except Exception as error:
            kept = folder / f"broke-{number}"
            kept.write_bytes(damaged)
            raise AssertionError(f"copy {number} of {name}, kept as {kept}: {error!r}") from error
        check([replace(item) for item in items if isinstance(item, ReadPage)])
        for item in items:
            if isinstance(item, Attachment):
                assert item.name
                assert not set(item.name) & set("/\\\x00"), item.name
                item.file.unlink()
        outcomes["read"] += 1
    assert all(reason.endswith(".") for reason in reasons), reasons
    return outcomes


def _copies(data: bytes, count: int, chance: random.Random) -> Iterator[bytes]:
    members = _members(data)
    for number in range(count):
        if members and number % 8:
            chosen = chance.choice([name for name in members if members[name]])
            yield _package({**members, chosen: _damaged(members[chosen], chance)})
        else:
            yield _damaged(data, chance)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(out)) if out else 0
        length = chance.choice((1, 2, 8, 64, 1024))
        match chance.randrange(7):
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length] * chance.choice((1, 2, 30))
            case 3:
                out[at:at] = chance.choice(_VALUES)
            case 4:
                out[at : at + length] = chance.choice(_VALUES) * length
            case 5:
                source = chance.randrange(len(out)) if out else 0
                out[at : at + length] = out[source : source + length]
            case _:
                if chance.random() < 0.2:
                    del out[at:]
    return bytes(out)


def _members(data: bytes) -> dict[str, bytes]:
    if not data.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _package(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()
