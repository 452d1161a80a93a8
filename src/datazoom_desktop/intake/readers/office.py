"""What the three Office Open XML readers share: opening the zip within limits, and taking a password's encryption off."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from posixpath import join, normpath
from typing import IO, Any, NamedTuple
from xml.parsers.expat import ExpatError

import olefile
from lxml import etree
from msoffcrypto import OfficeFile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from datazoom_desktop.intake.model import Unreadable
from datazoom_desktop.kernel.coverage import Coverage

_MOST_BYTES = 1 << 30  #: unpacked, all members together
_MOST_XML = 300 << 20  #: unpacked, one XML part that is parsed as a whole
_STREAMED = ("xl/worksheets/", "xl/sharedStrings")  #: parts that are parsed as they come
_RATIO = 400  #: unpacked to packed, of a part large enough to matter
_RATIO_MATTERS = 20 << 20
_MOST_MEMBERS = 20_000
_LONGEST_TEXT = 512 << 10  #: bytes between two tags of a part that is parsed as it comes; a cell's text is far shorter
_EXCELS_OWN = "VelvetSweatshop"  #: the password that Excel itself tries before it asks
_RIGHTS = ["\x06DataSpaces", "DataSpaceInfo", "DRMEncryptedDataSpace"]
_LIBRARY_FAULTS = (  # what the libraries raise on damaged files, slips of their own included
    *(FileFormatError, ParseError, DecryptionError, OSError, ValueError, struct.error, KeyError, IndexError),
    *(TypeError, AttributeError, AssertionError, NotImplementedError, RecursionError, ExpatError),
)
_HUGE = 8 << 20  #: bytes of XML above which the parser's own limits on depth and length are lifted
_ENTITIES = tuple(
    "<!ENTITY".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (  # what the strict form of the format calls its vocabularies, and what everybody calls them
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/presentationml/main", b"http://schemas.openxmlformats.org/presentationml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_HARMLESS = (
    etree.ErrorTypes.ERR_INVALID_CHAR,
    etree.ErrorTypes.ERR_INVALID_CHARREF,
)  #: a character is lost, nothing else

Xml = Any  #: an lxml element; the library publishes no types


class Link(NamedTuple):
    """A relationship of a part: its id, the last word of its type, and a part of the package, or where outside it points."""

    id: str
    kind: str
    target: str
    external: bool


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
    oversized = any(
        m.file_size > _MOST_XML and m.filename.endswith((".xml", ".rels")) and not m.filename.startswith(_STREAMED)
        for m in members
    )
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
    data = read_part(package, name)
    return None if data is None else parse_xml(data, name)[0]


def read_part(package: zipfile.ZipFile, name: str) -> bytes | None:
    """Return a part's bytes, or None when the package has no such part; raises ``ValueError`` when it cannot be unpacked."""
    try:
        return package.read(name)
    except KeyError:
        return None
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
        zlib.error,
    ) as error:
        raise ValueError(f"{name} cannot be unpacked") from error


def parse_xml(data: bytes, name: str) -> tuple[Xml, bool]:
    """Return XML from a file nobody vouches for, and whether all of it could be parsed.

    Raises:
        ValueError: It cannot be parsed at all, or defines entities.
    """
    if any(mark in data for mark in _ENTITIES):
        raise ValueError(f"{name} defines entities")
    if _STRICT in data:
        for strict, usual in _TRANSITIONAL:
            data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=len(data) > _HUGE
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{name} is not XML") from error
    if root is None:
        raise ValueError(f"{name} is empty")
    return root, is_whole(parser)


def is_whole(parser: Any) -> bool:
    """Return whether a lenient parser has lost nothing but single characters."""
    return all(entry.type in _HARMLESS for entry in parser.error_log.filter_from_fatals())


