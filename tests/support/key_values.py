"""
The key values of ``INDEX.csv``: what pydicom found in each object of the corpus, by keyword or by a table's words.

What the line of a kind has no field for is not compared; ``NO_FIELD`` says why for what no line has. A name that no
table here knows is an error.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.compared import Compared, Line

NO_FIELD = {
    "DistanceSourceToPatient": "the table tells neither to which point nor for which kind it counts",
    "DoseCalibrationFactor": "scales the pixels of a PET image",
    "PositionerType": "no dose follows from it",
    "EntranceDose": "(0040,0302) is in whole dGy; (0040,8302) states the same in mGy",
    "RadiopharmaceuticalStartTime": "the same moment is stated whole beside it",
    "RelativeXRayExposure": "of a mammogram: an exposure index of the detector, no dose",
}
_COUNTED = re.compile(r"Sequence\[\d+\]$")  # how many items a sequence has
_UNITS = {"Gym2": 1e4, "Gy.m2": 1e4, "dGy.cm2": 0.1, "Gy": 1e3}  # to Gy.cm2 and mGy; all others are ours already

_PLANE = {
    "DAP total": "dap_gy_cm2",
    "RP total": "ka_r_mgy",
    "Fluoro DAP total": "fluoro_dap_gy_cm2",
    "Fluoro RP total": "fluoro_ka_r_mgy",
    "Fluoro time": "fluoro_time_s",
    "Acq DAP total": "acquisition_dap_gy_cm2",
    "Acq RP total": "acquisition_ka_r_mgy",
    "Total acq time": "acquisition_time_s",
    "Total frames": "frame_count",
}
_REPORT: dict[str, Callable[[Line, int], object]] = {
    "Total n events": lambda line, _: line["totals"]["event_count"],
    "CT DLP total": lambda line, _: line["totals"]["dlp_mgy_cm"],
    "Administered activity": lambda line, index: line["events"][index]["administered_activity_mbq"],
}

# keyword -> field of the event, factor from the element's unit to ours (PS3.3)
_ANY_IMAGE: dict[str, tuple[str, float]] = {
    "KVP": ("kv", 1),
    "ExposureTime": ("exposure_time_s", 1e-3),
    "XRayTubeCurrent": ("ma", 1),
    "Exposure": ("mas", 1),
    "ExposureInuAs": ("mas", 1e-3),
    "CTDIvol": ("ctdi_vol_mgy", 1),
    "TotalCollimationWidth": ("total_collimation_mm", 1),
    "SpiralPitchFactor": ("pitch", 1),
    "ImageAndFluoroscopyAreaDoseProduct": ("dap_gy_cm2", 0.1),
    "ExposureIndex": ("exposure_index", 1),
    "TargetExposureIndex": ("target_exposure_index", 1),
    "DeviationIndex": ("deviation_index", 1),
    "RelativeXRayExposure": ("exposure_index", 1),
    "Sensitivity": ("sensitivity", 1),
    "DistanceSourceToDetector": ("source_to_detector_mm", 1),
    "NumberOfFrames": ("frame_count", 1),
    "EntranceDoseInmGy": ("entrance_dose_mgy", 1),
    "OrganDose": ("agd_mgy", 100),
    "CompressionForce": ("force_n", 1),
    "BodyPartThickness": ("thickness_mm", 1),
    "HalfValueLayer": ("hvl_mm_al", 1),
    "RadionuclideHalfLife": ("half_life_s", 1),
}
_STEP = {  # of a performed procedure step: totals (PS3.3, C.4.16)
    "ImageAndFluoroscopyAreaDoseProduct": ("dap_gy_cm2", 0.1),
    "EntranceDoseInmGy": ("entrance_dose_mgy", 1),
}
_WHOLE = {"ExposureTime", "XRayTubeCurrent", "Exposure"}  # VR IS: a finer element may stand beside it, which we prefer
_ZERO_IS_UNKNOWN = {"PatientWeight", "PatientSize", "Sensitivity"}
_TEXTS = {"Radiopharmaceutical": "agent", "AnodeTargetMaterial": "anode"}
_BEQUEREL = "Positron Emission Tomography Image Storage"  # PS3.3, C.8.9.2; other classes state MBq
_DECIMETRES = "DR 7500"  # vendor quirk: this model of Kodak and Carestream states the distance to the detector in dm


def compared(row: dict[str, str], line: Line) -> Iterator[Compared]:
    """Yield each key value of a row of the index beside ours, in our unit."""
    seen: Counter[str] = Counter()
    breast_doses: list[float] = []
    for name, text in _stated(row["key_values"]):
        if name in NO_FIELD and not (name == "RelativeXRayExposure" and line["kind"] == "projection_image"):
            continue
        if name == "AGD accumulated":
            breast_doses.append(_number(text))
        elif name in _REPORT:
            yield Compared(what=name, oracle=_number(text), ours=_REPORT[name](line, seen[name]))
        elif name in _PLANE:
            yield Compared(what=name, oracle=_number(text), ours=line["totals"]["planes"][seen[name]][_PLANE[name]])
        else:
            yield from _of_image(row, name, text, line)
        seen[name] += 1
    if breast_doses:
        sides = (line["totals"][f"agd_{side}_mgy"] for side in ("left", "right", "both"))
        stated = sorted(side for side in sides if side is not None)
        yield Compared(what="AGD accumulated, by size", oracle=sorted(breast_doses), ours=stated)


def _of_image(row: dict[str, str], name: str, text: str, line: Line) -> Iterator[Compared]:
    if line["kind"] == "mpps" and name in _STEP:
        field, factor = _STEP[name]
        yield Compared(what=name, oracle=float(text) * factor, ours=line["totals"]["planes"][0][field])
        return
    event: dict[str, Any] = line["events"][0] if line["events"] else {}
    patient = line["patient"]
    if name == "CommentsOnRadiationDose":
        total = re.match(r"TotalDLP=([\d.]+)", text)
        if total:
            yield Compared(what="TotalDLP of the comment", oracle=float(total[1]), ours=line["totals"]["dlp_mgy_cm"])
    elif name in ("PatientSize", "PatientWeight"):
        field, factor = ("size_cm", 100.0) if name == "PatientSize" else ("weight_kg", 1.0)
        yield Compared(what=name, oracle=_or_unknown(name, float(text) * factor), ours=patient[field])
    elif name == "FilterMaterial":
        ours = [one["material"] for one in event["filters"]] if "filters" in event else [event["filter"]]
        yield Compared(what=name, oracle=text.lower().split(","), ours=ours)
    elif name in _TEXTS:
        theirs = text.lower() if name == "AnodeTargetMaterial" else text
        yield Compared(what=name, oracle=theirs, ours=event[_TEXTS[name]])
    elif name == "RadiopharmaceuticalStartDateTime":
        ours_digits = re.sub(r"\D", "", event["start"])
        yield Compared(what=name, oracle=text.partition(".")[0], ours=ours_digits)
    elif name == "RadionuclideTotalDose":
        factor = 1e-6 if row["sop_class"] == _BEQUEREL else 1
        yield Compared(what=name, oracle=float(text) * factor, ours=event["administered_activity_mbq"])
    else:
        yield from _number_of_image(row, name, text, line, event)


def _number_of_image(
    row: dict[str, str], name: str, text: str, line: Line, event: dict[str, Any]
) -> Iterator[Compared]:
    field, factor = _ANY_IMAGE[name]
    source = {"kv": "kv", "ma": "ma_mean"}.get(field)
    if "sources" in event and source:
        event, field = event["sources"][0] if event["sources"] else {source: None}, source
    if name == "NumberOfFrames" and line["kind"] == "ct_image":
        yield Compared(what="frames, an event each", oracle=int(text), ours=len(line["events"]))
        return
    if field not in event or line["kind"] == "dose_screen":
        return  # a kind without this field: a CT's distances, a mammogram's frames, the header of a screen
    if name == "DistanceSourceToDetector" and _DECIMETRES in row["model"]:
        factor = 100
    oracle, ours = _or_unknown(name, float(text) * factor), event[field]
    if name in _WHOLE and oracle is not None and ours is not None and abs(ours - oracle) < factor:
        oracle = ours  # the same to the whole unit that the element can state
    yield Compared(what=name, oracle=oracle, ours=ours)


def _stated(key_values: str) -> Iterator[tuple[str, str]]:
    for part in key_values.split("; "):
        name, _, value = part.partition("=")
        if name and not _COUNTED.search(name):
            yield name.strip(), value.strip()


def _number(text: str) -> float:
    value, _, unit = text.partition(" ")
    return float(value) * _UNITS.get(unit, 1)


def _or_unknown(name: str, value: float) -> float | None:
    return None if name in _ZERO_IS_UNKNOWN and value == 0 else value
