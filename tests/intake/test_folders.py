"""Walking a folder: what is found, under which path, and what is left out and why."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from datazoom_desktop.intake.folders import Found, LeftOut, walk


def found(root: Path, prefix: str = "") -> list[str]:
    return [item.path for item in walk(root, prefix) if isinstance(item, Found)]


def left_out(root: Path) -> dict[str, str]:
    return {item.path: item.reason for item in walk(root) if isinstance(item, LeftOut)}


def test_paths_are_relative_and_slash_separated(tmp_path: Path) -> None:
    (tmp_path / "2 Equity").mkdir()
    (tmp_path / "2 Equity" / "plan.txt").write_text("x")
    (tmp_path / "a.txt").write_text("x")
    assert found(tmp_path) == ["2 Equity/plan.txt", "a.txt"]
    assert found(tmp_path, "Deal") == ["Deal/2 Equity/plan.txt", "Deal/a.txt"]
    assert found(tmp_path / "a.txt") == ["a.txt"]


def test_litter_is_not_part_of_a_deal(tmp_path: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "~$draft.docx", "real.txt"):
        (tmp_path / name).write_text("x")
    assert found(tmp_path) == ["real.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_links_out_of_the_folder_and_loops_are_left_out_with_a_reason(tmp_path: Path) -> None:
    deal, outside = tmp_path / "deal", tmp_path / "outside"
    deal.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("x")
    (deal / "a.txt").write_text("x")
    (deal / "way-out").symlink_to(outside)
    (deal / "loop").symlink_to(deal)
    (deal / "broken").symlink_to(deal / "nowhere")
    assert found(deal) == ["a.txt"]
    assert set(left_out(deal)) == {"way-out", "loop", "broken"}
    assert all(left_out(deal).values())


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the administrator may open every folder")
def test_a_folder_that_cannot_be_opened_is_left_out_with_a_reason(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    try:
        assert "closed" in left_out(tmp_path)
    finally:
        closed.chmod(0o700)


def test_names_in_any_script_are_kept_in_composed_form(tmp_path: Path) -> None:
    (tmp_path / "Vertra\u0308ge 契約.txt").write_text("x")
    assert found(tmp_path) == ["Vertr\u00e4ge 契約.txt"]
