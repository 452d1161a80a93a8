"""Chat's SQL: saved conversations, on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from datazoom_desktop.chat.conversation import Focus, Summary, Turn, TurnText
from datazoom_desktop.chat.model import Answer, AnswerStatus, Citation, Claim, Searched, Verdict
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.storage.database import Cursor

_TURN = (
    "conversation_id, number, asked_at, question, restated, continues, bare, subject, reference, document_ids, named, status, answer, "
    "scope, pages, searched, documents, unreadable, engine, engine_reason, withheld, timings, sql, remarks"
)
_CITATION = "document_id, version_id, path, page, char_start, char_end, quote, verdict, cells"
_TABLES = ("turn_citations", "turn_claims", "turns", "conversations")


class LiveRow(NamedTuple):
    """Where a version stands in the room now, and its state."""

    document_id: str
    path: str
    version_id: str
    state: str


def add_conversation(tx: Cursor, row: Summary) -> None:
    """Register a conversation."""
    tx.execute(
        "INSERT INTO conversations VALUES (?, ?, ?, ?)",
        [row.conversation_id, row.title, row.created_at, row.changed_at],
    )


def summaries(cursor: Cursor, conversation_id: str | None = None) -> list[Summary]:
    """Return every conversation (or one), the one changed last first."""
    rows = cursor.execute(
        """
        SELECT c.conversation_id, c.title, c.created_at, c.changed_at, count(t.number) FROM conversations c
        LEFT JOIN turns t USING (conversation_id) WHERE ? IS NULL OR c.conversation_id = ?
        GROUP BY ALL ORDER BY c.changed_at DESC, c.conversation_id DESC
        """,
        [conversation_id, conversation_id],
    ).fetchall()
    return [Summary(row[0], row[1], _utc(row[2]), _utc(row[3]), row[4]) for row in rows]


def rename(tx: Cursor, conversation_id: str, title: str, at: dt.datetime) -> None:
    """Give a conversation another title."""
    tx.execute(
        "UPDATE conversations SET title = ?, changed_at = ? WHERE conversation_id = ?", [title, at, conversation_id]
    )


def touch(tx: Cursor, conversation_id: str, at: dt.datetime) -> None:
    """Note that a question was added to a conversation."""
    tx.execute("UPDATE conversations SET changed_at = ? WHERE conversation_id = ?", [at, conversation_id])


def delete(tx: Cursor, conversation_id: str) -> None:
    """Delete a conversation with everything in it."""
    for table in _TABLES:
        tx.execute(f"DELETE FROM {table} WHERE conversation_id = ?", [conversation_id])


def last_number(cursor: Cursor, conversation_id: str) -> int:
    """Return the number of a conversation's last turn, 0 when it has none."""
    row = cursor.execute("SELECT max(number) FROM turns WHERE conversation_id = ?", [conversation_id]).fetchone()
    return int(row[0] or 0) if row is not None else 0


def add_turn(tx: Cursor, turn: Turn) -> None:
    """Add a turn with its claims and citations."""
    answer, focus, searched = turn.answer, turn.focus, turn.answer.searched
    values = [
        turn.conversation_id,
        turn.number,
        turn.asked_at,
        answer.question,
        turn.restated,
        turn.continues,
        focus.question,
        focus.subject,
        focus.reference,
        list(focus.documents),
        focus.named,
        str(answer.status),
        answer.text,
        answer.scope,
        searched.pages,
        searched.searched,
        searched.documents,
        json.dumps(searched.unreadable, ensure_ascii=False),
        answer.engine,
        answer.engine_reason,
        list(answer.withheld),
        json.dumps(answer.timings_ms),
        answer.sql or None,
        list(answer.remarks) or None,
    ]
    tx.execute(f"INSERT INTO turns ({_TURN}) VALUES ({', '.join('?' * len(values))})", values)
    for claim, said in enumerate(answer.claims, 1):
        tx.execute("INSERT INTO turn_claims VALUES (?, ?, ?, ?)", [turn.conversation_id, turn.number, claim, said.text])
        _add_citations(tx, turn, claim, said.citations)
    _add_citations(tx, turn, 0, answer.nearest)


def turns(cursor: Cursor, conversation_id: str) -> list[Turn]:
    """Return a conversation's turns in order; how their citations stand today is not looked up."""
    claims: dict[int, dict[int, str]] = {}
    for turn, claim, text in cursor.execute(
        "SELECT turn, claim, text FROM turn_claims WHERE conversation_id = ? ORDER BY turn, claim", [conversation_id]
    ).fetchall():
        claims.setdefault(turn, {})[claim] = text
    cited: dict[tuple[int, int], list[Citation]] = {}
    for turn, claim, *rest in cursor.execute(
        f"SELECT turn, claim, {_CITATION} FROM turn_citations WHERE conversation_id = ? ORDER BY turn, claim, number",
        [conversation_id],
    ).fetchall():
        cited.setdefault((turn, claim), []).append(_citation(rest))
    rows = cursor.execute(
        f"SELECT {_TURN} FROM turns WHERE conversation_id = ? ORDER BY number", [conversation_id]
    ).fetchall()
    return [_turn(row, claims.get(row[1], {}), cited) for row in rows]


