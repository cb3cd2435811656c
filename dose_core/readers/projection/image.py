"""
Read the headers of projection X-ray images: radiography, panoramic and intra-oral, angiography, fluoroscopy, 3D.

One image is one exposure or one run, and states its own dose alone: what a fluoroscopy that was not stored gave
is not in it. The pixel data are not needed.

Source: PS3.3, C.8.1.1 (CR), C.8.7.8 (X-Ray Acquisition Dose), C.8.11 (DX), C.8.7.2 and C.8.7.5 (XA, XRF),
C.8.19 (Enhanced XA and XRF), C.8.21 (X-Ray 3D).
"""

from dose_core.model import ImageStated, Kind, ProjectionReport
from dose_core.readers import header
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import NotDoseError
from dose_core.readers.image_checks import check_acquisitions, check_fine_elements
from dose_core.readers.image_parts import Flat, Frame, Run, frames_of
from dose_core.readers.projection.image_event import read_event
from dose_core.readers.projection.image_vendors import rules_for
from dose_core.readers.sr.items import code_of

_SOP_CLASS = "1.2.840.10008.5.1.4.1.1."  # PS3.4, B.5
_RADIOGRAPHY = frozenset(
    _SOP_CLASS + suffix
    for suffix in (
        "1",  # Computed Radiography
        "1.1",  # Digital X-Ray, for presentation; panoramic images too
        "1.1.1",  # Digital X-Ray, for processing
        "1.3",  # Digital Intra-Oral X-Ray, for presentation
        "1.3.1",  # Digital Intra-Oral X-Ray, for processing
    )
)
_C_ARM = frozenset(
    _SOP_CLASS + suffix
    for suffix in (
        "12.1",  # X-Ray Angiographic
        "12.2",  # X-Ray Radiofluoroscopic
        "12.3",  # X-Ray Angiographic Bi-Plane (retired)
    )
)
_ENHANCED = frozenset(
    _SOP_CLASS + suffix
    for suffix in (
        "12.1.1",  # Enhanced XA
        "12.2.1",  # Enhanced XRF
        "13.1.1",  # X-Ray 3D Angiographic
        "13.1.2",  # X-Ray 3D Craniofacial
    )
)
_CLASSES = _RADIOGRAPHY | _C_ARM | _ENHANCED
_NO_EXPOSURE = (
    "the image states neither dose nor exposure: no dose-area product, entrance dose, tube voltage, current, "
    "current-time product, exposure time or exposure index other than zero"
)
_MAX_COMMENT_LENGTH = 10_240  # VR LT (PS3.5, 6.2)


class ProjectionImageReader:
    """Reads the headers of projection X-ray images other than mammograms."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a projection image; mammograms that come as DX or CR images are not taken."""
        if source.sop_class_uid not in _CLASSES:
            return False
        return source.data_set.text(Tag.Modality) != "MG"

    def read(self, source: DicomObject) -> ProjectionReport:
        """
        Return what one image states, as one event; an image has no totals.

        Raises:
            UnreadableError: no SOP Instance UID.
            NotDoseError: it states neither dose nor exposure, as from a CR reader without a link to the generator.
        """
        data_set, log = source.data_set, source.log
        stated = header.fields(data_set)
        rules = rules_for(stated["device"])
        _, offset = header.timezone(data_set)
        image = ImageStated(**header.image_fields(data_set))
        frames: list[Frame] = []
        place: Flat | Run
        if source.sop_class_uid in _ENHANCED:
            frames = frames_of(data_set)
            place = Run(data_set, frames)
        else:
            place = Flat(data_set)
        started_at = header.exposed_at(data_set, offset, "events[0].started_at")
        event, states_exposure = read_event(
            data_set,
            place,
            frames,
            rules,
            image,
            is_c_arm=source.sop_class_uid in _C_ARM,
            started_at=started_at,
        )
        if not states_exposure:
            raise NotDoseError(_NO_EXPOSURE)
        check_acquisitions(data_set)
        check_fine_elements(data_set)
        if stated["study_description"] is None:
            procedure = code_of(data_set, Tag.ProcedureCodeSequence)
            stated["study_description"] = procedure.meaning if procedure else None
        if stated["requested_procedure"] is None and rules.procedure_is_study_description:
            stated["requested_procedure"] = stated["study_description"]
        return ProjectionReport(
            kind=Kind.PROJECTION_IMAGE,
            **stated,
            started_at=started_at,
            comment=header.bounded_text(data_set, Tag.ImageComments, limit=_MAX_COMMENT_LENGTH),
            events=(event,),
            image=image,
            warnings=log.warnings,
            stated=log.stated,
        )
