"""
What Toshiba and Canon CT devices state in private elements: CTDIvol, DLP and collimation of an acquisition.

Aquilion CX and CXL (V4.40 to V4.86) write no dose report but a pair of screens per sub-study; the elements stand
there or in the images of the acquisition. Archives that do not know the creator turn the numbers into UN.

Source: the devices' own objects; names and VRs of ``TOSHIBA_MEC_CT3`` as public dictionaries of private tags give
them, CTDIvol (1063) as it repeats (0018,9345) in images of Aquilion ONE.
"""

from dose_core.model import CtEvent
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.private_elements import PrivateElement, private_number, private_tag
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.units import MGY, MGY_CM, MM, RATIO

_CREATOR, _GROUP = "TOSHIBA_MEC_CT3", 0x7005
_SLICE_WIDTH = PrivateElement(creator=_CREATOR, group=_GROUP, element=0x08, name="Detector Slice Thickness in mm")
_DETECTOR_ROWS = PrivateElement(creator=_CREATOR, group=_GROUP, element=0x09, name="Detector Rows in Use")
_PITCH = PrivateElement(creator=_CREATOR, group=_GROUP, element=0x23, name="Pitch Factor")
_DLP = PrivateElement(creator=_CREATOR, group=_GROUP, element=0x40, name="DLP", is_double=True)
_CTDI_VOL = PrivateElement(creator=_CREATOR, group=_GROUP, element=0x63, name="CTDIvol", is_double=True)
_MAKERS = ("TOSHIBA", "CANON")


def is_toshiba(data_set: DataSet) -> bool:
    """Tell if the object says that Toshiba or Canon made the device."""
    return (data_set.text(Tag.Manufacturer) or "").upper().startswith(_MAKERS)


def toshiba_event(data_set: DataSet) -> CtEvent | None:
    """Return what the private elements state of one acquisition, ``None`` if neither CTDIvol nor DLP."""
    is_certain = is_toshiba(data_set)

    def stated(element: PrivateElement, unit: str, field: str) -> float | None:
        return private_number(data_set, element, unit, f"events[0].{field}", vendor_is_certain=is_certain)

    ctdi_vol, dlp = stated(_CTDI_VOL, MGY, "ctdi_vol_mgy"), stated(_DLP, MGY_CM, "dlp_mgy_cm")
    if ctdi_vol is None and dlp is None:
        return None
    slice_width = stated(_SLICE_WIDTH, MM, "single_collimation_mm")
    return CtEvent(
        ctdi_vol_mgy=ctdi_vol,
        dlp_mgy_cm=dlp,
        single_collimation_mm=slice_width,
        total_collimation_mm=_total_collimation_mm(data_set, slice_width, is_certain=is_certain),
        pitch=stated(_PITCH, RATIO, "pitch"),
    )


def _total_collimation_mm(data_set: DataSet, slice_width: float | None, *, is_certain: bool) -> float | None:
    """Return the width of all rows in use: the map has one digit for each row of the detector, 1 if it is used."""
    tag = private_tag(data_set, _DETECTOR_ROWS, vendor_is_certain=is_certain)
    rows = None if tag is None else data_set.text(tag)
    if tag is None or not rows or not slice_width or not {"1"} <= set(rows) <= {"0", "1"}:
        return None
    data_set.log.add_origin("events[0].total_collimation_mm", tag_text(tag), rows[:64], f"x {slice_width:g} mm")
    return round(rows.count("1") * slice_width, 6)