def focuses(cursor: Cursor, conversation_id: str) -> list[Focus]:
    """Return what each turn of a conversation was about, in order."""
    rows = cursor.execute(
        "SELECT bare, subject, reference, document_ids, named FROM turns WHERE conversation_id = ? ORDER BY number",
        [conversation_id],
    ).fetchall()
    return [Focus(row[0], row[1], row[2], tuple(row[3]), row[4]) for row in rows]


def live(cursor: Cursor, document_ids: Sequence[str]) -> list[LiveRow]:
    """Return where documents stand in the room now, by path."""
    rows = cursor.execute(
        "SELECT p.document_id, p.path, p.version_id, v.state FROM paths p JOIN versions v USING (version_id) "
        "WHERE p.document_id IN (SELECT unnest(?)) ORDER BY p.path",
        [list(document_ids)],
    ).fetchall()
    return [LiveRow(*row) for row in rows]


def matching(cursor: Cursor, needles: Sequence[str]) -> list[TurnText]:
    """Return the turns that have every one of ``needles`` (lower case, no accents), the latest first.

    Looked into are the question, the answer, its claims and the quotes of its citations.
    """
    where = " AND ".join(
        "contains(lower(strip_accents(question || ' ' || answer || ' ' || quotes)), ?)" for _ in needles
    )
    rows = cursor.execute(
        rf"""
        WITH quoted AS (
            SELECT conversation_id, turn, string_agg(quote, ' ' ORDER BY claim, number) AS quotes FROM turn_citations GROUP BY ALL
        ), texts AS (
            SELECT t.conversation_id, t.number, t.asked_at, t.question,
                regexp_replace(t.answer, '\s+', ' ', 'g') AS answer, regexp_replace(coalesce(q.quotes, ''), '\s+', ' ', 'g') AS quotes
            FROM turns t LEFT JOIN quoted q ON q.conversation_id = t.conversation_id AND q.turn = t.number
        )
        SELECT conversation_id, number, question, answer, quotes FROM texts WHERE {where} ORDER BY asked_at DESC, number DESC
        """,
        list(needles),
    ).fetchall()
    return [TurnText(*row) for row in rows]


def left_behind(cursor: Cursor, paths: Sequence[str]) -> tuple[int, int]:
    """Return how many quotes were taken at these paths from documents that stand nowhere any more, and in how many conversations."""
    row = cursor.execute(
        "SELECT count(*), count(DISTINCT conversation_id) FROM turn_citations "
        "WHERE path IN (SELECT unnest(?)) AND document_id NOT IN (SELECT document_id FROM paths)",
        [list(paths)],
    ).fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def _add_citations(tx: Cursor, turn: Turn, claim: int, citations: Sequence[Citation]) -> None:
    for number, cited in enumerate(citations, 1):
        tx.execute(
            f"INSERT INTO turn_citations (conversation_id, turn, claim, number, {_CITATION}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                turn.conversation_id,
                turn.number,
                claim,
                number,
                cited.document_id,
                cited.version_id,
                cited.path,
                cited.page,
                cited.span.start,
                cited.span.end,
                cited.quote,
                str(cited.verdict),
                cited.cells,
            ],
        )


def _citation(row: Sequence[Any]) -> Citation:
    document_id, version_id, path, page, start, end, quote, verdict, cells = row
    return Citation(document_id, version_id, path, page, Span(start, end), quote, Verdict(verdict), cells=cells)


def _turn(row: Sequence[Any], claims: dict[int, str], cited: dict[tuple[int, int], list[Citation]]) -> Turn:
    (
        conversation_id,
        number,
        asked_at,
        question,
        restated,
        continues,
        bare,
        subject,
        reference,
        documents,
        named,
        *said,
    ) = row
    (
        status,
        text,
        scope,
        pages,
        searched,
        in_scope,
        unreadable,
        engine,
        engine_reason,
        withheld,
        timings,
        sql,
        remarks,
    ) = said
    unread = tuple((path, page, reason) for path, page, reason in json.loads(unreadable))
    answer = Answer(
        status=AnswerStatus(status),
        question=question,
        text=text,
        claims=tuple(Claim(words, tuple(cited.get((number, claim), ()))) for claim, words in claims.items()),
        searched=Searched(pages, searched, in_scope, unread),
        engine=engine,
        engine_reason=engine_reason,
        scope=scope,
        withheld=tuple(withheld),
        nearest=tuple(cited.get((number, 0), ())),
        timings_ms=json.loads(timings),
        sql=sql or "",
        remarks=tuple(remarks or ()),
    )
    focus = Focus(bare, subject, reference, tuple(documents), named)
    return Turn(conversation_id, number, _utc(asked_at), restated, continues, focus, answer)


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)
