"""The frame of the window: everything that is the same whatever a page shows.

Theme, icons, navigation, commands, background operations, one surface for messages, page states, the table kit, drop target,
status line. Pages of other packages are handed a ``Desk`` and talk to the user through it.

Invariants: the window's thread never waits for work (``operations``); a result that is no longer wanted is dropped; a
``Problem`` is shown once, in one place; colours come from ``theme.tokens`` by role. The shell knows no room, document or
answer: it never imports a feature.
"""
