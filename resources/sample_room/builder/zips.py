"""Rewrite an Office file's zip so that its bytes depend on nothing but its parts."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

MOMENT = (2025, 11, 3, 9, 0, 0)
WRITTEN = dt.datetime(*MOMENT, tzinfo=dt.UTC)


def settle(data: bytes) -> bytes:
    """Return the same zip with every part in order, dated `MOMENT` and with no trace of the system that wrote it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, MOMENT)
            info.create_system = 0
            info.external_attr = 0
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name), compresslevel=9)
    return out.getvalue()
