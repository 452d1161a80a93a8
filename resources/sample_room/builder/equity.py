"""The values of the equity documents: two purchase agreements, two SAFEs and two option grants.

The share counts here tie to each other and to `sheets.py`: 7,200,000 founder and restricted shares, 1,600,000 Series Seed,
416,666 Series A-1 (the converted SAFE), 3,200,000 Series A, a pool of 2,000,000.
"""

from __future__ import annotations

SEED = {
    "series": "SERIES SEED",
    "name": "Series Seed",
    "date": "June 12, 2020",
    "price": "$1.2500",
    "restated": "Amended and Restated Certificate of Incorporation in the form agreed between the parties",
    "consideration": "",
    "use": "completion of the H2 prototype, sea trials with not fewer than three ports, and working capital",
    "conversion": (
        "1.4 **Single Closing.** There is one Closing only. Any shares of Series Seed Preferred Stock that are authorized and "
        "not sold at the Closing may be sold within ninety days to persons approved by Tidewater Seed Fund II, L.P."
    ),
    "authorized_common": "12,000,000",
    "common": "7,200,000",
    "preferred": "1,600,000 shares of Preferred Stock, all of which are designated Series Seed Preferred Stock and none of "
    "which is issued and outstanding",
    "pool": "1,200,000 shares of Common Stock reserved under the 2019 Equity Incentive Plan, of which options for 290,000 "
    "shares have been granted and 910,000 shares remain available for issuance.",
    "vesting": "monthly over forty-eight months from March 4, 2019",
    "acceleration": "full acceleration of the founders' shares if a founder is terminated without Cause within twelve months "
    "after a change of control",
    "litigation": "The Company does not intend to initiate any action, suit or proceeding.",
    "material": "$50,000",
    "statements": "unaudited balance sheet as of December 31, 2019 and statement of operations for the year then ended",
    "keys": "each of Ingrid Solheim, Marcus Adeyemi and Tobias Renner",
    "board": "three, and it comprises Ingrid Solheim, Marcus Adeyemi and Helen Abernathy-Cole",
    "conditions": "Penhallow & Strand LLP has delivered an opinion on the valid issuance of the Shares",
    "covenants": (
        "5.1 **Information Rights.** Until the Company next raises at least $5,000,000, it shall deliver to each Purchaser "
        "unaudited annual statements within one hundred and twenty days after year end.\n\n"
        "5.2 **Right to Participate.** Each Purchaser may buy its pro rata share of the preferred stock that the Company sells "
        "in its next equity financing of at least $1,000,000, on the same terms as the other investors.\n\n"
        "5.3 **Invention Assignments.** The Company shall obtain from Tobias Renner, within sixty days after the Closing, a "
        "signed assignment of inventions that covers his work on the sonar signal chain before and after joining the Company."
    ),
    "survival": "eighteen (18) months",
    "assign": "A Purchaser may assign its rights to an affiliated fund without consent.",
    "lead": "Tidewater Seed Fund II, L.P.",
    "fees": "$20,000",
    "amend": "a majority",
    "finder": "",
    "signatures": "@sig TIDEWATER SEED FUND II, L.P. | Helen Abernathy-Cole | Managing Partner\n\n"
    "@sig FATHOM ANGELS LLC | Gideon Marsh | Manager",
    "purchasers": (
        "| Purchaser | Shares of Series Seed Preferred Stock | Purchase price |\n"
        "| Tidewater Seed Fund II, L.P. | 1,200,000 | $1,500,000.00 |\n"
        "| Fathom Angels LLC | 400,000 | $500,000.00 |\n"
        "| Total | 1,600,000 | $2,000,000.00 |"
    ),
}

