from __future__ import annotations

import pytest

from datazoom_desktop.engines.catalogue import HttpsSource, WheelsSource, fits, parse_catalogue
from datazoom_desktop.kernel.resources import resource_path

GOOD = """
[[model]]
id = "tiny"
name = "Tiny"
note = "For tests."
purpose = "answers"
quantisation = "Q4_K_M"
size_bytes = 10
memory_bytes = 1000
context_length = 4096
licence = "MIT"
filename = "tiny.gguf"
sha256 = "{sha}"
[[model.sources]]
kind = "https"
url = "https://models.example/tiny.gguf"
[[model.sources]]
kind = "wheels"
version = "1.0"
packages = ["tiny-1", "tiny-2"]
""".replace("{sha}", "ab" * 32)


def test_reads_an_entry_with_its_sources_in_order() -> None:
    entries, problems = parse_catalogue(GOOD)
    assert problems == ()
    (entry,) = entries
    assert (entry.id, entry.size_bytes, entry.memory_bytes, entry.context_length) == ("tiny", 10, 1000, 4096)
    assert entry.sources == (
        HttpsSource("https://models.example/tiny.gguf"),
        WheelsSource(("tiny-1", "tiny-2"), "1.0"),
    )
    assert entry.sources[0].label == "models.example"
    assert "tiny-1 to tiny-2" in entry.sources[1].label


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('id = "tiny"', 'id = "../tiny"', "lowercase letters"),
        ('id = "tiny"', "", "id is missing"),
        ("ab" * 32, "ab" * 31, "64 lowercase"),
        ("ab" * 32, "AB" * 32, "64 lowercase"),
        ('"tiny.gguf"', '"../tiny.gguf"', "plain name"),
        ('"tiny.gguf"', '"..\\\\tiny.gguf"', "plain name"),
        ('filename = "tiny.gguf"', 'filename = "tiny.bin"', "plain name"),
        ("size_bytes = 10", "size_bytes = 0", "size_bytes"),
        ("size_bytes = 10", "size_bytes = true", "size_bytes"),
        ("memory_bytes = 1000", 'memory_bytes = "1 GB"', "memory_bytes"),
        ("https://models", "http://models", "not an https address"),
        ('kind = "wheels"', 'kind = "torrent"', "unknown kind"),
        ('["tiny-1", "tiny-2"]', "[]", "package names"),
        ('["tiny-1", "tiny-2"]', '["../x"]', "package names"),
        ('version = "1.0"', "", "version is missing"),
        ('licence = "MIT"', 'licence = "MIT"\nlisence = "MIT"', "unknown key lisence"),
    ],
)
def test_a_bad_entry_is_a_problem_and_hides_no_other(old: str, new: str, why: str) -> None:
    assert old in GOOD
    entries, problems = parse_catalogue(GOOD.replace(old, new, 1) + GOOD.replace('"tiny"', '"other"'))
    assert [entry.id for entry in entries] == ["other"]
    assert len(problems) == 1
    assert why in problems[0].message
    assert "Entry 1" in problems[0].message


def test_text_that_is_not_toml_and_doubles_are_problems() -> None:
    assert parse_catalogue("[[model")[0] == ()
    assert "cannot be read" in parse_catalogue("[[model")[1][0].message
    entries, problems = parse_catalogue(GOOD + GOOD)
    assert len(entries) == 1
    assert "there already" in problems[0].message


def test_fit_leaves_a_quarter_of_the_memory() -> None:
    assert fits(1000, 1334)
    assert not fits(1000, 1333)


def test_the_shipped_catalogue_is_sound() -> None:
    entries, problems = parse_catalogue(resource_path("models.toml").read_text(encoding="utf-8"))
    assert problems == ()
    assert {"qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct"} <= {entry.id for entry in entries}
    assert len({entry.sha256 for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.memory_bytes > entry.size_bytes
        assert any(isinstance(source, HttpsSource) for source in entry.sources)
    assert any(fits(entry.memory_bytes, 2 * 10**9) for entry in entries), "a weak machine finds something too"
