"""
What the header of a CT image states of one slice: its exposure, and where it lies.

The same rows read a classic image and a frame of an enhanced one, whose macros hold the same elements.

Source: PS3.3, C.8.2.1 (CT Image), C.7.6.2 (Image Plane), C.8.15.3 (macros of Enhanced CT), C.7.6.16.2 (geometry).
"""

from datetime import datetime
from math import cos, hypot, radians

from dose_core.model import AcquisitionType, Code, CtEvent, CtSlice, XRaySource
from dose_core.readers import header
from dose_core.readers.ct.header_codes import ACQUISITION_TYPES, phantom_diameter_mm
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.image_parts import Row, Source, read_row
from dose_core.readers.sr.items import code_of
from dose_core.units import KV, MA, MAS, MGY, MM, RATIO, S

_EXPOSURE, _DETAILS = Tag.CTExposureSequence, Tag.CTAcquisitionDetailsSequence

_CTDI_VOL = Row("ctdi_vol_mgy", MGY, ((_EXPOSURE, Tag.CTDIvol, MGY),))
_DW = Row("dw_mm", MM, ((_EXPOSURE, Tag.WaterEquivalentDiameter, MM),))
_EXPOSURE_TIME = Row(
    "exposure_time_s",
    S,
    (
        (_EXPOSURE, Tag.ExposureTimeInms, "ms"),
        (None, Tag.ExposureTimeInuS, "us"),
        (None, Tag.ExposureTime, "ms"),
    ),
)
_SINGLE_COLLIMATION = Row("single_collimation_mm", MM, ((_DETAILS, Tag.SingleCollimationWidth, MM),))
_TOTAL_COLLIMATION = Row("total_collimation_mm", MM, ((_DETAILS, Tag.TotalCollimationWidth, MM),))
_PITCH = Row("pitch", RATIO, ((Tag.CTTableDynamicsSequence, Tag.SpiralPitchFactor, RATIO),))
_MAS = Row(
    "mas",
    MAS,
    (
        (_EXPOSURE, Tag.ExposureInmAs, MAS),
        (None, Tag.ExposureInuAs, "uA.s"),
        (None, Tag.Exposure, MAS),
    ),
)
_KV = Row("kv", KV, ((Tag.CTXRayDetailsSequence, Tag.KVP, KV),))
_MA = Row(
    "ma_mean",
    MA,
    (
        (_EXPOSURE, Tag.XRayTubeCurrentInmA, MA),
        (None, Tag.XRayTubeCurrentInuA, "uA"),
        (None, Tag.XRayTubeCurrent, MA),
    ),
)
_ROTATION_TIME = Row("rotation_time_s", S, ((_DETAILS, Tag.RevolutionTime, S),))
_THICKNESS = Row("thickness_mm", MM, ((Tag.PixelMeasuresSequence, Tag.SliceThickness, MM),))

# Gantries tilt by 30 degrees at most; what stands more across than along the axis is no axial slice.
_MIN_AXIAL_COSINE = cos(radians(45.0))
_LOCALIZER = "LOCALIZER"  # Image Type or Frame Type, value 3 (PS3.3, C.8.2.1.1.1 and C.8.15.2.1.1)
MAX_COMMENT_LENGTH = 10_240  # VR LT (PS3.5, 6.2)


def read_event(
    source: Source, image: CtSlice, started_at: datetime | None, *, n: int = 0, x_ray_paths: tuple[Source, ...] = ()
) -> CtEvent:
    """Return the event of slice ``n``; ``x_ray_paths`` are given where several tubes irradiate at once."""
    prefix = f"events[{n}]."
    paths = x_ray_paths or (source,)
    sources = tuple(_source(path, f"{prefix}sources[{index}].") for index, path in enumerate(paths))
    return CtEvent(
        # An image made from several events belongs to none of them alone.
        event_uid=image.event_uids[0] if len(image.event_uids) == 1 else None,
        started_at=started_at,
        acquisition_type=_acquisition_type(source, image.image_type),
        protocol=_text(source, None, Tag.ProtocolName) or _text(source, None, Tag.AcquisitionProtocolName),
        target_region=_code(source, Tag.FrameAnatomySequence, Tag.AnatomicRegionSequence),
        ctdi_vol_mgy=_ctdi_vol_mgy(paths, prefix),
        phantom_diameter_mm=_phantom_diameter_mm(source, prefix),
        dw_mm=read_row(source, _DW, prefix),
        modulation=_text(source, _EXPOSURE, Tag.ExposureModulationType),
        exposure_time_s=read_row(source, _EXPOSURE_TIME, prefix),
        single_collimation_mm=read_row(source, _SINGLE_COLLIMATION, prefix),
        total_collimation_mm=read_row(source, _TOTAL_COLLIMATION, prefix),
        pitch=read_row(source, _PITCH, prefix),
        mas=read_row(source, _MAS, prefix),
        sources=() if all(one == XRaySource() for one in sources) else sources,
        comment=_text(source, None, Tag.CommentsOnRadiationDose, limit=MAX_COMMENT_LENGTH),
    )


