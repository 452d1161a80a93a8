"""What a PDF holds besides its pages' text: files, form fields, comments, hidden layers, forms of another technique."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from datazoom_desktop.intake.model import Attachment, ReadPage
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import check, pages_of, read_all

CLAUSE = "The Seller shall deliver the Shares at Closing free of any lien"


def one_page(text: str = CLAUSE) -> tuple[pymupdf.Document, pymupdf.Page]:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    page.insert_text((72, 100), text, fontsize=11)
    return document, page


def saved(document: pymupdf.Document, folder: Path, **options: object) -> Path:
    file = folder / "a.pdf"
    document.save(file, **options)
    document.close()
    return file


def parted(file: Path) -> tuple[list[ReadPage], list[Attachment]]:
    items = read_all(file, passwords=("key",))
    pages = [item for item in items if isinstance(item, ReadPage)]
    check(pages)
    return pages, [item for item in items if isinstance(item, Attachment)]


def lines(page: ReadPage) -> list[str]:
    return [line for line in page.text.split("\n") if line]


@pytest.mark.parametrize("encrypted", [False, True])
def test_files_inside_are_documents_of_their_own(tmp_path: Path, encrypted: bool) -> None:
    document, page = one_page()
    document.embfile_add("first", b"one" * 1000, filename="annexes\\Annex A.txt", desc="the first annex")
    document.embfile_add("second", b"two", filename="Annex A.txt")
    pin = page.add_file_annot((400, 400), b"pinned", "side letter.txt", desc="see this")
    pin.set_info(title="Ann Reed")
    pin.update()
    options = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": "key", "owner_pw": "own"} if encrypted else {}
    (read,), files = parted(saved(document, tmp_path, **options))
    assert {item.name: item.file.read_bytes() for item in files} == {
        "Annex A.txt": b"one" * 1000,
        "Annex A (2).txt": b"two",
        "side letter.txt": b"pinned",
    }
    assert any(line.startswith("[Attached by Ann Reed] “side letter.txt”") for line in lines(read))
    assert read.reason is None


def test_the_cover_of_a_portfolio_is_said_to_be_one(tmp_path: Path) -> None:
    document, _ = one_page("For the best experience, open this PDF portfolio in Acrobat")
    document.embfile_add("a", b"%PDF-1.4 not really", filename="Lease.pdf")
    document.xref_set_key(document.pdf_catalog(), "Collection", "<</Type/Collection/View/D>>")
    (read,), (lease,) = parted(saved(document, tmp_path))
    assert lease.name == "Lease.pdf"
    assert read.coverage is Coverage.TEXT
    assert read.reason == "This page is the cover of a PDF portfolio: the documents in it are listed under it."


def test_a_file_inside_that_unpacks_to_too_much_is_left_out_with_a_reason(tmp_path: Path) -> None:
    document, _ = one_page()
    document.embfile_add("bomb", bytes(300 << 20), filename="zeros.bin")
    document.embfile_add("good", b"kept", filename="kept.txt")
    pages, files = parted(saved(document, tmp_path, deflate=True))
    assert [item.name for item in files] == ["kept.txt"]
    assert pages[0].coverage is Coverage.TEXT
    assert pages[1].coverage is Coverage.SKIPPED
    assert pages[1].reason == "“zeros.bin” inside this file is larger than 256 MB and was left out."


def form(folder: Path) -> Path:
    file = folder / "form.pdf"
    canvas = Canvas(str(file), pagesize=(600, 800))
    canvas.drawString(72, 705, "Name of the tenant:")
    canvas.drawString(72, 675, "Country:")
    canvas.drawString(100, 642, "I accept the house rules")
    canvas.drawString(100, 612, "I want the newsletter")
    canvas.drawString(72, 580, "Size:")
    canvas.drawString(135, 580, "small")
    canvas.drawString(215, 580, "large")
    fields = canvas.acroForm
    fields.textfield(name="tenant", value="Marlow Ltd", x=200, y=698, width=200, height=20)
    fields.choice(name="country", options=["NL", "DE"], value="DE", x=200, y=668, width=90, height=20)
    fields.checkbox(name="rules", tooltip="House rules accepted", checked=True, x=72, y=638, size=18)
    fields.checkbox(name="news", checked=False, x=72, y=608, size=18)
    fields.radio(name="size", value="small", selected=False, x=110, y=576, size=18)
    fields.radio(name="size", value="large", selected=True, x=190, y=576, size=18)
    fields.listbox(name="extras", options=["garage", "garden"], value="garden", x=72, y=500, width=90, height=40)
    canvas.showPage()
    canvas.save()
    return file


def test_fields_are_read_where_they_stand_and_boxes_as_ticked_or_not(tmp_path: Path) -> None:
    (read,) = pages_of(form(tmp_path))
    found = lines(read)
    assert "Name of the tenant: Marlow Ltd" in found
    assert "Country: DE" in found
    assert "☒ I accept the house rules" in found
    assert "☐ I want the newsletter" in found
    assert "Size: ☐ small ☒ large" in found
    assert "[Form field “House rules accepted”] ticked" in found
    assert "[Form field “size”] “large” chosen" in found
    assert "[Form field “extras”] garden" in found
    assert not any("newsletter”" in line or "tenant”" in line for line in found), "said by the page itself"


def test_values_that_are_not_drawn_are_told_with_their_fields_names(tmp_path: Path) -> None:
    document, page = one_page()
    for name, value, shown in (("price", "4,250,000 EUR", True), ("secret", "side agreement", False)):
        field = pymupdf.Widget()
        field.field_name, field.field_type, field.field_value = name, pymupdf.PDF_WIDGET_TYPE_TEXT, value
        field.rect = pymupdf.Rect(72, 150, 300, 170)
        field.field_display = 0 if shown else 1
        page.add_widget(field)
    (read,) = pages_of(saved(document, tmp_path))
    assert "4,250,000 EUR" in lines(read)
    assert "[Hidden form field “secret”] side agreement" in lines(read)


def signed(folder: Path, value: str) -> list[str]:
    document, page = one_page()
    field = pymupdf.Widget()
    field.field_name, field.field_type = "Seller", pymupdf.PDF_WIDGET_TYPE_SIGNATURE
    field.rect = pymupdf.Rect(72, 150, 300, 170)
    page.add_widget(field)
    if value:
        document.xref_set_key(page.first_widget.xref, "V", value)
    (read,) = pages_of(saved(document, folder))
    return lines(read)


def test_signature_fields_say_whether_they_are_signed(tmp_path: Path) -> None:
    assert "[Signature field “Seller”] not signed" in signed(tmp_path, "")
    by = "<</Type/Sig/Filter/Adobe.PPKLite/Name(Jo Bell)/M(D:20260214093000+01'00')/Reason(I approve)>>"
    told = "[Signature field “Seller”] signed by Jo Bell on 2026-02-14 (I approve); the signature was not checked"
    assert told in signed(tmp_path, by)


def noted(annotation: pymupdf.Annot, author: str, content: str = "") -> pymupdf.Annot:
    annotation.set_info(title=author, content=content or None)
    annotation.update()
    return annotation


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_comments_say_who_wrote_them_about_which_words(tmp_path: Path, rotation: int) -> None:
    document, page = one_page()
    mark = noted(page.add_highlight_annot(page.search_for("the Shares")), "Ann Reed", "All of them?")
    noted(page.add_strikeout_annot(page.search_for("at Closing")), "Jo Bell")
    noted(page.add_text_annot((300, 300), "x"), "Jo Bell", "Ask for the register")
    answer = noted(page.add_text_annot((310, 310), "x"), "Jo Bell", "Yes, all")
    document.xref_set_key(answer.xref, "IRT", f"{mark.xref} 0 R")
    page.add_redact_annot(page.search_for("free of any lien")[0])
    page.set_rotation(rotation)
    (read,) = pages_of(saved(document, tmp_path))
    found = lines(read)
    assert found[0] == CLAUSE
    assert "[Highlighted by Ann Reed] “the Shares”: All of them?" in found
    assert "[Struck out by Jo Bell] “at Closing”" in found
    assert "[Comment by Jo Bell] Ask for the register" in found
    assert "[Answer by Jo Bell to Ann Reed] Yes, all" in found
    assert "[Marked for redaction, which was not carried out] “free of any lien”" in found


def test_words_written_on_a_page_afterwards_are_read_in_place_and_their_writer_named(tmp_path: Path) -> None:
    document, page = one_page("Rent a month:")
    noted(page.add_freetext_annot((160, 88, 300, 108), "4,250 EUR", fontsize=11), "Ann Reed")
    noted(page.add_stamp_annot((400, 600, 500, 640), stamp=0), "")
    (read,) = pages_of(saved(document, tmp_path))
    found = lines(read)
    assert found[0] == "Rent a month: 4,250 EUR"
    assert "[Written on the page by Ann Reed] 4,250 EUR" in found
    assert "APPROVED" in found


def test_a_blank_page_with_a_comment_is_not_blank(tmp_path: Path) -> None:
    document = pymupdf.open()
    noted(document.new_page().add_text_annot((100, 100), "x"), "Jo Bell", "Page was left out on purpose")
    (read,) = pages_of(saved(document, tmp_path))
    assert (read.coverage, read.text) == (Coverage.TEXT, "[Comment by Jo Bell] Page was left out on purpose\n")


def test_text_in_a_layer_that_is_switched_off_is_told_apart(tmp_path: Path) -> None:
    document, page = one_page()
    off, on = document.add_ocg("Draft", on=False), document.add_ocg("Final", on=True)
    page.insert_text((72, 130), "Price: 3,900,000", oc=off)
    page.insert_text((72, 160), "Price: 4,250,000", oc=on)
    (read,) = pages_of(saved(document, tmp_path))
    assert lines(read) == [CLAUSE, "Price: 4,250,000", "[In a hidden layer] Price: 3,900,000"]


XDP = b"""<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns="http://www.xfa.org/schema/xfa-template/3.0/">
<subform name="form1"><field name="Rent"><caption><value><text>Rent a month</text></value></caption></field></subform></template>
<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1><Rent>4,250 EUR</Rent><Tenant>Marlow Ltd</Tenant>
<Empty/></form1></xfa:data></xfa:datasets></xdp:xdp>"""


def xfa(folder: Path, data: bytes) -> Path:
    document, _ = one_page("Please wait... If this message is not eventually replaced, your PDF viewer may be too old.")
    number = document.get_new_xref()
    document.update_object(number, "<<>>")
    document.update_stream(number, data)
    document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<</XFA {number} 0 R/Fields[]>>")
    document.xref_set_key(document.pdf_catalog(), "NeedsRendering", "true")
    return saved(document, folder)


def test_of_a_form_that_only_acrobat_can_show_what_was_filled_in_is_read(tmp_path: Path) -> None:
    (read,) = pages_of(xfa(tmp_path, XDP))
    assert lines(read) == ["Rent a month: 4,250 EUR", "Tenant: Marlow Ltd"]
    assert "Adobe Acrobat only (XFA)" in (read.reason or "")


@pytest.mark.parametrize("data", [b"", b"<broken", XDP.replace(b"4,250 EUR", b"").replace(b"Marlow Ltd", b"")])
def test_an_empty_form_that_only_acrobat_can_show_says_what_to_do(tmp_path: Path, data: bytes) -> None:
    (read,) = pages_of(xfa(tmp_path, data))
    assert read.coverage is Coverage.FAILED
    assert "print it to a new PDF" in (read.reason or "")
