"""Money: an exact decimal amount and its currency, never a binary fraction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST = Decimal(10**12)  #: more than anything here costs, and less than what databases hold
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, which is three capital letters as in ISO 4217."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        """Return it as people write it, with at least two decimals and no more than it has, such as "1,200.00 USD"."""
        return f"{plain(self.amount)} {self.currency}"


def plain(amount: Decimal) -> str:
    """Return an amount with thousands parted by commas, at least two decimals, and as many more as it really has."""
    decimals = max(2, -int(amount.normalize().as_tuple().exponent)) if amount else 2
    return f"{amount:,.{decimals}f}"


def parse_amount(text: str) -> Decimal:
    """Return the amount that a person wrote, such as "20" or "0.15".

    Raises:
        ValueError: It is no number, negative, or beyond ``MOST``.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise ValueError(f"{text!r} is not an amount")
    return amount


def parse_currency(text: str) -> str:
    """Return a currency's three capital letters.

    Raises:
        ValueError: These are not three letters.
    """
    code = text.strip().upper()
    if not _CURRENCY.match(code):
        raise ValueError(f"{text!r} is not a currency such as USD")
    return code