def thickness_mm(source: Source, n: int = 0) -> float | None:
    """Return the thickness of slice ``n``."""
    return read_row(source, _THICKNESS, f"slices[{n}].")


def z_mm(source: Source, n: int = 0) -> float | None:
    """
    Return the z coordinate of the centre of the first pixel (PS3.3, C.7.6.2.1.1): the slice's in axial images.

    In a coronal or sagittal image that pixel says nothing of where the slice lies along the patient.
    """
    part = source.find(Tag.PlanePositionSequence, Tag.ImagePositionPatient)
    position = part.data_set.numbers(Tag.ImagePositionPatient) if part else ()
    if part is None or len(position) != 3:  # noqa: PLR2004 - x, y, z
        return None
    plane = source.find(Tag.PlaneOrientationSequence, Tag.ImageOrientationPatient)
    if not _is_axial(plane.data_set.numbers(Tag.ImageOrientationPatient) if plane else ()):
        return None
    path, text = part.path + tag_text(Tag.ImagePositionPatient), part.data_set.text_of_number(Tag.ImagePositionPatient)
    part.data_set.log.add_origin(f"slices[{n}].z_mm", path, text, MM)
    return position[2]


def _source(path: Source, prefix: str) -> XRaySource:
    return XRaySource(
        kv=read_row(path, _KV, prefix),
        ma_mean=read_row(path, _MA, prefix),
        rotation_time_s=read_row(path, _ROTATION_TIME, prefix),
    )


def _ctdi_vol_mgy(paths: tuple[Source, ...], prefix: str) -> float | None:
    """Return the CTDIvol; where tubes state different ones, it is not known whether they are shares of a sum."""
    first = read_row(paths[0], _CTDI_VOL, prefix)
    for path in paths[1:]:
        part = path.find(_EXPOSURE, Tag.CTDIvol)
        if first is not None and part is not None and part.data_set.numbers(Tag.CTDIvol) != (first,):
            problem = "differs between the X-ray paths of one frame; none is used"
            part.data_set.log.add_warning(part.path + tag_text(Tag.CTDIvol), "CTDIvol", problem)
            return None
    return first


def _acquisition_type(source: Source, image_type: tuple[str, ...]) -> AcquisitionType | None:
    # Localizers are told by the image type: few devices send (0018,9302) in the classic class, all send this.
    if _LOCALIZER in image_type:
        return AcquisitionType.CONSTANT_ANGLE
    return ACQUISITION_TYPES.get(_text(source, Tag.CTAcquisitionTypeSequence, Tag.AcquisitionType) or "")


def _phantom_diameter_mm(source: Source, prefix: str) -> int | None:
    part = source.find(_EXPOSURE, Tag.CTDIPhantomTypeCodeSequence)
    return phantom_diameter_mm(part.data_set, part.path, f"{prefix}phantom_diameter_mm") if part else None


def _code(source: Source, macro: Tag, tag: Tag) -> Code | None:
    part = source.find(macro, tag)
    return code_of(part.data_set, tag) if part else None


def _text(source: Source, macro: Tag | None, tag: Tag, *, limit: int = header.MAX_TEXT_LENGTH) -> str | None:
    part = source.find(macro, tag)
    return header.bounded_text(part.data_set, tag, limit=limit) if part else None


def _is_axial(orientation: tuple[float, ...]) -> bool:
    """Tell if a slice lies across the patient axis; one that states no orientation is taken for such."""
    if len(orientation) != 6:  # noqa: PLR2004 - direction cosines of row and column
        return not orientation
    x1, y1, z1, x2, y2, z2 = orientation
    normal = (y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2)
    return abs(normal[2]) > _MIN_AXIAL_COSINE * hypot(*normal)
