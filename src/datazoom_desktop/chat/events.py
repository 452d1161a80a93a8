"""What happens while a question is answered, in order: what it takes over, quotes, then a written answer as it grows, then the end."""

from __future__ import annotations

from dataclasses import dataclass

from datazoom_desktop.chat.model import Answer, Claim


@dataclass(frozen=True, slots=True)
class Continues:
    """The question goes on from an earlier one; ``words`` say what it takes over, such as "Lease · monthly rent"."""

    words: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The documents' own words are ready; a written answer may follow."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Delta:
    """More of a sentence that is being written and not yet checked."""

    text: str


@dataclass(frozen=True, slots=True)
class ClaimChecked:
    """A sentence is complete and was checked: either a claim with its evidence or the sentence that is withheld."""

    claim: Claim | None = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The final answer."""

    answer: Answer


ChatEvent = Continues | Quoted | Delta | ClaimChecked | Done