SERIES_A = {
    "series": "SERIES A",
    "name": "Series A",
    "date": "September 28, 2022",
    "price": "$2.8500",
    "restated": "Second Amended and Restated Certificate of Incorporation in the form of Exhibit B",
    "consideration": ", or in the case of Sable Point Capital LLC by conversion of its Safe as Section 1.4 provides",
    "use": "the commercial launch of the H3 crawler, the opening of a United Kingdom subsidiary, and general working capital",
    "conversion": (
        "1.4 **Conversion of Safe.** At the Closing the simple agreement for future equity issued to Sable Point Capital LLC on "
        "November 3, 2021, with a Purchase Amount of $500,000, converts at a price of $1.2000 per share into 416,666 shares of "
        "Series A-1 Preferred Stock, and the Company shall pay $0.80 in cash in place of the fractional share.\n\n"
        "1.5 **Valuation.** The purchase price reflects a fully diluted capitalization before the Closing of 11,216,666 shares, "
        "which includes the shares issued under Section 1.4 and an option pool of 2,000,000 shares, and so a pre-money "
        "valuation of $31,967,498.10."
    ),
    "authorized_common": "18,000,000",
    "common": "7,200,000",
    "preferred": "5,216,666 shares of Preferred Stock, of which 1,600,000 are designated Series Seed Preferred Stock, all issued "
    "and outstanding; 416,666 are designated Series A-1 Preferred Stock; and 3,200,000 are designated Series A Preferred Stock",
    "pool": "2,000,000 shares of Common Stock reserved under the 2019 Equity Incentive Plan, of which options for 572,500 shares "
    "have been granted and are outstanding and 1,427,500 shares remain available for issuance.",
    "vesting": "monthly over twenty-four months from the Closing as to the forty percent (40%) of their shares that they have "
    "agreed to subject to renewed vesting, the balance being fully vested",
    "acceleration": "as stated in the Founder Vesting Agreements dated on the date of this Agreement, which provide for full "
    "acceleration on termination without Cause within twelve months after a change of control",
    "litigation": "The Disclosure Schedule describes the invoice dispute with Delacroix Diving Services, Inc., in which no claim "
    "has yet been filed.",
    "material": "$200,000",
    "statements": "audited financial statements as of and for the year ended December 31, 2021 and unaudited statements for the "
    "six months ended June 30, 2022",
    "keys": "each of Ingrid Solheim, Marcus Adeyemi, Priya Raghunathan, Tobias Renner and Dae-Jung Whitcombe",
    "board": "five, and it comprises Ingrid Solheim, Marcus Adeyemi, Helen Abernathy-Cole, Rafael Quintero as the Series A "
    "Director, and Commodore Joan Ellery as the independent director",
    "conditions": "each of the Key Employees has entered into an agreement for confidential information and assignment of "
    "inventions in a form acceptable to Coldharbor Ventures III, L.P.",
    "covenants": (
        "5.1 **Key Person Insurance.** Not later than one hundred and twenty days after the Closing the Company shall have "
        "obtained quotations for term life insurance on the life of Marcus Adeyemi and shall place it if the Board of Directors, "
        "including the Series A Director, so directs.\n\n"
        "5.2 **Qualified Small Business Stock.** The Company shall use commercially reasonable efforts to cause the Shares to be "
        "treated as qualified small business stock and to make the filings that this needs.\n\n"
        "5.3 **Drag-Along Support.** Each Purchaser acknowledges that under the Voting Agreement it must vote for a sale of the "
        "Company that is approved by the Board of Directors, by the holders of a majority of the Common Stock held by persons "
        "then providing services to the Company, and by the Requisite Holders.\n\n"
        "5.4 **Data Security.** Within nine months after the Closing the Company shall adopt a written information security "
        "program suited to a supplier to critical port infrastructure."
    ),
    "survival": "two (2) years",
    "assign": "No Purchaser may assign its rights to a competitor of the Company without the Company's prior written consent.",
    "lead": "Coldharbor Ventures III, L.P.",
    "fees": "$65,000",
    "amend": "sixty percent (60%)",
    "finder": ", except that the Company shall pay Marlinspike Advisors LLC a placement fee of $136,800",
    "signatures": "@sig COLDHARBOR VENTURES III, L.P. | Rafael Quintero | General Partner\n\n"
    "@sig TIDEWATER SEED FUND II, L.P. | Helen Abernathy-Cole | Managing Partner\n\n"
    "@sig LANTERNFISH MARITIME FUND, L.P. | Sunniva Dahl | Authorized Signatory\n\n"
    "@sig SABLE POINT CAPITAL LLC | Everett Crane | Managing Member",
    "purchasers": (
        "| Purchaser | Series | Shares | Purchase price |\n"
        "| Coldharbor Ventures III, L.P. | Series A | 2,400,000 | $6,840,000.00 |\n"
        "| Tidewater Seed Fund II, L.P. | Series A | 400,000 | $1,140,000.00 |\n"
        "| Lanternfish Maritime Fund, L.P. | Series A | 400,000 | $1,140,000.00 |\n"
        "| Total Series A | | 3,200,000 | $9,120,000.00 |\n"
        "| Sable Point Capital LLC | Series A-1 | 416,666 | Conversion of $500,000 Safe |"
    ),
}

