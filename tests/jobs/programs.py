"""A program that works through a queue and may be killed at any moment: ``python -m tests.jobs.programs FOLDER``.

Each of 40 ``first`` jobs queues a ``second`` one. Every job's effect is a row. It prints ``working`` when it begins and ``done`` when
nothing is left.
"""

from __future__ import annotations

import sys
from pathlib import Path

from datazoom_desktop.jobs.model import Job, JobKind, Payload
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.jobs.runner import Runner
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

SUBJECTS = 40


def main(folder: Path) -> None:
    """Work through the room's queue."""
    with RoomStorage.open(folder) as storage:
        queue, bus = Queue(storage.db), ChangeBus()

        def apply(tx: Cursor, job: Job, result: Payload, scratch: Path) -> Changes:
            assert len(list(scratch.iterdir())) == result["pages"]
            tx.execute("INSERT INTO effects VALUES (?, ?)", [job.kind, job.subject])
            if job.kind == "first":
                queue.enqueue(tx, "second", job.subject, job.title, {"pages": 3, "seconds": 0.03})
            return Changes.of(Topic.DOCUMENTS)

        kinds = [
            JobKind(name=name, unit="pages", where="worker", work="tests.support.work:pages", apply=apply)
            for name in ("first", "second")
        ]
        runner = Runner(storage.db, queue, kinds, bus, storage.scratch, workers=2)
        runner.start()
        print("working", flush=True)
        runner.drain()
        runner.stop()
        print("done", flush=True)


def fill(storage: RoomStorage) -> None:
    """Make the table of effects and queue the first jobs."""
    queue = Queue(storage.db)

    def work(tx: Cursor) -> None:
        tx.execute("CREATE TABLE effects (kind VARCHAR, subject VARCHAR)")
        for number in range(SUBJECTS):
            queue.enqueue(tx, "first", f"v{number}", f"v{number}.pdf", {"pages": 3, "seconds": 0.05})

    storage.db.write(work)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
