"""What a calendar entry inside a mail says, in lines a person reads: what, when, where, who. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FOLD = re.compile(r"\r?\n[ \t]")
_QUOTED = re.compile(r"\"[^\"]*\"")
_PROPERTY = re.compile(r"[A-Za-z-]{1,40}")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z?))?")
_NAME = re.compile(r";CN=\"?([^\";:]{1,200})", re.IGNORECASE)
_ZONE = re.compile(r";TZID=\"?([^\";:]{1,100})", re.IGNORECASE)
_SHOWN = {
    "SUMMARY": "Event",
    "DTSTART": "Starts",
    "DTEND": "Ends",
    "LOCATION": "Where",
    "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee",
    "STATUS": "Status",
    "DESCRIPTION": "Description",
}
_METHODS = {"REQUEST": "Invitation", "CANCEL": "Cancellation", "REPLY": "Reply to an invitation"}
_MOST_LINES = 500


def event_lines(text: str) -> list[str]:
    """Return the events of an iCalendar text as lines such as "Starts: 2024-03-04 10:00 (Europe/Berlin)"."""
    lines = list(_lines(text))
    method = next((value.upper() for name, _, value in lines if name == "METHOD"), "")
    out = [f"Calendar: {_METHODS[method]}"] if method in _METHODS else []
    inside = False
    for name, parameters, value in lines:
        if name in ("BEGIN", "END") and value.upper() in ("VEVENT", "VTODO", "VALARM"):
            inside = name == "BEGIN" and value.upper() != "VALARM"
        elif inside and name in _SHOWN and len(out) < _MOST_LINES:
            shown = _value(name, parameters, value)
            if shown:
                out.append(f"{_SHOWN[name]}: {shown}")
    return out


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each line's name, parameters and value; the value begins at the first colon outside quotes."""
    for line in _FOLD.sub("", text).splitlines():
        bare = _QUOTED.sub(lambda found: "_" * len(found.group()), line)
        stop = bare.find(":")
        name, _, _ = bare[: max(stop, 0)].partition(";")
        if _PROPERTY.fullmatch(name):
            yield name.upper(), line[len(name) : stop], line[stop + 1 :].strip()


def _value(name: str, parameters: str, value: str) -> str:
    if name in ("DTSTART", "DTEND"):
        return _moment(parameters, value)
    if name in ("ORGANIZER", "ATTENDEE"):
        known = _NAME.search(parameters)
        address = re.sub(r"(?i)^mailto:", "", value)
        return f"{known.group(1)} <{address}>" if known else address
    return value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")


def _moment(parameters: str, value: str) -> str:
    found = _TIME.match(value)
    if found is None:
        return value
    year, month, day, hour, minute, utc = found.groups()
    zone = _ZONE.search(parameters)
    place = " UTC" if utc else f" ({zone.group(1)})" if zone else ""
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}{place}" if hour else "")
