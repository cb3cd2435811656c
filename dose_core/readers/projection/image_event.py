"""
The one exposure or run of a projection image.

Source: as ``projection_image``; units are those of PS3.3, C.8.7.2 and C.8.7.8.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from dose_core.model import Code, EventType, ImageStated, Plane, ProjectionEvent
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.image_parts import Frame, Row, Source, read_row
from dose_core.readers.projection.image_filters import read_filters
from dose_core.readers.projection.image_geometry import geometry
from dose_core.readers.projection.image_rows import PREFIX, ROWS
from dose_core.readers.projection.image_vendors import UNNAMED_SCALE, ImageRule
from dose_core.readers.sr.items import code_of
from dose_core.units import KV, MA, RATIO

# Each of these says that something was irradiated; the sensitivity of a read-out (0018,6000) does not.
_EXPOSURE_FIELDS = ("dap_gy_cm2", "entrance_dose_mgy", "kv", "ma", "mas", "exposure_time_s")

_PULSE_KV = Row("kv_per_pulse", KV, ((Tag.FrameAcquisitionSequence, Tag.KVP, KV),))
_PULSE_MA = Row("ma_per_pulse", MA, ((Tag.FrameAcquisitionSequence, Tag.XRayTubeCurrentInmA, MA),))

# PS3.3, C.8.19.3 and C.8.7.1.1.1: Plane Identification, or Image Type, value 3.
_PLANES = {
    "MONOPLANE": Plane.SINGLE,
    "SINGLE PLANE": Plane.SINGLE,
    "PLANE A": Plane.A,
    "BIPLANE A": Plane.A,
    "PLANE B": Plane.B,
    "BIPLANE B": Plane.B,
}
# PS3.3, C.8.7.11 and C.8.7.2: Grid (0018,1166), by the meanings of CID 10017.
_GRIDS = {
    "FIXED": "Fixed grid",
    "FOCUSED": "Focused grid",
    "RECIPROCATING": "Reciprocating grid",
    "PARALLEL": "Parallel grid",
    "CROSSED": "Crossed grid",
    "NONE": "No grid",
}
_FLUORO_MODES = {"CONTINUOUS": "Continuous", "PULSED": "Pulsed"}  # (0018,115A), by the meanings of CID 10004
# Fields whose element needs no choice.
_STATED_IN = (
    ("event_type", Tag.RadiationSetting),
    ("body_part", Tag.BodyPartExamined),
    ("frame_count", Tag.NumberOfFrames),
    ("fluoro_mode", Tag.RadiationMode),
    ("grid", Tag.Grid),
    ("patient_position", Tag.PatientPosition),
    ("comment", Tag.CommentsOnRadiationDose),
)
_SIDES = frozenset("LRBU")  # PS3.3, C.8.11.1 and C.8.19: Image Laterality, Frame Laterality; C.7.3.1: Laterality


class Exposure(NamedTuple):
    """The event of an image, and whether it states that anything was irradiated."""

    event: ProjectionEvent
    is_stated: bool


def read_event(
    data_set: DataSet,
    place: Source,
    frames: Sequence[Frame],
    rule: ImageRule,
    image: ImageStated,
    *,
    is_c_arm: bool,
    started_at: datetime | None,
) -> Exposure:
    """Return the exposure; ``frames`` are given for enhanced images, whose run ``place`` then is."""
    numbers = {row.field: read_row(place, row, PREFIX) for row in ROWS}
    kind = _event_type(place)
    index, scale, tells_exposure = _exposure_index(data_set, rule)
    event = ProjectionEvent(
        # An image made from several events belongs to none of them alone.
        event_uid=_event_uid(place, image),
        started_at=started_at,
        plane=_plane(place, image),
        event_type=kind,
        protocol=_protocol(data_set, rule),
        anatomy=_code(place, Tag.FrameAnatomySequence, Tag.AnatomicRegionSequence, "anatomy"),
        body_part=header.bounded_text(data_set, Tag.BodyPartExamined),
        laterality=_laterality(place),
        view=_view(data_set),
        kv_per_pulse=_per_frame(frames, _PULSE_KV),
        ma_per_pulse=_per_frame(frames, _PULSE_MA),
        frame_count=header.integer(data_set, Tag.NumberOfFrames),
        fluoro_mode=_FLUORO_MODES.get(_text(place, Tag.RadiationMode) or "") if kind is EventType.FLUOROSCOPY else None,
        grid=", ".join(_GRIDS.get(term, term) for term in data_set.texts(Tag.Grid)) or None,
        filters=read_filters(data_set, rule.filter_type, f"{PREFIX}filters"),
        patient_position=header.bounded_text(data_set, Tag.PatientPosition),
        exposure_index=index,
        exposure_index_scale=scale,
        comment=header.bounded_text(data_set, Tag.CommentsOnRadiationDose, limit=header.MAX_NAME_LENGTH * 10),
        **geometry(data_set, place, frames, rule, numbers, is_c_arm=is_c_arm),
        **numbers,  # type: ignore[arg-type]  # the rows name fields that hold a number, as a test checks
    )
    _note_origins(place, event)
    return Exposure(event, tells_exposure or any(numbers[field] is not None for field in _EXPOSURE_FIELDS))


def _note_origins(place: Source, event: ProjectionEvent) -> None:
    for field, tag in _STATED_IN:
        part = place.find(None, tag) if getattr(event, field) is not None else None
        if part is not None:
            text = part.data_set.text(tag) or ""
            part.data_set.log.add_origin(PREFIX + field, part.path + tag_text(tag), text)


def _event_uid(place: Source, image: ImageStated) -> str | None:
    part = place.find(Tag.IrradiationEventIdentificationSequence, Tag.IrradiationEventUID)
    uids = header.event_uids(part.data_set) if part and part.path else image.event_uids
    return uids[0] if len(uids) == 1 else None


def _plane(place: Source, image: ImageStated) -> Plane | None:
    stated = _text(place, Tag.PlaneIdentification)
    return _PLANES.get(stated) if stated else next((_PLANES[one] for one in image.image_type if one in _PLANES), None)


def _event_type(place: Source) -> EventType | None:
    """
    Return the type of the exposure where the header tells.

    Radiation Setting SC is that of fluoroscopy, GR that of a diagnostic acquisition (PS3.3, C.8.7.2), whose
    motions tell the rest (C.8.7.4 and C.8.7.5).
    """
    setting = _text(place, Tag.RadiationSetting)
    if setting == "SC":
        return EventType.FLUOROSCOPY
    if setting != "GR":
        return None
    positioner, table = _text(place, Tag.PositionerMotion), _text(place, Tag.TableMotion)
    if positioner == "DYNAMIC":
        return EventType.ROTATIONAL_ACQUISITION
    if table == "DYNAMIC":
        return EventType.STEPPING_ACQUISITION
    return EventType.STATIONARY_ACQUISITION if "STATIC" in (positioner, table) else None


def _exposure_index(data_set: DataSet, rule: ImageRule) -> tuple[float | None, str | None, bool]:
    """Return the exposure index, its scale, and whether its element tells of the exposure rather than the read-out."""
    for tag, scale, tells_exposure in (
        (Tag.ExposureIndex, "iec", True),  # IEC 62494-1 (PS3.3, 10.23)
        (Tag.RelativeXRayExposure, rule.relative_exposure or UNNAMED_SCALE, True),
        (Tag.Sensitivity, rule.sensitivity, False),
    ):
        if scale is None or tag not in data_set:
            continue
        value = header.number(data_set, tag, RATIO, f"{PREFIX}exposure_index", may_be_zero=False)
        if value is not None:
            return value, scale, tells_exposure
    return None, None, False


def _protocol(data_set: DataSet, rule: ImageRule) -> str | None:
    for tag in rule.protocol_in:
        if tag is Tag.PerformedProtocolCodeSequence:
            code = code_of(data_set, tag)
            stated = code and (code.meaning or code.value)
        else:
            stated = header.bounded_text(data_set, tag) if tag in data_set else None
        if stated:
            data_set.log.add_origin(f"{PREFIX}protocol", tag_text(tag), stated)
            return stated
    return None


def _laterality(place: Source) -> str | None:
    for macro, tag in (
        (None, Tag.ImageLaterality),
        (Tag.FrameAnatomySequence, Tag.FrameLaterality),
        (None, Tag.Laterality),
    ):
        part = place.find(macro, tag)
        stated = part.data_set.text(tag) if part else None
        if part is not None and stated in _SIDES:
            part.data_set.log.add_origin(f"{PREFIX}laterality", part.path + tag_text(tag), stated or "")
            return stated
        if part is not None and stated is not None:
            part.data_set.log.add_warning(part.path + tag_text(tag), tag.name, "is no side")
    return None


def _view(data_set: DataSet) -> str | None:
    """Return the view by its code, else by (0018,5101), which holds AP, PA, LL, RL, ..."""
    code = code_of(data_set, Tag.ViewCodeSequence)
    if code is not None:
        data_set.log.add_origin(f"{PREFIX}view", tag_text(Tag.ViewCodeSequence), code.value, code.scheme)
        return code.meaning or code.value
    view = header.bounded_text(data_set, Tag.ViewPosition)
    if view is not None:
        data_set.log.add_origin(f"{PREFIX}view", tag_text(Tag.ViewPosition), view)
    return view


def _per_frame(frames: Sequence[Frame], row: Row) -> tuple[float, ...]:
    """Return a value of each frame, none unless the frames state it one by one."""
    ((macro, _, _),) = row.choices
    if macro is None or not frames or not all(frame.own_parts(macro) for frame in frames):
        return ()
    values = [read_row(frame, row, "") for frame in frames]
    return tuple(value for value in values if value is not None) if None not in values else ()


def _code(place: Source, macro: Tag, tag: Tag, field: str) -> Code | None:
    part = place.find(macro, tag)
    code = code_of(part.data_set, tag) if part else None
    if part is not None and code is not None:
        part.data_set.log.add_origin(f"{PREFIX}{field}", part.path + tag_text(tag), code.value, code.scheme)
    return code


def _text(place: Source, tag: Tag) -> str | None:
    part = place.find(None, tag)
    return part.data_set.text(tag) if part else None
