"""Making OpenDocument files for tests: the XML around what a test writes, and the encryption that office programs put on it."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
import zlib

from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("draw", "drawing"),
        ("presentation", "presentation"),
        ("manifest", "manifest"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
        ("number", "datastyle"),
    )
)
SPACES = (
    f'{_SPACES} xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)


def part(kind: str, inside: str) -> bytes:
    """Return a part such as ``office:document-content``."""
    return f'<?xml version="1.0"?><office:{kind} {SPACES}>{inside}</office:{kind}>'.encode()


def package(kind: str, body: str, styles: str = "", manner: str = "", **files: bytes) -> bytes:
    """Return a package: ``kind`` is "text", "spreadsheet" or "presentation"; ``styles`` are automatic, ``manner`` is styles.xml's."""
    content = part(
        "document-content",
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>",
    )
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": content,
            "styles.xml": part("document-styles", manner),
            "META-INF/manifest.xml": part("manifest", ""),
            **files,
        }
    )


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data, zipfile.ZIP_DEFLATED if name != "mimetype" else zipfile.ZIP_STORED)
    return out.getvalue()


def encrypted(plain: bytes, password: str, how: str) -> bytes:
    """Return a package encrypted with a password: ``how`` is "aes" (part by part), "blowfish" (likewise, old), or "whole"."""
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    kept = {"mimetype": members.pop("mimetype")}
    del members["META-INF/manifest.xml"]
    if how == "whole":
        members = {"encrypted-package": plain}
    entries = []
    for name, data in members.items():
        kept[name], entry = _locked(name, data, password, how)
        entries.append(entry)
    manifest = f"<manifest:manifest {SPACES}>{''.join(entries)}</manifest:manifest>"
    return zipped({**kept, "META-INF/manifest.xml": manifest.encode()})


def _locked(name: str, data: bytes, password: str, how: str) -> tuple[bytes, str]:
    packing = zlib.compressobj(wbits=-15)
    packed = packing.compress(data) + packing.flush()
    salt, vector = os.urandom(16), os.urandom({"aes": 16, "blowfish": 8, "whole": 12}[how])
    digest = "sha1" if how == "blowfish" else "sha256"
    start = hashlib.new(digest, password.encode()).digest()
    checksum = base64.b64encode(hashlib.new(digest, packed[:1024]).digest()).decode()
    if how == "whole":
        key = Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=64).derive(start)
        out = vector + AESGCM(key).encrypt(vector, packed, None)
        cipher = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
        derivation = (
            'key-derivation-name="argon2id" loext:argon2-iterations="2" loext:argon2-memory="64" loext:argon2-lanes="1"'
        )
        check = ""
    else:
        size = 32 if how == "aes" else 16
        key = hashlib.pbkdf2_hmac("sha1", start, salt, 1000, size)
        padded = packed + bytes(15 - len(packed) % 16) + bytes([16 - len(packed) % 16]) if how == "aes" else packed
        mode = Cipher(algorithms.AES(key), modes.CBC(vector)) if how == "aes" else Cipher(Blowfish(key), CFB(vector))
        undo = mode.encryptor()
        out = undo.update(padded) + undo.finalize()
        cipher = "http://www.w3.org/2001/04/xmlenc#aes256-cbc" if how == "aes" else "Blowfish CFB"
        derivation = f'key-derivation-name="PBKDF2" manifest:iteration-count="1000" manifest:key-size="{size}"'
        kind = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#sha256-1k" if how == "aes" else "SHA1/1K"
        check = f'manifest:checksum-type="{kind}" manifest:checksum="{checksum}"'
    if how == "whole":
        derivation += ' manifest:key-size="32"'
    generation = (
        '<manifest:start-key-generation manifest:start-key-generation-name="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        if digest == "sha256"
        else ""
    )
    return out, (
        f'<manifest:file-entry manifest:full-path="{name}"><manifest:encryption-data {check}>'
        f'<manifest:algorithm manifest:algorithm-name="{cipher}" '
        f'manifest:initialisation-vector="{base64.b64encode(vector).decode()}"/>{generation}'
        f'<manifest:key-derivation manifest:{derivation} manifest:salt="{base64.b64encode(salt).decode()}"/>'
        "</manifest:encryption-data></manifest:file-entry>"
    )
