"""The values of the two employment agreements and of the two look-alike confidentiality agreements."""

from __future__ import annotations

SOLHEIM = {
    "date": "October 3, 2022",
    "name": "Ingrid Solheim",
    "upper": "INGRID SOLHEIM",
    "position": "President and Chief Executive Officer",
    "reports": "the Board of Directors",
    "duties": "The Executive shall devote her full working time to the Company, save that she may serve as a director of one other "
    "company that does not compete with it and as a trustee of the Casco Bay Lifeboat Trust.",
    "place": "the Company's offices at 40 Customs House Quay, Portland, Maine",
    "salary": "$290,000",
    "bonus": "The target annual bonus is forty percent (40%) of base salary, on objectives set by the Board in the first quarter.",
    "equity": "The Executive holds founder shares, whose vesting is governed by her Founder Vesting Agreement dated September 28, 2022. "
    "No further equity is promised.",
    "leave": "twenty-five",
    "carry": "ten",
    "expenses": "It shall also pay up to $6,000 a year for professional coaching.",
    "noncompete": "For twelve (12) months after employment ends the Executive shall not, in North America or Europe, work for or hold "
    "more than two percent of a business that makes robots for the inspection or cleaning of ships' hulls.",
    "solicit": "eighteen (18) months",
    "notice": "ninety (90)",
    "severance": "twelve (12) months' base salary and the employer's share of health premiums for the same period",
    "change": "If employment ends without Cause or for Good Reason within twelve months after a Change in Control, severance under "
    "Section 4.2 is instead eighteen (18) months' base salary plus one times target bonus, payable in a lump sum, and all unvested "
    "founder shares vest.",
    "directions": "the Board",
    "miles": "forty",
    "parachute": "If payments would be subject to the excise tax under Section 4999 of the Internal Revenue Code, they are reduced to the "
    "extent that leaves the Executive with the greater amount after tax. The Company shall seek a stockholder vote to exempt them. "
    "No gross-up is payable.",
    "disputes": "Disputes are settled by confidential arbitration in Portland, Maine, at the Company's cost.",
    "replaces": "the letter agreement dated May 1, 2019",
    "signer": "Rafael Quintero",
    "signer_title": "Director, for the Compensation Committee",
}

WHITCOMBE = {
    "date": "January 8, 2024",
    "name": "Dae-Jung Whitcombe",
    "upper": "DAE-JUNG WHITCOMBE",
    "position": "Vice President, Engineering",
    "reports": "the Chief Technology Officer",
    "duties": "The Executive leads the mechanical, electrical and software teams and is responsible for type approval of the H3.",
    "place": "the Company's offices in Portland, Maine, and may work remotely for up to two days in each week",
    "salary": "$215,000",
    "bonus": "The target annual bonus is twenty-five percent (25%) of base salary, half of it on delivery of units to plan and half on fleet "
    "availability.",
    "equity": "The Executive holds an option granted on October 24, 2022 under the 2019 Equity Incentive Plan. The Company shall "
    "recommend to the Board a further option over 45,000 shares if type approval of the H4 is obtained before December 31, 2026.",
    "leave": "twenty",
    "carry": "five",
    "expenses": "Relocation costs of $18,500 paid in 2022 are repayable in full if the Executive resigns before May 9, 2024.",
    "noncompete": "None. The parties record that the Executive accepts the covenants in Sections 3.2 and 3.4 in place of a covenant not "
    "to compete.",
    "solicit": "twelve (12) months",
    "notice": "sixty (60)",
    "severance": "four (4) months' base salary",
    "change": "Section 4.2 applies without change after a Change in Control, save that severance is six (6) months' base salary.",
    "directions": "the Chief Technology Officer",
    "miles": "fifty",
    "parachute": "Not applicable.",
    "disputes": "Disputes are decided by the state and federal courts in Cumberland County, Maine.",
    "replaces": "the offer letter dated April 11, 2022",
    "signer": "Ingrid Solheim",
    "signer_title": "Chief Executive Officer",
}

NDA_MERIDIAN = {
    "date": "August 6, 2025",
    "upper": "MERIDIAN MARINE HOLDINGS PLC",
    "short": "Meridian",
    "description": "a public limited company registered in England and Wales with its registered office at 18 Tooley Wharf, London",
    "financing": "financing sources approved in writing by Halyard",
    "clean": "Customer prices, supplier prices and source code shall be disclosed only to the members of a clean team named in a schedule "
    "signed by both parties, none of whom may be engaged in Meridian's hull services division for nine (9) months after access.",
    "return": "ten (10)",
    "solicit": "eighteen (18) months",
    "standstill": "Not used, since Halyard has no listed securities.",
    "term": "three (3) years",
    "law": "the State of Delaware",
    "courts": "exclusive jurisdiction of the courts of that State",
    "signer": "Alasdair Penrose",
    "title": "Group Director, Corporate Development",
}

NDA_KESTREL = NDA_MERIDIAN | {
    "date": "July 22, 2025",
    "upper": "KESTREL SUBSEA GROUP LIMITED",
    "short": "Kestrel",
    "description": "a private limited company registered in Scotland with its registered office at 6 Regent Quay, Aberdeen",
    "financing": "its parent company's lenders",
    "clean": "Source code shall not be disclosed under this Agreement. Customer prices may be disclosed only in aggregated form.",
    "return": "twenty (20)",
    "solicit": "twelve (12) months",
    "standstill": "For twelve (12) months Kestrel shall not, without the consent of Halyard's Board, approach any stockholder of Halyard "
    "with a view to acquiring its shares.",
    "term": "two (2) years",
    "law": "the State of New York",
    "courts": "non-exclusive jurisdiction of the courts sitting in New York County",
    "signer": "Fiona Carmichael",
    "title": "Chief Executive",
}
