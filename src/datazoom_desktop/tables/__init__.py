"""Tables: what the room's sheets hold as rows and columns, and questions about them answered by a query that is shown.

``grid`` turns a sheet's pages into cells, ``find`` finds the tables among them (``blocks``, ``headings``, ``columns``, ``rows``,
``values``) or says in words why there is none. ``asked`` takes a question apart, ``match`` says which of its words a table knows
(``index``, ``lexis``), ``plan`` makes a ``query`` of it by rules, or ``propose`` of a form that a language model filled in; ``store``
writes it as SQL, a database without a way out runs it, and ``figures`` says what it found and in which cells. ``service`` puts the
steps together.

Invariants: numbers are decimal, never binary fractions; dates are dates, text stays text; a row that is the sum of others is never
added up with them; what a layout does not tell is said, not guessed; a question is answered only where a table accounts for every word
of it, and by every column that fits equally well; every figure names the cells that it comes from. Tables are derived from the pages
whenever they are asked for: nothing of them is kept. Never does: write to the room, or run anything but one query that only reads.
"""
