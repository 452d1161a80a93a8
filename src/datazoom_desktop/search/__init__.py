"""Search: a question in, ranked quotes out, each with the page and the words it stands on.

A question is two questions: which document (``query`` splits the reference off, ``routing`` matches it against the digests of
``digest``) and which passage (``rank`` fuses meaning and words, ``tighten`` cuts passages to sentences). ``service`` puts the
steps together; ``store`` is the only place with SQL.

The clause library (``clauses``; ``clause_file`` reads its files) says what kinds of clauses there are and how they are drafted;
``clause_match`` and ``clause_vectors`` tell by words and by meaning which of them a question asks for, ``clause_choice`` by both.

Exact search stands beside it: ``parser`` reads what was typed (``lexer``, ``expression``), ``plan`` says what to ask the database
(``patterns``) and what to look for in the text (``finders``; ``fact_finders``: ``amounts``, ``written_dates``, ``sections``,
``terms``), ``evaluate`` says where it holds, ``exact`` hands out the places. ``ui`` is its page: both ways to search, behind one field.

Invariants: only versions that stand at a path and are indexed, or for exact search at least read, are searched; a hit's text is exactly its version's text at its
span; the same question over the same room gives the same hits. Never does: write to the room, call a language model, or hide
that only some documents were searched (the route says which, and why).
"""
