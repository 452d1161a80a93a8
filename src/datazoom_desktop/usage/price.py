"""What a call costs: exact arithmetic on tokens and prices; pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from datazoom_desktop.engines.choice import EngineKind
from datazoom_desktop.kernel.money import Money

_MILLION = Decimal(1_000_000)
_STEP = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Price:
    """What a model's server asks: ``input`` and ``output`` are for a million tokens read and written."""

    input: Decimal
    output: Decimal
    currency: str


def cost(kind: EngineKind, price: Price | None, prompt_tokens: int, completion_tokens: int) -> Money | None:
    """Return what a call costs, to a billionth; None when its model has no price, so that nobody knows.

    What runs on this machine costs nothing; Ollama may be given a price, since it can pass a call on to servers of its own.
    """
    if kind is EngineKind.LOCAL or (kind is EngineKind.OLLAMA and price is None):
        return Money(Decimal(0), "")
    if price is None:
        return None
    amount = (price.input * prompt_tokens + price.output * completion_tokens) / _MILLION
    return Money(amount.quantize(_STEP), price.currency)
