"""A mail's header lines as their writer meant them: folded lines joined, encoded words decoded, raw bytes guessed. Pure."""

from __future__ import annotations

import binascii
import re
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime

from datazoom_desktop.intake.encodings import decode, decode_as

_LONGEST = 200_000  #: characters of one header that are read
_LONGEST_DATE = 200
_CHARSET = re.compile(r"[^?\s]{1,60}")


def header(message: Message, name: str) -> str:
    """Return a header's value in plain characters, values of the same name joined; empty when there is none."""
    values = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return ", ".join(dict.fromkeys(filter(None, (plain(str(value)) for value in values))))


def plain(raw: str) -> str:
    """Return a header's raw value in plain characters, on one line."""
    raw = raw[:_LONGEST]
    if any("\udc80" <= c <= "\udcff" for c in raw):  # bytes beyond ASCII that the sender did not encode
        raw = decode(raw.encode("utf-8", "surrogateescape"))
    return " ".join(decoded_words(" ".join(raw.split())).split())


def decoded_words(text: str) -> str:
    """Return a header's text with its encoded words (``=?utf-8?q?K=C3=A4ufer?=``) as what they stand for; others stay as they are."""
    out: list[str] = []
    run: list[tuple[str, bytes]] = []  #: words side by side: a character's bytes may be parted among them
    at = 0
    while (start := text.find("=?", at)) >= 0:
        word, end = _word(text, start)
        if end < 0:
            break  # no word ends any more
        if word is None:
            end = start + 2
        if word is None or text[at:start].strip() or not run:
            out += [_joined(run), text[at:start] if word else text[at:end]]
            run = []
        if word is not None:
            run.append(word)
        at = end
    return "".join([*out, _joined(run), text[at:]])


def dated(text: str) -> str:
    """Return a date header in its usual form, such as "Wed, 04 Jan 2023 11:36:14 -0600"; as it stands where it is no date."""
    try:
        return format_datetime(parsedate_to_datetime(text[:_LONGEST_DATE]))
    except (ValueError, TypeError, IndexError, OverflowError):
        return text


def _word(text: str, start: int) -> tuple[tuple[str, bytes] | None, int]:
    """Return the encoded word at ``start`` as its character set and bytes, and where it ends: -1 when no word ends after it."""
    second = text.find("?", start + 2)
    third = text.find("?", second + 1) if second >= 0 else -1
    end = text.find("?=", third + 1) if third >= 0 else -1
    if end < 0:
        return None, -1
    charset, kind, coded = text[start + 2 : second], text[second + 1 : third].lower(), text[third + 1 : end]
    if kind not in ("q", "b") or not _CHARSET.fullmatch(charset):
        return None, end
    if kind == "q":
        data = binascii.a2b_qp(coded.replace(" ", "_").encode("utf-8", "replace"), header=True)
    else:
        try:
            data = binascii.a2b_base64(coded.encode("ascii", "ignore") + b"==")
        except binascii.Error:
            return None, end
    return (charset.partition("*")[0], data), end + 2


def _joined(run: list[tuple[str, bytes]]) -> str:
    """Return the text of words side by side, those of one character set decoded together."""
    out, at = [], 0
    while at < len(run):
        stop = at
        while stop < len(run) and run[stop][0].lower() == run[at][0].lower():
            stop += 1
        out.append(decode_as(b"".join(data for _, data in run[at:stop]), run[at][0]))
        at = stop
    return "".join(out)
