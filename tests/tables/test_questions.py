"""Questions about figures, put to a room of spreadsheets whose every figure is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.chat.model import TABLES, Answer
from datazoom_desktop.chat.service import Chat
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.tables.service import Tables
from tests.support.models import chosen
from tests.support.openai_server import OpenAIServer, says
from tests.support.sheet_deal import make_sheets


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("sheets")
    home = folder / "home"
    Rooms(home).create("Orion")
    with open_workspace(home, "Orion") as workspace:
        workspace.start()
        workspace.intake.add([make_sheets(folder / "deal")])
        workspace.runner.drain()
        yield workspace


#: question, sentences of the answer, ranges of cells they stand on
ANSWERED = [
    (
        "How many shares are outstanding in total?",
        ["Shares, added up over 5 rows: 10,000,000. The sheet’s own total, in C10, is the same."],
        ["'Cap Table'!C4:C8", "'Cap Table'!C10"],
    ),
    ("How many shares does Northstar hold?", ["Northstar Ventures LP, Shares: 2,000,000."], ["'Cap Table'!C6"]),
    ("Who is the largest shareholder?", ["Highest Shares: Ann Holm, 4,000,000."], ["'Cap Table'!A4", "'Cap Table'!C4"]),
    (
        "List the shareholders of Series A",
        ["2 rows where Class is “Series A”: Northstar Ventures LP; Harbor Angels LLC."],
        ["'Cap Table'!A6:A7"],
    ),
    ("What percentage does Bo Carr own?", ["Bo Carr, % Ownership: 30.0%."], ["'Cap Table'!D5"]),
    (
        "How many options has Priya Raman?",
        ["Options, added up over 2 rows where Holder is “Priya Raman”: 15,000."],
        ["Grants!C2:C3"],
    ),
    ("What is the exercise price of Tomas Weber's options?", ["Tomas Weber, Exercise price: $0.80."], ["Grants!D4"]),
    ("When was Lena Okoye's grant?", ["Lena Okoye, Grant date: 1 Sep 2022."], ["Grants!B5"]),
    (
        "How many options were granted after 2022?",
        ["Options, added up over 1 row where Grant date is after 31 December 2022: 5,000."],
        ["Grants!C3"],
    ),
    (
        "Total number of vested options",
        ["Vested, added up over 4 rows: 16,000. The sheet’s own total, in E6, is the same."],
        ["Grants!E2:E5", "Grants!E6"],
    ),
    (
        "Which customer pays most?",
        ["Highest ARR (USD): Alpha Freight Inc., $240,000.50."],
        ["Customers!A2", "Customers!D2"],
    ),
    (
        "Total ARR of customers whose contract ends in 2026",
        [
            "ARR (USD), added up over 3 rows where Contract end is from 1 January 2026 to 31 December 2026: 415,000.00 USD."
        ],
        ["Customers!D2:D3", "Customers!D5"],
    ),
    (
        "What is the total annual recurring revenue?",
        ["ARR (USD), added up over 4 rows: 565,000.00 USD. The sheet’s own total, in D7, is the same."],
        ["Customers!D2:D5", "Customers!D7"],
    ),
    (
        "What is the average ARR of customers in Germany?",
        ["ARR (USD), average of 2 rows where Country is “Germany”: 87,499.75 USD."],
        ["Customers!D3", "Customers!D5"],
    ),
    (
        "What are the top 2 customers by ARR?",
        ["1: Alpha Freight Inc., $240,000.50.", "2: Gamma Ports Ltd, $150,000.00."],
        ["Customers!A2", "Customers!D2", "Customers!A4", "Customers!D4"],
    ),
    (
        "Which customers are in Germany?",
        ["2 rows where Country is “Germany”: Beta Marine GmbH; Delta Lines AG."],
        ["Customers!A3", "Customers!A5"],
    ),
    (
        "How many customers are in the US?",
        ["2 rows of 5 where Country is “United States”."],
        ["Customers!A2", "Customers!A6"],
    ),
    (
        "How many customers are not in Germany?",
        ["3 rows of 5 where Country is not “Germany”."],
        ["Customers!A2", "Customers!A4", "Customers!A6"],
    ),
    ("How many countries do the customers come from?", None, None),
    (
        "ARR by segment",
        [
            "ARR (USD), added up by Segment, over 4 rows: Logistics 240,000.50 USD; Shipping 174,999.50 USD; Ports 150,000.00 USD."
        ],
        ["Customers!C2:C5", "Customers!D2:D5"],
    ),
    (
        "Which customers have an ARR of more than $100,000?",
        ["2 rows where ARR (USD) is above 100,000: Alpha Freight Inc. ($240,000.50); Gamma Ports Ltd ($150,000.00)."],
        ["Customers!A2", "Customers!A4"],
    ),
    (
        "Which customers' contracts end before 1 July 2026?",
        [
            (
                "3 rows where Contract end is before 1 July 2026: Alpha Freight Inc. (31 Jan 2026); Beta Marine GmbH (30 Jun 2026); "
                "Epsilon Rail LLC (31 Oct 2025)."
            )
        ],
        ["Customers!A2:A3", "Customers!A6"],
    ),
    ("When does the contract of Gamma Ports end?", ["Gamma Ports Ltd, Contract end: 31 Jan 2027."], ["Customers!F4"]),
    ("What was revenue in FY2024?", ["Total revenue (Revenue), FY2024: 1650 USD (in thousands)."], ["Income!D6"]),
    ("What was net income in 2023?", ["Net income (Costs), FY2023: 280 USD (in thousands)."], ["Income!C11"]),
    (
        "How much did Orion spend on salaries in fiscal year 2022?",
        ["Salaries (Costs), FY2022: -700 USD (in thousands)."],
        ["Income!B9"],
    ),
    ("How many Beacon in Q2 2025?", ["Beacon, 2025 Q2: 8."], ["Quarters!E4"]),
    ("How many employees are in Engineering?", ["Engineering, Employees: 12."], ["Headcount!B2"]),
    (
        "How many employees are in Engineering and Sales?",
        ["Employees, added up over 2 rows where Department is “Engineering” or “Sales”: 19."],
        ["Headcount!B2:B3"],
    ),
    (
        "What is the total ARR of customers in Germany and the UK?",
        ["ARR (USD), added up over 3 rows where Country is “Germany” or “United Kingdom”: 324,999.50 USD."],
        ["Customers!D3:D5"],
    ),
    (
        "How many employees are there in total?",
        ["Employees, added up over 3 rows: 22."],
        ["Headcount!B2:B4"],
    ),
    (
        "What is the total amount of invoices from Nordlicht?",
        ["Amount EUR, added up over 2 rows where Supplier is “Nordlicht GmbH”: 2,000.00 EUR."],
        ["C2", "C4"],
    ),
    (
        "How many invoices are due after 1 September 2025?",
        ["2 rows of 4 where Due date is after 1 September 2025."],
        ["A3:A4"],
    ),
    ("What is the largest invoice?", ["Highest Amount EUR: R-4, 10.000,25 EUR."], ["A5", "C5"]),
    ("What is the monthly rent of the Oslo office?", ["Oslo office, Monthly rent NOK: 120,000 NOK."], ["Leases!C2"]),
    ("When does the Bergen workshop lease expire?", ["Bergen workshop, Expiry: 30 Jun 2026."], ["Leases!D3"]),
]


@pytest.mark.parametrize(("question", "sentences", "ranges"), ANSWERED, ids=[row[0] for row in ANSWERED])
def test_a_question_about_figures_is_answered_by_a_query_with_its_cells(
    room: Workspace, question: str, sentences: list[str] | None, ranges: list[str] | None
) -> None:
    answer = room.chat.ask(question, engine="quote")
    if sentences is None:
        assert answer.engine != TABLES
        return
    assert [claim.text for claim in answer.computed] == sentences
    assert [c.cells for claim in answer.computed for c in claim.citations] == ranges
    assert answer.sql.startswith("SELECT ")
    stands(room, answer)


def stands(room: Workspace, answer: Answer) -> None:
    """Fail unless every quote of an answer is the document's text, and its first cell the one named."""
    for claim in answer.computed:
        for citation in claim.citations:
            assert room.documents.text(citation.version_id, citation.span) == citation.quote
            start = citation.span.start
            first = room.documents.cells(citation.version_id, Span(start, start + 1))
            assert first == (citation.cells or "").split(",")[0].split(":")[0]


