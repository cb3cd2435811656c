"""
Sizes measured in CT images: which exams are to be looked at, what is wanted of them, and what came of it.

The worker looks; it may be repeated at any time. Nothing here commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db import mapping
from db.repositories import ct_sizes, estimates, exams, localisers
from db.session import Session
from dose_core.dosimetry.ct_size import localiser, water_equivalent
from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating.case import MeasuredSize
from dose_core.estimating.ct_slices import LocaliserLines, MeasuredSlices, size_of, size_of_localiser
from dose_core.ledger.standing import Standing
from dose_core.model import AcquisitionType
from dose_services import localiser_calibrations
from dose_services.localiser_calibrations import KeptLocaliserCalibration

# Ours. Images come within minutes of their report; an archive that was away for a weekend is asked once more after it.
_QUIET = timedelta(minutes=15)
_LONGEST_AGO = timedelta(days=7)
_FIRST_BACK_OFF = timedelta(minutes=5)
_LONGEST_BACK_OFF = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """
    The CT events of an exam whose size is wanted.

    ``only_event_uid`` names the only one, to which images belong that name none; ``None`` where there are several.
    ``localisers`` is the calibration of the device's localisers that counts, ``None`` where there is none.
    """

    study_instance_uid: str
    event_uids: frozenset[str]
    only_event_uid: str | None
    evidence_at: datetime
    localisers: KeptLocaliserCalibration | None = None


def due(session: Session, *, now: datetime, limit: int) -> list[UUID]:
    """Return the exams whose images are to be looked at now: those of the last days that have come to rest."""
    return ct_sizes.due(session, now=now, quiet_since=now - _QUIET, first_at=now - _LONGEST_AGO, limit=limit)


def wanted(session: Session, exam_id: UUID) -> Wanted | None:
    """Return what is to be measured in an exam's images, ``None`` if it counts no longer or has no CT scan."""
    known = exams.get(session, exam_id)
    if known is None or known.exam.state != Standing.COUNTED or known.exam.expired_at is not None:
        return None
    exam = mapping.exam_from_packed(known.content)
    uids = [
        event.event_uid
        for event in (exam.ct.events if exam.ct else ())
        if event.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE
    ]
    if not uids:
        return None
    return Wanted(
        study_instance_uid=exam.study_instance_uid,
        event_uids=frozenset(uids),
        only_event_uid=uids[0] if len(uids) == 1 else None,
        evidence_at=known.exam.last_evidence_at,
        localisers=_calibrated(session, known.device.id) if known.device else None,
    )


def keep(
    session: Session,
    exam_id: UUID,
    measured: Sequence[MeasuredSlices],
    lines: Sequence[LocaliserLines] = (),
    *,
    reason: str | None,
    evidence_at: datetime,
    now: datetime,
) -> None:
    """Keep what was measured in slices and localisers, with the reason why not more was; the methods are asked anew."""
    ct_sizes.keep(session, exam_id, measured, method_version=water_equivalent.METHOD_VERSION, now=now)
    localisers.keep(session, exam_id, lines, method_version=localiser.METHOD_VERSION, now=now)
    ct_sizes.mark(session, exam_id, evidence_at=evidence_at, attempts=0, not_before=now, reason=reason)
    estimates.wake(session, exam_id, now=now)


def try_again(session: Session, exam_id: UUID, *, reason: str, now: datetime) -> None:
    """Keep why nothing could be measured yet; it is tried again later, with ever longer pauses."""
    before = ct_sizes.look(session, exam_id)
    attempts = before.attempts + 1 if before else 1
    pause = min(_FIRST_BACK_OFF * 2 ** min(attempts - 1, 16), _LONGEST_BACK_OFF)
    ct_sizes.mark(
        session,
        exam_id,
        evidence_at=before.evidence_at if before else None,
        attempts=attempts,
        not_before=now + pause,
        reason=reason,
    )
    if before is None or before.reason != reason:
        estimates.wake(session, exam_id, now=now)


def drop(session: Session, exam_id: UUID, *, now: datetime) -> None:
    """Note that nothing is to be measured in an exam until more of it comes."""
    known = exams.get(session, exam_id)
    if known is not None:
        at = known.exam.last_evidence_at
        ct_sizes.mark(session, exam_id, evidence_at=at, attempts=0, not_before=now, reason=None)


def sizes_of(session: Session, exam_id: UUID) -> tuple[MeasuredSize | NotComputable, ...] | None:
    """Return the sizes of an exam's CT events for its methods; ``None`` if nobody looked into its images."""
    look = ct_sizes.look(session, exam_id)
    if look is None:
        return None
    found = (
        *(size_of(one) for one in ct_sizes.of_exam(session, exam_id)),
        *(size_of_localiser(one) for one in localisers.of_exam(session, exam_id)),
    )
    if look.reason is None:
        return found
    return (*found, NotComputable(missing=("size of the patient",), reason=look.reason))


def _calibrated(session: Session, device_id: UUID) -> KeptLocaliserCalibration | None:
    newest = localiser_calibrations.read(session, device_id).versions[:1]
    return newest[0] if newest and newest[0].calibrations else None
