"""Chat: a question in, an answer out in which every claim opens the exact words it stands on.

``quote`` answers at once in the documents' own words and decides from the evidence whether the room answers at all; ``written``
lets a language model word the answer from numbered sources (``prompt``), and code, never the model, supplies quote, page and
verdict (``verify``) and withholds what its source does not support (``support``). ``service`` runs both and says what was searched.

Invariants: a claim never appears without a citation that was found in its document; a withheld sentence is listed as such; "not
found" names what was searched and what could not be read. Never does: write to the room, or let a model see anything but the
sources that are shown beside its answer.
"""
