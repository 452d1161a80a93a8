"""The engine policy of an organization: read, and changed one intent at a time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from datazoom_desktop.engines.address import checked_url
from datazoom_desktop.engines.choice import Purpose, Side, Wish
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations import secrets
from datazoom_desktop.organizations.engine_settings import EngineSettings, SettingsError, as_json, parse
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.files import write_json
from datazoom_desktop.usage.price import Price

ORGANIZATION = "organization.json"


class Engines:
    """The engine settings of the organization in a folder; safe to use from several processes at once.

    Every method raises a ``Problem`` when the file cannot be read, understood or written; nothing is changed then.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the organization's folder."""
        self._folder = folder
        self._file = folder / ORGANIZATION

    def read(self) -> EngineSettings:
        """Return the settings."""
        return self._parsed(self._content())

    def allow(
        self,
        url: str | None = None,
        model: str | None = None,
        *,
        context_tokens: int | None = None,
        api_key_ref: str | None = None,
    ) -> EngineSettings:
        """Switch a server on; what is left out stays as it was, save that nothing is kept for another address.

        Args:
            url: Its address; None for the one that is known.
            model: Its word for the model to use.
            context_tokens: How long a conversation that model takes.
            api_key_ref: Where its key is; "" for no key.

        Raises:
            Problem: There is no address or no model, or the address cannot be used.
        """
        address = None if url is None else checked_url(url)

        def change(now: EngineSettings) -> EngineSettings:
            if address is not None and address != now.base_url:
                now = dataclasses.replace(now, base_url=address, model="", api_key_ref="")
            if now.base_url is None:
                raise Problem("No address", "No server is known yet.", "Give the address of the server to allow.")
            given = {"model": model, "context_tokens": context_tokens, "api_key_ref": api_key_ref}
            now = dataclasses.replace(now, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
            if not now.model.strip():
                message = f"Nothing says which model {now.base_url} is to use."
                raise Problem("No model named", message, "Name it as that server does.")
            return dataclasses.replace(now, remote_allowed=True)

        return self._change(change)

    def forbid(self, *, forget: bool = False) -> EngineSettings:
        """Switch servers off, from the next question on; with ``forget`` their address, model and key go too."""

        def change(now: EngineSettings) -> EngineSettings:
            if forget:
                now = dataclasses.replace(now, base_url=None, model="", api_key_ref="")
            return dataclasses.replace(now, remote_allowed=False)

        return self._change(change)

    def choose(self, purpose: Purpose, wish: Wish) -> EngineSettings:
        """Wish an engine for a purpose; a wish for anything leaves it to the router again."""

        def change(now: EngineSettings) -> EngineSettings:
            others = {key: value for key, value in now.wishes.items() if key is not purpose}
            return dataclasses.replace(now, wishes=others if wish.side is Side.AUTO else {**others, purpose: wish})

        return self._change(change)

    def set_price(self, model: str, price: Price | None) -> EngineSettings:
        """Set what a model costs, by its server's word for it; None takes the price away."""

        def change(now: EngineSettings) -> EngineSettings:
            others = {key: value for key, value in now.prices.items() if key != model}
            return dataclasses.replace(now, prices=others if price is None else {**others, model: price})

        return self._change(change)

    def _change(self, change: Callable[[EngineSettings], EngineSettings]) -> EngineSettings:
        """Replace the settings by what ``change`` makes of them; a key that is no longer meant leaves the keyring."""
        with FileLock(self._folder / "organization.lock", thread_local=False):
            content = self._content()
            before = self._parsed(content)
            after = change(before)
            with file_faults(self._folder):
                write_json(self._file, {**content, "engines": as_json(after)})
        if before.api_key_ref and before.api_key_ref != after.api_key_ref:
            secrets.forget(before.api_key_ref)
        return after

    def _content(self) -> dict[str, Any]:
        try:
            content = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._damaged(str(error)) from error
        if not isinstance(content, dict):
            raise self._damaged("it is no JSON object")
        return content

    def _parsed(self, content: Mapping[str, Any]) -> EngineSettings:
        try:
            return parse(content.get("engines", {}))
        except SettingsError as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, why: str) -> Problem:
        return Problem(
            "The organization's settings cannot be read",
            f"{self._file} cannot be understood: {why}. Until it can, no language model is asked.",
            "Correct the file, or remove its part “engines” to begin anew.",
            str(self._file),
        )
