"""Whose an exam is, and whether it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db import mapping
from db.repositories import exams, outbox
from db.repositories.exams import Before, Decision, Sharing
from db.session import Session
from db.tables.exam import ExamRow
from dose_core.ledger.exam import Exam
from dose_core.ledger.not_patient import why_not_patient
from dose_core.ledger.standing import ABOUT_WHOM, Decided, Standing, Stands, standing_of
from dose_core.model import PatientStated
from dose_services import identity
from dose_services.identity_named import Within
from dose_services.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """
    The patient of an exam and how it stands.

    ``named`` are the patients that its objects name. ``has_expired`` tells that the time to keep its identity is over.
    """

    patient_id: UUID
    stands: Stands
    named: tuple[UUID, ...]
    has_expired: bool = False


def of(
    session: Session,
    exam: Exam,
    before: Before,
    exam_id: UUID,
    *,
    site_label: str,
    site: Site,
    now: datetime,
) -> Belongs:
    """
    Return whose an exam is and how it stands; patients that its objects name are created if unknown.

    An exam whose objects name different patients is nobody's: a placeholder has it until a person releases it. One
    whose objects state another name or birth date than its patient ever had waits for a person as well.
    An exam that has expired stays whose it was and as it stood, whatever comes of it.
    Exams whose standing this changes, since they have an event of this one, are filed anew by the worker.
    """
    if before.exam is not None and before.exam.expired_at is not None:
        return _as_it_was(before.exam)
    study = f"{site_label}|{exam.study_instance_uid}" if site_label else exam.study_instance_uid
    authority = site_label or site.default_authority
    named = [
        identity.resolve_stated(
            session,
            stated,
            study=study,
            evidence_id=None,
            now=now,
            authority=authority,
            within=Within(
                exam_id=exam_id,
                also_stated=tuple(one for one in exam.also_stated if not one.id or _is_same_id(one, stated, authority)),
                rules=site.placeholders,
            ),
        )
        for stated in exam.patients
    ]
    families = {family for one in named for family in (one.family_id, *(other for _, other in one.others))}
    release = _release(before.decisions)
    uids = [mapping.storable(event.event_uid) for event in exam.events if not event.uid_is_stand_in]
    sharing = exams.sharing_events(session, site_label, exam_id, uids)
    ours = _claim(release.number if release else None, before.exam.created_at if before.exam else now, exam_id)
    stands = standing_of(
        [Decided(one.kind) for one in before.decisions],
        patients=len(families),
        not_patient=why_not_patient(exam, site.not_patient),
        shares_events=any(one.state == Standing.COUNTED and _claim_of(one) < ours for one in sharing),
        disagreement=next((one.disagreement for one in named if one.disagreement), None),
    )
    stood = before.exam.state if before.exam else None
    concerned = [one for one in sharing if _is_concerned(one, ours, stood, stands.standing)]
    outbox.add(session, [(site_label, one.study_instance_uid) for one in concerned], now=now)
    if release is not None and release.patient_id is not None:
        patient_id = release.patient_id
    elif len(families) == 1:
        patient_id = named[0].patient_id
    else:
        patient_id = identity.placeholder_of(session, study=study, now=now)
    return Belongs(
        patient_id=patient_id,
        stands=stands,
        named=tuple(
            dict.fromkeys(who for one in named for who in (one.patient_id, *(other for other, _ in one.others)))
        ),
    )


def _as_it_was(exam: ExamRow) -> Belongs:
    state = Standing(exam.state)
    if state is Standing.VOID:  # something counts again
        stands = Stands(standing=Standing.COUNTED)
    else:
        stands = Stands(standing=state, reason=exam.state_reason)
    return Belongs(patient_id=exam.patient_id, stands=stands, named=(), has_expired=True)


def _release(decisions: Sequence[Decision]) -> Decision | None:
    """Return the release that stands, of decisions newest first."""
    about = next((one for one in decisions if one.kind in ABOUT_WHOM), None)
    return about if about is not None and about.kind == Decided.RELEASED else None


def _is_same_id(one: PatientStated, other: PatientStated, authority: str) -> bool:
    return (one.id, one.issuer or authority) == (other.id, other.issuer or authority)


_Claim = tuple[int, datetime, UUID]


def _claim(release: int | None, known_since: datetime, exam_id: UUID) -> _Claim:
    """Return a sort key: an event is counted where a person released it last, else where it was known first."""
    return -(release or 0), known_since, exam_id


def _claim_of(other: Sharing) -> _Claim:
    return _claim(other.release, other.created_at, other.exam_id)


def _is_concerned(other: Sharing, ours: _Claim, stood: str | None, stands: Standing) -> bool:
    """Test if another exam must be made anew: it counts beside this one, or may count as this one does no more."""
    if stands is Standing.COUNTED:
        return other.state == Standing.COUNTED or (other.state == Standing.HELD and _claim_of(other) < ours)
    return stood == Standing.COUNTED and other.state == Standing.HELD
