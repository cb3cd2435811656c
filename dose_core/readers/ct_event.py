"""
Read one CT Acquisition container.

Source: PS3.16, TID 10013 (CT Irradiation Event Data) and TID 10014 (Scanning Length).
"""

import re

from dose_core.model import CtEvent, XRaySource
from dose_core.readers import codes
from dose_core.readers.codes import is_same
from dose_core.readers.sr_tree import SrNode
from dose_core.units import KV, MA, MGY, MGY_CM, MM, RATIO, S

# Siemens SOMATOM before X-Ray Modulation Type was sent coded: "..., X-ray Modulation Type = XYZ_EC".
_MODULATION_IN_COMMENT = re.compile(r"(?:^|,)\s*X-ray Modulation Type\s*=\s*([^,]+)", re.IGNORECASE)


def read_event(acquisition: SrNode, field: str) -> CtEvent:
    """Return what one CT Acquisition states; ``field`` names the event in the log."""
    dose = acquisition.first(codes.CT_DOSE)  # absent in the scout views of some vendors
    parameters = acquisition.first(codes.CT_PARAMETERS)
    return CtEvent(
        event_uid=acquisition.uid(codes.EVENT_UID, field=f"{field}.event_uid"),
        started_at=acquisition.moment(codes.DATE_TIME_STARTED, field=f"{field}.started_at"),
        acquisition_type=acquisition.enum(
            codes.CT_ACQUISITION_TYPE, codes.ACQUISITION_TYPES, field=f"{field}.acquisition_type"
        ),
        protocol=acquisition.text(codes.ACQUISITION_PROTOCOL, field=f"{field}.protocol"),
        target_region=acquisition.code(codes.TARGET_REGION, field=f"{field}.target_region"),
        ctdi_vol_mgy=dose.number(codes.MEAN_CTDI_VOL, unit=MGY, field=f"{field}.ctdi_vol_mgy") if dose else None,
        dlp_mgy_cm=dose.number(codes.DLP, unit=MGY_CM, field=f"{field}.dlp_mgy_cm") if dose else None,
        phantom_diameter_mm=phantom_diameter_mm(dose, field) if dose else None,
        ssde_mgy=dose.number(codes.SSDE, unit=MGY, field=f"{field}.ssde_mgy") if dose else None,
        dw_mm=_dw_mm(dose, field) if dose else None,
        z_start_mm=_z_mm(parameters, codes.TOP_OF_SCANNING_LENGTH, f"{field}.z_start_mm"),
        z_end_mm=_z_mm(parameters, codes.BOTTOM_OF_SCANNING_LENGTH, f"{field}.z_end_mm"),
        modulation=_modulation(acquisition, field),
        exposure_time_s=_exposure_time_s(parameters, f"{field}.exposure_time_s"),
        scanning_length_mm=_parameter(parameters, codes.SCANNING_LENGTH, MM, f"{field}.scanning_length_mm"),
        total_collimation_mm=_parameter(parameters, codes.TOTAL_COLLIMATION, MM, f"{field}.total_collimation_mm"),
        pitch=_parameter(parameters, codes.PITCH_FACTOR, RATIO, f"{field}.pitch"),
        sources=_sources(parameters, field) if parameters else (),
    )


def phantom_diameter_mm(node: SrNode, field: str) -> int | None:
    """Return the diameter of the PMMA phantom that a dose is stated for; another phantom is noted."""
    stated = node.code(codes.PHANTOM_TYPE, field=f"{field}.phantom_diameter_mm")
    known = next((mm for phantom, mm in codes.PHANTOM_DIAMETERS_MM if is_same(stated, phantom)), None)
    if stated is not None and known is None:
        problem = f"no diameter is known for phantom {stated.value} of {stated.scheme}"
        node.warn(codes.PHANTOM_TYPE, problem)
    return known


def _dw_mm(dose: SrNode, field: str) -> float | None:
    """Return the water-equivalent diameter; TID 10013 places it below the method of the SSDE."""
    nodes = list(dose.below(codes.WATER_EQUIVALENT_DIAMETER))
    if len({node.text_value for node in nodes}) > 1:
        nodes[0].warn(codes.WATER_EQUIVALENT_DIAMETER, "several different values; none is used")
        return None
    return nodes[0].as_number(codes.WATER_EQUIVALENT_DIAMETER, unit=MM, field=f"{field}.dw_mm") if nodes else None


def _modulation(acquisition: SrNode, field: str) -> str | None:
    coded = acquisition.text(codes.MODULATION_TYPE, field=f"{field}.modulation")
    if coded is not None:
        return coded
    for comment in acquisition.all(codes.COMMENT):
        match = _MODULATION_IN_COMMENT.search(comment.text_value or "")
        if match:
            comment.add_origin(f"{field}.modulation", match[0].strip(", "))
            return match[1].strip()
    return None


def _parameter(parameters: SrNode | None, concept: codes.Concept, unit: str, field: str) -> float | None:
    return parameters.number(concept, unit=unit, field=field) if parameters else None


def _exposure_time_s(parameters: SrNode | None, field: str) -> float | None:
    current = _parameter(parameters, codes.EXPOSURE_TIME, S, field)
    return current if current is not None else _parameter(parameters, codes.EXPOSURE_TIME_RETIRED, S, field)


def _z_mm(parameters: SrNode | None, concept: codes.Concept, field: str) -> float | None:
    return parameters.number(concept, unit=MM, field=field, may_be_negative=True) if parameters else None


def _sources(parameters: SrNode, field: str) -> tuple[XRaySource, ...]:
    """Return the X-ray sources in order: two with dual energy, whose CTDIvol is already their sum."""
    return tuple(
        XRaySource(
            kv=node.number(codes.KVP, unit=KV, field=f"{field}.sources[{index}].kv"),
            ma_mean=node.number(codes.TUBE_CURRENT, unit=MA, field=f"{field}.sources[{index}].ma_mean"),
            ma_max=node.number(codes.MAXIMUM_TUBE_CURRENT, unit=MA, field=f"{field}.sources[{index}].ma_max"),
            rotation_time_s=node.number(
                codes.TIME_PER_ROTATION, unit=S, field=f"{field}.sources[{index}].rotation_time_s"
            ),
        )
        for index, node in enumerate(parameters.all(codes.CT_SOURCE_PARAMETERS))
    )
