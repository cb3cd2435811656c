"""
The SSDE of each CT event of an exam.

The size is that measured in the pixels (where the field of view cuts the patient off, the effective diameter, if it is
seen), else the water-equivalent diameter that an object states; never a guess from weight or age. A diameter from a
localiser is told, and makes no estimate, since no uncertainty of it is published.
"""

from collections.abc import Sequence
from uuid import UUID

from dose_core.dosimetry.ct_size.ssde import METHOD_ID, METHOD_VERSION, BodyPart, SizedSlice, estimate_ssde
from dose_core.dosimetry.estimate import NO_PUBLISHED_UNCERTAINTY, Estimate, Input, NotComputable
from dose_core.estimating.case import Case, MeasuredSize, Outcome
from dose_core.estimating.ct_slices import LOCALISER_METHOD
from dose_core.estimating.value_ids import ct_value_id
from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.region import Region
from dose_core.ledger.regions import RegionStated, region_of
from dose_core.model import AcquisitionType

QUANTITY = "ssde_mgy"
# Where the size stands among the inputs, and what opens the images in which it was measured.
SIZE_INPUT = "water-equivalent diameter"
EFFECTIVE_SIZE_INPUT = "effective diameter"
SERIES_INPUT = "size measured in series"
SLICE_INPUT = "its middle slice"
_BODY_PHANTOM_MM = 320

_TRUNK = frozenset(
    (
        Region.CHEST,
        Region.HEART,
        Region.BREAST,
        Region.ABDOMEN,
        Region.PELVIS,
        Region.ABDOMEN_AND_PELVIS,
        Region.CHEST_ABDOMEN_AND_PELVIS,
    )
)
_PARTLY_TRUNK = frozenset((Region.SPINE, Region.WHOLE_BODY, Region.SEVERAL, None))  # a spine may be that of the neck
_HEAD = frozenset((Region.HEAD, Region.HEAD_AND_NECK))
_NOT_ONLY_TRUNK = "the region is not known to be the trunk, for which the factors were made"
_ONE_CTDI = "CTDIvol is the mean of the scan at each position"
# Ours: half the smallest and twice the largest size of AAPM Report 204. What lies beyond stands in another unit.
_PLAUSIBLE_MM = (40.0, 900.0)
_IMPLAUSIBLE = NotComputable(
    missing=("size of the patient",), reason="the water-equivalent diameter that an object states is that of no patient"
)
_NO_SIZE = NotComputable(
    missing=("size of the patient",),
    reason="no image of the scan was measured, and no object states a water-equivalent diameter",
)


class Ssde:
    """See ``dose_core.estimating.method.Method``."""

    id = METHOD_ID
    version = METHOD_VERSION
    is_effective_dose = False

    def outcomes(self, case: Case) -> Sequence[Outcome]:
        """Return the SSDE of each CT event but localisers, which have none."""
        events = case.exam.ct.events if case.exam.ct else ()
        return tuple(
            Outcome(quantity=QUANTITY, result=_of_event(case, number, event), event_uid=event.event_uid)
            for number, event in enumerate(events)
            if event.event.acquisition_type is not AcquisitionType.CONSTANT_ANGLE
        )


def _of_event(case: Case, number: int, event: ExamEvent) -> Estimate | NotComputable:
    stated = event.event
    if stated.acquisition_type is AcquisitionType.STATIONARY:
        return NotComputable(
            missing=("a table that moves",), reason="one place is scanned again and again, and CTDIvol is no dose there"
        )
    part, caveats = _part_of(case, event)
    if isinstance(part, NotComputable):
        return part
    sized = _sized(case, number, event)
    if isinstance(sized, NotComputable):
        return sized
    slices, inputs, more = sized
    return estimate_ssde(
        slices,
        part=part,
        phantom_diameter_mm=stated.phantom_diameter_mm,
        inputs=(
            *inputs,
            *_input(case.revision_id, number, event, "phantom_diameter_mm", "CTDIw phantom", "mm"),
            Input(name="body part", value=str(part)),
        ),
        caveats=(*caveats, *more),
    )


