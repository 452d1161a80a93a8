"""The clause library: what ships is complete, and every mistake in a file is told with its line and what to do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search.clause_file import LONGEST, Clause, as_toml, parse
from datazoom_desktop.search.clauses import LARGEST, ClauseLibrary, folders, load, read

SHIPPED = folders(Path("nowhere"))[0]
LIBRARY, PROBLEMS = load(SHIPPED)

CONTRACTS = {
    "Document Name": "document-name",
    "Parties": "parties",
    "Agreement Date": "agreement-date",
    "Effective Date": "effective-date",
    "Expiration Date": "expiration-date",
    "Renewal Term": "renewal-term",
    "Notice Period to Terminate Renewal": "notice-to-terminate-renewal",
    "Governing Law": "governing-law",
    "Most Favored Nation": "most-favored-nation",
    "Non-Compete": "non-compete",
    "Exclusivity": "exclusivity",
    "No-Solicit of Customers": "no-solicit-customers",
    "Competitive Restriction Exception": "competitive-restriction-exception",
    "No-Solicit of Employees": "no-solicit-employees",
    "Non-Disparagement": "non-disparagement",
    "Termination for Convenience": "termination-for-convenience",
    "ROFR/ROFO/ROFN": "rofr-rofo-rofn",
    "Change of Control": "change-of-control",
    "Anti-Assignment": "anti-assignment",
    "Revenue/Profit Sharing": "revenue-profit-sharing",
    "Price Restrictions": "price-restrictions",
    "Minimum Commitment": "minimum-commitment",
    "Volume Restriction": "volume-restriction",
    "IP Ownership Assignment": "ip-ownership-assignment",
    "Joint IP Ownership": "joint-ip-ownership",
    "License Grant": "license-grant",
    "Non-Transferable License": "non-transferable-license",
    "Affiliate License-Licensor": "affiliate-license-licensor",
    "Affiliate License-Licensee": "affiliate-license-licensee",
    "Unlimited/All-You-Can-Eat License": "unlimited-license",
    "Irrevocable or Perpetual License": "irrevocable-perpetual-license",
    "Source Code Escrow": "source-code-escrow",
    "Post-Termination Services": "post-termination-services",
    "Audit Rights": "audit-rights",
    "Uncapped Liability": "uncapped-liability",
    "Cap on Liability": "cap-on-liability",
    "Liquidated Damages": "liquidated-damages",
    "Warranty Duration": "warranty-duration",
    "Insurance": "insurance",
    "Covenant Not to Sue": "covenant-not-to-sue",
    "Third Party Beneficiary": "third-party-beneficiary",
}
SECRETS = {
    "explicit identification": "explicit-identification",
    "non-technical information": "technical-information",
    "verbally conveyed information": "verbal-information",
    "limited use": "limited-use",
    "sharing with employees": "sharing-with-employees",
    "sharing with third parties": "sharing-with-third-parties",
    "notice on compelled disclosure": "compelled-disclosure",
    "confidentiality of the agreement": "agreement-confidentiality",
    "no reverse engineering": "no-reverse-engineering",
    "permissible development": "independent-development",
    "permissible acquirement": "acquired-from-third-party",
    "no licence": "no-license-nda",
    "return": "return-of-information",
    "copies": "permissible-copies",
    "no solicitation": "nda-no-solicitation",
    "survival": "confidentiality-survival",
    "possession after the agreement": "retained-copies",
}
DILIGENCE = """
    safe-conversion valuation-cap conversion-discount investor-mfn liquidation-preference anti-dilution conversion-rights
    protective-provisions drag-along rofr-co-sale preemptive-rights information-rights registration-rights vesting
    vesting-acceleration option-grant warrants
    open-source moral-rights patent-prosecution ip-enforcement ip-indemnity ip-representations
    at-will-employment base-salary bonus severance employee-non-compete invention-assignment employee-confidentiality
    employment-notice employment-equity
    lease-premises lease-term lease-rent rent-escalation lease-renewal-option security-deposit permitted-use
    lease-assignment-subletting repairs-alterations casualty-condemnation holdover lease-early-termination snda-estoppel
    loan-principal loan-interest loan-maturity loan-prepayment financial-covenants negative-pledge events-of-default
    security-interest guarantee loan-change-of-control material-adverse-change loan-fees
    data-processing-roles subprocessors personal-data-breach data-transfer data-security-measures privacy-audit data-deletion
    hipaa-baa healthcare-licenses stark-aks payor-participation exclusion-screening fda-regulatory
    authorised-shares board-composition director-indemnification written-consent board-meetings corporate-dividends
    charter-amendment
