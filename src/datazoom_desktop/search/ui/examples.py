"""The language of exact search by example: what the help shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """Something to type, and what it finds."""

    typed: str
    finds: str


GROUPS: tuple[tuple[str, tuple[Example, ...]], ...] = (
    (
        "Words",
        (
            Example("tenant consent", "both words, anywhere in a document"),
            Example('"change of control"', "these words next to each other"),
            Example("escrow OR deposit", "either of them"),
            Example("lease NOT sublease", "documents without a word"),
            Example("assign*", "assign, assigned, assignment"),
            Example("wom?n", "one letter: woman, women"),
        ),
    ),
    (
        "Near each other",
        (
            Example("terminate /5 notice", "at most five words apart"),
            Example("notice pre/5 days", "in this order"),
            Example("liable /s profits", "in one sentence"),
            Example("assign* NOT /4 consent", "where the other is not near"),
            Example('"written notice"~3', "in any order, three words among them"),
        ),
    ),
    (
        "Places",
        (
            Example("§7.2(b)", "a section"),
            Example("heading:assignment", "under a heading"),
            Example("page:1..3 rent", "on some pages only"),
            Example('term:"Change of Control"', "where a term is defined"),
            Example("amount:>=1m", "amounts: USD 1m..5m, EUR 250,000"),
            Example("when:2028", "dates: 2028-12-31, 2024..2026"),
        ),
    ),
    (
        "Documents",
        (
            Example("type:lease", "of a type"),
            Example('party:"Acme Corp"', "with a party"),
            Example("folder:commercial", "in a folder"),
            Example("date:2024..2025", "dated then"),
            Example("document:*.pdf", "by title or file name"),
        ),
    ),
)
