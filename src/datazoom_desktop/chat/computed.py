"""The engine "tables": what a query of the room's sheets found, as an answer whose claims open the very cells."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from datazoom_desktop.chat.model import TABLES, Answer, AnswerStatus, Citation, Claim, Verdict
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.tables.figures import Figure, where
from datazoom_desktop.tables.model import Cell
from datazoom_desktop.tables.service import Computed

MOST_RANGES = 8  #: citations of a claim; the last one names the ranges that are left,
LONGEST_RANGES = (
    300  #: unless that takes more characters: then the range that holds them, and the query says which of its rows
)
MOST_QUOTED = (
    1_200  #: characters of a quote: of a longer range the first cells are quoted, and the range is named whole
)
QUOTES = 2  #: of the documents' own words, beside what was computed

Text = Callable[[str, Span], str]
"""Given a version's id and a span, the version's text there."""


def answer(computed: Computed, quoted: Answer, text: Text) -> Answer | None:
    """Return what was computed as an answer; None where a cell does not stand in the room's text as it was computed with.

    Args:
        computed: What was found.
        quoted: The answer in the documents' own words, the best of which, from other documents, stand below.
        text: Gives the documents' text.
    """
    claims = [_claim(figure, text) for figure in computed.figures]
    kept = [claim for claim in claims if claim is not None]
    if len(kept) < len(claims):
        return None
    used = {figure.table.version_id for figure in computed.figures}
    elsewhere = [claim for claim in quoted.claims if not any(c.version_id in used for c in claim.citations)]
    return dataclasses.replace(
        quoted,
        status=AnswerStatus.ANSWERED,
        text="\n".join((*(claim.text for claim in kept), *computed.remarks)),
        claims=(*kept, *elsewhere[:QUOTES]),
        engine=TABLES,
        engine_reason="",
        nearest=(),
        timings_ms=dict(quoted.timings_ms),
        sql="\n\n".join(computed.sql),
        remarks=computed.remarks,
    )


def _claim(figure: Figure, text: Text) -> Claim | None:
    runs = figure.runs[:MOST_RANGES]
    citations = [_citation(figure, run, text) for run in runs]
    kept = [citation for citation in citations if citation is not None]
    if not kept or len(kept) < len(citations):
        return None
    if len(figure.runs) > MOST_RANGES:
        rest = where(figure.table.sheet, figure.runs[MOST_RANGES - 1 :])
        if len(rest) > LONGEST_RANGES:
            rest = where(figure.table.sheet, [[cell for run in figure.runs[MOST_RANGES - 1 :] for cell in run]])
        kept[-1] = dataclasses.replace(kept[-1], cells=rest)
    return Claim(figure.text, tuple(kept))


def _citation(figure: Figure, run: Sequence[Cell], text: Text) -> Citation | None:
    """Return a stretch of cells as evidence, None where the text does not hold them."""
    table, first = figure.table, run[0]
    quoted = [cell for cell in run if cell.span.end - first.span.start <= MOST_QUOTED] or [first]
    span = Span(first.span.start, quoted[-1].span.end)
    quote = text(table.version_id, span)
    for cell in quoted:
        if quote[cell.span.start - span.start : cell.span.end - span.start] != cell.text:
            return None
    return Citation(
        table.document_id,
        table.version_id,
        table.path,
        first.page,
        span,
        quote,
        Verdict.VERIFIED,
        cells=where(table.sheet, [run]),
    )