"""

GOOD = """area = "Shipping"

[[clause]]
id = "demurrage"
name = "Demurrage"
phrasings = ["The charterer pays demurrage for each day of delay."]
"""


def said(text: str) -> list[tuple[str, str]]:
    """The message without the file's name, and the remedy, of each problem of ``text``."""
    _, problems = parse(text, "/home/lawyer/mine.toml")
    assert all(problem.path == "/home/lawyer/mine.toml" for problem in problems)
    assert all(problem.message.startswith("mine.toml, line ") and problem.remedy for problem in problems)
    return [(problem.message.removeprefix("mine.toml, "), problem.remedy) for problem in problems]


def clause(**changes: str | None) -> str:
    """One clause's text with some of its lines changed, or left out for None."""
    lines: dict[str, str | None] = {
        "id": 'id = "demurrage"',
        "name": 'name = "Demurrage"',
        "phrasings": 'phrasings = ["The charterer pays demurrage."]',
    } | changes
    return "\n".join(["[[clause]]", *(line for line in lines.values() if line is not None)]) + "\n"


def test_what_ships_has_no_mistakes() -> None:
    assert [str(problem) for problem in PROBLEMS] == []
    assert len(LIBRARY.clauses) >= 130
    assert not any(clause.replaces for clause in LIBRARY.clauses)


@pytest.mark.parametrize("wanted", [*CONTRACTS.values(), *SECRETS.values(), *DILIGENCE.split()])
def test_what_diligence_looks_for_is_there(wanted: str) -> None:
    assert LIBRARY.get(wanted) is not None


def test_the_tables_above_are_whole() -> None:
    assert (len(set(CONTRACTS.values())), len(set(SECRETS.values()))) == (41, 17)


@pytest.mark.parametrize("entry", LIBRARY.clauses, ids=lambda entry: entry.id)
def test_each_clause_that_ships_says_enough(entry: Clause) -> None:
    assert entry.what
    assert entry.why
    assert len(entry.phrasings) >= 6
    assert len(entry.headings) >= 2
    assert len(entry.questions) >= 3
    assert entry.aliases
    assert all(len(text) <= 400 for text in entry.phrasings)
    assert all(question.endswith("?") for question in entry.questions)


def test_no_phrasing_and_no_id_occurs_twice() -> None:
    phrasings = Counter(text.casefold() for entry in LIBRARY.clauses for text in entry.phrasings)
    assert [text for text, number in phrasings.items() if number > 1] == []
    assert len({entry.id for entry in LIBRARY.clauses}) == len(LIBRARY.clauses)


def test_each_file_that_ships_says_how_to_edit_it() -> None:
    for file in sorted(SHIPPED.glob("*.toml")):
        assert file.read_text(encoding="utf-8").startswith("# DataZoom's clause library"), file.name


def test_a_good_file_is_read_whole() -> None:
    [entry], problems = parse(GOOD, "shipping.toml")
    assert problems == ()
    assert (entry.id, entry.name, entry.area, entry.file) == ("demurrage", "Demurrage", "Shipping", "shipping.toml")
    assert entry.phrasings == ("The charterer pays demurrage for each day of delay.",)