class Stream:
    """A part of a package that is parsed as it comes; entities are refused wherever they are defined."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        """Open the part; raises ``KeyError`` when there is none."""
        self._stream = package.open(name)
        self._name = name
        self._tail = b""
        self._since = 0  #: bytes since the last end of a tag

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raises ``ValueError`` when they define entities or cannot be unpacked."""
        try:
            data = self._stream.read(size)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
            raise ValueError(f"{self._name} cannot be unpacked") from error
        seen = self._tail + data
        if any(mark in seen for mark in _ENTITIES):
            raise ValueError(f"{self._name} defines entities")
        self._tail = seen[-32:]
        ends = data.rfind(b">")
        self._since = self._since + len(data) if ends < 0 else len(data) - ends
        if self._since > _LONGEST_TEXT:  # parsing takes long without an end in sight
            raise ValueError(f"{self._name} is not XML")
        return data

    def elements(self, names: Sequence[str], events: Sequence[str] = ("end",)) -> Any:
        """Return lxml's iterator over (event, element) of elements with these local names, in whatever vocabulary."""
        return etree.iterparse(
            self,
            events=tuple(events),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
            recover=True,
        )

    def close(self) -> None:
        """Close the part."""
        self._stream.close()


def relationships(package: zipfile.ZipFile, part: str) -> dict[str, list[str]]:
    """Return the parts that a part ("" for the package) refers to, by the last word of the relationship's type."""
    found: dict[str, list[str]] = {}
    for link in links(package, part):
        if not link.external:
            found.setdefault(link.kind, []).append(link.target)
    return found


def relationships_by_id(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return the parts that a part refers to, by the relationship's id."""
    return {link.id: link.target for link in links(package, part) if not link.external}


def links(package: zipfile.ZipFile, part: str) -> tuple[Link, ...]:
    """Return a part's relationships; none when they are damaged."""
    folder, _, name = part.rpartition("/")
    try:
        root = parse_part(package, join(folder, "_rels", f"{name}.rels"))
    except ValueError:
        return ()
    found = []
    for item in root if root is not None else ():
        target = item.get("Target")
        if not target:
            continue
        external = item.get("TargetMode") == "External"
        if not external:
            target = normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))
        found.append(Link(item.get("Id") or "", (item.get("Type") or "").rpartition("/")[2], target, external))
    return tuple(found)


def lock_of(file: Path) -> str:
    """Return how an Office file is locked: "password", "rights" (management by its owner's organization), or "" when it is not."""
    try:
        with olefile.OleFileIO(str(file)) as storage:
            if storage.exists("EncryptedPackage"):
                return "rights" if storage.exists(_RIGHTS) else "password"
        with file.open("rb") as stream:
            return "password" if OfficeFile(stream).is_encrypted() else ""
    except _LIBRARY_FAULTS:
        return ""  # what is damaged is said by whoever reads it


def decrypt(file: Path, passwords: Sequence[str], check: Callable[[], None]) -> bytes | None:
    """Return the document inside an encrypted Office file, or None when none of the passwords opens it.

    ``check`` is called before each password, since trying one takes a good part of a second.

    Raises:
        Unreadable: Its encryption is damaged or of a kind that is not known.
    """
    try:
        with file.open("rb") as stream:
            office = OfficeFile(stream)
            checked = {"verify_password": True} if office.format == "ooxml" else {}
            for password in (_EXCELS_OWN, *passwords):
                check()
                try:
                    office.load_key(password=password, **checked)
                    out = io.BytesIO()
                    office.decrypt(out)
                    return out.getvalue()
                except InvalidKeyError:
                    continue
                except DecryptionError as error:
                    if "Unsupported" in str(error):
                        raise _unknown_lock() from error
    except _LIBRARY_FAULTS as error:
        raise _unknown_lock() from error
    return None


def _unknown_lock() -> Unreadable:
    return Unreadable(
        Coverage.FAILED,
        "The file's encryption is damaged or of an unknown kind.",
        "Open it where it was made, save a copy without a password, and add that copy.",
    )
