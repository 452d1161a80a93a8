"""Where the files shipped with the product are, in a checkout, an installed wheel or a frozen build."""

from __future__ import annotations

import sys
from pathlib import Path


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped resource, such as ``resource_path("models", "all-MiniLM-L6-v2")``; it may not exist."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen, "resources", *parts)
    package = Path(__file__).resolve().parents[1]
    installed = package / "_resources"
    root = installed if installed.is_dir() else package.parents[1] / "resources"
    return root.joinpath(*parts)
