"""What messages say of visits and accounts: kept, and orders and exams that name them looked at anew by the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.repositories import orders, patients, stays
from db.session import Session
from dose_core.model import PatientStated
from dose_core.orders.said import Number
from dose_core.orders.visits import Register, StayEvent, StaySaid, stay_of
from dose_services import identity
from dose_services.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedStay:
    """What a message says of one visit or account: ``target`` has it, ``source`` had it before a move."""

    event: StayEvent
    register: Register
    number: Number
    new: Number | None = None
    source: PatientStated | None = None
    target: PatientStated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StayMessage:
    """The message: our id of it, when and under which number it was written, and when it came."""

    id: UUID
    said_at: datetime
    control_id: str
    received_at: datetime


def keep_stays(
    session: Session, stated: Sequence[StatedStay], message: StayMessage, *, now: datetime, site: Site
) -> None:
    """
    Keep what a message says of visits and accounts. Safe to repeat.

    Patients whom nobody knows are created as the message names them, so that what comes late finds them.

    Raises:
        UnusableIdentifierError: an identifier of a patient is longer than any real one.
    """
    authority = site.default_authority
    people = dict.fromkeys(who for one in stated for who in (one.source, one.target) if who)
    patients.lock_identifiers(session, identity.stated_keys(people, authority))
    ids = {
        who: identity.resolve_stated(session, who, study="", evidence_id=None, now=now, authority=authority).patient_id
        for who in people
    }
    said = [
        StaySaid(
            message_id=message.id,
            said_at=message.said_at,
            control_id=message.control_id,
            event=one.event,
            register=one.register,
            number=one.number,
            new=one.new,
            from_patient_id=ids[one.source] if one.source else None,
            to_patient_id=ids[one.target] if one.target else None,
        )
        for one in stated
    ]
    # An order that is just coming in sees this, or is seen here.
    orders.lock_numbers(session, [each.value for one in said for each in (one.number, one.new) if each])
    stays.add(session, said, received_at=message.received_at)
    concerned: dict[Register, set[str]] = {register: set() for register in Register}
    for one in said:
        known = stay_of(one.number, one.register, stays.about(session, one.register, one.number))
        concerned[one.register] |= {number.value for number in known.numbers}
    visits, accounts = sorted(concerned[Register.VISIT]), sorted(concerned[Register.ACCOUNT])
    orders.wake_of_stays(session, visits=visits, accounts=accounts, now=now)
    stays.wake_exams(session, sorted({*visits, *accounts}), now=now)
