"""The window's page of the pipeline: what runs, what waits, what could not be done and why; pause, resume, cancel, try again.

Shows the queue as it stands and asks it for changes; it keeps no state of a job of its own.
"""
