"""Printing for people and for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from datazoom_desktop.kernel.errors import Problem


def report(problem: Problem, *, as_json: bool) -> None:
    """Tell a problem on stderr: one JSON object, or its title and what to do."""
    if as_json:
        print(json.dumps({"problem": problem.as_dict()}, ensure_ascii=False), file=sys.stderr)
        return
    print(f"{problem.title}: {problem.message}", file=sys.stderr)
    if problem.remedy:
        print(problem.remedy, file=sys.stderr)


def print_json(value: object) -> None:
    """Print one JSON value on one line."""
    print(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under headings in aligned columns; nothing at all when there are no rows."""
    if not rows:
        return
    cells = [[str(cell) if cell is not None else "" for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(headings), *cells]) for i in range(len(headings))]
    for row in [list(headings), *cells]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def size_in_words(size: int) -> str:
    """Return a number of bytes as a person reads it, such as "3.4 MB" (powers of ten)."""
    value, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


class ProgressLine:
    """One line on stderr that says how far work is: redrawn on a terminal, printed every few seconds elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        """Start silent; ``quiet`` keeps it so."""
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._last = 0.0
        self._text = ""

    def show(self, text: str) -> None:
        """Say how far work is, as often as suits the stream."""
        now = time.monotonic()
        if self._quiet or text == self._text or now - self._last < (0.1 if self._live else 5.0):
            return
        self._last, self._text = now, text
        if self._live:
            sys.stderr.write(f"\r\x1b[2K{text}")
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._live and self._text:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def read_lines(file: Path, what: str) -> list[str]:
    """Return the lines of a text file in UTF-8; ``what`` names its contents, such as "passwords", for the user.

    Raises:
        Problem: It cannot be opened, or is no such text.
    """
    title = f"Cannot read the {what}"
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        reason = f"{file} could not be opened: {error.strerror}."
        raise Problem(title, reason, "Check the path and try again.", str(file)) from error
    except UnicodeDecodeError as error:
        raise Problem(
            title, f"{file} is not a text file in UTF-8.", "Save it as plain text in UTF-8 and try again.", str(file)
        ) from error


def coverage_in_words(by_coverage: Mapping[str, int], pages: int, searchable: int) -> str:
    """Return what was read, such as "1,912 of 1,930 pages can be searched (18 need a password)"."""
    trouble = {
        "encrypted": ("needs a password", "need a password"),
        "failed": ("could not be read", "could not be read"),
        "skipped": ("was left out", "were left out"),
        "waiting": ("waits to be read", "wait to be read"),
    }
    parts = [f"{n:,} {words[n > 1]}" for key, words in trouble.items() if (n := by_coverage.get(key, 0))]
    tail = f" ({', '.join(parts)})" if parts else ""
    return f"{searchable:,} of {pages:,} pages can be searched{tail}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, such as "1 document" or "1,912 pages"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
