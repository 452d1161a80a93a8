"""What is looked up for the search page, on background threads: what was found, and what could not be looked into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datazoom_desktop.documents.model import RoomCoverage
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.search.expression import Expression
from datazoom_desktop.search.model import ExactResult, SearchResult
from datazoom_desktop.search.ui.documents_card import Choice
from datazoom_desktop.search.ui.outline import Fold
from datazoom_desktop.search.ui.places_model import first_ranks
from datazoom_desktop.search.ui.rows import name_and_folder

if TYPE_CHECKING:
    from datazoom_desktop.documents.service import Documents
    from datazoom_desktop.search.exact import ExactSearch
    from datazoom_desktop.search.service import Search

PASSAGES = 48  #: listed of a search by meaning


@dataclass(frozen=True, slots=True)
class ExactFound:
    """What an exact search found, to be unfolded by ``folds``; ``placed`` tells whether it looked for places, or documents only."""

    expression: Expression
    result: ExactResult
    coverage: RoomCoverage
    folds: dict[str, Fold]
    placed: bool


@dataclass(frozen=True, slots=True)
class MeaningFound:
    """What a search by meaning found; ``names`` are those of the documents that it was limited to, or that came first."""

    result: SearchResult
    coverage: RoomCoverage
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a search by meaning looks: where the question says (the usual), in the whole room, or in chosen documents."""

    whole: bool = False
    documents: tuple[str, ...] = ()


class Lookup:
    """Searches one room for the page; thread-safe."""

    def __init__(self, exact: ExactSearch, search: Search, documents: Documents) -> None:
        """Look with these services."""
        self.exact = exact
        self._search = search
        self._documents = documents

    def exactly(self, expression: Expression, folds: dict[str, Fold], cancel: CancelToken) -> ExactFound:
        """Return how many places there are, and those that are shown first.

        Raises:
            Cancelled: ``cancel`` was used.
        """
        from datazoom_desktop.search.evaluate import placed
        from datazoom_desktop.search.plan import plan

        result = self.exact.look(expression, lambda found: first_ranks(found, folds), cancel)
        return ExactFound(expression, result, self._documents.coverage(), folds, placed(plan(expression).root))

    def by_meaning(self, text: str, scope: Scope) -> MeaningFound:
        """Return the passages nearest in meaning.

        Raises:
            Problem: The index is missing or cannot be read.
        """
        from datazoom_desktop.search import query

        asked = query.split(text)
        bare = asked.bare if scope.documents or (scope.whole and asked.led) else text
        result = self._search.search(bare, PASSAGES, scope.documents or None)
        meant = result.route.document_ids or result.route.preferred
        names = {choice.document_id: choice.name for choice in self.choices()} if meant else {}
        named = tuple(names[document] for document in meant if document in names)
        return MeaningFound(result, self._documents.coverage(), named)

    def choices(self) -> Sequence[Choice]:
        """Return the documents that stand in the room, by path; one that stands at several paths once."""
        found: dict[str, Choice] = {}
        for _, document, path, title in self._documents.current_versions():
            found.setdefault(document, Choice(document, *name_and_folder(path), title or ""))
        return tuple(found.values())
