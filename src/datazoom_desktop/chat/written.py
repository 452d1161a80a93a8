"""The engine "llm": read a model's JSON as it is written, check each sentence as it ends, keep what holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from datazoom_desktop.chat import prompt, quote, support, verify
from datazoom_desktop.chat.events import ChatEvent, ClaimChecked, Delta
from datazoom_desktop.chat.model import Claim
from datazoom_desktop.engines.llm import LanguageModel
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.search.words import content

ENOUGH_SHARED = 0.6  #: share of a sentence's words that a source must have to be taken in place of the one named

_CLAIMS = re.compile(r'"claims"\s*:\s*\[')
_FOUND = re.compile(r'"found"\s*:\s*(true|false)')
_PARTIAL = re.compile(r'"text"\s*:\s*"((?:[^"\\]|\\.)*)$')
_QUOTED = re.compile(r"[\"“]([^\"”]{12,})[\"”]")
_DECODER = json.JSONDecoder()


@dataclass(slots=True)
class Written:
    """What a model wrote, checked.

    Attributes:
        found: What the model says: whether a source answers; None when it did not get so far.
        claims: Those that hold.
        withheld: The texts of those that do not.
    """

    found: bool | None = None
    claims: list[Claim] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)


class ClaimStream:
    """Takes JSON piece by piece and hands out each claim object once, as soon as it is complete."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self.text = ""
        self._at: int | None = None
        self._shown = 0

    @property
    def found(self) -> bool | None:
        """What the answer says so far of whether a source answers."""
        match = _FOUND.search(self.text)
        return None if match is None else match[1] == "true"

    def feed(self, piece: str) -> list[dict[str, Any]]:
        """Return the claims that ``piece`` completes."""
        self.text += piece
        if self._at is None:
            match = _CLAIMS.search(self.text)
            if match is None:
                return []
            self._at = match.end()
        out: list[dict[str, Any]] = []
        while (start := self.text.find("{", self._at)) >= 0 and not self.text[self._at : start].strip(" \t\r\n,"):
            try:
                value, self._at = _DECODER.raw_decode(self.text, start)
            except (json.JSONDecodeError, RecursionError):  # not complete yet, or nested beyond all sense
                break
            self._shown = 0
            if isinstance(value, dict):
                out.append(value)
        return out

    def draft(self) -> str:
        """Return what was added to the unfinished claim's sentence since the last call."""
        match = _PARTIAL.search(self.text, self._at or 0)
        if self._at is None or match is None:
            return ""
        try:
            said = str(json.loads(f'"{match[1]}"'))
        except json.JSONDecodeError:
            return ""
        new, self._shown = said[self._shown :], len(said)
        return new


def write(
    model: LanguageModel,
    question: str,
    sources: Sequence[prompt.Source],
    on_event: Callable[[ChatEvent], None],
    cancel: CancelToken | None = None,
) -> Written:
    """Let ``model`` answer ``question`` from ``sources``; each claim is checked, and told, as soon as it is complete.

    Raises:
        Problem: The model is not available.
        Cancelled: ``cancel`` was raised.
    """
    out, stream = Written(), ClaimStream()
    pieces = model.chat(
        prompt.messages(question, sources),
        max_tokens=prompt.ANSWER_TOKENS,
        json_schema=prompt.schema(len(sources)),
        cancel=cancel,
        passages=[source.hit.passage_id for source in sources],
    )
    for piece in pieces:
        for value in stream.feed(piece):
            _take(value, question, sources, out, on_event)
        if draft := stream.draft():
            on_event(Delta(draft))
    out.found = stream.found
    return out


def checked(text: str, number: int, question: str, sources: Sequence[prompt.Source]) -> Claim | None:
    """Return the sentence as a claim with its evidence, or None when no source bears it.

    A small model often says the right thing under the wrong number: when the source it named does not bear the sentence, the
    one that has most of the sentence's words is taken, if it does.
    """
    text = " ".join(text.split())
    named = [source for source in sources if source.number == number]
    words = set(content(text))
    if not named or not words:
        return None
    share = {s.number: len(words & set(content(s.hit.text))) / len(words) for s in sources}
    others = [s for s in sources if s.number != number and share[s.number] >= ENOUGH_SHARED]
    for source in (*named, *sorted(others, key=lambda s: -share[s.number])):
        if _bears(source, text, question):
            return Claim(text, (quote.citation(source.hit),))
    return None


def _bears(source: prompt.Source, text: str, question: str) -> bool:
    if any(verify.find(said, source.hit.text) is None for said in _QUOTED.findall(text)):
        return False
    return support.check(text, source.hit.text, f"{question} {source.name} {source.hit.heading}").ok


def _take(
    value: dict[str, Any],
    question: str,
    sources: Sequence[prompt.Source],
    out: Written,
    on_event: Callable[[ChatEvent], None],
) -> None:
    text, number = value.get("text"), value.get("source")
    if not isinstance(text, str) or not text.strip() or len(out.claims) + len(out.withheld) >= prompt.CLAIMS:
        return
    claim = checked(text, number, question, sources) if isinstance(number, int) else None
    if claim is None:
        out.withheld.append(" ".join(text.split()))
        on_event(ClaimChecked(withheld=out.withheld[-1]))
    elif claim.text not in {other.text for other in out.claims}:
        out.claims.append(claim)
        on_event(ClaimChecked(claim=claim))
