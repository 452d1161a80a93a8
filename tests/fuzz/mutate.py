"""Changing inputs where it pays: a member inside its package, a header whose sum is made true again, a line of a mail."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

Change = Callable[[bytes], bytes]
_PACKAGES = (b"PK\3\4",)
_MOST = 400_000


def mutate(data: bytes, seed: int, change: Change) -> bytes:
    """Return a changed copy of ``data``; ``change`` is the fuzzer's own way with bytes."""
    rng = random.Random(seed)
    if rng.random() < 0.2:
        return change(data)
    if data.startswith(_PACKAGES):
        return _package(data, rng, change)
    if data.startswith(b"7z\xbc\xaf\x27\x1c") and len(data) > 32:
        return _seven(data, rng, change)
    if data[257:262] == b"ustar":
        return _tar(data, rng, change)
    if data.startswith(b"\x89PNG"):
        return _png(data, rng, change)
    if data.isascii() and b"\n" in data:
        return _lines(data, rng, change)
    return _stretch(data, rng, change)


def _package(data: bytes, rng: random.Random, change: Change) -> bytes:
    """Change one member, inside a sound archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        return change(data)
    if not members or sum(map(len, members.values())) > _MOST:
        return change(data)
    name = rng.choice(sorted(members))
    chance = rng.random()
    if chance < 0.05:
        del members[name]
    elif chance < 0.15 and name.endswith(".xml"):
        members[name] = _nodes(members[name], rng)
    else:
        members[name] = _stretch(members[name], rng, change)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for each, content in members.items():
            package.writestr(each, content)
    return out.getvalue()


def _nodes(data: bytes, rng: random.Random) -> bytes:
    """Double, move or remove a stretch between two tags."""
    cuts = [at for at, byte in enumerate(data) if byte == ord("<")]
    if len(cuts) < 3:
        return data
    start, end = sorted(rng.sample(cuts, 2))
    piece = data[start:end]
    where = rng.choice(cuts)
    times = rng.choice((0, 1, 2, 50))
    return (data[:where] + piece * times + data[where:])[:_MOST] if times else data[:start] + data[end:]


def _seven(data: bytes, rng: random.Random, change: Change) -> bytes:
    """Change the header of a 7z archive, its sums made true again."""
    at, size, _ = struct.unpack_from("<QQI", data, 12)
    if 32 + at + size > len(data):
        return change(data)
    body, header = data[32 : 32 + at], data[32 + at : 32 + at + size]
    if rng.random() < 0.7:
        header = _stretch(header, rng, change)
    else:
        body = _stretch(body, rng, change)
    start = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    return data[:8] + struct.pack("<I", zlib.crc32(start)) + start + body + header


def _tar(data: bytes, rng: random.Random, change: Change) -> bytes:
    """Change a block of a TAR archive, the sums of headers made true again."""
    blocks = [bytearray(data[at : at + 512]) for at in range(0, len(data), 512)]
    number = rng.randrange(len(blocks))
    blocks[number] = bytearray(_stretch(bytes(blocks[number]), rng, change)[:512].ljust(512, b"\0"))
    for block in blocks:
        if block[257:262] == b"ustar" and len(block) == 512:
            block[148:156] = b"%06o\0 " % (sum(block[:148]) + 8 * 32 + sum(block[156:]))
    return b"".join(blocks)


def _png(data: bytes, rng: random.Random, change: Change) -> bytes:
    """Change a chunk of a PNG picture, its sum made true again."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    if not chunks:
        return change(data)
    number = rng.randrange(len(chunks))
    chunks[number] = (chunks[number][0], _stretch(chunks[number][1], rng, change))
    made = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return data[:8] + b"".join(made)


def _lines(data: bytes, rng: random.Random, change: Change) -> bytes:
    """Change, double, move or remove a line."""
    lines = data.split(b"\n")
    number = rng.randrange(len(lines))
    chance = rng.random()
    if chance < 0.6:
        lines[number] = change(lines[number] or b" ")
    elif chance < 0.75:
        lines.insert(rng.randrange(len(lines) + 1), lines[number])
    elif chance < 0.85:
        lines[number : number + 1] = [lines[number]] * rng.choice((2, 20, 300))
    else:
        del lines[number]
    return b"\n".join(lines)[:_MOST]


def _stretch(data: bytes, rng: random.Random, change: Change) -> bytes:
    """Change a stretch, the rest as it is: of a long input, so that most of it stays sound."""
    if len(data) < 64:
        return change(data or b"\0")
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.choice((4, 16, 64, 256)))
    return data[:start] + change(data[start:end]) + data[end:]
