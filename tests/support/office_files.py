"""Office files made by hand, part by part, so that a test says exactly what is in them; and old ones, made by LibreOffice."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import zipfile
from pathlib import Path

import olefile
from Cryptodome.Cipher import ARC4
from msoffcrypto.method.rc4 import _makekey as rc4_key

from datazoom_desktop.intake.readers import libreoffice
from datazoom_desktop.intake.readers.ole_writer import compound_file

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>{}</Types>"""
_TYPE = '<Override PartName="/word/{}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"/>'
_STATED = ("comments", "footnotes", "endnotes", "styles", "numbering", "settings")


def run(text: str, properties: str = "") -> str:
    """Return a run."""
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{text}</w:t></w:r>'


def para(inner: str, properties: str = "") -> str:
    """Return a paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>" if properties else f"<w:p>{inner}</w:p>"


def word(
    file: Path, body: str, parts: dict[str, str | bytes] | None = None, links: dict[str, tuple[str, str]] | None = None
) -> Path:
    """Write a document whose body is this; ``parts`` by name below word/, ``links`` by id: kind and target.

    A part is linked to by its kind, which its name without the ending is, with the name as id; an address is external.
    """
    whole = {**(parts or {})}
    entries = {name: (name.partition(".")[0].rstrip("0123456789"), name) for name in whole if "/" not in name}
    entries |= links or {}
    listed = "".join(
        f'<Relationship Id="{key}" Type="{_KIND}/{kind}" Target="{target}"{mode}/>'
        for key, (kind, target) in entries.items()
        for mode in [' TargetMode="External"' if ":" in target else ""]
    )
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    with zipfile.ZipFile(file, "w") as out:
        out.writestr(
            "_rels/.rels",
            f'{head}<Relationship Id="r" Type="{_KIND}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        out.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
        out.writestr("word/_rels/document.xml.rels", f"{head}{listed}</Relationships>")
        for name, data in whole.items():
            out.writestr(f"word/{name}", data)
        stated = "".join(_TYPE.format(f"{name}.xml", name) for name in _STATED if f"{name}.xml" in whole)
        out.writestr("[Content_Types].xml", _TYPES.format(_TYPE.format("document.xml", "document.main") + stated))
    return file


def deleted(text: str) -> str:
    """Return a deleted run."""
    return f'<w:r><w:delText xml:space="preserve">{text}</w:delText></w:r>'


def made_by_libreoffice(file: Path, ending: str, form: str) -> Path:
    """Return ``file`` in an old format beside it: its ending, and what LibreOffice calls the format."""
    program = libreoffice.find()
    assert program is not None
    profile = file.parent / "maker"
    command = [
        str(program),
        "--headless",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        f"{ending}:{form}",
    ]
    subprocess.run([*command, "--outdir", str(file.parent), str(file)], check=True, capture_output=True, timeout=180)
    return file.with_suffix(f".{ending}")


def locked_workbook(file: Path, password: str) -> bytes:
    """Return an .xls file encrypted as Excel 97 did ([MS-XLS] 2.2.10, RC4): all records but their heads and a few that say how."""
    with olefile.OleFileIO(str(file)) as storage:
        plain = bytes(storage.openstream("Workbook").read())
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    key = rc4_key(password, salt, 0)
    sealed = ARC4.new(key).encrypt(verifier + hashlib.md5(verifier).digest())
    lock = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + salt + sealed
    out, hidden, at = bytearray(), bytearray(), 0
    while at < len(plain):
        kind, size = struct.unpack_from("<HH", plain, at)
        head, data = plain[at : at + 4], plain[at + 4 : at + 4 + size]
        if kind == 0x85:  # where a sheet begins, which the lock moves
            (begins,) = struct.unpack_from("<I", data)
            data = struct.pack("<I", begins + len(lock)) + data[4:]
        kept = size if kind in (0x809, 0x2F, 0xE1, 0x194, 0x195, 0x138, 0x196) else 4 if kind == 0x85 else 0
        out += head + data
        hidden += b"\0" * (4 + kept) + b"\1" * (size - kept)
        if at == 0:
            out += lock
            hidden += b"\0" * len(lock)
        at += 4 + size
    for block in range(0, len(out), 1024):
        stream = ARC4.new(rc4_key(password, salt, block // 1024)).encrypt(b"\0" * 1024)
        for n in range(block, min(block + 1024, len(out))):
            out[n] ^= stream[n - block] * hidden[n]
    return compound_file({"Workbook": bytes(out)})
