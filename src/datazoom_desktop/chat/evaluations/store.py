"""SQL of the room's evaluations, on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from datazoom_desktop.chat.evaluations.model import End, QuestionSet, Run
from datazoom_desktop.storage.database import Cursor

_RUN = """
    SELECT e.evaluation_id, name, engine, e.number, (SELECT count(*) FROM evaluation_outcomes o WHERE o.evaluation_id = e.evaluation_id),
           began_at, ended_at, ended, reason
    FROM evaluations e
"""


def add_run(tx: Cursor, run: Run, text: str) -> None:
    """Register a run that begins."""
    tx.execute(
        "INSERT INTO evaluations VALUES (?, ?, ?, ?, ?, ?, NULL, '', '')",
        [run.run_id, run.name, text, run.questions, run.engine, run.began_at],
    )


def end_run(tx: Cursor, run_id: str, end: End, reason: str, at: dt.datetime) -> None:
    """Say how a run ended."""
    tx.execute(
        "UPDATE evaluations SET ended_at = ?, ended = ?, reason = ? WHERE evaluation_id = ?",
        [at, str(end), reason, run_id],
    )


def reopen_run(tx: Cursor, run_id: str) -> None:
    """Say that a run goes on."""
    tx.execute("UPDATE evaluations SET ended_at = NULL, ended = '', reason = '' WHERE evaluation_id = ?", [run_id])


def add_outcome(tx: Cursor, run_id: str, number: int, outcome: Mapping[str, Any]) -> None:
    """Keep how a question (1-based place in its set) went."""
    tx.execute(
        "INSERT INTO evaluation_outcomes VALUES (?, ?, ?)", [run_id, number, json.dumps(outcome, ensure_ascii=False)]
    )


def runs(cursor: Cursor) -> list[Run]:
    """Return every run, newest first."""
    return [_run(row) for row in cursor.execute(f"{_RUN} ORDER BY began_at DESC, e.evaluation_id").fetchall()]


def run(cursor: Cursor, run_id: str) -> tuple[Run, str] | None:
    """Return a run and its set's text; None when there is none of that id."""
    row = cursor.execute(f"{_RUN} WHERE e.evaluation_id = ?", [run_id]).fetchone()
    text = cursor.execute("SELECT questions FROM evaluations WHERE evaluation_id = ?", [run_id]).fetchone()
    return (_run(row), str(text[0])) if row is not None and text is not None else None


def outcomes(cursor: Cursor, run_id: str) -> list[dict[str, Any]]:
    """Return how the questions of a run went, in the order of its set."""
    rows = cursor.execute(
        "SELECT outcome FROM evaluation_outcomes WHERE evaluation_id = ? ORDER BY number", [run_id]
    ).fetchall()
    return [json.loads(row[0]) for row in rows]


def sets(cursor: Cursor) -> list[QuestionSet]:
    """Return the sets put to the room, the text last used of each name, newest first."""
    rows = cursor.execute(
        """
        SELECT name, arg_max(questions, began_at), arg_max(number, began_at) FROM evaluations
        GROUP BY name ORDER BY max(began_at) DESC, name
        """
    ).fetchall()
    return [QuestionSet(*row) for row in rows]


def _run(row: tuple[Any, ...]) -> Run:
    run_id, name, engine, questions, answered, began_at, ended_at, ended, reason = row
    return Run(run_id, name, engine, questions, answered, began_at, ended_at, End(ended), reason)
