"""
One step of forwarding: what a destination gets next, and what became of it.

The worker takes an object in one transaction, hands it over in none, and marks the outcome in a third. One that is
never marked, since its process died, still waits, and goes again under the same UID. Nothing here commits.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from db.repositories import evidence, findings, forwarding
from db.session import Session
from db.tables.forwarding import ForwardDestinationRow, ForwardRow
from dose_core.deidentify.document import deidentified
from dose_core.deidentify.errors import NotDeidentifiableError
from dose_core.deidentify.policy import Policy
from dose_core.errors import DoseError
from dose_core.ledger.standing import Standing
from dose_services import pacs_destinations
from dose_services.finding_kinds import FindingKind
from dose_services.forwarding_values import (
    ForwardNode,
    ListedPacs,
    NoForwardingKeyError,
    UnusableForwardError,
    check_of,
    key_for,
    node_of,
)
from dose_services.pacs_values import Destination

_LONGEST_BACK_OFF_S = 300.0
_DOUBLINGS = 9  # 2 ** 9 s is above the longest
_ATTEMPTS_BEFORE_FINDING = 8  # some six minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """
    An object to hand over now: the same bytes in each attempt.

    ``pacs`` is the archive of the site that ``node`` names. ``sop_instance_uid`` is that of the bytes.
    """

    number: int
    destination: str
    node: ForwardNode
    pacs: Destination | None
    sop_instance_uid: str
    dicom: bytes = field(repr=False)


def due(session: Session, now: datetime) -> list[UUID]:
    """Return the destinations for which something waits, and that may be asked now."""
    return forwarding.due(session, now)


def take(session: Session, destination_id: UUID, *, site_key: bytes | None, now: datetime) -> Forwarding | None:
    """
    Return what a destination gets next; ``None`` if there is nothing (any more).

    What counts no more is cancelled, what is of a restricted patient withheld, and what cannot be de-identified
    parked. Without the key, or without the archive that it names, a destination waits and a finding says so.
    """
    destination = forwarding.lock_destination(session, destination_id)
    if destination is None or not destination.is_active:
        return None
    if destination.waits_until is not None and destination.waits_until > now:
        return None
    try:
        node, pacs = _place_of(session, destination)
        key = None if destination.is_identified else _checked_key(destination, site_key)
    except (NoForwardingKeyError, UnusableForwardError) as error:
        mark_unavailable(session, destination_id, error=error, now=now)
        return None
    while (row := forwarding.next_waiting(session, destination_id)) is not None:
        made = _object_of(session, destination, row, key, now=now)
        session.flush()
        if made is not None:
            sop_instance_uid, dicom = made
            row.attempts += 1
            row.sent_as = sop_instance_uid
            return Forwarding(
                number=row.number,
                destination=destination.name,
                node=node,
                pacs=pacs,
                sop_instance_uid=sop_instance_uid,
                dicom=dicom,
            )
    return None


def mark_sent(session: Session, number: int, *, now: datetime) -> None:
    """The destination has the object. Safe to repeat."""
    row = forwarding.lock(session, number)
    if row is None or row.state == "sent":
        return
    row.state, row.ended_at, row.problem = "sent", now, None  # a person may have given it up, and it is there
    destination = forwarding.lock_destination(session, row.destination_id)
    if destination is not None:
        calm(session, destination, now=now)
    settle(session, row.exam_id, now=now)


def mark_refused(session: Session, number: int, *, error: DoseError, now: datetime) -> None:
    """The destination will never take the object: park it, visibly."""
    row = forwarding.lock(session, number)
    if row is not None and row.state == "waiting":
        _park(session, row, str(error), now=now)


def mark_next_broken(session: Session, destination_id: UUID, *, error: DoseError, now: datetime) -> None:
    """What is next for a destination failed before it could be handed over: park it, or it would hold up the others."""
    row = forwarding.next_waiting(session, destination_id)
    if row is not None:
        _park(session, row, str(error), now=now)


def mark_unavailable(session: Session, destination_id: UUID, *, error: DoseError, now: datetime) -> None:
    """Nothing can be handed over now: leave the destination alone for a while that grows."""
    row = forwarding.lock_destination(session, destination_id)
    if row is None:
        return
    row.failures += 1
    row.waits_until = now + timedelta(seconds=min(2.0 ** min(row.failures, _DOUBLINGS), _LONGEST_BACK_OFF_S))
    row.problem = str(error)
    session.flush()
    if row.failures >= _ATTEMPTS_BEFORE_FINDING or not _will_pass(error):
        findings.raise_once(
            session,
            kind=FindingKind.FORWARDING_WAITS,
            subject=str(row.id),
            text=f"dose SRs for {row.name} wait: {error}",
            now=now,
        )


def calm(session: Session, destination: ForwardDestinationRow, *, now: datetime) -> None:
    """Nothing is known to keep objects from a destination any more: it is asked at once, and its finding is closed."""
    destination.failures, destination.waits_until, destination.problem = 0, None, None
    session.flush()
    findings.resolve(session, kind=FindingKind.FORWARDING_WAITS, subject=str(destination.id), now=now)


def settle(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Close the finding about parked objects of an exam if there is none any more."""
    if not forwarding.has_parked(session, exam_id):
        findings.resolve(session, kind=FindingKind.FORWARD_REFUSED, subject=str(exam_id), now=now)


