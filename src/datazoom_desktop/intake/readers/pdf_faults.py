"""What MuPDF raises over a damaged file: its own errors are no ``RuntimeError``, and its bindings trip in ways of Python's as well."""

from __future__ import annotations

import struct
import zlib

import pymupdf

FAULTS: tuple[type[Exception], ...] = (
    pymupdf.mupdf.FzErrorBase,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    zlib.error,
    struct.error,
)
