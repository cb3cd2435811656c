"""
One step of forwarding: what a destination gets next, and what became of it.

The worker asks in one transaction what is next, takes that object in another, hands it over in one in which nobody can
be restricted whom it is about, and marks the outcome in a last one: whatever fails is about one object, or about the
destination. One that is never marked, since its process died, still waits, and goes again under the same UID. Nothing
here commits.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from db.repositories import evidence, findings, forwarding, handing_over, statements
from db.repositories.forwarding import ForwardStanding
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
    Reports,
    UnusableForwardError,
    check_of,
    key_for,
    node_of,
)
from dose_services.pacs_values import Destination

_LONGEST_BACK_OFF_S = 300.0
_DOUBLINGS = 9  # 2 ** 9 s is above the longest
_ATTEMPTS_BEFORE_FINDING = 8  # some six minutes
_TAKEN_BACK = frozenset({"withdrawing", "withdrawn", "superseded", "cancelled", "refused"})  # of a publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    Whose turn it is: the object of this number, for a destination that was looked up.

    ``pacs`` is the archive of the site that ``node`` names. Without ``key`` the object goes as it came.
    """

    number: int
    destination_id: UUID
    node: ForwardNode
    pacs: Destination | None
    key: bytes | None = field(repr=False)


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


def next_turn(session: Session, destination_id: UUID, *, site_key: bytes | None, now: datetime) -> Turn | None:
    """
    Return whose turn it is for a destination; ``None`` if nothing is to be handed over now.

    Without the key, or without the archive that it names, a destination waits and a finding says so. While that archive
    rests, it just waits.
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
    if pacs is not None and not pacs.is_active:
        return None
    number = forwarding.next_waiting(session, destination_id)
    if number is None:
        return None
    return Turn(number=number, destination_id=destination_id, node=node, pacs=pacs, key=key)


def take(session: Session, turn: Turn, *, now: datetime) -> Forwarding | None:
    """
    Return an object to hand over; ``None`` if it does not go (now), and the next one has its turn.

    What counts no more, or is not of those whom the destination gets, is cancelled, what is of a restricted patient
    withheld, and what cannot be de-identified parked.
    """
    destination = forwarding.lock_destination(session, turn.destination_id)
    row = forwarding.lock(session, turn.number)
    if destination is None or not destination.is_active or row is None or row.state != "waiting":
        return None
    made = _object_of(session, destination, row, turn.key, now=now)
    session.flush()
    if made is None:
        return None
    sop_instance_uid, dicom = made
    row.attempts += 1
    row.sent_as = sop_instance_uid
    return Forwarding(
        number=row.number,
        destination=destination.name,
        node=turn.node,
        pacs=turn.pacs,
        sop_instance_uid=sop_instance_uid,
        dicom=dicom,
    )


def may_go(session: Session, number: int, *, now: datetime) -> bool:
    """
    Tell if an object that was taken may be handed over now, which holds off who would restrict whom it is about.

    Who restricts waits until it is handed over, and after that nothing goes out. What is of a patient who was
    restricted since it was taken is withheld as if it had not been taken, and what counts no more is cancelled.
    """
    handing_over.begin(session, number)
    row = forwarding.lock(session, number)
    if row is None or row.state != "waiting":
        return False  # a person gave it up, or a newer version came
    stands = forwarding.standing(session, number)
    reason = _why_not_true(stands)
    if reason is None and not stands.is_restricted:
        return True
    row.attempts -= 1
    if not row.attempts:
        row.sent_as = None
    if reason is None:
        row.state = "withheld"
    else:
        row.state, row.ended_at, row.problem = "cancelled", now, reason
    session.flush()
    return False


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
    """The destination will never take the object, or it broke us: park it, visibly."""
    row = forwarding.lock(session, number)
    if row is not None and row.state == "waiting":
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
    is_ours = stands.published is not None or statements.is_our_own(session, row.evidence_id)
    reason = _why_cancelled(stands, destination.reports, is_ours=is_ours)
    if found is None or found.key is None:
        reason = "the time to keep the object is over"
    if reason is not None or found is None:
        row.state, row.ended_at, row.problem = "cancelled", now, reason
        return None
    if stands.published == "waiting":
        return None  # it has become so since its turn came, and gives way until its archive is known to have it
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


def _why_cancelled(stands: ForwardStanding, reports: str, *, is_ours: bool) -> str | None:
    reason = _why_not_true(stands)
    if reason is not None:
        return reason
    if is_ours and reports == Reports.DEVICE:
        return "it is a dose SR of ours, and the destination gets those of devices"
    if not is_ours and reports == Reports.OWN:
        return "it is a dose SR of a device, and the destination gets ours"
    return None


def _why_not_true(stands: ForwardStanding) -> str | None:
    if stands.state != Standing.COUNTED or stands.has_expired:
        return "the exam counts no more"
    return "our dose SR was taken back" if stands.published in _TAKEN_BACK else None


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
