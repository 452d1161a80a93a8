"""Search: a question in, ranked quotes out, each with the page and the words it stands on.

A question is two questions: which document (``query`` splits the reference off, ``routing`` matches it against the digests of
``digest``) and which passage (``rank`` fuses meaning and words, ``tighten`` cuts passages to sentences). ``service`` puts the
steps together; ``store`` is the only place with SQL.

Invariants: only versions that stand at a path and are indexed are searched; a hit's text is exactly its version's text at its
span; the same question over the same room gives the same hits. Never does: write to the room, call a language model, or hide
that only some documents were searched (the route says which, and why).
"""
