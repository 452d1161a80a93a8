"""What a file that cannot be read is, in words, told by its content; and what the user can do about it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import NamedTuple

from datazoom_desktop.intake.model import Unreadable
from datazoom_desktop.kernel.coverage import Coverage

_HEAD = 1024
_DISC_MARK, _DISC_AT = b"CD001", 32_769
_IMAGE_MARK, _IMAGE_TAIL = b"koly", 512


class Kind(NamedTuple):
    """A kind of file that is not read: its name with an article, and what the user can do to have it read."""

    words: str
    remedy: str = ""


_UNPACK = "Unpack it and add the folder."
_AS_PDF = "Save it as PDF and add that."
_EXPORT_MAIL = "Export its messages as .eml or .msg files and add those."
_EXPORT_TABLES = "Export its tables as Excel or CSV files and add those."

_VIDEO = Kind("a video")
_SOUND = Kind("a sound recording", "Have it written down and add the text.")
_FONT = Kind("a font")
_DISK = Kind("a disk image", "Open it with your system and add the folder.")
_MAC_PROGRAM = Kind("a program for macOS")

#: Content at the start of a file, and what it is; more telling ones first.
_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"Rar!\x1a\x07", Kind("a RAR archive", _UNPACK)),
    (b"MSCF", Kind("a CAB archive", _UNPACK)),
    (b"xar!", Kind("an installer archive of macOS", _UNPACK)),
    (b"\x1f\x9d", Kind("a compressed file (.Z)", _UNPACK)),
    (b"LZIP", Kind("a compressed file (.lz)", _UNPACK)),
    (b"\x60\xea", Kind("an ARJ archive", _UNPACK)),
    (b"SIT!", Kind("a StuffIt archive", _UNPACK)),
    (b"StuffIt", Kind("a StuffIt archive", _UNPACK)),
    (b"!<arch>\n", Kind("a software package", _UNPACK)),
    (b"07070", Kind("a CPIO archive", _UNPACK)),
    (b"MZ", Kind("a program for Windows")),
    (b"\x7fELF", Kind("a program for Linux")),
    (b"\xfe\xed\xfa\xce", _MAC_PROGRAM),
    (b"\xfe\xed\xfa\xcf", _MAC_PROGRAM),
    (b"\xcf\xfa\xed\xfe", _MAC_PROGRAM),
    (b"\xce\xfa\xed\xfe", _MAC_PROGRAM),
    (b"\xca\xfe\xba\xbe", Kind("a program")),
    (b"dex\n", Kind("a program for Android")),
    (b"\x00asm", Kind("a program for web browsers")),
    (b"\x1aE\xdf\xa3", _VIDEO),
    (b"FLV\x01", _VIDEO),
    (b"\x00\x00\x01\xba", _VIDEO),
    (b"\x00\x00\x01\xb3", _VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind("a video or a sound recording (Windows Media)")),
    (b"ID3", _SOUND),
    (b"\xff\xfb", _SOUND),
    (b"\xff\xf3", _SOUND),
    (b"\xff\xf1", _SOUND),
    (b"fLaC", _SOUND),
    (b"OggS", _SOUND),
    (b"#!AMR", _SOUND),
    (b"MThd", Kind("music for synthesizers")),
    (b"AC10", Kind("a technical drawing (AutoCAD)", _AS_PDF)),
    (b"\x89HDF", Kind("a file of measurements (HDF)", _EXPORT_TABLES)),
    (b"PAR1", Kind("a data table (Parquet)", _EXPORT_TABLES)),
    (b"OTTO", _FONT),
    (b"wOFF", _FONT),
    (b"wOF2", _FONT),
    (b"ttcf", _FONT),
    (b"\x00\x01\x00\x00Standard", Kind("a database (Microsoft Access)", _EXPORT_TABLES)),
    (b"\x00\x01\x00\x00\x00", _FONT),
    (b"SQLite format 3\x00", Kind("a database (SQLite)", _EXPORT_TABLES)),
    (b"!BDN", Kind("a mailbox of Outlook", _EXPORT_MAIL)),
    (b"\xcf\xad\x12\xfe", Kind("a mailbox of Outlook Express", _EXPORT_MAIL)),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", Kind("a notebook of OneNote", _AS_PDF)),
    (b"vhdxfile", _DISK),
    (b"conectix", _DISK),
    (b"KDMV", _DISK),
    (b"QFI\xfb", _DISK),
    (b"\x03\xd9\xa2\x9a", Kind("a password safe (KeePass)")),
    (b"8BPS", Kind("a Photoshop picture", _AS_PDF)),
    (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", Kind("an InDesign layout", _AS_PDF)),
    (b"%!PS", Kind("a PostScript drawing", _AS_PDF)),
    (b"\xc5\xd0\xd3\xc6", Kind("a PostScript drawing", _AS_PDF)),
    (b"AT&TFORM", Kind("a scanned document (DjVu)", _AS_PDF)),
    (b"\x00\x00\x02\x00\x06\x04\x06\x00", Kind("a Lotus 1-2-3 sheet", "Save it as XLSX or PDF and add that.")),
    (b"ITSF", Kind("a help file of Windows", _AS_PDF)),
    (b"\xd7\xcd\xc6\x9a", Kind("a drawing (Windows Metafile)", _AS_PDF)),
    (b"\x00\x00\x00\x0cjP", Kind("a picture (JPEG 2000)", "Save it as PNG or PDF and add that.")),
    (b"\x00\x00\x01\x00", Kind("an icon")),
    (b"bplist00", Kind("a settings file of macOS")),
    (b"\x85\x01", Kind("a file encrypted with PGP", "Decrypt it and add what is inside.")),
)
_MARKS = tuple(
    start for start, _ in _STARTS if len(start) >= 4 and not (start.isascii() and start.decode().isprintable())
)
#: What sets media files apart that begin with the length of something.
_BRANDS = re.compile(rb"....ftyp(?:(M4A|M4B|F4A)|(avif|jxl)|.)", re.DOTALL)
_LHA = re.compile(rb"..-l(?:h[0-9d]|z[s45])-", re.DOTALL)
_ACE = re.compile(rb".{7}\*\*ACE\*\*", re.DOTALL)
_METAFILE = re.compile(rb"\x01\x00\x00\x00.{36} EMF", re.DOTALL)
_SIGNED = re.compile(rb"\x30.{1,5}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07([\x02\x03])", re.DOTALL)
_KEYS = re.compile(rb"\x30.{1,5}\x02\x01\x03\x30", re.DOTALL)
_RIFF = {b"AVI ": _VIDEO, b"WAVE": _SOUND}


def unreadable(file: Path, name: str) -> Unreadable:
    """Return the error for a file of a kind that no reader reads."""
    found = kind_of(file)
    if found is None:
        what = PurePath(name).suffix.lstrip(".").upper() or "unknown"
        return Unreadable(Coverage.SKIPPED, f"This kind of file cannot be read ({what}). It is kept and listed.")
    return Unreadable(
        Coverage.SKIPPED, f"This is {found.words}, which cannot be read. It is kept and listed.", found.remedy
    )


def kind_of(file: Path) -> Kind | None:
    """Return what a file is by its content, None when that tells nothing."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
        stream.seek(_DISC_AT)
        if stream.read(len(_DISC_MARK)) == _DISC_MARK:
            return _DISK
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _IMAGE_TAIL))
        if stream.read(len(_IMAGE_MARK)) == _IMAGE_MARK:
            return _DISK
    for test in _TESTS:
        if (found := test(head)) is not None:
            return found
    return next((kind for start, kind in _STARTS if head.startswith(start)), None)


