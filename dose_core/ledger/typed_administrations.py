"""Which administrations of objects typed statements repeat: of one statement each at most one."""

from collections.abc import Sequence
from datetime import timedelta

from dose_core.ledger.administration_groups import Group, best
from dose_core.ledger.radiopharmaceuticals import activity, agree_in_agent, are_near, gap
from dose_core.model import Administration


def repeated(typed: Sequence[Group], of_objects: Sequence[Group]) -> dict[int, int]:
    """
    Return which typed administration (by its position) repeats which of the objects, the most alike first.

    A slip of the finger in the activity makes no second injection; two that were typed together are two.
    """
    pairs = sorted(
        (*_distance(best(one), best(other)), number, position)
        for number, one in enumerate(typed)
        for position, other in enumerate(of_objects)
        if agree_in_agent(best(one), best(other)) and are_near(best(one), best(other))
    )
    found: dict[int, int] = {}
    told: set[tuple[int, str]] = set()
    for *_, number, position in pairs:
        its = {(position, one.key) for one in typed[number]}
        if number not in found and told.isdisjoint(its):
            found[number] = position
            told |= its
    return found


def _distance(one: Administration, other: Administration) -> tuple[float, timedelta]:
    stated, others = activity(one), activity(other)
    apart = 0.0 if stated is None or others is None else abs(stated - others)
    return apart, gap(one.start, other.start) or timedelta(0)
