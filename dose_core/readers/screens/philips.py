"""
What Philips CT devices add to the "Dose Info" screen: DLP and phantom, which the standard has no elements for.

Brilliance, Gemini TF and Big Bore up to 3.5 write no dose report; their Elscint heritage shows in the creator.
The screen lists whatever stands on the patient's protocol; what has no acquisition type was not irradiated.

Source: the devices' own objects; the names and VRs of ``ELSCINT1`` as public dictionaries of private tags give them.
"""

from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.private_elements import PrivateElement, private_number, private_tag, private_text
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.units import MGY_CM

_CREATOR = "ELSCINT1"
_DLP = PrivateElement(creator=_CREATOR, group=0x00E1, element=0x21, name="DLP")
_PROTOCOL_FILE = PrivateElement(creator=_CREATOR, group=0x00E1, element=0x61, name="Protocol File Name")
_PHANTOM_TYPE = PrivateElement(creator=_CREATOR, group=0x01E1, element=0x26, name="Phantom Type")
_PHANTOM_DIAMETERS_MM = {"16 CM": 160, "32 CM": 320}


def is_philips(data_set: DataSet) -> bool:
    """Tell if the object says that Philips made the device."""
    return (data_set.text(Tag.Manufacturer) or "").upper().startswith("PHILIPS")


def dlp_mgy_cm(data_set: DataSet, field: str, *, within: str = "", is_certain: bool) -> float | None:
    """Return the DLP of the study, or of an item of the Exposure Dose Sequence."""
    return private_number(data_set, _DLP, MGY_CM, field, within=within, vendor_is_certain=is_certain)


def protocol_file(data_set: DataSet) -> str | None:
    """Return the name of the protocol file, which names the protocol where Protocol Name does not."""
    return private_text(data_set, _PROTOCOL_FILE)


def phantom_diameter_mm(item: DataSet, field: str, *, within: str, is_certain: bool) -> int | None:
    """Return the diameter of the phantom that an item's CTDIvol and DLP stand for; an unknown one is noted."""
    tag = private_tag(item, _PHANTOM_TYPE, vendor_is_certain=is_certain)
    stated = None if tag is None else item.text(tag)
    if tag is None or stated is None:
        return None
    known = _PHANTOM_DIAMETERS_MM.get(stated.upper())
    if known is None:
        problem = f"no diameter is known for phantom {stated[:16]!r}"
        item.log.add_warning(within + tag_text(tag), _PHANTOM_TYPE.name, problem)
    else:
        item.log.add_origin(field, within + tag_text(tag), stated)
    return known
