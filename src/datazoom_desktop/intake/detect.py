"""What kind of file something is, told by its content and, only where content cannot tell, by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePath

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
HTML = "text/html"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
CSV = "text/csv"
JSON = "application/json"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
BMP = "image/bmp"
GIF = "image/gif"
WEBP = "image/webp"
OLE = "application/x-ole-storage"  #: an old Office file, or one whose content is encrypted
ZIP = "application/zip"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

_OFFICE = {"word/": DOCX, "xl/": XLSX, "ppt/": PPTX}
_SUFFIXES = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".dotx": DOCX,
    ".xlsx": XLSX,
    ".xlsm": XLSX,
    ".xltx": XLSX,
    ".pptx": PPTX,
    ".pptm": PPTX,
    ".ppsx": PPTX,
    ".eml": EML,
    ".msg": MSG,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".csv": CSV,
    ".tsv": CSV,
    ".json": JSON,
    ".png": PNG,
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".tif": TIFF,
    ".tiff": TIFF,
}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"BM", BMP),
)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_HEAD = 8192


def media_type(file: Path, name: str) -> str:
    """Return the media type of ``file``'s content; ``name`` decides between kinds of text and for damaged files only."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    suffix = PurePath(name).suffix.lower()
    if not head:
        return EMPTY
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(file, suffix)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_type(file)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    for magic, kind in _MAGIC:
        if head.startswith(magic) and (kind is not BMP or _binary(head)):
            return kind
    return _text_type(head, suffix)


def _zip_type(file: Path, suffix: str) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        named = _SUFFIXES.get(suffix)
        return named if named in (DOCX, XLSX, PPTX) else ZIP
    for folder, kind in _OFFICE.items():
        if any(name.lstrip("/").startswith(folder) for name in names):
            return kind
    return ZIP


def _ole_type(file: Path) -> str:
    import olefile  # parsed only in worker processes; costs start-up elsewhere

    try:
        with olefile.OleFileIO(str(file)) as storage:
            if storage.exists("__properties_version1.0"):
                return MSG
    except (OSError, ValueError, IndexError, TypeError):
        return OLE
    return OLE


def _binary(head: bytes) -> bool:
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return controls > len(head) // 50


def _text_type(head: bytes, suffix: str) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and _binary(head):
        return _SUFFIXES.get(suffix, UNKNOWN) if suffix == ".pdf" else UNKNOWN
    if suffix == ".eml" or (suffix in ("", ".txt", ".mail", ".mbox") and _is_mail(head)):
        return EML
    if _HTML_START.match(head) or suffix in (".html", ".htm", ".xhtml"):
        return HTML
    named = _SUFFIXES.get(suffix)
    return named if named in (MARKDOWN, CSV, JSON, PDF) else TEXT


def _is_mail(head: bytes) -> bool:
    """Return whether the text opens with at least three mail header lines."""
    known = re.compile(
        rb"(?:received|return-path|from|to|subject|date|mime-version|message-id|delivered-to|content-type):",
        re.IGNORECASE,
    )
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    lines = re.split(rb"\r?\n(?![ \t])", block)
    fields = [line for line in lines if re.match(rb"[\w-]+:", line)]
    return len(fields) == len(lines) and sum(bool(known.match(line)) for line in fields) >= 3
