"""What kind of file something is, told by its content and, only where content cannot tell, by its name."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path, PurePath

from datazoom_desktop.intake.encodings import wide_encoding
from datazoom_desktop.intake.kinds import is_unreadable

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
PPT = "application/vnd.ms-powerpoint"
WPD = "application/vnd.wordperfect"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
MBOX = "application/mbox"
TNEF = "application/ms-tnef"
HTML = "text/html"
MHTML = "multipart/related"
RTF = "application/rtf"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
ODG = "application/vnd.oasis.opendocument.graphics"
EPUB = "application/epub+zip"
XML = "application/xml"
SHORTCUT = "application/x-shortcut"  #: a file that only says where another is
CALENDAR = "text/calendar"
CONTACT = "text/vcard"
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
HEIC = "image/heic"
AVIF = "image/avif"
JPEG2000 = "image/jp2"
OLE = "application/x-ole-storage"  #: an Office file whose content is encrypted, or another of that container
ZIP = "application/zip"
SEVENZ = "application/x-7z-compressed"
TAR = "application/x-tar"
GZIP = "application/gzip"  #: one compressed file, which may be a TAR archive; so are the next three
BZIP2 = "application/x-bzip2"
XZ = "application/x-xz"
ZSTD = "application/zstd"
IWORK = "application/vnd.apple.iwork"  #: a document of Pages, Numbers or Keynote
POSTSCRIPT = "application/postscript"
EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"

_OLD_OFFICE = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
_OFFICE = {"xl/workbook.bin": XLSB, "word/": DOCX, "xl/": XLSX, "ppt/": PPTX}
_CONTENT_TYPES = "[Content_Types].xml"
_MAIN_PARTS = frozenset(("word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"))
_APPLE_PART = re.compile(r"Index/[^/]+\.iwa|Index\.zip|index\.apxl|index\.xml|\.iwpv2")
_APPLE_SIGNS = frozenset(
    (
        *("Metadata/Properties.plist", "Metadata/DocumentIdentifier", "buildVersionHistory.plist"),
        *("QuickLook/Preview.pdf", "QuickLook/Thumbnail.jpg", "preview.jpg"),
    )
)
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
    ".odt": ODT,
    ".ott": ODT,
    ".ods": ODS,
    ".ots": ODS,
    ".odp": ODP,
    ".otp": ODP,
    ".odg": ODG,
    ".epub": EPUB,
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
    ".ndjson": JSON,
    ".jsonl": JSON,
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
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", JPEG2000),
    (b"\xff\x4f\xff\x51", JPEG2000),
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"\xffWPC", WPD),
    (b"7z\xbc\xaf\x27\x1c", SEVENZ),
    (b"\x1f\x8b\x08", GZIP),
    (b"\xfd7zXZ\x00", XZ),
    (b"\x28\xb5\x2f\xfd", ZSTD),
    (b"%!PS", POSTSCRIPT),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", SHORTCUT),
)
_OPEN_DOCUMENT = (ODT, ODS, ODP, ODG)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_MAIL_FIELD = re.compile(
    rb"(?:received|return-path|from|to|subject|date|mime-version|message-id|delivered-to|content-type|x-[\w-]+):",
    re.IGNORECASE,
)
_MAILBOX_LINE = re.compile(rb"From (?=[^\r\n]*\d\d:\d\d)(?=[^\r\n]*\b(?:19|20)\d\d\b)[^\r\n]{1,500}\r?\n")
_COUNTED = re.compile(rb"\d{1,12}[ \t]*\r?\n")
_MAILBOX_NAMES = (".mbox", ".mbx", ".mboxrd")
_XML_NAMES = (".xml", ".svg", ".xbrl", ".xsd", ".rdf", ".plist", ".webloc")
_WEB_ARCHIVE = re.compile(rb"^content-type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_ARCHIVE_SIGN = re.compile(rb"^snapshot-content-location:|^from:\s*<?saved by", re.IGNORECASE | re.MULTILINE)
_FROM_SOMEONE = re.compile(rb"^(?:from|to|received):", re.IGNORECASE | re.MULTILINE)
_FLAT_OFFICE = re.compile(rb"<office:document\b[^>]*office:mimetype=[\"']([\w./-]{1,100})", re.DOTALL)
_BZIP2_START = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_TAR_RECORD = 512
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_BITMAP_HEADERS = frozenset((12, 16, 40, 52, 56, 64, 108, 124))  #: their lengths in bytes
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
        return _ole_type(file, suffix)
    if head.startswith(b"bplist00") and suffix == ".webloc":
        return SHORTCUT
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return AVIF
    for magic, kind in _MAGIC:
        if head.startswith(magic) and (kind is not BMP or _is_bitmap(head)):
            return kind
    if _BZIP2_START.match(head):
        return BZIP2
    if is_tar(head):
        return TAR
    return UNKNOWN if is_unreadable(head) else _text_type(head, suffix)


def _is_bitmap(head: bytes) -> bool:
    """Return whether what starts with the letters BM goes on as a bitmap does, and not as a text."""
    return head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in _BITMAP_HEADERS


def is_tar(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is a TAR archive: the sum in its first header fits."""
    if len(head) < _TAR_RECORD or not head[0]:
        return False
    try:
        stated = int(head[148:156].strip(b"\0 ") or b"x", 8)
    except ValueError:
        return False
    return stated == sum(head[:148]) + 8 * 0x20 + sum(head[156:_TAR_RECORD])


