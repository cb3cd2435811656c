"""The messages and objects of a hospital day as they are sent. What they look like varies, as feeds do."""

from datetime import datetime, timedelta, timezone
from typing import Any

from dose_core.contract import DICOM_MEDIA_TYPE, instance_path
from tests.builders import projection_rdsr
from tests.builders.busy_day import Delivery
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.hl7 import message, msh
from tests.builders.hospital_events import (
    Change,
    Dose,
    Event,
    Foreign,
    Happening,
    Id,
    Link,
    Merge,
    Move,
    MoveVisit,
    Order,
    Said,
    Update,
)

DLP_MGY_CM, DAP_GY_M2 = "150", "0.0002"
_SENDERS = ("HIS|DEMO", "RIS|DEMO", "LAB|DEMO")
_CHARSETS = (("UNICODE UTF-8", "utf-8"), ("8859/1", "iso8859_1"), ("", "utf-8"))
_ZONES = (timezone.utc, timezone(timedelta(hours=1)), timezone(timedelta(hours=-5)))  # noqa: UP017 - one of three
_NULL = '""'


def hl7_of(one: Happening, happened_at: datetime) -> bytes:
    """Return the message that tells of this; the moment stands in EVN-2, to the millisecond."""
    charset, codec = _CHARSETS[one.number % len(_CHARSETS)]
    local = happened_at.astimezone(_ZONES[one.number % len(_ZONES)])
    moment = f"{local:%Y%m%d%H%M%S}.{local.microsecond // 1000:03}{local:%z}"
    message_type, segments = _body(one.event)
    header = msh(
        message_type,
        control_id=f"DAY{one.number}",
        at=moment,
        charset=charset,
        sender=_SENDERS[one.number % len(_SENDERS)],
    )
    trigger = message_type.split("^")[1]
    evn = [f"EVN|{trigger}|{moment}"] if message_type.startswith("ADT") else []
    return message(header, *evn, *segments).decode().encode(codec)


def dicom_of(one: Happening, dose: Dose) -> Delivery:
    """Return the report of a study of one event, as it is handed in."""
    study = dose.study_instance_uid
    uid = f"{study}.8"
    said = dose.said
    header: dict[str, Any] = {
        "StudyInstanceUID": study,
        "SOPInstanceUID": uid,
        "AccessionNumber": f"A{dose.number}",
        "PatientID": dose.of.value,
        # Where the site's own authority assigned it, half of the devices do not say so.
        "IssuerOfPatientID": None if dose.of.authority == Id("").authority and one.number % 2 else dose.of.authority,
        "PatientName": said.name or "",
        "PatientBirthDate": said.birth_date or "",
        "PatientSex": said.sex or "",
    }
    if dose.is_xa:
        content = (
            *projection_rdsr.observer(),
            projection_rdsr.totals(DAP_GY_M2),
            projection_rdsr.event(*projection_rdsr.dose(DAP_GY_M2), uid=f"{study}.7"),
        )
        body = projection_rdsr.projection_rdsr_bytes(*content, **header)
    else:
        body = chest_ct_report_bytes(dlp_mgy_cm=DLP_MGY_CM, event_uid=f"{study}.7", **header)
    return Delivery(path=instance_path(uid), content_type=DICOM_MEDIA_TYPE, body=body, sop_instance_uids=(uid,))


def _body(event: Event) -> tuple[str, list[str]]:
    """Return MSH-9 and the segments behind the EVN."""
    match event:
        case Update():
            return f"ADT^{event.trigger}", [_pid(event.ids, event.said), "PV1|1|O"]
        case Merge():
            old = "~".join(map(_cx, event.subsumed))
            return f"ADT^{event.trigger}", [_pid((event.survivor,), event.said), f"MRG|{old}"]
        case Move():
            return "ADT^A43^ADT_A43", [_pid((event.to,), Said()), f"MRG|{_cx(event.identifier)}"]
        case Change():
            return "ADT^A47^ADT_A30", [_pid((event.new,), Said()), f"MRG|{_cx(event.old)}"]
        case Link():
            people = [_pid((identifier,), Said()) for identifier in (event.one, event.other)]
            return f"ADT^{'A37' if event.is_broken else 'A24'}", people
    return _of_visit(event)


def _of_visit(event: Event) -> tuple[str, list[str]]:
    match event:
        case Order():
            number, study = event.study.number, event.study.study_instance_uid
            return "ORM^O01", [
                _pid((event.of,), Said()),
                _pv1(event.visit),
                f"ORC|NW|PL{number}^RIS|FL{number}^RIS",
                f"OBR|1|PL{number}^RIS|FL{number}^RIS|CTCHEST^CT chest^L||||||||||||||A{number}||||||CT",
                f"ZDS|{study}^RIS^Application^DICOM",
            ]
        case MoveVisit():
            people = [_pid((event.to,), Said()), f"MRG|{_cx(event.source)}||||{_cx(event.visit)}"]
            return "ADT^A45^ADT_A45", [*people, _pv1(event.visit)]
        case Foreign():
            return event.message_type, [_pid((event.of,), event.said)]
    msg = f"no message tells of a {type(event).__name__}"
    raise ValueError(msg)


def _pid(identifiers: tuple[Id, ...], said: Said) -> str:
    values = [_NULL if value == "" else value or "" for value in (said.name, said.birth_date, said.sex)]
    return f"PID|1||{'~'.join(map(_cx, identifiers))}||{values[0]}||{values[1]}|{values[2]}"


def _pv1(visit: Id) -> str:
    """Return the visit, by its number (PV1-19)."""
    return f"PV1|1|E|||||||||||||||||{_cx(visit)}"


def _cx(identifier: Id) -> str:
    return f"{identifier.value}^^^{identifier.authority}^MR"
