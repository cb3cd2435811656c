"""What is kept of an exam beside its revision: the line of a history, and its events as rows."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from db.mapping import storable
from dose_core.ledger.exam import Counted, Exam, ExamEvent
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import Administration, MammographyEvent, ProjectionEvent
from dose_services.value_classes import class_of_basis
from dose_services.value_ids import total_id

# Of an exam that an earlier release kept, until it is filed anew, which is soon.
_NOT_FILED_YET: dict[str, Any] = {
    **dict.fromkeys(("study_description", "device", "source", "ct_source", "events")),
    "protocols": [],
    "totals": [],
}


def summary_of(exam: Exam) -> dict[str, Any]:
    """Return what a line of a history shows beside the columns of the exam, without what follows from these."""
    ct = exam.ct
    events = exam.events
    return storable(
        {
            "study_description": exam.study_description,
            "protocols": list(dict.fromkeys(filter(None, (getattr(e.event, "protocol", None) for e in events)))),
            "device": _device(exam),
            "source": best_source(exam),
            "ct_source": ct.source if ct else None,
            "events": len(events),
            "totals": list(map(_total, exam.totals)),
        }
    )


def line_of(row: dict[str, Any]) -> bytes:
    """
    Return the line of an exam as JSON, from its columns and its summary as text.

    Each total gets the id under which it explains itself. The DLP of the whole exam, which many systems ask for alone,
    stands beside the totals as well.
    """
    columns = dict(row)
    summary, revision_id = orjson.loads(columns.pop("summary")) or _NOT_FILED_YET, columns.pop("revision_id")
    dlp: dict[str, Any] = {"dlp_mgy_cm": None, "dlp_basis": None, "value_ids": {}}
    for number, total in enumerate(summary["totals"]):
        total["value_id"] = value_id = total_id(revision_id, number)
        total["class"] = class_of_basis(total["basis"])
        total.setdefault("estimated", None)
        if total["quantity"] == Quantity.DLP and total["of"] is None and total["value"] is not None:
            dlp = {"dlp_mgy_cm": total["value"], "dlp_basis": total["basis"], "value_ids": {"dlp_mgy_cm": value_id}}
    return orjson.dumps(columns | summary | dlp, option=orjson.OPT_UTC_Z)


def best_source(exam: Exam) -> Source:
    """Return the first in precedence of the sources that say something of the exam."""
    sources = {event.source for event in exam.events} | {one.source for one in exam.totals if one.source}
    if exam.ct:
        sources.add(exam.ct.source)
    return min(sources, key=list(Source).index, default=Source.MANUAL)


def event_rows(exam: Exam, exam_id: UUID) -> list[dict[str, Any]]:
    """Return the events as rows of ``exam_event``."""
    parts: list[tuple[str, ExamEvent | Counted[Any]]] = [("ct", event) for event in exam.ct.events] if exam.ct else []
    parts += [("projection", event) for event in exam.projection]
    parts += [("mammography", event) for event in exam.mammography]
    parts += [("nuclear", event) for event in exam.nuclear]
    return [
        storable({"exam_id": str(exam_id), "position": number, "part": part, **_row(event)})
        for number, (part, event) in enumerate(parts)
    ]


def _row(counted: ExamEvent | Counted[Any]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "event_uid": counted.event_uid,
        "uid_is_stand_in": counted.uid_is_stand_in,
        "source": counted.source,
    }
    event = counted.event
    fields: dict[str, Any]
    match event:
        case ProjectionEvent():
            fields = {"event_type": event.event_type, "plane": event.plane, "laterality": event.laterality}
            fields |= {"kv": event.kv, "dap_gy_cm2": event.dap_gy_cm2, "ka_r_mgy": event.ka_r_mgy}
            fields |= {"target_region": event.target_region.value if event.target_region else None}
        case MammographyEvent():
            kind = "tomosynthesis" if event.is_tomosynthesis else None
            fields = {"event_type": kind, "laterality": event.laterality, "kv": event.kv, "agd_mgy": event.agd_mgy}
        case Administration():
            fields = {"agent": event.agent, "radionuclide": event.radionuclide}
            fields |= {"administered_activity_mbq": event.administered_activity_mbq}
        case _:
            fields = {
                "event_type": event.acquisition_type,
                "target_region": event.target_region.value if event.target_region else None,
                "kv": event.sources[0].kv if event.sources else None,
                "ctdi_vol_mgy": event.ctdi_vol_mgy,
                "dlp_mgy_cm": event.dlp_mgy_cm,
                "phantom_diameter_mm": event.phantom_diameter_mm,
            }
    started = event.start if isinstance(event, Administration) else event.started_at
    fields |= {
        "protocol": getattr(event, "protocol", None),
        "started_local": started.replace(tzinfo=None).isoformat() if started else None,
    }
    return row | {name: value for name, value in fields.items() if value is not None}


def _device(exam: Exam) -> dict[str, Any]:
    irradiating = exam.devices[getattr(exam.events[0], "device", 0)] if exam.events and exam.devices else None
    device = exam.ct.device if exam.ct else irradiating or next(iter(exam.devices), None)
    names = ("manufacturer", "model", "station_name", "serial_number", "institution")
    told: dict[str, Any] = {name: getattr(device, name, None) for name in names}
    return {**told, "software_versions": list(device.software_versions) if device else []}


def _total(total: Total) -> dict[str, Any]:
    return {
        "quantity": total.quantity,
        "of": total.of,
        "value": total.value,
        "basis": total.basis,
        "source": total.source,
        "missing": total.missing,
        "others": len(total.rivals),
        **({"estimated": asdict(total.estimated)} if total.estimated else {}),
    }
