"""The real llama.cpp with the real 0.5B model, in its child process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from datazoom_desktop.engines.llama_server import LlamaServer, LlamaSettings
from datazoom_desktop.engines.llm import LlmState, LlmStatus, Message, Phase, Usage, estimated_tokens
from datazoom_desktop.engines.openai_client import OpenAIClient
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.errors import Problem
from tests.support.openai_server import OpenAIServer

CLAUSE = (
    "Section 9.2. Either party may terminate this Agreement for convenience upon ninety (90) days' written notice. "
)
LONG = "".join(f"Section {number}. The Supplier shall deliver item {number} to Leeds. " for number in range(1, 60))
SCHEMA = {
    "type": "object",
    "properties": {
        "answer": {"type": "string", "maxLength": 80},
        "days": {"type": "integer"},
        "kind": {"enum": ["termination", "payment"]},
    },
    "required": ["answer", "days", "kind"],
    "additionalProperties": False,
}


def turns(question: str, text: str = CLAUSE) -> list[Message]:
    return [{"role": "system", "content": f"Answer from this text: {text}"}, {"role": "user", "content": question}]


def ended(pid: int, seconds: float = 20) -> bool:
    try:
        psutil.Process(pid).wait(seconds)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


@pytest.fixture(scope="module")
def server(small_llm_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    log = tmp_path_factory.mktemp("llm") / "logs" / "llm.log"
    running = LlamaServer(LlamaSettings(small_llm_path, "Small", log, context_tokens=2048))
    running.wait_ready()
    yield running
    running.stop()
    assert running.status.state.phase is Phase.ABSENT


@pytest.fixture
def make(small_llm_path: Path, tmp_path: Path) -> Iterator[Callable[..., LlamaServer]]:
    made: list[LlamaServer] = []

    def build(model: Path = small_llm_path) -> LlamaServer:
        made.append(LlamaServer(LlamaSettings(model, "Small", tmp_path / "llm.log", context_tokens=512)))
        return made[-1]

    yield build
    for each in made:
        each.stop()


def test_it_answers_from_the_text_piece_by_piece(server: LlamaServer) -> None:
    pieces = list(server.chat(turns("How many days' notice are needed to terminate?"), max_tokens=40))
    assert "90" in "".join(pieces) or "ninety" in "".join(pieces).lower()
    assert len(pieces) > 3, "it streams"


def test_the_same_question_has_the_same_answer(server: LlamaServer) -> None:
    first, second = ("".join(server.chat(turns("Who may terminate?"), max_tokens=24)) for _ in range(2))
    assert first == second


def test_a_schema_binds_the_whole_answer(server: LlamaServer) -> None:
    answer = json.loads("".join(server.chat(turns("How many days of notice?"), max_tokens=120, json_schema=SCHEMA)))
    assert set(answer) == {"answer", "days", "kind"}
    assert isinstance(answer["days"], int)
    assert answer["kind"] in ("termination", "payment")


def test_what_an_answer_took_is_told_before_its_end(server: LlamaServer) -> None:
    told: list[Usage] = []
    answer = server.chat(turns("Who may terminate?"), max_tokens=5, on_usage=told.append, passages=("v:0",))
    assert not server.busy
    next(answer)
    assert server.busy
    list(answer)
    assert not server.busy
    assert told[0].completion_tokens == 5
    assert told[0].prompt_tokens > server.count_tokens(CLAUSE)


def test_stop_texts_and_the_limit_end_the_answer(server: LlamaServer) -> None:
    count = turns("Write the numbers from 1 to 9 in digits, separated by commas and spaces.", "numbers")
    assert "5" not in "".join(server.chat(count, max_tokens=40, stop=("5",)))
    assert server.count_tokens("".join(server.chat(count, max_tokens=4))) <= 5


def test_tokens_are_counted_exactly(server: LlamaServer) -> None:
    assert server.count_tokens("") == 0
    assert server.count_tokens("Hello") == 1
    assert server.count_tokens("<|im_end|>") > 1, "a document cannot write control tokens"
    assert server.context_tokens == 2048


def test_a_conversation_that_is_too_long_says_so(server: LlamaServer) -> None:
    with pytest.raises(Problem, match=r"room for 2048"):
        list(server.chat(turns("Why?", CLAUSE * 200), max_tokens=10))
    assert server.status.state.phase is Phase.READY


def test_a_wrong_key_is_refused_and_the_right_one_is_in_no_argument_or_variable(server: LlamaServer) -> None:
    assert server.base_url is not None
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": "guess"}):
        for method, path in (("GET", "models"), ("POST", "chat/completions"), ("POST", "tokens")):
            reply = httpx.request(method, f"{server.base_url}/{path}", headers=headers, json={}, trust_env=False)
            assert reply.status_code == 401
    client = OpenAIClient(server.base_url, model="m", name="Small", context_tokens=9, api_key="guess", local=True)
    with pytest.raises(Problem, match="did not accept the key"):
        list(client.chat(turns("Hello?"), max_tokens=1))
    with pytest.raises(Problem, match="did not accept the key"):
        client.count_tokens("x")
    client.close()
    assert server.pid is not None
    child = psutil.Process(server.pid)
    key = server._client._client.headers["Authorization"].removeprefix("Bearer ")  # type: ignore[union-attr]
    assert len(key) >= 40
    assert key not in " ".join(child.cmdline())
    assert key not in child.environ().values()
    assert {connection.laddr.ip for connection in child.net_connections()} == {"127.0.0.1"}


def test_bad_requests_are_refused_in_words(server: LlamaServer) -> None:
    client = server._client
    assert client is not None
    for body, why in (
        ({"messages": []}, "only streams"),
        ({"stream": True, "messages": []}, "messages are missing"),
        ({"stream": True, "messages": [{"role": "user"}]}, "lacks its role or content"),
        ({"stream": True, "messages": turns("x"), "response_format": {"type": "text"}}, "not a json_schema"),
    ):
        reply = client._client.post(f"{server.base_url}/chat/completions", json=body)
        assert reply.status_code == 400
        assert why in reply.json()["error"]["message"]
    assert client._client.get(f"{server.base_url}/nothing").status_code == 404
    assert client._client.post(f"{server.base_url}/tokens", content=b"[1").status_code == 400


def test_what_two_conversations_share_is_read_once(server: LlamaServer) -> None:
    def fresh_tokens(question: str) -> tuple[int, int]:
        body = {"messages": turns(question, LONG), "max_tokens": 1, "stream": True}
        assert server._client is not None
        with server._client._client.stream("POST", f"{server.base_url}/chat/completions", json=body) as reply:
            events = [json.loads(line[6:]) for line in reply.iter_lines() if line.startswith("data: {")]
        return events[-1]["usage"]["prompt_tokens"], events[-1]["timings"]["prompt_n"]

    total, fresh = fresh_tokens("What is delivered first?")
    assert total > 600
    assert fresh > 600
    total, fresh = fresh_tokens("Where is item 7 delivered?")
    assert total > 600
    assert fresh < 40


def test_cancel_is_felt_at_once_and_the_next_question_is_answered(server: LlamaServer) -> None:
    cancel = CancelToken()
    answer = server.chat(turns("Tell a long story.", "stories"), max_tokens=1500, cancel=cancel)
    assert len([next(answer) for _ in range(3)]) == 3
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(answer)
    with pytest.raises(Cancelled):
        next(server.chat(turns("Anything?"), max_tokens=1, cancel=cancel))
    reading = CancelToken()
    threading.Timer(0.2, reading.cancel).start()
    with pytest.raises(Cancelled):
        list(server.chat(turns("What is delivered last?", "Preamble. " + LONG), max_tokens=1500, cancel=reading))
    assert "".join(server.chat(turns("How many days?"), max_tokens=12))


def test_two_questions_at_once_both_get_their_answer(server: LlamaServer) -> None:
    answers: dict[str, str] = {}

    def ask(word: str) -> None:
        answers[word] = "".join(server.chat(turns(f"Repeat exactly this word: {word}", "words"), max_tokens=8))

    threads = [threading.Thread(target=ask, args=(word,)) for word in ("lease", "patent")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "lease" in answers["lease"].lower()
    assert "patent" in answers["patent"].lower()


def test_states_pass_in_order_and_a_killed_child_is_failed_with_a_reason_then_starts_again(
    make: Callable[..., LlamaServer],
) -> None:
    server = make()
    states: list[LlmState] = []
    server.status.subscribe(states.append)
    assert server.status.state.phase is Phase.ABSENT
    server.wait_ready()
    assert [state.phase for state in states] == [Phase.STARTING, Phase.LOADING, Phase.READY]
    assert states[-1].layers == 25
    pid = server.pid
    assert pid is not None
    psutil.Process(pid).kill()
    state = server.status.wait_for(frozenset({Phase.FAILED}), 20)
    assert state.phase is Phase.FAILED
    assert ("SIGKILL" if sys.platform != "win32" else "ended unexpectedly") in state.reason
    assert server.pid is None
    assert "".join(server.chat(turns("Who may terminate?"), max_tokens=8)), "the next question starts it again"
    assert server.pid not in (None, pid)
    second = server.pid
    server.restart()
    server.wait_ready()
    assert server.pid not in (None, second)
    assert second is not None
    assert ended(second)


def test_a_child_killed_while_it_answers_ends_the_answer_with_a_problem(make: Callable[..., LlamaServer]) -> None:
    server = make()
    answer = server.chat(turns("Tell a long story.", "stories"), max_tokens=400)
    next(answer)
    assert server.pid is not None
    psutil.Process(server.pid).kill()
    with pytest.raises(Problem, match="failed"):
        list(answer)


def test_a_file_that_is_no_model_fails_with_its_reason(make: Callable[..., LlamaServer], tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(4000))
    server = make(broken)
    with pytest.raises(Problem, match="cannot be loaded as a language model") as caught:
        server.wait_ready()
    assert caught.value.path is not None
    assert Path(caught.value.path).read_text(errors="replace"), "llama.cpp's own words are in the log"
    assert server.status.state.phase is Phase.FAILED


def test_a_model_that_needs_more_memory_than_is_free_is_refused_before_it_is_loaded(
    small_llm_path: Path, tmp_path: Path
) -> None:
    settings = LlamaSettings(small_llm_path, "Small", tmp_path / "llm.log", memory_bytes=1 << 50)
    server = LlamaServer(settings)
    with pytest.raises(Problem, match=r"needs 1125899\.9 GB of memory and [\d.]+ GB are free") as caught:
        server.wait_ready()
    assert "smaller model" in caught.value.remedy
    state = server.status.state
    assert (state.phase, state.remedy) == (Phase.FAILED, caught.value.remedy)
    assert "load_tensors" not in (tmp_path / "llm.log").read_text(errors="replace"), (
        "nothing of it was read into memory"
    )
    server.stop()


def test_stop_while_loading_ends_the_child(make: Callable[..., LlamaServer]) -> None:
    server = make()
    server.start()
    pid = server.pid
    assert pid is not None
    server.stop()
    assert ended(pid, 0.1)
    assert server.status.state.phase is Phase.ABSENT
    server.stop()


def test_the_child_dies_with_its_parent(small_llm_path: Path, tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from datazoom_desktop.engines.llama_server import LlamaServer, LlamaSettings
        server = LlamaServer(LlamaSettings(Path(sys.argv[1]), "Small", Path(sys.argv[2]), context_tokens=256))
        server.wait_ready()
        print(server.pid, flush=True)
        time.sleep(600)
        """
    )
    command = [sys.executable, "-c", script, str(small_llm_path), str(tmp_path / "llm.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert psutil.pid_exists(child)
        parent.kill()
    assert ended(child)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no stopped processes")
def test_a_start_that_never_gets_ready_is_given_up(make: Callable[..., LlamaServer]) -> None:
    server = make()
    server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    with pytest.raises(Problem, match="not ready after 1 seconds"):
        server.wait_ready(seconds=1)
    os.kill(server.pid, signal.SIGCONT)
    cancel = CancelToken()
    cancel.cancel()
    if server.status.state.phase is not Phase.READY:
        with pytest.raises(Cancelled):
            server.wait_ready(cancel)


def test_listeners_hear_each_change_once_and_can_leave() -> None:
    status = LlmStatus()
    heard: list[Phase] = []
    leave = status.subscribe(lambda state: heard.append(state.phase))
    status.set(LlmState(Phase.ABSENT))
    status.set(LlmState(Phase.STARTING))
    status.set(LlmState(Phase.STARTING))
    leave()
    leave()
    status.set(LlmState(Phase.READY))
    assert heard == [Phase.STARTING]
    began = time.monotonic()
    assert status.wait_for(frozenset({Phase.FAILED}), 0.05).phase is Phase.READY
    assert time.monotonic() - began >= 0.04


def test_another_make_of_server_is_understood() -> None:
    role = {"choices": [{"delta": {"role": "assistant", "content": None}}]}
    words = [{"choices": [{"delta": {"content": word}}]} for word in ("Yes", ", it is.")]
    used = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 4}}
    lies = [{"choices": [], "usage": usage} for usage in ({"prompt_tokens": -1, "completion_tokens": 4}, {}, 3)]
    lines = [
        ": comment",
        *(f"data: {json.dumps(event)}" for event in (role, *words, {"choices": []}, used, *lies)),
        "data: [DONE]\n",
    ]
    server = OpenAIServer(lines)
    client = server.client()
    told: list[Usage] = []
    answer = client.chat(
        turns("Is it?"), max_tokens=5, json_schema=SCHEMA, stop=("x",), passages=("v:7",), on_usage=told.append
    )
    assert "".join(answer) == "Yes, it is."
    assert told == [Usage(7, 4)]
    assert client.count_tokens("1234567") == 3
    assert not client.local
    (body,) = server.bodies
    assert server.keys == ["Bearer k"]
    assert (body["model"], body["max_tokens"], body["stop"], body["temperature"]) == ("big", 5, ["x"], 0.0)
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert body["stream_options"] == {"include_usage": True}
    assert "v:7" not in json.dumps(body), "what is for the ledger is not sent"
    client.close()
    server.close()


