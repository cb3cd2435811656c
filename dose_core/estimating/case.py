"""One exam as the methods see it: what was counted, who was irradiated, and what was measured in its images."""

from dataclasses import dataclass
from uuid import UUID

from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.exam import Exam


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who was irradiated, at the time of the exam. ``sex`` is M, F, O or None."""

    age_years: float | None = None
    sex: str | None = None
    size_cm: float | None = None
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSize:
    """
    The size over the slices of one CT event, from its pixels.

    ``z_mm``, ``ctdi_vol_mgy`` and one of ``dw_mm`` and ``effective_mm`` run over the slices, in step. ``effective_mm``
    is the effective diameter of AAPM Report 204, for where the water-equivalent one cannot be had; else it is empty.
    ``caveats`` names slices that are cut off by the field of view. ``series_instance_uid`` and ``sop_instance_uid``
    (its middle slice) open what was measured.
    """

    event_uid: str
    dw_mm: tuple[float, ...]
    z_mm: tuple[float, ...]
    ctdi_vol_mgy: tuple[float | None, ...]
    series_instance_uid: str
    sop_instance_uid: str
    method: str  # of dose_core.estimating.ct_slices: "slices", or "localiser", which makes no estimate
    truncated_slices: int = 0
    caveats: tuple[str, ...] = ()
    effective_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    All that a method may look at.

    ``revision_id`` and the keys of the statements make the ids of values (``dose_core.ledger.value_id``).
    ``sizes`` is ``None`` until the worker has looked into the pixels, or where nobody can.
    """

    exam: Exam
    revision_id: UUID
    subject: Subject
    sizes: tuple[MeasuredSize | NotComputable, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What one method says of one thing.

    ``quantity`` has its unit in its name (``effective_dose_msv``, ``ssde_mgy``, ``organ_dose_mgy``); ``of`` names the
    part (an organ, a breast, a nuclide, a plane), ``None`` the whole; ``event_uid`` the event, ``None`` the exam.
    """

    quantity: str
    result: Estimate | NotComputable
    of: str | None = None
    event_uid: str | None = None
