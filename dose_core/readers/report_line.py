"""
A dose report as the JSON line that ``doseledger read`` prints.

The keys are a promise to outsiders; they change by a major version only. Values that are not stated
are ``None``; dates and times are ISO 8601, with an offset only where the object states one.
"""

from typing import Any

from dose_core.model import CtEvent, CtTotals, DeviceStated, DoseReport, PatientStated

JsonObject = dict[str, Any]


def report_line(report: DoseReport) -> JsonObject:
    """Return the line of one object that was read, without its file and status."""
    return {
        "kind": report.kind.value,
        "started_at": report.started_at.isoformat() if report.started_at else None,
        "ended_at": report.ended_at.isoformat() if report.ended_at else None,
        "scope": report.scope,
        "completion": report.completion,
        "intent": report.intent,
        "source_of_dose": list(report.source_of_dose),
        "physicians": list(report.physicians),
        "comment": report.comment,
        "sop_instance_uid": report.sop_instance_uid,
        "study_instance_uid": report.study_instance_uid,
        "accession_number": report.accession_number,
        "patient": _patient(report.patient),
        "device": _device(report.device),
        "totals": _ct_totals(report.totals),
        "events": [_ct_event(event) for event in report.events],
        "warnings": [
            {"path": warning.path, "concept": warning.concept, "problem": warning.problem}
            for warning in report.warnings
        ],
    }


def _patient(patient: PatientStated) -> JsonObject:
    return {
        "id": patient.id,
        "issuer": patient.issuer,
        "name": patient.name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "sex": patient.sex,
        "size_cm": patient.size_cm,
        "weight_kg": patient.weight_kg,
    }


def _device(device: DeviceStated) -> JsonObject:
    return {
        "manufacturer": device.manufacturer,
        "model": device.model,
        "station_name": device.station_name,
        "serial_number": device.serial_number,
        "software_versions": list(device.software_versions),
        "institution": device.institution,
    }


def _ct_totals(totals: CtTotals) -> JsonObject:
    return {
        "dlp_mgy_cm": totals.dlp_mgy_cm,
        "dlp_sub_totals": [
            {"phantom_diameter_mm": sub_total.phantom_diameter_mm, "dlp_mgy_cm": sub_total.dlp_mgy_cm}
            for sub_total in totals.dlp_sub_totals
        ],
        "event_count": totals.event_count,
    }


def _ct_event(event: CtEvent) -> JsonObject:
    region = event.target_region
    return {
        "started_at": event.started_at.isoformat() if event.started_at else None,
        "ssde_mgy": event.ssde_mgy,
        "dw_mm": event.dw_mm,
        "z_start_mm": event.z_start_mm,
        "z_end_mm": event.z_end_mm,
        "modulation": event.modulation,
        "event_uid": event.event_uid,
        "acquisition_type": event.acquisition_type.value if event.acquisition_type else None,
        "protocol": event.protocol,
        "target_region": {"value": region.value, "scheme": region.scheme, "meaning": region.meaning}
        if region
        else None,
        "ctdi_vol_mgy": event.ctdi_vol_mgy,
        "dlp_mgy_cm": event.dlp_mgy_cm,
        "phantom_diameter_mm": event.phantom_diameter_mm,
        "exposure_time_s": event.exposure_time_s,
        "scanning_length_mm": event.scanning_length_mm,
        "total_collimation_mm": event.total_collimation_mm,
        "pitch": event.pitch,
        "sources": [
            {
                "kv": source.kv,
                "ma_mean": source.ma_mean,
                "ma_max": source.ma_max,
                "rotation_time_s": source.rotation_time_s,
            }
            for source in event.sources
        ],
    }
