"""One object of every kind that is read, all of one study, for tests. All people and places are invented."""

from functools import partial
from typing import Any

from dose_core.model import Kind
from tests.builders import ct_rdsr, enhanced_rdsr, mammography, nuclear, patient_rdsr
from tests.builders.ct_image import ct_image_bytes
from tests.builders.dicom import part10
from tests.builders.dose_screen import exposure, philips_screen, screen_file
from tests.builders.mpps import request, step, step_file
from tests.builders.projection_image import dx_bytes
from tests.builders.projection_rdsr import fluoroscopy_report_bytes
from tests.builders.rejection_note import rejection_note_bytes
from tests.builders.sr import coded, num


def objects_of_every_kind(study_instance_uid: str) -> dict[Kind, bytes]:
    """Return a file of each kind, whose SOP Instance UIDs differ."""
    makers: dict[Kind, Any] = {
        Kind.CT_RDSR: ct_rdsr.chest_ct_report_bytes,
        Kind.PROJECTION_RDSR: fluoroscopy_report_bytes,
        Kind.MAMMOGRAPHY_RDSR: _mammography_report,
        Kind.RADIOPHARMACEUTICAL_RDSR: _radiopharmaceutical_report,
        Kind.ENHANCED_RDSR: _enhanced_report,
        Kind.PATIENT_RDSR: _patient_report,
        Kind.CT_IMAGE: ct_image_bytes,
        Kind.PROJECTION_IMAGE: dx_bytes,
        Kind.MAMMOGRAPHY_IMAGE: mammography.mammography_image_bytes,
        Kind.NUCLEAR_IMAGE: nuclear.pet_image_bytes,
        Kind.DOSE_SCREEN: _dose_screen,
        Kind.LEGACY_DOSE_SR: _radiation_summary,
        Kind.REJECTION_NOTE: partial(rejection_note_bytes, "2.25.1"),
    }
    made = {
        kind: make(SOPInstanceUID=f"{study_instance_uid}.8.{number}", StudyInstanceUID=study_instance_uid)
        for number, (kind, make) in enumerate(makers.items())
    }
    of_study = {**request(), "StudyInstanceUID": study_instance_uid}
    made[Kind.MPPS] = step_file(
        step(ScheduledStepAttributesSequence=[of_study]), sop_instance_uid=f"{study_instance_uid}.8.99"
    )
    return made


def _mammography_report(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
    total = mammography.agd_total("1.30", mammography.LEFT_BREAST)
    return mammography.mammography_rdsr_bytes(mammography.accumulated(total), mammography.left_cc(), **header)


def _radiopharmaceutical_report(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
    doses = (nuclear.organ_dose(nuclear.LIVER, "7.4"), nuclear.effective_dose("7.0"))
    return nuclear.rrdsr_bytes(nuclear.administration(*doses), nuclear.characteristics("180", "cm", "80"), **header)


def _enhanced_report(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
    totals = enhanced_rdsr.totals_of_source(enhanced_rdsr.dap_total("0.0002"))
    return enhanced_rdsr.enhanced_rdsr_bytes(totals, enhanced_rdsr.event_summary(), **header)


def _patient_report(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
    skin = patient_rdsr.organ(patient_rdsr.SKIN)
    peak = patient_rdsr.dose(patient_rdsr.MAXIMUM_ABSORBED, "2.1", "Gy", skin)
    return patient_rdsr.patient_rdsr_bytes(patient_rdsr.estimate(peak), **header)


def _dose_screen(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
    return screen_file(philips_screen(exposure(), **header))


def _radiation_summary(**header: Any) -> bytes:  # noqa: ANN401 - any DICOM value
    scheme = "99SMS_RADSUM"
    return part10(
        {
            **ct_rdsr.HEADER,
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.22",
            "ValueType": "CONTAINER",
            "ConceptNameCodeSequence": [coded(("C-10", scheme, "Radiation Summary Report"))],
            "ContinuityOfContent": "SEPARATE",
            "ContentSequence": [num(("C-204", scheme, "Cumulative dose area product"), "0.2359", "Gy.cm^2")],
            **header,
        }
    )
