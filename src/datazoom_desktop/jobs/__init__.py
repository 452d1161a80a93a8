"""Jobs: the room's durable queue and the worker processes that do what may go wrong.

A job is a row of the room's database: it survives a crash of the program and is done exactly once, because what it changes in
the room and its being done are one transaction. ``model`` names the states and what a feature declares about a kind of job;
``failures`` says which class an error belongs to, in words for a person, and when to try again; ``store`` holds the SQL; ``queue``
is the door to it; ``runner`` leases jobs to threads; ``process`` keeps a child process that runs untrusted work under limits of
memory and silence, and is of use without a queue too (pages are rendered through it); ``wire`` and ``child`` are the two halves
of the conversation with that process.

Invariants: a job that is running belongs to this program, for only one program holds a room; an error ends only its own job, with
a class and a reason; a job leaves nothing in scratch; cancelling takes less than a second. What waits to be tried again says why.

It never knows what a kind of job is for, never lets a worker open the room, and never stops a thread of the window.
"""
