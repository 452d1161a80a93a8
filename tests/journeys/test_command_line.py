"""The command line's contract, driven as a script drives it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from datazoom_desktop.app.cli import main
from datazoom_desktop.intake.folders import Found
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Database
from tests.support.deal import make_deal


class Line:
    """A terminal with one home folder."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys

    def __call__(self, *words: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a verb with --json; return the objects on stdout."""
        self.capsys.readouterr()
        got = main([*words, "--home", str(self.home), "--json"])
        out, self.err = self.capsys.readouterr()
        assert got == code, f"{words}: exit {got}\n{self.err}"
        return [json.loads(line) for line in out.splitlines()]

    def says(self, *words: str, code: int = 0) -> str:
        """Run a verb for a person; return stdout."""
        self.capsys.readouterr()
        assert main(["--home", str(self.home), *words]) == code
        return self.capsys.readouterr().out


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    make_deal(folder / "deal", copies=2)
    home = folder / "home"
    assert main(["--home", str(home), "room", "create", "Deal"]) == 0
    assert main(["--home", str(home), "ingest", "Deal", str(folder / "deal")]) == 3
    return home


@pytest.fixture
def line(filled: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(filled, capsys)


def test_rooms_come_and_go_and_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(tmp_path / "home", capsys)
    [made] = line("room", "create", "Orion")
    assert made["name"] == "Orion"
    line("room", "create", "orion", code=1)
    assert json.loads(line.err)["problem"]["remedy"]
    [listed] = line("room", "list")
    assert [room["name"] for room in listed["rooms"]] == ["Orion"]
    [gone] = line("room", "remove", "Orion")
    assert line("room", "list")[0]["rooms"] == []
    line("room", "recover", gone["room_id"])
    assert [room["name"] for room in line("room", "list")[0]["rooms"]] == ["Orion"]


def test_a_misspelt_room_is_told_apart_kindly(line: Line) -> None:
    line("status", "Deel", code=1)
    assert "Deal" in line.err


def test_status_accounts_for_every_page(line: Line) -> None:
    [status] = line("status", "Deal")
    assert status["waiting"] == 0
    assert status["pages"] == sum(status["coverage"].values())
    assert [page["path"] for page in status["unreadable"]] == ["2 Letters/broken.pdf"]
    assert status["unreadable"][0]["reason"]


def test_pages_print_every_page_and_a_line_for_what_has_none(line: Line) -> None:
    pages = line("pages", "Deal")
    assert {"path", "page", "label", "coverage", "reason", "text"} <= set(pages[0])
    lease = [p["page"] for p in pages if p["path"] == "1 Contracts/lease 1.pdf"]
    assert lease == [1, 2, 3, 4]
    [broken] = [p for p in pages if p["path"] == "2 Letters/broken.pdf"]
    assert (broken["page"], broken["coverage"]) == (None, "failed")
    assert [p["path"] for p in line("pages", "Deal", "2 Letters/offer.eml")] == [
        "2 Letters/offer.eml",
        "2 Letters/offer.eml/annex.txt",
    ]


def test_the_index_is_numbered_and_knows_twins(line: Line) -> None:
    rows = line("documents", "Deal")
    by_path = {row["path"]: row for row in rows}
    assert by_path["1 Contracts/lease 1.pdf"]["index"] == "1.1"
    assert by_path["2 Letters/supply 1 copy.txt"]["also_at"] == ["1 Contracts/supply 1.txt"]
    assert by_path["1 Contracts/supply 1.txt"]["document_id"] == by_path["2 Letters/supply 1 copy.txt"]["document_id"]


def test_hits_are_the_very_words_at_their_offsets(line: Line, filled: Path) -> None:
    hits = line("search", "Deal", "written notice before renewal", "-k", "12")
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    deal = filled.parent / "deal"
    texts = [hit for hit in hits if hit["path"].endswith(".txt")]
    assert texts
    for hit in texts:
        source = deal / hit["path"]
        if not source.exists():
            continue
        with source.open(encoding="utf-8", newline="") as stream:
            assert stream.read()[hit["char_start"] : hit["char_end"]] == hit["text"]
    assert all(hit["boxes"] for hit in hits if hit["path"].endswith(".pdf"))


def test_exact_places_are_the_very_words_counted_and_in_parts(line: Line, filled: Path) -> None:
    hits = line("search", "Deal", '"written NOTICE"', "--exact", "-k", "500")
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert {hit["text"].casefold().replace("\n", " ") for hit in hits} == {"written notice"}
    assert all(hit["boxes"] for hit in hits if hit["path"].endswith(".pdf"))
    deal = filled.parent / "deal"
    for hit in (hit for hit in hits if (deal / hit["path"]).suffix == ".txt" and (deal / hit["path"]).exists()):
        with (deal / hit["path"]).open(encoding="utf-8", newline="") as stream:
            assert stream.read()[hit["char_start"] : hit["char_end"]] == hit["text"]
    [count] = line("search", "Deal", '"written notice"', "--exact", "--count")
    assert count["places"] == len(hits) == sum(one["places"] for one in count["by_document"])
    assert count["documents"] == len({hit["path"] for hit in hits})
    assert line("search", "Deal", '"written notice"', "--exact", "-k", "2", "--offset", "3") == hits[3:5]
    said = line.says("search", "Deal", '"written notice" type:lease', "--exact", "-k", "1")
    assert said.startswith('Looking for "written notice" AND type:lease')
    assert "places in 2 documents" in said
    assert "1 could not be read" in said
    assert "Nothing matches" in line.says("search", "Deal", "xylophone", "--exact")


def test_cells_of_a_sheet_are_found_by_their_words_and_amounts(line: Line) -> None:
    [hit] = line("search", "Deal", 'doc:"schedule 1" Tarn', "--exact")
    assert (hit["text"], hit["range"]) == ("Tarn", "Sheet!A6")
    amounts = line("search", "Deal", 'doc:"schedule 1" amount:>=10000', "--exact")
    assert amounts
    assert all(hit["range"].startswith("Sheet!B") and int(hit["text"]) >= 10_000 for hit in amounts)


def test_a_search_that_cannot_be_read_is_marked(line: Line) -> None:
    assert line("search", "Deal", "rent AND (lease", "--exact", code=1) == []
    problem = json.loads(line.err)["problem"]
    assert "rent AND (lease\n         ^\n" in problem["message"]
    assert problem["remedy"]


def test_many_queries_at_once(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_text('{"id": 1, "query": "audit"}\n\n{"id": "b", "query": "insurance amount"}\n')
    rows = line("search", "Deal", "--queries", str(file), "-k", "3")
    assert [row["id"] for row in rows] == [1, "b"]
    assert all(0 < len(row["hits"]) <= 3 for row in rows)
    exact = line("search", "Deal", "--exact", "--queries", str(file))
    assert [row["id"] for row in exact] == [1, "b"]
    assert {hit["text"].casefold() for hit in exact[0]["hits"]} == {"audit"}
    file.write_text("not json\n")
    line("search", "Deal", "--queries", str(file), code=1)
    assert "Line 1" in line.err


def test_an_answer_has_the_contracts_shape(line: Line) -> None:
    [answer] = line("ask", "Deal", "How many days of written notice are needed before any audit takes effect?")
    assert answer["status"] == "answered"
    assert answer["coverage"]["pages"] >= answer["coverage"]["searched"] > 0
    citation = answer["claims"][0]["citations"][0]
    assert citation["verdict"] == "verified"
    page = next(p for p in line("pages", "Deal", citation["path"]) if p["page"] == citation["page"])
    assert citation["quote"].split()[0] in page["text"]


def test_a_conversation_is_asked_saved_shown_found_exported_and_deleted(
    line: Line, filled: Path, tmp_path: Path
) -> None:
    question = "How many days of written notice are needed before any audit takes effect?"
    [plain] = line("ask", "Deal", question)
    assert (plain["conversation"], plain["continues"], plain["restated"]) == (None, None, question)
    assert line("conversations", "Deal") == [], "an answer is saved where that was asked for"
    [first] = line("ask", "Deal", question, "--new-conversation", "Audit questions")
    assert {"status", "answer", "claims", "coverage", "engine", "timings_ms"} <= set(first)
    assert first["claims"] == plain["claims"]
    kept = first["conversation"]
    assert (kept["title"], kept["turn"]) == ("Audit questions", 1)
    [second] = line("ask", "Deal", "And for how long?", "--conversation", "audit")
    assert (second["conversation"]["id"], second["conversation"]["turn"]) == (kept["id"], 2)
    assert second["question"] == "And for how long?"
    assert second["continues"]
    assert "written notice" in second["restated"]
    [fresh] = line("ask", "Deal", "And for how long?", "--conversation", kept["id"], "--fresh")
    assert (fresh["continues"], fresh["restated"]) == (None, "And for how long?")
    assert "Continues: " in line.says("ask", "Deal", "And why?", "--conversation", "Audit questions")
    [listed] = line("conversations", "Deal", "list")
    assert (listed["title"], listed["turns"]) == ("Audit questions", 4)
    [shown] = line("conversations", "Deal", "show", "Audit questions")
    assert [turn["turn"] for turn in shown["turns"]] == [1, 2, 3, 4]
    assert shown["turns"][0]["answer"] == first["answer"]
    assert shown["turns"][0]["asked_at"].endswith("Z")
    assert {c["standing"] for claim in shown["turns"][0]["claims"] for c in claim["citations"]} == {"here"}
    [found, *_] = line("conversations", "Deal", "search", '"written notice" audit')
    assert found["conversation_id"] == kept["id"]
    assert line("conversations", "Deal", "rename", kept["id"], "Audits")[0]["title"] == "Audits"
    for name in ("audits.md", "audits.docx"):
        [written] = line("conversations", "Deal", "export", "Audits", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size == written["bytes"] > 0
    assert line.says("conversations", "Deal", "export", "Audits").startswith("# Audits\n")
    assert question in line.says("conversations", "Deal", "show", "Audits")
    line("conversations", "Deal", "show", "Orders", code=1)
    assert json.loads(line.err)["problem"]["title"] == "No such conversation"
    line("ask", "Deal", question, "--new-conversation", " ", code=1)
    assert line("conversations", "Deal", "delete", "Audits")[0]["deleted"]["turns"] == 4
    assert "No conversation is saved" in line.says("conversations", "Deal")


def test_what_stands_in_a_sheet_is_cited_by_its_range(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "deal"
    folder.mkdir()
    book = openpyxl.Workbook()
    book.active.title = "Option grants"
    book.active.append(["Optionee", "Vesting", "Shares"])
    book.active.append(["Devika Raghunathan", "vests over four years with a one-year cliff", 24000])
    book.save(folder / "Grants.xlsx")
    (folder / "Insurance.csv").write_text("policy;insurer\nmarine hull;Tidewater Mutual Assurance\n")
    line = Line(tmp_path / "home", capsys)
    line("room", "create", "Deal")
    line("ingest", "Deal", str(folder))
    [hit, *_] = line("search", "Deal", "over how many years do the options of Devika Raghunathan vest?")
    assert (hit["path"], hit["page"], hit["boxes"]) == ("Grants.xlsx", 1, [])
    assert hit["range"] is not None
    assert hit["range"].startswith("'Option grants'!A")
    assert hit["range"].endswith("C2")
    [answer] = line("ask", "Deal", "Which insurer covers the marine hull policy?")
    cited = answer["claims"][0]["citations"][0]
    assert (cited["path"], cited["range"]) == ("Insurance.csv", "A1:B2")
    assert "Insurance.csv, A1:B2" in line.says("ask", "Deal", "Which insurer covers the marine hull policy?")
    assert "'Option grants'!A" in line.says("search", "Deal", "options of Devika Raghunathan")


def test_jobs_list_and_retry(line: Line) -> None:
    jobs = line("jobs", "Deal")
    assert {job["kind"] for job in jobs} >= {"intake.scan", "intake.read", "intake.index"}
    assert {job["state"] for job in jobs} == {"done"}
    assert line("jobs", "Deal", "retry") == [{"retry": 0}]
    assert line("jobs", "Deal", "cancel") == [{"cancel": 0}]
    line("jobs", "Deal", "retry", "no such job", code=1)
    assert json.loads(line.err)["problem"]["remedy"]


def test_backup_and_restore_bring_back_everything(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "deal.datazoom"
    line("room", "backup", "Deal", str(file))
    line("room", "restore", str(file), "--name", "Deal again")
    assert line("pages", "Deal again") == line("pages", "Deal")
    line("room", "doctor", "Deal again")
    again = [hit["text"] for hit in line("search", "Deal again", "insurance")]
    assert again == [hit["text"] for hit in line("search", "Deal", "insurance")]
    line("room", "remove", "Deal again")


def test_wrong_usage_is_two() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["dance"])
    assert stopped.value.code == 2


def test_a_missing_path_is_a_problem_with_a_remedy(line: Line) -> None:
    line("ingest", "Deal", "/no/such/folder", code=1)
    assert json.loads(line.err)["problem"]["path"] == "/no/such/folder"


def test_a_new_copy_of_a_file_is_its_next_version(line: Line, filled: Path) -> None:
    newer = filled.parent / "newer" / "1 Contracts"
    newer.mkdir(parents=True)
    (newer / "supply 2.txt").write_text("SUPPLY AGREEMENT NO. 2\n\n1. Term. This agreement ends on 4 May 2031.\n")
    line("ingest", "Deal", str(newer.parent), code=3)
    rows = {row["path"]: row for row in line("documents", "Deal")}
    assert rows["1 Contracts/supply 2.txt"]["version"] == 2
    [hit, *_] = line("search", "Deal", "agreement ends on 4 May 2031")
    assert (hit["path"], hit["version"]) == ("1 Contracts/supply 2.txt", 2)
    assert "written notice" in line.says("search", "Deal", "written notice")


def test_an_empty_room_has_an_empty_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(tmp_path / "home", capsys)
    line("room", "create", "Bare")
    assert line("documents", "Bare") == []
    assert "no documents" in line.says("documents", "Bare")


def test_an_empty_path_is_no_path(line: Line) -> None:
    line("ingest", "Deal", "", code=1)
    assert json.loads(line.err)["problem"]["remedy"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(line: Line, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    line("ingest", "Deal", str(tmp_path / "pipe.txt"), code=1)
    assert json.loads(line.err)["problem"]["title"] == "Not a file"


@pytest.mark.parametrize("words", [("ingest", "Deal", "--password-file"), ("search", "Deal", "--queries")])
def test_a_list_that_is_no_text_is_a_problem(line: Line, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "list").write_bytes(b"\xff\xfe\x00")
    line(*words, str(tmp_path / "list"), code=1)
    problem = json.loads(line.err)["problem"]
    assert "UTF-8" in problem["message"]
    assert problem["remedy"]


def test_pages_of_a_path_that_is_not_there_is_a_problem(line: Line) -> None:
    line("pages", "Deal", "no such thing.pdf", code=1)
    assert "no such thing.pdf" in json.loads(line.err)["problem"]["message"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("lease", "-k", "0"),
        ("lease", "--queries", "file.jsonl"),
        ("lease", "--count"),
        ("lease", "--exact", "--offset", "-1"),
        ("--exact", "--count", "--queries", "file.jsonl"),
    ],
)
def test_a_search_that_cannot_be_meant_is_wrong_usage(filled: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--home", str(filled), "search", "Deal", *words])
    assert stopped.value.code == 2


def test_a_missing_index_is_said_and_made_again(line: Line, filled: Path) -> None:
    before = line("search", "Deal", "purchase price", "-k", "3")
    [listed] = line("room", "list")
    shutil.rmtree(Path(listed["rooms"][0]["folder"]) / "passages.lance")
    line("search", "Deal", "purchase price", code=1)
    assert "doctor" in json.loads(line.err)["problem"]["remedy"]
    line("ask", "Deal", "What is the purchase price?", code=1)
    [repaired] = line("room", "doctor", "Deal")
    assert repaired["healthy"]
    assert repaired["findings"]
    after = line("search", "Deal", "purchase price", "-k", "3")
    assert [(hit["path"], hit["char_start"]) for hit in after] == [(hit["path"], hit["char_start"]) for hit in before]


def test_taking_in_says_what_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(tmp_path / "home", capsys)
    folder = tmp_path / "deal"
    folder.mkdir()
    (folder / "a.txt").write_text("The notice period is thirty days.", encoding="utf-8")
    line("room", "create", "News")
    [first] = line("ingest", "News", str(folder))
    assert (first["new"], first["new_versions"]) == (1, 0)
    (folder / "a.txt").write_text("The notice period is sixty days.", encoding="utf-8")
    (folder / "b.txt").write_text("Maine law governs.", encoding="utf-8")
    [second] = line("ingest", "News", str(folder))
    assert (second["new"], second["new_versions"]) == (1, 1)
    assert "Nothing new" in line.says("ingest", "News", str(folder))
    (folder / "c.txt").write_text("Notices go to Portland.", encoding="utf-8")
    assert line.says("ingest", "News", str(folder)).startswith("1 new document in ")


def test_documents_leave_come_back_and_go_for_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(tmp_path / "home", capsys)
    folder = tmp_path / "deal"
    (folder / "drafts").mkdir(parents=True)
    for name in ("a.txt", "drafts/b.txt", "drafts/c.txt"):
        (folder / name).write_text(f"The notice period of {name} is thirty days.", encoding="utf-8")
    line("room", "create", "Trash")
    line("ingest", "Trash", str(folder))
    [removed] = line("documents", "Trash", "remove", "drafts")
    assert removed == {"removed": ["drafts/b.txt", "drafts/c.txt"]}
    assert [row["path"] for row in line("documents", "Trash")] == ["a.txt"]
    assert {hit["path"] for hit in line("search", "Trash", "notice period")} == {"a.txt"}
    trash = line("documents", "Trash", "trash")
    assert [(row["path"], row["cause"]) for row in trash] == [("drafts/b.txt", "removed"), ("drafts/c.txt", "removed")]
    said = line.says("documents", "Trash", "trash")
    assert "Removed by hand" in said
    assert "restore" in said
    [again] = line("ingest", "Trash", str(folder), code=3)
    assert [item["path"] for item in again["left_out"]] == ["drafts/b.txt", "drafts/c.txt"]
    assert line("documents", "Trash", "restore", "drafts/b.txt") == [{"restored": ["drafts/b.txt"]}]
    line("ingest", "Trash")
    assert {hit["path"] for hit in line("search", "Trash", "notice period")} == {"a.txt", "drafts/b.txt"}
    assert line("documents", "Trash", "empty-trash") == [{"deleted": 1}]
    assert line("documents", "Trash", "trash") == []
    assert "The trash is empty" in line.says("documents", "Trash", "trash")
    line("documents", "Trash", "restore", "drafts/c.txt", code=1)
    assert "trash" in json.loads(line.err)["problem"]["remedy"]
    line("documents", "Trash", "remove", code=1)
    assert "needs the path" in json.loads(line.err)["problem"]["message"]


def test_taking_in_again_tells_what_moved_and_what_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(tmp_path / "home", capsys)
    folder = tmp_path / "deal"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(f"The notice period of {name} is thirty days.", encoding="utf-8")
    line("room", "create", "Moves")
    line("ingest", "Moves", str(folder))
    (folder / "a.txt").rename(folder / "z.txt")
    (folder / "b.txt").unlink()
    [told] = line("ingest", "Moves", str(folder))
    assert (told["new"], told["moved"], told["gone"]) == (0, [["a.txt", "z.txt"]], ["b.txt"])
    (folder / "c.txt").unlink()
    said = line.says("ingest", "Moves", str(folder))
    assert said.startswith("1 document gone in ")
    assert [row["path"] for row in line("documents", "Moves")] == ["z.txt"]
    (folder / "z.txt").unlink()
    [kept] = line("ingest", "Moves", str(folder), code=3)
    assert "is empty" in kept["left_out"][0]["reason"]
    assert [row["path"] for row in line("documents", "Moves")] == ["z.txt"]


def test_all_work_is_paused_and_goes_on_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(tmp_path / "home", capsys)
    (tmp_path / "deal").mkdir()
    (tmp_path / "deal" / "a.txt").write_text("The notice period is thirty days.", encoding="utf-8")
    line("room", "create", "Calm")
    assert line("jobs", "Calm", "pause") == [{"paused": True, "waiting": 0}]
    [told] = line("ingest", "Calm", str(tmp_path / "deal"), code=3)
    assert (told["paused"], told["documents"]) == (True, 0)
    assert line("status", "Calm")[0]["paused"]
    assert "resume" in line.says("status", "Calm")
    assert [job["state"] for job in line("jobs", "Calm")] == ["paused"]
    assert line("jobs", "Calm", "resume") == [{"paused": False, "waiting": 1}]
    [told] = line("ingest", "Calm")
    assert (told["paused"], told["new"]) == (False, 1)
    line("jobs", "Calm", "pause", "01abc", code=1)
    assert "all work" in json.loads(line.err)["problem"]["message"]


def test_what_an_older_reader_read_is_said_and_read_again(line: Line, filled: Path) -> None:
    [listed] = line("room", "list")
    database = Database(Path(listed["rooms"][0]["folder"]) / "room.duckdb")
    database.write(
        lambda tx: tx.execute("UPDATE versions SET reader = 'pdf 0' WHERE reader LIKE 'pdf %' AND state = 'indexed'")
    )
    database.close()
    [status] = line("status", "Deal")
    assert status["outdated"] == 2
    assert "--reread" in line.says("status", "Deal")
    assert line("room", "doctor", "Deal")[0]["outdated"] == 2
    assert "--reread" in line.says("room", "doctor", "Deal", "--check")
    line("ingest", "Deal", "--reread", code=3)
    assert line("status", "Deal")[0]["outdated"] == 0
    before = line("documents", "Deal")
    line("ingest", "Deal", "--reread-all", code=3)
    assert line("documents", "Deal") == before


def test_a_folder_that_failed_once_is_not_held_against_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(tmp_path / "home", capsys)
    gone, here = tmp_path / "gone", tmp_path / "here"
    for folder in (gone, here):
        folder.mkdir()
        (folder / f"{folder.name}.txt").write_text("Words of a deal.", encoding="utf-8")
    line("room", "create", "Twice")
    with monkeypatch.context() as patch:
        patch.setattr("datazoom_desktop.intake.scan.walk", _drive_lost)
        [first] = line("ingest", "Twice", str(gone), code=3)
    assert [each["title"] for each in first["stopped"]] == [str(gone)]
    [second] = line("ingest", "Twice", str(here))
    assert second["stopped"] == []


def _drive_lost(root: Path, prefix: str = "") -> Iterator[Found]:
    raise Problem("Nothing there", f"{root} is not there any more.", "Connect the drive it is on and try again.")


def test_work_is_named_in_plain_words(line: Line) -> None:
    for words in (("jobs", "Deal"), ("status", "Deal")):
        said = line.says(*words)
        assert "Reading" in said
        assert "Indexing" in said
        assert "intake." not in said


@pytest.mark.parametrize("where", ["build_parser", "_run"])
def test_ctrl_c_is_told_in_a_sentence(
    where: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"datazoom_desktop.app.cli.{where}", pressed)
    assert main(["room", "list"]) == 1
    assert capsys.readouterr().err.startswith("Stopped.")


def test_a_set_of_questions_is_put_to_a_room_and_compared_with_a_kept_outcome(
    line: Line, filled: Path, tmp_path: Path
) -> None:
    text = (filled.parent / "deal" / "1 Contracts" / "supply 1.txt").read_text(encoding="utf-8")
    at = text.index("\n\n4. ") + 2
    clause = text[at : text.index("\n", at)]
    questions = tmp_path / "questions.jsonl"
    rows = [
        {"id": "given", "question": clause, "document": "1 Contracts/supply 1.txt", "page": 1, "quote": clause},
        {"id": "absent", "question": "Which kangaroo vaccinated the lighthouse choir?"},
    ]
    questions.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    kept = tmp_path / "kept.json"
    *outcomes, last = line("eval", "Deal", str(questions), "--save", str(kept))
    assert [(o["id"], o["right"], o["refused"]) for o in outcomes] == [("given", True, False), ("absent", True, True)]
    assert outcomes[0]["coverage"]["recall_all"] > 0.9  # the spaces between quoted sentences are nobody's
    assert last["summary"]["rightly_refused"] == 1.0
    *_, compared = line("eval", "Deal", str(questions), "--against", str(kept))
    assert (compared["better"], compared["worse"]) == ([], [])
    assert "Right place among the first three citations" in line.says("eval", "Deal", str(questions))


def test_a_bad_question_set_is_told_and_the_rest_is_asked(line: Line, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Who pays?"}\nnot json\n', encoding="utf-8")
    *_, last = line("eval", "Deal", str(questions), code=3)
    assert last["summary"]["questions"] == 1
    assert "Line 2" in last["problems"][0]["message"]
    line("eval", "Deal", str(tmp_path / "absent.jsonl"), code=1)
    line("eval", "Deal", str(questions), "--against", str(questions), code=1)
