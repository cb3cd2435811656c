"""
A look as an audit message of DICOM (PS3.15, A.5.1), and as the syslog message that carries it (RFC 5424).

Persons and patients are named by our ids alone: who reads the messages asks DoseLedger who is who, if they may.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from dose_core.auditing.chain import Stated
from dose_core.auditing.events import MEANINGS, AuditSource, event_of

_DCM, _RFC_3881 = "DCM", "RFC-3881"
_APPLICATION_SERVER = "4"  # Audit Source Type Code
_IP_ADDRESS = "2"  # Network Access Point Type Code
_PERSON, _SYSTEM_OBJECT = "1", "2"  # Participant Object Type Code
_PATIENT, _REPORT, _RESOURCE = "1", "3", "4"  # Participant Object Type Code Role
_PATIENT_NUMBER, _REPORT_NUMBER, _URI = ("2", "Patient Number"), ("9", "Report Number"), ("12", "URI")
_FAILED = "4"  # minor failure
# Facility 10 (security), severity 5 (notice): IHE ITI TF-2, ITI-20.
_PRIORITY = 85
_MESSAGE_ID = "IHE+RFC-3881"


def dicom_message(look: Mapping[str, Stated], source: AuditSource) -> bytes:
    """Return the XML in UTF-8. ``look`` holds the columns of the access log."""
    event = event_of(str(look["action"]))
    root = ET.Element("AuditMessage")
    happened = ET.SubElement(
        root,
        "EventIdentification",
        EventActionCode=event.action_code,
        EventDateTime=_time(look["at"]),
        EventOutcomeIndicator="0" if look.get("outcome") is None else _FAILED,
    )
    _code(happened, "EventID", event.event_id, _DCM, MEANINGS[event.event_id])
    if event.event_type is not None:
        _code(happened, "EventTypeCode", event.event_type, _DCM, MEANINGS[event.event_type])
    if (outcome := look.get("outcome")) is not None:
        ET.SubElement(happened, "EventOutcomeDescription").text = str(outcome)
    _participants(root, look, source)
    told = ET.SubElement(root, "AuditSourceIdentification", AuditSourceID=source.source_id)
    if source.site is not None:
        told.set("AuditEnterpriseSiteID", source.site)
    ET.SubElement(told, "AuditSourceTypeCode", {"csd-code": _APPLICATION_SERVER})
    _objects(root, look)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def syslog_message(message: bytes, at: datetime, source: AuditSource, process: str) -> bytes:
    """Return a message as syslog carries it, without the count of octets that goes before it over TLS (RFC 5425)."""
    time = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = f"<{_PRIORITY}>1 {time} {source.host} doseledger {process} {_MESSAGE_ID} - "
    return head.encode("ascii", "replace") + message


def _participants(root: ET.Element, look: Mapping[str, Stated], source: AuditSource) -> None:
    person = ET.SubElement(root, "ActiveParticipant", UserID=str(look["subject"]), UserIsRequestor="true")
    if (user_id := look.get("user_id")) is not None:
        person.set("AlternativeUserID", str(user_id))
    if (address := look.get("asked_from")) is not None:
        person.set("NetworkAccessPointID", str(address))
        person.set("NetworkAccessPointTypeCode", _IP_ADDRESS)
    service = ET.SubElement(root, "ActiveParticipant", UserID=source.source_id, UserIsRequestor="false")
    _code(service, "RoleIDCode", "110150", _DCM, MEANINGS["110150"])


def _objects(root: ET.Element, look: Mapping[str, Stated]) -> None:
    if (patient := look.get("patient_id")) is not None:
        _object(root, str(patient), _PERSON, _PATIENT, _PATIENT_NUMBER)
    if (exam := look.get("exam_id")) is not None:
        _object(root, str(exam), _SYSTEM_OBJECT, _REPORT, _REPORT_NUMBER)
    asked = _object(root, str(look["route"]), _SYSTEM_OBJECT, _RESOURCE, _URI)
    for name in ("id", "action", "via", "reference", "reason", "chain_id", "position"):
        if (value := look.get(name)) is not None:
            ET.SubElement(asked, "ParticipantObjectDetail", type=name, value=b64encode(str(value).encode()).decode())


def _object(root: ET.Element, identity: str, kind: str, role: str, of: tuple[str, str]) -> ET.Element:
    participant = ET.SubElement(
        root,
        "ParticipantObjectIdentification",
        ParticipantObjectID=identity,
        ParticipantObjectTypeCode=kind,
        ParticipantObjectTypeCodeRole=role,
    )
    _code(participant, "ParticipantObjectIDTypeCode", of[0], _RFC_3881, of[1])
    # A name or a query must stand here; ours are names of nobody.
    ET.SubElement(participant, "ParticipantObjectName").text = identity
    return participant


def _code(parent: ET.Element, name: str, code: str, system: str, meaning: str) -> None:
    ET.SubElement(parent, name, {"csd-code": code, "codeSystemName": system, "originalText": meaning})


def _time(value: Stated) -> str:
    assert isinstance(value, datetime)  # noqa: S101 - the column's type
    return value.astimezone(UTC).isoformat(timespec="microseconds")
