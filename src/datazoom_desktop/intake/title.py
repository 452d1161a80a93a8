"""What a document calls itself, told from its first page; else its file's name made readable. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from datazoom_desktop.intake.model import Block, BlockKind, ReadPage
from datazoom_desktop.intake.sentences import shorten
from datazoom_desktop.intake.structure import clause_depth

_NAMES_A_DOCUMENT = re.compile(
    r"\b(?:agreement|contract|lease|license|licence|amendment|addendum|certificate|charter|bylaws|by-laws|articles|policy|plan|note|"
    r"deed|minutes|resolutions?|consent|warrant|memorandum|letter|report|statements?|notice|order|schedule|terms|undertaking|guaranty|"
    r"guarantee|indenture|prospectus|proposal|invoice|checklist|request list|presentation|opinion|form 10-[kq]|form 8-k)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:exhibit|schedule|annex|appendix|attachment|execution (?:version|copy)|confidential|draft|page|version)\b.{0,24}",
    re.IGNORECASE,
)
_EXHIBIT = re.compile(
    r"\ufeff?(?:(?:exhibit|schedule|annex|appendix|attachment)\s+[\w.()-]+[\s:.\u2013-]+(?=\S))?", re.IGNORECASE
)
#: At the end of a running header.
_PAGE_NUMBER = re.compile(r"\s+(?:[-|·]\s*)?page\s+\d+(?:\s+of\s+\d+)?$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[_\s]+")
_LOOKED_AT = 20  #: blocks of the first page that holds anything
_LONGEST = 120


def title_of(pages: Sequence[ReadPage], name: str) -> str:
    """Return the document's title: one the format states, a first line that names a kind of document, else the file's name."""
    for page in pages:
        blocks = [block for block in page.blocks if block.kind is not BlockKind.FURNITURE][:_LOOKED_AT]
        if not blocks:
            continue
        stated, named = _stated(page, blocks), _named(page, blocks)
        found = (
            stated if _NAMES_A_DOCUMENT.search(stated) else named or stated
        )  # a title may be only the company's name
        if found:
            return shorten(found, _LONGEST)
        break
    return name_title(name)


def name_title(name: str) -> str:
    """Return a file's name as a title: without its suffix, separators as spaces."""
    stem = PurePath(name).stem
    return shorten(_SEPARATORS.sub(" ", stem), _LONGEST) or name


def _stated(page: ReadPage, blocks: list[Block]) -> str:
    for block in blocks:
        if block.kind is BlockKind.TITLE:
            return page.text[block.start : block.end].removeprefix("Subject: ")
    return ""


def _named(page: ReadPage, blocks: list[Block]) -> str:
    """Return the first heading or short capitalised line that says what kind of document this is."""
    for block in blocks:
        text = page.text[block.start : block.end].strip()
        short = (
            len(text) <= _LONGEST
            and block.kind is not BlockKind.TABLE_ROW
            and (block.kind is BlockKind.HEADING or text[:1].isupper())
            and text[-1:] not in ".;,"
        )
        text = _PAGE_NUMBER.sub("", _EXHIBIT.sub("", text, count=1))
        if (
            short
            and sum(map(str.isalpha, text)) * 2 > len(text)
            and _NAMES_A_DOCUMENT.search(text)
            and not _LABEL.fullmatch(text)
            and not clause_depth(text)
        ):
            return text
    return ""