def test_a_file_without_an_area_is_named_after_itself() -> None:
    [entry], _ = parse(clause(), "/home/our_shipping-clauses.toml")
    assert entry.area == "Our shipping clauses"


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        (clause(id=None), "line 1, clause “Demurrage”: it has no id.", "id = "),
        (clause(name=None), "line 1, clause “demurrage”: it has no name.", "name = "),
        (clause(phrasings=None), "line 1, clause “Demurrage”: it has no phrasings.", "phrasings = "),
        (clause(phrasings="phrasings = []"), "line 4, clause “Demurrage”: phrasings is empty.", "phrasings = "),
        (
            clause(phrasings='phrasings = ["a", " "]'),
            "line 4, clause “Demurrage”: no. 2 of phrasings is empty.",
            "delete",
        ),
        (
            clause(phrasings='phrasings = ["a", 7]'),
            "line 4, clause “Demurrage”: no. 2 of phrasings is a number",
            "marks",
        ),
        (
            clause(phrasings='phrasings = "a"'),
            "line 4, clause “Demurrage”: phrasings is a text, not a list.",
            "brackets",
        ),
        (clause(name="name = 7"), "line 3, clause “demurrage”: name is a number, not a text.", 'name = "..."'),
        (clause(name='name = " "'), "line 3, clause “demurrage”: name is empty.", "name = "),
        (clause(name="name = true"), "line 3, clause “demurrage”: name is true or false", 'name = "..."'),
        (clause(name="name = 2020-01-01"), "line 3, clause “demurrage”: name is a date or time", 'name = "..."'),
        (clause(what="what = [1]"), "line 5, clause “Demurrage”: what is a list, not a text.", 'what = "..."'),
        (clause(what='what = ""'), "line 5, clause “Demurrage”: what is empty.", "delete what"),
        (clause(why="[clause.why]"), "line 5, clause “Demurrage”: why is a table, not a text.", 'why = "..."'),
        (
            clause(id='id = "Two Words"'),
            "line 2, clause “Demurrage”: the id “Two Words” has other signs",
            "most-favoured",
        ),
        (clause(x='phrasing = ["b"]'), "line 5, clause “Demurrage”: unknown key “phrasing”.", "A clause may have: id"),
        (clause(x='aliasses = ["b"]'), "line 5, clause “Demurrage”: unknown key “aliasses”.", "Did you mean aliases?"),
        (clause(name='name = "Demurrage'), "line 3, clause “Demurrage”: this cannot be read", "missing quotation mark"),
        (
            clause(name="name = “Demurrage”"),
            "line 3, clause “Demurrage”: this cannot be read",
            "straight quotation marks",
        ),
        (clause(phrasings='phrasings = ["a" "b"]'), "line 4, clause “Demurrage”: this cannot be read", "comma"),
        (clause(phrasings='phrasings = ["a",'), "line 4, clause “Demurrage”: this cannot be read", "bracket"),
        (clause(name='name = "C:\\Deals"'), "line 3, clause “C:\\Deals”: this cannot be read", "backslash"),
        (clause(x='name = "Again"'), "line 5, clause “Demurrage”: this cannot be read (Cannot overwrite", "Look there"),
        (clause(x="[notes]\ntext = 1"), "line 5, clause “Demurrage”: “notes” is not a part of a clause.", "Delete it"),
        (clause(x='[["clause"]]'), "line 1, clause “Demurrage”: there are two clauses here", "two brackets"),
        (clause(x=f"what = {'[' * 5000}"), "line 5, clause “Demurrage”: this cannot be read", "Look there"),
        (clause(x=f"what = {'9' * 5000}"), "line 5, clause “Demurrage”: this cannot be read", "Look there"),
        (
            clause(x=f'what = "{"a" * (LONGEST + 1)}"'),
            "line 5, clause “Demurrage”: what has 1,201 characters.",
            "Shorten",
        ),
        (clause(x=f'aliases = ["{"a" * 5000}"]'), "line 5, clause “Demurrage”: no. 1 of aliases has 5,000", "Shorten"),
        ('[clause]\nid = "a"\n', "line 1: “clause” means nothing before the first clause.", "[[clause]]"),
        ('\nname = "a"\n', "line 2: “name” means nothing before the first clause.", "area"),
        ("area = 7\n", "line 1: area is not a text.", 'area = "Leases"'),
        ("# mine\narea = Leases\n", "line 2: this cannot be read (Invalid value): “area = Leases”.", "quotation mark"),
    ],
)
def test_each_mistake_is_told_with_its_line_and_what_to_do(text: str, message: str, remedy: str) -> None:
    [(problem, advice)] = said(text)
    assert problem.startswith(message)
    assert remedy in advice


def test_all_mistakes_of_a_clause_are_told_at_once_in_the_order_of_their_lines() -> None:
    told = said(clause(id='id = "A"', name="name = 1", phrasings=None))
    assert [message.partition(",")[0] for message, _ in told] == ["line 1", "line 2", "line 3"]


def test_a_slip_in_one_clause_costs_no_other() -> None:
    broken = clause(id='id = "broken"', name='name = "Broken', phrasings='phrasings = ["a",')
    clauses, problems = parse(GOOD + broken + clause(id='id = "laytime"'), "mine.toml")
    assert [entry.id for entry in clauses] == ["demurrage", "laytime"]
    assert [problem.message.partition(":")[0] for problem in problems] == ["mine.toml, line 9, clause “Broken”"]


