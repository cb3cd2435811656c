"""Statements about patients for tests. All people are invented."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from dose_services.identity_values import Change, StatedIdentifier, StatedMerge, StatedPerson

MORNING = datetime(2024, 3, 6, 8, 0, tzinfo=UTC)


def identifier(value: str, authority: str = "HOSP") -> StatedIdentifier:
    """Return an identifier of the hospital."""
    return StatedIdentifier(value=value, authority=authority)


def person(
    *values: str,
    name: str | None = "Ek^Alma",
    birth_date: date | None = date(1960, 1, 1),
    cleared: frozenset[str] = frozenset(),
) -> StatedPerson:
    """Return a patient with these identifiers of the hospital."""
    identifiers = tuple(identifier(value) for value in values)
    return StatedPerson(identifiers=identifiers, name=name, birth_date=birth_date, sex="F", cleared=cleared)


def into(survivor: str, *subsumed: str) -> StatedMerge:
    """Return the statement that ``subsumed`` are ``survivor``."""
    return StatedMerge(survivor=person(survivor), subsumed=tuple(identifier(value) for value in subsumed))


def change(minute: int = 0) -> Change:
    """Return a change by a message of its own, so many minutes after the morning began."""
    at = MORNING + timedelta(minutes=minute)
    return Change(event_at=at, ordered_at=at, now=at + timedelta(seconds=1), hl7_message_id=uuid4())
