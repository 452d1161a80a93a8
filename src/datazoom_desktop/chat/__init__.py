"""Chat: a question in, an answer out in which every claim opens the exact words it stands on.

``quote`` answers at once in the documents' own words and decides from the evidence whether the room answers at all; ``written``
lets a language model word the answer from numbered sources (``prompt``), and code, never the model, supplies quote, page and
verdict (``verify``) and withholds what its source does not support (``support``). ``computed`` answers from the room's sheets, by a
query that is shown. ``service`` runs them and says what was searched.

``conversations`` keeps what was asked and answered in the room (``conversation``, ``store``), and asks with what went before in mind:
``followup`` says what a question takes over from the turns before (``pronouns``). ``finding`` looks for words in what was kept,
``report`` says what stands in an export (``export``, ``export_docx``).

Invariants: a claim never appears without a citation that was found in its document; a withheld sentence is listed as such; "not
found" names what was searched and what could not be read. What is taken over is shown, and is only what the user asked and which
documents that was about: no word of an answer or a document. A saved citation whose document left, or has a newer version, says so;
its quote stays, being the user's work, until the conversation is deleted. Never does: write anything to the room but conversations,
or let a model see anything but the question and the sources that are shown beside its answer; where it may propose a query of the
sheets, also the headings and first rows of the tables that are near.
"""
