"""
Read CT image headers: what one slice states of its exposure and where it lies.

Source: PS3.3, C.8.2.1 (CT Image), C.7.6.2 (Image Plane), C.8.15.3 (the same attributes in macros).
The pixel data are not needed. A slice is not an event: the ledger gathers slices.
"""

from datetime import datetime
from math import cos, hypot, radians

from dose_core.model import AcquisitionType, Code, CtEvent, CtReport, CtSlice, Kind, XRaySource
from dose_core.readers import codes, header
from dose_core.readers.codes import is_same
from dose_core.readers.data_set import DataSet
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.header import number
from dose_core.readers.sr_items import code_of
from dose_core.readers.tags import Tag, tag_text
from dose_core.units import KV, MA, MGY, MM, MS, RATIO, S, convert

_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"  # PS3.4, B.5

# PS3.3, C.8.15.3.2.1: defined terms of Acquisition Type (0018,9302).
_ACQUISITION_TYPES = {
    "SPIRAL": AcquisitionType.SPIRAL,
    "SEQUENCED": AcquisitionType.SEQUENCED,
    "CONSTANT_ANGLE": AcquisitionType.CONSTANT_ANGLE,
    "STATIONARY": AcquisitionType.STATIONARY,
    "FREE": AcquisitionType.FREE,
}
# Gantries tilt by 30 degrees at most; what stands more across than along the axis is no axial slice.
_MIN_AXIAL_COSINE = cos(radians(45.0))
_LOCALIZER = "LOCALIZER"  # Image Type, value 3 (PS3.3, C.8.2.1.1.1)


class CtImageReader:
    """Reads the headers of CT images."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a CT Image."""
        return source.sop_class_uid == _CT_IMAGE

    def read(self, source: DicomObject) -> CtReport:
        """
        Return what one CT image states, as one event and one slice.

        The event's values are those of the slice: CTDIvol, tube current and exposure time may differ from
        slice to slice. A derived image repeats what its source stated; the slice's image type tells it apart.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        data_set, log = source.data_set, source.log
        stated = header.fields(data_set)
        _, offset = header.timezone(data_set)
        started_at = header.acquired_at(data_set, offset)
        image = _read_slice(data_set)
        event = _read_event(data_set, image.image_type, image.event_uids, started_at)
        return CtReport(
            kind=Kind.CT_IMAGE,
            **stated,
            started_at=started_at,
            events=(event,),
            slices=(image,),
            warnings=log.warnings,
            stated=log.stated,
        )


def _read_event(
    data_set: DataSet, image_type: tuple[str, ...], event_uids: tuple[str, ...], started_at: datetime | None
) -> CtEvent:
    return CtEvent(
        # An image made from several events belongs to none of them alone.
        event_uid=event_uids[0] if len(event_uids) == 1 else None,
        started_at=started_at,
        acquisition_type=_acquisition_type(data_set, image_type),
        protocol=header.bounded_text(data_set, Tag.ProtocolName),
        target_region=code_of(data_set, Tag.AnatomicRegionSequence),
        ctdi_vol_mgy=number(data_set, Tag.CTDIvol, MGY, "events[0].ctdi_vol_mgy"),
        phantom_diameter_mm=_phantom_diameter_mm(data_set),
        dw_mm=number(data_set, Tag.WaterEquivalentDiameter, MM, "events[0].dw_mm"),
        modulation=header.bounded_text(data_set, Tag.ExposureModulationType),
        exposure_time_s=_exposure_time_s(data_set),
        total_collimation_mm=number(data_set, Tag.TotalCollimationWidth, MM, "events[0].total_collimation_mm"),
        pitch=number(data_set, Tag.SpiralPitchFactor, RATIO, "events[0].pitch"),
        sources=_sources(data_set),
    )


def _read_slice(data_set: DataSet) -> CtSlice:
    return CtSlice(
        **header.image_fields(data_set),
        z_mm=_z_mm(data_set),
        thickness_mm=number(data_set, Tag.SliceThickness, MM, "slices[0].thickness_mm"),
        frame_of_reference_uid=header.uid_text(data_set, Tag.FrameOfReferenceUID),
    )


def _acquisition_type(data_set: DataSet, image_type: tuple[str, ...]) -> AcquisitionType | None:
    # Localizers are told by the image type: few devices send (0018,9302) in this class, all send this.
    if _LOCALIZER in image_type:
        return AcquisitionType.CONSTANT_ANGLE
    return _ACQUISITION_TYPES.get(data_set.text(Tag.AcquisitionType) or "")


def _phantom_diameter_mm(data_set: DataSet) -> int | None:
    stated: Code | None = code_of(data_set, Tag.CTDIPhantomTypeCodeSequence)
    known = next((mm for phantom, mm in codes.PHANTOM_DIAMETERS_MM if is_same(stated, phantom)), None)
    path = tag_text(Tag.CTDIPhantomTypeCodeSequence)
    if stated is not None and known is None:
        problem = f"no diameter is known for phantom {stated.value} of {stated.scheme}"
        data_set.log.add_warning(path, codes.PHANTOM_TYPE.meaning, problem)
    elif stated is not None:
        data_set.log.add_origin("events[0].phantom_diameter_mm", path, stated.value, stated.scheme)
    return known


def _exposure_time_s(data_set: DataSet) -> float | None:
    """Return the exposure time; both elements state ms (PS3.3, C.8.2.1 and C.8.7.2)."""
    exact = number(data_set, Tag.ExposureTimeInms, MS, "events[0].exposure_time_s")
    stated = exact if exact is not None else number(data_set, Tag.ExposureTime, MS, "events[0].exposure_time_s")
    return convert(stated, from_=MS, to=S) if stated is not None else None


def _sources(data_set: DataSet) -> tuple[XRaySource, ...]:
    """Return the one source that a header of this class can describe, if it states anything of it."""
    exact = number(data_set, Tag.XRayTubeCurrentInmA, MA, "events[0].sources[0].ma_mean")
    source = XRaySource(
        kv=number(data_set, Tag.KVP, KV, "events[0].sources[0].kv"),
        ma_mean=exact
        if exact is not None
        else number(data_set, Tag.XRayTubeCurrent, MA, "events[0].sources[0].ma_mean"),
        rotation_time_s=number(data_set, Tag.RevolutionTime, S, "events[0].sources[0].rotation_time_s"),
    )
    return () if source == XRaySource() else (source,)


def _z_mm(data_set: DataSet) -> float | None:
    """
    Return the z coordinate of the centre of the first pixel (PS3.3, C.7.6.2.1.1): the slice's in axial images.

    In a coronal or sagittal image that pixel says nothing of where the slice lies along the patient.
    """
    position = data_set.numbers(Tag.ImagePositionPatient)
    if len(position) != 3 or not _is_axial(data_set.numbers(Tag.ImageOrientationPatient)):  # noqa: PLR2004 - x, y, z
        return None
    return position[2]


def _is_axial(orientation: tuple[float, ...]) -> bool:
    """Tell if a slice lies across the patient axis; one that states no orientation is taken for such."""
    if len(orientation) != 6:  # noqa: PLR2004 - direction cosines of row and column
        return not orientation
    x1, y1, z1, x2, y2, z2 = orientation
    normal = (y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2)
    return abs(normal[2]) > _MIN_AXIAL_COSINE * hypot(*normal)
