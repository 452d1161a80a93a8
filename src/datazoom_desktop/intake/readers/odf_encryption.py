"""Taking a password's encryption off OpenDocument parts (OpenDocument 1.3 part 2, section 3.4, and the whole-package form of 1.4)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from datazoom_desktop.intake.readers.office import Xml

_M: Final = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_LO: Final = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_MOST_ROUNDS = 2_000_000
_MOST_MEMORY = 512 * 1024  #: KiB
_MOST_BYTES = 300 << 20  #: unpacked, one part
_CHECKED = 1024  #: bytes of the packed part that its checksum covers
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Lock:
    """How a part is encrypted, as the manifest says it; ``known`` is False when that cannot be undone here."""

    known: bool
    cipher: str = ""  #: "cbc", "cfb" or "gcm"
    vector: bytes = b""
    salt: bytes = b""
    rounds: int = 0
    key_bytes: int = 0
    start: str = "sha1"  #: digest of the password that the key is made from
    memory: int = 0  #: KiB, for Argon2; 0 for PBKDF2
    lanes: int = 0
    digest: str = ""  #: of the checksum, empty where there is none
    checksum: bytes = b""

    def opened(self, data: bytes, password: str) -> bytes | None:
        """Return the part that ``data`` is the encrypted form of, or None when the password is not its."""
        if not self.known or not data:
            return None
        try:
            packed = self._decrypted(data, self._key(password))
        except (ValueError, InvalidTag, MemoryError, OverflowError):
            return None
        unpacking = zlib.decompressobj(-15)
        try:
            out = unpacking.decompress(packed, _MOST_BYTES)
        except zlib.error:
            return packed if packed.startswith(b"PK") else None
        if not unpacking.eof:
            return None
        exact = packed[: len(packed) - len(unpacking.unused_data)]
        if self.digest and hashlib.new(self.digest, exact[:_CHECKED]).digest() != self.checksum:
            return None
        return out

    def _key(self, password: str) -> bytes:
        start = hashlib.new(self.start, password.encode()).digest()
        if self.memory:
            return Argon2id(
                salt=self.salt, length=self.key_bytes, iterations=self.rounds, lanes=self.lanes, memory_cost=self.memory
            ).derive(start)
        return hashlib.pbkdf2_hmac("sha1", start, self.salt, self.rounds, self.key_bytes)

    def _decrypted(self, data: bytes, key: bytes) -> bytes:
        if self.cipher == "gcm":
            vector, data = (data[:_NONCE], data[_NONCE:]) if data.startswith(self.vector) else (self.vector, data)
            return AESGCM(key).decrypt(vector, data, None)
        if self.cipher == "cbc":
            undo = Cipher(algorithms.AES(key), modes.CBC(self.vector)).decryptor()
            return undo.update(data[: len(data) // 16 * 16]) + undo.finalize()
        undo = Cipher(Blowfish(key), CFB(self.vector)).decryptor()
        return undo.update(data) + undo.finalize()


def locks_of(manifest: Xml) -> dict[str, Lock]:
    """Return the parts that a manifest says are encrypted, by name."""
    found: dict[str, Lock] = {}
    for entry in manifest.iter(f"{_M}file-entry"):
        data = entry.find(f"{_M}encryption-data")
        name = entry.get(f"{_M}full-path")
        if data is not None and name:
            try:
                found[name] = _lock(data)
            except (ValueError, binascii.Error):
                found[name] = Lock(known=False)
    return found


def _lock(data: Xml) -> Lock:
    """Return how a part is encrypted; raises ``ValueError`` when the manifest does not say it soundly."""
    algorithm, derivation = data.find(f"{_M}algorithm"), data.find(f"{_M}key-derivation")
    start = data.find(f"{_M}start-key-generation")
    if algorithm is None or derivation is None:
        return Lock(known=False)
    cipher = _cipher(algorithm.get(f"{_M}algorithm-name") or "")
    argon = "argon2id" in (derivation.get(f"{_M}key-derivation-name") or "").lower()
    rounds = int(derivation.get(f"{_LO}argon2-iterations" if argon else f"{_M}iteration-count") or 0)
    memory = int(derivation.get(f"{_LO}argon2-memory") or 0) if argon else 0
    lanes = int(derivation.get(f"{_LO}argon2-lanes") or 0) if argon else 0
    key_bytes = int(derivation.get(f"{_M}key-size") or 16)
    sane = 0 < rounds <= _MOST_ROUNDS and key_bytes in (16, 24, 32) and 0 <= memory <= _MOST_MEMORY and 0 <= lanes <= 64
    kind = (data.get(f"{_M}checksum-type") or "").lower()
    return Lock(
        known=bool(cipher) and sane and bool(memory) == argon,
        cipher=cipher,
        vector=base64.b64decode(algorithm.get(f"{_M}initialisation-vector") or ""),
        salt=base64.b64decode(derivation.get(f"{_M}salt") or ""),
        rounds=rounds,
        key_bytes=key_bytes,
        start="sha256"
        if start is not None and "256" in (start.get(f"{_M}start-key-generation-name") or "")
        else "sha1",
        memory=memory,
        lanes=lanes,
        digest="" if not kind else "sha256" if "256" in kind else "sha1",
        checksum=base64.b64decode(data.get(f"{_M}checksum") or ""),
    )


def _cipher(name: str) -> str:
    lowered = name.lower()
    if lowered.endswith("-gcm"):
        return "gcm"
    if "aes" in lowered and lowered.endswith("-cbc"):
        return "cbc"
    return "cfb" if "blowfish" in lowered else ""
