"""
What the header of any dose object states: patient, study, device.

Source: PS3.3, C.7.1.1 (Patient), C.7.2.1 and C.7.2.2 (Study), C.7.5.1 (General Equipment), C.12.1 (SOP Common), C.2.4
(Pregnancy Status), C.3.2 (Admission ID), table 10-17 (the issuer of a number).
"""

from datetime import datetime, tzinfo
from typing import TypedDict

from dose_core.model import DeviceStated, OtherId, PatientStated, PregnancyStatus
from dose_core.readers.dicom.data_set import DataSet, number_of
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.dicom.values import MAX_UID_LENGTH, parse_date, parse_date_time, parse_moment, parse_offset
from dose_core.readers.errors import UnreadableError
from dose_core.units import convert

# LO and SH hold 64 and 16 characters (PS3.5, 6.2) and real systems write more, which is kept; past
# this the text is an accident or an attack, and no index of a database would take it.
MAX_TEXT_LENGTH = 256
_MAX_NUMBER_BYTES = 64  # VR DS has 16 characters (PS3.5, 6.2); real devices write a few more
MAX_NAME_LENGTH = 1024  # PN: three component groups of 64 characters, and what real systems write

MAX_SIZE_CM = 300.0  # the tallest person on record had 272 cm; a height in cm instead of m gives 17,000
MAX_WEIGHT_KG = 700.0  # the heaviest on record had 635 kg
_MAX_OTHER_IDS = 20  # ours: real objects have a handful, and each is looked for
_PLACEHOLDER_BIRTH_YEAR = 1899  # 1899-12-30 is day zero of some systems' calendars, not a birth

# What stands for a time that is not stated, best first.
_FALLBACK_TIMES = (
    (Tag.ContentDate, Tag.ContentTime),
    (Tag.SeriesDate, Tag.SeriesTime),
    (Tag.StudyDate, Tag.StudyTime),
)


_PREGNANCY = {
    1: PregnancyStatus.NOT_PREGNANT,
    2: PregnancyStatus.POSSIBLY_PREGNANT,
    3: PregnancyStatus.PREGNANT,
    4: PregnancyStatus.UNKNOWN,
}


class HeaderFields(TypedDict):
    """The fields of a ``DoseReport`` that every object states in its header."""

    sop_instance_uid: str
    study_instance_uid: str | None
    sop_class_uid: str | None
    modality: str | None
    accession_number: str | None
    accession_issuer: str | None
    admission_id: str | None
    admission_issuer: str | None
    study_description: str | None
    requested_procedure: str | None
    study_started_at: datetime | None
    content_at: datetime | None
    physicians: tuple[str, ...]
    timezone_offset: str | None
    is_cut_short: bool
    patient_identity_removed: bool
    patient: PatientStated
    device: DeviceStated


def fields(header: DataSet, *, instance_uid: str | None = None) -> HeaderFields:
    """
    Return what the header of any dose object states, to be handed to its report.

    ``instance_uid`` is given for an object that is not named by (0008,0018).

    Raises:
        UnreadableError: no SOP Instance UID.
    """
    stated_offset, offset = timezone(header)
    return HeaderFields(
        sop_instance_uid=instance_uid or sop_instance_uid(header),
        study_instance_uid=uid_text(header, Tag.StudyInstanceUID),
        sop_class_uid=uid_text(header, Tag.SOPClassUID),
        modality=bounded_text(header, Tag.Modality),
        accession_number=bounded_text(header, Tag.AccessionNumber),
        accession_issuer=issuer(header, Tag.IssuerOfAccessionNumberSequence),
        admission_id=bounded_text(header, Tag.AdmissionID),
        admission_issuer=issuer(header, Tag.IssuerOfAdmissionIDSequence)
        or bounded_text(header, Tag.IssuerOfAdmissionID),  # retired, and written still
        study_description=bounded_text(header, Tag.StudyDescription),
        requested_procedure=_requested_procedure(header),
        study_started_at=_study_started_at(header, offset),
        content_at=moment(header, Tag.ContentDate, Tag.ContentTime, offset),
        physicians=physicians(header),
        timezone_offset=stated_offset,
        is_cut_short=header.is_cut_short,
        patient_identity_removed=is_identity_removed(header),
        patient=patient(header),
        device=device(header),
    )


class ImageFields(TypedDict):
    """The fields of an ``ImageStated``."""

    series_instance_uid: str | None
    series_number: int | None
    series_description: str | None
    instance_number: int | None
    acquisition_number: int | None
    image_type: tuple[str, ...]
    event_uids: tuple[str, ...]
    presentation_intent: str | None


