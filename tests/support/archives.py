"""ZIP archives put together byte by byte, so that tests can make those that no library writes: encrypted, lying, oddly named."""

from __future__ import annotations

import bz2
import hashlib
import hmac
import lzma
import struct
import zlib
from dataclasses import dataclass, field

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter

STORED, DEFLATE, BZIP2, LZMA, AES_METHOD = 0, 8, 12, 14, 99
UTF8 = 0x800
_TIME, _DATE = (11 << 11) | (36 << 5) | 7, ((2023 - 1980) << 9) | (1 << 5) | 4  # 2023-01-04 11:36:14


@dataclass(frozen=True)
class Member:
    """One member; ``name`` as bytes is written as it is, as text in UTF-8 with the flag that says so."""

    name: str | bytes
    data: bytes = b""
    method: int = DEFLATE
    password: str | None = None
    aes: int = 0
    mode: int | None = None
    extra: bytes = b""
    lie: dict[str, int] = field(default_factory=dict)  #: "size", "packed" or "crc" to state instead of the truth
    described_after: bool = False


def zip_of(*members: Member | tuple[str, bytes], comment: bytes = b"", directory: bool = True) -> bytes:
    """Return an archive of these members."""
    out, central = bytearray(), bytearray()
    made = [member if isinstance(member, Member) else Member(*member) for member in members]
    for member in made:
        name = member.name if isinstance(member.name, bytes) else member.name.encode()
        packed = packed_of(member)
        flags = (UTF8 if isinstance(member.name, str) else 0) | (member.password is not None)
        flags |= (8 if member.described_after else 0) | (2 if member.method == LZMA else 0)
        method, extra = member.method, member.extra
        crc = zlib.crc32(member.data)
        if member.aes:
            extra += struct.pack("<HHHHBH", 0x9901, 7, 2, 0x4541, member.aes, method)
            method, crc = AES_METHOD, 0
        stated = {"size": len(member.data), "packed": len(packed), "crc": crc, **member.lie}
        sums = (stated["crc"], stated["packed"], stated["size"])
        local = (0, 0, 0) if member.described_after else sums
        offset = len(out)
        out += struct.pack("<4s5H3I2H", b"PK\3\4", 45, flags, method, _TIME, _DATE, *local, len(name), len(extra))
        out += name + extra + packed
        if member.described_after:
            out += struct.pack("<4s3I", b"PK\7\x08", *sums)
        system = 3 if member.mode is not None else 0
        attributes = (member.mode or 0) << 16
        central += struct.pack(
            "<4s2B5H3I5H2I",
            *(b"PK\1\2", 45, system, 45, flags, method, _TIME, _DATE, *sums, len(name), len(extra)),
            *(0, 0, 0, attributes, offset),
        )
        central += name + extra
    if not directory:
        return bytes(out)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(made), len(made), len(central), len(out), len(comment))
    return bytes(out + central + end + comment)


def packed_of(member: Member) -> bytes:
    """Return a member's bytes as they stand in the archive."""
    data = _compressed(member.data, member.method)
    if member.password is None:
        return data
    if member.aes:
        return _aes(data, member.password.encode(), member.aes)
    check = (_TIME >> 8) & 0xFF if member.described_after else zlib.crc32(member.data) >> 24
    return _old_encryption(bytes(11) + bytes([check]) + data, member.password.encode())


def _compressed(data: bytes, method: int) -> bytes:
    if method == DEFLATE:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush()
    if method == BZIP2:
        return bz2.compress(data)
    if method == LZMA:
        alone = lzma.compress(data, lzma.FORMAT_ALONE)
        return struct.pack("<BBH", 9, 20, 5) + alone[:5] + alone[13:]
    return data


def _old_encryption(data: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc_step(crc: int, byte: int) -> int:
        return (zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF) & 0xFFFFFFFF

    def turn(byte: int) -> None:
        keys[0] = crc_step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc_step(keys[2], keys[1] >> 24)

    for byte in password:
        turn(byte)
    out = bytearray()
    for byte in data:
        mixed = (keys[2] | 2) & 0xFFFF
        out.append(byte ^ ((mixed * (mixed ^ 1)) >> 8) & 0xFF)
        turn(byte)
    return bytes(out)


def _aes(data: bytes, password: bytes, strength: int) -> bytes:
    salt_bytes, key_bytes = 4 + 4 * strength, 8 + 8 * strength
    salt = bytes(range(salt_bytes))
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * key_bytes + 2)
    cipher = AES.new(keys[:key_bytes], AES.MODE_CTR, counter=Counter.new(128, initial_value=1, little_endian=True))
    locked = cipher.encrypt(data)
    tag = hmac.new(keys[key_bytes : 2 * key_bytes], locked, hashlib.sha1).digest()[:10]
    return salt + keys[-2:] + locked + tag
