"""A house that hears HL7 and takes dose reports in, and what it shows of a patient. All people are invented."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.repositories import patients
from db.session import Engine, unit_of_work
from dose_services import exams
from dose_services.exams import PatientView
from tests.builders.ct_rdsr import accumulated, acquisition, ct_rdsr_bytes, dlp_total, dose
from tests.builders.hl7 import message, msh
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive
from tests.support.hl7_bridge import handler

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@dataclass
class IdentityHouse:
    """Messages state a minute of the morning; reports come when they come."""

    engine: Engine
    house: DoseHouse = field(init=False)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.house = DoseHouse(engine=self.engine, archive=FakeArchive())

    def hear(self, trigger: str, *segments: str, minute: int) -> str:
        """Take a message in, and return MSA-1 with the code of ERR-3, such as ``AE 204``."""
        at = f"{MORNING + timedelta(minutes=minute):%Y%m%d%H%M%S}+0000"
        raw = message(
            msh(f"ADT^{trigger}", control_id=f"C{next(self._numbers)}", at=at), f"EVN|{trigger}|{at}", *segments
        )
        ack = handler(self.engine, now=self.house.now).handle(raw, peer="192.0.2.1").decode()
        _, msa, *errors = ack.rstrip("\r").split("\r")
        code = f" {errors[0].split('|')[3].split('^')[0]}" if errors else ""
        return msa.split("|")[1] + code

    def receive(
        self, patient_id: str, *, name: str = "Ek^Alma", born: str = "19600101", others: Sequence[str] = ()
    ) -> str:
        """Take in the dose report of a study of its own, and return its Study Instance UID."""
        number = next(self._numbers)
        study = f"2.25.8{number}2"
        scan = acquisition(dose("10", "100"), uid=f"2.25.8{number}3")
        stated: dict[str, Any] = {
            "SOPInstanceUID": f"2.25.8{number}1",
            "StudyInstanceUID": study,
            "PatientID": patient_id,
            "IssuerOfPatientID": "HOSP",
            "PatientName": name,
            "PatientBirthDate": born,
            "OtherPatientIDsSequence": [{"PatientID": one, "IssuerOfPatientID": "HOSP"} for one in others],
        }
        self.house.receive([ct_rdsr_bytes(accumulated(dlp_total("100")), scan, **stated)])
        return study

    def patient_id(self, identifier: str) -> UUID:
        """Return our id of the record that has an identifier now."""
        with unit_of_work(self.engine) as session:
            found = patients.find_by_identifier(session, identifier, "HOSP")
            assert found is not None
            return found.id

    def shown(self, identifier: str) -> PatientView:
        """Return the patient who stands for an identifier."""
        with unit_of_work(self.engine) as session:
            found = exams.patient_view(session, self.patient_id(identifier))
        assert found is not None
        return found

    def history(self, identifier: str) -> set[str]:
        """Return the studies that are shown for an identifier, after what follows from all messages was done."""
        self.house.follow()
        with unit_of_work(self.engine) as session:
            found = exams.history(session, self.patient_id(identifier))
        assert found is not None
        return {exam.study_instance_uid for exam in found.exams}

    def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """Return what the database holds."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]


def pid(identifiers: str, name: str = "Ek^Alma", *, born: str = "19600101", updated: str = "") -> str:
    """Return a PID; identifiers are of the hospital."""
    return f"PID|1||{identifiers}||{name}||{born}|F" + ("|" * 25 + updated if updated else "")