def image_fields(header: DataSet) -> ImageFields:
    """Return how an image was made and which exposure it names, to be handed to an ``ImageStated``."""
    return ImageFields(
        series_instance_uid=uid_text(header, Tag.SeriesInstanceUID),
        series_number=integer(header, Tag.SeriesNumber),
        series_description=bounded_text(header, Tag.SeriesDescription),
        instance_number=integer(header, Tag.InstanceNumber),
        acquisition_number=integer(header, Tag.AcquisitionNumber),
        image_type=header.texts(Tag.ImageType),
        event_uids=event_uids(header),
        presentation_intent=bounded_text(header, Tag.PresentationIntentType),
    )


def event_uids(header: DataSet) -> tuple[str, ...]:
    """Return the irradiation events an image was made from, (0008,3010); too long ones are noted and left out."""
    uids = header.texts(Tag.IrradiationEventUID)
    usable = tuple(uid for uid in uids if len(uid) <= MAX_UID_LENGTH)
    if len(usable) < len(uids):
        header.log.add_warning(tag_text(Tag.IrradiationEventUID), "IrradiationEventUID", "too long for a UID")
    return usable


def acquired_at(header: DataSet, offset: tzinfo | None) -> datetime | None:
    """
    Return when the data of an image were acquired (PS3.3, C.7.6.1), ``None`` if it states no such time.

    The content time is that of a reconstruction: it would tell images of one scan apart.
    """
    at = date_time(header, Tag.AcquisitionDateTime, offset)
    return at or moment(header, Tag.AcquisitionDate, Tag.AcquisitionTime, offset)


def exposed_at(header: DataSet, offset: tzinfo | None, field: str) -> datetime | None:
    """
    Return when a projection was taken: its acquisition, else content, series or study time.

    Devices leave out the date or time of the acquisition (Kodak, Siemens RF); the origin tells which one stands
    for it. A date of one and a time of another are never put together.
    """
    at = acquired_at(header, offset)
    if at is not None:
        return at
    for day, time in _FALLBACK_TIMES:
        at = moment(header, day, time, offset)
        if at is not None:
            header.log.add_origin(field, tag_text(time), header.text(time) or "")
            return at
    return None


def date_time(header: DataSet, tag: Tag, offset: tzinfo | None, *, within: str = "") -> datetime | None:
    """Return a DT element as a moment, ``None`` if absent, or unusable (noted)."""
    stated = header.text(tag)
    at = parse_date_time(stated, offset) if stated else None
    if stated and at is None:
        header.log.add_warning(within + tag_text(tag), tag.name, "is no moment (DT)")
    return at


def integer(header: DataSet, tag: Tag) -> int | None:
    """Return a number that numbers something, ``None`` for a fraction."""
    values = header.numbers(tag)
    # Decimals occur in IS; a number that is no integer numbers nothing. PostgreSQL's integer ends at 2^31.
    if not values or not values[0].is_integer() or abs(values[0]) >= 2**31:
        return None
    return int(values[0])


def number(
    header: DataSet,
    tag: Tag,
    unit: str,
    field: str | None,
    *,
    to: str | None = None,
    may_be_negative: bool = False,
    may_be_zero: bool = True,
    within: str = "",
) -> float | None:
    """
    Return the only value of an element whose unit the standard fixes, in ``to`` where given.

    Several values, a negative one where none can be, or a zero that stands for an unknown value are noted and
    not used. ``within`` is the path of the sequence item that ``header`` is, such as ``"(0040,030E)[2]."``.
    """
    place = header.place(tag)
    if place is None or place.start == place.end:
        return None
    # Nearly always one number, for which the text is fetched once; what else may stand there takes the long way.
    text = header.text_of_number(tag) if place.end - place.start <= _MAX_NUMBER_BYTES else ""
    value = number_of(text)
    problem = None
    if value is None:
        values = header.numbers(tag)
        if not values:
            return None
        value, text = values[0], header.text_of_number(tag)
        problem = "holds several values" if len(values) > 1 else None
    if problem is None and value < 0 and not may_be_negative:
        problem = f"{value} is not a dose" if "Gy" in unit else f"{value} is negative"
    elif problem is None and value == 0 and not may_be_zero:
        problem = "0 stands for a value that is not known"
    if problem:
        header.log.add_warning(within + tag_text(tag), tag.name, problem)
        return None
    header.log.add_origin(field, within + tag_text(tag), text, unit)
    return value if to is None else convert(value, from_=unit, to=to)


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
        name=_patient_name(header),
        birth_date=birth_date,
        sex=bounded_text(header, Tag.PatientSex),
        size_cm=_body_measure(header, Tag.PatientSize, factor=100.0, limit=MAX_SIZE_CM),  # stated in m
        weight_kg=_body_measure(header, Tag.PatientWeight, factor=1.0, limit=MAX_WEIGHT_KG),
        other_ids=_other_ids(header),
        pregnancy_status=_pregnancy_status(header),
    )


