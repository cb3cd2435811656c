"""What stood in the place of a value before: in other revisions of its exam, in other readings of its object."""

from collections.abc import Callable, Sequence

from db.repositories.provenance import KnownRevision, KnownStatement
from dose_core.ledger.field_values import Number, number_at
from dose_core.ledger.totals import Total
from dose_core.ledger.value_id import ValueId
from dose_services.explained import Superseded
from dose_services.value_ids import number_of, placed_events, same_total, total_id, value_ids
from dose_services.value_words import CAUSES

Then = tuple[Number | None, str]  # a value, and its id
Look = Callable[[KnownRevision], Then | None]


def look_for_total(total: Total) -> Look:
    """Return how to find a total in another revision."""

    def look(revision: KnownRevision) -> Then | None:
        found = same_total(revision.exam, total)
        return (found[1].value, total_id(revision.id, found[0])) if found else None

    return look


def look_for_event(key: tuple[str, str, str], field: str) -> Look:
    """Return how to find the value of an event in another revision; ``field`` as in the answers about exams."""

    def look(revision: KnownRevision) -> Then | None:
        placed = next((one for one in placed_events(revision.exam) if one.key == key), None)
        value_id = value_ids(placed, revision.id).get(field) if placed else None
        if placed is None or value_id is None:
            return None
        value = number_of(placed, field)
        return (None if isinstance(value, tuple) else value), value_id

    return look


def earlier_revisions(now: Then | None, others: Sequence[KnownRevision], look: Look) -> list[Superseded]:
    """Return the other revisions, newest first, in which the thing had another value than in the one after it."""
    found: list[Superseded] = []
    after = now
    for revision in others:
        then = look(revision)
        if then is not None and (after is None or then[0] != after[0]):
            found.append(
                Superseded(
                    value=then[0],
                    value_id=then[1],
                    since=revision.made_at,
                    revision=revision.number,
                    reader_version=None,
                    why=CAUSES.get(revision.cause, revision.cause),
                )
            )
        after = then or after
    return found


def other_readings(known: KnownStatement, field: str, readings: Sequence[KnownStatement]) -> list[Superseded]:
    """Return what other readings of the same object made of a field, newest first."""
    return [
        Superseded(
            value=None if isinstance(value, tuple) else value,
            value_id=str(ValueId(holder=one.id, field=field)),
            since=one.stated_at,
            revision=None,
            reader_version=one.reader_version,
            why="this reading was taken back" if one.is_rolled_back else "the object was read by this version",
        )
        for one in readings
        if one.id != known.id
        for value in [number_at(one.report, field)]
    ]
