"""What an answer from sheets says about how it was computed, as rich text with the query folded away, and as text to paste. Pure."""

from __future__ import annotations

import html

from datazoom_desktop.chat.model import Answer, engine_in_words
from datazoom_desktop.chat.ui.numbering import place_words
from datazoom_desktop.shell.theme.tokens import Tokens

QUERY_ADDRESS = "query"
_MOST_PLACES = 3


def computed_words(answer: Answer) -> str:
    """Return where an answer's figures come from, such as "Computed from Statements.xlsx, Income!D6."; empty when nowhere."""
    places = list(dict.fromkeys(place_words(c) for claim in answer.computed for c in claim.citations))
    if not places:
        return ""
    more = f" and {len(places) - _MOST_PLACES:,} more" if len(places) > _MOST_PLACES else ""
    return f"Computed from {'; '.join(places[:_MOST_PLACES])}{more}."


def computed_html(answer: Answer, colours: Tokens, *, opened: bool) -> str:
    """Return those words with what is to be known beside them, and the query: a link to it, or, when ``opened``, itself."""
    lines = [html.escape(line) for line in (computed_words(answer), *answer.remarks)]
    if opened:
        shown = html.escape(answer.sql).replace("\n", "<br>")
        lines.append(f'<span style="font-family:monospace; font-size:12px; color:{colours.ink}">{shown}</span>')
    elif answer.sql:
        lines[0] += f' <a href="{QUERY_ADDRESS}" style="color:{colours.accent}">Show the query</a>'
    return f'<div style="color:{colours.ink_soft}; font-size:13px;">{"<br>".join(lines)}</div>'


def computed_text(answer: Answer) -> str:
    """Return the same as text to paste, the query included; empty for an answer that was not computed."""
    if not answer.computed:
        return ""
    return "\n".join((computed_words(answer), *answer.remarks, "", answer.sql)).strip()


def took_words(answer: Answer) -> str:
    """Return who gave a computed answer and how long it took, such as "Computed from the sheets in 0.2 seconds"."""
    seconds = answer.timings_ms.get("total", 0.0) / 1000
    who = engine_in_words(answer.engine)
    return f"{who} in {seconds:.1f} seconds" if seconds else who
