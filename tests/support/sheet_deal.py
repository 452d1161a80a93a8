"""A deal of spreadsheets whose every figure is known: cap table, option ledger, customers, statements, invoices, and bad layouts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.support.sheets import Formula, Shown, csv, workbook


def _day(year: int, month: int, day: int) -> Shown:
    return Shown(dt.date(year, month, day), "d mmm yyyy")


def _int(number: int) -> Shown:
    return Shown(number, "int")


def make_sheets(folder: Path) -> Path:
    """Write the files below ``folder`` and return it."""
    for name in ("Equity", "Commercial", "Finance", "Property", "Other"):
        (folder / name).mkdir(parents=True)
    _equity(folder / "Equity")
    _commercial(folder / "Commercial")
    _finance(folder / "Finance")
    workbook(
        folder / "Property" / "Leases.xlsx",
        {
            "Leases": [
                ["Premises", "Landlord", "Monthly rent NOK", "Expiry"],
                ["Oslo office", "Fjord Eiendom AS", _int(120000), _day(2028, 12, 31)],
                ["Bergen workshop", "Vestland Bygg AS", _int(45000), _day(2026, 6, 30)],
            ]
        },
    )
    workbook(
        folder / "Other" / "Raw.xlsx", {"Budget": [["Travel", 500, 700], ["Rent", 900, 950], ["Software", 80, 90]]}
    )
    (folder / "Other" / "Memo.txt").write_text(
        "The founders must obtain the consent of the bank before any change of control.\n", encoding="utf-8"
    )
    return folder


def _equity(folder: Path) -> None:
    workbook(
        folder / "Cap table.xlsx",
        {
            "Cap Table": [
                ["Orion AS: shares issued and outstanding as of 30 June 2025"],
                [],
                ["Shareholder", "Class", "Shares", "% Ownership", "Invested ($)"],
                ["Ann Holm", "Common", _int(4_000_000), Shown(0.4, "pct"), None],
                ["Bo Carr", "Common", _int(3_000_000), Shown(0.3, "pct"), None],
                ["Northstar Ventures LP", "Series A", _int(2_000_000), Shown(0.2, "pct"), _int(5_000_000)],
                ["Harbor Angels LLC", "Series A", _int(500_000), Shown(0.05, "pct"), _int(1_250_000)],
                ["Option pool", "Options", _int(500_000), Shown(0.05, "pct"), None],
                [],
                ["Total", None, Formula("=SUM(C4:C8)", 10_000_000), Shown(1, "pct"), Formula("=SUM(E4:E8)", 6_250_000)],
            ]
        },
    )
    workbook(
        folder / "Option ledger.xlsx",
        {
            "Grants": [
                ["Holder", "Grant date", "Options", "Exercise price", "Vested"],
                ["Priya Raman", _day(2021, 3, 1), _int(10_000), Shown(0.5, "usd"), _int(8_000)],
                ["Priya Raman", _day(2023, 3, 1), _int(5_000), Shown(1.25, "usd"), _int(1_000)],
                ["Tomas Weber", _day(2022, 6, 15), _int(7_500), Shown(0.8, "usd"), _int(3_000)],
                ["Lena Okoye", _day(2022, 9, 1), _int(12_000), Shown(0.8, "usd"), _int(4_000)],
                ["Total", None, Formula("=SUM(C2:C5)", 34_500), None, Formula("=SUM(E2:E5)", 16_000)],
            ]
        },
    )


def _commercial(folder: Path) -> None:
    workbook(
        folder / "Customers.xlsx",
        {
            "Customers": [
                ["Customer", "Country", "Segment", "ARR (USD)", "Contract start", "Contract end"],
                [
                    "Alpha Freight Inc.",
                    "United States",
                    "Logistics",
                    Shown(240000.50, "usd"),
                    _day(2023, 1, 1),
                    _day(2026, 1, 31),
                ],
                [
                    "Beta Marine GmbH",
                    "Germany",
                    "Shipping",
                    Shown(99999.50, "usd"),
                    _day(2024, 7, 1),
                    _day(2026, 6, 30),
                ],
                [
                    "Gamma Ports Ltd",
                    "United Kingdom",
                    "Ports",
                    Shown(150000, "usd"),
                    _day(2024, 2, 1),
                    _day(2027, 1, 31),
                ],
                ["Delta Lines AG", "Germany", "Shipping", Shown(75000, "usd"), _day(2025, 1, 1), _day(2026, 12, 31)],
                ["Epsilon Rail LLC", "United States", "Logistics", "n/a", _day(2025, 5, 1), _day(2025, 10, 31)],
                ["Total", None, None, Formula("=SUM(D2:D6)", 565000), None, None],
            ]
        },
    )


def _finance(folder: Path) -> None:
    workbook(
        folder / "Statements.xlsx",
        {
            "Income": [
                ["Orion AS, income statement (US dollars in thousands)"],
                [None, "FY2022", "FY2023", "FY2024"],
                ["Revenue"],
                ["Licences", 800, 1000, 1400],
                ["Services", 200, 300, 250],
                [
                    "Total revenue",
                    Formula("=SUM(B4:B5)", 1000),
                    Formula("=SUM(C4:C5)", 1300),
                    Formula("=SUM(D4:D5)", 1650),
                ],
                [],
                ["Costs"],
                ["Salaries", -700, -900, -1100],
                ["Cost of sales", -100, -120, -150],
                ["Net income", Formula("=B6+B9+B10", 200), Formula("=C6+C9+C10", 280), Formula("=D6+D9+D10", 400)],
            ],
            "Quarters": [
                ["Product", "2024", None, "2025", None],
                [None, "Q1", "Q2", "Q1", "Q2"],
                ["Pilot", 10, 20, 30, 40],
                ["Beacon", 5, 6, 7, 8],
            ],
            "Headcount": [
                ["Department", "Employees", "Average salary"],
                ["Engineering", 12, Shown(95000, "usd")],
                ["Sales", 7, Shown(70000, "usd")],
                ["Finance", 3, Shown(68000, "usd")],
            ],
        },
        {"Quarters": ["B1:C1", "D1:E1"]},
    )
    csv(
        folder / "Invoices.csv",
        "Invoice;Supplier;Amount EUR;Due date\n"
        "R-1;Nordlicht GmbH;1.234,50;31/08/2025\n"
        "R-2;Werkhof AG;2.000,00;15/09/2025\n"
        "R-3;Nordlicht GmbH;765,50;30/09/2025\n"
        "R-4;Werkhof AG;10.000,25;01/07/2025\n",
    )
    workbook(
        folder / "Deals.xlsx",
        {"Deals": [["Deal", "Price"], ["Atlas", "$1,000"], ["Borea", "€2,000"], ["Cirrus", "$3,000"]]},
    )
    csv(folder / "Payments.csv", "Vendor,Invoiced USD,Paid USD\nAcme Tools,900,850\nBright Light,400,400\n")
