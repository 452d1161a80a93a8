"""The workbooks and the customer list: figures, formulas, and the values that the formulas have (so that no reader must compute).

Planted disagreements: the capitalization table gives Dae-Jung Whitcombe an option over 240,000 shares where his grant notice says
220,000 (the shares available for grant are lower by as much); the covenant sheet tests Minimum Cash at $1,250,000 where the loan
agreement says $1,500,000; the yearly recurring revenue of the customer list is lower than that of the management presentation.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from builder.zips import WRITTEN, settle

POOL = 2_000_000
HOLDERS = (
    ("Ingrid Solheim", 4_000_000, 0, 0, 0),
    ("Marcus Adeyemi", 3_000_000, 0, 0, 0),
    ("Tobias Renner", 200_000, 0, 0, 0),
    ("Beatriz Calloway (exercised option)", 40_000, 0, 0, 0),
    ("Tidewater Seed Fund II, L.P.", 0, 1_200_000, 0, 400_000),
    ("Fathom Angels LLC", 0, 400_000, 0, 0),
    ("Sable Point Capital LLC", 0, 0, 416_666, 0),
    ("Coldharbor Ventures III, L.P.", 0, 0, 0, 2_400_000),
    ("Lanternfish Maritime Fund, L.P.", 0, 0, 0, 400_000),
)
OPTIONS = (
    ("Priya Raghunathan", "2022-10-24", 0.62, 350_000, 0),
    ("Dae-Jung Whitcombe", "2022-10-24", 0.62, 240_000, 0),
    ("Beatriz Calloway", "2021-02-11", 0.41, 160_000, 40_000),
    ("Other employees (23 grants)", "2020 to 2022", 0.44, 412_500, 0),
)
CUSTOMERS = (
    ("Castellane Port Authority", "Port", "United States", "2023-04-01", 36, 118_000),
    ("Harbourline Ferries Ltd", "Ferry operator", "United Kingdom", "2023-09-01", 24, 74_500),
    ("Baltic Crown Shipping A/S", "Shipowner", "Denmark", "2024-02-15", 36, 61_000),
    ("Port of Essenden", "Port", "United States", "2023-11-01", 24, 52_000),
    ("Gullwing Offshore LLC", "Offshore services", "United States", "2024-05-01", 24, 41_500),
    ("Trident Dredging Co.", "Dredging", "United States", "2024-07-01", 12, 36_000),
    ("Ardmore Tankers plc", "Shipowner", "Ireland", "2024-09-15", 24, 31_500),
    ("Solent Pilotage Trust", "Pilotage", "United Kingdom", "2024-10-01", 36, 24_000),
    ("Quill Bay Marina Group", "Marina", "United States", "2025-01-01", 12, 18_500),
    ("Northumbria Wind Services", "Offshore wind", "United Kingdom", "2025-03-01", 24, 14_000),
    ("Delmar Aquaculture Inc.", "Aquaculture", "Canada", "2025-04-15", 12, 11_000),
    ("Isle Royale Cruises", "Cruise", "United States", "2025-06-01", 12, 7_500),
)

ASSETS = (
    ("Cash", 1_870_000, 3_402_000, 2_046_000),
    ("Accounts receivable", 702_000, 1_012_000, 1_031_000),
    ("Inventory", 301_000, 344_000, 388_000),
    ("Deployed H3 units, net", 1_962_000, 2_702_000, 2_234_000),
    ("Prepaid expenses and other", 112_000, 139_900, 146_933),
)
DEBTS = (
    ("Accounts payable and accrued expenses", 618_000, 742_000, 803_000),
    ("Deferred revenue", 233_000, 395_000, 421_000),
    ("Term loan, Penobscot Commercial Bank", 0, 4_000_000, 3_333_333),
    ("Revolving line, Penobscot Commercial Bank", 0, 500_000, 750_000),
    ("Equipment notes, Saltmarsh Leasing", 441_000, 0, 0),
    ("Maine Ocean Technology Fund loan", 150_000, 150_000, 150_000),
    ("Simple agreements for future equity", 0, 400_000, 400_000),
)
PAID_IN = (11_410_000, 11_601_400, 11_743_400)
OPENING_DEFICIT = -5_620_000


class _Sheet:
    """One worksheet, written row by row."""

    def __init__(self, book: Workbook, name: str, widths: Sequence[int], formats: dict[str, Format]) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.row = 0
        self.formats = formats
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def add(self, cells: Sequence[object], style: str = "") -> int:
        """Write one row; a pair (formula, value) is a formula with its value. Returns the 1-based row number."""
        for column, cell in enumerate(cells):
            chosen = self.formats.get(
                style or ("number" if isinstance(cell, int) else "price" if isinstance(cell, float) else "")
            )
            if isinstance(cell, tuple):
                self.sheet.write_formula(self.row, column, cell[0], self.formats[style or "number"], cell[1])
            elif cell is not None:
                self.sheet.write(self.row, column, cell, chosen)
        self.row += 1
        return self.row

    def total(self, label: str, table: Sequence[Sequence[object]], first: int, columns: Sequence[int]) -> list[int]:
        """Write a bold row of sums over `table`, which starts at 1-based row `first`; returns the sums by column asked for."""
        cells: list[object] = [None] * (max(columns) + 1)
        cells[0] = label
        sums = []
        for column in columns:
            name = xl_col_to_name(column)
            value = sum(number for row in table if isinstance(number := row[column], int))
            sums.append(value)
            cells[column] = (f"=SUM({name}{first}:{name}{first + len(table) - 1})", value)
        self.add(cells, "bold")
        return sums


def _open(out: io.BytesIO, title: str) -> tuple[Workbook, dict[str, Format]]:
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": title, "author": "Halyard Robotics, Inc.", "created": WRITTEN})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "bold": book.add_format({"bold": True, "top": 1, "num_format": "#,##0"}),
        "number": book.add_format({"num_format": "#,##0"}),
        "price": book.add_format({"num_format": "$0.00##"}),
        "share": book.add_format({"num_format": "0.00%"}),
    }
    return book, formats


def cap_table() -> bytes:
    """The capitalization table: holders, options, convertibles, notes."""
    out = io.BytesIO()
    book, formats = _open(out, "Capitalization table as of September 30, 2025")
    holders = _Sheet(book, "Holders", (38, 14, 14, 14, 14, 16, 12), formats)
    holders.add(["Halyard Robotics, Inc. - capitalization as of September 30, 2025"], "head")
    holders.add(["Holder", "Common", "Series Seed", "Series A-1", "Series A", "Total", "Fully diluted"], "head")
    granted = sum(row[3] - row[4] for row in OPTIONS)
    available = POOL - sum(row[3] for row in OPTIONS)
    rest = (
        ("Options outstanding", granted, 0, 0, 0),
        ("Available under the 2019 Equity Incentive Plan", available, 0, 0, 0),
    )
    table = [(*row, sum(row[1:])) for row in (*HOLDERS, *rest)]
    whole, last = sum(row[5] for row in table), 2 + len(table)
    for row in table:
        number = holders.row + 1
        links = {"Options outstanding": "=Options!F7", rest[1][0]: "=Options!F10"}
        first = (links[row[0]], row[1]) if row[0] in links else row[1]
        holders.add([row[0], first, *row[2:5], (f"=SUM(B{number}:E{number})", row[5])])
        holders.sheet.write_formula(number - 1, 6, f"=F{number}/F${last + 1}", formats["share"], row[5] / whole)
    holders.total("Total, fully diluted", table, 3, (1, 2, 3, 4, 5))
    _options(_Sheet(book, "Options", (34, 16, 12, 14, 14, 14), formats), granted, available)
    _convertibles(_Sheet(book, "Safes", (28, 16, 16, 18, 12, 60), formats))
    notes = _Sheet(book, "Notes", (120,), formats)
    for line in (
        "Prepared by Finance on October 8, 2025 from the stock ledger; not reviewed by counsel.",
        "The Series A-1 shares were issued on conversion of the Sable Point Safe at $1.2000 per share; $0.80 was paid for the fraction.",
        "The Okafor Safe is shown on the sheet Safes and is not included in the fully diluted total.",
        "Of the shares held by Tobias Renner, all are vested; the Company's repurchase right lapsed on March 4, 2023.",
        "No warrants are outstanding. The bank took a success fee in place of a warrant.",
    ):
        notes.add([line])
    book.close()
    return settle(out.getvalue())


def _options(sheet: _Sheet, granted: int, available: int) -> None:
    sheet.add(["Options under the 2019 Equity Incentive Plan"], "head")
    sheet.add(["Optionholder", "Date of grant", "Price", "Granted", "Exercised", "Outstanding"], "head")
    rows = [(*row, row[3] - row[4]) for row in OPTIONS]
    for row in rows:
        number = sheet.row + 1
        sheet.add([*row[:5], (f"=D{number}-E{number}", row[5])])
    sheet.total("Total", rows, 3, (3, 4, 5))
    sheet.row += 1
    sheet.add(["Share reserve of the plan", None, None, None, None, POOL])
    sheet.add(["Available for grant", None, None, None, None, ("=F9-D7", available)], "bold")
    sheet.row += 1
    note = "Whitcombe: option over 240,000 shares at $0.62, granted October 24, 2022, vesting from May 9, 2022."
    sheet.add([note])


def _convertibles(sheet: _Sheet) -> None:
    sheet.add(["Simple agreements for future equity"], "head")
    sheet.add(["Investor", "Date", "Purchase amount", "Valuation cap", "Discount", "Status"], "head")
    sheet.add(["Sable Point Capital LLC", "2021-11-03", 500_000, 12_500_000, "none", "Converted on September 28, 2022"])
    sheet.add(
        [
            "Lucian Okafor",
            "2024-02-20",
            400_000,
            48_000_000,
            "15%",
            "Outstanding; ranks behind the Senior Preferred Stock",
        ]
    )


def financials() -> bytes:
    """The financial statements: income, balance sheet, bank covenant, notes."""
    out = io.BytesIO()
    book, formats = _open(out, "Financial statements FY2023 to September 2025")
    profits = _income(_Sheet(book, "Income Statement", (40, 16, 16, 18), formats))
    _balance(_Sheet(book, "Balance Sheet", (40, 16, 16, 18), formats), profits)
    _covenant(_Sheet(book, "Bank Covenant", (34, 16, 16, 16), formats))
    notes = _Sheet(book, "Notes", (130,), formats)
    for line in (
        "1. Basis. FY2023 and FY2024 are audited by Bowsprit & Lowe LLP; the nine months to September 30, 2025 are unaudited.",
        "2. Revenue recognition. Fixed monthly fees are recognized over the month of service and charges for extra hulls on completion.",
        "3. Going concern. The auditors' report on FY2024 contains an emphasis of matter on going concern, without qualification.",
        "4. Fleet. H3 units are depreciated on a straight line over five years to a residual value of $9,000 each.",
        "5. Concentration. Castellane Port Authority accounted for 23.4% of revenue in FY2024 and 22.8% in the nine months to September 2025.",
        "6. Tax. Federal net operating losses carried forward at December 31, 2024 were $9,140,000; no deferred tax asset is recognized.",
        "7. Related parties. The Company paid Solheim Naval Design AS, owned by the brother of the Chief Executive Officer, $86,400 in FY2024.",
        "8. Term loan. The Milestone was not achieved, so that repayment began on April 1, 2025 in thirty-six equal installments.",
    ):
        notes.add([line])
    book.close()
    return settle(out.getvalue())


def _income(sheet: _Sheet) -> list[int]:
    sheet.add(["Halyard Robotics, Inc. - consolidated income statement (US dollars)"], "head")
    sheet.add(["", "FY2023", "FY2024", "9 months to Sep 2025"], "head")
    revenue = [
        ("Fleet service fees", 3_310_000, 4_705_000, 4_198_000),
        ("Usage and extra hulls", 612_000, 948_000, 837_000),
        ("Engineering services", 260_000, 365_000, 296_000),
    ]
    costs = [
        ("Cost of revenue", -2_216_000, -2_889_000, -2_452_000),
        ("Research and development", -2_480_000, -2_935_000, -2_390_000),
        ("Sales and marketing", -690_000, -905_000, -741_000),
        ("General and administrative", -1_020_000, -1_188_000, -962_000),
        ("Loss of unit H3-017", 0, 0, -84_300),
        ("Settlement with Delacroix Diving Services", 0, -72_500, 0),
        ("Interest expense", -61_000, -312_000, -268_000),
    ]
    for row in revenue:
        sheet.add(row)
    income = sheet.total("Total revenue", revenue, 3, (1, 2, 3))
    for row in costs:
        sheet.add(row)
    spent = [sum(int(row[column]) for row in costs) for column in (1, 2, 3)]
    profits = [earned + cost for earned, cost in zip(income, spent, strict=True)]
    names = ("B", "C", "D")
    sheet.add(["Net loss", *((f"={n}6+SUM({n}7:{n}13)", p) for n, p in zip(names, profits, strict=True))], "bold")
    sheet.row += 1
    sheet.add(
        [
            "Total revenue for FY2024 was $6,018,000, up 43.9% on FY2023, and $5,331,000 for the nine months to September 2025."
        ]
    )
    return profits


def _balance(sheet: _Sheet, profits: Sequence[int]) -> None:
    sheet.add(["Halyard Robotics, Inc. - consolidated balance sheet (US dollars)"], "head")
    sheet.add(["", "Dec 31, 2023", "Dec 31, 2024", "Sep 30, 2025"], "head")
    deficits = [OPENING_DEFICIT + sum(profits[: year + 1]) for year in range(3)]
    for row in ASSETS:
        sheet.add(row)
    sheet.total("Total assets", ASSETS, 3, (1, 2, 3))
    for row in DEBTS:
        sheet.add(row)
    owed = sheet.total("Total liabilities", DEBTS, 9, (1, 2, 3))
    sheet.add(["Paid-in capital", *PAID_IN])
    formulas = [
        (f"={OPENING_DEFICIT}+'Income Statement'!B14", deficits[0]),
        ("=B18+'Income Statement'!C14", deficits[1]),
        ("=C18+'Income Statement'!D14", deficits[2]),
    ]
    sheet.add(["Accumulated deficit", *formulas])
    sums = [sum(figures) for figures in zip(owed, PAID_IN, deficits, strict=True)]
    cells = [(f"={n}16+{n}17+{n}18", value) for n, value in zip(("B", "C", "D"), sums, strict=True)]
    sheet.add(["Total liabilities and equity", *cells], "bold")


def _covenant(sheet: _Sheet) -> None:
    sheet.add(["Minimum Cash covenant, Section 6.8(a) of the Penobscot loan"], "head")
    sheet.add(["", "Jul 31, 2025", "Aug 31, 2025", "Sep 30, 2025"], "head")
    cash, required = (2_240_000, 2_118_000, 2_046_000), 1_250_000
    sheet.add(["Unrestricted cash at Bank", *cash])
    sheet.add(["Required", required, required, required])
    cells = [(f"={xl_rowcol_to_cell(2, n + 1)}-{xl_rowcol_to_cell(3, n + 1)}", cash[n] - required) for n in range(3)]
    sheet.add(["Headroom", *cells], "bold")
    sheet.row += 1
    sheet.add(["The covenant is tested here at a Minimum Cash of $1,250,000 at each month end."])
    sheet.add(["Fleet Ratio at September 30, 2025: $2,234,000 / $3,333,333 = 0.67 to 1.00 (required 0.60 to 1.00)."])


def customers() -> bytes:
    """The customer list with monthly recurring revenue at September 30, 2025, as CSV (UTF-8, newline ended)."""
    lines = ["Customer,Kind,Country,Contract start,Term months,MRR USD"]
    lines += [",".join(str(cell) for cell in row) for row in CUSTOMERS]
    whole = sum(row[5] for row in CUSTOMERS)
    lines += [f"Total,,,,,{whole}", f"Annual recurring revenue (MRR x 12),,,,,{whole * 12}"]
    return ("\n".join(lines) + "\n").encode()
