"""Follow-up questions: what a question takes over from the turns before it, and how it reads when it stands by itself; pure.

"And for how long?" asks about the subject and the documents of the turn before; "What about the deposit?" about its documents; "What
about Acme's?" about its subject. A question that names its own documents or its own subject takes over nothing. No word of an answer
is ever carried over, nor any of a document: only what the user asked, and which documents that was about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datazoom_desktop.chat.conversation import Focus
from datazoom_desktop.chat.pronouns import Meaning, Pronoun, find, replaced
from datazoom_desktop.search import query
from datazoom_desktop.search.words import content

_LEAD = re.compile(
    r"(?:(?:and|but|also|plus|so|then|ok|okay|yes)\b[\s,]*)*"
    r"(?P<about>(?:what|how) about\b|(?:the )?same (?:question )?(?:for|in|under|with)\b)?\s*",
    re.IGNORECASE,
)
_KIND = r"(?:documents?|contracts?|agreements?|leases?|ndas?|licen[cs]es?|deeds?|notes?|letters?|polic(?:y|ies)|plans?|files?)"
_OTHER = re.compile(
    rf"\b(?:the )?(?:other|another)(?: (?:ones?|{_KIND})(?:['’]s)?\b|(?=\s*[?.!]*$))|\bthe others\b(?:['’])?",
    re.IGNORECASE,
)
_EVERYWHERE = re.compile(
    rf"\b(?:(?:in |for |under |across )?(?:(?:all|any|each) (?:of )?(?:them|the {_KIND}|our {_KIND}|{_KIND})"
    r"|the (?:whole|entire) (?:data ?)?room)|everywhere(?: else)?|anywhere(?: else)?)\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    rf"\b(?:this|that|the same|the said|these|those) {_KIND}\b|\bthe (?:agreement|contract|document|file)\b",
    re.IGNORECASE,
)
_PARTY = re.compile(
    r"^(?:(?:in|for|under|with|by|of|from|to|at)\s+)?(?P<one>the ones?\s+(?:with|from|of|for|by)\s+)?(?P<the>the\s+)?"
    r"(?P<name>[^\W\d_a-z][\w&.'’-]*(?:\s+(?:(?:and|of|&|de)\s+)*[^\W\d_a-z][\w&.'’-]*)*)\s*[?.!]*$"
)
_COMPANY = re.compile(
    r"\b(?:inc|llc|llp|ltd|limited|corp|corporation|gmbh|ag|plc|sa|bv|company|bank)\b\.?", re.IGNORECASE
)
_NAME_INSIDE = re.compile(r"(?<=\S\s)[^\W\d_a-z][\w&.'’-]+")
_ASKS_WHAT_IS = re.compile(
    r"^(?:(?:what|which)\s+(?:is|are|was|were)|(?:is|are|was|were)\s+there)\s+(?:(?:the|an?|our|any)\s+)?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"^(?:(?:in|on|at|by|for|from|to|until|till|since|under|with|of)\s+)?(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were"
    r"|does|do|did|has|have|had|can|could|may|must|shall|should|will|would)\b",
    re.IGNORECASE,
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_PERIOD = (
    rf"(?:(?:the )?(?:first|second|third|fourth|last) (?:quarter|half)(?: of)?(?: (?:19|20)\d\d)?|q[1-4](?:[ /-]?(?:19|20)\d\d)?"
    rf"|fy ?(?:19|20)?\d\d|(?:{_MONTHS})(?: (?:19|20)\d\d)?|(?:19|20)\d\d)"
)
_PERIOD_ALONE = re.compile(
    rf"^(?:(?:in|for|during|by|at|as of|since|until)\s+)?(?:the (?:year|quarter|month)(?: of)?\s+)?(?P<period>{_PERIOD})\s*[?.!]*$",
    re.IGNORECASE,
)
_IN_PERIOD = re.compile(
    rf"\s*\b(?:(?:in|for|during|by|at|as of|since|until)\s+)?(?:the (?:year|quarter|month)(?: of)?\s+)?(?P<period>{_PERIOD})\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:\b(?:sections?|clauses?|articles?|paragraphs?|pages?|schedule|exhibit|annex)|§)\s*[\d.()a-z]+\b", re.IGNORECASE
)
_SAYS_LITTLE = """
    long much many often far soon late early kind sort exactly say says mention state states provide provides else more anything
    something same one ones other others another way until till during exact page pages section sections clause clauses article paragraph place places please
    tell show ok okay yes no ever only just still again well case apply applies happen happens mean means come quote word words
    document documents contract contracts agreement agreements room whole entire everywhere anywhere instead either too each
