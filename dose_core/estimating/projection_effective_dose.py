"""The effective dose of projection exams whose procedure has a factor that was read: of the heart, of the legs."""

from collections.abc import Sequence

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.dosimetry.projection_effective_dose import (
    METHOD_ID,
    METHOD_VERSION,
    Beam,
    Procedure,
    effective_dose,
)
from dose_core.estimating.case import Case, Outcome
from dose_core.ledger.exam import Exam
from dose_core.ledger.region import Region
from dose_core.ledger.totals import Basis, Quantity
from dose_core.ledger.value_id import ValueId
from dose_core.model import EventType, Filter, ProjectionEvent

# A report alone does not tell angiography from fluoroscopy, and fluoroscopy of the heart is a cardiac procedure; that
# of a leg is not an angiography.
_PROCEDURES = {
    (Region.HEART, "XA"): Procedure.CARDIAC,
    (Region.HEART, "RF"): Procedure.CARDIAC,
    (Region.LOWER_EXTREMITY, "XA"): Procedure.LOWER_LIMBS,
}
_COPPER = "copper"
# PS3.3, C.8.7.5.1.2: at 0 degrees the receptor is before a patient who lies on the back, the tube behind.
_BELOW_DEG = 45.0
_ON_THE_BACK = frozenset(("HFS", "FFS"))


class ProjectionEffectiveDose:
    """Dose-area product times the factor of the procedure."""

    id = METHOD_ID
    version = METHOD_VERSION
    is_effective_dose = True

    def outcomes(self, case: Case) -> Sequence[Outcome]:
        """Return one outcome for the projection part of an exam; none for an exam without one."""
        if not case.exam.projection:
            return ()
        return (Outcome(quantity="effective_dose_msv", result=_of(case), of="projection"),)


def _of(case: Case) -> Estimate | NotComputable:
    exam = case.exam
    procedure = _procedure(exam)
    if procedure is None:
        region = exam.region.replace("_", " ") if exam.region else "an unknown region"
        return NotComputable(
            missing=(f"a factor for {'/'.join(exam.modalities)} of {region}",),
            reason="factors could be read for procedures at the heart and angiography of the legs alone; those of "
            "radiography and of other procedures (HPA-CRCE-012, NRPB-R262) could not",
        )
    number, dap_gy_cm2 = _whole_dap(exam)
    return effective_dose(
        procedure,
        dap_gy_cm2=dap_gy_cm2,
        dap_value_id=None if number is None else str(ValueId(holder=case.revision_id, field=f"totals[{number}].value")),
        beams=[_beam(counted.event) for counted in exam.projection],
        age_years=case.subject.age_years,
    )


def _procedure(exam: Exam) -> Procedure | None:
    if exam.region is None:
        return None
    found = (_PROCEDURES.get((exam.region, modality)) for modality in exam.modalities)
    return next((procedure for procedure in found if procedure is not None), None)


def _whole_dap(exam: Exam) -> tuple[int | None, float | None]:
    """Return the dose-area product of the whole exam with the number of its total; none where a part is unknown."""
    for number, total in enumerate(exam.totals):
        if (total.quantity, total.of) == (Quantity.DAP, None):
            is_whole = not total.missing and total.basis is not Basis.ACQUISITIONS_ONLY
            return (number, total.value) if is_whole else (None, None)
    return None, None


def _beam(event: ProjectionEvent) -> Beam:
    return Beam(
        dap_gy_cm2=event.dap_gy_cm2,
        copper_mm=_copper_mm(event.filters),
        is_acquisition=event.event_type is not EventType.FLUOROSCOPY,
        is_under_couch=_is_under_couch(event),
    )


def _copper_mm(filters: Sequence[Filter]) -> float | None:
    """Return the thickness of all copper; 0 if filters are stated and none is of it, ``None`` where nobody tells."""
    if not filters or any(one.material is None for one in filters):
        return None
    thickness = [one.max_mm if one.max_mm is not None else one.min_mm for one in filters if one.material == _COPPER]
    known = [mm for mm in thickness if mm is not None]
    return sum(known) if len(known) == len(thickness) else None


def _is_under_couch(event: ProjectionEvent) -> bool | None:
    if event.primary_angle_deg is None or event.patient_position not in _ON_THE_BACK:
        return None
    return abs(event.primary_angle_deg) <= _BELOW_DEG
