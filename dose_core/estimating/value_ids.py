"""Under which id a number of an event explains itself, so that an estimate leads to what it was made of."""

from typing import Any
from uuid import UUID

from dose_core.ledger.exam import Counted, ExamEvent
from dose_core.ledger.value_id import ValueId


def ct_value_id(revision_id: UUID, number: int, event: ExamEvent, field: str) -> str:
    """
    Return the id of a field of the CT event with this number: of who states it, or of the exam where it was formed.

    It is the id under which the answers of the API show the number.
    """
    if event.slice_count is not None or not event.places:
        return str(ValueId(holder=revision_id, field=f"ct.events[{number}].event.{field}"))
    filled = next((one for one in event.filled if one.field == field), None)
    place = event.places[filled.place if filled else 0]
    return str(ValueId(holder=UUID(place.statement), field=f"events[{place.index}].{field}"))


def counted_value_id(counted: Counted[Any], field: str) -> str:
    """Return the id of a field of an exposure, a projection event or an administration: of who states it."""
    filled = next((one for one in counted.filled if one.field == field), None)
    place = counted.places[filled.place if filled else 0]
    return str(ValueId(holder=UUID(place.statement), field=f"events[{place.index}].{field}"))
