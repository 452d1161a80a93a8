"""Intake: takes files into the room and turns their bytes into pages and passages, losing nothing silently.

A scan registers what stands in a folder; each new version is then read page by page in a worker process (``readers/``, one per
format), cut into passages, and indexed. Every page ends in a coverage state with a reason. A file can only fail alone: readers
run in worker processes with limits on time and memory, and what they return is stored in one transaction, so a version is either
not read, read, or searchable - never half of one. Readers never open the room and never touch the network.

A folder that was taken in is a *source*. Looked through again (added again, or watched), what is new or changed in it is taken in; what
moved or was renamed within it keeps its document, its history and what is attached to it; what is gone from it goes to the room's
*trash*. Only a file whose folder could be looked through counts as gone: a source that is missing, empty all of a sudden, or on a drive
that is not connected loses nothing, and says so. Another folder never takes anything from the first, whatever its files are called.

Whatever leaves the room (gone from its folder, or removed by the user) leaves the index at once, and with its last path everything
derived from it: pages, passages, vectors, word index, pictures, jobs, of all its versions and of what was attached to it. Its original
bytes stay in the trash, from which it can be restored, until the trash is emptied. What the user removed by hand does not come back by
itself when its folder is looked through again, under whatever name; other bytes at its path do.
"""
