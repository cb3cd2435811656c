"""
Read one Irradiation Event X-Ray Data container of a projection report.

Source: PS3.16, TID 10003 (Irradiation Event X-Ray Data), TID 10003A (Detector), 10003B (Source), 10003C (Mechanical).
"""

from typing import Any

from dose_core.model import Code, Filter, Plane, ProjectionEvent, Shutters
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection import vendors
from dose_core.readers.projection.pulses import read_exposure_time, read_pulses
from dose_core.readers.projection.rows import BEAM_ROWS, DETECTOR_ROWS, EVENT_ROWS, FILTER_ROWS, SHUTTER_ROWS
from dose_core.readers.projection.siemens_comment import read_scene
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import Concept, is_same, standard_meaning
from dose_core.readers.sr.rows import read_rows
from dose_core.readers.sr.tree import SrNode


def read_event(node: SrNode, field: str, *, position_of_report: tuple[SrNode, str] | None = None) -> ProjectionEvent:
    """
    Return what one event states; ``field`` names it in the log.

    ``position_of_report`` is the Patient Position that Siemens states once for all events, with its item.
    """
    values: dict[str, Any] = read_rows(node, EVENT_ROWS, field)
    values.update(read_pulses(node, field))
    values.update(read_exposure_time(node, field))
    _count_frames_as_pulses(node, values, field)
    values.update(_geometry_of_philips(node, field))
    values.update(_patient(node, field))
    if position_of_report is not None and values["patient_position"] is None:
        item, values["patient_position"] = position_of_report
        item.add_origin(f"{field}.patient_position", f"Position={values['patient_position']}")
    values.update(_anatomy(node, field))
    comment = node.first(codes.COMMENT)
    if comment is not None and comment.text_value is not None:
        values["comment"] = comment.text_value
        comment.add_origin(f"{field}.comment", comment.text_value)
        read_scene(comment, comment.text_value, values, field)
    return ProjectionEvent(
        event_uid=node.uid(codes.EVENT_UID, field=f"{field}.event_uid"),
        started_at=node.moment(codes.DATE_TIME_STARTED, field=f"{field}.started_at"),
        plane=read_plane(node, f"{field}.plane"),
        event_type=node.enum(xray.EVENT_TYPE, xray.EVENT_TYPES, field=f"{field}.event_type"),
        protocol=node.text(codes.ACQUISITION_PROTOCOL, field=f"{field}.protocol"),
        reference_point=read_reference_point(node, f"{field}.reference_point"),
        fluoro_mode=node.enum(xray.FLUORO_MODE, xray.FLUORO_MODES, field=f"{field}.fluoro_mode"),
        application=node.text(vendors.PHILIPS_APPLICATION, field=f"{field}.application"),
        fluoro_flavour=node.text(vendors.PHILIPS_FLUORO_FLAVOUR, field=f"{field}.fluoro_flavour"),
        grid=_grid(node, f"{field}.grid"),
        filters=tuple(
            _filter(one, f"{field}.filters[{index}]") for index, one in enumerate(node.all(xray.XRAY_FILTERS))
        ),
        exposure_index_scale="iec" if values.get("exposure_index") is not None else None,  # TID 10003A: IEC 62494-1
        **values,
    )


def containers(root: SrNode, concept: Concept) -> tuple[SrNode, ...]:
    """
    Return the containers of totals or of events, in order.

    They stand directly below the root; where none does, those that stand deeper are read, and that is noted.
    """
    found = tuple(root.all(concept)) or tuple(root.below(concept))
    if found and found[0].path.count(".") > root.path.count(".") + 1:
        found[0].warn(concept, "stands deeper in the report than the template has it")
    return found


def _count_frames_as_pulses(node: SrNode, values: dict[str, Any], field: str) -> None:
    """Take the private Number of Frames of Philips where Number of Pulses is absent: one pulse makes one frame."""
    frames = node.first(vendors.PHILIPS_FRAMES)
    if frames is not None and values.get("pulse_count") is None and values.get("frame_count") is not None:
        values["pulse_count"] = float(values["frame_count"])
        frames.warn(xray.NUMBER_OF_PULSES, "is not stated; the number of frames stands for it")
        frames.add_origin(f"{field}.pulse_count", frames.text_value or "")


def read_plane(node: SrNode, field: str) -> Plane | None:
    """Return the plane of an event or of a total."""
    return node.enum(xray.ACQUISITION_PLANE, xray.PLANES, field=field)