def test_sheets_that_were_never_looked_at_give_the_same_answers(room: Workspace) -> None:
    for question, sentences, _ in ANSWERED:
        fresh = Tables(room.storage).answer(question)
        assert (None if fresh is None else [figure.text for figure in fresh.figures]) == sentences, question


NOT_FROM_TABLES = [
    "What was revenue in FY2021?",  # no such year
    "What was gross margin in 2024?",  # no such line
    "What is the total price of all deals?",  # two currencies in one column
    "Who must consent to a change of control?",  # prose
    "Is Northstar a shareholder?",  # yes or no
    "How many warrants are outstanding?",  # no warrants anywhere
    "How many patents does Orion own?",
    "What was travel in the budget?",  # a sheet without headings
    "Why did Alpha Freight leave?",
    "What interest rate does the loan bear?",
    "How many shares may the board issue?",
    "Which customers are in France?",
    "What is the exercise price of Ingrid Solheim's options?",
]


@pytest.mark.parametrize("question", NOT_FROM_TABLES)
def test_what_the_tables_do_not_tell_is_left_to_the_documents(room: Workspace, question: str) -> None:
    assert room.tables.answer(question) is None
    answer = room.chat.ask(question, engine="quote")
    assert (answer.engine, answer.sql, answer.computed) == ("quote", "", ())


