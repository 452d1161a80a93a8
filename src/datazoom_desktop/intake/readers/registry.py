"""Which reader reads which media type."""

from __future__ import annotations

import importlib
from typing import cast

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Reader

_READERS = {
    detect.PDF: "pdf:PdfReader",
    detect.DOCX: "docx:DocxReader",
    detect.XLSX: "xlsx:XlsxReader",
    detect.PPTX: "pptx:PptxReader",
    detect.DOC: "legacy:LegacyReader",
    detect.XLS: "legacy:LegacyReader",
    detect.XLSB: "legacy:LegacyReader",
    detect.PPT: "legacy:LegacyReader",
    detect.WPD: "legacy:LegacyReader",
    detect.OLE: "locked:LockedReader",
    detect.EML: "mail:MailReader",
    detect.MSG: "msg:MsgReader",
    detect.HTML: "html:HtmlReader",
    detect.MHTML: "mhtml:MhtmlReader",
    detect.EPUB: "epub:EpubReader",
    detect.RTF: "rtf:RtfReader",
    detect.ODT: "odt:OdtReader",
    detect.ODS: "ods:OdsReader",
    detect.ODP: "odp:OdpReader",
    detect.ODG: "odp:OdpReader",
    detect.TEXT: "text:TextReader",
    detect.MARKDOWN: "text:TextReader",
    detect.CSV: "text:TextReader",
    detect.JSON: "text:TextReader",
    detect.CALENDAR: "text:TextReader",
    detect.CONTACT: "text:TextReader",
    detect.XML: "xml_text:XmlReader",
    detect.TNEF: "tnef:TnefReader",
    detect.MBOX: "mbox:MboxReader",
    detect.SHORTCUT: "shortcut:ShortcutReader",
    detect.PNG: "image:ImageReader",
    detect.JPEG: "image:ImageReader",
    detect.TIFF: "image:ImageReader",
    detect.BMP: "image:ImageReader",
    detect.GIF: "image:ImageReader",
    detect.WEBP: "image:ImageReader",
    detect.HEIC: "image:ImageReader",
    detect.AVIF: "image:ImageReader",
    detect.JPEG2000: "image:ImageReader",
    detect.ZIP: "archive:ArchiveReader",
    detect.SEVENZ: "archive:ArchiveReader",
    detect.TAR: "archive:ArchiveReader",
    detect.GZIP: "archive:ArchiveReader",
    detect.BZIP2: "archive:ArchiveReader",
    detect.XZ: "archive:ArchiveReader",
    detect.ZSTD: "archive:ArchiveReader",
    detect.IWORK: "iwork:AppleReader",
}

#: Each reader's version, so that what was read by an older one is found without importing the libraries that they need.
_EDITIONS = {
    "archive": 1,
    "docx": 2,
    "epub": 1,
    "html": 1,
    "image": 2,
    "iwork": 1,
    "legacy": 1,
    "locked": 2,
    "mail": 2,
    "mbox": 1,
    "mhtml": 1,
    "msg": 3,
    "odp": 1,
    "ods": 1,
    "odt": 1,
    "pdf": 2,
    "pptx": 2,
    "rtf": 1,
    "shortcut": 1,
    "text": 2,
    "tnef": 1,
    "xlsx": 2,
    "xml_text": 1,
}

_NAMES = {"xml_text": "xml"}  #: of readers that are not called as their module is


def reader_for(media_type: str) -> Reader | None:
    """Return the reader of a media type, or None when files of that type cannot be read yet."""
    where = _READERS.get(media_type)
    if where is None:
        return None
    module, name = where.split(":")
    return cast("Reader", getattr(importlib.import_module(f"datazoom_desktop.intake.readers.{module}"), name)())


def media_types() -> tuple[str, ...]:
    """Return every media type that has a reader."""
    return tuple(_READERS)


def editions() -> dict[str, tuple[str, int]]:
    """Return by media type its reader's name and version."""
    modules = ((media_type, where.partition(":")[0]) for media_type, where in _READERS.items())
    return {media_type: (_NAMES.get(module, module), _EDITIONS[module]) for media_type, module in modules}