"""
_LITTLE = frozenset(content(_SAYS_LITTLE))
_DEPENDS = frozenset(
    content(
        "exception exceptions condition conditions consequence consequences reason reasons details example carve-outs"
    )
)
_LONGEST = 90  #: characters of a subject


@dataclass(frozen=True, slots=True)
class Continued:
    """What a follow-up question takes over.

    Attributes:
        question: The question as it reads by itself; what is searched for, and what a model is asked.
        subject: The subject taken over, or "".
        documents: Ids of the documents taken over; empty for none.
        only: Whether these are the only ones to be looked into; else they only come first.
        without: The documents are those to be left out.
        reference: The words by which the documents were called, or "".
    """

    question: str
    subject: str = ""
    documents: tuple[str, ...] = ()
    only: bool = False
    without: bool = False
    reference: str = ""


def _never(_words: str) -> bool:
    return False


def continued(question: str, before: Sequence[Focus], is_name: Callable[[str], bool] = _never) -> Continued | None:
    """Return what ``question`` takes over from the turns ``before`` it (oldest first); None when it stands alone.

    Args:
        question: As the user wrote it.
        before: What each earlier turn was about.
        is_name: Whether a document of the room is called by these words.
    """
    before = [focus for focus in before if focus.subject or focus.documents]
    if not before:
        return None
    last = before[-1]
    asked = _read(question, is_name)
    if asked.others:
        return _other(asked, before)
    if asked.everywhere:
        return _sure(Continued(_restated(asked, last, drop=_EVERYWHERE), last.subject)) if asked.thin else None
    if asked.period:
        return _sure(_then(last, asked.period))
    if asked.party:
        return _sure(Continued(_elsewhere(last, _called(asked.party, last.reference)), last.subject))
    if asked.reference:
        return _sure(Continued(_elsewhere(last, asked.reference), last.subject)) if asked.thin else None
    if asked.thin:
        return _sure(_here(last, _restated(asked, last), last.subject))
    if asked.pronoun is not None and (asked.pronoun.meaning is Meaning.SUBJECT or not last.documents):
        return _sure(_here(last, _restated(asked, last), last.subject))
    if asked.led or asked.back or asked.pronoun is not None:
        there = asked.back or asked.pronoun is not None or not asked.names
        return _sure(_here(last, _in_its_words(asked, last), "", only=there))
    return None


def focus_after(
    question: str, reference: str, chosen: Sequence[str], cited: Sequence[str], carried: Continued | None
) -> Focus:
    """Return what a turn was about, for the next one.

    Args:
        question: The bare question as it was searched for.
        reference: The words that named its documents, or "".
        chosen: The documents that were looked into or put first because they were named or taken over; empty for none.
        cited: The documents that the answer cites, best first.
        carried: What the turn itself took over.
    """
    question = _as_called(question, reference)
    subject = (carried.subject if carried is not None else "") or subject_of(question)
    if carried is not None and carried.documents and not carried.without:
        return Focus(question, subject, carried.reference or reference, carried.documents, named=carried.only)
    if chosen and not (carried is not None and carried.without):
        return Focus(question, subject, reference, tuple(chosen), named=True)
    return Focus(question, subject, "", tuple(cited[:1]), named=False)


def subject_of(question: str) -> str:
    """Return what a question is about, as words or else as a clause.

    "What is the monthly rent?" is about "monthly rent", "Who may terminate?" about "who may terminate".
    """
    asked = _LEAD.sub("", question.strip(), count=1).rstrip(" ?!.,;:")
    core = _ASKS_WHAT_IS.sub("", asked, count=1)
    if not _CLAUSE.match(core):
        core = query.essence(core).strip(" ?!.,;:")
    elif core[:2].istitle() or core[:1] == "I":
        core = f"{core[:1].lower()}{core[1:]}"
    if not [word for word in content(core) if word not in _LITTLE]:
        return ""
    return core if len(core) <= _LONGEST else f"{core[:_LONGEST].rsplit(' ', 1)[0]}…"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it may follow on another."""

    rest: str  #: without "and" and "what about"
    led: bool  #: it began with those
    reference: str  #: words of its own for a document, or ""
    party: str  #: a name alone, which stands for a document of it
    period: str  #: a year, quarter or month alone, of which the same is asked
    others: bool
    everywhere: bool
    back: bool  #: it speaks of "this agreement"
    pronoun: Pronoun | None
    names: bool  #: it names somebody
    thin: bool  #: it has no subject of its own


def _read(question: str, is_name: Callable[[str], bool]) -> _Asked:
    text = " ".join(question.split())
    lead = _LEAD.match(text)
    at = lead.end() if lead is not None else 0
    rest = text[at:] or text
    back = _BACK.search(rest)
    reference = "" if back else query.split(rest).reference
    others, everywhere = _OTHER.search(rest), _EVERYWHERE.search(rest)
    if others or everywhere:
        reference = ""
    period = _PERIOD_ALONE.match(rest)
    alone = at > 0 and not (reference or others or everywhere or period)
    party = _party(rest, is_name) if alone else ""
    gone = {*content(reference), *_LITTLE}
    for match in (back, others, everywhere):
        gone.update(content(match.group()) if match else ())
    left = [word for word in content(_PLACE.sub(" ", rest)) if word not in gone]
    return _Asked(
        rest,
        led=at > 0,
        reference=reference,
        party=party,
        period="" if period is None else period["period"],
        others=bool(others),
        everywhere=bool(everywhere),
        back=bool(back),
        pronoun=find(rest),
        names=bool(_NAME_INSIDE.search(rest)),
        thin=not left or all(word in _DEPENDS for word in left),
    )


