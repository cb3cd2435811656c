"""
Read one Irradiation Event X-Ray Data container of a mammography dose report.

Source: PS3.16, TID 10003 (Irradiation Event X-Ray Data), 10003A (detector), 10003B (source), 10003C (mechanical).
"""

from statistics import fmean
from typing import NamedTuple, TypedDict

from dose_core.model import Code, MammographyEvent
from dose_core.readers import codes
from dose_core.readers import codes_mammography as mammo
from dose_core.readers.codes import Concept, is_same, standard_meaning
from dose_core.readers.sr_tree import SrNode
from dose_core.units import CM2, COUNT, DEG, KPA, KV, MA, MAS, MGY, MM, MS, NEWTON, PERCENT, RATIO, S


class _Row(NamedTuple):
    """A field, the concept that states it, its unit."""

    field: str
    concept: Concept
    unit: str


# Quantities that one event states once.
_ONCE = (
    # TID 10003
    _Row("agd_mgy", mammo.AVERAGE_GLANDULAR_DOSE, MGY),
    _Row("entrance_dose_mgy", mammo.ENTRANCE_EXPOSURE, MGY),
    _Row("hvl_mm_al", mammo.HALF_VALUE_LAYER, MM),
    _Row("glandularity_percent", mammo.PERCENT_FIBROGLANDULAR, PERCENT),
    _Row("equivalent_thickness_mm", mammo.PATIENT_EQUIVALENT_THICKNESS, MM),
    # TID 10003A, 10003B
    _Row("exposure_index", mammo.EXPOSURE_INDEX, RATIO),
    _Row("pulse_count", mammo.NUMBER_OF_PULSES, COUNT),
    _Row("duration_s", mammo.IRRADIATION_DURATION, S),
    _Row("focal_spot_mm", mammo.FOCAL_SPOT_SIZE, MM),
    # TID 10003C
    _Row("thickness_mm", mammo.COMPRESSION_THICKNESS, MM),
    _Row("force_n", mammo.COMPRESSION_FORCE, NEWTON),
    _Row("pressure_kpa", mammo.COMPRESSION_PRESSURE, KPA),
    _Row("contact_area_cm2", mammo.COMPRESSION_AREA, CM2),
    _Row("source_to_detector_mm", mammo.SOURCE_TO_DETECTOR, MM),
    _Row("source_to_reference_point_mm", mammo.SOURCE_TO_REFERENCE_POINT, MM),
)


class _PulseRow(NamedTuple):
    """A field, the field of its values per pulse, the concept, the unit."""

    field: str
    list_field: str
    concept: Concept
    unit: str


# Quantities that TID 10003B lets stand once for the event or once for each pulse.
_PER_PULSE = (
    _PulseRow("kv", "kv_per_pulse", codes.KVP, KV),
    _PulseRow("ma", "ma_per_pulse", codes.TUBE_CURRENT, MA),
    _PulseRow("mas", "mas_per_pulse", mammo.EXPOSURE, MAS),
    _PulseRow("pulse_width_ms", "pulse_widths_ms", mammo.PULSE_WIDTH, MS),
)


class _Filter(TypedDict):
    filter: str | None
    filter_min_mm: float | None
    filter_max_mm: float | None


def read_event(node: SrNode, field: str) -> MammographyEvent:
    """Return what one irradiation event states; ``field`` names the event in the log."""
    view = node.first(mammo.IMAGE_VIEW)
    numbers: dict[str, float | None] = {
        row.field: node.number(row.concept, unit=row.unit, field=f"{field}.{row.field}") for row in _ONCE
    }
    return MammographyEvent(
        **numbers,  # type: ignore[arg-type]  # the rows name fields that are float | None
        **_pulses(node, field),  # type: ignore[arg-type]  # the rows name a plain field and a list of it
        **_filters(node, field),
        event_uid=node.uid(codes.EVENT_UID, field=f"{field}.event_uid"),
        started_at=node.moment(codes.DATE_TIME_STARTED, field=f"{field}.started_at"),
        protocol=node.text(codes.ACQUISITION_PROTOCOL, field=f"{field}.protocol"),
        laterality=_laterality(node, f"{field}.laterality"),
        view=view.as_enum(mammo.IMAGE_VIEW, mammo.VIEWS, field=f"{field}.view") if view else None,
        view_modifiers=_view_modifiers(view, f"{field}.view_modifiers") if view else (),
        reference_point=_reference_point(node, f"{field}.reference_point"),
        exposure_time_s=_exposure_time_s(node, f"{field}.exposure_time_s"),
        anode=node.enum(mammo.ANODE_MATERIAL, mammo.MATERIALS, field=f"{field}.anode"),
        grid=_grid(node, f"{field}.grid"),
        is_tomosynthesis=node.enum(mammo.EVENT_TYPE, mammo.IS_TOMOSYNTHESIS, field=f"{field}.is_tomosynthesis"),
        primary_angle_deg=node.number(
            mammo.PRIMARY_ANGLE, unit=DEG, field=f"{field}.primary_angle_deg", may_be_negative=True
        ),
        comment=node.text(codes.COMMENT, field=f"{field}.comment"),
    )


