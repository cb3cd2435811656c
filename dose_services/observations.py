"""
What others measured or know of patients, and what of it holds at an exam.

A patient's statements are kept as they came, refused ones with their reason; which of them holds at an exam is a rule
of ``dose_core.observations``. Nothing here commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.mapping import storable
from db.repositories import estimates, observations, patients
from db.session import Session
from dose_core.observations.at_exam import WINDOW_OF, at_exam
from dose_core.observations.measures import UNIT_OF
from dose_core.observations.values import Observed, Pregnancy, Statement
from dose_services.identity import update_patient
from dose_services.identity_values import Change, StatedIdentifier, StatedPerson, check_identifiers

MAX_STATED_CHARACTERS = 256  # ours: of a number, a unit or a code; what is longer is no such thing


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationView:
    """
    What held at an exam: ``value`` in ``unit``, and ``stated_value`` and ``stated_unit`` as they came.

    ``is_time_of_message`` tells that no time of the measurement was stated, only that of the message.
    """

    observed: Observed
    value: float | None
    unit: str | None
    pregnancy: Pregnancy | None
    stated_value: str
    stated_unit: str
    code: str
    observed_at: datetime
    is_time_of_message: bool


def keep(
    session: Session, patient: tuple[StatedIdentifier, ...], statements: Sequence[Statement], change: Change
) -> None:
    """
    Keep what a message states of a patient's body; the patient is created if unknown. Safe to repeat.

    A merged patient's observations stay with them and are found under the survivor, as exams are.

    Raises:
        NoIdentifierError: the patient is named by no identifier.
        UnusableIdentifierError: one is too long, or there are too many.
        ValueError: the change is none of a message.
    """
    if change.hl7_message_id is None:
        raise ValueError("observations come by messages")
    check_identifiers(patient)
    row = patients.find_by_identifier(session, *patient[0].key)
    if row is None:
        update_patient(session, StatedPerson(identifiers=patient), change)
        row = patients.find_by_identifier(session, *patient[0].key)
    if row is not None and statements:
        kept = list(map(_storable, statements))
        observations.keep(session, row.id, kept, hl7_message_id=change.hl7_message_id, now=change.now)
        times = [one.observed_at for one in kept]
        longest = max(WINDOW_OF.values())
        estimates.wake_observed(session, row.id, since=min(times), until=max(times) + longest, now=change.now)


def at(session: Session, family: Sequence[UUID], started_at: datetime | None) -> tuple[ObservationView, ...]:
    """Return what held at an exam of a patient, all who are one with them taken together; nothing without its time."""
    if started_at is None:
        return ()
    since = started_at - max(WINDOW_OF.values())
    stated = observations.of_patients(session, sorted(family), since=since, until=started_at)
    held = at_exam(stated, started_at)
    return tuple(_view(held[kind]) for kind in Observed if kind in held)


def _view(one: Statement) -> ObservationView:
    return ObservationView(
        observed=one.observed,
        value=one.value,
        unit=UNIT_OF.get(one.observed),
        pregnancy=one.pregnancy,
        stated_value=one.stated_value,
        stated_unit=one.stated_unit,
        code=one.code,
        observed_at=one.observed_at,
        is_time_of_message=one.is_time_of_message,
    )


def _storable(one: Statement) -> Statement:
    return replace(
        one,
        stated_value=storable(one.stated_value),
        stated_unit=storable(one.stated_unit),
        code=storable(one.code),
    )
