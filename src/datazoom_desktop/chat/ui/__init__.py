"""The window's ask page: conversations at the left, a question, the quotes that answer it, the written answer above, the page beside.

Nothing is shown as cited that ``chat`` did not verify; numbers of citations never change once they are on show; what a question
takes over is shown before and after it is asked, and goes by one click; a citation whose document left says so.
"""
