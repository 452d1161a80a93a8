"""The process in which llama.cpp runs: started by ``llama_server``, alone with the model's weights.

It is told what to do by one JSON line on its standard input (so that its key appears neither in its arguments nor in its
environment), tells how it stands by JSON lines on its standard output, and writes everything else to its standard error,
which is the log. Its standard input stays open as a lifeline: when it ends, the parent is gone and so is this process.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import psutil

CHILD_ARGUMENT = "--llama-child"  #: with this argument a frozen build becomes this process


def main() -> int:
    """Serve until the parent goes away; return the exit status when the model cannot be loaded."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n") as reports:
        os.dup2(2, 1)  # whatever a library prints goes to the log
        settings = json.loads(sys.stdin.buffer.readline())
        _watch_parent()
        if sys.platform != "win32":
            _watch_lifeline()
        return _serve(settings, reports)


def _serve(settings: dict[str, Any], reports: IO[str]) -> int:
    _report(reports, state="loading")
    from datazoom_desktop.engines.llama_http import LlamaHttpServer  # imported here: loads native code
    from datazoom_desktop.engines.llama_model import LoadedModel, LoadOptions, UnusableError

    options = LoadOptions(
        context_tokens=settings["context_tokens"],
        threads=settings["threads"],
        batch_tokens=settings["batch_tokens"],
        gpu_layers=settings["gpu_layers"],
        memory_bytes=settings["memory_bytes"],
    )
    try:
        model = LoadedModel(Path(settings["model"]), options)
    except UnusableError as error:
        _report(reports, state="failed", reason=str(error), remedy=error.remedy)
        return 1
    if sys.platform == "win32":
        _watch_lifeline()  # not earlier: there, loading a library waits for a read of standard input that is under way
    with LlamaHttpServer(model, settings["name"], settings["key"]) as server:
        _report(
            reports,
            state="ready",
            port=server.server_port,
            context_tokens=model.context_tokens,
            gpu_layers=model.placement.gpu_layers,
            layers=model.placement.layers,
            notice=model.placement.notice,
        )
        server.serve_forever()
    return 0


def _report(reports: IO[str], **values: object) -> None:
    reports.write(json.dumps(values) + "\n")
    reports.flush()


def _watch_lifeline() -> None:
    """End this process, at once, when its standard input ends: the parent closed it, or is gone."""

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            pass
        os._exit(0)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _watch_parent() -> None:
    """End this process soon after its parent's end, even where another process still holds the lifeline open."""
    parent = os.getppid()

    def watch() -> None:
        if sys.platform == "win32":
            psutil.Process(parent).wait()
        else:
            while os.getppid() == parent:
                time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, name="parent", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
