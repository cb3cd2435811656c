"""Bodies of one line of a history, and of the totals in it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import BodyOut
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Basis, Quantity
from dose_services.value_classes import ValueClass


class DeviceStatedOut(BodyOut):
    """The irradiating device as the objects name it."""

    manufacturer: str | None
    model: str | None
    station_name: str | None
    serial_number: str | None
    software_versions: list[str]
    institution: str | None


class EstimatedOut(BodyOut):
    """How sure a total is that DoseLedger computed, and by which methods, each with its version."""

    low: float
    high: float
    coverage: float | None
    source: str
    methods: list[str]


class TotalLineOut(BodyOut):
    """
    One total: the value chosen for one quantity and part.

    The unit is in the quantity's name. ``of`` names the part (a phantom in mm, a plane, a breast, a radionuclide and
    agent), ``null`` the whole. ``value`` is ``null`` where something irradiated and nobody tells how much. ``missing``
    counts parts that are not known: with any, and with the basis ``acquisitions_only``, the value is a lower bound.
    ``others`` counts what other sources say beside it. ``estimated`` has the interval of a value that we computed; of
    an exam that an earlier release kept, it is ``null`` until the exam is filed anew.
    """

    quantity: Quantity
    of: str | None
    value: float | None
    basis: Basis | None
    source: Source | None
    missing: int
    others: int
    value_id: str
    value_class: Annotated[ValueClass, Field(alias="class")]
    estimated: EstimatedOut | None


class ExamLineOut(BodyOut):
    """
    One exam as a line. Its numbers are its totals; ``source`` is the best that speaks of it, ``events`` counts events.

    ``dlp_mgy_cm`` is the DLP of the whole exam, which is one of the totals; ``value_ids`` has its id. ``region`` is
    ``null`` where no source names one. ``ct_source`` is given where CT irradiated.
    """

    id: UUID
    patient_id: UUID
    site: str
    study_instance_uid: str
    revision: int
    state: Standing
    modality: str
    region: Region | None
    accession_number: str | None
    study_description: str | None
    protocols: list[str]
    device: DeviceStatedOut | None
    started_at: datetime | None
    started_local: str | None
    source: Source | None
    ct_source: Source | None
    events: int | None
    dlp_mgy_cm: float | None
    dlp_basis: Basis | None
    value_ids: dict[str, str]
    totals: list[TotalLineOut]


class ExamLinesOut(BodyOut):
    """Exams as lines."""

    exams: list[ExamLineOut]
