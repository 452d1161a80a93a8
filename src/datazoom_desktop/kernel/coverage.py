"""Coverage: for every page, how its text was obtained or why it was not."""

from __future__ import annotations

import enum
from typing import Final

CERTAIN: Final = 0.95
"""Share of what was recognised on a page that must be certain; below, the page is said to be read with low certainty.

Measured on degraded scans: where a page has 0.95, one word in seven is wrong.
"""


class Coverage(enum.StrEnum):
    """How a page's text was obtained, or why there is none."""

    TEXT = "text"  #: the page's own text
    OCR = "ocr"  #: read from its picture
    BLANK = "blank"  #: nothing is on it
    ENCRYPTED = "encrypted"  #: a password is needed
    FAILED = "failed"  #: could not be read, with a reason
    SKIPPED = "skipped"  #: left out on purpose, with a reason

    @property
    def readable(self) -> bool:
        """Whether whatever the page holds could be read (a blank page holds nothing, so it counts as read)."""
        return self in (Coverage.TEXT, Coverage.OCR, Coverage.BLANK)
