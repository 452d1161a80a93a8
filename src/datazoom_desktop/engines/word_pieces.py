"""Counting word pieces without the embedder's weights: what cutting text into passages needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

_TEXTS_AT_ONCE = 1_000  #: bounds the memory that texts full of numbers take
_MOST_WORDS = 200_000  #: remembered; a room's whole vocabulary is smaller


class WordPieces:
    """Counts as the embedder's own tokenizer does, without its two marks.

    A BERT tokenizer never joins characters over white space, so a text's count is the sum of its words' counts, and a word is looked
    up only once. Safe to use from several threads.
    """

    def __init__(self, tokenizer_json: Path) -> None:
        """Load the tokenizer's vocabulary (half a megabyte)."""
        self._tokenizer = Tokenizer.from_file(str(tokenizer_json))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._known: dict[str, int] = {}

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text."""
        counts: list[int] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            counts += self._count(texts[start : start + _TEXTS_AT_ONCE])
        return counts

    def _count(self, texts: Sequence[str]) -> list[int]:
        if len(self._known) > _MOST_WORDS:
            self._known = {}
        known = self._known  # another thread may start a new one meanwhile
        split = [text.split() for text in texts]
        new = list({word for words in split for word in words if word not in known})
        if new:
            encoded = self._tokenizer.encode_batch(new, add_special_tokens=False)
            known.update(zip(new, map(len, encoded), strict=True))
        return [sum(map(known.__getitem__, words)) for words in split]
