"""Words that every room of the house shares, in pure Python.

Identifiers, clock, spans of text, coverage states, problems, change notices, cancellation and paths.
Nothing here opens a file of the user's, touches a database, a socket or Qt, or knows any other package.
"""
