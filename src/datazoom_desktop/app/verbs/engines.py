"""``datazoom engines``: which language model serves what, and whether anything may leave this machine for it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datazoom_desktop.app.language import Language, language, needed
from datazoom_desktop.app.verbs.output import counted, print_json, print_table, read_lines
from datazoom_desktop.engines.choice import OLLAMA_URL, EngineKind, Plan, Purpose, Side, Wish, kind_of
from datazoom_desktop.engines.llm import LlmState, Usage
from datazoom_desktop.engines.models import Models
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.money import Money, parse_amount, parse_currency
from datazoom_desktop.organizations import secrets
from datazoom_desktop.organizations.engine_settings import EngineSettings, price_as_json
from datazoom_desktop.organizations.engines import Engines
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.usage.price import Price

_SERVED = tuple(str(purpose) for purpose in Purpose if purpose is not Purpose.TEST)
_TEST_TOKENS = 12


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``engines`` verb."""
    text = "which language model serves what, and whether anything may leave this machine for it"
    engines = subparsers.add_parser("engines", parents=[common], help=text, description=text)
    verbs = engines.add_subparsers(dest="engines_verb", metavar="WHAT", required=True)

    def verb(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        parser = verbs.add_parser(name, parents=[common], help=text, description=text)
        parser.set_defaults(run=run)
        return parser

    verb("show", _show, "what serves what, and why; starts and asks nothing")
    _add_allow(verb("allow", _allow, "let questions and passages go to a server"))
    forbid = verb("forbid", _forbid, "let nothing leave this machine")
    forbid.add_argument("--forget", action="store_true", help="also forget the server's address and key")
    choose = verb("choose", _choose, "choose the engine for a purpose")
    choose.add_argument("purpose", choices=_SERVED, help="what it is for")
    choose.add_argument(
        "engine", choices=tuple(map(str, Side)), help="auto: local first, a server where there is no local model"
    )
    choose.add_argument(
        "--model", default="", metavar="M", help="an installed model's id, or the server's word for one"
    )
    price = verb("price", _price, "set what a model costs, so that its calls can be added up and budgets kept")
    price.add_argument("model", help="the server's word for the model")
    price.add_argument("--input", type=amount, metavar="AMOUNT", help="for a million tokens read")
    price.add_argument("--output", type=amount, metavar="AMOUNT", help="for a million tokens written")
    price.add_argument("--currency", type=currency, default="USD", metavar="CODE", help="such as EUR (USD)")
    price.add_argument("--remove", action="store_true", help="take the price away")
    test = verb("test", _test, "ask an engine for one word; the call is in the ledger like any other")
    test.add_argument("purpose", nargs="?", choices=_SERVED, default="answers", help="the engine for this (answers)")


def _add_allow(allow: argparse.ArgumentParser) -> None:
    where = allow.add_mutually_exclusive_group()
    where.add_argument(
        "url", nargs="?", help="an OpenAI-compatible server, up to and with /v1 (else the one that is known)"
    )
    where.add_argument("--ollama", action="store_true", help="Ollama on this machine, at its usual address")
    allow.add_argument("--model", metavar="M", help="the server's word for the model to use")
    allow.add_argument("--context-tokens", type=int, metavar="N", help="how long a conversation it takes (8192)")
    key = allow.add_mutually_exclusive_group()
    key.add_argument("--api-key-file", metavar="FILE", help="a file with its key, to put into the keyring; - for stdin")
    key.add_argument("--api-key-env", metavar="NAME", help="an environment variable that holds its key at every start")
    key.add_argument("--no-api-key", action="store_true", help="it needs no key")


def amount(text: str) -> Any:
    """Return an amount from the command line."""
    try:
        return parse_amount(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def currency(text: str) -> str:
    """Return a currency from the command line."""
    try:
        return parse_currency(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def plan_row(plan: Plan, state: LlmState) -> dict[str, object]:
    """Return what serves a purpose as the command line prints it; ``state`` is the local model's."""
    local = plan.kind is EngineKind.LOCAL
    return {
        "engine": str(plan.kind) if plan.kind else None,
        "model": plan.name,
        "address": plan.address,
        "reason": plan.reason,
        "state": str(state.phase) if local else None,
        "state_reason": (state.reason or "it starts with the first question") if local else "",
    }


def plans_as_json(models: Language) -> dict[str, object]:
    """Return what serves each purpose, or why that cannot be said; starts and asks nothing."""
    try:
        plans = models.plans()
    except Problem as problem:
        return {"problem": problem.as_dict()}
    return {str(purpose): plan_row(plan, models.state) for purpose, plan in plans.items()}


def engines_in_words(rows: Mapping[str, Any]) -> str:
    """Return what ``plans_as_json`` says as a sentence about answers, for a person."""
    if "problem" in rows:
        return f"Answers by quoting: {rows['problem']['message']}"
    row = rows[str(Purpose.ANSWERS)]
    if row["engine"] is None:
        return f"Answers by quoting ({row['reason']})."
    state = f", {row['state']}: {row['state_reason']}" if row["state"] else ""
    return f"Written answers by {row['model']} ({row['reason']}{state})."


def _engines(args: argparse.Namespace) -> Engines:
    return Engines(Rooms(args.home).folder)


def _show(args: argparse.Namespace) -> int:
    settings = _engines(args).read()
    with language(args.home) as models:
        plans = models.plans()
        rows = plans_as_json(models)
    if args.json:
        print_json({**_settings(settings), "engines": rows})
        return 0
    print(_servers(settings) + "\n")
    print_table(
        ("For", "Engine", "Model", "Why"),
        [(purpose, plan.kind or "none", plan.name, plan.reason.partition(": ")[2]) for purpose, plan in plans.items()],
    )
    if settings.prices:
        print()
        print_table(
            ("Model", "A million tokens read", "A million written"),
            [
                (name, Money(price.input, price.currency), Money(price.output, price.currency))
                for name, price in sorted(settings.prices.items())
            ],
        )
    return 0


def _settings(settings: EngineSettings) -> dict[str, object]:
    return {
        "remote_allowed": settings.remote_allowed,
        "base_url": settings.base_url,
        "kind": str(kind_of(settings.base_url)) if settings.base_url else None,
        "model": settings.model,
        "api_key": settings.api_key_ref.partition(":")[0] or None,
        "context_tokens": settings.context_tokens,
        "prices": {name: price_as_json(price) for name, price in settings.prices.items()},
        "choices": {str(p): {"engine": str(w.side), "model": w.model} for p, w in settings.wishes.items()},
    }


def _servers(settings: EngineSettings) -> str:
    known = ""
    if settings.base_url:
        keys = {"": "no key", "keyring": "its key in the keyring", "env": "its key in an environment variable"}
        key = keys[settings.api_key_ref.partition(":")[0]]
        known = f"{settings.base_url}, model {settings.model}, {settings.context_tokens:,} tokens, {key}"
    if not settings.remote_allowed:
        return "Servers are not allowed: nothing leaves this machine." + (f" Known is {known}." if known else "")
    return f"Questions and passages may go to {known}."


def _allow(args: argparse.Namespace) -> int:
    reference = None
    if args.no_api_key:
        reference = ""
    elif args.api_key_env:
        reference = secrets.of_variable(args.api_key_env)
    elif args.api_key_file:
        reference = secrets.keep(_key(args.api_key_file), "engine")
    url = OLLAMA_URL if args.ollama else args.url
    try:
        settings = _engines(args).allow(url, args.model, context_tokens=args.context_tokens, api_key_ref=reference)
    except BaseException:
        secrets.forget(reference or "")
        raise
    return _say(args, settings, _servers(settings))


def _key(file: str) -> str:
    lines = sys.stdin.read().splitlines() if file == "-" else read_lines(Path(file), "key")
    key = next((line.strip() for line in lines if line.strip()), "")
    if not key:
        raise Problem(
            "There is no key",
            f"{'Standard input' if file == '-' else file} holds none.",
            "Put the key on its first line.",
        )
    return key


def _forbid(args: argparse.Namespace) -> int:
    settings = _engines(args).forbid(forget=args.forget)
    return _say(args, settings, _servers(settings))


def _choose(args: argparse.Namespace) -> int:
    purpose, wish = Purpose(args.purpose), Wish(Side(args.engine), args.model)
    if wish.side is Side.AUTO and wish.model:
        raise Problem(
            "Nothing to choose",
            "With auto, the model is chosen by its size.",
            "Say local or remote, or leave out --model.",
        )
    if wish.side is Side.LOCAL and wish.model:
        here = [model.id for model in Models(args.home).installed()]
        if wish.model not in here:
            raise Problem(
                "No such model here", f"{wish.model} is not on this machine.", f"It has: {', '.join(here) or 'none'}."
            )
    settings = _engines(args).choose(purpose, wish)
    with language(args.home) as models:
        plan = models.plans()[purpose]
    return _say(args, settings, f"For {purpose.words}: {plan.name or 'no model'} ({plan.reason}).")


def _price(args: argparse.Namespace) -> int:
    if args.remove:
        settings = _engines(args).set_price(args.model, None)
        return _say(args, settings, f"{args.model} has no price any more.")
    if args.input is None or args.output is None:
        raise Problem("Half a price", "A price has two parts.", "Give --input and --output, for a million tokens each.")
    settings = _engines(args).set_price(args.model, Price(args.input, args.output, args.currency))
    read, written = Money(args.input, args.currency), Money(args.output, args.currency)
    return _say(args, settings, f"A million tokens of {args.model} cost {read} read and {written} written.")


def _test(args: argparse.Namespace) -> int:
    told: list[Usage] = []
    with language(args.home) as models:
        choice = models.choose(Purpose(args.purpose), None, recorded_as=Purpose.TEST)
        needed(choice.plan)
        assert choice.model is not None, "what serves a purpose is a model"
        began = time.monotonic()
        asked = choice.model.chat(
            [{"role": "user", "content": "Reply with the one word: ready"}],
            max_tokens=_TEST_TOKENS,
            on_usage=told.append,
        )
        said = "".join(asked).strip()
        seconds = time.monotonic() - began
    tokens = told[0].prompt_tokens + told[0].completion_tokens if told else None
    if args.json:
        print_json(
            {
                "model": choice.model.name,
                "reason": choice.reason,
                "said": said,
                "seconds": round(seconds, 2),
                "tokens": tokens,
            }
        )
    else:
        took = f", {counted(tokens, 'token')}" if tokens is not None else ""
        print(f"{choice.model.name} ({choice.reason}) said “{said}” after {seconds:.1f} s{took}.")
    return 0


def _say(args: argparse.Namespace, settings: EngineSettings, sentence: str) -> int:
    if args.json:
        print_json(_settings(settings))
    else:
        print(sentence)
    return 0
