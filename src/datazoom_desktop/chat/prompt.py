"""What a language model is asked: a few numbered sources and one question, answered as JSON; pure.

The model names a source by its number; it never copies a quote nor names a page. That is the least a small model has to get
right, and nothing of it can be invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from datazoom_desktop.engines.llm import Message
from datazoom_desktop.search.model import Hit

ANSWER_TOKENS = 320  #: room for the answer
SOURCE_TOKENS = (
    1_100  #: most tokens of sources: beyond these, small models lose the thread and slow machines the patience
)
CLAIM_CHARS = 320
CLAIMS = 3

_SYSTEM = (
    "You answer a question from numbered sources taken from legal documents. Use only the sources. "
    "Write one to three short sentences; each names the number of the one source that says it, with its figures, dates and names "
    "exactly as the source has them. If no source answers the question, set found to false and give no claims. Reply in JSON."
)
_EXAMPLE_ASKED = (
    "Sources:\n[1] (Lease) Tenant shall pay rent of $4,000 on the first day of each month.\n"
    "[2] (Lease) Landlord may enter on two days' notice.\n\nQuestion: When is the rent due?"
)
_EXAMPLE_ANSWERED = '{"found": true, "claims": [{"source": 1, "text": "Rent is due on the first day of each month."}]}'


class Source(NamedTuple):
    """A numbered source: ``number`` is 1-based; ``name`` is what its document is called."""

    number: int
    hit: Hit
    name: str


def pack(
    hits: Sequence[Hit], names: Sequence[str], count_tokens: Callable[[str], int], context_tokens: int
) -> list[Source]:
    """Return the best hits, in order, that fit into the model's context beside the question and the answer."""
    left = min(SOURCE_TOKENS, context_tokens - ANSWER_TOKENS - 500)
    out: list[Source] = []
    for hit, name in zip(hits, names, strict=True):
        needed = count_tokens(_line(len(out) + 1, hit, name))
        if needed > left:
            continue
        left -= needed
        out.append(Source(len(out) + 1, hit, name))
    return out


def messages(question: str, sources: Sequence[Source]) -> list[Message]:
    """Return the conversation that asks ``question`` of ``sources``."""
    lines = "\n".join(_line(source.number, source.hit, source.name) for source in sources)
    return [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": _EXAMPLE_ASKED},
        {"role": "assistant", "content": _EXAMPLE_ANSWERED},
        {"role": "user", "content": f"Sources:\n{lines}\n\nQuestion: {question}"},
    ]


def schema(sources: int) -> dict[str, Any]:
    """Return the JSON schema of an answer that may cite ``sources`` sources."""
    claim = {
        "type": "object",
        "properties": {
            "source": {"type": "integer", "minimum": 1, "maximum": sources},
            "text": {"type": "string", "maxLength": CLAIM_CHARS},
        },
        "required": ["source", "text"],
    }
    return {
        "type": "object",
        "properties": {
            "found": {"type": "boolean"},
            "claims": {"type": "array", "maxItems": CLAIMS, "items": claim},
        },
        "required": ["found", "claims"],
    }


def _line(number: int, hit: Hit, name: str) -> str:
    where = f"{name}, {hit.heading.split(' > ')[-1]}" if hit.heading else name
    return f"[{number}] ({where}) {' '.join(hit.text.split())}"