def is_unreadable(head: bytes) -> bool:
    """Return whether a file begins with a mark that no text does, of a kind that is not read."""
    return head.startswith(_MARKS)


def _media(head: bytes) -> Kind | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _SOUND
    brand = _BRANDS.match(head)
    if brand is None:
        return None
    if brand[2]:
        return Kind("a picture of a kind that cannot be read", "Save it as PNG or PDF and add that.")
    return _SOUND if brand[1] else _VIDEO


def _sealed(head: bytes) -> Kind | None:
    signed = _SIGNED.match(head)
    if signed is not None:
        if signed[1] == b"\x03":
            return Kind(
                "an encrypted message or file (S/MIME)", "Open it in your mail program and save what is inside."
            )
        remedy = "Open it with your signature program, save the document inside and add that."
        return Kind("a file sealed with a digital signature", remedy)
    return Kind("a file of keys and certificates") if _KEYS.match(head) else None


def _archive(head: bytes) -> Kind | None:
    if _LHA.match(head):
        return Kind("an LZH archive", _UNPACK)
    return Kind("an ACE archive", _UNPACK) if _ACE.match(head) else None


def _drawing(head: bytes) -> Kind | None:
    return Kind("a drawing (Windows Metafile)", _AS_PDF) if _METAFILE.match(head) else None


_TESTS: tuple[Callable[[bytes], Kind | None], ...] = (_media, _sealed, _archive, _drawing)
