"""
The queue of dose SRs for archives, and what a person does about it; each of it is on record.

Who sees the queue sees no patient: kinds, states, numbers, our ids.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.reaching import Reach
from db.repositories import exams, publications
from db.session import Session
from db.tables.publication import PublicationRow
from dose_core.errors import DoseError
from dose_core.writers.kinds import tells_estimates
from dose_services import pacs_destinations, reaching
from dose_services.audit import Action, Looker, record_look
from dose_services.pacs_values import Destination
from dose_services.publication_states import PublicationState


class UnknownPublicationError(DoseError):
    """No publication has this number."""


class PublicationNotMovableError(DoseError):
    """The publication cannot be sent again as it stands; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationView:
    """
    One dose SR of ours for one archive; no patient data.

    ``problem`` is what the last attempt came to, ``commitment`` what the archive says of keeping it: ``asked``,
    ``kept``, ``not_kept`` or ``refused``, ``None`` where it was not asked.
    """

    number: int
    kind: str
    destination: str
    exam_id: UUID
    revision: int
    sop_instance_uid: str
    state: PublicationState
    attempts: int
    not_before: datetime
    problem: str | None
    created_at: datetime
    sent_at: datetime | None
    seen_at: datetime | None
    commitment: str | None
    note_made_at: datetime | None
    ended_at: datetime | None


def destinations(session: Session) -> list[tuple[Destination, dict[PublicationState, int]]]:
    """Return all archives by name, each with how many publications for it are in each state."""
    counts = publications.counts(session)
    return [
        (one, {PublicationState(state): number for state, number in counts.get(one.name, {}).items()})
        for one in pacs_destinations.destinations(session)
    ]


def listed(
    session: Session,
    *,
    states: tuple[PublicationState, ...] = (),
    kind: str | None = None,
    destination: str | None = None,
    exam_id: UUID | None = None,
    after: int = 0,
    limit: int,
    reach: Reach | None = None,
) -> list[PublicationView]:
    """Return publications of exams in reach as they came up; ``after`` is the last number of the page before."""
    rows = publications.listed(
        session,
        states=states,
        kind=kind,
        destination=destination,
        exam_id=exam_id,
        after=after,
        limit=limit,
        reach=reach,
    )
    return [_view(row, commitment) for row, commitment in rows]


def retry(session: Session, number: int, *, looker: Looker, now: datetime) -> PublicationView:
    """
    Have the archive asked once more to take what it refused, after somebody mended the cause.

    Repeating it changes nothing. An attempt that waits for its turn is made now.

    Raises:
        UnknownPublicationError: no publication has this number.
        PublicationNotMovableError: it is not parked and does not wait, or a later revision counts.
    """
    found = publications.of_number(session, number)
    if found is None or not reaching.has_exam(session, found[0].exam_id, looker.reach):
        raise UnknownPublicationError("no publication has this number")
    rows = publications.lock_exam(session, found[0].exam_id)
    row = next(one for one in rows if one.number == number)
    known = exams.get(session, row.exam_id)
    if row.state == "parked":
        # What tells estimates is of a content, and is taken back as soon as another one counts.
        is_of_now = known is not None and (tells_estimates(row.kind) or row.revision == known.exam.revision)
        if not is_of_now:
            raise PublicationNotMovableError("a later revision of the exam counts, which has a report of its own")
        row.state, row.not_before, row.ended_at = "waiting", now, None
    elif row.state in {"waiting", "withdrawing"} and row.last_error is not None:
        row.not_before = min(row.not_before, now)
    else:
        msg = f"the publication is {row.state}"
        raise PublicationNotMovableError(msg)
    session.flush()
    reason = f"publication {number}, a {row.kind} for {row.destination}"
    patient_id = known.exam.patient_id if known else None
    record_look(
        session, looker, Action.RETRY_PUBLICATION, now=now, patient_id=patient_id, exam_id=row.exam_id, reason=reason
    )
    return _view(row, found[1])


def _view(row: PublicationRow, commitment: str | None) -> PublicationView:
    return PublicationView(
        number=row.number,
        kind=row.kind,
        destination=row.destination,
        exam_id=row.exam_id,
        revision=row.revision,
        sop_instance_uid=row.sop_instance_uid,
        state=PublicationState(row.state),
        attempts=row.attempts,
        not_before=row.not_before,
        problem=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        seen_at=row.seen_at,
        commitment=commitment,
        note_made_at=row.note_made_at,
        ended_at=row.ended_at,
    )
