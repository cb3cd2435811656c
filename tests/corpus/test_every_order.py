"""
Real objects of one study, stored by real C-STORE in every order: the exam is the same, and counts each event once.

Run with ``-s`` to see the totals of each order.
"""

import tomllib
from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from sqlalchemy import Engine, text

from db.retry import in_unit_of_work
from db.session import Session, make_engine, unit_of_work
from doseledger.demo.doors import Door, bearer
from doseledger.demo.feed import CALLED_AE_TITLE
from doseledger.demo.hospital import CT_ONE
from doseledger.demo.orthanc_server import PERSON
from tests.builders.dual_device import dual_reports
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.living_house import LivingHouse, living_house
from tests.support.storing import store_all
from tests.support.until import until

pytestmark = [
    needs_corpus,
    pytest.mark.orthanc,
    pytest.mark.real_dicom,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore"),  # pydicom warns of what real objects hold
]
KEPT = (
    "app_user",
    "external_identity",
    "issued_token",
    "organisation",
    "role_grant",
    "role_permission",
    "alembic_version",
)

MULTI = [f"ct_rdsr/openREM__CT-RDSR-Siemens-Multi-{n}.dcm" for n in (1, 2, 3)]
CONTINUED = [f"ct_rdsr/openREM__CT-RDSR-Siemens-Continued-{n}.dcm" for n in (1, 2)]
DUAL = ["xa_rf_rdsr/openREM__Dual-RDSR-RF.dcm", "dx_rdsr/openREM__Dual-RDSR-DX.dcm"]
TWINS = [f"mg_image/openREM__MG-Im-GE_Seno_1_For{form}.dcm" for form in ("Presentation", "Processing")]
PET = [
    "nm_rrdsr/openREM__NM-RRDSR-Siemens.dcm",
    "pt_nm_image/openREM__NM-PetIm-Siemens-3.dcm",
    "pt_nm_image/openREM__NM-PetIm-Siemens-3-sameseries.dcm",
]


@pytest.fixture(scope="module")
def house() -> Iterator[LivingHouse]:
    with living_house() as living:
        yield living


@pytest.fixture(scope="module")
def engine(house: LivingHouse) -> Iterator[Engine]:
    """The house's own database."""
    running = (house.place.service_folder / "running.toml").read_text()
    made = make_engine(tomllib.loads(running)["database_url"])
    yield made
    made.dispose()


class Ledger:
    """What the house counts after one order of objects."""

    def __init__(self, house: LivingHouse, engine: Engine) -> None:
        self._house = house
        self._engine = engine
        told = house.service.command("token", "issue", "--user", PERSON, "--scope", "read")
        self._physicist = Door(port=house.place.api_port, authorization=bearer(told.splitlines()[-1].strip()))

    def after(self, objects: Sequence[Dataset]) -> list[dict[str, Any]]:
        """Return each exam's standing, totals and count of events after these objects alone."""
        self._forget_all()
        statuses = store_all(
            self._house.place.orthanc_dicom_port, objects, calling_aet=CT_ONE.ae_title, called=CALLED_AE_TITLE
        )
        assert set(statuses) == {0}
        until(lambda: self._kept() == len(objects), within_s=60, what="all objects to be kept and read")
        with self._engine.connect() as connection:
            rows = connection.execute(
                text("SELECT state, modality, summary FROM exam ORDER BY modality, study_instance_uid")
            ).mappings()
            return [_told(dict(row)) for row in rows]

    def release(self) -> None:
        """Release the held exam to the patient that an operator names, as the desk does."""
        with self._engine.connect() as connection:
            exam_id, patient_id = connection.execute(
                text(
                    "SELECT e.id, p.id FROM exam e, patient p WHERE e.state = 'held' "
                    "AND p.placeholder_for_study IS NULL ORDER BY p.id LIMIT 1"
                )
            ).one()
        wanted = {"patient_id": str(patient_id), "comment": "one person, two spellings of the identifier"}
        answer = self._physicist.call("POST", f"/api/v1/exams/{exam_id}/release", wanted)
        assert answer.status == 200, answer.body

    def exams(self) -> list[dict[str, Any]]:
        """Return what counts now."""
        with self._engine.connect() as connection:
            rows = connection.execute(text("SELECT state, modality, summary FROM exam ORDER BY modality")).mappings()
            return [_told(dict(row)) for row in rows]

    def _kept(self) -> int:
        with self._engine.connect() as connection:
            query = "SELECT count(*) FROM evidence WHERE read_status = 'read'"
            return int(connection.execute(text(query)).scalar_one())

    def _forget_all(self) -> None:
        door = self._house.doors.orthanc.door
        for patient in door.call("GET", "/patients").json():
            door.call("DELETE", f"/patients/{patient}")
        self._house.wait_until_delivered()
        # The worker and the service go on: what meets their work is done again.
        in_unit_of_work(partial(unit_of_work, self._engine), _empty)


