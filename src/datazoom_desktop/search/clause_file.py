"""Read and write the text of one file of clauses; pure, over text.

A file is TOML: the name of its area on top, then one ``[[clause]]`` after another. Each clause is read on its own, so that a slip
in one, even a missing quotation mark, costs that clause and no other; every mistake is told with its line and what to do.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath

from rapidfuzz import fuzz, process

from datazoom_desktop.kernel.errors import Problem

LONGEST = 1_200  #: characters of one text; the embedder reads about as many

_TEXTS = ("id", "name", "what", "why")
_LISTS = ("aliases", "headings", "questions", "phrasings")
_NEEDED = {
    "id": 'Add a line such as: id = "my-clause"',
    "name": 'Add a line such as: name = "Most favoured nation"',
    "phrasings": 'Add a line such as: phrasings = ["The Tenant shall pay the rent in advance."]',
}
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_START = re.compile(r"^[ \t]*\[\[[ \t]*clause[ \t]*\]\][ \t]*(?:#.*)?\r?$", re.MULTILINE)
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)\s*$")
_NAMED = re.compile(r'^[ \t]*name[ \t]*=[ \t]*["“\']?([^"“”\'\n]+)', re.MULTILINE)
_CURLY = re.compile(r"[“”„‟]")


@dataclass(frozen=True, slots=True)
class Clause:
    """One kind of clause.

    Attributes:
        id: Lowercase words joined by hyphens; by it a clause of the user's replaces a shipped one.
        area: What its file is about, such as "Leases".
        what: What such a clause does.
        why: Why it matters in a deal.
        aliases: Other words that people use for it.
        headings: What such a clause is usually headed.
        questions: How a lawyer would ask for it.
        phrasings: How it is usually drafted, one typical variant each.
        file: Path of the file it was read from.
        replaces: Path of the file of the clause whose place it takes, or "".
    """

    id: str
    name: str
    area: str
    phrasings: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    what: str = ""
    why: str = ""
    file: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class _Mistake:
    """What is wrong, in words that follow "clause X:", and what to do; ``line`` is 1-based in the file."""

    line: int
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class _Block:
    """The text from one ``[[clause]]`` to the next; ``line`` is the 1-based line of its first character."""

    line: int
    text: str

    def line_of(self, key: str) -> int:
        """Return the line on which ``key`` is given its value, or the block's first."""
        found = re.search(
            rf'^[ \t]*(?:\[+[ \t]*)?(?:\w+\.)?["\']?{re.escape(key)}["\']?[ \t]*[=.\]]', self.text, re.MULTILINE
        )
        return self.line + (self.text.count("\n", 0, found.start()) if found else 0)


def parse(text: str, file: str) -> tuple[tuple[Clause, ...], tuple[Problem, ...]]:
    """Read the text of a file of clauses; ``file`` is its path, for the clauses and problems to name.

    Returns:
        The clauses without mistakes in their order, and one problem for each mistake in the order of their lines.
    """
    head, *blocks = _blocks(text)
    area, head_mistakes = _area(head, PurePath(file).stem)
    problems = [_problem(file, mistake, "") for mistake in head_mistakes]
    clauses: list[Clause] = []
    lines: dict[str, int] = {}
    for block in blocks:
        table, mistakes = _table(block)
        values = {key: value for key, value in table.items() if key in _TEXTS or key in _LISTS}
        if not mistakes:
            mistakes = _mistakes(block, table)
        identifier = values.get("id")
        if not mistakes and identifier in lines:
            used = f"the id {identifier} is already used by the clause on line {lines[str(identifier)]}"
            mistakes = [_Mistake(block.line_of("id"), used, "Give one of the two another id, or delete it.")]
        if mistakes:
            called = _called(values, block)
            problems += [_problem(file, mistake, called) for mistake in sorted(mistakes, key=lambda m: m.line)]
            continue
        lines[str(identifier)] = block.line
        clauses.append(_clause(values, area, file))
    return tuple(clauses), tuple(problems)


