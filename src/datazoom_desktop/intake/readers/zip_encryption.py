"""The two encryptions of ZIP archives: PKZIP's first, which many programs still write, and WinZip's AES."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from datazoom_desktop.intake.readers.unpacking import damaged

_AES_TAG = 10


class WrongPasswordError(Exception):
    """The check that comes before an encrypted member's bytes fails."""


def decrypt_old(raw: Iterator[bytes], password: bytes, expected: int) -> Iterator[bytes]:
    """Take off PKZIP's first encryption, one byte at a time, as its design wants it; ``expected``: the byte a password is checked by.

    Raises:
        WrongPasswordError: The byte is another.
        Trouble: There is too little of it.
    """
    keys = _Keys(password)
    head = b""
    for chunk in raw:
        plain = keys.decrypt(chunk)
        if len(head) >= 12:
            yield plain
            continue
        head += plain
        if len(head) < 12:
            continue
        if head[11] != expected:
            raise WrongPasswordError
        yield head[12:]
    if len(head) < 12:
        raise damaged()


class _Keys:
    """The three keys of PKZIP's first encryption."""

    def __init__(self, password: bytes) -> None:
        self._keys = (0x12345678, 0x23456789, 0x34567890)
        for byte in password:
            self._keys = _next_keys(*self._keys, byte)

    def decrypt(self, data: bytes) -> bytes:
        """Return the next bytes in clear."""
        key0, key1, key2 = self._keys
        table = _CRC_TABLE
        out = bytearray(data)
        for at, locked in enumerate(data):
            mixed = key2 | 2
            out[at] = byte = locked ^ ((mixed * (mixed ^ 1)) >> 8) & 0xFF
            key0 = (key0 >> 8) ^ table[(key0 ^ byte) & 0xFF]
            key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            key2 = (key2 >> 8) ^ table[(key2 ^ (key1 >> 24)) & 0xFF]
        self._keys = (key0, key1, key2)
        return bytes(out)


def _crc_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
    return value


_CRC_TABLE = tuple(map(_crc_entry, range(256)))


def _next_keys(key0: int, key1: int, key2: int, byte: int) -> tuple[int, int, int]:
    key0 = (key0 >> 8) ^ _CRC_TABLE[(key0 ^ byte) & 0xFF]
    key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    return key0, key1, (key2 >> 8) ^ _CRC_TABLE[(key2 ^ (key1 >> 24)) & 0xFF]


def decrypt_aes(raw: Iterator[bytes], password: bytes, strength: int) -> Iterator[bytes]:
    """Take off WinZip's AES encryption of ``strength`` 1 to 3; what it is sealed with is checked at the end.

    Raises:
        WrongPasswordError: The password does not pass the two bytes that check it.
        Trouble: The seal is broken, or there is too little of it.
    """
    from Cryptodome.Cipher import AES
    from Cryptodome.Util import Counter

    salt_bytes, key_bytes = 4 + 4 * strength, 8 + 8 * strength
    head = b""
    while len(head) < salt_bytes + 2:
        chunk = next(raw, b"")
        if not chunk:
            raise damaged()
        head += chunk
    salt, verifier, waiting = head[:salt_bytes], head[salt_bytes : salt_bytes + 2], head[salt_bytes + 2 :]
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * key_bytes + 2)
    if keys[-2:] != verifier:
        raise WrongPasswordError
    cipher = AES.new(keys[:key_bytes], AES.MODE_CTR, counter=Counter.new(128, initial_value=1, little_endian=True))
    seal = hmac.new(keys[key_bytes : 2 * key_bytes], digestmod=hashlib.sha1)
    for chunk in raw:
        waiting += chunk
        ready, waiting = waiting[:-_AES_TAG], waiting[-_AES_TAG:]
        seal.update(ready)
        yield cipher.decrypt(ready)
    ready, tag = waiting[:-_AES_TAG], waiting[-_AES_TAG:]
    seal.update(ready)
    if ready:
        yield cipher.decrypt(ready)
    if not hmac.compare_digest(seal.digest()[:_AES_TAG], tag):
        raise damaged()
