"""Letters as they are compared: compatibility forms as plain letters, accents gone."""

from __future__ import annotations

import unicodedata


def unaccented(text: str) -> str:
    """Return ``text`` with ligatures and wide forms as plain letters and without accents; its length is not preserved."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
