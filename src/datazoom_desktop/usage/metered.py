"""A language model that cannot be asked unrecorded: every call is checked against the budgets first and written down."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datazoom_desktop.engines.choice import EngineKind, Plan, Purpose
from datazoom_desktop.engines.llm import LanguageModel, Message, Usage, estimated_tokens
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.usage.ledger import Ledger
from datazoom_desktop.usage.model import Call, Outcome, Sent, Spending
from datazoom_desktop.usage.price import Price, cost

_TOKENS_A_MESSAGE = 8  #: what a conversation's template adds to each turn, with care


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a call is for: the organization, the room (None for none) and the purpose."""

    organization: str
    room_id: str | None
    purpose: Purpose


class MeteredModel:
    """A ``LanguageModel`` with the ledger before it."""

    def __init__(
        self, model: LanguageModel, plan: Plan, ledger: Ledger, account: Account, prices: Mapping[str, Price]
    ) -> None:
        """Wrap ``model``; ``plan`` says where it runs, ``prices`` what models cost, by their server's word for them."""
        self._model = model
        self._plan = plan
        self._ledger = ledger
        self._account = account
        self._price = prices.get(plan.model)

    @property
    def name(self) -> str:
        """What people call the model."""
        return self._model.name

    @property
    def context_tokens(self) -> int:
        """How many tokens a conversation and its answer may have together."""
        return self._model.context_tokens

    @property
    def local(self) -> bool:
        """Whether nothing of the conversation leaves this machine."""
        return self._model.local

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` takes; see ``LanguageModel.count_tokens``."""
        return self._model.count_tokens(text)

    def chat(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        json_schema: Mapping[str, Any] | None = None,
        stop: Sequence[str] = (),
        cancel: CancelToken | None = None,
        passages: Sequence[str] = (),
        on_usage: Callable[[Usage], None] | None = None,
    ) -> Iterator[str]:
        """Yield the answer piece by piece; see ``LanguageModel.chat``. The call is written down when the first is asked for."""
        asked = asked_tokens(messages, json_schema)
        call = self._call(asked, max_tokens, what_is_sent(messages, passages))
        self._ledger.begin(call)
        heard = _Heard(on_usage)
        outcome, reason = Outcome.FAILED, ""
        try:
            for piece in self._model.chat(
                messages,
                max_tokens=max_tokens,
                temperature=temperature,
                json_schema=json_schema,
                stop=stop,
                cancel=cancel,
                on_usage=heard.usage_told,
            ):
                heard.piece(piece)
                yield piece
            outcome = Outcome.DONE
        except (Cancelled, GeneratorExit):
            outcome = Outcome.CANCELLED
            raise
        except Problem as problem:
            reason = problem.title
            raise
        finally:
            spending = self._taken(heard, asked, outcome)
            self._ledger.end(heard.ended(dataclasses.replace(call, spending=spending, outcome=outcome, reason=reason)))

    def _call(self, asked: int, max_tokens: int, sent: Sent) -> Call:
        """Return the call as it is begun, with the most that it may take."""
        plan, account = self._plan, self._account
        assert plan.kind is not None, "there is a model"
        return Call(
            call_id=new_id(),
            started_at=now(),
            organization=account.organization,
            room_id=account.room_id,
            purpose=account.purpose,
            kind=plan.kind,
            address=plan.address,
            model=plan.name,
            spending=Spending(asked, max_tokens, cost(plan.kind, self._price, asked, max_tokens)),
            sent=None if plan.kind is EngineKind.LOCAL else sent,
        )

    def _taken(self, heard: _Heard, asked: int, outcome: Outcome) -> Spending:
        """Return what a call took: as its server counts it, else a guess; nothing when it failed without a word."""
        assert self._plan.kind is not None, "there is a model"
        if heard.usage is not None:
            read, written = heard.usage.prompt_tokens, heard.usage.completion_tokens
        elif outcome is Outcome.FAILED and not heard.text:
            read = written = 0
        else:
            read, written = asked, estimated_tokens("".join(heard.text))
        return Spending(read, written, cost(self._plan.kind, self._price, read, written), heard.usage is not None)


class _Heard:
    """What comes of a call while it is answered."""

    def __init__(self, on_usage: Callable[[Usage], None] | None) -> None:
        self.usage: Usage | None = None
        self.text: list[str] = []
        self._on_usage = on_usage
        self._began = time.monotonic()
        self._first: float | None = None

    def piece(self, text: str) -> None:
        if self._first is None:
            self._first = time.monotonic() - self._began
        self.text.append(text)

    def usage_told(self, usage: Usage) -> None:
        self.usage = usage
        if self._on_usage is not None:
            self._on_usage(usage)

    def ended(self, call: Call) -> Call:
        """Return the call with its times."""
        seconds = time.monotonic() - self._began
        return dataclasses.replace(call, first_token_seconds=self._first, seconds=seconds)


def asked_tokens(messages: Sequence[Message], json_schema: Mapping[str, Any] | None) -> int:
    """Return a careful guess of the tokens that a model reads before it writes."""
    form = estimated_tokens(json.dumps(json_schema)) if json_schema is not None else 0
    return form + sum(estimated_tokens(message["content"]) + _TOKENS_A_MESSAGE for message in messages)


def what_is_sent(messages: Sequence[Message], passages: Sequence[str]) -> Sent:
    """Return what can be kept of a conversation that leaves the machine: enough to recognise it, nothing to read."""
    data = json.dumps(list(messages), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return Sent(hashlib.sha256(data).hexdigest(), len(data), tuple(passages))
