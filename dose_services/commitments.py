"""
Have archives confirm that they keep dose SRs of ours: what to ask, and what became of it.

The worker takes one request in a transaction, asks in none, and marks the outcome in a third; the report may come
before that. A request whose worker died is made again when its time is over, under another transaction UID, as PS3.4,
J.3.2.1.2 wants it. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from db.repositories import commitments, findings, publications
from db.session import Session
from db.tables.commitment import CommitmentRow
from db.tables.publication import PublicationRow
from dose_core.errors import DoseError
from dose_core.own import OUR_UID_ROOT
from dose_core.writers.document import Evidence
from dose_core.writers.kinds import published_named
from dose_services import publication_findings
from dose_services.archive_values import CommitmentReport, DicomNode
from dose_services.finding_kinds import FindingKind
from dose_services.pacs_destinations import destination_named, destinations
from dose_services.publication_document import instance_of
from dose_services.publication_findings import NOT_CONFIRMED

REFUSED = FindingKind.COMMITMENT_REFUSED

# Longer than any conversation with an archive may take.
_LEASE = timedelta(seconds=90)
# Ours. An archive may write to tape before it commits itself, and tells at night; one that is down comes back sooner.
_ANSWER_WITHIN = timedelta(hours=24)
_AGAIN_AFTER = timedelta(minutes=10)
_REQUESTS_BEFORE_FINDING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask which archive now. ``transaction_uid`` is kept already: the report names it."""

    publication_id: UUID
    destination: str
    node: DicomNode
    transaction_uid: str
    instance: Evidence


def due(session: Session, now: datetime, *, limit_each: int) -> list[tuple[UUID, str]]:
    """Return publications about which an archive is to be asked now, so many for each, with the archive's name."""
    asked = [one.name for one in destinations(session) if one.is_active and _node(one.node) is not None]
    return commitments.due(session, now, destinations=asked, limit_each=limit_each) if asked else []


def take(session: Session, publication_id: UUID, *, now: datetime) -> Request | None:
    """Return what to ask about one publication, ``None`` if nothing is (any more)."""
    found = commitments.lock(session, publication_id)
    if found is None:
        return None
    publication, row = found
    destination = destination_named(session, publication.destination)
    node = _node(destination.node) if destination and destination.is_active else None
    kind, study = published_named(publication.kind), publications.study_of(session, publication.exam_id)
    is_open = row is None or (row.state != "kept" and row.not_before <= now)
    if publication.state != "sent" or node is None or kind is None or study is None or not is_open:
        return None
    transaction_uid = f"{OUR_UID_ROOT}{uuid4().int}"
    if row is None:
        row = CommitmentRow(publication_id=publication.id, state="asked", attempts=0)
        session.add(row)
    row.transaction_uid, row.attempts, row.asked_at = transaction_uid, row.attempts + 1, now
    row.state = "asked" if row.state == "refused" else row.state  # what is not kept is so until it is
    row.not_before = now + _LEASE
    session.flush()
    return Request(
        publication_id=publication.id,
        destination=publication.destination,
        node=node,
        transaction_uid=transaction_uid,
        instance=instance_of(publication, kind, study[1]),
    )


def mark_asked(session: Session, request: Request, *, now: datetime) -> None:
    """The archive will report, or did already. One that never does is asked again, and some day a finding."""
    publication, row = _asked(session, request.transaction_uid)
    if publication is None or row is None or row.state == "kept":
        return
    row.not_before = max(row.not_before, now + _ANSWER_WITHIN)
    if row.state == "asked" and row.attempts > _REQUESTS_BEFORE_FINDING:
        text = f"{publication.destination} was asked {row.attempts} times to confirm a dose SR, and has not reported"
        publication_findings.raise_about(session, publication, NOT_CONFIRMED, text, now=now)


def mark_unavailable(session: Session, request: Request, *, error: DoseError, now: datetime) -> None:
    """The archive could not be asked: try again soon."""
    _, row = _asked(session, request.transaction_uid)
    if row is not None and row.state != "kept":
        row.reason, row.not_before = str(error), now + _AGAIN_AFTER


def mark_refused(session: Session, request: Request, *, error: DoseError, now: datetime) -> None:
    """The archive offers no storage commitment: it is asked again after a day, and one finding about it says so."""
    publication, row = _asked(session, request.transaction_uid)
    if publication is None or row is None or row.state == "kept":
        return
    row.state, row.reason, row.not_before = "refused", str(error), now + _ANSWER_WITHIN
    text = f"{publication.destination} does not confirm that it keeps dose SRs: {error}"
    findings.raise_once(session, kind=REFUSED, subject=publication.destination, text=text, now=now)


def take_report(session: Session, report: CommitmentReport, *, now: datetime) -> bool:
    """Keep what an archive reports, and tell if it is about a request of ours; safe to repeat."""
    publication, row = _asked(session, report.transaction_uid)
    if publication is None or row is None:
        return False
    failed = next((one for one in report.not_kept if one.sop_instance_uid == publication.sop_instance_uid), None)
    if publication.sop_instance_uid in report.kept:
        row.state, row.reason, row.answered_at = "kept", None, now
        publication_findings.resolve(session, publication, NOT_CONFIRMED, now=now)
        findings.resolve(session, kind=REFUSED, subject=publication.destination, now=now)
    elif failed is not None:
        row.state, row.reason, row.answered_at = "not_kept", failed.reason, now
        row.not_before = now + _ANSWER_WITHIN
        if publication.state == "sent":  # what is taken back need not be kept
            text = f"{publication.destination} does not keep a dose SR that it took: {failed.reason}"
            publication_findings.raise_about(session, publication, NOT_CONFIRMED, text, now=now)
    else:
        return False  # it speaks of other objects than we asked about
    session.flush()
    return True


def _asked(session: Session, transaction_uid: str) -> tuple[PublicationRow | None, CommitmentRow | None]:
    publication_id = commitments.asked_about(session, transaction_uid)
    found = commitments.lock(session, publication_id) if publication_id else None
    if found is None or found[1] is None or found[1].transaction_uid != transaction_uid:
        return None, None
    return found


def _node(node: object) -> DicomNode | None:
    return node if isinstance(node, DicomNode) and node.asks_commitment else None
