"""Split a question into the reference to a document and the bare question; pure text work, no room at hand.

"What is the notice period in the lease with Acme?" is two questions: which document ("the lease with Acme") and what in it
("What is the notice period?"). Whether the reference means a document of the room is decided by ``routing``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOUNS = (
    r"agreements?|contracts?|leases?|deeds?|charter|certificate|bylaws|by-laws|articles|minutes|resolutions?|consents?|polic(?:y|ies)"
    r"|plan|notes?|warrants?|safes?|ndas?|spas?|shas?|msas?|sows?|dpas?|ira|rofr|letters?|memo|memorandum|e-?mails?|deck|presentation"
    r"|spreadsheet|cap table|budget|statements?|reports?|register|amendments?|licen[cs]es?|invoices?|order form|term sheet"
    r"|prospectus|opinion|offer|addendum|annex|grants?|handbook|guarant(?:ee|y)|mortgage|power of attorney|workbook|document|file"
)
_GENERIC = re.compile(r"(?:agreement|contract|document|file|report|statement|letter)s?|certificate", re.IGNORECASE)
_NAME = r"[A-Z0-9][\w&.'’/-]*"
_NAMES = rf"{_NAME}(?:,? (?:(?:and|of|the|for|de|&) )*{_NAME})*"
_TAIL = (
    rf"(?:,? (?:(?:by and )?between|among|with|by|for|from|to|of|dated|signed by|granted to|issued to)"
    rf" (?:(?:the|our|its) )?(?:{_NAMES}|(?:landlord|tenant|supplier|customer|founder|ceo|cfo|cto|employees?|investors?|bank)\b))"
)
_NOT_INSIDE = (
    r"in|of|under|to|by|with|for|from|at|on|that|which|who|any|some|and|or|is|are|was|were|has|have|had|does|do|did|can|may|must"
    r"|shall|will|company|not|say|says|the|a|an|there|between"
)
_PHRASE = (
    rf"(?:(?:the|our|its|their|this|that) (?:(?!(?:{_NOT_INSIDE})\b)[\w&.'’/-]+ ){{0,5}}?|(?:{_NAME} ){{1,6}})(?i:{_NOUNS})\b"
    rf"(?: (?:no\.? ?)?\d{{1,4}})?{_TAIL}*"
)
_LEAD = (
    r"^\s*(?:consider(?:ing)?|regarding|concerning|re|about|as to|with respect to|with regard to|in relation to|looking at"
    r"|according to|per|in|under|for|from)\s*:?\s+(?P<reference>.+?)\s*"
)
_ASKS = (
    r"what|which|who|whom|whose|when|where|why|how|is|are|was|were|does|do|did|has|have|had|can|could|may|must|shall|should|will"
    r"|would|tell|show|list|find|name|give|summari[sz]e|explain"
)
_LED = (
    re.compile(_LEAD + r"(?P<mark>[;:])\s*(?P<question>\S.*)$", re.IGNORECASE),
    re.compile(_LEAD + rf"(?P<mark>,)\s+(?P<question>(?:{_ASKS})\b.*)$", re.IGNORECASE),
)
_STRONG_LEAD = re.compile(r"^\s*(?:consider(?:ing)?|regarding|concerning|re)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“]([^\"”]{4,120})[\"”]")
_INLINE = re.compile(
    rf"(?P<lead>\b(?i:in|under|of|from|per|according to|pursuant to|by|within|to|on)\s+)?(?P<reference>{_PHRASE})"
)
_NOUN = re.compile(rf"\b(?:{_NOUNS})\b", re.IGNORECASE)

_SCAFFOLD = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:please )?(?:can|could) you (?:tell me|say|show me|find)\s+",
        r"^(?:please )?(?:tell me|show me|find|list)\s+",
        (
            r"^(?:does|do|did) (?:the|this|our) (?:document|contract|agreement) (?:mention|state|specify|indicate|include|contain|allow"
            r"|permit|require|restrict|provide|say|address|cover)(?: for)?(?: that\b| whether or not\b| whether\b| if\b)?"
        ),
        r"^(?:is|are|was|were) there (?:any\b|an?\b|some\b)?",
        r"^(?:what|which) (?:is|are|was|were) (?:the\b)?",
        r"^what\b",
        r"\b(?:in|under|by|of|for) (?:this|the) (?:contract|agreement|document)\b",
        r"\b(?:specified|included|designated|provided|required)\b",
        r"[?!.\s]+$",
    )
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question in its parts.

    Attributes:
        text: As asked.
        reference: Words that may refer to a document, or "".
        bare: The question without them; equal to ``text`` when there is no reference.
        led: The reference was put before the question as its subject ("Consider the lease; ..."), so that the bare question
            stands whether or not the document is found.
    """

    text: str
    reference: str
    bare: str
    led: bool = False


def split(text: str) -> Question:
    """Return the question's parts; never fails, and with nothing recognised the whole text is the bare question."""
    text = " ".join(text.split())
    led = next((match for pattern in _LED if (match := pattern.match(text)) and _is_reference(match)), None)
    if led:
        strong = bool(_STRONG_LEAD.match(text)) or led["mark"] in ";:"
        return Question(text, led["reference"].strip(" \"“”'’"), _capital(led["question"]), led=strong)
    quoted = _QUOTED.search(text)
    if quoted and len(quoted[1].split()) >= 2:
        return Question(text, quoted[1], _without(text, quoted.start(), quoted.end()))
    best = max(
        (m for m in _INLINE.finditer(text) if _specific(m["reference"])),
        key=lambda m: (bool(m["lead"]), len(m["reference"])),
        default=None,
    )
    if best is None:
        return Question(text, "", text)
    if best["lead"]:
        return Question(text, best["reference"], _without(text, best.start(), best.end()))
    noun = _NOUN.findall(best["reference"])
    kept = f"the {noun[-1].lower()}" if noun else ""
    bare = text[: best.start("reference")] + kept + text[best.end("reference") :]
    return Question(text, best["reference"], _capital(" ".join(bare.split())))


def kinds(reference: str) -> list[str]:
    """Return the words of ``reference`` that say what kind of document it is, in order, such as ["lease"]."""
    return _NOUN.findall(reference)


def essence(question: str) -> str:
    """Return what a question asks for without its scaffolding: "Is there a cap on liability in this contract?" -> "cap on liability"."""
    core = question.strip()
    for pattern in _SCAFFOLD:
        core = pattern.sub(" ", core).strip(" ,")
    return " ".join(core.split()) or question


def _is_reference(led: re.Match[str]) -> bool:
    if led["mark"] in ";:":
        return True
    if _STRONG_LEAD.match(led.string):
        return len(led["question"].split()) >= 3
    reference = led["reference"]
    return bool(_NOUN.search(reference)) and _specific(reference) and len(reference.split()) <= 30


def _specific(reference: str) -> bool:
    """Return whether the phrase says more than "the agreement"."""
    left = [
        w
        for w in re.findall(r"[\w&'’-]+", reference)
        if w.casefold() not in {"the", "our", "its", "their", "this", "that", "a", "an"}
    ]
    return bool(left) and not (len(left) == 1 and _GENERIC.fullmatch(left[0]))


def _without(text: str, start: int, end: int) -> str:
    """Return ``text`` with a stretch cut out, its edges mended."""
    rest = f"{text[:start].rstrip()} {text[end:].lstrip()}"
    rest = re.sub(r"\s+([?!.,;:])", r"\1", " ".join(rest.split())).strip(" ,;:")
    return _capital(rest) if len(rest.split()) >= 2 else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
