"""A house that was told of one patient in every way, and the retention of its site. All people are invented."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Engine, select, text

from db.session import Session, unit_of_work
from db.tables.exam import ExamRow
from db.tables.patient import PatientRow
from dose_core.contract import Envelope
from dose_core.retention.rules import Jurisdiction, rule_of
from dose_services import ingest, legal_holds, manual, reading, restriction, retention, viewing
from dose_services.audit import Looker, Via
from dose_services.manual import Typed
from dose_services.retention import Policy, Tally
from tests.builders.ct_rdsr import accumulated, acquisition, ct_rdsr_bytes, dlp_total, dose
from tests.builders.hl7 import adt, merge
from tests.builders.typed import value
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler

Result = TypeVar("Result")

NAME, NUMBER, BORN = "Quuxington^Zelda", "PLANTED-7788", "19310823"
STUDY_OF_BOTH = "2.25.912"  # of which a report states the dose too
WORDS = (
    "quuxington",
    "zelda",
    NUMBER,
    BORN,
    "1931-08-23",
    "ACC-PLANTED",
    "ADM-PLANTED",
    "Plantedreferrer",
    "Plantedperformer",
)
IN_TEN_YEARS = datetime(2036, 3, 3, 6, 0, tzinfo=UTC)  # more than a day after the period of the youngest exam
LOOKER = Looker(
    subject="command:ada", user_id=None, via=Via.COMMAND, reference=None, route="doseledger", reads_uncounted=True
)

_COMMENTS = (
    "UPDATE evidence SET orthanc_id = 'a digest of Patient ID and UIDs'",
    """
    INSERT INTO exam_decision (exam_id, kind, patient_id, decided_by, decided_at, comment)
    SELECT id, 'released', patient_id, 'ada', now(), 'is of Zelda' FROM exam
    """,
    """
    INSERT INTO skin_place (exam_id, left_mm, back_mm, head_mm, reason, decided_by, decided_at)
    SELECT id, 0, 0, 50, 'Zelda lay lower', 'ada', now() FROM exam
    """,
    """
    INSERT INTO skin_reaction (id, exam_id, grade, seen_on, place, photo_reference, comment, recorded_by, recorded_at)
    SELECT gen_random_uuid(), id, 1, '2026-04-01', 'back', 'folder of Zelda', 'Zelda says', 'ada', now() FROM exam
    """,
    """
    INSERT INTO hook_card (id, kind, hook, hook_instance, client, acting, patient_id, exam_ids, order_numbers, shown_at)
    SELECT DISTINCT ON (patient_id) gen_random_uuid(), 'prior_similar', 'order-sign', gen_random_uuid(), 'karl',
        'Practitioner/roe', patient_id, ARRAY[id], ARRAY['PLANTED-7788'], now() FROM exam ORDER BY patient_id, id
    """,
    """
    INSERT INTO hook_feedback (card_id, outcome, comment, outcome_at, received_at, digest)
    SELECT id, 'overridden', 'Zelda says so', now(), now(), 'd' FROM hook_card
    """,
    """
    INSERT INTO finding (id, kind, subject, text, detail, exam_id, raised_at, resolved_at, comment)
    SELECT gen_random_uuid(), 'held', CAST(id AS text), 'held', '{}', id, now(), now(), 'is of Zelda' FROM exam
    """,
)


@dataclass
class KeptPatient:
    """A house in which all that comes is of one patient, under German law."""

    engine: Engine
    house: DoseHouse = field(init=False)
    policy: Policy = field(init=False)

    def __post_init__(self) -> None:
        self.house = DoseHouse(engine=self.engine, archive=FakeArchive())
        rule = rule_of(Jurisdiction.DE, today=date(2026, 11, 22))
        self.policy = Policy(rule=rule, zone=self.house.site.timezone, hl7_keep=timedelta(days=365))

    def receive(self, number: int = 0, *, on: str = "20260301", **header: object) -> None:
        """Take in a report of one scan of 100 mGy·cm; each number is a study of its own."""
        stated = {
            "SOPInstanceUID": f"2.25.9{number}1",
            "StudyInstanceUID": f"2.25.9{number}2",
            "StudyDate": on,
            "ContentDate": on,
            "PatientName": NAME,
            "PatientID": NUMBER,
            "IssuerOfPatientID": "HOSP",
            "PatientBirthDate": BORN,
            "AccessionNumber": f"ACC-PLANTED-{number}",
            "AdmissionID": f"ADM-PLANTED-{number}",
            "ReferringPhysicianName": "Plantedreferrer^R",
            "PerformingPhysicianName": "Plantedperformer^P",
            **header,
        }
        scan = acquisition(dose("10", "100"), uid=f"2.25.9{number}3")
        self.house.receive([ct_rdsr_bytes(accumulated(dlp_total("100")), scan, **stated)])

    def receive_unreadable(self) -> None:
        """Take in an object that nobody can read, and that names the patient."""
        envelope = Envelope(sop_instance_uid="2.25.6", dicom=f"no DICOM, of {NAME}".encode())
        kept = self.in_transaction(
            lambda session: ingest.keep_objects(session, [envelope], sender="test", received_at=self.house.now)
        )
        reading.read_kept(partial(unit_of_work, self.engine), kept, now=self.house.now, site=self.house.site)

    def hear(self, raw: bytes, *, now: datetime | None = None) -> bytes:
        """Take in an HL7 message and return the acknowledgement."""
        return handler(self.engine, now=now or self.house.now).handle(raw, peer="192.0.2.1")

    def be_told_everything(self) -> None:
        """Two exams, messages, a merge, looks, holds, a restriction, decisions and comments: all name the patient."""
        self.hear(patient_message())
        self.receive(1, on="20250301")
        self.receive(2)
        self.hear(patient_message(number=f"{NUMBER}-OLD"))
        self.hear(merge(survivor=f"{NUMBER}^^^HOSP", subsumed=f"{NUMBER}-OLD^^^HOSP", name=NAME, at="20260302080000"))
        patient_id, exam_id, now = self.patient().id, self.exams()[0].id, self.house.now
        with unit_of_work(self.engine) as session:
            viewing.look_at_history(session, patient_id, looker=LOOKER, now=now)
            viewing.look_at_exam(session, exam_id, looker=LOOKER, now=now)
            hold = legal_holds.hold_patient(session, patient_id, reason=f"claim of {NAME}", by="ada", now=now)
            legal_holds.lift(session, hold.number, reason=f"{NUMBER} settled", by="ada", now=now)
            restriction.restrict(session, patient_id, reason="contested by Zelda", looker=LOOKER, now=now)
            restriction.lift(session, patient_id, reason="Quuxington agrees", looker=LOOKER, now=now)
        self.type_in("the sheet of Zelda", STUDY_OF_BOTH)
        self.change(*_COMMENTS)

    def type_in(self, comment: str, study_instance_uid: str) -> None:
        """Type the DLP of a study that sent nothing, as a physicist does."""
        patient = {"identifier": NUMBER, "authority": "HOSP", "name": NAME}
        body = {
            "study_instance_uid": study_instance_uid,
            "modality": "CT",
            "patient": patient,
            "started_at": "2025-03-01T10:15",
            "source": "dose sheet",
            "comment": comment,
            "values": [value("dlp", 100.0, "mGy.cm")],
        }
        typed = Typed(
            body=json.dumps(body).encode(),
            exam_id=None,
            study_instance_uid=study_instance_uid,
            modality="CT",
            names_patient=True,
            names_start=True,
        )
        work = partial(unit_of_work, self.engine)
        manual.state_values(work, typed, looker=LOOKER, site_label="", now=self.house.now, site=self.house.site)
        self.house.follow()

    def expire(self, now: datetime = IN_TEN_YEARS) -> Tally:
        """Make unreadable what is due."""
        work = partial(unit_of_work, self.engine)
        return retention.expire(work, self.policy, by="command:ada", now=now, told=lambda _: None)

    def survey(self, now: datetime = IN_TEN_YEARS) -> Tally:
        """Return what is due."""
        return self.in_transaction(lambda session: retention.survey(session, self.policy, now=now))

    def exams(self) -> list[ExamRow]:
        """Return all exams, in the order of their studies."""
        query = select(ExamRow).order_by(ExamRow.study_instance_uid)
        return self.in_transaction(lambda session: list(session.scalars(query)))

    def patient(self) -> PatientRow:
        """Return the only patient who was not merged into another."""
        query = select(PatientRow).where(PatientRow.merged_into_id.is_(None))
        return self.in_transaction(lambda session: session.scalars(query).one())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the database holds."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def change(self, *statements: str, **values: object) -> None:
        """Change the database behind the back of the services."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    def in_transaction(self, work: Callable[[Session], Result]) -> Result:
        """Return what some work returns, committed."""
        with unit_of_work(self.engine) as session:
            return work(session)


def patient_message(*, number: str = NUMBER, at: str = "20260101080000") -> bytes:
    """Return an ADT message about the patient."""
    return adt(identifiers=f"{number}^^^HOSP", name=NAME, birth_date=BORN, at=at)
