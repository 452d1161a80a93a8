"""What the three Office Open XML readers share: opening the zip within limits, and taking a password's encryption off."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from posixpath import join, normpath
from typing import IO, Any

import olefile
from lxml import etree
from msoffcrypto import OfficeFile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from datazoom_desktop.intake.model import Unreadable
from datazoom_desktop.kernel.coverage import Coverage

_MOST_BYTES = 1 << 30  #: unpacked, all members together
_MOST_XML = 300 << 20  #: unpacked, one XML part
_RATIO = 400  #: unpacked to packed, of a part large enough to matter
_RATIO_MATTERS = 20 << 20
_MOST_MEMBERS = 20_000

Xml = Any  #: an lxml element; the library publishes no types


def damaged(what: str) -> Unreadable:
    """Return the error for a file that is not what its name says, or no longer is."""
    return Unreadable(
        Coverage.FAILED, f"The {what} is damaged and cannot be opened.", "Ask for a fresh copy of the file."
    )


def open_package(file: Path | IO[bytes], what: str) -> zipfile.ZipFile:
    """Open an Office file's zip after checking that it unpacks to a sane size.

    Raises:
        Unreadable: It is damaged, or unpacks to far more than a document holds.
    """
    try:
        package = zipfile.ZipFile(file)
        members = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(what) from error
    total = sum(member.file_size for member in members)
    bloated = any(m.file_size > _RATIO_MATTERS and m.file_size > _RATIO * max(1, m.compress_size) for m in members)
    oversized = any(m.file_size > _MOST_XML and m.filename.endswith((".xml", ".rels")) for m in members)
    if total > _MOST_BYTES or bloated or oversized or len(members) > _MOST_MEMBERS:
        package.close()
        raise Unreadable(
            Coverage.FAILED, f"The {what} unpacks to far more than a document holds, so it was not opened."
        )
    return package


def parse_part(package: zipfile.ZipFile, name: str) -> Xml | None:
    """Return a part's XML, or None when the package has no such part.

    Entities are never expanded and nothing outside the part is fetched.

    Raises:
        ValueError: The part is damaged beyond what a lenient parser mends, or defines entities.
    """
    try:
        data = package.read(name)
    except KeyError:
        return None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        raise ValueError(f"{name} cannot be unpacked") from error
    return parse_xml(data, name)


def parse_xml(data: bytes, name: str) -> Xml:
    """Parse XML from a file nobody vouches for; raises ``ValueError`` when that is impossible or it defines entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=True)
    if b"<!ENTITY" in data[:65536]:
        raise ValueError(f"{name} defines entities")
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{name} is not XML") from error
    if root is None:
        raise ValueError(f"{name} is empty")
    return root


def relationships(package: zipfile.ZipFile, part: str) -> dict[str, list[str]]:
    """Return the parts that a part ("" for the package) refers to, by the last word of the relationship's type."""
    found: dict[str, list[str]] = {}
    for _, kind, target in _links(package, part):
        found.setdefault(kind, []).append(target)
    return found


def relationships_by_id(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return the parts that a part refers to, by the relationship's id."""
    return {number: target for number, _, target in _links(package, part)}


def _links(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield id, kind and target of a part's relationships; none when they are damaged."""
    folder, _, name = part.rpartition("/")
    try:
        root = parse_part(package, join(folder, "_rels", f"{name}.rels"))
    except ValueError:
        return
    for item in root if root is not None else ():
        target = item.get("Target")
        if target and item.get("TargetMode") != "External":
            path = normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))
            yield item.get("Id") or "", (item.get("Type") or "").rpartition("/")[2], path


def is_encrypted(file: Path) -> bool:
    """Return whether an OLE file holds an encrypted Office document."""
    try:
        with olefile.OleFileIO(str(file)) as storage:
            return bool(storage.exists("EncryptedPackage"))
    except (OSError, ValueError, IndexError, TypeError, struct.error):
        return False


def decrypt(file: Path, passwords: Sequence[str]) -> bytes | None:
    """Return the document inside an encrypted Office file, or None when none of the passwords opens it.

    Raises:
        Unreadable: Its encryption is damaged or of a kind that is not known.
    """
    try:
        with file.open("rb") as stream:
            office = OfficeFile(stream)
            for password in ("VelvetSweatshop", *passwords):  # the password Excel itself tries before it asks
                try:
                    office.load_key(password=password, verify_password=True)
                    out = io.BytesIO()
                    office.decrypt(out)
                    return out.getvalue()
                except (InvalidKeyError, DecryptionError):
                    continue
    except (
        FileFormatError,
        ParseError,
        OSError,
        ValueError,
        struct.error,
        KeyError,
        IndexError,
        NotImplementedError,
    ) as error:
        raise Unreadable(Coverage.FAILED, "The file's encryption is damaged or of an unknown kind.") from error
    return None
