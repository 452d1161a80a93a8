"""Characters of the symbol fonts, whose letters are drawn as something else: "o" in Wingdings is an empty box. Pure."""

from __future__ import annotations

_SYMBOL = {
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **dict(zip(range(0xA0, 0xC0), "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵", strict=True)),
    **dict(zip(range(0xC0, 0xE0), "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓", strict=True)),
    **dict(zip((0x22, 0x24, 0x27, 0x2A, 0x2D, 0x40, 0x5C, 0x5E, 0x7E), "∀∃∋∗−≅∴⊥∼", strict=True)),
    **dict(zip((0xE0, 0xE2, 0xE3, 0xE4, 0xE5, 0xF2), "◊®©™∑∫", strict=True)),
}
_WINGDINGS = {
    **dict(zip(range(0x6C, 0x73), "●❍■□❐❑❒", strict=True)),
    **dict(zip((0x28, 0x2A, 0x4A, 0x4C, 0x75, 0x76, 0x78), "☎✉☺☹◆❖☒", strict=True)),
    **dict(zip((0x9F, 0xA1, 0xA7, 0xA8, 0xAB, 0xD8), "•○▪□★➢", strict=True)),
    **dict(zip((0xDF, 0xE0, 0xE1, 0xE2, 0xE8, 0xEF, 0xF0), "←→↑↓➔⇦⇨", strict=True)),
    **dict(zip((0xFB, 0xFC, 0xFD, 0xFE), "✗✓☒☑", strict=True)),
}
_WINGDINGS_2 = dict(zip((0x4F, 0x50, 0x51, 0x52, 0x53, 0x54, 0x98, 0xA2, 0xA3), "✗✓☒☑☒☒●■□", strict=True))
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
_UNKNOWN = frozenset({"webdings", "wingdings 3"})
_ANY = {0xB7: "•", **{code: sign for code, sign in _WINGDINGS.items() if code > 0x9E}}
_PRIVATE = range(0xF000, 0xF100)  #: where the letters of symbol fonts stand in Unicode


def symbol(code: int, font: str) -> str:
    """Return the character that a symbol font draws for a code (0x20 to 0xFF, or 0xF000 more).

    One that is not known is told as such, so that a box that is ticked is never lost without a word.
    """
    letter = code - _PRIVATE.start if code in _PRIVATE else code
    untold = f"[symbol {letter:02X} of {font or 'a font'}]"
    known = _FONTS.get(font.lower())
    if known is None:
        if font.lower() in _UNKNOWN or (code in _PRIVATE and font):
            return untold
        return chr(code) if code not in _PRIVATE else _ANY.get(letter, untold)
    found = known.get(letter)
    if found is not None:
        return found
    return chr(letter) if known is _SYMBOL and 0x20 <= letter < 0x7F else untold


def spelled(text: str, font: str) -> str:
    """Return a run's text as its font draws it; text in ordinary fonts is returned as it is, stray letters of symbol fonts aside."""
    if font.lower() in _FONTS:
        return "".join(symbol(ord(letter), font) if not letter.isspace() else letter for letter in text)
    if any(ord(letter) in _PRIVATE for letter in text):
        return "".join(
            _ANY.get(ord(letter) - _PRIVATE.start, letter) if ord(letter) in _PRIVATE else letter for letter in text
        )
    return text
