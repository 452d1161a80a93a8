"""Which engine serves a purpose, and the reason that is shown; addresses that may be asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datazoom_desktop.engines.address import checked_url, is_loopback
from datazoom_desktop.engines.choice import (
    OLLAMA_URL,
    EngineKind,
    EnginePolicy,
    Purpose,
    Side,
    Wish,
    kind_of,
    plan,
)
from datazoom_desktop.engines.model_store import InstalledModel
from datazoom_desktop.engines.models import Models
from datazoom_desktop.engines.router import Router
from datazoom_desktop.kernel.errors import Problem

GB = 1_000_000_000
ALLOWED = EnginePolicy(remote_allowed=True, base_url="https://example.com/v1", model="big")


def model(identifier: str, gigabytes: int) -> InstalledModel:
    name = identifier.title()
    return InstalledModel(
        identifier, name, f"{identifier}.gguf", "answers", "MIT", 9, gigabytes * GB, "0" * 64, "import"
    )


SMALL, LARGE = model("small", 1), model("large", 6)


def chosen(policy: EnginePolicy, *installed: InstalledModel, memory: int = 16, purpose: Purpose = Purpose.MEMO) -> str:
    """Return the chosen model and the reason."""
    found = plan(purpose, installed, memory * GB, policy)
    return f"{found.model}|{found.reason}"


def test_local_comes_first_and_the_largest_that_fits_is_taken() -> None:
    assert chosen(ALLOWED, LARGE, SMALL) == "large|local: the largest that fits in memory"
    assert chosen(ALLOWED, LARGE, SMALL, memory=8) == "large|local: the largest that fits in memory"
    assert chosen(ALLOWED, LARGE, SMALL, memory=7) == "small|local: the largest that fits in memory"
    assert chosen(ALLOWED, SMALL) == "small|local: the one on this machine"


def test_a_server_is_taken_only_where_it_is_allowed() -> None:
    assert chosen(EnginePolicy()) == "|none: no language model is installed"
    assert chosen(EnginePolicy(base_url="https://example.com/v1", model="big")).startswith("|none"), (
        "an address allows nothing"
    )
    assert chosen(EnginePolicy(remote_allowed=True)).startswith("|none"), "nor does a switch without an address"
    assert chosen(ALLOWED) == "big|remote: allowed by the organization; no model is installed"
    assert (
        chosen(ALLOWED, LARGE, memory=7)
        == "big|remote: allowed by the organization; no model on this machine fits its memory"
    )


def test_a_model_that_does_not_fit_is_not_taken_unasked() -> None:
    needs = "Large, the smallest here, needs 6.0 GB and this machine has 7.0 GB"
    assert chosen(EnginePolicy(), LARGE, memory=7) == f"|none: {needs}"
    asked = EnginePolicy(wishes={Purpose.MEMO: Wish(Side.LOCAL, "large")})
    assert chosen(asked, LARGE, memory=7) == "large|local: chosen for memos", (
        "its user may try: loading looks at what is free"
    )


def test_a_wish_counts_for_its_purpose_only() -> None:
    wishes = {Purpose.MEMO: Wish(Side.REMOTE, "huge"), Purpose.EXTRACTION: Wish(Side.LOCAL, "small")}
    allowed = EnginePolicy(remote_allowed=True, base_url="https://example.com/v1", model="big", wishes=wishes)
    assert chosen(allowed, LARGE, SMALL) == "huge|remote: chosen for memos and allowed by the organization"
    assert chosen(allowed, LARGE, SMALL, purpose=Purpose.EXTRACTION) == "small|local: chosen for extraction"
    assert chosen(allowed, LARGE, SMALL, purpose=Purpose.ANSWERS).startswith("large|local")


def test_a_wish_that_cannot_be_met_is_said() -> None:
    forbidden = EnginePolicy(wishes={Purpose.MEMO: Wish(Side.REMOTE)})
    said = "a server is chosen for memos, but the organization does not allow one; "
    assert chosen(forbidden, SMALL) == f"small|local: {said}the one on this machine"
    assert chosen(forbidden) == f"|none: {said}no language model is installed"
    gone = EnginePolicy(wishes={Purpose.MEMO: Wish(Side.LOCAL, "gone")})
    assert chosen(gone, SMALL) == "small|local: gone, chosen for memos, is not installed; the one on this machine"
    only_local = EnginePolicy(True, "https://example.com/v1", "big", wishes={Purpose.MEMO: Wish(Side.LOCAL)})
    assert chosen(only_local).startswith("|none"), "who wishes a local model gets no server instead"


def test_ollama_is_known_by_its_address_and_no_local_engine() -> None:
    assert kind_of(OLLAMA_URL) is EngineKind.OLLAMA
    assert kind_of("http://localhost:11434/v1") is EngineKind.OLLAMA
    assert kind_of("http://127.0.0.1:8080/v1") is EngineKind.REMOTE
    assert kind_of("http://10.0.0.5:11434/v1") is EngineKind.REMOTE, "another machine is another machine"
    assert chosen(EnginePolicy(base_url=OLLAMA_URL, model="m")).startswith("|none")
    allowed = EnginePolicy(remote_allowed=True, base_url=OLLAMA_URL, model="m")
    assert chosen(allowed) == "m|ollama: allowed by the organization; no model is installed"


@pytest.mark.parametrize(
    "address",
    ["https://example.com/v1", "http://localhost:11434/v1", "http://192.168.1.7:8080/v1", "http://[::1]:9/v1"],
)
def test_addresses_that_may_be_asked(address: str) -> None:
    assert checked_url(f" {address}/ ") == address


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://example.com/v1", "unencrypted"),
        ("http://8.8.8.8/v1", "unencrypted"),
        ("https://me:secret@example.com/v1", "name or a password"),
        ("https://example.com/v1?key=1", "behind the path"),
        ("https://example.com/v 1", "not an address"),
        ("file:///etc/passwd", "not an address"),
        ("example.com", "not an address"),
        ("https://", "not an address"),
        ("https://[::1/v1", "not an address"),
        ("https://example.com:99999/v1", "not an address"),
    ],
)
def test_addresses_that_may_not(address: str, why: str) -> None:
    with pytest.raises(Problem, match=why):
        checked_url(address)
    assert not is_loopback("https://example.com/v1")


def installed_home(home: Path) -> Models:
    for entry in (SMALL, LARGE):
        folder = home / "models" / entry.id
        folder.mkdir(parents=True)
        (folder / entry.filename).write_bytes(b"GGUF12345")
        values = {name: getattr(entry, name) for name in InstalledModel.__slots__}
        (folder / "model.json").write_text(json.dumps(values))
    return Models(home)


def test_the_router_keeps_what_it_chose_and_starts_nothing(tmp_path: Path) -> None:
    router = Router(installed_home(tmp_path), memory_bytes=16 * GB, log_folder=tmp_path)
    first = router.pick(Purpose.ANSWERS, ALLOWED)
    assert first.model is not None
    assert (first.model.name, first.model.local, first.reason) == (
        "Large",
        True,
        "local: the largest that fits in memory",
    )
    assert router.pick(Purpose.MEMO, ALLOWED).model is first.model
    wishes = {Purpose.MEMO: Wish(Side.REMOTE)}
    policy = EnginePolicy(True, "https://example.com/v1", "big", "k", wishes=wishes)
    remote = router.pick(Purpose.MEMO, policy).model
    assert remote is not None
    assert (remote.name, remote.local, remote.context_tokens) == ("big", False, 8192)
    assert router.pick(Purpose.MEMO, policy).model is remote
    fresh = EnginePolicy(True, "https://example.com/v1", "big", "another key", wishes=wishes)
    assert router.pick(Purpose.MEMO, fresh).model is not remote, "a new key is used at once"
    forbidden = EnginePolicy(False, "https://example.com/v1", "big", "k", wishes=wishes)
    assert router.pick(Purpose.MEMO, forbidden).model is first.model, "forbidding works at the next question"
    assert not (tmp_path / "llm.log").exists(), "nothing was started"
    assert "secret" not in repr(EnginePolicy(api_key="secret"))
    router.close()
