"""Which content becomes which document of the room: one entry a path."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from builder import deck, mail, pdf, scan, sheets, word
from builder.castellane import PILOT_2021, RESTATED_2025, SERVICES_2023
from builder.equity import GRANT_RAGHUNATHAN, GRANT_WHITCOMBE, SAFE_OKAFOR, SAFE_SABLE, SEED, SERIES_A
from builder.markup import CONTENT, Block, load
from builder.people import NDA_KESTREL, NDA_MERIDIAN, SOLHEIM, WHITCOMBE

PASSWORD = "halyard-2026"
LOAN = "6 Finance/Loan and Security Agreement - Penobscot Commercial Bank.pdf"
SCANNED = "5 Property/Letter from landlord 2025-08-29 (scan).pdf"
PHOTOGRAPH = "6 Finance/Certificate of insurance 2025 (photo).png"
PROTECTED = "6 Finance/Restricted/Payroll summary 2025.pdf"
DAMAGED = "6 Finance/Restricted/Auditors letter 2024.pdf"
CASTELLANE = "3 Commercial/Customers/Castellane - Master Services Agreement.pdf"
NORTHGATE_MAIL = "7 Correspondence/2025-10-14 Re Northgate minimums.eml"
NDA = "3 Commercial/NDAs/NDA - Meridian Marine Holdings plc.pdf"
DUPLICATE = "7 Correspondence/Meridian/NDA - Meridian Marine Holdings plc.pdf"

Maker = Callable[[], bytes]


def _pdf(name: str, title: str, values: Mapping[str, str] | None = None, look: pdf.Look | None = None) -> Maker:
    return lambda: pdf.write(load(name, values), title, look or pdf.Look(footer=title))


def _word(name: str, title: str, values: Mapping[str, str] | None = None) -> Maker:
    return lambda: word.write(load(name, values), title)


def _raw(name: str) -> Maker:
    return (CONTENT / name).read_bytes


def _loan() -> bytes:
    blocks = [block for name in ("loan_1", "loan_2", "loan_3") for block in load(name)]
    look = pdf.Look(size=12, footer="Loan and Security Agreement", contents=True, margin=1.45)
    return pdf.write(
        [Block("contents") if block.text == "@contents" else block for block in blocks],
        "Loan and Security Agreement",
        look,
    )


def _lease() -> bytes:
    return pdf.write(load("lease"), "Lease", pdf.Look(size=11.5, footer="Lease of 40 Customs House Quay", margin=1.15))


def scanned_source() -> bytes:
    """The clean letter from which the scan is made."""
    return pdf.write(load("landlord_letter"), "Letter", pdf.Look(size=12, margin=1.2))


def photographed_source() -> bytes:
    """The clean certificate from which the photograph is made."""
    return pdf.write(load("insurance"), "Certificate", pdf.Look(size=11.5, family="Helvetica"))


def _damaged() -> bytes:
    return _pdf("forecast", "Letter")()[:190]


def _mail_with_letter() -> bytes:
    return mail.northgate(_pdf("forecast", "Letter of October 13, 2025", look=pdf.Look(size=11))())


def _protected() -> bytes:
    look = pdf.Look(family="Helvetica", size=10, footer="Restricted", password=PASSWORD)
    return pdf.write(load("payroll"), "Payroll summary 2025", look)


FILES: dict[str, Maker] = {
    "1 Corporate/Certificate of Incorporation - Second Amended and Restated.pdf": _pdf(
        "charter", "Certificate of Incorporation"
    ),
    "1 Corporate/Bylaws.docx": _word("bylaws", "Bylaws"),
    "1 Corporate/Minutes/2022-09-26 Board minutes.pdf": _pdf("minutes_2022", "Minutes of September 26, 2022"),
    "1 Corporate/Minutes/2025-09-18 Board minutes.docx": _word("minutes_2025", "Minutes of September 18, 2025"),
    "2 Equity/Series Seed Stock Purchase Agreement.pdf": _pdf(
        "spa", "Series Seed Preferred Stock Purchase Agreement", SEED
    ),
    "2 Equity/Series A Stock Purchase Agreement.pdf": _pdf(
        "spa", "Series A Preferred Stock Purchase Agreement", SERIES_A
    ),
    "2 Equity/SAFEs/SAFE - Sable Point Capital 2021.pdf": _pdf("safe", "Safe of November 3, 2021", SAFE_SABLE),
    "2 Equity/SAFEs/SAFE - Lucian Okafor 2024.pdf": _pdf("safe", "Safe of February 20, 2024", SAFE_OKAFOR),
    "2 Equity/Options/2019 Equity Incentive Plan.docx": _word("plan", "2019 Equity Incentive Plan"),
    "2 Equity/Options/Grant notice - P Raghunathan.docx": _word(
        "grant", "Notice of Stock Option Grant", GRANT_RAGHUNATHAN
    ),
    "2 Equity/Options/Grant notice - D Whitcombe.pdf": _pdf("grant", "Notice of Stock Option Grant", GRANT_WHITCOMBE),
    "2 Equity/Cap table 2025-09-30.xlsx": sheets.cap_table,
    CASTELLANE: _pdf("msa", "Master Services Agreement", SERVICES_2023),
    "3 Commercial/Customers/Castellane - Amendment No 1.pdf": _pdf("msa_amendment", "Amendment No. 1"),
    "3 Commercial/Customers/Superseded/Castellane - Master Services Agreement.pdf": _pdf(
        "msa", "Pilot Services Agreement", PILOT_2021
    ),
    "3 Commercial/Customers/Customer list 2025-09.csv": sheets.customers,
    "3 Commercial/Suppliers/Northgate Actuation - Supply Agreement.pdf": _pdf("supply", "Supply Agreement"),
    "3 Commercial/Licences/Pelagic Vision - Software License Agreement.docx": _word(
        "licence", "Software License Agreement"
    ),
    NDA: _pdf("nda", "Mutual Non-Disclosure Agreement", NDA_MERIDIAN),
    "3 Commercial/NDAs/NDA - Kestrel Subsea Group.pdf": _pdf("nda", "Mutual Non-Disclosure Agreement", NDA_KESTREL),
    "3 Commercial/Website privacy policy.html": _raw("privacy.html"),
    "4 Employment and IP/Employment Agreement - I Solheim.docx": _word("employment", "Employment Agreement", SOLHEIM),
    "4 Employment and IP/Employment Agreement - D Whitcombe.docx": _word(
        "employment", "Employment Agreement", WHITCOMBE
    ),
    "4 Employment and IP/Invention Assignment - M Adeyemi.pdf": _pdf("invention", "Invention Assignment Agreement"),
    "4 Employment and IP/Open source and IP memo.md": _raw("open_source.md"),
    "5 Property/Lease - 40 Customs House Quay.pdf": _lease,
    SCANNED: lambda: scan.scanned(scanned_source(), "Scan", seed=20250829),
    LOAN: _loan,
    "6 Finance/Financial statements 2023-2025.xlsx": sheets.financials,
    PHOTOGRAPH: lambda: scan.photographed(photographed_source(), seed=40713),
    PROTECTED: _protected,
    DAMAGED: _damaged,
    "7 Correspondence/Management presentation.pptx": deck.write,
    NORTHGATE_MAIL: _mail_with_letter,
    "7 Correspondence/2025-10-21 Renner and the sonar code.eml": mail.renner,
    "7 Correspondence/2025-11-03 Permits memo.txt": _raw("permits_memo.txt"),
    DUPLICATE: _pdf("nda", "Mutual Non-Disclosure Agreement", NDA_MERIDIAN),
}
UPDATES: dict[str, Maker] = {CASTELLANE: _pdf("msa", "Amended and Restated Master Services Agreement", RESTATED_2025)}
