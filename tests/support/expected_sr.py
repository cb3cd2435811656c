"""
``expected_sr.json`` of the corpus: what dose reports state, read from the bytes by somebody else.

Each value is brought to the unit and the word of our line, and put beside what the line says.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.support.compared import Compared, Line, times
from tests.support.corpus import CORPUS

_FILE = CORPUS / "expected_sr.json"
EXPECTED: dict[str, dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.is_file() else {}

# The oracle writes codes as "value|meaning"; these are the words of our line for the values that occur.
_WORDS = {
    "113690": 160,
    "113691": 320,
    "P5-08001": "spiral",
    "113804": "sequenced",
    "113805": "constant_angle",
    "113806": "stationary",
    "113807": "free",
    "113622": "single",
    "113620": "a",
    "113621": "b",
    "P5-06000": "fluoroscopy",
    "113611": "stationary_acquisition",
    "113612": "stepping_acquisition",
    "113613": "rotational_acquisition",
    "G-A100": "R",
    "G-A101": "L",
    "T-04020": "R",
    "T-04030": "L",
    "R-10206": "AP",
    "R-10242": "CC",
    "R-10226": "MLO",
}


def compared(expected: dict[str, Any], line: Line) -> Iterator[Compared]:
    """Yield each value that the oracle knows of a report beside ours."""
    yield Compared(what="SOP Instance UID", oracle=expected["sop_uid"], ours=line["sop_instance_uid"])
    yield Compared(what="Study Instance UID", oracle=expected["study_uid"], ours=line["study_instance_uid"])
    if "ct" in expected:
        yield from _ct(expected["ct"], line)
    if "nm" in expected:
        yield from _nuclear(expected["nm"], line)
    if "xray" in expected:
        is_breast = line["kind"] == "mammography_rdsr"
        yield from (_mammography if is_breast else _projection)(expected["xray"], line)


def _word(stated: str | None) -> object:
    """Return the word of our line for a code, the code's value where there is none."""
    if stated is None:
        return None
    value = stated.partition("|")[0]
    return _WORDS.get(value, value)


def _sum(line: Line, field: str) -> float:
    return sum(event[field] or 0 for event in line["events"])


def _events(expected: list[dict[str, Any]], line: Line) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    ours = line["events"]
    for index in range(max(len(expected), len(ours))):
        oracle, mine = (side[index] if index < len(side) else {} for side in (expected, ours))
        if not oracle or not mine:
            continue  # their number is compared by itself
        yield f"events[{index}].", oracle, mine


def _ct(expected: dict[str, Any], line: Line) -> Iterator[Compared]:
    totals = line["totals"]
    yield Compared(what="totals.dlp_mgy_cm", oracle=expected["total_dlp_mGycm"], ours=totals["dlp_mgy_cm"])
    yield Compared(what="totals.event_count", oracle=expected["total_events"], ours=totals["event_count"])
    yield Compared(what="number of events", oracle=len(expected["events"]), ours=len(line["events"]))
    yield Compared(
        what="sum of event DLP", oracle=round(expected["sum_event_dlp"], 6), ours=round(_sum(line, "dlp_mgy_cm"), 6)
    )
    sources = {"kvp": "kv", "mA": "ma_mean", "mA_max": "ma_max", "rot_time": "rotation_time_s"}
    plain = {
        "uid": "event_uid",
        "protocol": "protocol",
        "ctdivol_mGy": "ctdi_vol_mgy",
        "dlp_mGycm": "dlp_mgy_cm",
        "pitch": "pitch",
        "scan_len_mm": "scanning_length_mm",
        "coll_total_mm": "total_collimation_mm",
        "exposure_time_s": "exposure_time_s",
    }
    coded = {"type": "acquisition_type", "phantom": "phantom_diameter_mm"}
    for place, oracle, event in _events(expected["events"], line):
        region = event["target_region"] and event["target_region"]["value"]
        yield Compared(what=f"{place}target_region", oracle=_word(oracle["target"]), ours=region)
        for theirs, field in plain.items():
            yield Compared(what=place + field, oracle=oracle[theirs], ours=event[field])
        for theirs, field in coded.items():
            yield Compared(what=place + field, oracle=_word(oracle[theirs]), ours=event[field])
        for theirs, field in sources.items():
            stated = [source[field] for source in event["sources"] if source[field] is not None]
            yield Compared(what=f"{place}sources.{field}", oracle=oracle[theirs], ours=stated)


_PLANE: dict[str, tuple[str, float]] = {  # of the oracle, of our line, factor
    "dap_total_Gym2": ("dap_gy_cm2", 1e4),
    "rp_total_Gy": ("ka_r_mgy", 1e3),
    "fluoro_dap_Gym2": ("fluoro_dap_gy_cm2", 1e4),
    "fluoro_rp_Gy": ("fluoro_ka_r_mgy", 1e3),
    "fluoro_time_s": ("fluoro_time_s", 1),
    "acq_dap_Gym2": ("acquisition_dap_gy_cm2", 1e4),
    "acq_rp_Gy": ("acquisition_ka_r_mgy", 1e3),
    "acq_time_s": ("acquisition_time_s", 1),
    "frames": ("frame_count", 1),
}
_PROJECTION_EVENT: dict[str, tuple[str, float]] = {
    "dap_Gym2": ("dap_gy_cm2", 1e4),
    "rp_Gy": ("ka_r_mgy", 1e3),
    "duration_s": ("duration_s", 1),
    "pulses": ("pulse_count", 1),
}
_MAMMOGRAPHY_EVENT: dict[str, tuple[str, float]] = {
    "agd_mGy": ("agd_mgy", 1),
    "esak_mGy": ("entrance_dose_mgy", 1),
    "hvl": ("hvl_mm_al", 1),
    "thickness_mm": ("thickness_mm", 1),
    "duration_s": ("duration_s", 1),
    "pulses": ("pulse_count", 1),
}


