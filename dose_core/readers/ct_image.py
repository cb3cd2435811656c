"""
Read CT image headers: what one slice states of its exposure and where it lies.

Source: PS3.3, C.8.2.1 (CT Image), C.7.6.2 (Image Plane), C.8.15.3 (the same attributes in macros).
The pixel data are not needed. A slice is not an event: the ledger gathers slices.
"""

from datetime import datetime, tzinfo
from math import cos, hypot, radians

from dose_core.model import AcquisitionType, Code, CtEvent, CtSlice, DoseReport, Kind, XRaySource
from dose_core.readers import codes, header
from dose_core.readers.codes import is_same
from dose_core.readers.data_set import DataSet
from dose_core.readers.sr_items import code_of
from dose_core.readers.tags import Tag, tag_text
from dose_core.readers.values import MAX_UID_LENGTH, parse_date_time
from dose_core.units import KV, MA, MGY, MM, MS, RATIO, S, convert

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


def read_ct_image(data_set: DataSet) -> DoseReport:
    """
    Return what one CT image states, as one event and one slice.

    The event's values are those of the slice: CTDIvol, tube current and exposure time may differ from
    slice to slice. A derived image repeats what its source stated; ``slice.image_type`` tells it apart.

    Raises:
        UnreadableError: no SOP Instance UID.
    """
    log = data_set.log
    stated_offset, offset = header.timezone(data_set)
    started_at = _started_at(data_set, offset)
    image_type = data_set.texts(Tag.ImageType)
    event_uids = _event_uids(data_set)
    equipment = header.device(data_set)
    event = _read_event(data_set, image_type, event_uids, started_at)
    return DoseReport(
        kind=Kind.CT_IMAGE,
        sop_instance_uid=header.sop_instance_uid(data_set),
        study_instance_uid=header.uid_text(data_set, Tag.StudyInstanceUID),
        sop_class_uid=header.uid_text(data_set, Tag.SOPClassUID),
        accession_number=header.bounded_text(data_set, Tag.AccessionNumber),
        study_description=header.bounded_text(data_set, Tag.StudyDescription),
        study_started_at=header.moment(data_set, Tag.StudyDate, Tag.StudyTime, offset),
        content_at=header.moment(data_set, Tag.ContentDate, Tag.ContentTime, offset),
        started_at=started_at,
        physicians=header.physicians(data_set),
        timezone_offset=stated_offset,
        patient_identity_removed=header.is_identity_removed(data_set),
        patient=header.patient(data_set),
        device=equipment,
        events=(event,),
        slice=_read_slice(data_set, image_type, event_uids),
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
        ctdi_vol_mgy=_number(data_set, Tag.CTDIvol, MGY, "events[0].ctdi_vol_mgy"),
        phantom_diameter_mm=_phantom_diameter_mm(data_set),
        dw_mm=_number(data_set, Tag.WaterEquivalentDiameter, MM, "events[0].dw_mm"),
        modulation=header.bounded_text(data_set, Tag.ExposureModulationType),
        exposure_time_s=_exposure_time_s(data_set),
        total_collimation_mm=_number(data_set, Tag.TotalCollimationWidth, MM, "events[0].total_collimation_mm"),
        pitch=_number(data_set, Tag.SpiralPitchFactor, RATIO, "events[0].pitch"),
        sources=_sources(data_set),
    )


def _read_slice(data_set: DataSet, image_type: tuple[str, ...], event_uids: tuple[str, ...]) -> CtSlice:
    return CtSlice(
        series_instance_uid=header.uid_text(data_set, Tag.SeriesInstanceUID),
        series_number=_integer(data_set, Tag.SeriesNumber),
        series_description=header.bounded_text(data_set, Tag.SeriesDescription),
        instance_number=_integer(data_set, Tag.InstanceNumber),
        acquisition_number=_integer(data_set, Tag.AcquisitionNumber),
        image_type=image_type,
        event_uids=event_uids,
        z_mm=_z_mm(data_set),
        thickness_mm=_number(data_set, Tag.SliceThickness, MM, "slice.thickness_mm"),
        frame_of_reference_uid=header.uid_text(data_set, Tag.FrameOfReferenceUID),
    )


def _started_at(data_set: DataSet, offset: tzinfo | None) -> datetime | None:
    """Return when the data of the image were acquired (PS3.3, C.7.6.1)."""
    stated = data_set.text(Tag.AcquisitionDateTime)
    moment = parse_date_time(stated, offset) if stated else None
    if stated and moment is None:
        data_set.log.add_warning(tag_text(Tag.AcquisitionDateTime), "AcquisitionDateTime", "is no moment (DT)")
    return moment or header.moment(data_set, Tag.AcquisitionDate, Tag.AcquisitionTime, offset)


def _event_uids(data_set: DataSet) -> tuple[str, ...]:
    uids = data_set.texts(Tag.IrradiationEventUID)
    usable = tuple(uid for uid in uids if len(uid) <= MAX_UID_LENGTH)
    if len(usable) < len(uids):
        data_set.log.add_warning(tag_text(Tag.IrradiationEventUID), "IrradiationEventUID", "too long for a UID")
    return usable


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
    exact = _number(data_set, Tag.ExposureTimeInms, MS, "events[0].exposure_time_s")
    stated = exact if exact is not None else _number(data_set, Tag.ExposureTime, MS, "events[0].exposure_time_s")
    return convert(stated, from_=MS, to=S) if stated is not None else None


def _sources(data_set: DataSet) -> tuple[XRaySource, ...]:
    """Return the one source that a header of this class can describe, if it states anything of it."""
    exact = _number(data_set, Tag.XRayTubeCurrentInmA, MA, "events[0].sources[0].ma_mean")
    source = XRaySource(
        kv=_number(data_set, Tag.KVP, KV, "events[0].sources[0].kv"),
        ma_mean=exact
        if exact is not None
        else _number(data_set, Tag.XRayTubeCurrent, MA, "events[0].sources[0].ma_mean"),
        rotation_time_s=_number(data_set, Tag.RevolutionTime, S, "events[0].sources[0].rotation_time_s"),
    )
    return () if source == XRaySource() else (source,)


def _number(data_set: DataSet, tag: Tag, unit: str, field: str) -> float | None:
    """Return the only value of an element, which has a fixed unit; negative or several ones are noted."""
    values = data_set.numbers(tag)
    if not values:
        return None
    problem = None
    if len(values) > 1:
        problem = "holds several values"
    elif values[0] < 0:
        problem = f"{values[0]} is not a dose" if unit == MGY else f"{values[0]} is negative"
    if problem:
        data_set.log.add_warning(tag_text(tag), tag.name, problem)
        return None
    data_set.log.add_origin(field, tag_text(tag), str(values[0]), unit)
    return values[0]


def _integer(data_set: DataSet, tag: Tag) -> int | None:
    values = data_set.numbers(tag)
    # Decimals occur in IS; a number that is no integer numbers nothing. PostgreSQL's integer ends at 2^31.
    if not values or not values[0].is_integer() or abs(values[0]) >= 2**31:
        return None
    return int(values[0])


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