def _zip_type(file: Path, suffix: str) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            stated = _stated_type(archive, names, suffix)
            if stated is not None:
                return stated
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        named = _SUFFIXES.get(suffix)
        return named if named in (DOCX, XLSX, PPTX, EPUB, *_OPEN_DOCUMENT) else ZIP
    if _CONTENT_TYPES in names or not _MAIN_PARTS.isdisjoint(names):
        for folder, kind in _OFFICE.items():
            if any(name.lstrip("/").startswith(folder) for name in names):
                return kind
    return IWORK if any(map(_APPLE_PART.fullmatch, names)) and not _APPLE_SIGNS.isdisjoint(names) else ZIP


def _stated_type(archive: zipfile.ZipFile, names: list[str], suffix: str) -> str | None:
    """Return the type an OpenDocument or EPUB package states, or None when it is neither."""
    stated = ""
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            stated = stream.read(200).decode("ascii", errors="replace").strip()
    found = next((kind for kind in (EPUB, *_OPEN_DOCUMENT) if stated.startswith(kind)), None)
    if not stated and "META-INF/container.xml" in names:
        return EPUB
    if not stated and "META-INF/manifest.xml" in names and "content.xml" in names:
        return named if (named := _SUFFIXES.get(suffix)) in _OPEN_DOCUMENT else ODT
    return found


def _ole_type(file: Path, suffix: str) -> str:
    import olefile  # parsed only in worker processes; costs start-up elsewhere

    try:
        with olefile.OleFileIO(str(file)) as storage:
            if storage.exists("__properties_version1.0"):
                return MSG
            for stream, kind in _OLD_OFFICE:
                if storage.exists(stream):
                    return kind
    except (OSError, ValueError, IndexError, TypeError, RecursionError):
        pass  # damaged: its reader says so
    return MSG if suffix == ".msg" else OLE


def _binary(head: bytes) -> bool:
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return controls > len(head) // 50


def _text_type(head: bytes, suffix: str) -> str:
    wide = wide_encoding(head) or ("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "")
    if wide:
        head = head.decode(wide, errors="replace").encode()
    opening = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if opening.startswith(b"{\\rtf"):
        return RTF
    mail = _mail_type(opening, suffix)
    if mail is not None:
        return mail
    if not wide and _binary(head):
        return _SUFFIXES.get(suffix, UNKNOWN) if suffix == ".pdf" else UNKNOWN
    if opening.startswith(b"BEGIN:VCALENDAR"):
        return CALENDAR
    if opening.startswith(b"BEGIN:VCARD"):
        return CONTACT
    if suffix == ".url" and b"[InternetShortcut]" in head:
        return SHORTCUT
    if suffix in (".html", ".htm", ".xhtml") or _HTML_START.match(opening):
        return HTML
    if opening.startswith(b"<?xml") or (suffix in _XML_NAMES and opening.startswith(b"<")):
        return _xml_type(opening, suffix)
    if suffix == ".mht" or suffix == ".mhtml":
        return MHTML
    named = _SUFFIXES.get(suffix)
    return named if named in (MARKDOWN, CSV, JSON, PDF) else TEXT


def _mail_type(head: bytes, suffix: str) -> str | None:
    """Return which kind of mail, mailbox or saved web page the text is, or None when it is none."""
    fields = _mail_fields(head)
    if suffix == ".eml":
        return EML if fields or not _binary(head) else None
    boxed = _MAILBOX_LINE.match(head)
    if boxed and (suffix in _MAILBOX_NAMES or _mail_fields(head[boxed.end() :])):
        return MBOX
    if suffix in _MAILBOX_NAMES and (fields >= 2 or re.search(rb"^From ", head, re.MULTILINE)):
        return MBOX
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    if fields and _WEB_ARCHIVE.search(block) and (_ARCHIVE_SIGN.search(block) or not _FROM_SOMEONE.search(block)):
        return MHTML
    counted = _COUNTED.match(head)  # as Apple's mail program keeps a message
    if counted and _mail_fields(head[counted.end() :]) >= 3:
        return EML
    return EML if fields >= 3 and suffix in ("", ".txt", ".mail") else None


def _mail_fields(head: bytes) -> int:
    """Return how many of a mail's usual header lines the text opens with; 0 when it opens with anything else as well."""
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    lines = re.split(rb"\r?\n(?![ \t])", block)
    if len(block) == len(head):
        lines = lines[:-1] or lines  # cut short, perhaps
    fields = [line for line in lines if re.match(rb"[\w-]+:", line)]
    return sum(bool(_MAIL_FIELD.match(line)) for line in fields) if len(fields) == len(lines) else 0


def _xml_type(head: bytes, suffix: str) -> str:
    """Return what an XML text is: an office document in one file, a place on the web, or simply XML."""
    flat = _FLAT_OFFICE.search(head)
    if flat is not None:
        stated = flat.group(1).decode("ascii")
        return next((kind for kind in _OPEN_DOCUMENT if stated.startswith(kind)), XML)
    return SHORTCUT if suffix == ".webloc" and b"<plist" in head else XML
