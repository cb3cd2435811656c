"""
Read one CT Acquisition container.

Source: PS3.16, TID 10013 (CT Irradiation Event Data) and TID 10014 (Scanning Length).
"""

from dose_core.model import CtEvent, XRaySource
from dose_core.readers.ct import codes as ct
from dose_core.readers.ct.dose_check import read_dose_checks
from dose_core.readers.ct.estimates import bases_of_size
from dose_core.readers.ct.modulation import read_modulation
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import Concept, is_same
from dose_core.readers.sr.tree import SrNode
from dose_core.units import KV, MA, MGY, MGY_CM, MM, RATIO, S


def read_event(acquisition: SrNode, dose: SrNode | None, field: str) -> CtEvent:
    """
    Return what one CT Acquisition states; ``field`` names the event in the log.

    ``dose`` is its CT Dose container, which the scout views of some vendors lack (GE).
    """
    parameters = acquisition.first(ct.CT_PARAMETERS)
    return CtEvent(
        event_uid=acquisition.uid(codes.EVENT_UID, field=f"{field}.event_uid"),
        started_at=acquisition.moment(codes.DATE_TIME_STARTED, field=f"{field}.started_at"),
        acquisition_type=acquisition.enum(
            ct.CT_ACQUISITION_TYPE, ct.ACQUISITION_TYPES, field=f"{field}.acquisition_type"
        ),
        protocol=acquisition.text(codes.ACQUISITION_PROTOCOL, field=f"{field}.protocol"),
        target_region=acquisition.code(codes.TARGET_REGION, field=f"{field}.target_region"),
        ctdi_vol_mgy=_number(dose, ct.MEAN_CTDI_VOL, MGY, f"{field}.ctdi_vol_mgy"),
        dlp_mgy_cm=_number(dose, ct.DLP, MGY_CM, f"{field}.dlp_mgy_cm"),
        phantom_diameter_mm=phantom_diameter_mm(dose, field) if dose else None,
        ssde_mgy=_number(dose, codes.SSDE, MGY, f"{field}.ssde_mgy"),
        dw_mm=_dw_mm(dose, field) if dose else None,
        z_start_mm=_z_mm(parameters, ct.TOP_OF_SCANNING_LENGTH, f"{field}.z_start_mm"),
        z_end_mm=_z_mm(parameters, ct.BOTTOM_OF_SCANNING_LENGTH, f"{field}.z_end_mm"),
        modulation=read_modulation(acquisition, field),
        exposure_time_s=_exposure_time_s(parameters, f"{field}.exposure_time_s"),
        scanning_length_mm=_number(parameters, ct.SCANNING_LENGTH, MM, f"{field}.scanning_length_mm"),
        single_collimation_mm=_number(parameters, ct.SINGLE_COLLIMATION, MM, f"{field}.single_collimation_mm"),
        total_collimation_mm=_number(parameters, ct.TOTAL_COLLIMATION, MM, f"{field}.total_collimation_mm"),
        pitch=_number(parameters, ct.PITCH_FACTOR, RATIO, f"{field}.pitch"),
        sources=_sources(parameters, field) if parameters else (),
        dose_checks=read_dose_checks(dose, field) if dose else (),
        comment=acquisition.text(codes.COMMENT, field=f"{field}.comment"),
    )


def phantom_diameter_mm(node: SrNode, field: str) -> int | None:
    """Return the diameter of the PMMA phantom that a dose is stated for; another phantom is noted."""
    stated = node.code(codes.PHANTOM_TYPE, field=f"{field}.phantom_diameter_mm")
    known = next((mm for phantom, mm in codes.PHANTOM_DIAMETERS_MM if is_same(stated, phantom)), None)
    if stated is not None and known is None:
        problem = f"no diameter is known for phantom {stated.value[:16]} of {stated.scheme[:16]}"
        node.warn(codes.PHANTOM_TYPE, problem)
    return known


def _dw_mm(dose: SrNode, field: str) -> float | None:
    """Return the water-equivalent diameter, which the standard places below the SSDE; of different ones, none."""
    concepts = (ct.WATER_EQUIVALENT_DIAMETER, ct.MEAN_WATER_EQUIVALENT_DIAMETER)
    bases = bases_of_size(dose)
    for concept in concepts:
        nodes = [node for basis in bases for node in basis.all(concept)]
        if len({(node.text_value, node.unit) for node in nodes}) > 1:
            nodes[0].warn(concept, "several different values; none is used")
            return None
        if nodes:
            return nodes[0].as_number(concept, unit=MM, field=f"{field}.dw_mm")
    return None


def _number(parent: SrNode | None, concept: Concept, unit: str, field: str) -> float | None:
    return parent.number(concept, unit=unit, field=field) if parent else None


def _exposure_time_s(parameters: SrNode | None, field: str) -> float | None:
    current = _number(parameters, codes.EXPOSURE_TIME, S, field)
    return current if current is not None else _number(parameters, codes.EXPOSURE_TIME_RETIRED, S, field)


def _z_mm(parameters: SrNode | None, concept: Concept, field: str) -> float | None:
    return parameters.number(concept, unit=MM, field=field, may_be_negative=True) if parameters else None


def _sources(parameters: SrNode, field: str) -> tuple[XRaySource, ...]:
    """Return the X-ray sources in order: two with dual energy, whose CTDIvol is already their sum."""
    return tuple(
        XRaySource(
            kv=node.number(codes.KVP, unit=KV, field=f"{field}.sources[{index}].kv"),
            ma_mean=node.number(codes.TUBE_CURRENT, unit=MA, field=f"{field}.sources[{index}].ma_mean"),
            ma_max=node.number(ct.MAXIMUM_TUBE_CURRENT, unit=MA, field=f"{field}.sources[{index}].ma_max"),
            rotation_time_s=node.number(
                ct.TIME_PER_ROTATION, unit=S, field=f"{field}.sources[{index}].rotation_time_s"
            ),
        )
        for index, node in enumerate(parameters.all(ct.CT_SOURCE_PARAMETERS))
    )
