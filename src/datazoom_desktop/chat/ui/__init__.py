"""The window's ask page: a question, the quotes that answer it, the written answer above them, and the page beside them.

Nothing is shown as cited that ``chat`` did not verify; numbers of citations never change once they are on show.
"""
