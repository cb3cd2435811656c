"""A template with all that it includes, as the tree that its content items make."""

from dataclasses import dataclass
from functools import cache

from dose_core.writers.templates import TemplateRow, rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    A row and the rows below it.

    ``includes`` are the rows through which the row came here, outermost first: their conditions count as well.
    ``at_most`` allows for a template that is included several times. A row of a template that is included where the
    user likes is required only if that template was begun, which ``of`` tells apart.
    """

    row: TemplateRow
    below: tuple["Node", ...]
    includes: tuple[TemplateRow, ...]
    at_least: int
    at_most: float

    @property
    def key(self) -> str:
        """Value type and code value, as ``conditions.Place`` names them; a row without a name has no code value."""
        return f"{self.row.value_type} {self.row.concept.value if self.row.concept else self.row.name_from or ''}"


@cache
def tree_of(tid: str) -> tuple[Node, ...]:
    """
    Return the top level of a template, includes resolved.

    Raises:
        KeyError: the table has no such template.
    """
    return _nodes(rows_of(tid), 0, ())


def _nodes(rows: tuple[TemplateRow, ...], level: int, includes: tuple[TemplateRow, ...]) -> tuple[Node, ...]:
    found: list[Node] = []
    for index, row in enumerate(rows):
        if row.level != level:
            continue
        if row.includes:
            found += _nodes(rows_of(row.includes), 0, (*includes, row))
            continue
        below = _below(rows[index + 1 :], level)
        found.append(_node(row, _nodes(below, level + 1, ()), includes))
    return tuple(found)


def _below(rows: tuple[TemplateRow, ...], level: int) -> tuple[TemplateRow, ...]:
    end = next((index for index, row in enumerate(rows) if row.level <= level), len(rows))
    return rows[:end]


def _node(row: TemplateRow, below: tuple[Node, ...], includes: tuple[TemplateRow, ...]) -> Node:
    at_most = row.at_most
    for include in includes:
        at_most *= include.at_most
    return Node(row=row, below=below, includes=includes, at_least=row.at_least, at_most=at_most)
