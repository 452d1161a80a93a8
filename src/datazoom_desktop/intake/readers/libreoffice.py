"""Old Office formats turned into present ones by LibreOffice, where it is installed: in a process of its own, without macros or network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psutil

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import ReadContext, Unreadable
from datazoom_desktop.kernel.coverage import Coverage

_FILTERS: Final = {
    detect.DOCX: ("docx", "MS Word 2007 XML"),
    detect.XLSX: ("xlsx", "Calc MS Excel 2007 XML"),
    detect.PPTX: ("pptx", "Impress MS PowerPoint 2007 XML"),
}
_PATIENCE: Final = 300.0  #: seconds that one file may take
_MEMORY: Final = 1536 << 20
_LOOK_SECONDS: Final = 0.1
_NAMES: Final = ("soffice", "libreoffice")
_USUAL_PLACES: Final = (
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/opt/libreoffice*/program/soffice",
    "/snap/bin/libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}</oor:items>
"""
#: What the profile of a conversion forbids: macros, links that are followed unasked, and a way to the network.
_FORBIDDEN: Final = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("/org.openoffice.Office.Common/Load", "UpdateDocMode", "0"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("/org.openoffice.Inet/Settings", "ooInetFTPProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetFTPProxyPort", "9"),
)


def find() -> Path | None:
    """Return where LibreOffice's program is, or None when it is not installed in any usual place."""
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return next((place for place in _places() if place.is_file()), None)


def _places() -> Iterator[Path]:
    if sys.platform == "win32":
        for variable in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)"):
            folder = os.environ.get(variable)
            if folder:
                yield Path(folder, "LibreOffice", "program", "soffice.exe")
        return
    for place in _USUAL_PLACES:
        anchor = Path(place.split("*", maxsplit=1)[0]).parent if "*" in place else None
        yield from sorted(anchor.glob(place.removeprefix(f"{anchor}/")), reverse=True) if anchor else [Path(place)]
    yield Path.home() / "Applications/LibreOffice.app/Contents/MacOS/soffice"


def convert(file: Path, suffix: str, target: str, context: ReadContext) -> Path:
    """Return a file of media type ``target`` in the job's scratch folder that says what ``file`` says.

    Args:
        file: An old document; never changed.
        suffix: The usual ending of its format, such as ".doc".
        target: ``detect.DOCX``, ``detect.XLSX`` or ``detect.PPTX``.
        context: The job's; ``check`` is called all the while, and what it raises ends the conversion.

    Raises:
        Unreadable: LibreOffice is not installed, or it could not read the file within its limits.
    """
    program = find()
    if program is None:
        raise Unreadable(
            Coverage.SKIPPED,
            f"DataZoom reads files of this kind ({suffix}) through LibreOffice, which is not installed.",
            f"Install LibreOffice (free) and read the file again, or save it as {_FILTERS[target][0].upper()} or PDF and add that.",
        )
    folder = Path(tempfile.mkdtemp(dir=context.scratch, prefix="libreoffice-"))
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    out.mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
    source = folder / f"document{suffix}"
    shutil.copyfile(file, source)
    ending, name = _FILTERS[target]
    arguments = [
        *(
            str(program),
            "--headless",
            "--nologo",
            "--nodefault",
            "--norestore",
            "--nolockcheck",
            "--nofirststartwizard",
        ),
        *(
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            f"{ending}:{name}",
            "--outdir",
            str(out),
            str(source),
        ),
    ]
    _run(arguments, folder, context.check)
    converted = out / f"document.{ending}"
    if not converted.is_file() or not converted.stat().st_size:
        raise Unreadable(
            Coverage.FAILED,
            "The file is damaged, or of a kind that LibreOffice cannot open.",
            "Open it where it was made, save it in a present format, and add that.",
        )
    return converted


def _settings() -> str:
    items = (
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, name, value in _FORBIDDEN
    )
    return _SETTINGS.format(items="".join(items))


def _run(arguments: list[str], folder: Path, check: Callable[[], None]) -> None:
    """Run LibreOffice until it is done; it and whatever it started end with this call, however that ends."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={**os.environ, "HOME": str(folder), "SAL_USE_VCLPLUGIN": "svp", "no_proxy": ""},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    try:
        until = time.monotonic() + _PATIENCE
        while process.poll() is None:
            check()
            if time.monotonic() > until:
                raise _beyond("takes longer to open than it may")
            if _held(process.pid) > _MEMORY:
                raise _beyond("needs more memory to open than it may have")
            time.sleep(_LOOK_SECONDS)
    finally:
        _end(process)


def _beyond(what: str) -> Unreadable:
    return Unreadable(
        Coverage.FAILED, f"The file {what}.", "Open it where it was made, save it in a present format, and add that."
    )


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _held(pid: int) -> int:
    """Return the memory of a process and all it started, in bytes."""
    total = 0
    for process in _family(pid):
        try:
            total += int(process.memory_info().rss)
        except psutil.Error:
            continue  # it ended meanwhile
    return total


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all it started; one that has ended already is only waited for."""
    for each in reversed(_family(process.pid)) if process.poll() is None else ():
        try:
            each.kill()
        except psutil.Error:
            continue
    process.wait()
