"""The numbers Word prints before paragraphs ("2.3", "(a)") without writing them into the text: worked out from numbering and styles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

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
_ONES = (
    *("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve", "Thirteen"),
    *("Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"),
)
_TENS = ("Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_LEVELS = 9
_MOST_STEPS = 12  #: styles based on styles


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts.

    Attributes:
        start: Its first number.
        kind: Format of its numbers, such as "decimal" or "lowerLetter".
        pattern: What is printed, "%1" standing for the number of the outermost level ("%1.%2").
        legal: Whether the numbers of the levels above are printed in digits, however they count themselves.
    """

    start: int = 1
    kind: str = "decimal"
    pattern: str = ""
    legal: bool = False


@dataclass(slots=True)
class Style:
    """What a paragraph style says that matters here."""

    name: str
    based_on: str | None
    num_id: str | None
    level: int | None
    outline: int | None
    bold: bool
    hidden: bool = False


@dataclass(slots=True)
class Numbering:
    """Counts lists while paragraphs pass in order."""

    lists: dict[str, tuple[str, dict[int, Level]]]  #: by numId: the abstract list, and its levels with overrides
    _counts: dict[str, list[int | None]] = field(default_factory=dict)

    def label(self, num_id: str, level: int) -> str:
        """Return the next number of a list at a level (0-based), or a bullet, or nothing."""
        known = self.lists.get(num_id)
        if known is None or not 0 <= level < _LEVELS:
            return ""
        abstract, levels = known
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        here = levels.get(level, Level())
        last = counts[level]
        counts[level] = here.start if last is None else last + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        if here.kind == "bullet":
            return "\u2022"
        if here.kind == "none":
            return ""
        text = here.pattern
        for number in range(level + 1):
            of = levels.get(number, Level())
            counted = counts[number]
            value = of.start if counted is None else counted
            text = text.replace(f"%{number + 1}", _written(value, "decimal" if here.legal else of.kind))
        return text


def numbering_of(root: Xml | None, styles: Xml | None = None) -> Numbering:
    """Return the lists that numbering.xml defines, those included that styles.xml names as a style of list."""
    if root is None:
        return Numbering({})
    abstract = {item.get(f"{W}abstractNumId") or "": _levels(item) for item in root.findall(f"{W}abstractNum")}
    for key, other in _linked(root, styles):
        abstract[key] = abstract.get(other, {})
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
                base = replace(base, start=_int(start.get(f"{W}val"), 1))
                own = f"{key}/{item.get(f'{W}numId')}"
            levels[number] = base
        lists[item.get(f"{W}numId") or ""] = (own, levels)
    return Numbering(lists)


def _linked(root: Xml, styles: Xml | None) -> Iterator[tuple[str, str]]:
    """Yield the ids of abstract lists that only refer to a style of list, each with the list that the style means."""
    meant = {item.get(f"{W}numId"): _value(item.find(f"{W}abstractNumId")) for item in root.findall(f"{W}num")}
    named = {
        item.get(f"{W}styleId"): meant.get(number_of(item.find(f"{W}pPr"))[0])
        for item in (styles.findall(f"{W}style") if styles is not None else ())
        if item.get(f"{W}type") == "numbering"
    }
    for item in root.findall(f"{W}abstractNum"):
        other = named.get(_value(item.find(f"{W}numStyleLink")))
        if other is not None:
            yield item.get(f"{W}abstractNumId") or "", other


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
            name, based, num_id, level, _int(outline, 9) if outline else None, bold, _on(item.find(f"{W}rPr/{W}vanish"))
        )
    return styles


def hidden_styles(root: Xml | None) -> frozenset[str]:
    """Return the ids of the styles of letters that hide them."""
    based: dict[str, str | None] = {}
    hidden: set[str] = set()
    for item in root.findall(f"{W}style") if root is not None else ():
        if item.get(f"{W}type") == "character":
            key = item.get(f"{W}styleId") or ""
            based[key] = _value(item.find(f"{W}basedOn"))
            if _on(item.find(f"{W}rPr/{W}vanish")):
                hidden.add(key)
    for _ in range(_MOST_STEPS if hidden else 0):
        hidden |= {key for key, other in based.items() if other in hidden}
    return frozenset(hidden)


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
    return Level(_int(start, 1), kind or "decimal", pattern or "", _on(item.find(f"{W}isLgl")))


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
    if kind in ("ordinal", "ordinalText", "cardinalText"):
        return _ordinal(value) if kind == "ordinal" else _in_words(value, last=kind == "ordinalText")
    return f"{value:02d}" if kind == "decimalZero" else str(value)


def _ordinal(value: int) -> str:
    """Return "1st", "2nd" and so on."""
    ending = "th" if value // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _in_words(value: int, *, last: bool) -> str:
    """Return "Seven", or with ``last`` "Seventh", as charters number their articles; larger numbers in digits."""
    if not 0 < value < 100:
        return _ordinal(value) if last else str(value)
    tens, ones = divmod(value, 10)
    below = [_ONES[ones - 1].lower()] if ones else []
    words = [_ONES[value - 1]] if value < 20 else [_TENS[tens - 2], *below]
    if last:
        end = words[-1]
        ordinal = _ORDINALS.get(end.lower(), f"{end[:-1]}ieth" if end.endswith("y") else f"{end}th")
        words[-1] = ordinal.capitalize() if len(words) == 1 else ordinal
    return "-".join(words)
