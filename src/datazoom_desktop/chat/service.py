"""Chat: ask a question of the room."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection
from typing import Any

from datazoom_desktop.chat import computed, prompt, quote, scope, written
from datazoom_desktop.chat.events import ChatEvent, Done, Quoted
from datazoom_desktop.chat.model import TABLES, Answer, AnswerStatus, Searched
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.engines.choice import Choice, none_chosen
from datazoom_desktop.engines.llm import LanguageModel, Message
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search import query
from datazoom_desktop.search.model import Hit, SearchResult
from datazoom_desktop.search.service import Search
from datazoom_desktop.tables import propose
from datazoom_desktop.tables.service import Tables

HITS = 12  #: quotes looked at for one answer
NEAREST = 3  #: passages offered when nothing was found


class Chat:
    """Answers questions about an open room; thread-safe, reads only."""

    def __init__(
        self, search: Search, documents: Documents, llm: Callable[[], Choice], tables: Tables | None = None
    ) -> None:
        """Answer from ``search``, and questions about figures from ``tables``.

        ``llm`` is asked at each question for a language model, if there is one, and why that one.
        """
        self._search = search
        self._tables = tables
        self._documents = documents
        self._llm = llm

    def ask(
        self,
        question: str,
        engine: str = "auto",
        documents: Collection[str] | None = None,
        on_event: Callable[[ChatEvent], None] | None = None,
        cancel: CancelToken | None = None,
        prefer: Collection[str] = (),
    ) -> Answer:
        """Return the answer; ``on_event`` is told of everything on the way, on this thread, ``Done`` last.

        Args:
            question: As a person asks it.
            engine: "quote" for the documents' own words, "llm" for a written answer, "auto" for whichever there is.
            documents: Ids of the only documents to look into; None for the room.
            on_event: Called with each event.
            cancel: Looked at between steps.
            prefer: Ids of documents to put first where the question names none.

        What a query of the room's sheets answers is answered by that, whatever the engine. With "auto", a language model that cannot answer (or that a budget stops) leaves the quotes, and its reason is told.

        Raises:
            Problem: The question is empty, or a written answer was asked for and cannot be had.
            Cancelled: ``cancel`` was raised.
        """
        tell = on_event or _ignore
        if not question.strip():
            raise Problem("Nothing was asked", "The question is empty.", "Write a question, then ask again.")
        choice = self._chosen(engine)
        began = time.perf_counter()
        result = self._search.search(question, HITS, documents, prefer)
        if cancel is not None:
            cancel.check()
        quoted, strength = self._quoted(question, result, documents)
        quoted = dataclasses.replace(quoted, engine_reason=choice.reason if choice is not None else "")
        quoted = self._figures(question, result, documents, quoted)
        quoted.timings_ms["total"] = (time.perf_counter() - began) * 1000.0
        if quoted.engine == TABLES:
            tell(Done(quoted))
            return quoted
        if choice is None or choice.model is None:
            tell(Done(quoted))
            return quoted
        tell(Quoted(quoted))
        try:
            proposed = self._proposed(choice.model, question, result, documents, quoted, cancel)
            answer = proposed or self._write(choice.model, question, result, quoted, strength, tell, cancel)
        except Problem as problem:
            if engine == "llm":
                raise
            reason = none_chosen(str(problem)).reason
            answer = dataclasses.replace(quoted, engine_reason=reason, timings_ms=dict(quoted.timings_ms))
        total = (time.perf_counter() - began) * 1000.0
        answer.timings_ms.update(write=total - quoted.timings_ms["total"], total=total)
        tell(Done(answer))
        return answer

    def _figures(
        self, question: str, result: SearchResult, documents: Collection[str] | None, quoted: Answer
    ) -> Answer:
        """Return what the room's sheets answer, within the documents that the question is about; else the quotes as they are.

        Where a figure may stand in cells that are read as no table, the quotes say so.
        """
        if self._tables is None:
            return quoted
        began = time.perf_counter()
        within = result.route.document_ids or documents
        found = self._tables.answer(question, within)
        missed = self._tables.missed(question, within) if found is None else None
        quoted.timings_ms["tables"] = (time.perf_counter() - began) * 1000.0
        if found is None:
            return dataclasses.replace(quoted, remarks=(missed,) if missed is not None else ())
        return computed.answer(found, quoted, self._documents.text) or quoted

    def _proposed(
        self,
        model: LanguageModel,
        question: str,
        result: SearchResult,
        documents: Collection[str] | None,
        quoted: Answer,
        cancel: CancelToken | None,
    ) -> Answer | None:
        """Return what a query of the sheets finds that the model proposes, None where it proposes none that may be run."""
        if self._tables is None:
            return None

        def ask(messages: list[Message], schema: dict[str, Any]) -> str:
            return "".join(model.chat(messages, max_tokens=propose.TOKENS, json_schema=schema, cancel=cancel))

        found = self._tables.proposed(question, result.route.document_ids or documents, ask)
        answer = None if found is None else computed.answer(found, quoted, self._documents.text)
        if answer is None:
            return None
        remark = f"{model.name} proposed the query: see that it asks what you asked."
        return dataclasses.replace(answer, remarks=(remark, *answer.remarks), text=f"{answer.text}\n{remark}")

    def _chosen(self, engine: str) -> Choice | None:
        """Return what writes the answer; None when quotes alone are asked for."""
        if engine == "quote":
            return None
        try:
            choice = self._llm()
        except Problem as problem:
            if engine == "llm":
                raise
            return none_chosen(str(problem))
        if engine == "llm" and choice.model is None:
            raise Problem(
                "There is no language model",
                f"A written answer needs a language model ({choice.reason}).",
                "Install one under Models, or ask for quotes.",
            )
        return choice

    def _quoted(self, question: str, result: SearchResult, documents: Collection[str] | None) -> tuple[Answer, float]:
        searched, where = self._looked_at(result, documents)
        strength = quote.evidence(query.essence(result.route.question), result.hits, result.evidence)
        claims = quote.claims(result.hits) if strength >= quote.THRESHOLD else ()
        answer = Answer(
            status=AnswerStatus.ANSWERED if claims else AnswerStatus.NOT_FOUND,
            question=question,
            text="\n".join(claim.text for claim in claims) if claims else scope.not_found_text(searched, where),
            claims=claims,
            searched=searched,
            engine="quote",
            scope=where,
            nearest=() if claims else tuple(quote.citation(hit) for hit in result.hits[:NEAREST]),
            timings_ms=dict(result.timings_ms),
            route=result.route,
        )
        return answer, strength

    def _write(
        self,
        model: LanguageModel,
        question: str,
        result: SearchResult,
        quoted: Answer,
        strength: float,
        tell: Callable[[ChatEvent], None],
        cancel: CancelToken | None,
    ) -> Answer:
        hits = [hit for hit in result.hits if hit.text.strip()]
        sources = prompt.pack(hits, [_name(hit) for hit in hits], model.count_tokens, model.context_tokens)
        if not sources or not quoted.claims:
            reason = none_chosen("nothing found is near enough to be worth asking a model").reason
            return dataclasses.replace(quoted, engine_reason=reason, timings_ms=dict(quoted.timings_ms))
        out = written.write(model, result.route.question, sources, tell, cancel)
        timings = dict(quoted.timings_ms)
        if out.claims and (out.found is not False or strength >= quote.STRONG):
            return dataclasses.replace(
                quoted,
                status=AnswerStatus.PARTIAL if out.withheld else AnswerStatus.ANSWERED,
                text=" ".join(claim.text for claim in out.claims),
                claims=tuple(out.claims),
                engine=model.name,
                withheld=tuple(out.withheld),
                nearest=(),
                timings_ms=timings,
            )
        if strength >= quote.STRONG:
            text = f"{scope.unworded_text(model.name)}\n{quoted.text}"
            return dataclasses.replace(quoted, text=text, withheld=tuple(out.withheld), timings_ms=timings)
        return dataclasses.replace(
            quoted,
            status=AnswerStatus.NOT_FOUND,
            text=scope.not_found_text(quoted.searched, quoted.scope),
            claims=(),
            engine=model.name,
            withheld=tuple(out.withheld),
            nearest=tuple(quote.citation(hit) for hit in hits[:NEAREST]),
            timings_ms=timings,
        )

    def _looked_at(self, result: SearchResult, documents: Collection[str] | None) -> tuple[Searched, str]:
        current = self._documents.current_versions()
        within = set(result.route.document_ids) if result.route.document_ids else documents
        versions = None if within is None else {version for version, document, _, _ in current if document in within}
        coverage = self._documents.coverage(versions)
        unreadable = tuple((row.path, row.page, row.reason) for row in self._documents.unreadable(versions))
        searched = Searched(coverage.pages, coverage.searchable, coverage.documents, unreadable)
        names = {} if within is None else scope.names(row for row in current if row[1] in within)
        return searched, scope.scope_text(list(names.values()), len({document for _, document, _, _ in current}))


def _ignore(event: ChatEvent) -> None:
    """Tell nobody."""


def _name(hit: Hit) -> str:
    """Return what a source's document is called, for the model: its file's name without the ending."""
    return hit.path.rpartition("/")[2].rpartition(".")[0] or hit.path
