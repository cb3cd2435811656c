"""Tests of dose_core.auditing: looks as DICOM audit messages and as FHIR AuditEvents."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from dose_core.auditing.dicom_message import dicom_message, syslog_message
from dose_core.auditing.events import MEANINGS, AuditSource, event_of, known_events
from dose_core.auditing.fhir_event import fhir_event
from dose_services.audit import Action

SOURCE = AuditSource(source_id="https://dose.example", site="Invented Hospital", host="dose1")
AT = datetime(2026, 3, 5, 9, 30, 0, 120_000, tzinfo=UTC)
LOOK: dict[str, Any] = {
    "id": UUID(int=1),
    "at": AT,
    "subject": "user:ada",
    "user_id": UUID(int=2),
    "action": "read_exam",
    "patient_id": UUID(int=3),
    "exam_id": UUID(int=4),
    "route": "/api/v1/exams/{exam_id}",
    "via": "token",
    "reference": None,
    "reason": None,
    "asked_from": "10.1.2.3",
    "outcome": None,
    "chain_id": UUID(int=5),
    "position": 7,
}
# The order of elements and what must stand in each: PS3.15, A.5.1.1 (Relax NG).
CHILDREN = {
    "AuditMessage": [
        "EventIdentification",
        "ActiveParticipant",
        "AuditSourceIdentification",
        "ParticipantObjectIdentification",
    ],
    "EventIdentification": ["EventID", "EventTypeCode", "EventOutcomeDescription"],
    "ActiveParticipant": ["RoleIDCode"],
    "AuditSourceIdentification": ["AuditSourceTypeCode"],
    "ParticipantObjectIdentification": [
        "ParticipantObjectIDTypeCode",
        "ParticipantObjectName",
        "ParticipantObjectDetail",
    ],
}
CODED = {"EventID", "EventTypeCode", "RoleIDCode", "ParticipantObjectIDTypeCode"}
MUST_STATE = {
    "EventIdentification": {"EventDateTime", "EventOutcomeIndicator"},
    "ActiveParticipant": {"UserID", "UserIsRequestor"},
    "AuditSourceIdentification": {"AuditSourceID"},
    "ParticipantObjectIdentification": {"ParticipantObjectID"},
    "ParticipantObjectDetail": {"type", "value"},
}


def broken(message: bytes) -> list[str]:
    """Return what of the schema a message breaks."""
    told = []
    for element in ET.fromstring(message).iter():  # noqa: S314 - our own
        names = [child.tag for child in element]
        order = CHILDREN.get(element.tag, [])
        if not set(names) <= set(order) or names != sorted(names, key=order.index):
            told.append(f"{element.tag} has {names}")
        wanted = MUST_STATE.get(element.tag, set())
        if element.tag in CODED:
            wanted = {"csd-code", "codeSystemName", "originalText"}
        if not wanted <= set(element.attrib):
            told.append(f"{element.tag} states {sorted(element.attrib)}")
    return told


class TestADicomAuditMessage:
    def test_has_the_form_of_the_standard(self) -> None:
        refused = {**LOOK, "outcome": "no role of the caller allows this", "action": "break_glass", "reason": "a\nb<c>"}

        assert broken(dicom_message(LOOK, SOURCE)) == []
        assert broken(dicom_message(refused, SOURCE)) == []

    def test_tells_who_what_when_whom_and_from_where(self) -> None:
        root = ET.fromstring(dicom_message(LOOK, SOURCE))  # noqa: S314 - our own

        happened, person, service, source, patient, exam, route = root
        assert happened.attrib == {
            "EventActionCode": "R",
            "EventDateTime": "2026-03-05T09:30:00.120000+00:00",
            "EventOutcomeIndicator": "0",
        }
        assert happened[0].attrib["csd-code"] == "110110"
        assert (person.attrib["UserID"], person.attrib["UserIsRequestor"]) == ("user:ada", "true")
        assert (person.attrib["NetworkAccessPointID"], person.attrib["NetworkAccessPointTypeCode"]) == ("10.1.2.3", "2")
        assert service.attrib["UserIsRequestor"] == "false"
        assert source.attrib == {"AuditSourceID": "https://dose.example", "AuditEnterpriseSiteID": "Invented Hospital"}
        assert [one.attrib["ParticipantObjectID"] for one in (patient, exam, route)] == [
            str(UUID(int=3)),
            str(UUID(int=4)),
            "/api/v1/exams/{exam_id}",
        ]
        details = {one.attrib["type"]: b64decode(one.attrib["value"]).decode() for one in route[2:]}
        assert details == {
            "id": str(UUID(int=1)),
            "action": "read_exam",
            "via": "token",
            "chain_id": str(UUID(int=5)),
            "position": "7",
        }

    def test_that_was_refused_says_so(self) -> None:
        root = ET.fromstring(dicom_message({**LOOK, "outcome": "not permitted"}, SOURCE))  # noqa: S314 - our own

        assert root[0].attrib["EventOutcomeIndicator"] == "4"
        assert root[0].findtext("EventOutcomeDescription") == "not permitted"

    def test_is_carried_by_syslog(self) -> None:
        """RFC 5424, 6; facility 10 and severity 5 are 85."""
        assert syslog_message(b"<AuditMessage/>", AT, SOURCE, "42") == (
            b"<85>1 2026-03-05T09:30:00.120Z dose1 doseledger 42 IHE+RFC-3881 - <AuditMessage/>"
        )


class TestAnAuditEvent:
    def test_tells_the_same(self) -> None:
        told = fhir_event({**LOOK, "action": "break_glass", "reason": "an emergency"}, SOURCE)

        assert told["type"]["code"] == "110113"
        assert told["subtype"][0]["code"] == "110127"
        assert (told["action"], told["outcome"], told["recorded"]) == ("E", "0", "2026-03-05T09:30:00.120+00:00")
        person, service = told["agent"]
        assert person["network"] == {"address": "10.1.2.3", "type": "2"}
        assert person["purposeOfUse"] == [{"text": "an emergency"}]
        assert [person["requestor"], service["requestor"]] == [True, False]
        assert told["entity"][0]["what"] == {"reference": f"Patient/{UUID(int=3)}"}


class TestTheTableOfEvents:
    @pytest.mark.parametrize("action", Action)
    def test_knows_each_action(self, action: Action) -> None:
        assert action in known_events(), "add a row to dose_core/auditing/events.csv"

    def test_names_codes_that_have_a_meaning(self) -> None:
        for event in known_events().values():
            assert {event.event_id, event.event_type} - {None} <= set(MEANINGS)
            assert event.action_code in set("CRUDE")

    def test_tells_of_an_unknown_action_too(self) -> None:
        assert event_of("something new").event_id == "110110"
