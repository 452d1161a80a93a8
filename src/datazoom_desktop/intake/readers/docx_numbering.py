"""The numbers Word prints before paragraphs ("2.3", "(a)") without writing them into the text: worked out from numbering and styles."""

from __future__ import annotations

from dataclasses import dataclass, field

from datazoom_desktop.intake.readers.office import Xml

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_LEVELS = 9
_MOST_STEPS = 12  #: styles based on styles


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts: its first number, format ("decimal", "lowerLetter", ...), and pattern ("%1.%2")."""

    start: int = 1
    kind: str = "decimal"
    pattern: str = ""


@dataclass(slots=True)
class Style:
    """What a paragraph style says that matters here."""

    name: str
    based_on: str | None
    num_id: str | None
    level: int | None
    outline: int | None
    bold: bool


@dataclass(slots=True)
class Numbering:
    """Counts lists while paragraphs pass in order."""

    lists: dict[str, tuple[str, dict[int, Level]]]  #: by numId: the abstract list, and its levels with overrides
    _counts: dict[str, list[int]] = field(default_factory=dict)

    def label(self, num_id: str, level: int) -> str:
        """Return the next number of a list at a level (0-based), or a bullet, or nothing."""
        known = self.lists.get(num_id)
        if known is None or not 0 <= level < _LEVELS:
            return ""
        abstract, levels = known
        counts = self._counts.setdefault(abstract, [0] * _LEVELS)
        here = levels.get(level, Level())
        counts[level] = counts[level] + 1 if counts[level] else here.start
        for deeper in range(level + 1, _LEVELS):
            counts[deeper] = 0
        if here.kind == "bullet":
            return "\u2022"
        if here.kind == "none":
            return ""
        text = here.pattern
        for number in range(level + 1):
            of = levels.get(number, Level())
            value = counts[number] or of.start
            text = text.replace(
                f"%{number + 1}", _written(value, "decimal" if here.kind == "decimal" and level != number else of.kind)
            )
        return text


def numbering_of(root: Xml | None) -> Numbering:
    """Return the lists that numbering.xml defines."""
    if root is None:
        return Numbering({})
    abstract = {item.get(f"{W}abstractNumId") or "": _levels(item) for item in root.findall(f"{W}abstractNum")}
    lists = {}
    for item in root.findall(f"{W}num"):
        refers = item.find(f"{W}abstractNumId")
        key = (refers.get(f"{W}val") or "") if refers is not None else ""
        levels = dict(abstract.get(key, {}))
        own = key
        for override in item.findall(f"{W}lvlOverride"):
            number = _int(override.get(f"{W}ilvl"), 0)
            replaced = override.find(f"{W}lvl")
            base = _level(replaced) if replaced is not None else levels.get(number, Level())
            start = override.find(f"{W}startOverride")
            if start is not None:
                base = Level(_int(start.get(f"{W}val"), 1), base.kind, base.pattern)
                own = f"{key}/{item.get(f'{W}numId')}"
            levels[number] = base
        lists[item.get(f"{W}numId") or ""] = (own, levels)
    return Numbering(lists)


def styles_of(root: Xml | None) -> dict[str, Style]:
    """Return the paragraph styles of styles.xml by their ids."""
    styles: dict[str, Style] = {}
    for item in root.findall(f"{W}style") if root is not None else ():
        if item.get(f"{W}type") != "paragraph":
            continue
        num_id, level = number_of(item.find(f"{W}pPr"))
        outline = _value(item.find(f"{W}pPr/{W}outlineLvl"))
        name = _value(item.find(f"{W}name")) or ""
        bold = _on(item.find(f"{W}rPr/{W}b"))
        based = _value(item.find(f"{W}basedOn"))
        styles[item.get(f"{W}styleId") or ""] = Style(
            name, based, num_id, level, _int(outline, 9) if outline else None, bold
        )
    return styles


def inherited(styles: dict[str, Style], style_id: str | None) -> list[Style]:
    """Return a style and those it is based on, nearest first."""
    chain: list[Style] = []
    while style_id in styles and len(chain) < _MOST_STEPS:
        chain.append(styles[style_id])
        style_id = chain[-1].based_on
    return chain


def number_of(properties: Xml | None) -> tuple[str | None, int | None]:
    """Return the list and level (0-based) that paragraph properties name, each None where they name none."""
    if properties is None:
        return None, None
    level = _value(properties.find(f"{W}numPr/{W}ilvl"))
    return _value(properties.find(f"{W}numPr/{W}numId")), _int(level, 0) if level is not None else None


def _levels(item: Xml) -> dict[int, Level]:
    return {_int(level.get(f"{W}ilvl"), 0): _level(level) for level in item.findall(f"{W}lvl")}


def _level(item: Xml) -> Level:
    start, kind, pattern = (_value(item.find(f"{W}{name}")) for name in ("start", "numFmt", "lvlText"))
    return Level(_int(start, 1), kind or "decimal", pattern or "")


def _value(item: Xml | None) -> str | None:
    return item.get(f"{W}val") if item is not None else None


def _on(item: Xml | None) -> bool:
    return item is not None and item.get(f"{W}val") not in ("0", "false", "off")


def _int(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def _written(value: int, kind: str) -> str:
    """Return a number in a list's format."""
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman"):
        out, rest = "", min(value, 3999)
        for worth, letters in _ROMAN:
            out += letters * (rest // worth)
            rest %= worth
        return out.upper() if kind == "upperRoman" else out
    return f"{value:02d}" if kind == "decimalZero" else str(value)
