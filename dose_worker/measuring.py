"""Measure the patient in the CT images of an exam: ask what is wanted, fetch image after image, keep what they show."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from db.outage import is_outage
from db.retry import UnitOfWork, in_unit_of_work
from dose_core.dosimetry.ct_size.water_equivalent import slice_size
from dose_core.errors import DoseError
from dose_core.estimating.case import MeasuredSize
from dose_core.estimating.ct_slices import LocaliserLines, MeasuredSlices, size_of
from dose_services import ct_sizes
from dose_services.ct_sizes import Wanted
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.ct_choice import chosen
from dose_worker.ct_images import CtImages, Reconstruction, UndecodableImageError
from dose_worker.measuring_localisers import by_localisers

_NO_IMAGES = "the archive has no axial images of the study"
_NOT_NAMED = "no image in the archive names one of the study's irradiation events"
_NO_PATIENT = "no patient is seen in the images"
_log = logging.getLogger(__name__)


class NotYetError(DoseError):
    """Nothing can be measured now; the text says why, and another attempt may help."""


def measure(unit_of_work: UnitOfWork, images: CtImages, exam_id: UUID, *, clock: Callable[[], datetime]) -> None:
    """
    Measure the CT events of an exam and keep the sizes, or why there are none. Safe to repeat.

    No transaction is open while the archive is asked, and no more than one image is held at a time.
    """
    try:
        wanted = in_unit_of_work(unit_of_work, lambda session: ct_sizes.wanted(session, exam_id))
        if wanted is None:
            in_unit_of_work(unit_of_work, lambda session: ct_sizes.drop(session, exam_id, now=clock()))
            return
        seen = look(images, wanted)
    except (ArchiveUnavailableError, ArchiveRefusedError, NotYetError) as error:
        _try_again(unit_of_work, exam_id, str(error), clock=clock)
        return
    except Exception as error:  # a bug on one exam must not be met again each second, nor keep others
        if is_outage(error):
            raise
        _log.error("measuring an exam failed", extra={"exam": str(exam_id), "error": type(error).__name__})
        _try_again(unit_of_work, exam_id, "measuring failed", clock=clock)
        return
    kept = partial(
        ct_sizes.keep,
        exam_id=exam_id,
        measured=seen.slices,
        lines=seen.lines,
        reason=seen.reason,
        evidence_at=wanted.evidence_at,
        now=clock(),
    )
    in_unit_of_work(unit_of_work, kept)
    _log.info("an exam was measured", extra={"exam": str(exam_id), "events": len(seen.slices)})


def _try_again(unit_of_work: UnitOfWork, exam_id: UUID, reason: str, *, clock: Callable[[], datetime]) -> None:
    _log.warning("the images of an exam could not be measured yet", extra={"exam": str(exam_id), "reason": reason})
    again = partial(ct_sizes.try_again, exam_id=exam_id, reason=reason, now=clock())
    in_unit_of_work(unit_of_work, again)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was measured of each event: in its slices, or where they show no size in a localiser; and why not more."""

    slices: tuple[MeasuredSlices, ...] = ()
    lines: tuple[LocaliserLines, ...] = ()
    reason: str | None = None


def look(images: CtImages, wanted: Wanted) -> Seen:
    """
    Measure the wanted events, and return what was measured of each, and why not all of them were.

    Raises:
        NotYetError: the archive has no image of any of them.
        ArchiveUnavailableError: try again later.
        ArchiveRefusedError: it will never answer.
    """
    try:
        found = images.reconstructions(wanted.study_instance_uid)
    except UndecodableImageError as error:
        return Seen(reason=str(error))
    if not found:
        raise NotYetError(_NO_IMAGES)
    best = chosen(found, wanted)
    if not best:
        raise NotYetError(_NOT_NAMED)
    measured, reasons = [], []
    for event_uid, reconstruction in sorted(best.items()):
        try:
            slices = _slices(images, event_uid, reconstruction)
        except UndecodableImageError as error:
            reasons.append(str(error))
            continue
        if slices is None:
            reasons.append(_NO_PATIENT)
        else:
            measured.append(slices)
    if best.keys() != wanted.event_uids and not reasons:
        reasons.append("the archive has no images of the scan")
    sized = {one.event_uid for one in measured if isinstance(size_of(one), MeasuredSize)}
    unsized = {uid: one for uid, one in best.items() if uid not in sized}
    lines, why_not = by_localisers(images, wanted, unsized) if unsized else ((), None)
    reasons += [why_not] if why_not else []
    return Seen(slices=tuple(measured), lines=lines, reason="; ".join(dict.fromkeys(reasons)) or None)


def _slices(images: CtImages, event_uid: str, reconstruction: Reconstruction) -> MeasuredSlices | None:
    """Return the sizes over the slices of an event, ``None`` if none of them shows a patient."""
    seen = []
    for held in reconstruction.slices:
        image = images.decoded(held)
        if image is None or (image.event_uids and event_uid not in image.event_uids):
            continue
        size = slice_size(image.pixels)
        if size is not None:
            seen.append((held, image.ctdi_vol_mgy, size))
    if not seen:
        return None
    return MeasuredSlices(
        event_uid=event_uid,
        series_instance_uid=reconstruction.series_instance_uid,
        sop_instance_uid=seen[len(seen) // 2][0].sop_instance_uid,
        z_mm=tuple(held.z_mm for held, _, _ in seen),
        dw_mm=tuple(size.dw_mm for _, _, size in seen),
        ctdi_vol_mgy=tuple(dose for _, dose, _ in seen),
        cut_share=tuple(size.cut_share for _, _, size in seen),
        effective_mm=tuple(size.whole_diameter_mm for _, _, size in seen),
    )
