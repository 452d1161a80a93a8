"""Pictures of every kind: read, and shown where their words were found."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pymupdf
import pytest
from PIL import Image

from datazoom_desktop.documents.pictures import frame_of, opened
from datazoom_desktop.documents.render import draw
from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import ReadPage, Unreadable
from datazoom_desktop.jobs.model import WorkContext
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import pages_of

LINE = "The directors approve the lease"


def page_picture() -> Image.Image:
    document = pymupdf.open()
    page = document.new_page(width=420, height=300)
    page.insert_text((40, 120), LINE, fontsize=18)
    pixmap = page.get_pixmap(dpi=150)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


def drawn(file: Path, page: int, scale: float, folder: Path) -> np.ndarray:
    context = WorkContext(folder, lambda _done, _total: None, lambda: None)
    draw({"file": str(file), "page": page, "scale": scale, "passwords": []}, context)
    with Image.open(folder / "page.png") as picture:
        return np.asarray(picture.convert("L"))


def ink_in_boxes(page: ReadPage, picture: np.ndarray, scale: float) -> float:
    """Return the share of a drawn page's dark pixels that lie in the boxes of its words."""
    dark = picture < 128
    within = np.zeros_like(dark)
    for x0, y0, x1, y1 in page.words.boxes * scale:
        within[int(y0) - 2 : int(y1) + 3, int(x0) - 2 : int(x1) + 3] = True
    return float((dark & within).sum() / dark.sum())


def saved(folder: Path, kind: str) -> Path:
    picture, file = page_picture(), folder / f"scan.{kind}"
    if kind == "heic":
        pillow_heif.from_pillow(picture).save(file, quality=90)
    elif kind == "turned.jpg":
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned clockwise
        picture.rotate(90, expand=True).save(file, exif=exif, dpi=(150, 150))
    elif kind == "tif":
        other = Image.new("L", (300, 400), "white")
        other.save(file, save_all=True, append_images=[picture], dpi=(150, 150))
    else:
        picture.save(file)
    return file


@pytest.mark.parametrize(("kind", "number"), [("heic", 1), ("turned.jpg", 1), ("tif", 2), ("png", 1)])
def test_words_lie_where_the_page_is_drawn(tmp_path: Path, kind: str, number: int) -> None:
    file = saved(tmp_path, kind)
    page = pages_of(file)[number - 1]
    assert page.coverage is Coverage.OCR
    assert LINE in page.text
    picture = drawn(file, number, 1.5, tmp_path)
    assert picture.shape == (round(page.height * 1.5), round(page.width * 1.5))
    assert ink_in_boxes(page, picture, 1.5) > 0.9


def test_a_heic_picture_is_known_by_its_content(tmp_path: Path) -> None:
    assert detect.media_type(saved(tmp_path, "heic"), "IMG_0001.jpg") == detect.HEIC


def test_a_damaged_heic_picture_fails_alone(tmp_path: Path) -> None:
    file = saved(tmp_path, "heic")
    file.write_bytes(file.read_bytes()[:600])
    [page] = pages_of(file)
    assert page.coverage is Coverage.FAILED
    assert page.reason
    assert "damaged" in page.reason


def tiff(*pictures: Image.Image, folder: Path, **options: object) -> Path:
    file = folder / "pages.tif"
    pictures[0].save(file, save_all=True, append_images=list(pictures[1:]), **options)
    return file


def test_a_tiff_may_mix_sizes_and_ways_of_keeping_pixels(tmp_path: Path) -> None:
    scan = page_picture()
    kinds = [scan.convert("1"), scan.convert("CMYK"), scan.convert("L").resize((1200, 860)), scan.convert("P")]
    file = tmp_path / "pages.tif"
    kinds[0].save(file, save_all=True, append_images=kinds[1:], compression="tiff_lzw")
    pages = pages_of(file)
    assert [page.coverage for page in pages] == [Coverage.OCR] * 4
    assert all(LINE in page.text for page in pages)
    assert len({(page.width, page.height) for page in pages}) == 2


def test_a_fax_has_more_dots_across_than_down(tmp_path: Path) -> None:
    scan = page_picture().convert("1")
    file = tmp_path / "fax.tif"
    scan.resize((scan.width, scan.height // 2)).save(file, compression="group4", dpi=(150, 75))
    (page,) = pages_of(file)
    assert LINE in page.text
    assert page.height == pytest.approx(300, abs=1)
    picture = drawn(file, 1, 1.5, tmp_path)
    assert picture.shape == (round(page.height * 1.5), round(page.width * 1.5))
    assert ink_in_boxes(page, picture, 1.5) > 0.9


def test_a_broken_frame_fails_alone(tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200), np.uint8))
    file = tiff(
        Image.new("L", (200, 200), 255), noise, Image.new("L", (200, 200), 255), folder=tmp_path, compression="tiff_lzw"
    )
    data = bytearray(file.read_bytes())
    with Image.open(file) as picture:
        picture.seek(1)
        start = picture.tag_v2[273][0]
    data[start : start + 2_000] = b"\xff" * 2_000
    file.write_bytes(data)
    assert [page.coverage for page in pages_of(file)] == [Coverage.BLANK, Coverage.FAILED, Coverage.BLANK]


def test_a_tiff_that_breaks_off_says_so(tmp_path: Path) -> None:
    file = tiff(*[Image.new("L", (64, 64), 255)] * 3, folder=tmp_path)
    data = file.read_bytes()
    with Image.open(file) as picture:
        picture.seek(1)
        end = picture.tag_v2[273][0] + 64 * 64
    file.write_bytes(data[: end + 10])
    pages = pages_of(file)
    assert pages[0].coverage is Coverage.BLANK
    assert pages[-1].coverage is Coverage.FAILED
    assert "damaged from here on" in (pages[-1].reason or "")


