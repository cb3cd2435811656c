"""
What a performed procedure step states beside its dose: when, by which device, for which request.

Source: PS3.3, C.4.13 (relationship), C.4.14 (information) and C.4.15 (image acquisition results).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dose_core.model import DeviceStated, Kind
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text

MAX_COMMENT = 10240  # VR LT, the longest of the plain texts (PS3.5, 6.2)
_SCHEDULE = tag_text(Tag.ScheduledStepAttributesSequence)


class StepFields(header.HeaderFields):
    """The fields of a ``DoseReport`` that a performed procedure step states, beside totals and events."""

    kind: Kind
    started_at: datetime | None
    ended_at: datetime | None
    completion: str | None
    comment: str | None


def step_fields(data_set: DataSet, instance_uid: str) -> StepFields:
    """
    Return what the step states beside its dose, to be handed to its report.

    ``completion`` is its status: IN PROGRESS, COMPLETED or DISCONTINUED.
    """
    fields = header.fields(data_set, instance_uid=instance_uid)
    fields["study_instance_uid"] = fields["study_instance_uid"] or _of_schedule(
        data_set, Tag.StudyInstanceUID, "study_instance_uid", header.uid_text
    )
    if fields["accession_number"] is None:
        fields["accession_number"] = _of_schedule(
            data_set, Tag.AccessionNumber, "accession_number", header.bounded_text
        )
        fields["accession_issuer"] = _of_schedule(
            data_set, Tag.IssuerOfAccessionNumberSequence, "accession_issuer", header.issuer
        )
    fields["requested_procedure"] = fields["requested_procedure"] or _of_schedule(
        data_set, Tag.RequestedProcedureDescription, "requested_procedure", header.bounded_text
    )
    fields["physicians"] = tuple(dict.fromkeys([*fields["physicians"], *_performing_physicians(data_set)]))
    fields["device"] = _device(data_set, fields["device"])
    _, offset = header.timezone(data_set)
    begin = (Tag.PerformedProcedureStepStartDate, Tag.PerformedProcedureStepStartTime)
    end = (Tag.PerformedProcedureStepEndDate, Tag.PerformedProcedureStepEndTime)
    return StepFields(
        **fields,
        kind=Kind.MPPS,
        started_at=header.moment(data_set, *begin, offset),
        ended_at=header.moment(data_set, *end, offset),
        completion=header.bounded_text(data_set, Tag.PerformedProcedureStepStatus),
        comment=header.bounded_text(data_set, Tag.CommentsOnRadiationDose, limit=MAX_COMMENT),
    )


def only_protocol(data_set: DataSet) -> str | None:
    """Return the protocol of the step's series, ``None`` if they have several: no exposure names its series."""
    series = data_set.items(Tag.PerformedSeriesSequence)
    protocols = {header.bounded_text(one, Tag.ProtocolName) for one in series} - {None}
    return protocols.pop() if len(protocols) == 1 else None


def _of_schedule(data_set: DataSet, tag: Tag, field: str, read: Callable[[DataSet, Tag], str | None]) -> str | None:
    """Return what the scheduled steps state; of several (a grouped procedure) the first, the others noted."""
    first: str | None = None
    for position, step in enumerate(data_set.items(Tag.ScheduledStepAttributesSequence), start=1):
        stated = read(step, tag)
        if stated is None or stated == first:
            continue
        path = f"{_SCHEDULE}[{position}].{tag_text(tag)}"
        data_set.log.add_origin(field, path, stated)
        if first is None:
            first = stated
        else:
            problem = "the step answers several requests at once; its dose is that of all of them"
            data_set.log.add_warning(path, tag.name, problem)
    return first


def _performing_physicians(data_set: DataSet) -> list[str]:
    series = data_set.items(Tag.PerformedSeriesSequence)
    names = (header.bounded_text(one, Tag.PerformingPhysicianName, limit=header.MAX_NAME_LENGTH) for one in series)
    return [name for name in names if name]


def _device(data_set: DataSet, equipment: DeviceStated) -> DeviceStated:
    return replace(
        equipment,
        station_name=header.bounded_text(data_set, Tag.PerformedStationName) or equipment.station_name,
        ae_title=header.bounded_text(data_set, Tag.PerformedStationAETitle),
    )