@pytest.mark.parametrize(
    ("lines", "status", "why"),
    [
        (['data: {"choices": [{"delta": {"content": "half"}}]}\n'], 200, "broke off"),
        (['data: {"error": {"message": "out of memory"}}\n'], 200, "out of memory"),
        (['{"error": {"message": "no such model"}}'], 404, "404: no such model"),
        (["<html>gateway</html>"], 502, "502: <html>"),
        (['{"error": "plain"}'], 500, "500: plain"),
        (["[" * 100_000], 500, r"500: \[\["),
        (["data: not JSON\n"], 200, "no answer of an OpenAI-compatible server"),
        (["data: [1, 2]\n"], 200, "no answer of an OpenAI-compatible server"),
        (["data: " + "[" * 100_000 + "\n"], 200, "no answer of an OpenAI-compatible server"),
        (["data: " + "x" * (5 << 20)], 200, "no answer of an OpenAI-compatible server"),
        (
            ['data: {"choices": [{"delta": 7}]}\n', 'data: {"choices": 7}\n', 'data: {"choices": [7]}\n'],
            200,
            "broke off",
        ),
    ],
)
def test_a_server_that_fails_is_a_problem_in_words(lines: list[str], status: int, why: str) -> None:
    server = OpenAIServer(lines, status)
    client = server.client()
    with pytest.raises(Problem, match=why):
        list(client.chat(turns("Is it?"), max_tokens=5))
    client.close()
    server.close()
    with pytest.raises(Problem, match="connection to Big failed"):
        list(server.client().chat(turns("Is it?"), max_tokens=5))


