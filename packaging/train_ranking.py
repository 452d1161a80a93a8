"""Learns the weights of ``resources/ranking.json`` from annotated contracts, and says how well each step of the ranking does.

Usage: python packaging/train_ranking.py HOME ROOM QUERIES.jsonl [MORE.jsonl] [--write]

ROOM holds the contracts, taken in as usual. A query is ``{"query", "doc", "spans"}``; without spans it is one that its document does not
answer. Everything is learned and measured five-fold by contract: what is said of a contract was learned from others. The figures are
those of ``search.metrics``; the last lines say how many unanswerable questions are refused where so many answerable ones are, by the
score alone and by how sure it is (see ``certainty``).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import certainty
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search import features
from datazoom_desktop.search.judge import SIGNS, SURE, Expected, Judge, Linear
from datazoom_desktop.search.judging import Gathered, cut, judged, ranked
from datazoom_desktop.search.metrics import Coverage, Retrieved, coverage, same_document
from datazoom_desktop.search.model import Evidence
from learning import Matrix, logistic

FOLDS = 5
HITS = 64
LEARNED_FROM = 20  #: best passages of a question whose sentences are learned from
ANSWERS = 0.4  #: share of the gold characters, or of the passage's, from which a passage answers
SENTENCE_ANSWERS = 0.5  #: share of a sentence's characters
LEARNED_WHEN = 0.5  #: sureness of the clause from which a question is learned from with its clause
REFUSED = 0.09  #: share of answerable questions that may be refused
STRONG = 0.85  #: share of unanswerable questions whose evidence is not strong
SHARES = Path(__file__).with_name("clause_shares.toml")
OUT = Path(__file__).resolve().parents[1] / "resources" / "ranking.json"
STEPS = {
    "meaning and words": ("meaning", "passage_meaning", "words", "passage_words", "length", "heading"),
    "and phrasings": ("phrasing", "next_phrasings", "passage_phrasing"),
    "and margins over other clauses": ("phrasing_margin", "passage_phrasing_margin"),
    "and the clause's words": ("clause_words", "passage_clause_words", "phrasing_words"),
}


@dataclass
class Case:
    """One question with what the room offers for it; ``paths`` by version id."""

    doc: str
    gold: list[Span]
    gathered: Gathered
    fold: int
    paths: dict[str, str]


def main() -> int:
    """Learn, measure, and write when asked to."""
    parser = argparse.ArgumentParser(description="Learn the weights of the ranking.")
    parser.add_argument("home", type=Path)
    parser.add_argument("room")
    parser.add_argument("queries", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true", help="replace resources/ranking.json")
    args = parser.parse_args()
    rows = [json.loads(line) for file in args.queries for line in file.read_text(encoding="utf-8").splitlines() if line]
    with open_workspace(args.home, args.room) as workspace:
        cases = gather(workspace, rows)
        learn(workspace, cases, write=args.write)
    return 0


def gather(workspace: Workspace, rows: Sequence[dict[str, Any]]) -> list[Case]:
    """Return a case for each query; contracts are dealt to the folds by a fixed shuffle."""
    documents = sorted({row["doc"] for row in rows})
    np.random.default_rng(0).shuffle(documents)
    fold = {document: number % FOLDS for number, document in enumerate(documents)}
    paths = {version: path for version, _, path, _ in workspace.documents.current_versions()}
    cases = []
    for row in rows:
        gathered = workspace.search.gather(row["query"], HITS)
        assert gathered is not None
        cases.append(Case(row["doc"], [Span(a, b) for a, b in row["spans"]], gathered, fold[row["doc"]], paths))
        print(f"\r{len(cases)} of {len(rows)} questions", end="", file=sys.stderr)
    return cases


def learn(workspace: Workspace, cases: list[Case], *, write: bool) -> None:
    """Print the table of steps and the refusals; write the weights learned from all cases."""
    used: tuple[str, ...] = ()
    evidence: list[Evidence | None] = []
    for step, added in STEPS.items():
        used += added
        covered, evidence = measure(workspace, cases, used)
        report(step, covered)
    seen = [
        certainty.Seen(known.clause_id, case.doc, case.fold, bool(case.gold), known.signs)
        for case, known in zip(cases, evidence, strict=True)
        if known is not None
    ]
    figures = tomllib.loads(SHARES.read_text(encoding="utf-8"))
    shares = {clause: count / figures["contracts"] for clause, count in figures["found"].items()}
    answered = np.array([one.answered for one in seen])
    refusals("by the score", np.array([one.signs[0] for one in seen]), answered)
    values = certainty.crossed(seen, shares)
    found, strong = refusals("by how sure it is", values, answered)
    if write:
        final = fit(workspace, cases, used)
        content: dict[str, object] = {
            name: _plain(getattr(final, name))
            for name in ("plain_passage", "clause_passage", "plain_sentence", "clause_sentence")
        }
        content["sure"] = _plain(certainty.learn(seen, shares))
        content["expected"] = {
            clause: {
                "usual": [round(value, 3) for value in one.usual],
                "common": round(one.common, 3),
                "published": one.published,
            }
            for clause, one in certainty.table(seen, shares).items()
        }
        OUT.write_text(json.dumps({**content, "found": round(found, 3), "strong": round(strong, 3)}, indent=1) + "\n")
        print(f"wrote {OUT.name}")


def refusals(how: str, values: Matrix, answered: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Print how many questions are refused; return from which value on a clause counts as found, and as found without doubt."""
    found = float(np.quantile(values[answered], REFUSED))
    strong = float(np.quantile(values[~answered], STRONG))
    print(f"\n{how}: found from {found:.2f}, strong from {strong:.2f}; of questions that ask for a known clause:")
    print(f"  answerable, refused: {(values < found)[answered].mean():.1%} of {answered.sum()}")
    print(f"  unanswerable, refused: {(values < found)[~answered].mean():.1%} of {(~answered).sum()}")
    return found, strong