def _projection(expected: dict[str, Any], line: Line) -> Iterator[Compared]:
    planes = line["totals"]["planes"]
    yield Compared(what="number of planes", oracle=len(expected["accumulated"]), ours=len(planes))
    for index, (oracle, plane) in enumerate(zip(expected["accumulated"], planes, strict=False)):
        place = f"totals.planes[{index}]."
        yield Compared(what=f"{place}plane", oracle=_word(oracle["plane"]), ours=plane["plane"])
        point = plane["reference_point"]
        named = point["value"] if isinstance(point, dict) else point
        yield Compared(what=f"{place}reference_point", oracle=_word(oracle["ref_point"]), ours=named)
        yield from _numbers(place, _PLANE, oracle, plane)
    yield Compared(what="number of events", oracle=expected["n_events"], ours=len(line["events"]))
    yield Compared(
        what="sum of event DAP",
        oracle=round(expected["sum_event_dap_Gym2"] * 1e4, 6),
        ours=round(_sum(line, "dap_gy_cm2"), 6),
    )
    yield Compared(
        what="sum of event Ka,r",
        oracle=round(expected["sum_event_rp_Gy"] * 1e3, 9),
        ours=round(_sum(line, "ka_r_mgy"), 9),
    )
    for place, oracle, event in _events(expected["events"], line):
        yield from _common(place, oracle, event)
        yield Compared(what=f"{place}plane", oracle=_word(oracle["plane"]), ours=event["plane"])
        yield Compared(what=f"{place}event_type", oracle=_word(oracle["type"]), ours=event["event_type"])
        yield from _numbers(place, _PROJECTION_EVENT, oracle, event)


def _mammography(expected: dict[str, Any], line: Line) -> Iterator[Compared]:
    totals = line["totals"]
    sides = [totals[field] for field in ("agd_left_mgy", "agd_right_mgy", "agd_both_mgy") if totals[field] is not None]
    stated = sorted(value for part in expected["accumulated"] for value in part["agd"])
    yield Compared(what="accumulated AGD, by size", oracle=stated, ours=sorted(sides))
    yield Compared(what="number of events", oracle=expected["n_events"], ours=len(line["events"]))
    yield Compared(
        what="sum of event AGD", oracle=round(expected["sum_event_agd"], 9), ours=round(_sum(line, "agd_mgy"), 9)
    )
    for place, oracle, event in _events(expected["events"], line):
        yield from _common(place, oracle, event)
        yield Compared(what=f"{place}laterality", oracle=_word(oracle["laterality"]), ours=event["laterality"])
        yield Compared(what=f"{place}view", oracle=_word(oracle["view"]), ours=event["view"])
        is_rotational = _word(oracle["type"]) == "rotational_acquisition"
        yield Compared(what=f"{place}is_tomosynthesis", oracle=is_rotational, ours=event["is_tomosynthesis"])
        yield from _numbers(place, _MAMMOGRAPHY_EVENT, oracle, event)


def _common(place: str, oracle: dict[str, Any], event: dict[str, Any]) -> Iterator[Compared]:
    yield Compared(what=f"{place}event_uid", oracle=oracle["uid"], ours=event["event_uid"])
    yield Compared(what=f"{place}protocol", oracle=oracle["protocol"], ours=event["protocol"])
    yield Compared(what=f"{place}started_at", oracle=_digits(oracle["start"]), ours=_digits(event["started_at"]))
    pulses = event["kv_per_pulse"] or ([] if event["kv"] is None else [event["kv"]])
    yield Compared(what=f"{place}kv", oracle=_flat(oracle["kvp"]), ours=pulses)


def _nuclear(expected: list[dict[str, Any]], line: Line) -> Iterator[Compared]:
    yield Compared(what="number of events", oracle=len(expected), ours=len(line["events"]))
    for place, oracle, event in _events(expected, line):
        yield Compared(what=f"{place}event_uid", oracle=oracle["uid"], ours=event["event_uid"])
        yield Compared(what=f"{place}agent_code", oracle=_word(oracle["agent"]), ours=event["agent_code"]["value"])
        yield Compared(what=f"{place}start", oracle=_digits(oracle["start"]), ours=_digits(event["start"]))
        activity = event["administered_activity_mbq"]
        yield Compared(what=f"{place}administered_activity_mbq", oracle=oracle["activity_MBq"], ours=activity)
        dose = event["effective_dose_msv"]
        yield Compared(what=f"{place}effective_dose_msv", oracle=oracle["effective_dose_mSv"], ours=dose)
        yield Compared(what=f"{place}organ_doses", oracle=oracle["organ_doses"], ours=len(event["organ_doses"]))


def _numbers(
    place: str, table: dict[str, tuple[str, float]], oracle: dict[str, Any], ours: dict[str, Any]
) -> Iterator[Compared]:
    for theirs, (field, factor) in table.items():
        yield Compared(what=place + field, oracle=times(oracle[theirs], factor), ours=ours[field])


def _digits(moment: str | None) -> str | None:
    """Return the digits of a date and time, without zeros at the end of a fraction."""
    if moment is None:
        return None
    whole, _, fraction = moment.partition(".")
    return "".join(letter for letter in whole if letter.isdigit()) + fraction.rstrip("0")


def _flat(values: list[Any]) -> list[float]:
    return [number for value in values for number in (value if isinstance(value, list) else [value])]
