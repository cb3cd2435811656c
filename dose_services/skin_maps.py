"""
Maps of skin dose: computed by the worker after an exam, its patient or the calibration of its device changed.

What is computed is kept if something else went in than before; nothing is changed nor deleted. Safe to repeat.
"""

import logging
from datetime import datetime
from functools import partial
from hashlib import sha256
from uuid import UUID, uuid4

from db import skin_mapping
from db.outage import is_outage
from db.repositories import exams, patient_doses, skin_calibrations, skin_maps
from db.repositories.exams import KnownExam
from db.retry import UnitOfWork, in_unit_of_work
from db.session import Session, lock_key
from dose_core.dosimetry.estimate import Estimate
from dose_core.dosimetry.skin.geometry.aiming import Choice
from dose_core.dosimetry.skin.geometry.vendors import in_use
from dose_core.dosimetry.skin.physics import Physics
from dose_core.estimating import skin_dose
from dose_core.estimating.case import Case
from dose_core.estimating.skin_dose import Computed, Device
from dose_core.ledger.standing import Standing
from dose_services import estimates, skin_follow_up
from dose_services.devices import rows_of

_log = logging.getLogger(__name__)


def work_off(unit_of_work: UnitOfWork, *, now: datetime, limit: int) -> int:
    """
    Compute the skin doses that have waited longest, each in a transaction of its own; return how many are done.

    One that fails in a way nobody foresaw waits behind the others: it must not keep them.
    """
    with unit_of_work() as session:
        due = skin_maps.due(session, limit=limit)
    return sum(_is_done(unit_of_work, exam_id, now=now) for exam_id in due)


def compute(session: Session, exam_id: UUID, *, now: datetime) -> bool:
    """
    Compute the skin dose of an exam, keep it if it is new, tell who is to be seen again, and return if it was new.

    Nothing is computed of an exam that does not count or has no projection events. What was computed of one that has
    expired stays as it is, since what went in can be read no more.
    """
    lock_key(session, f"skin dose of {exam_id}")
    patient_doses.wake(session, exam_id, now=now)
    known = exams.get(session, exam_id)
    if known is None or known.exam.expired_at is not None:
        return False
    if known.exam.state != Standing.COUNTED:
        skin_follow_up.settle(session, exam_id, now=now)
        return False
    case = estimates.case_of(session, known)
    device = device_of(session, known, case)
    if device is None:
        return False
    choice = choice_of(session, exam_id)
    digest = _digest(case, device, choice)
    before = skin_maps.newest(session, [exam_id]).get(exam_id)
    is_new = before is None or before.case_digest != digest
    if is_new:
        _keep(session, exam_id, case, skin_dose.compute(case, device, choice), digest, now=now)
    skin_follow_up.settle(session, exam_id, now=now)
    return is_new


def device_of(session: Session, known: KnownExam, case: Case) -> Device | None:
    """Return the device of an exam's projection events with what is known of it, ``None`` without such events."""
    number = skin_dose.main_device(case.exam.projection)
    if number is None:
        return None
    stated = case.exam.devices[number]
    row = None
    if known.device is not None and len(case.exam.devices) == 1:  # of several nobody tells which the row is
        row = skin_calibrations.newest(session, [one.id for one in rows_of(session, known.device.id)])
    calibration = skin_mapping.calibration_of(row) if row else None
    conventions = in_use(stated.manufacturer, stated.model, calibration)
    return Device(number=number, known=conventions, physics=skin_mapping.tube_of(row) if row else Physics())


def choice_of(session: Session, exam_id: UUID) -> Choice:
    """Return where the patient lay as a person said last; nothing else than what is stated, if nobody did."""
    row = skin_maps.place_of(session, exam_id)
    return skin_mapping.choice_of(row) if row else Choice()


def _is_done(unit_of_work: UnitOfWork, exam_id: UUID, *, now: datetime) -> bool:
    try:
        in_unit_of_work(unit_of_work, partial(_compute_due, exam_id=exam_id, now=now))
    except Exception as error:
        if is_outage(error):
            raise
        # The text might quote a patient.
        _log.error(
            "the skin dose of an exam failed; it waits", extra={"error": type(error).__name__, "exam": str(exam_id)}
        )
        in_unit_of_work(unit_of_work, partial(skin_maps.put_back, exam_id=exam_id, now=now))
        return False
    return True


def _compute_due(session: Session, *, exam_id: UUID, now: datetime) -> None:
    if skin_maps.take(session, exam_id):
        compute(session, exam_id, now=now)


def _keep(session: Session, exam_id: UUID, case: Case, computed: Computed, digest: bytes, *, now: datetime) -> None:
    result, peak = computed.result, computed.result.peak
    values = {
        "id": uuid4(),
        "exam_id": exam_id,
        "revision_id": case.revision_id,
        "method_version": skin_dose.METHOD_VERSION,
        "calibration_version": result.calibration_version,
        "case_digest": digest,
        "phantom": result.phantom,
        "map": None if computed.dose_mgy is None else skin_mapping.doses_to_packed(computed.dose_mgy),
        "peak_mgy": peak.value if isinstance(peak, Estimate) else None,
        "result": skin_mapping.result_to_packed(result),
        "made_at": now,
    }
    skin_maps.add(session, values)


def _digest(case: Case, device: Device, choice: Choice) -> bytes:
    """Return what tells one case from another; a revision has one exam."""
    told = (skin_dose.METHOD_VERSION, case.revision_id, case.subject, device, choice)
    return sha256(repr(told).encode()).digest()
