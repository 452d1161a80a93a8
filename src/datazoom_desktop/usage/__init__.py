"""Usage: the ledger of every call of a language model, and the budgets that stop a call before it is made.

``metered`` wraps a model so that nothing asks it unrecorded; ``ledger`` keeps one row a call; ``price`` and ``budget`` hold the
rules, pure; ``store`` holds the SQL. The ledger belongs to an organization and spans its rooms, so it is a database of its own,
``usage.duckdb`` in the organization's folder. Only one process may hold a DuckDB file, while the window and the command line may
work on different rooms side by side; so nobody keeps it open: each step takes a file lock, opens, does one transaction and closes.
That costs some 50 ms beside a call of seconds, and in return there is one truth to add up, which a spool of lines still to be
merged would not be, so that a budget counts what the other process has just begun.

Invariants: a call's row, with what it may cost at most, is written in the transaction that finds the budgets unbroken, before
anything is sent, so that two processes cannot spend one remainder twice and a killed program leaves its trace; the row then gets
what the call really took. Money is ``Decimal``. Times and periods are UTC. Of what was sent elsewhere there is a hash, its size and
the ids of the passages, never a word: the ledger is read beside other rooms.

This package never chooses an engine, and knows rooms by their ids only.
"""
