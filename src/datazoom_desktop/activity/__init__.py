"""The trail of a room: who did what, when, in a chain that shows any later change.

Invariants: a row is written in the transaction of the change it tells of, so neither exists without the other; rows are
numbered from 1 without gaps and never changed; each row's hash covers the row before it.

This package never decides what is worth recording and never shows anything.
"""
