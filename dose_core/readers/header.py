"""
What the header of any dose object states: patient, study, device.

Source: PS3.3, C.7.1.1 (Patient), C.7.2.1 and C.7.2.2 (Study), C.7.5.1 (General Equipment), C.12.1 (SOP Common).
"""

from datetime import datetime, tzinfo

from dose_core.model import DeviceStated, PatientStated
from dose_core.readers.data_set import DataSet
from dose_core.readers.errors import UnreadableError
from dose_core.readers.tags import Tag, tag_text
from dose_core.readers.values import MAX_UID_LENGTH, parse_date, parse_moment, parse_offset

# LO and SH hold 64 and 16 characters (PS3.5, 6.2) and real systems write more, which is kept; past
# this the text is an accident or an attack, and no index of a database would take it.
MAX_TEXT_LENGTH = 256
MAX_NAME_LENGTH = 1024  # PN: three component groups of 64 characters, and what real systems write

_MAX_SIZE_CM = 300.0  # the tallest person on record had 272 cm; a height in cm instead of m gives 17,000
_MAX_WEIGHT_KG = 700.0  # the heaviest on record had 635 kg
_PLACEHOLDER_BIRTH_YEAR = 1899  # 1899-12-30 is day zero of some systems' calendars, not a birth


def sop_instance_uid(header: DataSet) -> str:
    """
    Return the SOP Instance UID.

    Raises:
        UnreadableError: there is none, so that the object could not be told from others.
    """
    uid = uid_text(header, Tag.SOPInstanceUID)
    if uid is None:
        raise UnreadableError("the object has no usable SOP Instance UID (0008,0018)")
    return uid


def uid_text(header: DataSet, tag: Tag) -> str | None:
    """Return a UID, ``None`` if absent or too long (noted). Its grammar is not checked."""
    return bounded_text(header, tag, limit=MAX_UID_LENGTH)


def bounded_text(header: DataSet, tag: Tag, *, limit: int = MAX_TEXT_LENGTH) -> str | None:
    """Return a text, ``None`` if absent or beyond ``limit`` (noted, never cut)."""
    text = header.text(tag)
    if text is not None and len(text) > limit:
        header.log.add_warning(tag_text(tag), tag.name, f"{len(text)} characters are too many")
        return None
    return text


def timezone(header: DataSet) -> tuple[str | None, tzinfo | None]:
    """Return (0008,0201) as stated and as a time zone; a malformed one is noted and not used."""
    stated = bounded_text(header, Tag.TimezoneOffsetFromUTC)
    offset = parse_offset(stated) if stated else None
    if stated and offset is None:
        header.log.add_warning(
            tag_text(Tag.TimezoneOffsetFromUTC), "TimezoneOffsetFromUTC", "malformed; times stay local"
        )
    return stated, offset


def moment(header: DataSet, day: Tag, time: Tag, offset: tzinfo | None) -> datetime | None:
    """Return a date and a time element as one moment; ``None`` if absent, or unusable (noted)."""
    stated_day, stated_time = header.text(day), header.text(time)
    if stated_day is None or stated_time is None:
        return None
    parsed = parse_moment(stated_day, stated_time, offset)
    if parsed is None:
        header.log.add_warning(tag_text(day), day.name, "date and time make no moment")
    return parsed


def patient(header: DataSet) -> PatientStated:
    """Return the patient; sizes in cm and kg, unusable ones noted."""
    birth = header.text(Tag.PatientBirthDate)
    birth_date = parse_date(birth) if birth else None
    if birth and (birth_date is None or birth_date.year <= _PLACEHOLDER_BIRTH_YEAR):
        header.log.add_warning(tag_text(Tag.PatientBirthDate), "PatientBirthDate", "is no date of birth")
        birth_date = None
    return PatientStated(
        id=bounded_text(header, Tag.PatientID),
        issuer=bounded_text(header, Tag.IssuerOfPatientID),
        name=bounded_text(header, Tag.PatientName, limit=MAX_NAME_LENGTH),
        birth_date=birth_date,
        sex=bounded_text(header, Tag.PatientSex),
        size_cm=_body_measure(header, Tag.PatientSize, factor=100.0, limit=_MAX_SIZE_CM),  # stated in m
        weight_kg=_body_measure(header, Tag.PatientWeight, factor=1.0, limit=_MAX_WEIGHT_KG),
    )


def is_identity_removed(header: DataSet) -> bool:
    """Tell if (0012,0062) says that the object is a de-identified copy (PS3.3, C.12.1.1.1)."""
    return header.text(Tag.PatientIdentityRemoved) == "YES"


def device(header: DataSet) -> DeviceStated:
    """Return the equipment that made the object, which for a report may not be the one that irradiated."""
    return DeviceStated(
        manufacturer=bounded_text(header, Tag.Manufacturer),
        model=bounded_text(header, Tag.ManufacturerModelName),
        station_name=bounded_text(header, Tag.StationName),
        serial_number=bounded_text(header, Tag.DeviceSerialNumber),
        software_versions=tuple(text for text in header.texts(Tag.SoftwareVersions) if len(text) <= MAX_TEXT_LENGTH),
        institution=bounded_text(header, Tag.InstitutionName),
    )


def physicians(header: DataSet) -> tuple[str, ...]:
    """Return those whom the study module names as physicians, each once."""
    tags = (Tag.ReferringPhysicianName, Tag.PhysiciansOfRecord, Tag.PerformingPhysicianName)
    names = [name for tag in tags for name in header.texts(tag) if len(name) <= MAX_NAME_LENGTH]
    return tuple(dict.fromkeys(names))


def _body_measure(header: DataSet, tag: Tag, *, factor: float, limit: float) -> float | None:
    values = header.numbers(tag)
    if not values:
        return None
    value = round(values[0] * factor, 6)
    if not 0 < value <= limit:
        header.log.add_warning(tag_text(tag), tag.name, "is no body measure")
        return None
    return value
