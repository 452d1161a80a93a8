"""One member of a ZIP archive as a stream of bytes: encryption taken off, unpacked by any method in use, checked against its sum.

The library's own reader knows neither AES nor Deflate64 nor a damaged archive, so the layers are put together here from libraries
that each do one of them. Memory stays small whatever a member claims.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from datazoom_desktop.intake.readers.unpacking import Trouble, damaged, needs_password
from datazoom_desktop.intake.readers.zip_encryption import WrongPasswordError, decrypt_aes, decrypt_old
from datazoom_desktop.intake.readers.zstandard import ZstdDecompressor, ZstdError
from datazoom_desktop.kernel.coverage import Coverage

_BLOCK = 256 << 10
_SMALL_BLOCK = 4 << 10  #: for a library that unpacks whatever it is fed at once
_LOCAL = struct.Struct("<4s5H3I2H")
_LOCAL_MARK = b"PK\x03\x04"
_ENCRYPTED, _DESCRIBED_AFTER, _STRONG = 0x1, 0x8, 0x40
_AES = 99
_AES_EXTRA = 0x9901
_STORED, _DEFLATE, _DEFLATE64, _BZIP2, _LZMA, _ZSTD, _XZ = 0, 8, 9, 12, 14, 93, 95
METHODS = (_STORED, _DEFLATE, _DEFLATE64, _BZIP2, _LZMA, _ZSTD, _XZ, _AES)
_LZMA_MEMORY = 512 << 20
_PROOF_BYTES = 1 << 30  #: a password is tried on no more than this
#: What the unpackers raise over data that is none.
_DAMAGE = (zlib.error, lzma.LZMAError, ZstdError, OSError, EOFError, ValueError, RuntimeError, struct.error)


@dataclass(frozen=True, slots=True)
class Packed:
    """Where a member's bytes lie and how they are packed.

    Attributes:
        offset: Of its local header in the file.
        packed: Bytes, None where only the end of the packed data tells.
        size: Bytes when unpacked, None where unknown.
        crc: None where unknown.
        aes: Strength 1 to 3 of its AES encryption, 0 for none.
        time: The DOS time of its header, against which the older encryption checks a password.
    """

    offset: int
    flags: int
    method: int
    packed: int | None
    size: int | None
    crc: int | None
    aes: int = 0
    time: int = 0

    @property
    def encrypted(self) -> bool:
        """Whether a password is needed."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def check_byte(self) -> int:
        """The byte by which the older encryption checks a password at once."""
        return (self.time >> 8 if self.flags & _DESCRIBED_AFTER else (self.crc or 0) >> 24) & 0xFF


def with_aes(member: Packed, extras: Sequence[tuple[int, bytes]]) -> Packed:
    """Return ``member`` with what its extra field says about AES."""
    for kind, data in extras:
        if kind == _AES_EXTRA and member.method == _AES and len(data) >= 7:
            version, _, strength, method = struct.unpack_from("<HHBH", data)
            # The second version leaves the sum out, since it would tell about the content.
            crc = member.crc if version == 1 else None
            return replace(member, method=method, aes=strength if strength in (1, 2, 3) else 0, crc=crc)
    return member


class Passwords:
    """The passwords to try on an archive's members; one that opened a member is tried first on the next."""

    def __init__(self, passwords: Sequence[str]) -> None:
        """Try each as the bytes that zip programs make of it."""
        self._forms: list[bytes] = []
        for password in passwords:
            for encoding in ("utf-8", "cp1252", "cp437"):
                form = password.encode(encoding, "ignore")
                if form not in self._forms and (encoding == "utf-8" or form.decode(encoding) == password):
                    self._forms.append(form)
        self._proven: bytes | None = None

    def opening(self, member: Packed, tries: Callable[[bytes], Iterable[bytes]]) -> Iterable[bytes]:
        """Return the member's bytes under the first password that opens it; ``tries`` returns them under a given one.

        Raises:
            Trouble: None does.
        """
        for form in sorted(self._forms, key=lambda form: form != self._proven):
            # One byte of the older encryption is checked at once, so one wrong password in 256 passes until the end.
            opens = _begins if member.aes or form == self._proven else _proves
            if opens(tries(form)):
                self._proven = form
                return tries(form)
        raise needs_password()


def _begins(chunks: Iterable[bytes]) -> bool:
    try:
        next(iter(chunks), b"")
    except WrongPasswordError:
        return False
    except Trouble:
        return True  # what is wrong with it shows when it is read
    return True


def _proves(chunks: Iterable[bytes]) -> bool:
    seen = 0
    try:
        for chunk in chunks:
            seen += len(chunk)
            if seen > _PROOF_BYTES:
                break
    except (WrongPasswordError, Trouble):
        return False
    return True


def content(file: BinaryIO, member: Packed, passwords: Passwords, check: Callable[[], None]) -> Iterator[bytes]:
    """Yield a member's bytes, unpacked.

    Raises:
        Trouble: It is damaged, locked, or packed in a way that is not known.
    """
    if member.flags & _STRONG:
        raise Trouble(Coverage.ENCRYPTED, "Locked by a method of PKZIP's own that cannot be opened here.")
    if not member.encrypted:
        yield from _unpacked(file, member, None, check)
        return
    yield from passwords.opening(member, lambda form: _unpacked(file, member, form, check))


