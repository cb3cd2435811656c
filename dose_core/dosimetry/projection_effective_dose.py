"""
Effective dose of a projection exam: dose-area product times a factor of procedure, age and added copper.

A factor holds for a procedure with its usual projections and beam qualities. Only those whose publication was read are
used (``factors/dap_to_effective_dose.csv``); any other exam is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isclose, isfinite

from dose_core.dosimetry.age_groups import age_group
from dose_core.dosimetry.estimate import Estimate, Input, Interval, NotComputable
from dose_core.dosimetry.factors import rows

METHOD_ID = "projection-effective-dose-from-dap"
METHOD_VERSION = "1"
_TABLE = "dap_to_effective_dose"
_RELATIVE = 0.4
_INTERVAL_SOURCE = (
    "Martin CJ, Br J Radiol 2007;80:639-647 doi:10.1259/bjr/25922439, abstract: about +-40 % for a reference patient"
)
_SAME_COPPER_MM = 0.005  # half a unit of the last digit that devices write
_CAVEATS = ("for a reference person, not for this patient", "the usual projections of the procedure are presumed")


class Procedure(StrEnum):
    """What a factor was published for."""

    CARDIAC = "cardiac"
    LOWER_LIMBS = "lower limbs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """
    One irradiation event. ``copper_mm`` is 0 where filters are stated and none is of copper, ``None`` if unknown.

    ``is_acquisition`` tells cine and exposures from fluoroscopy, ``is_under_couch`` that the tube was below the
    patient; ``None`` if that is unknown.
    """

    dap_gy_cm2: float | None
    copper_mm: float | None
    is_acquisition: bool
    is_under_couch: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Factor:
    value: float
    words: str
    row: Mapping[str, str]


def effective_dose(
    procedure: Procedure,
    *,
    dap_gy_cm2: float | None,
    beams: Sequence[Beam],
    age_years: float | None,
    dap_value_id: str | None = None,
) -> Estimate | NotComputable:
    """
    Return the effective dose in mSv of an exam with this dose-area product, all of it, fluoroscopy included.

    Cardiac of adults: by the copper of each event, weighted with its dose-area product; where that of an event has no
    factor, by the copper of all cine runs; else the mean of many studies. Cardiac of children: by age. Lower limbs of
    adults: without copper, the tube below the patient.
    """
    if dap_gy_cm2 is None or not dap_gy_cm2 > 0 or not isfinite(dap_gy_cm2):
        return NotComputable(missing=("dose-area product of the whole exam",), reason="none above 0 is known")
    group = age_group(age_years)
    if group is None:
        return NotComputable(missing=("age at the exam",), reason="the factors are those of ages from one year")
    factor = _factor(procedure, beams, group)
    if factor is None:
        return _refused(procedure, group)
    value = dap_gy_cm2 * factor.value
    weights = factor.row["tissue_weights"]
    return Estimate(
        value=value,
        unit="mSv",
        interval=Interval(
            low=value * (1 - _RELATIVE), high=value * (1 + _RELATIVE), coverage=None, source=_INTERVAL_SOURCE
        ),
        method_id=METHOD_ID,
        method_version=METHOD_VERSION,
        inputs=(
            Input(name="dose-area product", value=dap_gy_cm2, unit="Gy.cm2", value_id=dap_value_id),
            Input(name="factor of", value=factor.words),
            Input(name="tissue weights", value=weights),
            Input(name="factor", value=factor.value, unit="mSv/(Gy.cm2)"),
        ),
        source=factor.row["source"],
        caveats=(*_CAVEATS, *(("tissue weights of 1990 (ICRP 60)",) if weights == "ICRP60" else ())),
    )


def _factor(procedure: Procedure, beams: Sequence[Beam], group: str) -> _Factor | None:
    if procedure is Procedure.LOWER_LIMBS:
        return _of_limbs(beams) if group == "adult" else None
    (row,) = (one for one in _rows(procedure, "exam") if one["age_group"] == group)
    if group != "adult":
        return _Factor(value=float(row["msv_per_gy_cm2"]), words=f"cardiac, {group} years", row=row)
    reviewed = _Factor(value=float(row["msv_per_gy_cm2"]), words="cardiac, mean of many studies", row=row)
    return _by_event(beams) or _by_cine(beams) or reviewed


def _by_event(beams: Sequence[Beam]) -> _Factor | None:
    """Return the mean factor over the events, weighted with their dose-area products, if each has both."""
    weighted, total, row = 0.0, 0.0, None
    for beam in beams:
        row = _of_copper(_rows(Procedure.CARDIAC, "event"), beam.copper_mm)
        if row is None or beam.dap_gy_cm2 is None or not beam.dap_gy_cm2 >= 0:
            return None
        weighted += beam.dap_gy_cm2 * float(row["msv_per_gy_cm2"])
        total += beam.dap_gy_cm2
    if row is None or not 0 < total < float("inf"):
        return None
    return _Factor(value=weighted / total, words="cardiac, by the copper of each event", row=row)


def _by_cine(beams: Sequence[Beam]) -> _Factor | None:
    found = {id(row): row for row in (_of_cine(beam) for beam in beams if beam.is_acquisition)}
    if len(found) != 1:
        return None
    (row,) = found.values()
    if row is None:
        return None
    return _Factor(
        value=float(row["msv_per_gy_cm2"]), words=f"cardiac, cine runs with {row['copper_mm']} mm Cu", row=row
    )


def _of_cine(beam: Beam) -> Mapping[str, str] | None:
    return _of_copper(_rows(Procedure.CARDIAC, "cine"), beam.copper_mm)


def _of_limbs(beams: Sequence[Beam]) -> _Factor | None:
    (row,) = _rows(Procedure.LOWER_LIMBS, "exam")
    is_as_published = all(beam.is_under_couch and _of_copper((row,), beam.copper_mm) for beam in beams)
    if not beams or not is_as_published:
        return None
    return _Factor(value=float(row["msv_per_gy_cm2"]), words="lower limbs, under couch, no copper", row=row)


def _rows(procedure: Procedure, by: str) -> tuple[Mapping[str, str], ...]:
    return tuple(row for row in rows(_TABLE) if (row["procedure"], row["by"]) == (procedure, by))


def _of_copper(among: Sequence[Mapping[str, str]], copper_mm: float | None) -> Mapping[str, str] | None:
    if copper_mm is None:
        return None
    return next(
        (row for row in among if isclose(float(row["copper_mm"]), copper_mm, abs_tol=_SAME_COPPER_MM)),
        None,
    )


def _refused(procedure: Procedure, group: str) -> NotComputable:
    if group != "adult":
        return NotComputable(
            missing=(f"a factor for {procedure} at this age",), reason="none was found that could be read"
        )
    return NotComputable(
        missing=("a factor for the filters that were used",),
        reason="the factor is that of an under-couch tube without added copper",
    )
