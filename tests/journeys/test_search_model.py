"""A room changes to another search model, and back, while it goes on answering."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from datazoom_desktop.app.cli import main
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage import doctor
from tests.journeys.test_command_line import Line
from tests.support.deal import make_deal
from tests.support.small_embedder import DIMS, make_small_embedder

QUESTION = "How many days of notice before a termination?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_small_embedder(tmp_path_factory.mktemp("brought") / "model")


def ingested(folder: Path) -> Path:
    make_deal(folder / "deal", copies=1)
    Rooms(folder / "home").create("Deal")
    with open_workspace(folder / "home", "Deal") as room:
        room.start()
        room.intake.add([folder / "deal"])
        room.runner.drain(300)
    return folder / "home"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return ingested(tmp_path)


def answers(room: Workspace) -> bool:
    return bool(room.search.search(QUESTION).hits)


def test_switching_on_the_command_line_and_back(home: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(home, capsys)
    [before] = line("index", "Deal")
    assert (before["model_id"], before["dims"], before["next_model_id"]) == ("all-MiniLM-L6-v2", 384, None)
    assert before["passages"] > 20
    [after] = line("index", "Deal", "switch", str(model))
    assert (after["model_id"], after["dims"], after["passages"]) == ("words-96", DIMS, before["passages"])
    assert [one["id"] for one in after["models"]] == ["all-MiniLM-L6-v2", "words-96"]
    [result] = line("search", "Deal", QUESTION, "-k", "3")[:1]
    assert "termination" in json.dumps(result).casefold()
    [checked] = line("room", "doctor", "Deal", "--check")
    assert checked["healthy"]
    assert "words-96" in line.says("index", "Deal")
    [back] = line("index", "Deal", "switch", "all-MiniLM-L6-v2")
    assert (back["model_id"], back["passages"]) == ("all-MiniLM-L6-v2", before["passages"])
    [kept] = line("index", "Deal", "keep")
    assert kept["next_model_id"] is None


def test_what_cannot_be_switched_to_is_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(home, capsys)
    for words in (("switch",), ("switch", "absent"), ("switch", str(tmp_path))):
        line("index", "Deal", *words, code=1)
        assert json.loads(line.err)["problem"]["remedy"]
    [standing] = line("index", "Deal")
    assert (standing["model_id"], standing["next_model_id"]) == ("all-MiniLM-L6-v2", None)


def test_the_old_index_answers_and_takes_in_while_the_new_one_is_made(home: Path, model: Path, tmp_path: Path) -> None:
    with open_workspace(home, "Deal") as room:
        room.queue.pause()
        room.start()
        assert room.intake.change_embedder(room.embedders.install(model))
        standing = room.intake.embedder_standing()
        assert (standing.model_id, standing.next_model_id, standing.done) == ("all-MiniLM-L6-v2", "words-96", 0)
        assert answers(room)
        late = tmp_path / "late.txt"
        late.write_text("12. Zebra clause. Northgate Marine keeps eleven zebras on the premises.\n", encoding="utf-8")
        room.intake.add([late])
        room.queue.resume()
        looked = 0
        while room.intake.embedder_standing().next_model_id is not None:
            assert answers(room)
            looked += 1
            time.sleep(0.05)
        room.runner.drain(300)
        standing = room.intake.embedder_standing()
        assert looked
        assert (standing.model_id, standing.next_model_id) == ("words-96", None)
        assert any("zebras" in hit.text for hit in room.search.search("Who keeps zebras?").hits)
        assert doctor.examine(room.storage).findings == ()
        assert room.storage.passages.nearest(room.embedders.find("words-96").embed(["zebras"])[0], 1)


def test_a_change_given_up_leaves_the_room_as_it_was(home: Path, model: Path) -> None:
    with open_workspace(home, "Deal") as room:
        before = room.storage.passages.version_counts()
        room.queue.pause()
        room.start()
        room.intake.change_embedder(room.embedders.install(model))
        assert room.intake.keep_embedder()
        assert not room.intake.keep_embedder()
        room.queue.resume()
        room.runner.drain(300)
        assert room.intake.embedder_standing().model_id == "all-MiniLM-L6-v2"
        assert room.storage.passages.version_counts() == before
        assert answers(room)
        assert [entry.name for entry in room.storage.folder.glob("passages*")] == ["passages.lance"]


def test_a_room_whose_search_model_is_gone_says_so_and_can_change_to_another(
    home: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(home), "index", "Deal", "switch", str(model)]) == 0
    (home / "embedders" / "words-96").rename(tmp_path / "aside")
    line = Line(home, capsys)
    line("search", "Deal", QUESTION, code=1)
    assert "words-96" in json.loads(line.err)["problem"]["message"]
    (tmp_path / "late.txt").write_text("Zebras are kept.", encoding="utf-8")
    line("ingest", "Deal", str(tmp_path / "late.txt"), code=3)
    pages = line("pages", "Deal", "late.txt")
    assert pages[0]["text"] == "Zebras are kept."
    [standing] = line("index", "Deal", "switch", "all-MiniLM-L6-v2")
    assert standing["model_id"] == "all-MiniLM-L6-v2"
    [result] = line("search", "Deal", "Are zebras kept?", "-k", "3")[:1]
    assert "Zebras" in json.dumps(result)


def test_a_room_that_was_backed_up_while_it_changed_goes_on_after_it_is_restored(
    home: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_workspace(home, "Deal") as room:
        room.intake.change_embedder(room.embedders.install(model))
    line = Line(home, capsys)
    line("room", "backup", "Deal", str(tmp_path / "backup.zip"))
    line("room", "restore", str(tmp_path / "backup.zip"), "--name", "Again")
    [standing] = line("index", "Again")
    assert (standing["model_id"], standing["next_model_id"]) == ("words-96", None)
    [result] = line("search", "Again", QUESTION, "-k", "3")[:1]
    assert "termination" in json.dumps(result).casefold()