def test_a_figure_in_cells_that_are_no_table_is_said_to_be_there(room: Workspace) -> None:
    for question in ("What was travel in the budget?", "What is the total of travel and rent?"):
        answer = room.chat.ask(question, engine="quote")
        assert answer.engine == "quote"
        [remark] = answer.remarks
        assert (
            "Raw.xlsx may hold the figure. The cells Budget!A1:C3 are not read as a table: no row of headings" in remark
        )
    assert room.chat.ask("Who must consent to a change of control?", engine="quote").remarks == ()


def test_columns_that_fit_as_well_are_all_given_and_that_is_said(room: Workspace) -> None:
    answer = room.chat.ask("How much for Acme Tools?", engine="quote")
    assert [claim.text for claim in answer.computed] == [
        "Acme Tools, Invoiced USD: 900 USD.",
        "Acme Tools, Paid USD: 850 USD.",
    ]
    assert answer.remarks == ("2 columns fit the question equally well: Invoiced USD, Paid USD. All are given.",)


def test_a_misspelt_name_is_understood_and_that_is_said(room: Workspace) -> None:
    answer = room.chat.ask("How many shares does Northstarr hold?", engine="quote")
    assert [claim.text for claim in answer.computed] == ["Northstar Ventures LP, Shares: 2,000,000."]
    assert answer.remarks == ("“northstarr” was read as “Northstar”.",)


def test_only_the_documents_that_are_asked_about_are_looked_into(room: Workspace) -> None:
    ids = {path: document for _, document, path, _ in room.documents.current_versions()}
    ledger = (
        ids["deal/Equity/Option ledger.xlsx"]
        if "deal/Equity/Option ledger.xlsx" in ids
        else ids["Equity/Option ledger.xlsx"]
    )
    assert room.tables.answer("What was revenue in FY2024?", {ledger}) is None
    assert room.tables.answer("How many options has Priya Raman?", {ledger}) is not None


def test_the_answer_says_how_it_was_computed_in_json_too(room: Workspace) -> None:
    told = room.chat.ask("How many options has Priya Raman?", engine="quote").as_dict()
    assert told["engine"] == "tables"
    assert told["sql"] == 'SELECT sum("options")\nFROM "option_ledger_grants"\nWHERE "holder" = \'Priya Raman\''


def test_a_changed_file_gives_the_new_figure(room: Workspace, tmp_path: Path) -> None:
    from tests.support.sheets import csv

    room.intake.add([csv(tmp_path / "Fleet.csv", "Vessel,Crew\nTern,4\nGull,6\n")])
    room.runner.drain()
    assert [f.text for f in room.tables.answer("How many crew has the Tern?").figures] == ["Tern, Crew: 4."]  # type: ignore[union-attr]
    room.intake.add([csv(tmp_path / "Fleet.csv", "Vessel,Crew\nTern,5\nGull,6\n")])
    room.runner.drain()
    assert [f.text for f in room.tables.answer("How many crew has the Tern?").figures] == ["Tern, Crew: 5."]  # type: ignore[union-attr]


def test_a_query_that_a_model_proposes_is_run_and_said_to_be_its_own(room: Workspace) -> None:
    form = {
        "table": "invoices",
        "op": "most",
        "column": "amount_eur",
        "filters": [{"column": "supplier", "sign": "=", "value": "Werkhof AG"}],
        "by": "",
    }
    question = "What is the biggest bill from Werkhof?"
    assert room.tables.answer(question) is None, "the rules do not know what a bill is"
    with OpenAIServer(says(json.dumps(form))) as server:
        client = server.client()
        chat = Chat(room.search, room.documents, lambda: chosen(client), room.tables)
        answer = chat.ask(question, engine="llm")
        assert [claim.text for claim in answer.computed] == [
            "Highest Amount EUR where Supplier is “Werkhof AG”: R-4, 10.000,25 EUR."
        ]
        assert answer.remarks[0] == "Big proposed the query: see that it asks what you asked."
        stands(room, answer)
        asked = server.bodies[0]["messages"][-1]["content"]
        assert "Table invoices: invoice (text), supplier (text), amount_eur (number, EUR), due_date (date)" in asked
        client.close()


def test_a_model_that_proposes_nothing_fit_leaves_the_question_to_the_documents(room: Workspace) -> None:
    bad = {"table": "invoices", "op": "sum", "column": "amount_eur", "filters": [], "by": ""}
    with OpenAIServer(says(json.dumps(bad))) as server:
        client = server.client()
        chat = Chat(room.search, room.documents, lambda: chosen(client), room.tables)
        answer = chat.ask("What is the biggest bill from Werkhof?", engine="llm")
        assert (answer.sql, answer.computed) == ("", ())
        client.close()