def issuer(header: DataSet, tag: Tag) -> str | None:
    """Return who gave a number: its local name, else its universal one, as HL7 is read; ``None`` if none is stated."""
    if header.place(tag) is None:
        return None
    try:
        items = header.items(tag)[:1]  # one item at most (table 10-17)
    except UnreadableError:
        header.log.add_warning(tag_text(tag), tag.name, "the sequence is damaged")
        return None
    names = (bounded_text(one, of) for one in items for of in (Tag.LocalNamespaceEntityID, Tag.UniversalEntityID))
    return next(filter(None, names), None)


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
        department=bounded_text(header, Tag.InstitutionalDepartmentName),
    )


def physicians(header: DataSet) -> tuple[str, ...]:
    """Return those whom the study module names as physicians, each once."""
    tags = (Tag.ReferringPhysicianName, Tag.PhysiciansOfRecord, Tag.PerformingPhysicianName)
    names = [name for tag in tags for name in header.texts(tag) if len(name) <= MAX_NAME_LENGTH and name.strip("^= ")]
    return tuple(dict.fromkeys(names))


def _requested_procedure(header: DataSet) -> str | None:
    """Return the requested procedure: of the request attributes, else of the top level, where some devices put it."""
    for request in (*header.items(Tag.RequestAttributesSequence), *header.items(Tag.ReferencedRequestSequence), header):
        stated = bounded_text(request, Tag.RequestedProcedureDescription)
        if stated is not None:
            return stated
    return None


def _study_started_at(header: DataSet, offset: tzinfo | None) -> datetime | None:
    """Return the date and time of the study; where one is not stated, that of the content or the series (noted)."""
    at = moment(header, Tag.StudyDate, Tag.StudyTime, offset)
    if at is not None or (header.text(Tag.StudyDate) and header.text(Tag.StudyTime)):
        return at
    for day, time in _FALLBACK_TIMES[:2]:
        at = moment(header, day, time, offset)
        if at is not None:
            header.log.add_warning(
                tag_text(Tag.StudyDate), "StudyDate", f"date or time is not stated; {tag_text(time)} stands for it"
            )
            return at
    return None


def _patient_name(header: DataSet) -> str | None:
    """Return the name; of several values (VM is 1, systems write more) all, since any may be the one in the RIS."""
    name = bounded_text(header, Tag.PatientName, limit=MAX_NAME_LENGTH)
    return " | ".join(filter(None, map(str.strip, name.split("\\")))) if name and "\\" in name else name


def _other_ids(header: DataSet) -> tuple[OtherId, ...]:
    """Return the other identifiers that name their issuer; without one nobody can tell whose they are."""
    if header.place(Tag.OtherPatientIDsSequence) is None:
        return ()
    try:
        items = header.items(Tag.OtherPatientIDsSequence)[:_MAX_OTHER_IDS]
    except UnreadableError:
        problem = "the sequence is damaged"
        header.log.add_warning(tag_text(Tag.OtherPatientIDsSequence), "OtherPatientIDsSequence", problem)
        return ()
    stated = ((bounded_text(one, Tag.PatientID), bounded_text(one, Tag.IssuerOfPatientID)) for one in items)
    return tuple(dict.fromkeys(OtherId(id=value, issuer=issuer) for value, issuer in stated if value and issuer))


def _pregnancy_status(header: DataSet) -> PregnancyStatus | None:
    if header.place(Tag.PregnancyStatus) is None:
        return None
    stated = header.numbers(Tag.PregnancyStatus)
    status = _PREGNANCY.get(int(stated[0])) if len(stated) == 1 and stated[0].is_integer() else None
    if any(stated) and status is None:  # Siemens writes 0 where nobody was asked
        header.log.add_warning(tag_text(Tag.PregnancyStatus), "PregnancyStatus", "is none of 1 to 4")
    return status


def _body_measure(header: DataSet, tag: Tag, *, factor: float, limit: float) -> float | None:
    values = header.numbers(tag)
    if not values:
        return None
    value = round(values[0] * factor, 6)
    if not 0 < value <= limit:
        header.log.add_warning(tag_text(tag), tag.name, "is no body measure")
        return None
    return value
