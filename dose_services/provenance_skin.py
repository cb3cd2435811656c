"""Why a peak skin dose has its value: method, interval and what went in, each with where it comes from."""

from dataclasses import replace

from db import skin_mapping
from db.repositories import provenance, skin_maps
from db.session import Session
from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.value_id import ValueId
from dose_services.explained import OtherValue, Provenance
from dose_services.provenance_stated import belonging
from dose_services.skin_value_ids import PEAK, peak_id
from dose_services.value_classes import ValueClass
from dose_services.viewer_links import Opened, ViewerTemplate

_RULE = "Computed by DoseLedger from the events of the exam, by the method below; no object states it."


def explain_skin_dose(session: Session, wanted: ValueId, viewer: ViewerTemplate | None) -> Provenance | None:
    """Return why a peak skin dose has its value, ``None`` if the id names none."""
    row = skin_maps.get(session, wanted.holder) if wanted.field == PEAK else None
    now = provenance.current_of_exam(session, row.exam_id) if row else None
    if row is None or now is None:
        return None
    peak = skin_mapping.result_from_packed(row.result).peak
    if not isinstance(peak, Estimate):
        return None
    revision = provenance.revision(session, row.revision_id) or now
    newest = skin_maps.newest(session, [row.exam_id])[row.exam_id]
    counted = str(peak_id(newest.id)) if newest.peak_mgy is not None else None
    made_of = tuple(
        OtherValue(value=one.value, unit=one.unit, value_id=one.value_id, words=one.name)
        for one in peak.inputs
        if one.value_id is not None and not isinstance(one.value, str)
    )
    study = Opened(study_instance_uid=now.row.study_instance_uid)
    return Provenance(
        value_id=str(wanted),
        value=peak.value,
        unit=peak.unit,
        words="peak skin dose of the exam",
        rule=_RULE,
        belongs=replace(belonging(revision, now), is_current=newest.id == row.id),
        estimate=peak,
        value_class=ValueClass.ESTIMATE,
        made_of=made_of,
        made_of_count=len(made_of),
        superseded_by=None if newest.id == row.id else counted,
        counted_as=counted,
        viewer_url=viewer.address(study) if viewer else None,
    )
