"""
What an ADT message asks for, as values of the identity model.

Source: HL7 v2.5.1, chapter 3: 3.4.2 (PID), 3.4.12 (MRG), 3.3.40 (A40).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dose_services.identity_values import StatedIdentifier, StatedMerge, StatedPerson
from dose_services.site import Site
from hl7_bridge.acks import Fault
from hl7_bridge.faults import MessageFaultError
from hl7_bridge.messages import Message, Segment
from hl7_bridge.values import EventTime, birth_date, event_time, first_text, identifiers, person_name, sex

UPDATES = frozenset({"A01", "A04", "A05", "A08", "A28", "A31"})
MERGE = "A40"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtUpdate:
    """State of one patient."""

    person: StatedPerson
    at: EventTime
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtMerge:
    """One or more merges."""

    merges: tuple[StatedMerge, ...]
    at: EventTime
    warnings: tuple[str, ...]


def read_adt(message: Message, trigger: str, *, received_at: datetime, site: Site) -> AdtUpdate | AdtMerge | None:
    """
    Return what an ADT message asks for; ``None`` for a trigger event that we do not use.

    Raises:
        MessageFaultError: a segment or field that the event needs is missing or out of place.
    """
    if trigger not in UPDATES and trigger != MERGE:
        return None
    at = event_time(
        [("EVN-2", first_text(message.first("EVN"), 2)), ("MSH-7", message.header.text(7))],
        received_at=received_at,
        site=site,
    )
    warnings = [*message.problems, *([at.problem] if at.problem else [])]
    if trigger == MERGE:
        return AdtMerge(merges=_merges(message, received_at, site, warnings), at=at, warnings=tuple(warnings))
    pid = message.first("PID")
    if pid is None:
        raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "there is no PID segment", ("PID", 1))
    person = _person(pid, 1, received_at, site, warnings)
    return AdtUpdate(person=person, at=at, warnings=tuple(warnings))


def _merges(message: Message, received_at: datetime, site: Site, warnings: list[str]) -> tuple[StatedMerge, ...]:
    merges: list[StatedMerge] = []
    survivor: StatedPerson | None = None
    people = 0
    is_merged = False
    for segment in message.segments:
        if segment.name == "PID":
            if people > 0 and not is_merged:
                raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "a PID has no MRG", ("PID", people))
            people += 1
            survivor = _person(segment, people, received_at, site, warnings)
            is_merged = False
        elif segment.name == "MRG":
            if survivor is None:
                raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "an MRG has no PID before it", ("MRG", 1))
            # An identifier without authority is one of the survivor's authority (MRG-1 follows PID-3).
            authority = survivor.identifiers[0].authority
            subsumed = identifiers(segment.values(1), default_authority=authority)
            if not subsumed:
                text = "MRG-1 names no patient"
                raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, text, ("MRG", len(merges) + 1, 1))
            merges.append(StatedMerge(survivor=survivor, subsumed=subsumed))
            is_merged = True
    if not is_merged:
        raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "there is no PID with its MRG", ("MRG", 1))
    return tuple(merges)


def _person(pid: Segment, number: int, received_at: datetime, site: Site, warnings: list[str]) -> StatedPerson:
    return StatedPerson(
        identifiers=_identifiers(pid, number, site),
        name=None if pid.value(5).is_null else person_name(pid.values(5)),
        birth_date=_birth_date(pid, received_at, warnings),
        sex=sex(pid.value(8).component(1)),
        cleared=frozenset(
            name for name, field in (("name", 5), ("birth_date", 7), ("sex", 8)) if pid.value(field).is_null
        ),
    )


def _identifiers(pid: Segment, number: int, site: Site) -> tuple[StatedIdentifier, ...]:
    # Before 2.3.1 many systems put the patient's identifier into PID-2 alone.
    for field in (3, 2):
        stated = identifiers(pid.values(field), default_authority=site.default_authority)
        if stated:
            return stated
    raise MessageFaultError(Fault.REQUIRED_FIELD_MISSING, "PID-3 names no patient", ("PID", number, 3))


def _birth_date(pid: Segment, received_at: datetime, warnings: list[str]) -> date | None:
    value = pid.value(7)
    if value.is_null:
        return None
    try:
        day = birth_date(value.component(1))
    except ValueError:
        warnings.append("PID-7 is not a date and was left out")
        return None
    # A day of tolerance: the site may be ahead of UTC.
    if day is not None and day > received_at.date() + timedelta(days=1):
        warnings.append("PID-7 is in the future and was left out")
        return None
    return day