def test_a_server_that_never_stops_is_cut_off() -> None:
    server = OpenAIServer([f"data: {json.dumps({'choices': [{'delta': {'content': 'la ' * 30}}]})}"] * 50)
    client = server.client()
    with pytest.raises(Problem, match="at most 5 tokens and wrote on"):
        list(client.chat(turns("Sing."), max_tokens=5))
    client.close()
    server.close()


def test_a_server_that_sends_elsewhere_is_not_followed() -> None:
    other = OpenAIServer(["data: [DONE]\n"])
    address = f"http://127.0.0.1:{other.server_port}/v1"

    class Moved(OpenAIServer):
        def finish_request(self, request: Any, client_address: Any) -> None:
            request.recv(65536)
            reply = f"HTTP/1.1 307 Moved\r\nLocation: {address}/chat/completions\r\nContent-Length: 0\r\n\r\n"
            request.sendall(reply.encode())

    server = Moved([])
    client = server.client()
    with pytest.raises(Problem, match="answered 307"):
        list(client.chat(turns("Is it?"), max_tokens=5))
    assert other.bodies == []
    client.close()
    server.close()
    other.close()


def test_what_is_meant_for_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = OpenAIServer([]), OpenAIServer(["data: [DONE]\n"])
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
    client = server.client()
    assert list(client.chat(turns("Is it?"), max_tokens=5)) == []
    assert (len(server.bodies), proxy.bodies) == (1, [])
    client.close()
    server.close()
    proxy.close()


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abcdefg", 3), ("é", 1), ("契約", 3), ("a é", 2), ("\ud800", 1)]
)
def test_tokens_are_guessed_with_care(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens
