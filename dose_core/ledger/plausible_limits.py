"""
Limits beyond which a value is nothing that happened to a patient: as a rule it stands in another unit.

They are wide on purpose. What is high and true belongs to alerts and reference levels, and passes here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a plausible value of one sort is at least and at most; zero always passes, it is how devices round."""

    what: str
    least: float
    most: float
    unit: str


# AAPM CT Dose Check Guidelines (2011) and the FDA: alert value of 1 Gy, for one place and a whole exam.
CTDI_VOL = Limit(what="CTDIvol", least=0.0, most=1_000.0, unit="mGy")
# The alert value over one metre of the body.
DLP = Limit(what="DLP", least=0.0, most=100_000.0, unit="mGy.cm")

# Twice the 15 Gy (1500 rad) to a single field that the Joint Commission reviews as a sentinel event (2005); physicists
# told of real cases beyond 18 Gy (AAPM 2014, MO-F-19A-4).
KA_R = Limit(what="air kerma at the reference point", least=0.0, most=30_000.0, unit="mGy")
# Twenty times the significant level of SIR and CIRSE (Stecker et al., J Vasc Interv Radiol 20 (2009) S263): 500 Gy.cm2.
DAP = Limit(what="dose-area product", least=0.0, most=10_000.0, unit="Gy.cm2")
# 25 times the highest national reference level of a single view: 3.9 Gy.cm2, lumbar spine lateral (France, 2019).
RADIOGRAPHY_DAP = Limit(what="dose-area product of radiographs", least=0.0, most=100.0, unit="Gy.cm2")
# Ten times the follow-up level of SIR and CIRSE (2009): 60 minutes. Some devices count in 10 ms.
FLUORO_TIME = Limit(what="fluoroscopy time", least=0.0, most=36_000.0, unit="s")

# Ten times what a standard breast may get from one exposure (21 CFR 900.12(e)(5)(vi): 3.0 mGy), and a tenth of what
# 2 cm of PMMA get from a good device (European guidelines for quality assurance in breast cancer screening, 4th
# edition, 2006: 0.6 mGy). Glandular doses were once stated in dGy.
AGD = Limit(what="average glandular dose", least=0.05, most=30.0, unit="mGy")

# Breath tests take 0.1 MBq, therapies less than 100 GBq: a dose in Bq or GBq read as MBq lies outside.
ACTIVITY = Limit(what="administered activity", least=0.01, most=100_000.0, unit="MBq")

# Tubes give 70 to 150 kV in CT, 40 to 150 kV in radiography and 20 to 49 kV in mammography; V or MV lie far outside.
CT_KV = Limit(what="tube voltage of CT", least=50.0, most=160.0, unit="kV")
PROJECTION_KV = Limit(what="tube voltage", least=15.0, most=160.0, unit="kV")
MAMMOGRAPHY_KV = Limit(what="tube voltage of mammography", least=15.0, most=60.0, unit="kV")

# Modality (0008,0060) of exams without fluoroscopy: CR, DX, panoramic, intra-oral, film digitised.
_RADIOGRAPHY = frozenset(("CR", "DX", "PX", "IO", "RG"))

_LIMITS_OF_TOTALS = {
    Quantity.DLP: DLP,
    Quantity.DAP: DAP,
    Quantity.KA_R: KA_R,
    Quantity.FLUORO_TIME: FLUORO_TIME,
}


def implausible(exam: Exam) -> tuple[int, str]:
    """Return how many values of an exam lie outside of their limits, and say which sorts, with an example of each."""
    outside = [(limit, [value for value in values if not _fits(value, limit)]) for limit, values in _limited(exam)]
    texts = [
        f"{len(values)} x {limit.what}, such as {_furthest(values, limit):g} {limit.unit} "
        f"where {limit.least:g} to {limit.most:g} {limit.unit} can be"
        for limit, values in outside
        if values
    ]
    return sum(len(values) for _, values in outside), "; ".join(texts)


def _limited(exam: Exam) -> Iterable[tuple[Limit, Sequence[float]]]:
    """Yield the values of an exam with their limits: what events state, and the totals."""
    ct_events = [one.event for one in (exam.ct.events if exam.ct else ())]
    projection = [one.event for one in exam.projection]
    mammography = [one.event for one in exam.mammography]
    is_radiography = bool(exam.modalities) and _RADIOGRAPHY.issuperset(exam.modalities)
    dap = RADIOGRAPHY_DAP if is_radiography else DAP
    yield CTDI_VOL, _stated(event.ctdi_vol_mgy for event in ct_events)
    yield CT_KV, _stated(source.kv for event in ct_events for source in event.sources)
    yield PROJECTION_KV, _stated(event.kv for event in projection)
    yield MAMMOGRAPHY_KV, _stated(event.kv for event in mammography)
    yield AGD, _stated(event.agd_mgy for event in mammography)
    yield ACTIVITY, _stated(one.event.administered_activity_mbq for one in exam.nuclear)
    for quantity, limit in _LIMITS_OF_TOTALS.items():
        totals = _stated(total.value for total in exam.totals if total.quantity is quantity)
        yield (dap if limit is DAP else limit), totals


def _stated(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _fits(value: float, limit: Limit) -> bool:
    return value == 0 or limit.least <= value <= limit.most


def _furthest(values: Sequence[float], limit: Limit) -> float:
    return max(values) if max(values) > limit.most else min(values)
