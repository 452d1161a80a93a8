"""The sample room's questions: right pages, refusals, altered quotes, time; one JSON line an engine.

Quotes by default, which takes a minute. ``python -m tests.benchmarks.bench_sample_room quote llm`` adds answers written by the small
test model, which is fetched when it is not there; without a graphics card that takes some twenty minutes.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from datazoom_desktop.app.workspace import Workspace
from datazoom_desktop.engines.llama_server import LlamaServer, LlamaSettings
from tests.support.facts import Outcome, facts, open_sample_room, put
from tests.support.models import small_llm_path


def row(engine: str, workspace: Workspace) -> dict[str, object]:
    """Ask everything through one engine and sum it up."""
    asked = facts()
    began = time.monotonic()
    answered = put(workspace, asked["questions"], "quote" if engine == "quote" else "llm")
    unanswerable = put(workspace, asked["unanswerable"], "quote" if engine == "quote" else "llm")
    seconds = time.monotonic() - began
    times = [outcome.answer.timings_ms.get("total", 0.0) for outcome in answered]
    report(engine, answered, unanswerable)
    return {
        "name": f"sample room, {engine}",
        "right document and page in 3 citations": f"{sum(o.right for o in answered)} of {len(answered)}",
        "unanswerable refused": f"{sum(o.refused for o in unanswerable)} of {len(unanswerable)}",
        "answerable refused": f"{sum(o.refused for o in answered)} of {len(answered)}",
        "altered quotes": sum(len(o.altered) for o in (*answered, *unanswerable)),
        "median_ms": round(statistics.median(times)),
        "seconds": round(seconds, 1),
    }


def report(engine: str, answered: list[Outcome], unanswerable: list[Outcome]) -> None:
    """Name on stderr the questions that went wrong."""
    for outcome in answered:
        if not outcome.right:
            print(
                f"{engine} {outcome.question['id']} {'refused' if outcome.refused else 'other page'}: {outcome.question['question']}",
                file=sys.stderr,
            )
    for outcome in unanswerable:
        if not outcome.refused:
            print(f"{engine} {outcome.question['id']} answered: {outcome.question['question']}", file=sys.stderr)


def main() -> int:
    """Run the engines named on the command line."""
    engines = sys.argv[1:] or ["quote"]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        model = LlamaServer(LlamaSettings(small_llm_path(), "small", home / "llm.log")) if "llm" in engines else None
        try:
            with open_sample_room(home, model) as workspace:
                for engine in engines:
                    print(json.dumps(row(engine, workspace)), flush=True)
        finally:
            if model is not None:
                model.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
