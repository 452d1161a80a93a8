"""Web pages: what a browser shows, with its structure."""

from __future__ import annotations

from pathlib import Path

from datazoom_desktop.intake.model import BlockKind
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import pages_of, texts

PAGE = """<!DOCTYPE html><html><head><title>not shown</title><script>var a = "no";</script></head><body>
<h1>Annual report</h1>
<p>Revenue &amp; costs in <b>2024</b>,
   told&nbsp;briefly.<br>Second line.</p>
<div style="display: none">hidden</div><ix:header><p>xbrl</p></ix:header>
<ul><li>First point</li><li>Second point</li></ul>
<table><tr><th>Item</th><th></th><th>2024</th></tr><tr><td>Sales</td><td>$</td><td>391</td></tr><tr><td>Margin</td><td>46.2</td><td>%</td></tr></table>
<table><tr><td><p>Layout table</p><p>with paragraphs</p><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>
<hr style="page-break-after: always"/>
<p><b>Next page</b></p><p>tail</p>
</body></html>"""


def test_structure_is_kept_and_hidden_text_left_out(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(PAGE)
    first, second = pages_of(file)
    assert texts(first, BlockKind.HEADING) == ["Annual report"]
    assert texts(first, BlockKind.LIST_ITEM) == ["• First point", "• Second point"]
    assert texts(first, BlockKind.TABLE_ROW) == ["Item | 2024", "Sales | $391", "Margin | 46.2%", "a | b"]
    assert texts(first, BlockKind.PARAGRAPH) == [
        "Revenue & costs in 2024, told briefly.\nSecond line.",
        "Layout table",
        "with paragraphs",
    ]
    assert texts(second, BlockKind.HEADING) == ["Next page"]


def test_declared_character_sets_are_honoured(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes('<html><meta charset="iso-8859-1"><p>Verträge für €'.replace("€", "").encode("latin-1") + b"\x80")
    assert pages_of(file)[0].text == "Verträge für €\n"


def test_depth_and_emptiness_do_no_harm(tmp_path: Path) -> None:
    deep, empty = tmp_path / "deep.html", tmp_path / "empty.html"
    deep.write_text("<html><body>" + "<div>" * 5000 + "bottom" + "</div>" * 5000)
    empty.write_text("<html><body></body></html>")
    assert "bottom" in pages_of(deep)[0].text
    assert pages_of(empty)[0].coverage is Coverage.BLANK


def test_a_page_of_comments_alone_is_blank(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("<!-- nothing to see -->")
    assert pages_of(file)[0].coverage is Coverage.BLANK


def test_damaged_pages_never_break_the_reader(tmp_path: Path) -> None:
    assert survive(PAGE.encode(), "a.html", tmp_path)["read"] == 300
