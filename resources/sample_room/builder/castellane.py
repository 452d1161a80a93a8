"""The three states of the Castellane master services agreement: the pilot of 2021, the agreement of 2023, its restatement of 2025."""

from __future__ import annotations

PILOT_2021 = {
    "heading": "PILOT SERVICES AGREEMENT",
    "heading_plain": "Pilot Services Agreement",
    "date": "May 3, 2021",
    "recital": "It sets out the terms on which the Customer will try out Halyard's equipment for a season.",
    "fleet": "two H2 prototype crawlers",
    "available": "seventy percent (70%)",
    "credit": "one percent (1%)",
    "creditcap": "five percent (5%)",
    "fee": "$14,000",
    "hullcharge": "$450",
    "included": "six",
    "days": "sixty (60)",
    "index": "two percent (2%)",
    "datause": "only during the term",
    "breach": "ten days",
    "coating": "20 micrometers",
    "cap": "the fees paid in the three (3) months before the event giving rise to the claim",
    "exceptions": "",
    "insurance": "$1,000,000",
    "effective": "May 17, 2021",
    "term": "seven months",
    "ends": "December 17, 2021",
    "renewal": "This Agreement does not renew. The parties may negotiate a longer agreement in good faith after the pilot.",
    "floor": "fifty percent (50%)",
    "convenience": "The Customer may end this Agreement at any time by ten (10) days' written notice.",
    "assignment": "Neither party may assign this Agreement without the other's written consent.",
    "law": "The law of the State in which Port Castellane lies governs this Agreement.",
    "mfn": "Not used.",
    "supersedes": "",
    "cpa_signer": "Honora Pell",
    "cpa_title": "Deputy Harbor Master",
    "capture": "75%",
    "filter": "50",
    "report": "72",
}

SERVICES_2023 = {
    "heading": "MASTER SERVICES AGREEMENT",
    "heading_plain": "Master Services Agreement",
    "date": "March 20, 2023",
    "recital": "It follows the pilot conducted by the parties in the 2021 season and replaces the agreement for that pilot.",
    "fleet": "fleet of five H3 crawlers stationed at Port Castellane",
    "available": "ninety percent (90%)",
    "credit": "two percent (2%)",
    "creditcap": "fifteen percent (15%)",
    "fee": "$99,500",
    "hullcharge": "$1,150",
    "included": "forty",
    "days": "thirty (30)",
    "index": "four percent (4%)",
    "datause": "during the term and after it",
    "breach": "seventy-two (72) hours",
    "coating": "8 micrometers",
    "cap": "the fees paid and payable in the twelve (12) months before the event giving rise to the claim",
    "exceptions": "",
    "insurance": "$3,000,000",
    "effective": "April 1, 2023",
    "term": "thirty-six (36) months",
    "ends": "March 31, 2026",
    "renewal": "It then renews for successive periods of twelve months unless either party gives notice of non-renewal at least one "
    "hundred and twenty (120) days before the end of the period then running.",
    "floor": "eighty percent (80%)",
    "convenience": "The Customer may end this Agreement for convenience by one hundred and eighty (180) days' written notice, on "
    "payment of the unamortized mobilization cost in the statement of work.",
    "assignment": "Neither party may assign this Agreement without the prior written consent of the other, not to be unreasonably "
    "withheld. A change of control of Halyard is not an assignment, but Halyard shall give the Customer thirty (30) days' written "
    "notice before it takes effect, and the Customer may end this Agreement within sixty (60) days after that notice if the new "
    "owner operates a terminal that competes with Port Castellane.",
    "law": "The law of the State of New York governs this Agreement. Disputes that senior officers cannot settle within thirty days "
    "go to mediation and then to the state or federal courts sitting in New York County.",
    "mfn": "If during the term Halyard charges another port authority a lower fixed monthly fee per unit for substantially the same "
    "services, it shall offer the Customer that lower fee from the same date.",
    "supersedes": ", and supersedes the Pilot Services Agreement dated May 3, 2021",
    "cpa_signer": "Leopold Vance-Moreau",
    "cpa_title": "Director of Marine Operations",
    "capture": "90%",
    "filter": "25",
    "report": "24",
}

RESTATED_2025 = SERVICES_2023 | {
    "heading": "AMENDED AND RESTATED MASTER SERVICES AGREEMENT",
    "heading_plain": "Amended and Restated Master Services Agreement",
    "date": "November 10, 2025",
    "recital": "It amends and restates in full the Master Services Agreement dated March 20, 2023, as amended by Amendment No. 1 "
    "dated August 12, 2024.",
    "fleet": "fleet of eight H3 crawlers stationed at Port Castellane",
    "available": "ninety-three percent (93%)",
    "fee": "$151,000",
    "included": "sixty",
    "days": "forty-five (45)",
    "index": "three percent (3%)",
    "breach": "forty-eight (48) hours",
    "cap": "two times the fees paid and payable in the twelve (12) months before the event giving rise to the claim",
    "exceptions": "for breach of Section 3.3, ",
    "insurance": "$5,000,000",
    "effective": "December 1, 2025",
    "term": "sixty (60) months",
    "ends": "November 30, 2030",
    "convenience": "Neither party may end this Agreement for convenience before December 1, 2027. After that date the Customer may do "
    "so by two hundred and seventy (270) days' written notice.",
    "assignment": "Neither party may assign this Agreement without the prior written consent of the other. A change of control of "
    "Halyard is an assignment for this purpose, except that the Customer consents in advance to the acquisition of Halyard by "
    "Meridian Marine Holdings plc if it closes on or before June 30, 2026.",
    "supersedes": ", and supersedes the Master Services Agreement dated March 20, 2023 and its Amendment No. 1",
}
