"""One loaded llama.cpp model, inside the child process: loading with a place on the graphics card, and continuing a conversation.

Only the child process imports this module: it loads native code and parses files that people brought along.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp
import psutil
from llama_cpp import _ggml
from llama_cpp._ctypes_extensions import load_shared_library
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from llama_cpp.llama_grammar import LlamaGrammar

from datazoom_desktop.engines.placement import Gpu, Placement, plan, shape_of, shortage

_CARD, _SHARING_CARD = 1, 2  # ggml's device types: a card of its own, a card that shares the machine's memory
_MARK = re.compile("\ue000([0-9]+)\ue001")
_SEED = 1


class UnusableError(Exception):
    """The model file cannot serve; the text says why, in plain words, and ``remedy`` what to do where there is something."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        """Keep both."""
        super().__init__(reason)
        self.remedy = remedy


class TooLongError(Exception):
    """A conversation does not fit the context.

    Attributes:
        tokens: What it takes.
        room: What there is.
    """

    def __init__(self, tokens: int, room: int) -> None:
        """Keep both counts."""
        super().__init__(f"it takes {tokens} tokens and the model has room for {room}")
        self.tokens = tokens
        self.room = room


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to load.

    Attributes:
        context_tokens: Size of the context.
        threads: Processor threads.
        batch_tokens: Tokens read at a time; between two batches a request can be given up.
        gpu_layers: Layers for the graphics card; None plans them from its free memory.
        memory_bytes: What the model takes when the processor does all; 0 when that is unknown, and then not looked at.
    """

    context_tokens: int
    threads: int
    batch_tokens: int
    gpu_layers: int | None
    memory_bytes: int = 0


def gpus() -> list[Gpu]:
    """Return the graphics cards this build of llama.cpp can use, with their free memory."""
    registry = _ggml.libggml
    registry.ggml_backend_dev_count.restype = ctypes.c_size_t
    registry.ggml_backend_dev_get.restype = ctypes.c_void_p
    registry.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    device_calls = load_shared_library("ggml-base", _ggml.libggml_base_path)
    device_calls.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    device_calls.ggml_backend_dev_description.restype = ctypes.c_char_p
    device_calls.ggml_backend_dev_description.argtypes = [ctypes.c_void_p]
    size_p = ctypes.POINTER(ctypes.c_size_t)
    device_calls.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size_p, size_p]
    found = []
    for number in range(registry.ggml_backend_dev_count()):
        device = registry.ggml_backend_dev_get(number)
        kind = device_calls.ggml_backend_dev_type(device)
        if kind in (_CARD, _SHARING_CARD):
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            device_calls.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            name = device_calls.ggml_backend_dev_description(device).decode("utf-8", "replace")
            found.append(Gpu(name, free.value, kind == _SHARING_CARD or sys.platform == "darwin"))
    return found


