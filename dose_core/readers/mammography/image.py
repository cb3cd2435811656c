"""
Read mammography image headers, 2D and tomosynthesis: what one image states of its exposure.

Source: PS3.3, A.26 and A.27 (Digital Mammography), A.55 (Breast Tomosynthesis), A.74 (Breast Projection).
The pixel data are not needed. An image is not an exposure: the ledger tells which images are of one.
"""

from dose_core.model import ImageStated, Kind, MammographyEvent, MammographyReport
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import NotDoseError
from dose_core.readers.image_checks import check_fine_elements
from dose_core.readers.mammography.checks import agd_problem, force_problem
from dose_core.readers.mammography.image_values import read_event

_SOP_CLASS = "1.2.840.10008.5.1.4.1.1."  # PS3.4, B.5
_TOMOSYNTHESIS_CLASS = _SOP_CLASS + "13.1.3"
_MAMMOGRAPHY_CLASSES = frozenset(
    _SOP_CLASS + suffix
    for suffix in (
        "1.2",  # Digital Mammography, for presentation
        "1.2.1",  # Digital Mammography, for processing
        "13.1.3",  # Breast Tomosynthesis
        "13.1.4",  # Breast Projection X-Ray, for presentation
        "13.1.5",  # Breast Projection X-Ray, for processing
    )
)
# Projections of a tomosynthesis or of a stereo pair; the class does not tell.
_BREAST_PROJECTION_CLASSES = frozenset({_SOP_CLASS + "13.1.4", _SOP_CLASS + "13.1.5"})
# Classes of any region (CR, DX): Modality MG makes them mammograms, such as those of CR cassettes.
_PROJECTION_CLASSES = frozenset(_SOP_CLASS + suffix for suffix in ("1", "1.1", "1.1.1"))
# Hologic Selenia Dimensions keeps the projections of a tomosynthesis so, as originals; other captures are none.
_SECONDARY_CAPTURE_CLASS = _SOP_CLASS + "7"

# Values of Image Type that say tomosynthesis (PS3.3, C.8.11.7.1.4): TOMO, TOMO_PROJ, TOMOSYNTHESIS, and the 2D
# image that is computed from one.
_TOMOSYNTHESIS_TERM = "TOMO"
_SYNTHESISED_2D = "GENERATED_2D"


_NO_EXPOSURE = (
    "the image states neither dose nor exposure: no glandular or entrance dose, and no tube voltage, current, "
    "current-time product, exposure time or exposure index other than zero"
)
# Each of these says that something was irradiated.
_EXPOSURE_FIELDS = ("agd_mgy", "entrance_dose_mgy", "kv", "ma", "mas", "exposure_time_s", "exposure_index")


class MammographyImageReader:
    """Reads the headers of mammograms and of tomosynthesis, also where they are stored in other classes."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is an image of a mammography class, or one of Modality MG that was exposed, not captured."""
        uid = source.sop_class_uid
        if uid in _MAMMOGRAPHY_CLASSES:
            return True
        if uid == _SECONDARY_CAPTURE_CLASS:
            return _is_mg(source.data_set) and source.data_set.texts(Tag.ImageType)[:1] == ("ORIGINAL",)
        return uid in _PROJECTION_CLASSES and _is_mg(source.data_set)

    def read(self, source: DicomObject) -> MammographyReport:
        """
        Return what one image states, as one event.

        Raises:
            UnreadableError: no SOP Instance UID.
            NotDoseError: it states neither dose nor exposure, as a digitised film.
        """
        data_set, log = source.data_set, source.log
        stated = header.fields(data_set)
        image = ImageStated(**header.image_fields(data_set))
        _, offset = header.timezone(data_set)
        event = read_event(
            data_set,
            # An image made from several events belongs to none of them alone.
            event_uid=image.event_uids[0] if len(image.event_uids) == 1 else None,
            started_at=header.exposed_at(data_set, offset, "events[0].started_at"),
            is_tomosynthesis=_is_tomosynthesis(source.sop_class_uid, image.image_type),
            manufacturer=stated["device"].manufacturer or "",
        )
        if not _states_exposure(event):
            raise NotDoseError(_NO_EXPOSURE)
        check_fine_elements(data_set)
        _check(data_set, event, stated["device"].manufacturer or "")
        return MammographyReport(
            kind=Kind.MAMMOGRAPHY_IMAGE,
            **stated,
            started_at=event.started_at,
            events=(event,),
            image=image,
            warnings=log.warnings,
            stated=log.stated,
        )


def _states_exposure(event: MammographyEvent) -> bool:
    return any(getattr(event, field) is not None for field in _EXPOSURE_FIELDS)


def _is_mg(data_set: DataSet) -> bool:
    return data_set.text(Tag.Modality) == "MG"


def _is_tomosynthesis(sop_class_uid: str, image_type: tuple[str, ...]) -> bool | None:
    if sop_class_uid in (_TOMOSYNTHESIS_CLASS, _SECONDARY_CAPTURE_CLASS):
        return True
    if any(term.startswith(_TOMOSYNTHESIS_TERM) or term == _SYNTHESISED_2D for term in image_type):
        return True
    return None if sop_class_uid in _BREAST_PROJECTION_CLASSES else False


def _check(data_set: DataSet, event: MammographyEvent, manufacturer: str) -> None:
    """Note what cannot be right; nothing is corrected."""
    for tag, problem in (
        (Tag.OrganDose, agd_problem(event)),
        (Tag.CompressionForce, force_problem(event.force_n, manufacturer)),
    ):
        if problem:
            data_set.log.add_warning(tag_text(tag), tag.name, problem)
