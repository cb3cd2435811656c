"""Bodies about values that a person types."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.base import BodyIn, BodyOut

_Text = Annotated[str, Field(min_length=1, max_length=64)]
_Name = Annotated[str, Field(min_length=1, max_length=324)]  # VR PN: five components of 64 characters
_Words = Annotated[str, Field(min_length=1, max_length=1000)]
_Time = Annotated[str, Field(min_length=10, max_length=35)]
_EXAMPLE: JsonDict = {
    "study_instance_uid": "1.2.826.0.1.3680043.10.999.1",
    "modality": "CT",
    "patient": {"identifier": "DEMO-0001", "authority": "DEMO"},
    "started_at": "2026-03-02T10:15",
    "values": [{"quantity": "dlp", "value": 512.30, "unit": "mGy.cm"}],
    "source": "dose display of the console",
    "comment": "the scanner was not connected",
}


class TypedPatientIn(BodyIn):
    """Whose the study is; needed where nothing is known of it yet."""

    identifier: _Text
    authority: _Text | None = None
    name: _Name | None = None
    birth_date: _Text | None = None
    sex: Annotated[str, Field(pattern="^[MFO]$")] | None = None


class TypedDeviceIn(BodyIn):
    """The device that irradiated, as its objects would state it."""

    manufacturer: _Text | None = None
    model: _Text | None = None
    serial_number: _Text | None = None
    station_name: _Text | None = None
    institution: _Text | None = None


class TypedValueIn(BodyIn):
    """
    One value with its unit.

    ``of`` is the phantom in mm (``160``, ``320``) of a DLP, the plane (``a``, ``b``, ``single``) of projection
    quantities, the breast (``L``, ``R``, ``B``) of ``agd``; nothing for the whole exam. The rest is for activities.
    """

    quantity: _Text
    value: Annotated[float, Field(allow_inf_nan=False)]
    unit: _Text
    of: _Text | None = None
    radionuclide: _Text | None = None
    agent: _Text | None = None
    administered_at: _Time | None = None


class ManualValuesIn(BodyIn):
    """Totals of an exam, or of a study that sent nothing; ``source`` says where they were read, ``comment`` why."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    exam_id: UUID | None = None
    study_instance_uid: _Text | None = None
    modality: _Text
    patient: TypedPatientIn | None = None
    started_at: _Time | None = None
    accession_number: _Text | None = None
    device: TypedDeviceIn | None = None
    values: Annotated[list[TypedValueIn], Field(min_length=1, max_length=50)]
    source: _Words
    comment: _Words


class WithdrawalIn(BodyIn):
    """Why typed values are withdrawn."""

    comment: _Words


class ManualValuesOut(BodyOut):
    """What became of typed values; ``exam_id`` is null where no exam knows them any more."""

    id: UUID
    study_instance_uid: str
    exam_id: UUID | None
