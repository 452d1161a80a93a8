"""OpenDocument files opened: as a package or as one XML file, with a password where they are encrypted."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from datazoom_desktop.intake.model import ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.odf_encryption import Lock, locks_of
from datazoom_desktop.intake.readers.office import Xml, damaged, open_package, parse_xml
from datazoom_desktop.kernel.coverage import Coverage

OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
PRESENTATION: Final = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
_WHOLE = "encrypted-package"
_LARGEST_FLAT = 300 << 20  #: bytes


class OpenDocument:
    """An OpenDocument file's parts.

    Attributes:
        sound: For each part that was parsed, whether all of it could be.
    """

    def __init__(self, package: zipfile.ZipFile | None, flat: bytes | None, passwords: tuple[str, ...]) -> None:
        """Read parts from a package, or from one XML text that holds them all; raises as :func:`open_document`."""
        self._package = package
        self._flat = flat
        self._tree: Xml | None = None
        self.sound: dict[str, bool] = {}
        self._locks: dict[str, Lock] = {}
        self._password = ""
        if package is not None:
            self._locks = self._manifest()
            self._unlock(passwords)

    def part(self, name: str) -> Xml | None:
        """Return a part's root, None when there is no such part.

        Raises:
            ValueError: It is damaged.
        """
        if self._flat is not None:
            if name not in ("content.xml", "styles.xml"):
                return None
            if self._tree is None:
                self._tree, self.sound["content.xml"] = parse_xml(self._flat, name)
            return self._tree
        stored = self._stored(name)
        if stored is None:
            return None
        data = self._locks[name].opened(stored, self._password) if name in self._locks else stored
        if data is None:
            raise ValueError(f"{name} does not open with the password of the others")
        root, self.sound[name] = parse_xml(data, name)
        return root

    def content(self) -> bytes:
        """Return the bytes of the content, to be parsed as they come.

        Raises:
            ValueError: There is none, or it is damaged.
        """
        data = self._flat if self._flat is not None else self.data("content.xml")
        if data is None:
            raise ValueError("no content")
        return data

    def cut_short(self, number: int) -> Iterator[ReadPage]:
        """Yield a page of that number that says that the content is damaged, unless it is sound."""
        if not self.sound.get("content.xml", True):
            reason = "The document is damaged: what follows may be missing or incomplete."
            yield ReadPage(number, Coverage.FAILED, reason=reason)

    def data(self, name: str) -> bytes | None:
        """Return the bytes of a picture or other file inside, None when they are not there or cannot be unpacked."""
        try:
            stored = self._stored(name)
        except ValueError:
            return None
        return self._locks[name].opened(stored, self._password) if stored and name in self._locks else stored

    def whole(self) -> bytes | None:
        """Return the document that a package of one encrypted file holds, None when this is an ordinary package."""
        return self.data(_WHOLE) if _WHOLE in self._locks else None

    def _manifest(self) -> dict[str, Lock]:
        try:
            data = self._stored("META-INF/manifest.xml")
            return locks_of(parse_xml(data, "manifest")[0]) if data is not None else {}
        except ValueError:
            return {}  # the content may be sound without it

    def _unlock(self, passwords: tuple[str, ...]) -> None:
        """Find the password that opens the content."""
        name = next((name for name in (_WHOLE, "content.xml") if name in self._locks), None)
        if name is None:
            return
        if not self._locks[name].known:
            raise Unreadable(
                Coverage.ENCRYPTED,
                "This document is encrypted in a way that cannot be opened here, even with its password.",
                "Open it where it was made, save a copy without a password, and add that copy.",
            )
        stored = self._stored(name) or b""
        for password in passwords:
            if self._locks[name].opened(stored, password) is not None:
                self._password = password
                return
        remedy = "Add the password and read the file again."
        raise Unreadable(Coverage.ENCRYPTED, "A password is needed to open this file.", remedy)

    def _stored(self, name: str) -> bytes | None:
        """Return a part's bytes as they lie in the package, None when it has no such part."""
        try:
            return self._package.read(name) if self._package is not None else None
        except KeyError:
            return None
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise ValueError(f"{name} cannot be unpacked") from error


@contextmanager
def open_document(source: Source, what: str) -> Iterator[OpenDocument]:
    """Open an OpenDocument file; ``what`` names it to a person.

    Raises:
        Unreadable: It is damaged, too large, or encrypted and no password opens it.
    """
    with source.file.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    try:
        if not packed:
            if source.file.stat().st_size > _LARGEST_FLAT:
                raise Unreadable(Coverage.SKIPPED, f"The {what} is larger than 300 MB.")
            yield OpenDocument(None, source.file.read_bytes(), ())
            return
        with open_package(source.file, what) as package:
            document = OpenDocument(package, None, source.passwords)
            whole = document.whole()
            if whole is None:
                yield document
                return
        with open_package(io.BytesIO(whole), what) as package:
            yield OpenDocument(package, None, source.passwords)
    except (ValueError, RecursionError) as error:
        raise damaged(what) from error
