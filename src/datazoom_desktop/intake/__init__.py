"""Intake: takes files into the room and turns their bytes into pages and passages, losing nothing silently.

A scan registers what stands in a folder; each new version is then read page by page in a worker process (``readers/``, one per
format), cut into passages, and indexed. Every page ends in a coverage state with a reason. A file can only fail alone: readers
run in worker processes with limits on time and memory, and what they return is stored in one transaction, so a version is either
not read, read, or searchable - never half of one. Readers never open the room and never touch the network.
"""
