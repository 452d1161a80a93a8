"""Readers: one module a format, each turning a file's bytes into pages, words, blocks and attachments.

A reader is handed a file whose bytes nobody vouches for: it runs in a worker process, checks sizes before it unpacks, asks
``context.check()`` between pages, opens no other file and no socket, and lets one bad page fail alone. What it cannot read at all it
says with ``intake.model.Unreadable``; it never returns less than it found without a page that says so. ``registry`` names the reader
of each media type; readers are imported when first needed.
"""
