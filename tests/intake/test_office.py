"""Office files that are encrypted, damaged or made to harm: opened with a password, or refused with a reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from datazoom_desktop.intake.model import Unreadable
from datazoom_desktop.intake.readers.ole_writer import compound_file
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def word(tmp_path: Path) -> bytes:
    document = docx.Document()
    document.add_paragraph("Confidential price list")
    document.save(tmp_path / "plain.docx")
    return (tmp_path / "plain.docx").read_bytes()


def test_an_encrypted_document_opens_with_one_of_the_passwords_only(tmp_path: Path) -> None:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(word(tmp_path))).encrypt("geheim", out)
    file = tmp_path / "locked.docx"
    file.write_bytes(out.getvalue())
    with pytest.raises(Unreadable) as refused:
        pages_of(file, passwords=("wrong",))
    assert refused.value.coverage is Coverage.ENCRYPTED
    assert refused.value.reason == "None of the passwords given so far opens this file."
    with pytest.raises(Unreadable, match="A password is needed"):
        pages_of(file)
    assert lines(pages_of(file, passwords=("wrong", "geheim"))[0].text) == ["Confidential price list"]


def truncated(tmp_path: Path) -> bytes:
    return word(tmp_path)[:2000]


def without_body(tmp_path: Path) -> bytes:
    return rewritten(tmp_path, lambda data: b"<nothing/>")


def entities(tmp_path: Path) -> bytes:
    return rewritten(tmp_path, lambda data: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data.split(b"?>", 1)[1])


def zip_bomb(tmp_path: Path) -> bytes:
    return rewritten(tmp_path, lambda data: b" " * (64 << 20))


def rewritten(tmp_path: Path, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word(tmp_path))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == "word/document.xml" else data)
    return out.getvalue()


@pytest.mark.parametrize("make", [truncated, without_body, entities, zip_bomb])
def test_damage_and_bombs_are_refused_with_a_reason(tmp_path: Path, make: Callable[[Path], bytes]) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(make(tmp_path))
    with pytest.raises(Unreadable) as refused:
        pages_of(file)
    assert refused.value.coverage is Coverage.FAILED
    assert refused.value.reason.endswith(".")


def test_a_file_under_rights_management_says_that_no_password_opens_it(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    spaces = {"DataSpaceInfo": {"DRMEncryptedDataSpace": b"x"}}
    file.write_bytes(compound_file({"\x06DataSpaces": spaces, "EncryptedPackage": b"y" * 5000}))
    with pytest.raises(Unreadable, match="protected by rights management") as refused:
        pages_of(file)
    assert refused.value.coverage is Coverage.FAILED


def test_a_container_of_something_else_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(compound_file({"VisioDocument": b"x" * 5000}))
    with pytest.raises(Unreadable) as refused:
        pages_of(file)
    assert refused.value.coverage is Coverage.SKIPPED
    assert refused.value.remedy == "Save it as PDF and add that."