def read_reference_point(node: SrNode, field: str) -> Code | str | None:
    """Return where the air kerma is stated for: a code of CID 10025, or the words of the device."""
    stated = node.first(xray.REFERENCE_POINT)
    if stated is None:
        return None
    point = stated.coded_value or stated.text_value
    if point is not None:
        stated.add_origin(field, point if isinstance(point, str) else point.value)
    return point


def _anatomy(node: SrNode, field: str) -> dict[str, Any]:
    """Return region, structure, side and view; the side is a child of the structure, since CP-1676 of the region."""
    values: dict[str, Any] = {}
    for name, concept in (("target_region", codes.TARGET_REGION), ("anatomy", xray.ANATOMICAL_STRUCTURE)):
        place = node.first(concept)
        if place is None:
            continue
        values[name] = place.coded_value
        if place.coded_value is not None:
            place.add_origin(f"{field}.{name}", place.coded_value.value)
        if values.get("laterality") is None:
            values["laterality"] = place.enum(xray.LATERALITY, xray.SIDES, field=f"{field}.laterality")
    if values.get("laterality") is None:
        values["laterality"] = node.enum(xray.LATERALITY, xray.SIDES, field=f"{field}.laterality")
    values["view"] = standard_meaning(node.code(xray.IMAGE_VIEW, field=f"{field}.view"), ())
    return values


def _patient(node: SrNode, field: str) -> dict[str, Any]:
    """
    Return how the patient lay, and the Patient Position (PS3.3, C.7.3.1.1.2) if all three parts of it are stated.

    The modifier is a child of the orientation; with Toshiba it is its sibling.
    """
    oriented = node.first(xray.PATIENT_ORIENTATION)
    orientation = oriented.coded_value if oriented else None
    relationship = node.code(xray.PATIENT_TABLE_RELATIONSHIP, field=f"{field}.patient_table_relationship")
    into = f"{field}.patient_orientation"
    if oriented is not None and orientation is not None:
        oriented.add_origin(into, orientation.value)
    modifier = oriented.code(xray.PATIENT_ORIENTATION_MODIFIER, field=f"{into}_modifier") if oriented else None
    if modifier is None:
        modifier = node.code(xray.PATIENT_ORIENTATION_MODIFIER, field=f"{into}_modifier")
    first = _letters(relationship, xray.FIRST_INTO_THE_GANTRY)
    lying = _letters(modifier, xray.MODIFIERS)
    is_known = is_same(orientation, xray.RECUMBENT) and first and lying
    return {
        "patient_orientation": orientation,
        "patient_orientation_modifier": modifier,
        "patient_table_relationship": relationship,
        "patient_position": f"{first}{lying}" if is_known else None,
    }


def _letters(stated: Code | None, table: tuple[tuple[Concept, str], ...]) -> str | None:
    return next((letters for concept, letters in table if is_same(stated, concept)), None)


def _grid(node: SrNode, field: str) -> str | None:
    """Return the grid, a list if several properties of it are stated."""
    stated = [one.as_enum(xray.XRAY_GRID, xray.GRIDS, field=field) for one in node.all(xray.XRAY_GRID)]
    return ", ".join(grid for grid in stated if grid) or None


def _filter(node: SrNode, field: str) -> Filter:
    kind = node.code(xray.FILTER_TYPE)
    if is_same(kind, xray.NO_FILTER):
        return Filter(material="none")
    stated = node.all(xray.FILTER_MATERIAL)
    if len(stated) > 1:
        node.warn(xray.FILTER_MATERIAL, "states several filters in one; the first one is read")
    material = (
        stated[0].as_enum(xray.FILTER_MATERIAL, xray.FILTER_MATERIALS, field=f"{field}.material") if stated else None
    )
    values: dict[str, Any] = read_rows(node, FILTER_ROWS, field)
    return Filter(material=material, **values)


def _geometry_of_philips(node: SrNode, field: str) -> dict[str, Any]:
    """Return shutters, beam position and detector field, each in a container of the vendor's own."""
    values: dict[str, Any] = {}
    blades = node.first(vendors.PHILIPS_WEDGES_AND_SHUTTERS)
    if blades is not None:
        shutters = read_rows(blades, SHUTTER_ROWS, f"{field}.shutters_mm")
        values["shutters_mm"] = Shutters(**shutters) if shutters else None
    for concept, rows in (
        (vendors.PHILIPS_BEAM_POSITION, BEAM_ROWS),
        (vendors.PHILIPS_DETECTOR_FIELD, DETECTOR_ROWS),
    ):
        container = node.first(concept)
        if container is not None:
            values.update(read_rows(container, rows, field))
    return values