def end_of(file: BinaryIO, member: Packed) -> int:
    """Return where a member's packed bytes end when that is known, else where they begin; raises ``Trouble``."""
    return _data_start(file, member) + (member.packed or 0)


def _unpacked(file: BinaryIO, member: Packed, password: bytes | None, check: Callable[[], None]) -> Iterator[bytes]:
    raw = _raw(file, member, check)
    if password is not None:
        raw = decrypt_aes(raw, password, member.aes) if member.aes else decrypt_old(raw, password, member.check_byte)
    broken = damaged() if password is None or member.aes else _locked_or_damaged()
    size = crc = 0
    try:
        for chunk in _decompress(raw, member):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            if member.size is not None and size > member.size:
                raise broken
            yield chunk
        if member.packed is not None:
            for _ in raw:  # what seals an encrypted member stands behind it
                pass
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise broken from error
    if (member.size is not None and size != member.size) or (member.crc is not None and crc != member.crc):
        raise broken


def _locked_or_damaged() -> Trouble:
    """Return the trouble with a member that a password seemed to open, in the encryption whose check is one byte."""
    return Trouble(Coverage.ENCRYPTED, "None of the passwords opens it, or it is damaged.")


def _data_start(file: BinaryIO, member: Packed) -> int:
    if not 0 <= member.offset < 1 << 62:
        raise damaged()
    file.seek(member.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MARK):
        raise damaged()
    *_, name, extra = _LOCAL.unpack(header)
    return member.offset + _LOCAL.size + int(name) + int(extra)


def _raw(file: BinaryIO, member: Packed, check: Callable[[], None]) -> Iterator[bytes]:
    at = _data_start(file, member)
    left = member.packed
    while left is None or left > 0:
        check()
        file.seek(at)  # each time, since two readings of the file may take turns
        chunk = file.read(_BLOCK if left is None else min(_BLOCK, left))
        if not chunk:
            if left is None:
                return
            raise damaged()
        at += len(chunk)
        left = None if left is None else left - len(chunk)
        yield chunk


# --- methods ----------------------------------------------------------------------------------------------------------------------


class _Stepwise(Protocol):
    """A decompressor as the standard library makes them."""

    @property
    def eof(self) -> bool:
        """Whether the packed data has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it can go on without more input."""
        ...

    def decompress(self, data: bytes, most: int, /) -> bytes:
        """Return at most ``most`` bytes."""
        ...


def _decompress(raw: Iterator[bytes], member: Packed) -> Iterator[bytes]:
    if member.method == _STORED:
        if member.packed is None:
            raise damaged()
        yield from raw
    elif member.method == _DEFLATE:
        yield from _inflate(raw)
    elif member.method == _DEFLATE64:
        yield from _inflate64(raw)
    elif member.method in (_BZIP2, _XZ, _ZSTD):
        yield from _stepwise(raw, _stepwise_of(member.method))
    elif member.method == _LZMA:
        yield from _stepwise(_as_lzma_alone(raw, member), lzma.LZMADecompressor(lzma.FORMAT_ALONE, _LZMA_MEMORY))
    else:
        raise Trouble(Coverage.FAILED, f"Packed by a method that is not known here (number {member.method}).")


def _stepwise_of(method: int) -> _Stepwise:
    if method == _BZIP2:
        return bz2.BZ2Decompressor()
    if method == _XZ:
        return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)
    return ZstdDecompressor()


def _inflate(raw: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in raw:
        data = chunk
        while data and not inflater.eof:
            yield inflater.decompress(data, _BLOCK)
            data = inflater.unconsumed_tail
        if inflater.eof:
            return
    tail = inflater.flush()
    yield tail
    if not inflater.eof:
        raise damaged()


def _inflate64(raw: Iterator[bytes]) -> Iterator[bytes]:
    from inflate64 import Inflater

    inflater = Inflater()
    for chunk in raw:
        for at in range(0, len(chunk), _SMALL_BLOCK):
            yield inflater.inflate(chunk[at : at + _SMALL_BLOCK])


def _stepwise(raw: Iterator[bytes], unpacker: _Stepwise) -> Iterator[bytes]:
    for chunk in raw:
        data = chunk
        while not unpacker.eof:
            yield unpacker.decompress(data, _BLOCK)
            data = b""
            if unpacker.needs_input:
                break
        if unpacker.eof:
            return
    raise damaged()


def _as_lzma_alone(raw: Iterator[bytes], member: Packed) -> Iterator[bytes]:
    """Yield a member's LZMA data with the head of an LZMA file in place of ZIP's own."""
    head = b""
    while len(head) < 9:
        chunk = next(raw, b"")
        if not chunk:
            raise damaged()
        head += chunk
    (length,) = struct.unpack_from("<H", head, 2)
    if length != 5:
        raise damaged()
    size = -1 if member.size is None or member.flags & 0x2 else member.size  # the flag: the data marks its own end
    yield head[4:9] + struct.pack("<q", size)
    yield head[9:]
    yield from raw
