"""Pictures of pages for the viewer, drawn in a worker process: a page that crashes the renderer costs a picture, not the app."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.jobs.model import WorkContext, WorkerFailure
from datazoom_desktop.jobs.process import WorkerProcess
from datazoom_desktop.kernel.errors import Problem

_MAX_PIXELS = 24_000_000
_MEMORY = 2 << 30
_SILENCE_SECONDS = 30.0
_WORK = "datazoom_desktop.documents.render:draw"


class PageRenderer:
    """Draws pages of documents that have a page size, and keeps the pictures among the room's previews."""

    def __init__(self, documents: Documents, previews: Path, logs: Path) -> None:
        """Serve an open room; ``previews`` is its folder of derived pictures, ``logs`` the worker's."""
        self._documents = documents
        self._previews = previews
        self._process = WorkerProcess(logs)
        self._lock = threading.Lock()

    def picture(self, version_id: str, page: int, scale: float, passwords: tuple[str, ...] = ()) -> Path:
        """Return a PNG of a page (1-based) at ``scale`` pixels a point; blocks, so never call it on the window's thread.

        Raises:
            Problem: The page cannot be drawn.
        """
        file = self._previews / version_id / f"{page}@{round(scale * 100)}.png"
        if file.exists():
            return file
        payload = {
            "file": str(self._documents.original(version_id)),
            "page": page,
            "scale": scale,
            "passwords": list(passwords),
        }
        with self._lock:
            scratch = Path(tempfile.mkdtemp(dir=self._previews))
            try:
                self._process.call(
                    _WORK, payload, scratch=scratch, memory_bytes=_MEMORY, silence_seconds=_SILENCE_SECONDS
                )
                file.parent.mkdir(parents=True, exist_ok=True)
                (scratch / "page.png").replace(file)
            except WorkerFailure as failed:
                reason = failed.failure.reason
                raise Problem(
                    "This page cannot be shown", reason, "Its text can still be searched and read."
                ) from failed
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        return file

    def close(self) -> None:
        """End the worker process."""
        self._process.close()


def draw(payload: Mapping[str, Any], context: WorkContext) -> dict[str, Any]:
    """Worker: draw one page of a PDF or an image to ``scratch/page.png``; at most 24 megapixels."""
    import pymupdf

    file = Path(payload["file"])
    with file.open("rb") as stream:
        is_pdf = b"%PDF-" in stream.read(1024)
    if not is_pdf:
        return {"scale": _draw_picture(file, payload["page"], float(payload["scale"]), context.scratch / "page.png")}
    with pymupdf.open(file) as document:
        if document.needs_pass:
            for password in ("", *payload["passwords"]):
                if document.authenticate(password):
                    break
        page = document[payload["page"] - 1]
        scale = float(payload["scale"])
        pixels = page.rect.width * page.rect.height * scale * scale
        if pixels > _MAX_PIXELS:
            scale *= (_MAX_PIXELS / pixels) ** 0.5
        page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False).save(context.scratch / "page.png")
    return {"scale": scale}


def _draw_picture(file: Path, page: int, scale: float, out: Path) -> float:
    """Draw a page of a picture file as its reader saw it, at ``scale`` pixels a point; return the scale it was drawn at."""
    from PIL import Image

    from datazoom_desktop.documents.pictures import frame_of, opened

    with opened(file) as picture:
        frame = frame_of(picture, page, _MAX_PIXELS, partly=True)
    scale = min(scale, (_MAX_PIXELS / max(frame.width * frame.height, 1.0)) ** 0.5)
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    frame.picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0).save(out)
    return scale
