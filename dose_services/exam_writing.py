"""Write an exam as it stands now: its row, its revision if that changed, its events."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import orjson

from db import mapping
from db.repositories import exams
from db.repositories.exams import Before
from db.session import Session
from db.tables.exam import ExamRow
from dose_core.ledger.exam import Exam
from dose_core.local_time import ResolvedTime
from dose_services.exam_lines import event_rows, summary_of
from dose_services.exam_standing import Belongs

_NUMBERS = ("accession_number", "accession_issuer", "admission_id", "admission_issuer")  # gone once it has expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why an exam is made anew; ``is_news`` if a device or a person said something about it."""

    now: datetime
    cause: str  # see db.tables.exam.ExamRevisionRow
    is_news: bool

    def last_evidence_at(self, known: ExamRow | None) -> datetime:
        """Return when the newest object of an exam came."""
        return self.now if known is None or self.is_news else known.last_evidence_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """
    Under what an exam is filed: our id, its site, and the device that made it, if one is named.

    ``read_warnings`` counts the values of its objects that could not be used, or contradict others.
    """

    exam_id: UUID
    site_label: str
    device_id: UUID | None
    read_warnings: int


def write_exam(
    session: Session,
    exam: Exam,
    before: Before,
    under: Under,
    belongs: Belongs,
    started: ResolvedTime | None,
    occasion: Occasion,
) -> None:
    """
    Write an exam if anything of it changed; a new revision only if what it says changed.

    Where it says again what it said before, as after a rollback, that revision counts again, under its id.
    """
    content = mapping.exam_to_json(exam)
    digest = hashlib.sha256(content).hexdigest()
    known = before.exam
    is_revised = digest != before.digest
    # A delivery adds something, so that nobody needs to look for what was said before.
    is_back = is_revised and known is not None and occasion.cause != "delivery"
    earlier = exams.revision_with(session, under.exam_id, digest) if is_back else None
    if known is not None and not is_revised:
        revision_id, number = known.revision_id, known.revision
    else:
        revision_id, number = earlier or (uuid4(), before.last_revision + 1)
    values = {
        "id": under.exam_id,
        "site": under.site_label,
        "study_instance_uid": mapping.storable(exam.study_instance_uid),
        "patient_id": belongs.patient_id,
        "device_id": under.device_id,
        "read_warnings": under.read_warnings,
        "revision": number,
        "revision_id": revision_id,
        "state": belongs.stands.standing,
        "state_reason": belongs.stands.reason,
        "modality": "/".join(exam.modalities),
        "region": exam.region,
        **{name: None if belongs.has_expired else mapping.storable(getattr(exam, name)) for name in _NUMBERS},
        "started_at": started.utc if started else None,
        "started_local": exam.started_at.isoformat() if exam.started_at else None,
        "last_evidence_at": occasion.last_evidence_at(known),
    }
    if known is not None and not is_revised and all(getattr(known, name) == value for name, value in values.items()):
        return
    revision = {
        "summary": orjson.dumps(summary_of(exam)).decode(),
        "is_revised": is_revised,
        "is_new_revision": is_revised and earlier is None,
        "content": mapping.packed(content),
        "digest": digest,
        "cause": occasion.cause,
        "events": orjson.dumps(event_rows(exam, under.exam_id)).decode(),
        "now": occasion.now,
    }
    exams.write(session, values | revision)
