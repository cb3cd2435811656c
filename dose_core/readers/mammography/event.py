"""
Read one Irradiation Event X-Ray Data container of a mammography dose report.

Source: PS3.16, TID 10003 (Irradiation Event X-Ray Data), 10003A (detector), 10003B (source), 10003C (mechanical).
"""

from typing import Any, TypedDict

from dose_core.model import MammographyEvent
from dose_core.readers.mammography import codes as mammo
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection.event import read_reference_point
from dose_core.readers.projection.pulses import read_exposure_time, read_pulses
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import is_same, standard_meaning
from dose_core.readers.sr.rows import Row, read_rows
from dose_core.readers.sr.tree import SrNode
from dose_core.units import CM2, COUNT, DEG, KPA, MGY, MM, NEWTON, PERCENT, S

# The single-valued numbers of a mammography event; unit of ours and of the template.
_EVENT_ROWS = (
    # TID 10003. AGD was dGy before CP-1194; without a unit the present one is assumed, with a warning.
    Row("agd_mgy", mammo.AVERAGE_GLANDULAR_DOSE, MGY, MGY),
    Row("entrance_dose_mgy", xray.ENTRANCE_EXPOSURE, MGY, MGY),
    Row("hvl_mm_al", xray.HALF_VALUE_LAYER, MM, MM),
    Row("glandularity_percent", mammo.PERCENT_FIBROGLANDULAR, PERCENT, PERCENT),
    Row("equivalent_thickness_mm", xray.PATIENT_THICKNESS, MM, MM),
    # TID 10003A, 10003B
    Row("exposure_index", xray.EXPOSURE_INDEX, COUNT, COUNT),
    Row("pulse_count", xray.NUMBER_OF_PULSES, COUNT, COUNT),
    Row("duration_s", xray.IRRADIATION_DURATION, S, S),
    Row("focal_spot_mm", xray.FOCAL_SPOT_SIZE, MM, MM),
    # TID 10003C
    Row("primary_angle_deg", xray.PRIMARY_ANGLE, DEG, DEG, may_be_negative=True),
    Row("thickness_mm", mammo.COMPRESSION_THICKNESS, MM, MM),
    Row("force_n", mammo.COMPRESSION_FORCE, NEWTON, NEWTON),
    Row("pressure_kpa", mammo.COMPRESSION_PRESSURE, KPA, KPA),
    Row("contact_area_cm2", mammo.COMPRESSION_AREA, CM2, "mm2"),
    Row("source_to_detector_mm", xray.SOURCE_TO_DETECTOR, MM, MM),
    Row("source_to_reference_point_mm", xray.SOURCE_TO_REFERENCE_POINT, MM, MM),
)
_FILTER_ROWS = (
    Row("filter_min_mm", xray.FILTER_MINIMUM, MM, MM),
    Row("filter_max_mm", xray.FILTER_MAXIMUM, MM, MM),
)


class _Filter(TypedDict):
    filter: str | None
    filter_min_mm: float | None
    filter_max_mm: float | None


def read_event(node: SrNode, field: str) -> MammographyEvent:
    """Return what one irradiation event states; ``field`` names the event in the log."""
    values: dict[str, Any] = read_rows(node, _EVENT_ROWS, field)
    values.update(read_pulses(node, field))
    values.pop("frame_count", None)  # private to interventional devices
    values.update(read_exposure_time(node, field))
    values.update(_filters(node, field))
    view = node.first(xray.IMAGE_VIEW)
    return MammographyEvent(
        **values,
        event_uid=node.uid(codes.EVENT_UID, field=f"{field}.event_uid"),
        started_at=node.moment(codes.DATE_TIME_STARTED, field=f"{field}.started_at"),
        protocol=node.text(codes.ACQUISITION_PROTOCOL, field=f"{field}.protocol"),
        laterality=_laterality(node, f"{field}.laterality"),
        view=view.as_enum(xray.IMAGE_VIEW, mammo.VIEWS, field=f"{field}.view") if view else None,
        view_modifiers=_view_modifiers(view, f"{field}.view_modifiers") if view else (),
        reference_point=read_reference_point(node, f"{field}.reference_point"),
        anode=node.enum(mammo.ANODE_MATERIAL, mammo.MATERIALS, field=f"{field}.anode"),
        grid=_grid(node, f"{field}.grid"),
        is_tomosynthesis=node.enum(xray.EVENT_TYPE, mammo.IS_TOMOSYNTHESIS, field=f"{field}.is_tomosynthesis"),
        comment=node.text(codes.COMMENT, field=f"{field}.comment"),
    )