SAFE_SABLE = {
    "investor": "Sable Point Capital LLC",
    "amount": "$500,000",
    "date": "November 3, 2021",
    "terms": 'The "**Post-Money Valuation Cap**" is $12,500,000. This Safe has no discount. See Section 2 for other defined terms.',
    "cashout": "the Purchase Amount",
    "priority": "",
    "poolclause": "but not an increase of the option pool made in connection with the Equity Financing",
    "conversion": "the lower of the price per share of the preferred stock sold in the Equity Financing and the price per share "
    "equal to the Post-Money Valuation Cap divided by the Company Capitalization",
    "threshold": "",
    "liquidity": "the price per share equal to the Post-Money Valuation Cap divided by the Company Capitalization immediately "
    "before the Liquidity Event",
    "amendment": "the Investor",
    "transfer": "except that the Investor may assign it to an entity under common control with the Investor",
    "extra": "5.4 **Pro Rata Right.** The Investor may purchase its pro rata share of the preferred stock sold in the Equity "
    "Financing that follows the one in which this Safe converts.",
    "law": "Delaware",
    "signer": "SABLE POINT CAPITAL LLC | Everett Crane | Managing Member",
}

SAFE_OKAFOR = {
    "investor": "Dr. Lucian Okafor",
    "amount": "$400,000",
    "date": "February 20, 2024",
    "terms": 'The "**Post-Money Valuation Cap**" is $48,000,000. The "**Discount Rate**" is eighty-five percent (85%), that is, a '
    "discount of fifteen percent. See Section 2 for other defined terms.",
    "cashout": "one and one half times (1.5x) the Purchase Amount",
    "priority": ", except that it ranks behind the Senior Preferred Stock as defined in the Company's certificate of incorporation",
    "poolclause": "together with any increase of the option pool made in connection with the Equity Financing",
    "conversion": "either the price per share equal to the Post-Money Valuation Cap divided by the Company Capitalization, or the "
    "lowest price per share of the preferred stock sold in the Equity Financing multiplied by the Discount Rate, whichever gives "
    "the greater number of shares",
    "threshold": ", from which the Company receives at least $6,000,000 in new money",
    "liquidity": "the price per share equal to the fair market value of the Common Stock at the time of the Liquidity Event, "
    "multiplied by the Discount Rate",
    "amendment": "the Investor, whose consent may not be unreasonably withheld where every other Safe then outstanding is amended "
    "in the same way",
    "transfer": "save to the Investor's spouse, descendants or a trust for their benefit",
    "extra": "5.4 **Most Favored Nation.** If the Company issues any other Safe or convertible note before this Safe ends on terms "
    "more favorable to its holder, the Company shall tell the Investor within ten days, and the Investor may elect to take those "
    "terms.",
    "law": "Maine",
    "signer": "INVESTOR | Lucian Okafor | ",
}

GRANT_RAGHUNATHAN = {
    "holder": "Priya Raghunathan",
    "position": "Chief Financial Officer",
    "date": "October 24, 2022",
    "start": "August 15, 2022",
    "shares": "350,000",
    "price": "$0.62",
    "total": "$217,000.00",
    "type": "Incentive Stock Option to the extent permitted, balance Nonstatutory",
    "expires": "October 23, 2032",
    "vesting": "One quarter of the shares vest on August 15, 2023, and one forty-eighth of the shares vest each month after that, "
    "subject to Continuous Service.",
    "acceleration": "If the Optionholder is terminated without Cause or resigns for Good Reason within the period beginning three "
    "months before and ending twelve months after a Change in Control, all unvested shares vest.",
    "exercise": "Same as vesting schedule.",
    "other": "the Optionholder's offer letter dated July 28, 2022",
}

GRANT_WHITCOMBE = {
    "holder": "Dae-Jung Whitcombe",
    "position": "Vice President, Engineering",
    "date": "October 24, 2022",
    "start": "May 9, 2022",
    "shares": "220,000",
    "price": "$0.62",
    "total": "$136,400.00",
    "type": "Incentive Stock Option",
    "expires": "October 23, 2032",
    "vesting": "One quarter of the shares vest on May 9, 2023, and one forty-eighth of the shares vest each month after that, "
    "subject to Continuous Service.",
    "acceleration": "None, other than as Section 4.2 of the Plan provides for Awards that are not assumed.",
    "exercise": "Early exercise permitted.",
    "other": "the Optionholder's employment agreement",
}
