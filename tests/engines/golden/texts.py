"""Fixed texts whose reference vectors are kept beside this file. Change one and the vectors must be made again.

Sixty questions each with the clause that answers it, look-alikes of some clauses, long texts past the model's limit, and
odd texts: empty, numbers, other scripts, broken characters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

PAIRS: tuple[tuple[str, str], ...] = (
    ("How long does the agreement last?", "This Agreement begins on the Effective Date and continues for an initial period of five (5) years."),
    ("Does the contract renew by itself?", "At the end of each period the term is extended for a further twelve months unless either party gives sixty days' notice that it does not wish to extend."),
    ("Can the customer end the contract without a reason?", "Customer may terminate this Agreement for convenience at any time on ninety (90) days' prior written notice, without liability other than for fees accrued."),
    ("What happens after a material breach?", "If a party commits a material breach and fails to cure it within thirty days of being told of it in writing, the other may terminate with immediate effect."),
    ("Which law governs?", "This Agreement and any dispute arising from it are governed by the laws of the State of Delaware, without regard to its conflict of laws rules."),
    ("Where must lawsuits be filed?", "Each party submits to the exclusive jurisdiction of the state and federal courts sitting in New York County and waives any objection to venue."),
    ("Are disputes settled by arbitration?", "Any controversy shall be finally resolved by three arbitrators under the rules of the International Chamber of Commerce, seated in Geneva."),
    ("May the licensee assign the licence to a buyer of its business?", "Licensee shall not transfer this licence, by operation of law or otherwise, except to a successor to substantially all of its assets that assumes its obligations in writing."),
    ("Is consent needed when control of the company changes?", "A sale of more than fifty percent of the voting shares of Supplier shall be deemed an assignment requiring the prior written approval of Buyer."),
    ("Is liability capped?", "Except for fraud, the aggregate liability of either party shall not exceed the amounts paid in the twelve months before the claim arose."),
    ("Are lost profits excluded?", "In no event is a party answerable for indirect, incidental, special or consequential loss, including loss of revenue or anticipated savings."),
    ("Who pays if a third party claims patent infringement?", "Vendor shall defend, indemnify and hold harmless Customer against claims that the Software infringes the intellectual property rights of another."),
    ("Is there an exclusivity obligation?", "During the term Manufacturer shall not supply Competing Products to any other person in the Territory."),
    ("Is an employee barred from working for a competitor?", "For twelve months after leaving, the Executive shall not be engaged, directly or indirectly, in any business that competes with the Company within the State."),
    ("Can we hire the other side's staff?", "Neither party shall solicit for employment any person employed by the other who was involved in the services until one year has passed."),
    ("How long must information be kept secret?", "The obligations of this Section survive for three years from the date of disclosure, and for trade secrets as long as they remain such."),
    ("What is not confidential?", "Confidential Information does not include what is or becomes publicly known through no fault of the Recipient, or was independently developed."),
    ("Must documents be returned?", "On request the receiving party shall return or destroy all copies of the Discloser's materials and certify in writing that it has done so."),
    ("Who owns inventions made by employees?", "Employee hereby assigns to the Company all right, title and interest in inventions conceived or reduced to practice in the course of employment."),
    ("Is there any open source software in the product?", "Schedule 3.12(f) lists every component distributed under a copyleft licence and the manner in which it is linked to the Company's proprietary code."),
    ("What rent is due each month?", "Tenant shall pay Base Rent of $18,450 in advance on the first day of each calendar month."),
    ("How large is the premises?", "The leased Premises consist of approximately 12,300 rentable square feet on the fourth floor of the Building."),
    ("How much is the security deposit?", "Upon signing, Lessee shall lodge with Lessor the sum of $55,350 as security for the faithful performance of this Lease."),
    ("Who repairs the roof?", "Landlord shall maintain at its own cost the structural parts of the Building, including the roof, foundations and exterior walls."),
    ("May the tenant sublet?", "Lessee shall not sublease any part of the space without the Landlord's consent, which is not to be unreasonably withheld."),
    ("What is the valuation cap of the SAFE?", "The Post-Money Valuation Cap is $8,000,000."),
    ("What discount do SAFE holders get?", "The Discount Rate is eighty percent (80%) of the lowest price per share of Standard Preferred Stock sold in the Equity Financing."),
    ("How many shares are authorised?", "The Corporation is authorized to issue 20,000,000 shares of Common Stock and 7,500,000 shares of Preferred Stock, each of par value $0.0001."),
    ("What do preferred holders receive in a liquidation?", "Upon a liquidation event holders of Series A Preferred are entitled to be paid one times the Original Issue Price plus declared but unpaid dividends before any payment to Common."),
    ("What kind of anti-dilution protection is there?", "If Additional Shares are issued for less than the Conversion Price, that price is reduced on a broad-based weighted average basis."),
    ("Who elects the directors?", "The holders of Series A Preferred, voting as a separate class, may elect one director; the holders of Common Stock may elect two."),
    ("Can minority holders be dragged along?", "If the Board and a majority of Preferred approve a sale of the Company, every Stockholder shall vote for it and sell its shares on the same terms."),
    ("Is there a right of first refusal on transfers?", "Before a Key Holder sells shares, the Company and then the Investors may buy them at the price and on the terms offered by the proposed buyer."),
    ("When do the founder's shares vest?", "Twenty-five percent of the Shares vest on the first anniversary of the Vesting Commencement Date and the remainder in thirty-six equal monthly instalments."),
    ("Is there acceleration on a sale?", "If the Participant is dismissed without Cause within twelve months after a Change in Control, all unvested options vest in full."),
    ("How big is the option pool?", "A total of 1,850,000 shares of Common Stock are reserved for issuance under the 2021 Equity Incentive Plan."),
    ("What is the exercise price of the options?", "The price payable on exercise shall be $0.42 a share, being Fair Market Value on the date of grant."),
    ("What salary does the chief executive earn?", "The Company shall pay the Chief Executive Officer annual base compensation of $310,000, reviewed each January."),
    ("How much severance is owed?", "If employment ends other than for Cause, the Executive is entitled to nine months of continued pay and health coverage."),
    ("Can an employee be dismissed at any time?", "Employment is at will: it may be ended by either side at any time, with or without notice or cause."),
    ("Is the company being sued?", "On 4 March a former distributor, Halvard Tools AS, brought an action against the Company alleging wrongful termination and seeking 2.1 million kroner."),
    ("Are there liens on the assets?", "As security for the Loan, Borrower grants the Bank a first-priority security interest in all of its present and future receivables, inventory and equipment."),
    ("What interest does the loan bear?", "The outstanding principal bears interest at a yearly rate equal to SOFR plus 4.25 percent."),
    ("Which financial covenants must be kept?", "Borrower shall maintain a ratio of total debt to EBITDA of no more than 3.0 to 1.0, tested at the end of each quarter."),
    ("When is the note repaid?", "All unpaid principal falls due on the Maturity Date, being the second anniversary of the date of issue, unless the note has converted."),
    ("Must the supplier carry insurance?", "Contractor shall keep in force commercial general liability cover of at least $2,000,000 an occurrence and name Owner as additional insured."),
    ("When are invoices payable?", "Undisputed invoices are payable within forty-five days of receipt; late sums bear interest of 1.5 percent a month."),
    ("May prices be raised?", "Supplier may adjust the Price List once in each calendar year by no more than the rise in the Consumer Price Index."),
    ("Is there a minimum purchase commitment?", "Distributor shall order no fewer than 10,000 units in each Contract Year, failing which the shortfall is payable."),
    ("What uptime is promised?", "The Hosted Service shall be available 99.9 percent of each month, excluding planned maintenance; below that, credits of five percent of the monthly fee apply."),
    ("How soon must a data breach be reported?", "Processor shall notify Controller without undue delay and in any case within forty-eight hours after learning of unauthorised access to personal data."),
    ("Where is personal data stored?", "Personal Data shall be hosted only in data centres located within the European Economic Area."),
    ("Can the customer audit the vendor's books?", "Not more than once a year, on ten business days' notice, Licensor may inspect Licensee's records to verify the royalties reported."),
    ("What royalty is due?", "Licensee shall pay a running royalty of four and one half percent of Net Sales, reported within thirty days after each quarter."),
    ("Is the source code in escrow?", "The parties shall deposit the complete source with an escrow agent, to be released to Customer if Vendor becomes insolvent or ceases support."),
    ("What warranty comes with the goods?", "Seller warrants that for eighteen months from delivery the equipment will be free from defects in material and workmanship."),
    ("What excuses a delay in performance?", "No party is in default for failing to perform because of flood, war, epidemic, strike or other cause beyond its reasonable control."),
    ("Which side wins if documents conflict?", "In the event of inconsistency the terms of this Master Agreement prevail over those of any statement of work or purchase order."),
    ("How is the contract amended?", "No modification of this instrument is effective unless made in writing and signed by duly authorised representatives of both parties."),
    ("Where are notices to be sent?", "Notices shall be in writing and delivered by courier to 77 Harbour Street, Portland, Maine, marked for the attention of the General Counsel."),
)  # fmt: skip

_PARTIES = ("Northwind Foundry", "Meridian Optics", "Castellan Freight", "Ostrava Polymers", "Juniper Biolabs")
_LIKE = (
    "{party} shall pay Base Rent of ${n},200 in advance on the first day of each quarter.",
    "{party} may terminate for convenience on {n} days' prior written notice to the other party.",
    "{party}'s aggregate liability shall not exceed ${n}0,000 in any calendar year.",
    "{party} has reserved {n},000 shares of Common Stock for its employees and consultants.",
    "{party} shall keep the terms of the offer confidential for {n} months after the closing.",
    "The loan to {party} bears interest at {n} percent a year and is repaid in equal instalments.",
    "{party} leases {n}00 square metres of warehouse space from its principal shareholder.",
    "The board of {party} met on {n} May, a quorum being present, and approved the minutes.",
    "{party} supplied {n} units late and granted a credit against the next invoice.",
    "A claim by a former employee of {party} was settled for {n} thousand euros.",
)

ODD: tuple[str, ...] = (
    "", " ", "\n\t", ".", "?", "a", "42", "0.0001", "$1,250,000.00", "12/31/2024", "§ 7.3(b)(iv)", "N/A", "EBITDA", "yes",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", "----------------------------------------", "x" * 300,
    "Die Kündigungsfrist beträgt drei Monate zum Quartalsende.", "Le présent contrat est soumis au droit français.",
    "El arrendatario pagará una renta mensual de 2.500 €.", "Договор вступает в силу с момента подписания.",
    "本协议自双方签字之日起生效。", "この契約は日本法に準拠する。", "هذا العقد يخضع لقوانين دولة الإمارات.", "הסכם זה כפוף לדין הישראלי.",
    "Smörgåsbord Ålesund ÆØÅ café naïve résumé", "The fee is 5 % – not “five” – of gross…", "ﬁnal ofﬁce ﬂoor", "🙂 agreed 👍 signed ✍️",
    "zero\u200bwidth\u200bspaces\u00adand soft hyphens", "TERMINATION FOR CAUSE. EITHER PARTY MAY TERMINATE.",
    "| Holder | Shares | % |\n| Ada Moreau | 4,000,000 | 40.0 |\n| Pool | 1,000,000 | 10.0 |", "jane.doe@example.com https://example.com/a?b=c",
    "Total\t1,204\t1,377\t14.4%", "SUPERCALIFRAGILISTICEXPIALIDOCIOUS antidisestablishmentarianism",
)  # fmt: skip


def golden_texts() -> list[str]:
    """Return every text in the order of the kept vectors: questions, clauses, look-alikes, long texts, odd texts."""
    questions = [question for question, _ in PAIRS]
    clauses = [clause for _, clause in PAIRS]
    return [*questions, *clauses, *look_alikes(), *long_texts(), *ODD]


def digest(texts: Sequence[str]) -> str:
    """Return what tells these texts from any others, to be kept with their vectors."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def look_alikes() -> list[str]:
    """Return a hundred sentences that differ in few words: ten shapes, each with five parties and two numbers."""
    return [
        shape.format(party=party, n=7 + 13 * at + 31 * turn)
        for shape in _LIKE
        for at, party in enumerate(_PARTIES)
        for turn in range(2)
    ]


def long_texts() -> list[str]:
    """Return forty-five texts of three to sixty clauses: about eighty to more than a thousand word pieces."""
    clauses = [clause for _, clause in PAIRS]
    return [" ".join(clauses[(at * 7 + step) % len(clauses)] for step in range(3 + at % 15 * 4)) for at in range(45)]
