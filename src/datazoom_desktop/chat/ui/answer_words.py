"""What an answer says about itself, and its sentences as rich text with numbered citations. Pure."""

from __future__ import annotations

import html
from collections.abc import Sequence

from datazoom_desktop.chat.model import Answer, AnswerStatus, Citation, Claim, Searched, engine_in_words
from datazoom_desktop.chat.ui.numbering import Numbering, place_words
from datazoom_desktop.shell.theme.tokens import Tokens
from datazoom_desktop.shell.words import count, number

WITHHELD_ADDRESS = "withheld"
UNREADABLE_ADDRESS = "unreadable"
_NBSP = "\u00a0"


def claims_html(claims: Sequence[Claim], numbers: Numbering, colours: Tokens) -> str:
    """Return the sentences of an answer, each followed by the numbers of its citations as links to "cite:N"."""
    return " ".join(
        html.escape(claim.text.strip())
        + "".join(
            _NBSP + chip_html(numbers.number(citation), colours) for citation in _unique(claim.citations, numbers)
        )
        for claim in claims
    )


def chip_html(position: int, colours: Tokens) -> str:
    """Return the link of one citation's number."""
    style = f"background-color:{colours.accent_soft}; color:{colours.accent}; text-decoration:none; font-weight:600; font-size:12px;"
    return f'<a href="cite:{position}" style="{style}">{_NBSP}{position}{_NBSP}</a>'


def searched_words(searched: Searched) -> str:
    """Return what was searched, such as "Searched 1,912 of 1,930 pages in 41 documents."."""
    where = f" in {count(searched.documents, 'document')}" if searched.documents else ""
    return f"Searched {number(searched.searched)} of {count(searched.pages, 'page')}{where}."


def unreadable_words(searched: Searched) -> str:
    """Return how many pages could not be read; empty when all could."""
    return f"{count(len(searched.unreadable), 'page')} could not be read" if searched.unreadable else ""


def withheld_words(withheld: Sequence[str]) -> str:
    """Return the soft line in place of sentences that were left out; empty when none was."""
    if not withheld:
        return ""
    if len(withheld) == 1:
        return "One sentence was withheld: its source could not be verified."
    return f"{number(len(withheld))} sentences were withheld: their sources could not be verified."


def scope_words(scope: str) -> str:
    """Return which documents were searched; empty for all of them, which is told below an answer."""
    return "" if scope.startswith("Searching all") else scope.replace("Searching", "Searched", 1)


def status_words(answer: Answer) -> str:
    """Return a word of caution about how a question ended; empty for a plain answer."""
    if answer.status is not AnswerStatus.PARTIAL or answer.withheld:
        return ""
    if answer.searched.searched < answer.searched.pages:
        return "This answer may be incomplete: some pages are not searchable yet, or could not be read."
    return "This answer may be incomplete."


def engine_words(answer: Answer) -> str:
    """Return who wrote the answer, why and how long it took, such as "Written by Big in 2.1 seconds (local: chosen for answers)"."""
    who = "Looked through" if answer.status is AnswerStatus.NOT_FOUND else engine_in_words(answer.engine)
    seconds = answer.timings_ms.get("total", sum(answer.timings_ms.values())) / 1000
    why = f" ({answer.engine_reason.removeprefix('none: ').rstrip('.')})" if answer.engine_reason else ""
    return (f"{who} in {seconds:.1f} seconds" if seconds else who) + why


def preface_words(answer: Answer) -> str:
    """Return what an answer of quotes says before them, such as why there are no written sentences; empty for nothing."""
    quotes = "\n".join(claim.text for claim in answer.claims)
    return answer.text.removesuffix(quotes).strip() if answer.claims and answer.text.endswith(quotes) else ""


def plain_text(answer: Answer, claims: Sequence[Claim], numbers: Numbering) -> str:
    """Return an answer as text to paste: the sentences with numbers, then the list of citations with their quotes."""
    body = []
    used: dict[int, Citation] = {}
    for claim in claims:
        marks = [numbers.number(citation) for citation in _unique(claim.citations, numbers)]
        used |= {mark: numbers.citation(mark) for mark in marks}
        body.append(f"{claim.text.strip()} {''.join(f'[{mark}]' for mark in marks)}".strip())
    notes = [f"[{mark}] {place_words(c)}: “{' '.join(c.quote.split())}”" for mark, c in sorted(used.items())]
    return "\n".join([answer.question, "", " ".join(body) or answer.text, "", *notes]).strip()


def _unique(citations: Sequence[Citation], numbers: Numbering) -> list[Citation]:
    return list({numbers.number(citation): citation for citation in citations}.values())
