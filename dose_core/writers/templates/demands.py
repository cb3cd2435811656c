"""Whether a row must, may or must not stand somewhere."""

from collections.abc import Sequence

from dose_core.writers.templates.conditions import Place, holds
from dose_core.writers.templates.tree import Node


def is_allowed(node: Node, place: Place) -> bool:
    """Test if a row may stand there: the conditions that say "only if" hold, its own and those of its includes."""
    return all(not row.is_exclusive or holds(row.condition, place) for row in (*node.includes, node.row))


def is_required(node: Node, place: Place, siblings: Sequence[Node]) -> bool:
    """Test if a row must stand there. Of a template that may be included, rows are due once one of them stands."""
    row = node.row
    is_conditional = row.requirement == "MC" and row.condition is None
    if not row.is_mandatory or is_conditional or not holds(row.condition, place):
        return False
    for depth, include in enumerate(node.includes, start=1):
        if include.is_mandatory and holds(include.condition, place):
            continue
        if include.is_exclusive or not _is_begun(node, depth, place, siblings):
            return False
    return True


def _is_begun(node: Node, depth: int, place: Place, siblings: Sequence[Node]) -> bool:
    through = node.includes[:depth]
    return any(
        other.key in place.present for other in siblings if other is not node and other.includes[:depth] == through
    )