def _place_of(session: Session, row: ForwardDestinationRow) -> tuple[ForwardNode, Destination | None]:
    node = node_of(row)
    if not isinstance(node, ListedPacs):
        return node, None
    pacs = pacs_destinations.destination_named(session, node.name)
    if pacs is None:
        raise UnusableForwardError("the archive that it names is not listed any more")
    return node, pacs


def _checked_key(row: ForwardDestinationRow, site_key: bytes | None) -> bytes:
    key = key_for(site_key, row.name)
    check = check_of(key)
    if row.key_check is None:
        row.key_check = check
    elif row.key_check != check:
        raise NoForwardingKeyError("the key is another one than before; put it back, or run `doseledger forward rekey`")
    return key


def _object_of(
    session: Session, destination: ForwardDestinationRow, row: ForwardRow, key: bytes | None, *, now: datetime
) -> tuple[str, bytes] | None:
    """Return SOP Instance UID and bytes of what is handed over, or settle the row."""
    stands = forwarding.standing(session, row.number)
    found = evidence.get(session, row.evidence_id)
    reason = _why_cancelled(stands.state, stands.published, has_expired=stands.has_expired)
    if found is None or found.key is None:
        reason = "the time to keep the object is over"
    if reason is not None or found is None:
        row.state, row.ended_at, row.problem = "cancelled", now, reason
        return None
    if stands.is_restricted:
        row.state = "withheld"
        return None
    dicom = evidence.content_of(found)
    if key is None:
        return found.sop_instance_uid, dicom
    policy = Policy(
        key=key,
        keeps_characteristics=destination.keeps_characteristics,
        keeps_device=destination.keeps_device,
        released_texts=frozenset(destination.released_texts),
    )
    try:
        made = deidentified(dicom, policy, subject=str(stands.family_id))
    except NotDeidentifiableError as error:
        _park(session, row, f"it cannot be de-identified: {error}", now=now)
        return None
    return made.sop_instance_uid, made.dicom


def _why_cancelled(state: str, published: str | None, *, has_expired: bool) -> str | None:
    if state != Standing.COUNTED or has_expired:
        return "the exam counts no more"
    if published is not None and published != "sent":
        return "our dose SR was taken back"
    return None


def _park(session: Session, row: ForwardRow, problem: str, *, now: datetime) -> None:
    row.state, row.ended_at, row.problem = "parked", now, problem
    session.flush()
    findings.raise_once(
        session,
        kind=FindingKind.FORWARD_REFUSED,
        subject=str(row.exam_id),
        text=f"object {row.number} of the forwarding queue is parked: {problem}",
        now=now,
        exam_id=row.exam_id,
    )


def _will_pass(error: DoseError) -> bool:
    """Tell if waiting may help, as it does where a machine does not answer."""
    return not isinstance(error, NoForwardingKeyError | UnusableForwardError)
