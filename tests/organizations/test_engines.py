"""What an organization allows of engines, on disk, and where its keys are."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from datazoom_desktop.engines.choice import Purpose, Side, Wish
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations import secrets
from datazoom_desktop.organizations.engine_settings import EngineSettings, SettingsError, as_json, parse
from datazoom_desktop.organizations.engines import Engines
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.usage.price import Price
from tests.support.keyring_memory import MemoryKeyring

URL = "https://example.com/v1"
FULL = EngineSettings(
    remote_allowed=True,
    base_url=URL,
    model="big",
    api_key_ref="env:BIG_KEY",
    context_tokens=32_000,
    prices={"big": Price(Decimal("0.15"), Decimal("0.6"), "USD")},
    wishes={Purpose.MEMO: Wish(Side.REMOTE, "huge"), Purpose.ANSWERS: Wish(Side.LOCAL)},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Rooms(tmp_path).folder


@pytest.fixture
def engines(folder: Path) -> Engines:
    return Engines(folder)


def test_nothing_is_allowed_until_someone_allows_it(engines: Engines) -> None:
    assert engines.read() == EngineSettings()
    assert not engines.read().policy().remote_allowed


def test_settings_survive_the_file_and_the_rest_of_it_stays(engines: Engines, folder: Path) -> None:
    assert parse(json.loads(json.dumps(as_json(FULL)))) == FULL
    engines.allow(URL, "big")
    content = json.loads((folder / "organization.json").read_text())
    assert (content["organization_id"], content["name"]) == ("personal", "Personal")
    assert Rooms(folder.parents[1]).create("Blue").name == "Blue"
    assert engines.read().remote_allowed


def test_a_server_needs_an_address_and_a_model(engines: Engines) -> None:
    with pytest.raises(Problem, match="No server is known"):
        engines.allow()
    with pytest.raises(Problem, match="which model"):
        engines.allow(URL)
    with pytest.raises(Problem, match="unencrypted"):
        engines.allow("http://example.com/v1", "big")
    assert engines.read() == EngineSettings(), "a refused change changes nothing"


def test_forbidding_keeps_the_address_and_forgetting_does_not(engines: Engines) -> None:
    engines.allow(URL, "big", context_tokens=9000)
    forbidden = engines.forbid()
    assert (forbidden.remote_allowed, forbidden.base_url, forbidden.model) == (False, URL, "big")
    assert engines.allow().context_tokens == 9000
    gone = engines.forbid(forget=True)
    assert (gone.remote_allowed, gone.base_url, gone.model) == (False, None, "")


def test_a_key_is_never_sent_to_another_address(engines: Engines, ring: MemoryKeyring) -> None:
    reference = secrets.keep("the key", "engine")
    engines.allow(URL, "big", api_key_ref=reference)
    assert secrets.look_up(engines.read().api_key_ref) == "the key"
    assert engines.allow(URL, "other").api_key_ref == reference, "another model of the same server needs the same key"
    moved = engines.allow("https://elsewhere.example/v1", "big")
    assert moved.api_key_ref == ""
    assert ring.kept == {}, "and the keyring has forgotten it"


def test_a_key_is_in_the_keyring_and_in_no_file(engines: Engines, folder: Path, ring: MemoryKeyring) -> None:
    engines.allow(URL, "big", api_key_ref=secrets.keep("s3cret", "engine"))
    assert list(ring.kept.values()) == ["s3cret"]
    assert not any(b"s3cret" in file.read_bytes() for file in folder.rglob("*") if file.is_file())
    engines.forbid(forget=True)
    assert ring.kept == {}
    secrets.forget("keyring:gone")


def test_a_keyring_that_cannot_be_used_is_told(ring: MemoryKeyring) -> None:
    ring.forgetful = True
    with pytest.raises(Problem, match="does not keep what it is given"):
        secrets.keep("key", "engine")
    ring.locked = True
    with pytest.raises(Problem, match="it is locked"):
        secrets.keep("key", "engine")
    with pytest.raises(Problem, match="it is locked"):
        secrets.look_up("keyring:x")


def test_a_key_may_stand_in_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = secrets.of_variable("BIG_KEY")
    monkeypatch.setenv("BIG_KEY", "k")
    assert secrets.look_up(reference) == "k"
    monkeypatch.delenv("BIG_KEY")
    with pytest.raises(Problem, match="not in the environment variable BIG_KEY"):
        secrets.look_up(reference)


def test_wishes_and_prices_come_and_go(engines: Engines) -> None:
    engines.choose(Purpose.MEMO, Wish(Side.REMOTE, "huge"))
    engines.choose(Purpose.ANSWERS, Wish(Side.LOCAL))
    price = Price(Decimal("0.1"), Decimal("0.2"), "EUR")
    assert engines.set_price("huge", price).prices == {"huge": price}
    assert engines.read().wishes == {Purpose.MEMO: Wish(Side.REMOTE, "huge"), Purpose.ANSWERS: Wish(Side.LOCAL)}
    assert engines.choose(Purpose.MEMO, Wish()).wishes == {Purpose.ANSWERS: Wish(Side.LOCAL)}
    assert engines.set_price("huge", None).prices == {}


@pytest.mark.parametrize(
    ("engines_part", "why"),
    [
        ({"remote_allowed": "yes"}, "neither true nor false"),
        ({"remote_allowed": 1}, "neither true nor false"),
        ({"base_url": "http://example.com"}, "unencrypted"),
        ({"base_url": 7}, "base_url"),
        ({"api_key_ref": "sk-the-key-itself"}, "no reference"),
        ({"context_tokens": True}, "context_tokens"),
        ({"context_tokens": 3}, "context_tokens"),
        ({"prices": {"big": {"input": 0.1, "output": "1", "currency": "USD"}}}, "input of big"),
        ({"prices": {"big": {"input": "0.1", "output": "-1", "currency": "USD"}}}, "price of big is wrong"),
        ({"choices": {"poems": {"engine": "local"}}}, "choice for poems"),
        ({"choices": {"memo": {"engine": "cloud"}}}, "choice for memo"),
        ([], "no JSON object"),
    ],
)
def test_what_cannot_be_understood_allows_nothing(engines: Engines, folder: Path, engines_part: Any, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        parse(engines_part)
    file = folder / "organization.json"
    file.write_text(json.dumps({"engines": engines_part}))
    with pytest.raises(Problem, match="no language model is asked"):
        engines.read()
    with pytest.raises(Problem, match="no language model is asked"):
        engines.allow(URL, "big")
    assert json.loads(file.read_text()) == {"engines": engines_part}
