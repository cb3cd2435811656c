"""
Two hospitals of two regions, with a patient, an exam, a device and whatever else belongs to each, and who works there.

Nobody here exists. What is made by hand stands in the tables as the worker and the HL7 side would write it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from db.repositories import outbound_queue
from db.session import Session, unit_of_work
from dose_services import forwarding_desk, grants, organisations, outbound_destinations, tokens, users
from dose_services.access import ROOT
from dose_services.audit import Looker
from dose_services.finding_kinds import FindingKind
from dose_services.forwarding_values import FolderNode, ForwardRule
from dose_services.organisation_kinds import Kind
from dose_services.outbound_values import Endpoint, Form, Rule
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import AMBULANCE_HEAD, ANNA_CHEST, ANNA_FOLLOW_UP, BRUNO_HEAD, CARA_ABDOMEN, Study
from tests.builders.envelopes import whole
from tests.integration.api.conftest import TOKENS, House

BY = Looker.of_service("test", "test")
_A_DAY = timedelta(days=1)
OWN, OTHER, NOWHERE = "own", "other", "nowhere"

_HELD = text("UPDATE exam SET state = 'held', state_reason = 'a test holds it' WHERE id = :exam_id")
_FACTS = text(
    """
    SELECT e.id AS exam_id, e.patient_id, e.device_id, e.study_instance_uid, e.accession_number, e.revision,
        e.revision_id, p.name, (SELECT v.id FROM evidence v JOIN statement s ON s.evidence_id = v.id
            WHERE s.study_instance_uid = e.study_instance_uid AND v.site = e.site LIMIT 1) AS evidence_id
    FROM exam e JOIN patient p ON p.id = e.patient_id WHERE e.study_instance_uid = :uid AND e.site = :site
    """
)
_ORDER = text(
    """
    INSERT INTO imaging_order (id, patient_id, whose, placer_number, ordered_at, said_at, created_at)
    VALUES (:id, :patient_id, ARRAY[CAST(:patient_id AS uuid)], :number, now(), now(), now())
    """
)
_FINDING = text(
    """
    INSERT INTO finding (id, kind, subject, text, detail, exam_id, raised_at)
    VALUES (:id, :kind, CAST(:exam_id AS text), 'a test raised it', '{}', :exam_id, now())
    """
)
_DECISION = text(
    """
    INSERT INTO device_decision (kind, site, device_ids, decided_by, decided_at, comment)
    VALUES ('merged', :site, jsonb_build_array(CAST(:device_id AS text)), 'test', now(), 'a test') RETURNING id
    """
)
_PUBLICATION = text(
    """
    INSERT INTO publication (id, exam_id, revision, kind, destination, edition, state, sop_instance_uid,
        series_instance_uid, not_before, attempts, created_at)
    VALUES (:id, :exam_id, :revision, 'ct rdsr', 'pacs', 1, 'sent', :uid, :uid, now(), 1, now()) RETURNING number
    """
)
_FORWARD = text(
    """
    INSERT INTO forward (destination_id, evidence_id, exam_id, state, attempts, created_at)
    VALUES (:destination_id, :evidence_id, :exam_id, 'sent', 0, now()) RETURNING number
    """
)
_REACTION = text(
    """
    INSERT INTO skin_reaction (id, exam_id, grade, seen_on, place, photo_reference, comment, recorded_by, recorded_at)
    VALUES (:id, :exam_id, 0, '2026-06-01', '', '', '', 'test', now())
    """
)


@dataclass(frozen=True, kw_only=True)
class World:
    """The house, what is whose, by the names that the rows of ``access_rules`` use, and a header for each role."""

    house: House
    things: dict[str, dict[str, str]]
    headers: dict[Role, dict[str, str]]
    marks: frozenset[str]  # of the other hospital, and of what happened there: never seen by who works in the own one
    views: dict[Role, str]  # for each role that may open one, a view of the own patient


def build(house: House) -> World:
    """Make both hospitals, let somebody of each role work in the first, and return what there is."""
    with unit_of_work(house.engine) as session:
        own, other = (
            _hospital(session, house, region, name) for region, name in (("North", "harbour"), ("South", "coast"))
        )
        endpoint, form = (
            Endpoint(host="ris.example", port=2575),
            Form(receiving_application="RIS", receiving_facility="RIS"),
        )
        rule = Rule(exams_since=house.now)
        ris = outbound_destinations.add_destination(session, "ris", endpoint, rule, form, looker=BY, now=house.now)
        node, wanted = FolderNode(path="/srv/registry"), ForwardRule(since=house.now)
        key = b"a key that is long enough for a test of the matrix"
        forwarding_desk.add_destination(session, "registry", node, wanted, site_key=key, looker=BY, now=house.now)
        registry = session.scalars(text("SELECT id FROM forward_destination")).one()
    shared = {"registry": registry, "ris": ris}
    things = {
        OWN: _things(house, "harbour", own, ANNA_CHEST, CARA_ABDOMEN, shared),
        OTHER: _things(house, "coast", other, BRUNO_HEAD, AMBULANCE_HEAD, shared),
    }
    # Anna was examined there as well: her history here has nothing of it.
    beyond = _received(house, "coast", ANNA_FOLLOW_UP)
    things[NOWHERE] = {name: _nothing_like(name, value) for name, value in things[OTHER].items()}
    marks = {value for name, value in things[OTHER].items() if name not in _SHORT}
    marks |= {str(beyond[name]) for name in ("exam_id", "study_instance_uid", "accession_number", "device_id")}
    headers = {role: _worker(house, role, own) for role in Role}
    views = {
        role: house.open_view(ANNA_CHEST.person.identifier, person=role)
        for role in (Role.RADIOLOGIST, Role.REFERRER, Role.RADIOGRAPHER, Role.MPE)
    }
    return World(house=house, things=things, headers=headers, marks=frozenset(marks), views=views)


_SHORT = {"site", "message", "publication", "forward", "decision"}  # too short to be told from other text


def _hospital(session: Session, house: House, region: str, site: str) -> UUID:
    above = organisations.add(session, region, Kind.REGION, looker=BY, now=house.now)
    name = f"{site} hospital"
    added = organisations.add(session, name, Kind.HOSPITAL, parent_id=above.id, site=site, looker=BY, now=house.now)
    return added.id


def _received(house: House, site: str, study: Study) -> dict[str, Any]:
    with unit_of_work(house.engine) as session:
        _, token = tokens.issue(
            session, TOKENS, scopes=[Scope.INGEST], subject=f"plugin-{site}", site=site,
            valid_for=_A_DAY, now=house.now,
        )  # fmt: skip
    envelope = whole(dose_report(study))
    answer = house.hand_in(envelope, Authorization=f"Bearer {token}")
    assert answer.status_code == 201, answer.text
    with unit_of_work(house.engine) as session:
        return dict(session.execute(_FACTS, {"uid": study.study_instance_uid, "site": site}).mappings().one())


def _things(
    house: House, site: str, organisation_id: UUID, study: Study, held: Study, shared: dict[str, UUID]
) -> dict[str, str]:
    facts, waits = _received(house, site, study), _received(house, site, held)
    exam_id, patient_id, device_id = facts["exam_id"], facts["patient_id"], facts["device_id"]
    made = {name: uuid4() for name in ("order_id", "finding_id", "reaction_id", "publication_id")}
    with unit_of_work(house.engine) as session:
        session.execute(_HELD, {"exam_id": waits["exam_id"]})
        number = f"ORDER-{site}"
        session.execute(_ORDER, {"id": made["order_id"], "patient_id": patient_id, "number": number})
        kind = next(iter(FindingKind))
        session.execute(_FINDING, {"id": made["finding_id"], "kind": kind, "exam_id": exam_id})
        session.execute(_REACTION, {"id": made["reaction_id"], "exam_id": exam_id})
        decision = session.scalar(_DECISION, {"site": site, "device_id": device_id})
        uid = f"2.25.{made['publication_id'].int}"
        publishing = {"id": made["publication_id"], "exam_id": exam_id, "revision": facts["revision"], "uid": uid}
        publication = session.scalar(_PUBLICATION, publishing)
        forwarding = {"destination_id": shared["registry"], "evidence_id": facts["evidence_id"], "exam_id": exam_id}
        forward = session.scalar(_FORWARD, forwarding)
        message = outbound_queue.add(
            session, destination_id=shared["ris"], exam_id=exam_id, patient_id=patient_id, kind="F",
            control_id=f"CONTROL-{site}", content=facts["name"].encode(), now=house.now,
        )  # fmt: skip
        grant = grants.give(session, f"system:{site}-ris", Role.INTEGRATOR, organisation_id, looker=BY, now=house.now)
        house_root = tokens.issue(
            session, TOKENS, scopes=[Scope.READ], subject="root-typist", site=site,
            valid_for=_A_DAY, now=house.now,
        )[1]  # fmt: skip
        grants.give(session, "system:root-typist", Role.MPE, ROOT, looker=BY, now=house.now)
    typed = {
        "exam_id": str(exam_id), "modality": "CT", "source": "display", "comment": "a test",
        "values": [{"quantity": "dlp", "value": 1.0, "unit": "mGy.cm"}],
    }  # fmt: skip
    root = {"Authorization": f"Bearer {house_root}"}
    answer = house.client.post("/api/v1/manual-values", json=typed, headers=root)
    assert answer.status_code == 201, answer.text
    with unit_of_work(house.engine) as session:
        facts |= dict(session.execute(_FACTS, {"uid": study.study_instance_uid, "site": site}).mappings().one())
    things = {
        "site": site,
        "organisation_id": organisation_id,
        "patient_id": patient_id,
        "identifier": study.person.identifier,
        "patient_name": study.person.name.partition("^")[0],
        "exam_id": exam_id,
        "held_exam_id": waits["exam_id"],
        "study_instance_uid": study.study_instance_uid,
        "accession_number": study.accession_number,
        "device_id": device_id,
        "value_id": f"{facts['revision_id']}.totals.0.value",
        "values_id": answer.json()["id"],
        "order_id": made["order_id"],
        "order_number": number,
        "finding_id": made["finding_id"],
        "reaction_id": made["reaction_id"],
        "grant_id": grant.id,
        "control_id": f"CONTROL-{site}",
        "publication_uid": uid,
        "decision": decision,
        "publication": publication,
        "forward": forward,
        "message": message,
    }
    return {name: str(value) for name, value in things.items()}


def _worker(house: House, role: Role, organisation_id: UUID) -> dict[str, str]:
    with unit_of_work(house.engine) as session:
        if role is Role.INTEGRATOR:
            grants.give(session, "system:harbour-reader", role, organisation_id, looker=BY, now=house.now)
            subject, login = "harbour-reader", None
        else:
            subject, login = None, str(role)
            users.add_user(
                session,
                login=login,
                roles=[role],
                orthanc_users=[login],
                organisation_id=organisation_id,
                now=house.now,
            )
        _, token = tokens.issue(
            session, TOKENS, scopes=[Scope.READ], subject=subject, login=login, site="harbour",
            valid_for=_A_DAY, now=house.now,
        )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


def _nothing_like(name: str, value: str) -> str:
    if name in {"site", "identifier"}:
        return "nowhere"
    if value.isdigit():
        return "999999"
    if name == "value_id":
        return f"{uuid4()}.totals.0.value"
    return str(uuid4()) if name.endswith("_id") else "2.25.1"