class LoadedModel:
    """A model ready to answer one conversation at a time; its caller holds a lock around ``read`` and ``write``."""

    def __init__(self, path: Path, options: LoadOptions) -> None:
        """Load ``path``.

        Raises:
            UnusableError: It is not a model, needs more memory than there is, or cannot hold a conversation.
        """
        cards = gpus()
        self.placement = self._plan(path, options, cards)
        _refuse_what_does_not_fit(options.memory_bytes, self.placement, cards)
        self._llama = self._load(path, options)
        self._options = options
        raw = self._llama.model
        # the memory of these kinds cannot be cut back to what two conversations share
        self._unforgetting = llama_cpp.llama_model_is_recurrent(raw) or llama_cpp.llama_model_is_hybrid(raw)
        template = self._llama.metadata.get("tokenizer.chat_template")
        if not template:
            raise UnusableError("this model file was not made for conversation: it holds no conversation template")
        self._form = Jinja2ChatFormatter(
            template, eos_token=self._piece(self._llama.token_eos()), bos_token=self._piece(self._llama.token_bos())
        )

    @property
    def context_tokens(self) -> int:
        """The context's size in tokens."""
        return int(self._llama.n_ctx())

    def count(self, text: str) -> int:
        """Return how many tokens ``text`` takes."""
        return len(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=False))

    def tokens_of(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Return the tokens of a conversation in the model's own template.

        Text inside a message is never read as a control token, whatever a document writes into it.

        Raises:
            TooLongError: It leaves no room for an answer.
        """
        contents = [message["content"] for message in messages]
        marked = [{**message, "content": f"\ue000{number}\ue001"} for number, message in enumerate(messages)]
        prompt = self._form(messages=marked).prompt  # type: ignore[arg-type]
        tokens: list[int] = []
        for number, piece in enumerate(_MARK.split(prompt)):
            inside = number % 2 == 1
            text = contents[int(piece)] if inside else piece
            if text:
                tokens += self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=not inside)
        if len(tokens) >= self.context_tokens:
            raise TooLongError(len(tokens), self.context_tokens)
        return tokens

    def read(self, tokens: list[int]) -> Iterator[int]:
        """Read a conversation batch by batch, keeping what the last one shares with it; yield the tokens read so far."""
        if self._unforgetting:
            return  # the library reads the whole conversation when it writes
        done = 0
        for old, new in zip(self._llama.input_ids[: self._llama.n_tokens].tolist(), tokens, strict=False):
            if old != new:
                break
            done += 1
        done = min(done, len(tokens) - 1)
        self._llama.n_tokens = done
        while done < len(tokens):
            yield done
            batch = tokens[done : done + self._options.batch_tokens]
            self._llama.eval(batch)
            done += len(batch)

    def write(
        self,
        tokens: list[int],
        *,
        max_tokens: int,
        temperature: float,
        stop: list[str],
        grammar: LlamaGrammar | None,
    ) -> Iterator[tuple[str, str | None]]:
        """Continue a conversation that was read; yield pieces of text, with the reason to end (or None) beside each."""
        pieces = self._llama.create_completion(
            prompt=tokens,
            max_tokens=max_tokens,
            temperature=temperature,
            stop=stop,
            grammar=grammar,
            stream=True,
            seed=_SEED,
        )
        for piece in pieces:
            assert not isinstance(piece, str)
            choice = piece["choices"][0]
            yield choice["text"], choice["finish_reason"]

    def _piece(self, token: int) -> str:
        return self._llama.detokenize([token], special=True).decode("utf-8", "replace") if token >= 0 else ""

    def _plan(self, path: Path, options: LoadOptions, cards: Sequence[Gpu]) -> Placement:
        if options.gpu_layers == 0 or not cards:
            return Placement(0, 0)
        try:
            probe = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
            shape = shape_of(probe.metadata, path.stat().st_size, options.context_tokens)
            probe.close()
        except ValueError as error:
            raise UnusableError(f"this file cannot be read as a language model ({error})") from error
        if options.gpu_layers is not None:
            return Placement(min(options.gpu_layers, shape.layers), shape.layers)
        return plan(shape, cards)

    def _load(self, path: Path, options: LoadOptions) -> llama_cpp.Llama:
        """Load on the card as planned; where that fails, on the processor, and say so in the placement."""
        wanted = self.placement.gpu_layers
        for layers in dict.fromkeys((wanted, 0)):
            try:
                llama = llama_cpp.Llama(
                    str(path),
                    n_ctx=options.context_tokens,
                    n_batch=options.batch_tokens,
                    n_ubatch=options.batch_tokens,
                    n_threads=options.threads,
                    n_threads_batch=options.threads,
                    n_gpu_layers=layers,
                    flash_attn=True,
                    verbose=True,
                )
            except (ValueError, RuntimeError) as error:
                failure = error
                continue
            llama.verbose = False
            layers_in_all = self._layers(llama)
            notice = self.placement.notice
            if layers < wanted:
                notice = "The graphics card refused the model although it seemed to fit; it runs on the processor."
            self.placement = Placement(layers, layers_in_all, notice)
            return llama
        raise UnusableError(f"this file cannot be loaded as a language model ({failure})")

    @staticmethod
    def _layers(llama: llama_cpp.Llama) -> int:
        family = llama.metadata.get("general.architecture", "")
        return int(llama.metadata.get(f"{family}.block_count", "0")) + 1


def _refuse_what_does_not_fit(memory_bytes: int, placement: Placement, cards: Sequence[Gpu]) -> None:
    """Stop before a load that would make the machine swap.

    Raises:
        UnusableError: The memory that is free now does not hold the model.
    """
    short = shortage(memory_bytes, int(psutil.virtual_memory().available), placement, cards)
    if short:
        raise UnusableError(short, "Close other programs and ask again, or choose a smaller model.")


def grammar_for(schema: Mapping[str, Any]) -> LlamaGrammar:
    """Return the grammar that admits exactly the JSON values of ``schema``.

    Raises:
        ValueError: The schema uses something llama.cpp cannot enforce.
    """
    return LlamaGrammar.from_json_schema(json.dumps(schema), verbose=False)