def side_of(node: SrNode, field: str | None = None) -> str | None:
    """Return the laterality that an item carries as its modifier: L, R or B (both)."""
    return node.enum(xray.LATERALITY, mammo.SIDES, field=field)


def _laterality(node: SrNode, field: str) -> str | None:
    """Return the side: below Anatomical structure, since CP-1676 below Target Region; or the breast itself is coded."""
    regions = [*node.all(xray.ANATOMICAL_STRUCTURE), *node.all(codes.TARGET_REGION)]
    sides = [side for region in regions if (side := side_of(region, field)) is not None]
    if len(set(sides)) > 1:
        node.warn(xray.LATERALITY, f"is stated as {' and '.join(sides)}; none is used")
        return None
    if sides:
        return sides[0]
    for region in regions:
        side = next((side for breast, side in mammo.SIDES if is_same(region.coded_value, breast)), None)
        if side is not None and region.coded_value is not None:
            region.add_origin(field, region.coded_value.value)
            return side
    return None


def _grid(node: SrNode, field: str) -> str | None:
    """Return the grid, a list if several properties of it are stated; a maker's own code in its words."""
    words: list[str] = []
    for one in node.all(xray.XRAY_GRID):
        word = standard_meaning(one.coded_value, mammo.GRIDS)
        if word is not None and one.coded_value is not None:
            one.add_origin(field, one.coded_value.value)
            words.append(word)
    return ", ".join(dict.fromkeys(words)) or None


def _view_modifiers(view: SrNode, field: str) -> tuple[str, ...]:
    meanings: list[str] = []
    for node in view.all(mammo.IMAGE_VIEW_MODIFIER):
        meaning = standard_meaning(node.coded_value, mammo.VIEW_MODIFIERS)
        if meaning is not None and node.coded_value is not None:
            node.add_origin(f"{field}[{len(meanings)}]", node.coded_value.value)
            meanings.append(meaning)
    return tuple(meanings)


def _filters(node: SrNode, field: str) -> _Filter:
    """
    Return the filter of the event.

    Devices that send a filter for each pulse (GE Pristina) repeat one; of several different ones the words are
    joined, and the thickness of neither stands for the event.
    """
    stated = [_filter(container, field) for container in node.all(xray.XRAY_FILTERS)]
    if all(one == stated[0] for one in stated):
        return stated[0] if stated else _Filter(filter=None, filter_min_mm=None, filter_max_mm=None)
    node.warn(xray.XRAY_FILTERS, "several different filters; no thickness is used")
    words = dict.fromkeys(one["filter"] for one in stated if one["filter"])
    return _Filter(filter=" + ".join(words) or None, filter_min_mm=None, filter_max_mm=None)


def _filter(container: SrNode, field: str) -> _Filter:
    if is_same(container.code(xray.FILTER_TYPE), xray.NO_FILTER):
        return _Filter(filter="none", filter_min_mm=None, filter_max_mm=None)
    stated = container.all(xray.FILTER_MATERIAL)
    if len(stated) > 1:
        container.warn(xray.FILTER_MATERIAL, "states several filters in one; the first one is read")
    material = stated[0].as_enum(xray.FILTER_MATERIAL, mammo.MATERIALS, field=f"{field}.filter") if stated else None
    thickness = read_rows(container, _FILTER_ROWS, field)
    return _Filter(
        filter=material,
        filter_min_mm=thickness.get("filter_min_mm"),
        filter_max_mm=thickness.get("filter_max_mm"),
    )
