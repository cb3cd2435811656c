"""What the methods of CT take from an exam: each event that irradiated, with its DLP, phantom, region and voltages."""

from collections.abc import Iterator, Mapping, Sequence
from math import fsum

from dose_core.dosimetry.ct_effective_dose import Exposure
from dose_core.dosimetry.estimate import Estimate
from dose_core.estimating.case import Case
from dose_core.estimating.value_ids import ct_value_id
from dose_core.ledger.exam import CtExam, ExamEvent
from dose_core.ledger.region import Region
from dose_core.ledger.regions import RegionStated, parts_of
from dose_core.ledger.value_id import ValueId
from dose_core.model import AcquisitionType

# The rows of the tables that hold whole regions; of a scan of less the factor is still that of the row.
_WHOLE: Mapping[frozenset[Region], str] = {
    frozenset((Region.HEAD,)): "head",
    frozenset((Region.NECK,)): "neck",
    frozenset((Region.HEAD, Region.NECK)): "head_and_neck",
    frozenset((Region.CHEST,)): "chest",
    frozenset((Region.CHEST, Region.HEART)): "chest",
    frozenset((Region.HEART,)): "heart",
    frozenset((Region.ABDOMEN, Region.PELVIS)): "abdomen_pelvis",
    frozenset((Region.CHEST, Region.ABDOMEN, Region.PELVIS)): "trunk",
}
_IN_PART: Mapping[frozenset[Region], str] = {
    frozenset((Region.ABDOMEN,)): "abdomen_pelvis",
    frozenset((Region.PELVIS,)): "abdomen_pelvis",
    frozenset((Region.CHEST, Region.ABDOMEN)): "trunk",
}
_PARTS: Mapping[Region, frozenset[Region]] = {
    Region.HEAD_AND_NECK: frozenset((Region.HEAD, Region.NECK)),
    Region.ABDOMEN_AND_PELVIS: frozenset((Region.ABDOMEN, Region.PELVIS)),
    Region.CHEST_ABDOMEN_AND_PELVIS: frozenset((Region.CHEST, Region.ABDOMEN, Region.PELVIS)),
}
# What an event of the exam may have irradiated instead, if it does not say.
_NEIGHBOURS = (("head", "neck", "head_and_neck"), ("chest", "heart", "abdomen_pelvis", "trunk"))
_ROUNDING = 1.01
_OF_EXAM = "the event names no region: the factor is that of the exam's region, the interval spans its neighbours"
_STANDS_STILL = (
    "the table stands still: of scans of 2 cm E/DLP differs up to 30 times with their place (Huda et al., Radiology "
    "2008;248:995-1003, abstract), which the interval does not span"
)
_FROM_IMAGES = "the DLP is an estimate from image headers"


def irradiating(ct: CtExam | None) -> Iterator[tuple[int, ExamEvent]]:
    """Yield the events with their numbers; localisers have no dose-length product by design."""
    for number, event in enumerate(ct.events if ct else ()):
        if event.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE:
            yield number, event


def exposure_of(case: Case, number: int, event: ExamEvent) -> Exposure:
    """Return what the methods need of an event; what is missing stays open."""
    stated = event.event
    regions, caveats = _regions(event, case.exam.region)
    kvs = tuple(source.kv for source in stated.sources if source.kv)
    estimated = event.dlp_estimate if isinstance(event.dlp_estimate, Estimate) else None
    if stated.dlp_mgy_cm is not None:
        estimated = None
    return Exposure(
        dlp_mgy_cm=estimated.value if estimated else stated.dlp_mgy_cm,
        dlp_interval=estimated.interval if estimated else None,
        phantom_mm=stated.phantom_diameter_mm,
        regions=regions,
        kvs=kvs,
        caveats=(
            *caveats,
            *([_FROM_IMAGES] if estimated else []),
            *([_STANDS_STILL] if stated.acquisition_type is AcquisitionType.STATIONARY else []),
        ),
        value_ids=_value_ids(case, number, event, is_estimate=estimated is not None),
    )


def more_than_events(ct: CtExam, exposures: Sequence[Exposure]) -> tuple[str, ...]:
    """Return a caveat if the DLP that counts for the exam is more than its events add up to."""
    in_events = fsum(one.dlp_mgy_cm or 0.0 for one in exposures)
    if ct.dlp_mgy_cm is None or ct.dlp_mgy_cm <= in_events * _ROUNDING:
        return ()
    told = f"the DLP of the exam is {ct.dlp_mgy_cm:g} mGy.cm, the events that are counted here add up to {in_events:g}"
    return (f"{told} mGy.cm: localisers are left out, since no factor fits them",)


def own_row(event: ExamEvent) -> str | None:
    """Return the row of the whole region that an event names itself, ``None`` where it names none or a part of one."""
    return _WHOLE.get(_own(event))


def _regions(event: ExamEvent, of_exam: Region | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = _own(event)
    if own:
        row, caveats = _row(own)
        return (row,), caveats
    if of_exam in {None, Region.SEVERAL}:
        return (), ()
    row, caveats = _row(_PARTS.get(of_exam, frozenset((of_exam,))))
    neighbours = next((family for family in _NEIGHBOURS if row in family), ())
    return (row, *(one for one in neighbours if one != row)), (*caveats, _OF_EXAM)


def _own(event: ExamEvent) -> frozenset[Region]:
    parts = parts_of(RegionStated(target_region=event.event.target_region, body_part=event.event.body_part))
    return parts - {Region.WHOLE_BODY} or parts


def _row(parts: frozenset[Region]) -> tuple[str, tuple[str, ...]]:
    if parts in _IN_PART:
        named = " and ".join(sorted(parts))
        return _IN_PART[parts], (f"the factor is that of a larger region than the {named}",)
    return _WHOLE.get(parts) or " and ".join(sorted(parts)), ()


def _value_ids(case: Case, number: int, event: ExamEvent, *, is_estimate: bool) -> dict[str, str]:
    fields = {"CTDIw phantom": "phantom_diameter_mm"}
    if not is_estimate:
        fields["DLP"] = "dlp_mgy_cm"
    with_kv = [index for index, source in enumerate(event.event.sources) if source.kv]
    fields |= {f"tube voltage {n}": f"sources[{index}].kv" for n, index in enumerate(with_kv, start=1)}
    ids = {name: ct_value_id(case.revision_id, number, event, field) for name, field in fields.items()}
    if is_estimate:
        ids["DLP"] = str(ValueId(holder=case.revision_id, field=f"ct.events[{number}].dlp_estimate"))
    return ids
