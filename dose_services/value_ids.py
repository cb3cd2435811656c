"""The ids of the numbers of an exam's events: of the object that states each, or of the exam where it was formed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.exam import Counted, Exam, ExamEvent, Place
from dose_core.ledger.field_values import Number, Numbers, number_at, numbers_in
from dose_core.ledger.totals import Rival, Total
from dose_core.ledger.value_id import ValueId
from dose_core.model import ProjectionEvent

AnyEvent = ExamEvent | Counted[Any]

_NIL = UUID(int=0)
_OWN_FIELDS = ("slice_count", "dlp_estimate.value")  # not of what was stated: DoseLedger added them


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One event of an exam, the kind of irradiation, and the field of the exam in which it stands."""

    part: str  # 'ct', 'projection', 'mammography', 'nuclear'
    field: str  # such as "ct.events[2]"
    event: AnyEvent

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the event in every revision of the exam; each plane has a dose of its own."""
        stated = self.event.event
        plane = stated.plane.value if isinstance(stated, ProjectionEvent) and stated.plane else ""
        return self.part, self.event.event_uid, plane


def placed_events(exam: Exam) -> Iterator[Placed]:
    """Yield the events of an exam, part after part."""
    for number, event in enumerate(exam.ct.events if exam.ct else ()):
        yield Placed(part="ct", field=f"ct.events[{number}]", event=event)
    for part in ("projection", "mammography", "nuclear"):
        for number, counted in enumerate(getattr(exam, part)):
            yield Placed(part=part, field=f"{part}[{number}]", event=counted)


def is_formed(event: AnyEvent) -> bool:
    """Tell if the values of an event were formed from several objects, such as the means over slices."""
    return not event.places or (isinstance(event, ExamEvent) and event.slice_count is not None)


def place_of(event: AnyEvent, field: str) -> Place:
    """Return where the value of a field of the event is stated; a field may be filled from another source."""
    name = field.partition(".")[0].partition("[")[0]
    filled = next((one for one in event.filled if one.field == name), None)
    return event.places[filled.place if filled else 0]


def value_ids(placed: Placed, revision_id: UUID) -> dict[str, str]:
    """Return the id of each number of an event by its field; the number of a list has the list's id and its index."""
    event = placed.event
    ids: dict[str, str] = {}
    for field, _ in numbers_in(event.event):
        if is_formed(event):
            ids[field] = str(ValueId(holder=revision_id, field=f"{placed.field}.event.{field}"))
        else:
            place = place_of(event, field)
            ids[field] = str(ValueId(holder=UUID(place.statement), field=f"events[{place.index}].{field}"))
    if isinstance(event, ExamEvent):
        if event.slice_count is not None:
            ids["slice_count"] = str(ValueId(holder=revision_id, field=f"{placed.field}.slice_count"))
        if isinstance(event.dlp_estimate, Estimate):
            ids["dlp_estimate.value"] = str(ValueId(holder=revision_id, field=f"{placed.field}.dlp_estimate"))
    return ids


def number_of(placed: Placed, field: str) -> Number | Numbers | None:
    """Return a number of an event by the field under which ``value_ids`` names it."""
    own = field in _OWN_FIELDS
    return number_at(placed.event if own else placed.event.event, field)


def total_id(revision_id: UUID | str, number: int) -> str:
    """Return the id of the total with this number."""
    return f"{revision_id}{_field_of_total(number)}"


@cache
def _field_of_total(number: int) -> str:
    """Return how the id of a total goes on behind the revision; asked for each total of each line of a history."""
    return str(ValueId(holder=_NIL, field=f"totals[{number}].value")).removeprefix(str(_NIL))


def rival_id(revision_id: UUID, number: int, nth: int, rival: Rival) -> str:
    """Return the id of a rival of that total: where it is stated, or the exam where DoseLedger formed it."""
    if rival.statement is not None and rival.field is not None:
        return str(ValueId(holder=UUID(rival.statement), field=rival.field))
    return str(ValueId(holder=revision_id, field=f"totals[{number}].rivals[{nth}].value"))


def same_total(exam: Exam, total: Total) -> tuple[int, Total] | None:
    """Return the total of the same quantity and part in another revision, with its number."""
    key = (total.quantity, total.of)
    return next(((n, one) for n, one in enumerate(exam.totals) if (one.quantity, one.of) == key), None)
