"""Pronouns that speak of an earlier question: which of them do, and what they stand for; pure.

"It" inside "If a party breaches, what must it do?" is bound there and says nothing of the turn before; the one of "Who signed it?"
is free. A free one means the document where what is said of it is said of documents ("signed", "expire"), else the subject.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from datazoom_desktop.search.words import content

_FREE = re.compile(
    r"\b(?:(?P<plain>it|they|them)|(?P<person>he|she|him)|(?P<its>its|their)|(?P<hers>his|her))\b", re.IGNORECASE
)
_POINTING = re.compile(
    r"(?:^(?:is|was|are|were|does|did|do|can|could|will|would|has|had|may|must)\s+(?P<first>this|that|these|those)\b"
    r"(?!\s+(?:[\w-]+\s+)?(?:agreement|contract|document|lease))|\b(?P<last>this|that|these|those|there)(?=\s*[?.!]*$))",
    re.IGNORECASE,
)
_ANTECEDENT = re.compile(
    r"\b(?:the|an?|our|any|each|every|no|all|both|either)\s+[\w-]+|(?<=\S\s)[A-Z][\w&.'’-]+", re.UNICODE
)
_CLAUSE_END = re.compile(r"[,;:]|\b(?:and|or|if|when|where|unless|until|while|because|that|which|who)\b", re.IGNORECASE)
_PLURAL = frozenset({"they", "them", "their", "these", "those"})
_SAYS_NOTHING = re.compile(
    r"\bit\s+(?:true|possible|permitted|allowed|necessary|required|clear|common|ok|okay|a problem|legal|lawful)\b",
    re.IGNORECASE,
)
_OF_DOCUMENTS = frozenset(
    content(
        "sign signs signed signing execute executed countersigned witness witnessed notarized dated date drafted draft amend amended "
        "amends amendment supersede superseded expire expires expired end ends ended renew renewed renewable renewal terminate "
        "terminated termination assign assigned assignable assignment last lasts start starts commence effective govern governs "
        "governed law cover covers contain contains say says mention mentions state provide provides party parties between with about "
        "deal relate refer restrict require prohibit binding force valid stamped registered filed version title called"
    )
)


class Meaning(enum.Enum):
    """What a free pronoun stands for."""

    DOCUMENT = enum.auto()
    SUBJECT = enum.auto()


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun that stands for something outside its question.

    Attributes:
        start: 0-based offset of its first character in the question; ``end``: of the one after its last.
        plain: Whether words can take its place as they are; else it is a possessive, or points to a place.
    """

    start: int
    end: int
    meaning: Meaning
    plain: bool
    possessive: bool = False
    plural: bool = False


def find(question: str) -> Pronoun | None:
    """Return the first pronoun of a question that is not bound inside it, None when there is none."""
    for match in _FREE.finditer(question):
        before = question[: match.start()]
        owning = bool(match["its"] or match["hers"])
        if _SAYS_NOTHING.match(question, match.start()) or _bound(before, owning=owning):
            continue
        person = bool(match["person"] or match["hers"])
        meaning = Meaning.SUBJECT if person else _meaning(question, owning=owning)
        plural = match.group().casefold() in _PLURAL
        return Pronoun(match.start(), match.end(), meaning, plain=not owning, possessive=owning, plural=plural)
    pointing = _POINTING.search(question)
    if pointing is None:
        return None
    name = "first" if pointing["first"] else "last"
    there = pointing[name].casefold() == "there"
    if there and re.search(r"\b(?:is|are|was|were)\s+$", question[: pointing.start(name)], re.IGNORECASE):
        return None
    meaning = Meaning.DOCUMENT if there else _meaning(question, owning=False)
    plural = pointing[name].casefold() in _PLURAL
    return Pronoun(pointing.start(name), pointing.end(name), meaning, plain=not there, plural=plural)


def replaced(question: str, pronoun: Pronoun, words: str) -> str:
    """Return ``question`` with ``words`` in place of its pronoun."""
    words = f"{words}’s" if pronoun.possessive else words
    return f"{question[: pronoun.start]}{words}{question[pronoun.end :]}"


def _bound(before: str, *, owning: bool) -> bool:
    """Return whether what stands before a pronoun says what it stands for.

    In one clause "it" cannot be the clause's own subject: the tenant that may assign "it" assigns something else. "Its" can.
    """
    antecedents = list(_ANTECEDENT.finditer(before))
    if not antecedents:
        return False
    return owning or _CLAUSE_END.search(before, antecedents[0].end()) is not None


def _meaning(question: str, *, owning: bool) -> Meaning:
    of_documents = any(word in _OF_DOCUMENTS for word in content(question))
    return Meaning.DOCUMENT if owning or of_documents else Meaning.SUBJECT