def measure(
    workspace: Workspace, cases: list[Case], used: Sequence[str]
) -> tuple[list[Coverage], list[Evidence | None]]:
    """Return the coverage of answerable cases, and every case's evidence for its clause, None where none is asked for."""
    judges = {fold: fit(workspace, [case for case in cases if case.fold != fold], used) for fold in range(FOLDS)}
    covered, known = [], []
    for case in cases:
        found, evidence = judged(case.gathered, judges[case.fold], workspace.search.sentences.of, HITS)
        known.append(evidence)
        if case.gold:
            hits = [Retrieved(case.paths[f.row.version_id], f.span) for f in found]
            covered.append(coverage(hits, case.doc, case.gold))
    return covered, known


def report(step: str, covered: list[Coverage]) -> None:
    """Print one line of the table."""
    figures = [
        np.mean([getattr(c, name) for c in covered])
        for name in ("first_document", "precision_first", "recall_budget", "recall_all")
    ]
    first, precision, budget, every = (f"{100 * float(figure):5.1f}" for figure in figures)
    print(
        f"\n{step:34} document first {first}  precision first {precision}  recall 4,000 chars {budget}  recall {HITS} {every}",
        flush=True,
    )


def fit(workspace: Workspace, cases: Sequence[Case], used: Sequence[str]) -> Judge:
    """Return the judge learned from the answerable cases, with the features ``used`` only."""
    answerable = [case for case in cases if case.gold]
    bare = [dataclasses.replace(case, gathered=_without_clause(case.gathered)) for case in answerable]
    clausal = [case for case in answerable if case.gathered.wanted.sureness >= LEARNED_WHEN]
    zero = Linear((), np.empty(0, np.float32), 0.0)
    judge = Judge(
        passage_model(bare, features.PLAIN_PASSAGE, used),
        passage_model(clausal, features.CLAUSE_PASSAGE, used),
        zero,
        zero,
        Linear(SURE, np.zeros(len(SURE), np.float32), 0.0),
        {"": Expected((0.0,) * len(SIGNS), 0.0, 0.0)},
        0.0,
        0.0,
    )
    return dataclasses.replace(
        judge,
        plain_sentence=sentence_model(workspace, bare, judge, features.PLAIN_SENTENCE, used),
        clause_sentence=sentence_model(workspace, clausal, judge, features.CLAUSE_SENTENCE, used),
    )


def passage_model(cases: Sequence[Case], names: tuple[str, ...], used: Sequence[str]) -> Linear:
    """Learn which passages answer."""
    x, y = [], []
    for case in cases:
        x.append(features.passage_features(case.gathered.wanted, case.gathered.passages))
        total = sum(map(len, case.gold))
        for row in case.gathered.rows:
            held = _held(case, row.version_id, Span(row.char_start, row.char_end))
            y.append(max(held / total, held / max(1, row.char_end - row.char_start)) > ANSWERS)
    return logistic(np.concatenate(x), np.array(y), names, used)


def sentence_model(
    workspace: Workspace, cases: Sequence[Case], judge: Judge, names: tuple[str, ...], used: Sequence[str]
) -> Linear:
    """Learn which sentences of the best passages answer."""
    x, y = [], []
    for case in cases:
        order, _ = ranked(case.gathered, judge)
        sentences = cut(case.gathered, order[:LEARNED_FROM], workspace.search.sentences.of)
        x.append(sentences.features)
        for piece, of in zip(sentences.pieces, sentences.of, strict=True):
            held = _held(case, case.gathered.rows[of].version_id, piece.span)
            y.append(held / max(1, len(piece.span)) > SENTENCE_ANSWERS)
    return logistic(np.concatenate(x), np.array(y), names, used)


def _held(case: Case, version_id: str, span: Span) -> int:
    """Return how many gold characters a span of a version holds."""
    return sum(span.overlap(gold) for gold in case.gold) if same_document(case.paths[version_id], case.doc) else 0


def _without_clause(gathered: Gathered) -> Gathered:
    return dataclasses.replace(gathered, wanted=dataclasses.replace(gathered.wanted, clause=None))


def _plain(model: Linear) -> dict[str, object]:
    weights = {name: round(float(weight), 4) for name, weight in zip(model.features, model.weights, strict=True)}
    return {"weights": weights, "bias": round(model.bias, 4)}


if __name__ == "__main__":
    sys.exit(main())