def as_toml(clause: Clause) -> str:
    """Return the text that ``parse`` reads as this clause, for a person to copy and change."""
    lines = ["[[clause]]"]
    lines += [f"{key} = {_quoted(text)}" for key in _TEXTS if (text := getattr(clause, key))]
    for key in _LISTS:
        items = getattr(clause, key)
        if key == "phrasings" or len(items) > 4:
            lines += [f"{key} = [", *(f"  {_quoted(item)}," for item in items), "]"]
        elif items:
            lines.append(f"{key} = [{', '.join(map(_quoted, items))}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a TOML string; TOML escapes as JSON does, and DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _blocks(text: str) -> list[_Block]:
    """Return what stands before the first clause, then each clause."""
    starts = [0, *(found.start() for found in _START.finditer(text)), len(text)]
    return [_Block(text.count("\n", 0, start) + 1, text[start:end]) for start, end in pairwise(starts)]


def _toml(block: _Block) -> tuple[dict[str, object], list[_Mistake]]:
    """Return the block's tables, or what is wrong with its notation."""
    try:
        return tomllib.loads(block.text), []
    except (ValueError, RecursionError) as error:  # besides a slip: a number or a nesting beyond all measure
        place = _PLACE.search(str(error))
        reason = _PLACE.sub("", str(error))
        rows = block.text.rstrip().split("\n")
        row = min(int(place[1]) if place and place[1] else len(rows), len(rows))
        shown = rows[row - 1].strip()
        if _CURLY.search(shown):
            remedy = 'Put text between straight quotation marks ("), not typographic ones.'
        else:
            remedy = (
                "Look there, and in the lines just above, for a missing quotation mark, comma or bracket. "
                'A quotation mark or a backslash inside a text needs a backslash before it: \\" or \\\\.'
            )
        what = f"this cannot be read ({reason}): {_short(shown)}" if shown else f"this cannot be read ({reason})"
        return {}, [_Mistake(block.line + row - 1, what, remedy)]


def _area(head: _Block, stem: str) -> tuple[str, list[_Mistake]]:
    """Return the area's name that stands before the first clause, else one made of the file's name."""
    tables, mistakes = _toml(head)
    default = stem.replace("_", " ").replace("-", " ").capitalize()
    area = tables.pop("area", default)
    for key in tables:
        if key.rstrip("s").lower() == "clause":
            remedy = "Begin each clause with a line that says [[clause]], with two brackets on each side."
        else:
            remedy = (
                'Only area = "..." may stand before the first [[clause]]; delete the line or move it into a clause.'
            )
        mistakes.append(_Mistake(head.line_of(key), f"{_short(key)} means nothing before the first clause", remedy))
    if isinstance(area, str) and area.strip():
        return " ".join(area.split()), mistakes
    mistakes.append(_Mistake(head.line_of("area"), "area is not a text", 'Write it as: area = "Leases"'))
    return default, mistakes


def _table(block: _Block) -> tuple[Mapping[str, object], list[_Mistake]]:
    """Return the keys of a clause, or what keeps them from being read."""
    tables, mistakes = _toml(block)
    strays = [key for key in tables if key != "clause"]
    mistakes += [
        _Mistake(
            block.line_of(key),
            f"{_short(key)} is not a part of a clause",
            "Delete it, or begin a clause with [[clause]].",
        )
        for key in strays
    ]
    entries = tables.get("clause")
    if not isinstance(entries, list):
        return {}, mistakes
    if len(entries) > 1:
        remedy = "Begin each clause with a line that says [[clause]], with two brackets on each side and nothing else."
        mistakes.append(_Mistake(block.line, "there are two clauses here that cannot be told apart", remedy))
    return entries[0], mistakes


def _mistakes(block: _Block, table: Mapping[str, object]) -> list[_Mistake]:
    """Return everything that is wrong with a clause whose notation is right."""
    out = [
        _Mistake(block.line_of(key), f"unknown key {_short(key)}", _did_you_mean(key, table))
        for key in table
        if key not in _TEXTS and key not in _LISTS
    ]
    out += [_Mistake(block.line, f"it has no {key}", remedy) for key, remedy in _NEEDED.items() if key not in table]
    for key, value in table.items():
        wrong = _wrong_text(key, value) if key in _TEXTS else _wrong_list(key, value) if key in _LISTS else None
        if wrong:
            out.append(_Mistake(block.line_of(key), *wrong))
    return out


def _wrong_text(key: str, value: object) -> tuple[str, str] | None:
    """Return what is wrong with the value of a key that takes one text, and what to do."""
    if not isinstance(value, str):
        return f"{key} is {_kind(value)}, not a text", f'Write it as: {key} = "..."'
    if not value.strip():
        return f"{key} is empty", _NEEDED.get(key, f"Write something between the quotation marks, or delete {key}.")
    if len(value) > LONGEST:
        return f"{key} has {len(value):,} characters", f"Shorten it to at most {LONGEST:,}."
    if key == "id" and not _ID.match(value):
        return (
            f"the id {_short(value)} has other signs than a to z, 0 to 9 and hyphens",
            'Write it like "most-favoured-nation".',
        )
    return None


def _wrong_list(key: str, value: object) -> tuple[str, str] | None:
    """Return what is wrong with the value of a key that takes a list of texts, and what to do."""
    if not isinstance(value, list):
        return f"{key} is {_kind(value)}, not a list", f'Put its texts in square brackets: {key} = ["...", "..."]'
    if not value and key in _NEEDED:
        return f"{key} is empty", _NEEDED[key]
    for number, item in enumerate(value, 1):
        if not isinstance(item, str):
            return f"no. {number} of {key} is {_kind(item)}, not a text", "Put it between quotation marks."
        if not item.strip():
            return f"no. {number} of {key} is empty", "Write something between its quotation marks, or delete it."
        if len(item) > LONGEST:
            return (
                f"no. {number} of {key} has {len(item):,} characters",
                f"Shorten it to at most {LONGEST:,}: one or two sentences say enough.",
            )
    return None


def _kind(value: object) -> str:
    match value:
        case str():
            return "a text"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _did_you_mean(key: str, table: Mapping[str, object]) -> str:
    """Return what to do about a key that means nothing."""
    left = [known for known in (*_TEXTS, *_LISTS) if known not in table]
    near = process.extractOne(key.lower(), left, scorer=fuzz.ratio, score_cutoff=75.0)
    if near:
        return f"Did you mean {near[0]}?"
    return f"A clause may have: {', '.join((*_TEXTS, *_LISTS))}."


def _clause(values: Mapping[str, object], area: str, file: str) -> Clause:
    """Return the clause of values that were checked, white space evened."""
    texts = {key: " ".join(str(values[key]).split()) for key in _TEXTS if key in values}
    lists = {
        key: tuple(" ".join(str(item).split()) for item in items)
        for key in _LISTS
        if isinstance(items := values.get(key), list)
    }
    return Clause(**texts, **lists, area=area, file=file)  # type: ignore[arg-type]  # the keys are the fields of their kinds


def _called(values: Mapping[str, object], block: _Block) -> str:
    """Return what a person knows the clause by, or "", also when its notation is wrong."""
    written = _NAMED.search(block.text)
    given = (values.get("name"), values.get("id"), written[1] if written else "")
    return next((_short(called) for called in given if isinstance(called, str) and called.strip()), "")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text}”" if len(text) <= 60 else f"“{text[:57].rstrip()}...”"


def _problem(file: str, mistake: _Mistake, called: str) -> Problem:
    clause = f", clause {called}" if called else ""
    return Problem(
        "A mistake in a file of clauses",
        f"{PurePath(file).name}, line {mistake.line}{clause}: {mistake.what}.",
        mistake.remedy,
        file,
    )
