"""What an organization allows and wishes of engines, as ``organization.json`` keeps it under ``engines``; pure.

Absent or ``{}`` means: nothing leaves the machine. A part that cannot be understood is a problem, never a permission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datazoom_desktop.engines.address import checked_url
from datazoom_desktop.engines.choice import EnginePolicy, Purpose, Side, Wish
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.money import parse_amount, parse_currency
from datazoom_desktop.organizations import secrets
from datazoom_desktop.usage.price import Price

CONTEXT_TOKENS = 8192
_LEAST_CONTEXT, _MOST_CONTEXT = 1024, 10_000_000


class SettingsError(Exception):
    """Settings that cannot be understood; the text says what of them."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """The settings of engines.

    Attributes:
        remote_allowed: Whether the server may be asked.
        base_url: Its address, or None.
        model: Its word for its model.
        api_key_ref: Where its key is (see ``secrets``), empty for none; never the key itself.
        context_tokens: How long a conversation its model takes.
        prices: What models cost, by the server's word for them.
        wishes: Which engine serves a purpose, where that is not left to the router.
    """

    remote_allowed: bool = False
    base_url: str | None = None
    model: str = ""
    api_key_ref: str = ""
    context_tokens: int = CONTEXT_TOKENS
    prices: Mapping[str, Price] = field(default_factory=dict)
    wishes: Mapping[Purpose, Wish] = field(default_factory=dict)

    def policy(self) -> EnginePolicy:
        """Return what the router is told, without the key."""
        return EnginePolicy(
            self.remote_allowed, self.base_url, self.model, None, self.context_tokens, wishes=self.wishes
        )


def parse(value: object) -> EngineSettings:
    """Return the settings that JSON says.

    Raises:
        SettingsError: Something in it cannot be understood.
    """
    table = _table(value, "engines")
    allowed = table.get("remote_allowed", False)
    if not isinstance(allowed, bool):
        raise SettingsError("remote_allowed is neither true nor false")
    url = table.get("base_url")
    if url is not None:
        try:
            url = checked_url(_text(url, "base_url"))
        except Problem as problem:
            raise SettingsError(problem.message) from problem
    reference = _text(table.get("api_key_ref", ""), "api_key_ref")
    if reference and not secrets.is_reference(reference):
        raise SettingsError("api_key_ref is no reference to a key")
    context = table.get("context_tokens", CONTEXT_TOKENS)
    if isinstance(context, bool) or not isinstance(context, int) or not _LEAST_CONTEXT <= context <= _MOST_CONTEXT:
        raise SettingsError(f"context_tokens is no whole number from {_LEAST_CONTEXT:,} to {_MOST_CONTEXT:,}")
    return EngineSettings(
        remote_allowed=allowed,
        base_url=url,
        model=_text(table.get("model", ""), "model"),
        api_key_ref=reference,
        context_tokens=context,
        prices={name: _price(row, name) for name, row in _table(table.get("prices", {}), "prices").items()},
        wishes=dict(_wish(name, row) for name, row in _table(table.get("choices", {}), "choices").items()),
    )


def as_json(settings: EngineSettings) -> dict[str, object]:
    """Return the settings as JSON keeps them; ``parse`` gives them back."""
    return {
        "remote_allowed": settings.remote_allowed,
        "base_url": settings.base_url,
        "model": settings.model,
        "api_key_ref": settings.api_key_ref,
        "context_tokens": settings.context_tokens,
        "prices": {name: price_as_json(price) for name, price in sorted(settings.prices.items())},
        "choices": {
            str(purpose): {"engine": str(wish.side), "model": wish.model}
            for purpose, wish in sorted(settings.wishes.items())
        },
    }


def price_as_json(price: Price) -> dict[str, str]:
    """Return a price as JSON keeps it: amounts as text, since a number in JSON is a binary fraction to many."""
    return {"input": str(price.input), "output": str(price.output), "currency": price.currency}


def _price(value: object, model: str) -> Price:
    row = _table(value, f"the price of {model}")
    read, written, currency = (_text(row.get(key), f"{key} of {model}") for key in ("input", "output", "currency"))
    try:
        return Price(parse_amount(read), parse_amount(written), parse_currency(currency))
    except ValueError as error:
        raise SettingsError(f"the price of {model} is wrong: {error}") from error


def _wish(purpose: str, value: object) -> tuple[Purpose, Wish]:
    row = _table(value, f"the choice for {purpose}")
    try:
        side = Side(_text(row.get("engine"), f"engine for {purpose}"))
        return Purpose(purpose), Wish(side, _text(row.get("model", ""), f"model for {purpose}"))
    except ValueError as error:
        raise SettingsError(f"the choice for {purpose} is unknown ({error})") from error


def _table(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{what} is no JSON object")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{what} is missing or no text")
    return value
