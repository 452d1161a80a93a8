"""Fields of a Word document: which of their text is shown, and what they lead to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from datazoom_desktop.intake.readers.docx_numbering import W
from datazoom_desktop.intake.readers.office import Xml
from datazoom_desktop.intake.readers.pagetext import fold

_TARGET = re.compile(r"\s*(HYPERLINK|LINK|INCLUDETEXT)\s+(.*)", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r'"((?:\\.|[^"\\])*)"|(\S+)')
_DEEPEST: Final = 20  #: fields inside fields
_TICKED: Final = "☒"
_OPEN: Final = "☐"


@dataclass(slots=True)
class Fields:
    """What the fields of one story (body, header, note) say.

    Attributes:
        unseen: Text elements that belong to a field's instructions and are not shown.
        said: By the element at which it is to be told (the start or the end of a field): what the field says beside its result.
    """

    unseen: set[Xml] = field(default_factory=set)
    said: dict[Xml, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A field that has begun."""

    begin: Xml
    instructions: list[str] = field(default_factory=list)
    hidden: list[Xml] = field(default_factory=list)
    result: list[str] | None = None  #: None until the instructions are over


def fields_of(root: Xml) -> Fields:
    """Return the fields of a story; one that never ends hides nothing."""
    out = Fields()
    stack: list[_Open] = []
    for element in root.iter(f"{W}fldChar", f"{W}instrText", f"{W}t", f"{W}fldSimple"):
        tag = element.tag
        if tag == f"{W}fldSimple":
            continue
        if tag == f"{W}fldChar":
            _turn(element, stack, out)
        elif stack and tag == f"{W}instrText":
            stack[-1].instructions.append(element.text or "")
        elif stack:
            for each in stack[-_DEEPEST:]:
                if each.result is None:
                    each.hidden.append(element)
                else:
                    each.result.append(element.text or "")
    return out


def _turn(element: Xml, stack: list[_Open], out: Fields) -> None:
    kind = element.get(f"{W}fldCharType")
    if kind == "begin":
        stack.append(_Open(element))
        form = element.find(f"{W}ffData")
        if form is not None:
            out.said[element] = _form(form)
    elif kind == "separate" and stack:
        stack[-1].result = stack[-1].result if stack[-1].result is not None else []
    elif kind == "end" and stack:
        done = stack.pop()
        out.unseen.update(done.hidden)
        lead = link_words("".join(done.instructions), "".join(done.result or ()))
        if lead:
            out.said[element] = lead


def link_words(instructions: str, shown: str) -> str:
    """Return what a field's instructions add to its shown text: where it leads, when the text does not say so itself."""
    found = _TARGET.match(instructions)
    if found is None:
        return ""
    words = [match[1] if match[1] is not None else match[2] for match in _WORD.finditer(found[2])]
    if found[1].upper() == "LINK":
        words = words[1:]  # the program comes first
    if not words or words[0].startswith("\\"):
        return ""
    target = words[0].replace("\\\\", "\\")
    if found[1].upper() != "HYPERLINK":
        return f" [Linked file: {target}]"
    return leads_to(target, shown)


def leads_to(target: str, shown: str) -> str:
    """Return the words for a link's target, or nothing when the shown text is that already."""
    return "" if not target or _bare(target) == _bare(shown) else f" [Link: {target}]"


def _bare(address: str) -> str:
    plain = fold(address).strip().rstrip("/").casefold()
    return re.sub(r"^(?:mailto:|https?://|tel:)", "", plain).removeprefix("www.")


def _form(form: Xml) -> str:
    """Return what a form field shows that is no text: a box that is ticked or not, the chosen entry of a list."""
    box = form.find(f"{W}checkBox")
    if box is not None:
        state = box.find(f"{W}checked")
        if state is None:
            state = box.find(f"{W}default")
        ticked = state is not None and state.get(f"{W}val") not in ("0", "false", "off")
        return _TICKED if ticked else _OPEN
    choices = form.find(f"{W}ddList")
    if choices is None:
        return ""
    entries = [entry.get(f"{W}val") or "" for entry in choices.findall(f"{W}listEntry")]
    chosen = choices.find(f"{W}result")
    if chosen is None:
        chosen = choices.find(f"{W}default")
    number = chosen.get(f"{W}val") if chosen is not None else "0"
    index = int(number) if number and number.isdigit() and len(number) < 6 else 0
    return entries[index] if index < len(entries) else ""