def _part_of(case: Case, event: ExamEvent) -> tuple[BodyPart | NotComputable, tuple[str, ...]]:
    """Return for which part of the body factors are wanted: that of the event, else of the exam."""
    stated = RegionStated(target_region=event.event.target_region, body_part=event.event.body_part)
    region = region_of((stated,)) or case.exam.region
    if region in _TRUNK:
        return BodyPart.TRUNK, ()
    if region in _HEAD:
        return BodyPart.HEAD, ()
    if region in _PARTLY_TRUNK and event.event.phantom_diameter_mm == _BODY_PHANTOM_MM:
        return BodyPart.TRUNK, (_NOT_ONLY_TRUNK,)
    if region in _PARTLY_TRUNK:
        reason = "with the phantom of 16 cm a head and a child's body have different factors"
        return NotComputable(missing=("region",), reason=reason), ()
    return NotComputable(missing=(f"factors for the {region}",), reason="AAPM Report 204 holds for trunks alone"), ()


def _sized(
    case: Case, number: int, event: ExamEvent
) -> tuple[list[SizedSlice], tuple[Input, ...], tuple[str, ...]] | NotComputable:
    """Return the sizes with the CTDIvol of each, what they come from, and what is to be said of them."""
    mean_mgy = event.event.ctdi_vol_mgy
    ctdi_input = _input(case.revision_id, number, event, "ctdi_vol_mgy", "CTDIvol", "mGy")
    of_event = [one for one in case.sizes or () if isinstance(one, MeasuredSize) and one.event_uid == event.event_uid]
    measured = next((one for one in of_event if one.method != LOCALISER_METHOD), None)
    if measured is not None and (diameters_mm := measured.dw_mm or measured.effective_mm):
        of_slices = [mgy for mgy in measured.ctdi_vol_mgy if mgy]
        is_stated = len(of_slices) == len(diameters_mm)
        doses = of_slices if is_stated else [mean_mgy or 0.0] * len(diameters_mm)
        slices = [
            SizedSlice(diameter_mm=diameter_mm, ctdi_vol_mgy=mgy, z_mm=z_mm)
            for diameter_mm, mgy, z_mm in zip(diameters_mm, doses, measured.z_mm, strict=True)
        ]
        if is_stated:
            ctdi_input = (Input(name="mean CTDIvol of the slices", value=sum(doses) / len(doses), unit="mGy"),)
        return (
            slices,
            (*_measured(measured), *ctdi_input),
            measured.caveats if is_stated else (*measured.caveats, _ONE_CTDI),
        )
    if event.event.dw_mm:
        if not _PLAUSIBLE_MM[0] <= event.event.dw_mm <= _PLAUSIBLE_MM[1]:
            return _IMPLAUSIBLE
        size_input = _input(case.revision_id, number, event, "dw_mm", f"{SIZE_INPUT} as stated", "mm")
        one = SizedSlice(diameter_mm=event.event.dw_mm, ctdi_vol_mgy=mean_mgy or 0.0)
        return [one], (*size_input, *ctdi_input), ("one size stands for the whole scan",)
    return _refusal(case, of_event)


def _refusal(case: Case, of_event: Sequence[MeasuredSize]) -> NotComputable:
    """Return why there is no size to estimate with; one from a localiser is told with what it lacks."""
    for size in of_event:
        if size.method == LOCALISER_METHOD and size.dw_mm:
            told = f"the localiser shows a water-equivalent diameter of {sum(size.dw_mm) / len(size.dw_mm):.0f} mm"
            return NotComputable(
                missing=(f"published uncertainty of diameters from localisers ({told})",),
                reason=NO_PUBLISHED_UNCERTAINTY,
            )
    reasons = dict.fromkeys(one.reason for one in case.sizes or () if isinstance(one, NotComputable))
    return NotComputable(missing=_NO_SIZE.missing, reason="; ".join(reasons)) if reasons else _NO_SIZE


def _measured(size: MeasuredSize) -> tuple[Input, ...]:
    name, diameters_mm = (SIZE_INPUT, size.dw_mm) if size.dw_mm else (EFFECTIVE_SIZE_INPUT, size.effective_mm)
    return (
        Input(
            name=f"{name}, mean of {len(diameters_mm)} {size.method}",
            value=sum(diameters_mm) / len(diameters_mm),
            unit="mm",
        ),
        Input(name=SERIES_INPUT, value=size.series_instance_uid),
        Input(name=SLICE_INPUT, value=size.sop_instance_uid),
    )


def _input(revision_id: UUID, number: int, event: ExamEvent, field: str, name: str, unit: str) -> tuple[Input, ...]:
    """Return a number of the event as an input, none if it is not stated."""
    value = getattr(event.event, field)
    if value is None:
        return ()
    return (Input(name=name, value=value, unit=unit, value_id=ct_value_id(revision_id, number, event, field)),)
