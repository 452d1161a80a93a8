"""Which clauses a question asks for, by its words and by its meaning together; pure.

Words are sure where a question says a clause's name and say little otherwise, so their score counts by its cube; meaning carries
plain questions that no file foresees. The shares were chosen on questions of several kinds and hold over a wide range.
"""

from __future__ import annotations

from datazoom_desktop.search.clause_match import ClauseMatch, ClauseMatcher
from datazoom_desktop.search.clause_vectors import ClauseVectors, Vectors

ASKED = 1.0  #: share of the cosine with the nearest of a clause's questions
DRAFTED = 0.8  #: share of the cosine with the nearest of its phrasings
SAID = 0.7  #: share of the cube of the score by words


def choose(
    question: str, vector: Vectors, matcher: ClauseMatcher, vectors: ClauseVectors, limit: int = 8
) -> list[ClauseMatch]:
    """Return the ``limit`` clauses that ``question`` most likely asks for, best first; scores up to 1.

    Args:
        question: The bare question, without its reference to a document.
        vector: (dims,) the question's vector, of length 1, by the model of ``vectors``.
        matcher: Made of the same clauses as ``vectors``.
        vectors: The clauses' vectors.
        limit: How many clauses at most.
    """
    row = vector.reshape(1, -1)
    near = (ASKED * vectors.to_questions(row) + DRAFTED * vectors.to_phrasings(row))[0]
    said = {match.clause.id: match for match in matcher.clause_types_of(question, len(vectors.clauses))}
    matches = []
    for clause, nearness in zip(vectors.clauses, near.tolist(), strict=True):
        match = said.get(clause.id, ClauseMatch(clause, 0.0, clause.name))
        score = (nearness + SAID * match.score**3) / (ASKED + DRAFTED + SAID)
        matches.append(match._replace(score=score))
    matches.sort(key=lambda match: -match.score)
    return matches[:limit]