def test_a_chain_of_frames_that_bites_its_tail_ends(tmp_path: Path) -> None:
    file = tiff(*[Image.new("L", (64, 64), 255)] * 2, folder=tmp_path)
    data = bytearray(file.read_bytes())
    first = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[first : first + 2], "little")
    after = first + 2 + 12 * count
    second = int.from_bytes(data[after : after + 4], "little")
    count = int.from_bytes(data[second : second + 2], "little")
    data[second + 2 + 12 * count : second + 6 + 12 * count] = first.to_bytes(4, "little")
    file.write_bytes(data)
    assert 1 <= len(pages_of(file)) <= 3


@pytest.mark.parametrize("kind", ["jp2", "avif", "webp", "bmp", "gif"])
def test_other_kinds_of_picture_are_read(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"scan.{kind}"
    page_picture().save(file)
    (page,) = pages_of(file, "scan")
    assert LINE in page.text


def test_of_an_animation_the_first_frame_is_read_and_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "moving.gif"
    page_picture().save(file, save_all=True, append_images=[Image.new("RGB", (875, 625), "red")])
    (page,) = pages_of(file)
    assert LINE in page.text
    assert page.reason == "This picture moves: the first of its 2 frames was read."


def deep(kind: str) -> Image.Image:
    grey = np.asarray(page_picture().convert("L"))
    if kind == "16 bits":
        return Image.fromarray(grey.astype(np.uint16) * 200)
    if kind == "12 bits dark":
        return Image.fromarray((grey.astype(np.uint16) + 30) * 3)
    if kind == "floating":
        return Image.fromarray(grey.astype(np.float32) / 255)
    if kind == "writing in the alpha":
        return Image.fromarray(np.dstack([np.zeros_like(grey)] * 3 + [255 - grey]))
    return Image.fromarray(np.dstack([np.zeros_like(grey), 255 - grey]))


@pytest.mark.parametrize("kind", ["16 bits", "12 bits dark", "floating", "writing in the alpha", "grey with alpha"])
def test_deep_and_transparent_pictures_are_read_on_white_paper(tmp_path: Path, kind: str) -> None:
    picture = deep(kind)
    file = tmp_path / ("scan.tif" if kind == "floating" else "scan.png")
    picture.save(file)
    (page,) = pages_of(file)
    assert LINE in page.text


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "tif", "png", "webp"])
def test_a_picture_stands_as_the_camera_was_held(tmp_path: Path, kind: str, orientation: int) -> None:
    upright = np.full((60, 90), 255, np.uint8)
    upright[5:15, 5:40] = 0  # a bar at the top left
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, 3),
    }[orientation]
    file = tmp_path / f"bar.{kind}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(file, exif=exif)
    with opened(file) as picture:
        frame = frame_of(picture, 1, 8_000_000)
    shown = np.asarray(frame.picture.convert("L"))
    assert shown.shape == (60, 90)
    assert shown[8:12, 10:35].mean() < 60
    assert shown[20:, :].mean() > 200
    assert (frame.width > frame.height) is True


def test_a_photograph_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "cut.jpg"
    page_picture().save(file, quality=95)
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * 0.8)])
    (page,) = pages_of(file)
    assert LINE in page.text
    assert page.reason == "This picture is damaged: it was read as far as it goes."


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def giant_png(side: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [12_000, 60_000, 2_000_000_000])
def test_a_picture_that_unpacks_to_too_much_is_refused_unopened(tmp_path: Path, side: int) -> None:
    file = tmp_path / "bomb.png"
    file.write_bytes(giant_png(side))
    tracemalloc.start()
    try:
        (page,) = pages_of(file)
        outcome, reason = page.coverage, page.reason or ""
    except Unreadable as refused:
        outcome, reason = refused.coverage, refused.reason
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcome is Coverage.SKIPPED
    assert "too large" in reason
    assert peak < 20 << 20


def test_a_giant_frame_is_refused_among_others(tmp_path: Path) -> None:
    file = tiff(Image.new("L", (64, 64), 255), Image.new("L", (64, 64), 255), folder=tmp_path)
    with Image.open(file) as picture:
        picture.seek(1)
    data = bytearray(file.read_bytes())
    first = int.from_bytes(data[4:8], "little")
    second_at = first + 2 + 12 * int.from_bytes(data[first : first + 2], "little")
    second = int.from_bytes(data[second_at : second_at + 4], "little")
    for entry in range(int.from_bytes(data[second : second + 2], "little")):
        at = second + 2 + 12 * entry
        if int.from_bytes(data[at : at + 2], "little") in (256, 257):
            data[at + 2 : at + 12] = struct.pack("<HII", 4, 1, 60_000)
    file.write_bytes(data)
    blank, giant = pages_of(file)
    assert (blank.coverage, giant.coverage) == (Coverage.BLANK, Coverage.SKIPPED)
    assert "too large" in (giant.reason or "")


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "gif", "heic", "webp"])
def test_damaged_pictures_are_read_or_refused_with_a_reason(tmp_path: Path, kind: str) -> None:
    small = Image.new("RGB", (90, 60), "white")
    out = tmp_path / f"small.{kind}"
    if kind == "heic":
        pillow_heif.from_pillow(small).save(out)
    else:
        small.save(out, **({"save_all": True, "append_images": [small]} if kind == "tif" else {}))
    outcomes = survive(out.read_bytes(), f"small.{kind}", tmp_path, count=150)
    assert sum(outcomes.values()) == 150