def test_an_id_is_used_once_in_a_file_and_the_first_stands() -> None:
    clauses, [problem] = parse(GOOD + clause(name='name = "Another"'), "mine.toml")
    assert [entry.name for entry in clauses] == ["Demurrage"]
    assert problem.message == (
        "mine.toml, line 8, clause “Another”: the id demurrage is already used by the clause on line 3."
    )


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    clauses, problems = read(file)
    assert ([entry.id for entry in clauses], problems) == (["demurrage"], ())


def test_white_space_inside_a_text_is_evened() -> None:
    [entry], _ = parse(clause(phrasings='phrasings = ["""The charterer\n    pays  demurrage. """]'), "mine.toml")
    assert entry.phrasings == ("The charterer pays demurrage.",)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split())
)
lists = st.lists(texts.filter(bool), max_size=6).map(tuple)


@given(
    st.builds(
        Clause,
        id=st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True),
        name=texts.filter(bool),
        area=st.just("Mine"),
        phrasings=lists.filter(bool),
        aliases=lists,
        headings=lists,
        questions=lists,
        what=texts,
        why=texts,
        file=st.just("mine.toml"),
    )
)
def test_a_clause_that_is_shown_can_be_read_again(entry: Clause) -> None:
    assert parse(as_toml(entry), "mine.toml") == ((entry,), ())


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*GOOD.splitlines(), '"', "[", "]]", "=", "x", "\r", "[[clause]]", '"""', "\\"])))
def test_whatever_a_file_holds_it_is_read_or_told(lines: list[str]) -> None:
    text = "\n".join(lines)
    clauses, problems = parse(text, "mine.toml")
    assert len({entry.id for entry in clauses}) == len(clauses)
    assert len(clauses) + len(problems) >= lines.count("[[clause]]")
    for problem in problems:
        line = int(problem.message.removeprefix("mine.toml, line ").split(":")[0].split(",")[0])
        assert 1 <= line <= max(1, text.count("\n") + 1)


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_clauses_of_the_users_add_and_replace_and_it_is_said(tmp_path: Path) -> None:
    shipped = write(tmp_path / "a", "all.toml", GOOD + clause(id='id = "laytime"'))
    own = write(tmp_path / "b", "own.toml", clause(name='name = "Ours"') + clause(id='id = "lien"'))
    library, problems = load(tmp_path / "a", tmp_path / "b")
    assert problems == ()
    assert [(entry.id, entry.name, entry.file, entry.replaces) for entry in library.clauses] == [
        ("demurrage", "Ours", str(own), str(shipped)),
        ("laytime", "Demurrage", str(shipped), ""),
        ("lien", "Demurrage", str(own), ""),
    ]


def test_a_mistake_in_a_replacement_leaves_the_shipped_clause(tmp_path: Path) -> None:
    write(tmp_path / "a", "all.toml", GOOD)
    write(tmp_path / "b", "own.toml", clause(name="name = 1"))
    library, problems = load(tmp_path / "a", tmp_path / "b")
    assert [entry.name for entry in library.clauses] == ["Demurrage"]
    assert len(problems) == 1


def test_two_files_of_a_folder_may_not_use_one_id(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", GOOD)
    second = write(tmp_path, "b.toml", clause(name='name = "Second"'))
    library, [problem] = load(tmp_path)
    assert [entry.name for entry in library.clauses] == ["Demurrage"]
    assert problem.message == "b.toml, clause “Second”: the id demurrage is already used in a.toml."
    assert problem.path == str(second)


def test_a_folder_that_is_not_there_holds_no_clauses(tmp_path: Path) -> None:
    assert load(tmp_path / "none") == (ClauseLibrary(), ())


def test_other_files_of_the_folder_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, "notes.txt", "not TOML")
    write(tmp_path, "MINE.TOML", GOOD)
    library, problems = load(tmp_path)
    assert ([entry.id for entry in library.clauses], problems) == (["demurrage"], ())


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    library, [problem] = load(write(tmp_path, "clauses", GOOD))
    assert library.clauses == ()
    assert problem.title == "The folder of clauses cannot be read"


def test_a_file_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(GOOD.encode("utf-8") + b"# caf\xe9\n")
    (tmp_path / "b.toml").mkdir()
    write(tmp_path, "c.toml", GOOD)
    library, problems = load(tmp_path)
    assert [entry.id for entry in library.clauses] == ["demurrage"]
    assert [problem.message.partition(":")[0] for problem in problems] == [
        "a.toml is not a text file in UTF-8",
        "b.toml could not be opened",
    ]
    assert "line 7" in problems[0].message


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="too large"):
        read(write(tmp_path, "big.toml", "#" * (LARGEST + 1)))