def side_of(node: SrNode, field: str | None = None) -> str | None:
    """Return the laterality that an item carries as its modifier: L, R or B (both)."""
    return node.enum(mammo.LATERALITY, mammo.SIDES, field=field)


def _laterality(node: SrNode, field: str) -> str | None:
    """Return the side: below Anatomical structure, since CP-1676 below Target Region; or the breast itself is coded."""
    regions = [*node.all(mammo.ANATOMICAL_STRUCTURE), *node.all(codes.TARGET_REGION)]
    for region in regions:
        side = side_of(region, field)
        if side is not None:
            return side
    for region in regions:
        side = next((side for breast, side in mammo.SIDES if is_same(region.coded_value, breast)), None)
        if side is not None and region.coded_value is not None:
            region.add_origin(field, region.coded_value.value)
            return side
    return None


def _view_modifiers(view: SrNode, field: str) -> tuple[str, ...]:
    meanings: list[str] = []
    for node in view.all(mammo.IMAGE_VIEW_MODIFIER):
        meaning = standard_meaning(node.coded_value, mammo.VIEW_MODIFIERS)
        if meaning is not None and node.coded_value is not None:
            node.add_origin(f"{field}[{len(meanings)}]", node.coded_value.value)
            meanings.append(meaning)
    return tuple(meanings)


def _reference_point(node: SrNode, field: str) -> Code | str | None:
    """Return the point that the entrance dose stands for: a code of CID 10025, or a text."""
    stated = node.first(mammo.REFERENCE_POINT)
    point = (stated.coded_value or stated.text_value) if stated else None
    if stated and point:
        stated.add_origin(field, point if isinstance(point, str) else point.value)
    return point


def _grid(node: SrNode, field: str) -> str | None:
    return standard_meaning(node.code(mammo.XRAY_GRID, field=field), mammo.GRIDS)


def _pulses(node: SrNode, field: str) -> dict[str, float | tuple[float, ...] | None]:
    """Return each quantity as one value and, where it is stated per pulse, as the list too."""
    fields: dict[str, float | tuple[float, ...] | None] = {}
    for row in _PER_PULSE:
        values = node.numbers(row.concept, unit=row.unit, field=f"{field}.{row.field}")
        if len(values) > 1:
            fields[row.list_field] = values
            node.warn(row.concept, f"is stated for {len(values)} pulses; {row.field} is the mean of those above zero")
        fields[row.field] = _mean(values)
    return fields


def _mean(values: tuple[float, ...]) -> float | None:
    """Return the mean without zeros, which some devices send as a pulse before the first; of zeros, zero."""
    above_zero = tuple(value for value in values if value)
    if not above_zero:
        return 0.0 if values else None
    return fmean(above_zero)


def _exposure_time_s(node: SrNode, field: str) -> float | None:
    """Return the exposure time of the event by its present or its retired code; of parts, no total is made."""
    for concept in (codes.EXPOSURE_TIME, codes.EXPOSURE_TIME_RETIRED):
        values = node.numbers(concept, unit=S, field=field)
        if len(values) > 1:
            node.warn(concept, f"is stated for {len(values)} pulses, not for the event; not used")
            return None
        if values:
            return values[0]
    return None


def _filters(node: SrNode, field: str) -> _Filter:
    """
    Return the filter of the event.

    Devices that send a filter for each pulse repeat one; of several different ones the words are joined, and
    the thickness of neither stands for the event.
    """
    containers = list(node.all(mammo.XRAY_FILTERS))
    stated = [
        (
            container.enum(mammo.FILTER_MATERIAL, mammo.MATERIALS, field=f"{field}.filter"),
            container.number(mammo.FILTER_MINIMUM, unit=MM, field=f"{field}.filter_min_mm"),
            container.number(mammo.FILTER_MAXIMUM, unit=MM, field=f"{field}.filter_max_mm"),
        )
        for container in containers
    ]
    different = list(dict.fromkeys(stated))
    if len(different) > 1:
        containers[0].warn(mammo.XRAY_FILTERS, f"{len(different)} different filters; no thickness is used")
        words = dict.fromkeys(material for material, _, _ in different if material)
        return _Filter(filter=" + ".join(words) or None, filter_min_mm=None, filter_max_mm=None)
    material, minimum, maximum = different[0] if different else (None, None, None)
    return _Filter(filter=material, filter_min_mm=minimum, filter_max_mm=maximum)
