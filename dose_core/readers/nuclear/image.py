"""
Read PET and NM image headers: which activity was administered, once per radiopharmaceutical.

Source: PS3.3, C.8.9.2 (PET Isotope), C.8.4.10 (NM Isotope), C.8.22.4 (Enhanced PET Isotope), C.7.6.16.2.25 and 26
(attributes of converted images). All images of a study repeat the administration: the ledger counts it once.
"""

from dose_core.model import Administration, Code, ImageStated, Kind, NuclearReport
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import NotDoseError
from dose_core.readers.header import number
from dose_core.readers.limits import bounded_administrations
from dose_core.readers.nuclear import checks as nuclear_checks
from dose_core.readers.nuclear.times import NuclearImage, start_of, stop_of
from dose_core.readers.sr.items import code_of
from dose_core.units import MBQ, ML, S

_BQ = "Bq"
# SOP Class (PS3.4, B.5) -> unit of Radionuclide Total Dose (0018,1074). Classic PET alone states Bq (C.8.9.2.1.2);
# a converted image keeps what the classic one stated.
_UNITS = {
    "1.2.840.10008.5.1.4.1.1.20": MBQ,  # Nuclear Medicine
    "1.2.840.10008.5.1.4.1.1.128": _BQ,  # Positron Emission Tomography
    "1.2.840.10008.5.1.4.1.1.128.1": _BQ,  # Legacy Converted Enhanced PET
    "1.2.840.10008.5.1.4.1.1.130": MBQ,  # Enhanced PET
}
_NO_ADMINISTRATION = "the image states no radiopharmaceutical, so no activity was read from it"


class NuclearImageReader:
    """Reads the headers of PET and NM images."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a PET or NM image, classic, enhanced or converted."""
        return source.sop_class_uid in _UNITS

    def read(self, source: DicomObject) -> NuclearReport:
        """
        Return what one image states, with one event per radiopharmaceutical.

        Activities are in MBq, by the unit that the SOP Class prescribes; one that nobody administers is noted, and
        not converted otherwise.

        Raises:
            NotDoseError: the image states no radiopharmaceutical.
            UnreadableError: no SOP Instance UID, or more radiopharmaceuticals than anybody is given.
        """
        data_set, log = source.data_set, source.log
        stated = header.fields(data_set)
        _, offset = header.timezone(data_set)
        acquired_at = header.acquired_at(data_set, offset)
        image = NuclearImage(
            data_set=data_set, unit=_UNITS[source.sop_class_uid], offset=offset, acquired_at=acquired_at
        )
        events: list[Administration] = []
        for index, item in enumerate(bounded_administrations(_radiopharmaceuticals(data_set)), start=1):
            within = f"{tag_text(Tag.RadiopharmaceuticalInformationSequence)}[{index}]."
            event = _administration(item, image, field=f"events[{len(events)}]", within=within)
            if event != Administration():
                events.append(event)
        if not events:
            raise NotDoseError(_NO_ADMINISTRATION)
        return NuclearReport(
            kind=Kind.NUCLEAR_IMAGE,
            **stated,
            started_at=acquired_at,
            events=tuple(events),
            image=ImageStated(**header.image_fields(data_set)),
            warnings=log.warnings,
            stated=log.stated,
        )


def _radiopharmaceuticals(data_set: DataSet) -> list[DataSet]:
    """
    Return the items of the Radiopharmaceutical Information Sequence.

    A converted image has it among the unassigned attributes that its frames share, or of each frame, of which
    the first speaks for all: they come from one series.
    """
    found = data_set.items(Tag.RadiopharmaceuticalInformationSequence)
    for groups, converted in (
        (Tag.SharedFunctionalGroupsSequence, Tag.UnassignedSharedConvertedAttributesSequence),
        (Tag.PerFrameFunctionalGroupsSequence, Tag.UnassignedPerFrameConvertedAttributesSequence),
    ):
        if found:
            break
        for group in data_set.items(groups)[:1]:
            for attributes in group.items(converted)[:1]:
                found = attributes.items(Tag.RadiopharmaceuticalInformationSequence)
    return found


def _administration(item: DataSet, image: NuclearImage, *, field: str, within: str) -> Administration:
    agent_code = _code(item, Tag.RadiopharmaceuticalCodeSequence, f"{field}.agent_code", within)
    nuclide_code = _code(item, Tag.RadionuclideCodeSequence, f"{field}.radionuclide", within)
    route_code = _code(item, Tag.AdministrationRouteCodeSequence, f"{field}.route", within)
    start = start_of(item, image, f"{field}.start", within)
    return Administration(
        event_uid=_text(item, Tag.RadiopharmaceuticalAdministrationEventUID, f"{field}.event_uid", within),
        agent=_text(item, Tag.Radiopharmaceutical, f"{field}.agent", within) or _meaning(agent_code),
        agent_code=agent_code,
        radionuclide=_meaning(nuclide_code),
        radionuclide_code=nuclide_code,
        half_life_s=number(item, Tag.RadionuclideHalfLife, S, f"{field}.half_life_s", within=within),
        administered_activity_mbq=_activity_mbq(item, image.unit, f"{field}.administered_activity_mbq", within),
        volume_ml=number(item, Tag.RadiopharmaceuticalVolume, "cm3", f"{field}.volume_ml", to=ML, within=within),
        start=start,
        stop=stop_of(item, image, start, f"{field}.stop", within),
        route=_text(item, Tag.RadiopharmaceuticalRoute, f"{field}.route", within) or _meaning(route_code),
        route_code=route_code,
    )


def _activity_mbq(item: DataSet, unit: str, field: str, within: str) -> float | None:
    activity_mbq = number(item, Tag.RadionuclideTotalDose, unit, field, to=MBQ, within=within)
    problem = nuclear_checks.activity_problem(activity_mbq)
    if problem is not None:
        path = within + tag_text(Tag.RadionuclideTotalDose)
        item.log.add_warning(path, Tag.RadionuclideTotalDose.name, problem)
    return activity_mbq


def _text(item: DataSet, tag: Tag, field: str, within: str) -> str | None:
    is_uid = tag is Tag.RadiopharmaceuticalAdministrationEventUID
    text = header.uid_text(item, tag) if is_uid else header.bounded_text(item, tag)
    if text is not None:
        item.log.add_origin(field, within + tag_text(tag), text)
    return text


def _code(item: DataSet, tag: Tag, field: str, within: str) -> Code | None:
    code = code_of(item, tag)
    if code is not None:
        item.log.add_origin(field, within + tag_text(tag), code.value, code.scheme)
    return code


def _meaning(code: Code | None) -> str | None:
    return (code.meaning or code.value) if code else None
