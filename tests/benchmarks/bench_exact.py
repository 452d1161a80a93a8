"""Exact search in a room of 100,000 passages: phrases and other kinds of searches, beside the database's own ILIKE; JSON lines."""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.search.exact import ExactSearch
from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.parser import parse
from datazoom_desktop.search.words import STOP
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import make_room, page_records, passage_records

PASSAGES, A_DOCUMENT = 100_000, 50
_COMMON = """
    the of and to in or any shall by agreement party such for this company be not with other may as its under an section all
    from that notice which purchaser seller business term rights date if information pursuant each including upon after interest
    consent written provided except without respect obligations breach termination liability damages indemnify assign assignment
    control change transfer law state confidential lease tenant landlord premises rent payment purchase price closing license
"""
_SYLLABLES = "an ber con dor el fam gri hol in jas kel lom mar nev or pel quin ras sto tur ul ven wex yar zen"


def _vocabulary(rng: random.Random) -> tuple[list[str], list[float]]:
    syllables = _SYLLABLES.split()
    words = [*_COMMON.split(), *{"".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(20_000)}]
    return words, [1.0 / (rank + 3) for rank in range(len(words))]


def _passage(rng: random.Random, words: Sequence[str], weights: Sequence[float], number: int) -> str:
    parts = rng.choices(words, cum_weights=weights, k=rng.randint(70, 130))
    for at in range(0, len(parts), 18):
        parts[at] = ("“" if rng.random() < 0.05 else "") + parts[at].capitalize()
        parts[at - 1] += "."
    if rng.random() < 0.15:
        parts.insert(20, f"USD {rng.randrange(1, 9_000) * 1_000:,}")
    if rng.random() < 0.15:
        parts.insert(40, f"{rng.randrange(1, 29)} March {rng.randrange(2015, 2032)}")
    for at in range(12, len(parts), 13):
        parts[at] += "-\nmost" if rng.random() < 0.01 else "\n"
    return f"{number // 8 + 1}.{number % 8 + 1} " + " ".join(parts).replace("\n ", "\n") + "\n"


def _fill(room: RoomStorage, rng: random.Random) -> None:
    words, weights = _vocabulary(rng)
    total = 0.0
    cumulative = [total := total + weight for weight in weights]
    file = room.scratch / "passages"
    for number in range(PASSAGES // A_DOCUMENT):
        version_id = new_id()
        texts = [_passage(rng, words, cumulative, at) for at in range(A_DOCUMENT)]
        spool.write_passages(file, version_id, passage_records(page_records(texts)))

        def add(tx: Cursor, version_id: str = version_id, number: int = number) -> None:
            tx.execute(
                "INSERT INTO versions (version_id, document_id, number, sha256, bytes, added_at, state, title, read_at)"
                " VALUES (?, ?, 1, ?, 1, ?, 'read', ?, ?)",
                [version_id, version_id, version_id, now(), f"Agreement {number}", now()],
            )
            path = f"{number % 20 + 1} Folder/agreement {number}.txt"
            tx.execute("INSERT INTO paths VALUES (?, ?, ?, '', 0, 1, ?)", [path, version_id, version_id, now()])
            spool.load_passages(tx, file)

        room.db.write(add)
    room.db.checkpoint()


def _phrases(room: RoomStorage, rng: random.Random, count: int) -> list[str]:
    """Return phrases of two to five words that stand somewhere in the room, each with a word that says something."""
    with room.db.read() as cursor:
        texts = [row[0] for row in cursor.execute("SELECT text FROM passages USING SAMPLE 2000 ROWS").fetchall()]
    out: list[str] = []
    while len(out) < count:
        words = rng.choice(texts).split()
        at = rng.randrange(len(words) - 6)
        phrase = words[at : at + rng.randint(2, 5)]
        if all(word.isalpha() for word in phrase) and not all(word.casefold() in STOP for word in phrase):
            out.append(" ".join(phrase))
    return out


def _quoted(phrase: str) -> str:
    """Return the words of a phrase one by one, so that "and", "or" and "not" are words too."""
    return " ".join(f'"{word}"' for word in phrase.split())


def _report(name: str, searches: Sequence[str], run: Callable[[str], int]) -> None:
    run(searches[0])
    milliseconds, places = [], []
    for search in searches:
        began = time.perf_counter()
        places.append(run(search))
        milliseconds.append((time.perf_counter() - began) * 1000.0)
    milliseconds.sort()
    row = {
        "name": f"exact search in {PASSAGES:,} passages: {name}",
        "searches": len(searches),
        "p50_ms": round(statistics.median(milliseconds)),
        "p95_ms": round(milliseconds[int(0.95 * (len(milliseconds) - 1))]),
        "median_places": int(statistics.median(places)),
    }
    print(json.dumps(row), flush=True)


def main() -> int:
    """Make the room and measure in it."""
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as folder, make_room(Path(folder) / "room") as room:
        _fill(room, rng)
        search = ExactSearch(room, Documents(room))

        def places(typed: str) -> int:
            read = parse(typed)
            assert not isinstance(read, Mistake), read
            return search.find(read, limit=20).places

        def plainly(phrase: str) -> int:
            with room.db.read() as cursor:
                found = cursor.execute(
                    "SELECT passage_id, text FROM passages WHERE text ILIKE ?", [f"%{phrase}%"]
                ).fetchall()
            return len(found)

        phrases = _phrases(room, rng, 100)
        _report("phrases", [f'"{phrase}"' for phrase in phrases], places)
        _report("the same by ILIKE (no counts, places or line breaks)", phrases, plainly)
        _report("words that must all occur", [_quoted(phrase) for phrase in phrases[:40]], places)
        _report(
            "words near each other",
            [" /10 ".join(sorted(_quoted(phrase).split(), key=len)[-2:]) for phrase in phrases[:40]],
            places,
        )
        _report("beginnings of words", [f"{max(phrase.split(), key=len)[:6]}*" for phrase in phrases[:40]], places)
        _report("amounts", ["amount:>=8m", "amount:USD 250,000", "amount:2m..3m"] * 4, places)
        _report("dates", ["when:2028", "when:2020-03..2021-03", "when:>=2030"] * 4, places)
        _report("sections", ["§3.2", "section:4.1 liability", "section:5"] * 4, places)
    return 0


if __name__ == "__main__":
    sys.exit(main())
