"""Totals of an exam: one value for each quantity and part, with the rule that chose it and what was not chosen."""

from dataclasses import dataclass
from enum import StrEnum

from dose_core.ledger.source import Source


class Quantity(StrEnum):
    """
    What a total is of; the unit is in the name. Unlike quantities are never added.

    Comments say what parts are named ``of``. Where several devices irradiated, what is not added over devices is
    named ``<part>@<index into Exam.devices>``.
    """

    DLP = "dlp_mgy_cm"  # of: phantom diameter in mm, "unknown" where none is stated; and the whole
    CTDI_VOL_MAX = "ctdi_vol_max_mgy"  # of: phantom diameter in mm, or "unknown"; there is no whole
    DAP = "dap_gy_cm2"  # the whole; of: plane, where there are several
    KA_R = "ka_r_mgy"  # of: plane; never added, neither over planes nor over exams
    FLUORO_DAP = "fluoro_dap_gy_cm2"  # like DAP
    FLUORO_KA_R = "fluoro_ka_r_mgy"  # like KA_R
    FLUORO_TIME = "fluoro_time_s"  # like DAP
    ACQUISITION_DAP = "acquisition_dap_gy_cm2"  # like DAP
    ACQUISITION_KA_R = "acquisition_ka_r_mgy"  # like KA_R
    ACQUISITION_TIME = "acquisition_time_s"  # like DAP
    AGD = "agd_mgy"  # of: L or R; a mean over both breasts as B; None where no breast is named
    ENTRANCE_DOSE = "entrance_dose_mgy"  # of a step that states it; never added
    ACTIVITY = "administered_activity_mbq"  # of: radionuclide and agent, None where neither is named


# Added over devices by part, or the largest of all: what such a part is named never tells a device.
_NEVER_OF_A_DEVICE = frozenset((Quantity.DLP, Quantity.CTDI_VOL_MAX, Quantity.AGD, Quantity.ACTIVITY))


def part_and_device(quantity: Quantity, of: str | None) -> tuple[str, int | None]:
    """Return the part that a total is of, "" for the whole, and the index of its device, ``None`` if it tells none."""
    named = of or ""
    part, at, device = named.rpartition("@")
    if quantity in _NEVER_OF_A_DEVICE or not at or not device.isdecimal():
        return named, None
    return part, int(device)


class Basis(StrEnum):
    """How a total came about."""

    STATED_TOTAL = "stated_total"  # a source that covers all events states it
    SUM_OF_TOTALS = "sum_of_totals"  # several do, which share no event and together cover all
    SUM_OF_EVENTS = "sum_of_events"  # each event once
    MAX_OF_EVENTS = "max_of_events"
    ESTIMATE = "estimate"  # ours, see dose_core.dosimetry
    ACQUISITIONS_ONLY = "acquisitions_only"  # sum over image headers: a lower bound, fluoroscopy not included


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """
    Within which the true value of a total of basis ``estimate`` lies, in its unit; ``methods`` with their versions.

    ``coverage`` and ``source`` are those of ``dose_core.dosimetry.estimate.Interval``.
    """

    low: float
    high: float
    coverage: float | None
    source: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addend:
    """A total that is stated and was added to others, such as that of one plane: its statement and its field there."""

    statement: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """What another source says of the same quantity and part; kept beside the value that was chosen."""

    source: Source
    basis: Basis
    value: float
    statement: str | None = None  # key of the statement that states it; None if it is a sum of ours
    field: str | None = None  # its field there, such as "totals.dlp_mgy_cm"
    addends: tuple[Addend, ...] = ()  # of a sum of stated totals
    estimated: Estimated | None = None  # of the basis ``estimate``


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """
    The value chosen for one quantity and one part of an exam.

    ``value`` is ``None`` where something irradiated and no source tells how much. ``missing`` counts the
    parts of a sum that are unknown: with any, the value is a lower bound. ``of`` names the part, ``None``
    the whole exam.
    """

    quantity: Quantity
    of: str | None = None
    value: float | None
    basis: Basis | None
    source: Source | None
    missing: int = 0
    statement: str | None = None
    field: str | None = None
    addends: tuple[Addend, ...] = ()  # of a sum of stated totals; those of a sum of events are the exam's events
    rivals: tuple[Rival, ...] = ()
    estimated: Estimated | None = None  # of the basis ``estimate``