def _party(rest: str, is_name: Callable[[str], bool]) -> str:
    """Return the name that is all there is left of a question, when it is somebody's; "the Purchase Price" is a term."""
    match = _PARTY.match(rest)
    if match is None:
        return ""
    name = re.sub(r"['’]s?$", "", match["name"].strip(" ."))
    owned = bool(re.search(r"['’]s?$", match["name"]))
    sure = owned or match["one"] or _COMPANY.search(name)
    return name if sure or (not match["the"] and is_name(name)) else ""


def _called(name: str, reference: str) -> str:
    """Return how a document of ``name`` is called when the one before was called ``reference``."""
    kind = _kind(reference)
    return f"the {kind} with {name}" if kind else name


def _kind(reference: str) -> str:
    """Return what kind of document a reference names, such as "lease" or "NDA"; "" when none."""
    named = query.kinds(reference)
    return "" if not named else named[-1] if named[-1].isupper() else named[-1].lower()


def _as_called(question: str, reference: str) -> str:
    """Return a bare question with the kind of its document as it was written: "the nda" where that stood for "the NDA with Tarn"."""
    kind = _kind(reference)
    return (
        re.sub(rf"\bthe {re.escape(kind)}\b", f"the {kind}", question, flags=re.IGNORECASE)
        if kind.isupper()
        else question
    )


def _elsewhere(last: Focus, reference: str) -> str:
    """Return the last question, asked of another document: in place of "the lease" in it, else after it."""
    question = last.question.rstrip(" ?!.")
    kind = _kind(last.reference)
    named = re.search(rf"\bthe {re.escape(kind)}\b", question, re.IGNORECASE) if kind else None
    if named and query.kinds(reference):
        return f"{question[: named.start()]}{reference}{question[named.end() :]}?"
    return f"{question} {'in' if query.kinds(reference) else 'for'} {reference}?"


def _then(last: Focus, period: str) -> Continued:
    """Return the last question, asked of another time: in place of the one it named, else beside it."""
    question = last.question.rstrip(" ?!.")
    named = list(_IN_PERIOD.finditer(question))
    if named:
        question = f"{question[: named[-1].start('period')]}{period}{question[named[-1].end('period') :]}?"
    else:
        question = f"{question} in {period}?"
    return _here(last, question, _IN_PERIOD.sub("", last.subject).strip())


def _other(asked: _Asked, before: Sequence[Focus]) -> Continued | None:
    last = before[-1]
    subject = last.subject if asked.thin else ""
    question = _restated(asked, last, drop=_OTHER) if asked.thin else _capital(asked.rest)
    if not last.documents:
        return _sure(Continued(question, subject))
    here = set(last.documents)
    earlier = next((f for f in reversed(before) if f.documents and f.named and not here & set(f.documents)), None)
    if earlier is not None:
        return Continued(question, subject, earlier.documents, only=True, reference=earlier.reference)
    return Continued(question, subject, last.documents, only=True, without=True)


def _here(last: Focus, question: str, subject: str, *, only: bool = True) -> Continued:
    return Continued(question, subject, last.documents, only=only and last.named, reference=last.reference)


def _sure(found: Continued) -> Continued | None:
    """Return what was taken over, None when that is nothing."""
    return found if found.subject or found.documents else None


def _restated(asked: _Asked, last: Focus, drop: re.Pattern[str] | None = None) -> str:
    """Return a question without a subject of its own, with that of the turn before."""
    if not last.subject:
        return _capital(asked.rest)
    if drop is not None:
        return last.question
    subject, pronoun = last.subject, asked.pronoun
    clause = _CLAUSE.match(subject) is not None
    if pronoun is not None and pronoun.meaning is Meaning.SUBJECT and not clause and _agree(pronoun, subject):
        return _capital(replaced(asked.rest, pronoun, _with_article(subject)))
    bare = _in_its_words(asked, last).rstrip(" ?!.")
    return f"{bare}, as to {subject if clause else _with_article(subject)}?" if bare else last.question


def _in_its_words(asked: _Asked, last: Focus) -> str:
    """Return a question about the document of the turn before, "it" as that was called."""
    kind, pronoun = _kind(last.reference), asked.pronoun
    meant = pronoun is not None and pronoun.plain and not pronoun.plural and pronoun.meaning is Meaning.DOCUMENT
    if pronoun is not None and meant and kind and last.named:
        return _capital(replaced(asked.rest, pronoun, f"the {kind}"))
    return _capital(asked.rest)


def _agree(pronoun: Pronoun, subject: str) -> bool:
    """Return whether a pronoun can stand for a subject by its number: "they" are not the rent."""
    last = subject.rsplit(maxsplit=1)[-1].casefold()
    return pronoun.possessive or pronoun.plural == (last.endswith("s") and not last.endswith("ss"))


def _with_article(subject: str) -> str:
    return (
        subject
        if re.match(r"(?:the|an?|our|its|their|any|no|all|every)\b", subject, re.IGNORECASE)
        else f"the {subject}"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
