"""A whole local session, in every process it starts, opens no socket."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.deal import make_deal

_HOOK = """
import os, sys

def watch(event, args):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        address = args[1] if event in ("socket.connect", "socket.bind") else args[:2]
        if isinstance(address, (str, bytes)) and event != "socket.getaddrinfo":
            return  # a socket of this machine's file system, such as the pipe to a worker
        if event == "socket.bind" and address == ("::1", 0):
            return  # urllib3, which LanceDB loads, looks whether the machine knows IPv6 and lets go at once; nobody listens
        with open(os.environ["SOCKET_LOG"], "a", encoding="utf-8") as log:
            log.write(f"{event} {args[1:]} {sys.argv[:3]}\\n")

sys.addaudithook(watch)
with open(os.environ["SOCKET_LOG"] + ".processes", "a", encoding="utf-8") as log:
    log.write(f"{sys.argv[:1]}\\n")
"""


def datazoom(home: Path, environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "datazoom_desktop", "--home", str(home), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def test_a_local_session_opens_no_socket(tmp_path: Path) -> None:
    hooks, log = tmp_path / "hooks", tmp_path / "sockets.log"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(_HOOK)
    environment = {**os.environ, "PYTHONPATH": str(hooks), "SOCKET_LOG": str(log)}
    make_deal(tmp_path / "deal", copies=1)
    home = tmp_path / "home"
    datazoom(home, environment, "room", "create", "Deal")
    datazoom(home, environment, "ingest", "Deal", str(tmp_path / "deal"))
    assert datazoom(home, environment, "search", "Deal", "notice before renewal")
    assert datazoom(home, environment, "ask", "Deal", "How many days' notice before renewal?")
    for words in (("models", "list"), ("engines", "show"), ("status", "Deal"), ("usage",)):
        assert datazoom(home, environment, *words), "an engine that may not be asked is not even looked for"
    processes = (tmp_path / "sockets.log.processes").read_text().splitlines()
    assert len(processes) >= 6, "the hook was not loaded in the workers"
    assert not log.exists(), log.read_text()
