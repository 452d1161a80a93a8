"""A gate closes only when everyone is through, and opens again whatever happens."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from datazoom_desktop.storage.gate import Gate


def test_closing_waits_for_those_inside_and_holds_up_those_who_come() -> None:
    gate = Gate()
    said: list[str] = []
    inside, leave, closing = threading.Event(), threading.Event(), threading.Event()

    def stay() -> None:
        with gate.passing():
            inside.set()
            leave.wait(10)
            with gate.passing():  # again, although somebody waits to close
                said.append("stayed")

    def close() -> None:
        inside.wait(10)
        closing.set()
        with gate.closed(), gate.passing():
            said.append("closed")

    def come() -> None:
        closing.wait(10)
        leave.set()
        with gate.passing():
            said.append("came")

    with ThreadPoolExecutor(3) as pool:
        for work in [pool.submit(one) for one in (stay, close, come)]:
            work.result(20)
    assert sorted(said) == ["came", "closed", "stayed"]
    assert said.index("stayed") < said.index("closed")


def test_nobody_closes_a_gate_from_inside() -> None:
    gate = Gate()
    with gate.passing(), pytest.raises(RuntimeError, match="from inside"), gate.closed():
        pass
    with gate.closed():
        pass


def test_a_gate_opens_again_after_an_error() -> None:
    gate = Gate()
    with pytest.raises(KeyError), gate.closed():
        raise KeyError
    with pytest.raises(KeyError), gate.passing():
        raise KeyError
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: _passes(gate)).result(10)
    with gate.closed():
        pass


def _passes(gate: Gate) -> bool:
    with gate.passing():
        return True


def test_only_one_closes_at_a_time() -> None:
    gate = Gate()
    inside = [0]

    def close() -> None:
        for _ in range(50):
            with gate.closed():
                inside[0] += 1
                assert inside[0] == 1
                inside[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        for work in [pool.submit(close) for _ in range(4)]:
            work.result(30)