def _empty(session: Session) -> None:
    tables = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (:kept)"),
        {"kept": list(KEPT)},
    )
    ours = [name for name in tables if not name.startswith("procrastinate")]
    for name in ours:  # what is append-only refuses to be emptied
        session.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    session.execute(text(f"TRUNCATE {', '.join(ours)} CASCADE"))
    for name in ours:
        session.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    totals = {
        (total["quantity"], total["of"]): total["value"]
        for total in row["summary"]["totals"]
        if total["value"] is not None
    }
    return {"state": row["state"], "modality": row["modality"], "events": row["summary"]["events"], "totals": totals}


@pytest.fixture(scope="module")
def ledger(house: LivingHouse, engine: Engine) -> Ledger:
    return Ledger(house, engine)


def read(names: Sequence[str]) -> list[Dataset]:
    """Return objects as their devices sent them: some were marked as anonymised for the corpus, which no exam is."""
    objects: list[Dataset] = [dcmread(Path(CORPUS, name)) for name in names]
    for one in objects:
        one.pop("PatientIdentityRemoved", None)
    return objects


def test_multi_is_one_exam_of_three_events_and_236_09(ledger: Ledger) -> None:
    for order in permutations(MULTI):
        (exam,) = ledger.after(read(order))
        _print("multi", order, [exam])
        assert (exam["state"], exam["events"]) == ("counted", 3)
        assert _dlp(exam) == pytest.approx(236.09)


def test_continued_is_one_exam_of_four_events_and_116_61(ledger: Ledger) -> None:
    for order in permutations(CONTINUED):
        (exam,) = ledger.after(read(order))
        _print("continued", order, [exam])
        assert (exam["state"], exam["events"]) == ("counted", 4)
        assert _dlp(exam) == pytest.approx(116.61)


def test_dual_is_two_exams_as_its_study_uids_differ(ledger: Ledger) -> None:
    for order in permutations(DUAL):
        exams = ledger.after(read(order))
        _print("dual", order, exams)
        assert [(exam["state"], exam["modality"], exam["events"]) for exam in exams] == [
            ("counted", "DX", 1),
            ("counted", "RF", 4),
        ]
        assert exams[0]["totals"]["dap_gy_cm2", None] == pytest.approx(0.0239)
        assert exams[1]["totals"]["dap_gy_cm2", None] == pytest.approx(0.0212)


def test_dual_is_one_exam_when_built_with_one_study_uid(ledger: Ledger) -> None:
    built = dual_reports("2.25.1002")
    for order in permutations(built):
        (exam,) = ledger.after([dcmread(BytesIO(built[name])) for name in order])
        _print("dual built", order, [exam])
        assert (exam["state"], exam["modality"], exam["events"]) == ("counted", "RF", 5)
        assert exam["totals"]["dap_gy_cm2", None] == pytest.approx(0.0212 + 0.0239)


def test_twins_are_one_exposure(ledger: Ledger) -> None:
    for order in permutations(TWINS):
        (exam,) = ledger.after(read(order))
        _print("twins", order, [exam])
        assert (exam["state"], exam["modality"], exam["events"]) == ("counted", "MG", 1)
        assert sum(value for (quantity, _), value in exam["totals"].items() if quantity == "agd_mgy") == pytest.approx(
            0.547
        )


def test_pet_is_held_as_identities_disagree_and_one_administration_after_release(ledger: Ledger) -> None:
    for order in permutations(PET):
        (exam,) = ledger.after(read(order))
        _print("pet", order, [exam])
        assert (exam["state"], exam["modality"]) == ("held", "PT")

        ledger.release()

        (released,) = ledger.exams()
        _print("  released", (), [released])
        assert (released["state"], released["events"]) == ("counted", 1)
        activity = [value for (quantity, _), value in released["totals"].items() if "activity" in quantity]
        assert activity == [pytest.approx(394.0)]


def _dlp(exam: dict[str, Any]) -> float:
    """Return the exam's whole DLP, or its only part."""
    parts = {of: value for (quantity, of), value in exam["totals"].items() if quantity == "dlp_mgy_cm"}
    return float(parts.get(None, sum(parts.values())))


def _print(name: str, order: Sequence[str], exams: Sequence[dict[str, Any]]) -> None:
    shown = " > ".join(Path(one).stem.split("-", 1)[-1] for one in order)
    for exam in exams:
        totals = ", ".join(f"{quantity}[{of or 'all'}]={value:g}" for (quantity, of), value in exam["totals"].items())
        print(f"{name:10} {shown:60} {exam['state']:8} {exam['modality']:6} {exam['events']} event(s)  {totals}")  # noqa: T201 - for -s
