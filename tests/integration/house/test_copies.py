"""What Orthanc makes of stored objects: copies are evidence only, corrections the same exam; no dose counts twice."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import Engine, select

from db.session import unit_of_work
from db.tables.evidence import EvidenceRow
from db.tables.exam import ExamRow
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP, Person, Study
from doseledger.demo.house import expect
from doseledger.demo.slices import images
from tests.support.living_house import LivingHouse
from tests.support.until import until

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(600)]

SLICES = 3
KEEP_ALL = {"Keep": ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"], "Force": True}
OTHER = {"PatientID": "COPY-OTHER", "PatientName": "Other^Olga"}
# What a person or a script may have Orthanc do with a patient, a study or a series, and whether the original stays.
COPYING: dict[str, tuple[str, str, dict[str, Any], bool]] = {
    "anonymised": ("studies", "anonymize", {}, True),
    "anonymised, later": ("studies", "anonymize", {"Asynchronous": True}, True),
    "anonymised, the original deleted": ("studies", "anonymize", {"KeepSource": False}, False),
    "anonymised series": ("series", "anonymize", {}, True),
    "anonymised patient": ("patients", "anonymize", {}, True),
    "anonymised, its UIDs kept": ("studies", "anonymize", KEEP_ALL, True),
    "modified": ("studies", "modify", {"Replace": {"StudyDescription": "copy"}}, True),
    "modified, later": ("studies", "modify", {"Replace": {"StudyDescription": "copy"}, "Asynchronous": True}, True),
    "modified, the original deleted": (
        "studies", "modify", {"Replace": {"StudyDescription": "copy"}, "KeepSource": False}, False,
    ),
    "modified series": ("series", "modify", {"Replace": {"SeriesDescription": "copy"}}, True),
    "given to another patient": ("patients", "modify", {"Replace": OTHER, "Force": True}, True),
    "given to another patient, the original deleted": (
        "patients", "modify", {"Replace": OTHER, "Force": True, "KeepSource": False}, False,
    ),
    "given to another patient, its UIDs kept": ("patients", "modify", {"Replace": OTHER, **KEEP_ALL}, True),
}  # fmt: skip


def study(key: str) -> Study:
    person = Person(
        identifier=f"COPY-{key}", name="Original^Orla", birth_date=ANNA_FOLLOW_UP.person.birth_date, sex="F"
    )
    return replace(ANNA_FOLLOW_UP, key=f"copies {key}", person=person, accession_number=key[:16])


def store(house: LivingHouse, one: Study) -> dict[str, str]:
    """Store report and some slices of a study as its scanner does; return Orthanc's ids by level."""
    house.doors.modality(one.scanner).store([dose_report(one), *islice(images(one), SLICES)])
    house.wait_until_delivered()
    report = dose_report(one).SOPInstanceUID
    (instance,) = found(house, "Instance", {"SOPInstanceUID": report, "PatientID": one.person.identifier})
    return {
        "instances": instance["ID"],
        "series": instance["ParentSeries"],
        **{level: found(house, name, query)[0]["ID"] for level, name, query in (
            ("studies", "Study", {"StudyInstanceUID": one.study_instance_uid}),
            ("patients", "Patient", {"PatientID": one.person.identifier}),
        )},
    }  # fmt: skip


def found(house: LivingHouse, level: str, query: dict[str, str]) -> list[dict[str, Any]]:
    answer = expect(house.doors.orthanc.door, "POST", "/tools/find", {"Level": level, "Query": query, "Expand": True})
    return list(answer)


def orthanc(house: LivingHouse, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is what it is
    """Have Orthanc do something, and wait until it is done and delivered."""
    door = house.doors.orthanc.door
    answer = expect(door, "POST", path, body)
    if body.get("Asynchronous"):
        job = f"/jobs/{answer['ID']}"
        until(lambda: expect(door, "GET", job)["State"] == "Success", within_s=30, what="the job")
    house.wait_until_delivered()
    return answer


def evidence_of(engine: Engine, orthanc_ids: Sequence[str]) -> list[tuple[str | None, str]]:
    """Return of what kind of copy the objects of Orthanc are, and how they were read."""
    with unit_of_work(engine) as session:
        query = select(EvidenceRow.copy_of, EvidenceRow.read_status).where(EvidenceRow.orthanc_id.in_(orthanc_ids))
        return sorted(((row.copy_of, row.read_status) for row in session.execute(query)), key=str)


def exams_of(engine: Engine, study_instance_uids: Sequence[str]) -> dict[str, str]:
    """Return how the exams of studies stand."""
    with unit_of_work(engine) as session:
        query = select(ExamRow.study_instance_uid, ExamRow.state).where(
            ExamRow.study_instance_uid.in_(study_instance_uids)
        )
        return {row.study_instance_uid: row.state for row in session.execute(query)}


def all_instances(house: LivingHouse) -> set[str]:
    return set(expect(house.doors.orthanc.door, "GET", "/instances"))


def all_studies(house: LivingHouse) -> set[str]:
    return {one["MainDicomTags"]["StudyInstanceUID"] for one in found(house, "Study", {})}


def changed(one: Study, **values: str) -> list[Any]:
    """Return the objects of a study with other values, as a scanner sends them again after a correction."""
    objects = [dose_report(one), *islice(images(one), SLICES)]
    for data_set in objects:
        for keyword, value in values.items():
            setattr(data_set, keyword, value)
    return objects


@pytest.fixture
def overwriting(house: LivingHouse) -> LivingHouse:
    """The house with an Orthanc that takes the newest of what it is sent."""
    house.restart_orthanc(OverwriteInstances=True)
    return house


class TestACopy:
    @pytest.mark.parametrize("how", COPYING)
    def test_is_evidence_and_never_an_exam(self, house: LivingHouse, engine: Engine, how: str) -> None:
        level, call, body, stays = COPYING[how]
        one = study(how)
        ids = store(house, one)
        instances, studies = all_instances(house), all_studies(house)

        orthanc(house, f"/{level}/{ids[level]}/{call}", body)

        made = sorted(all_instances(house) - instances)
        assert made
        assert (ids["instances"] in all_instances(house)) == stays
        kind = "anonymized" if call == "anonymize" else "modified"
        until(lambda: len(evidence_of(engine, made)) == len(made), within_s=30, what="the evidence")
        assert evidence_of(engine, made) == [(kind, "copy")] * len(made)
        assert exams_of(engine, sorted(all_studies(house) - studies)) == {}
        assert list(house.doors.exams(one.person)) == [one.study_instance_uid]
        assert house.doors.exam(one)["dlp_mgy_cm"] == pytest.approx(one.dlp_mgy_cm)

    def test_that_somebody_stores_again_is_not_counted_again(self, house: LivingHouse, engine: Engine) -> None:
        """What /instances/{id}/modify answers is a file; stored again it says nothing of where it comes from."""
        one = study("file")
        ids = store(house, one)
        door = house.doors.orthanc.door
        file = door.call(
            "POST", f"/instances/{ids['instances']}/modify", {"Replace": {"PatientName": "Original^Nora"}}
        ).body

        stored = door.call("POST", "/instances", file, headers={"Content-Type": "application/dicom"}).json()
        house.wait_until_delivered()

        until(lambda: evidence_of(engine, [stored["ID"]]) == [(None, "read")], within_s=30, what="the evidence")
        assert house.doors.exam(one)["dlp_mgy_cm"] == pytest.approx(one.dlp_mgy_cm)

    def test_for_another_patient_that_somebody_stores_waits_at_the_desk(
        self, house: LivingHouse, engine: Engine
    ) -> None:
        """Its events are known under the first patient: they do not move by themselves, and do not count twice."""
        one = study("foreign file")
        copies = changed(one, PatientID="COPY-FOREIGN", StudyInstanceUID="2.25.98001")
        store(house, one)
        for number, data_set in enumerate(copies):
            data_set.SOPInstanceUID = data_set.file_meta.MediaStorageSOPInstanceUID = f"2.25.98001.{number}"

        house.doors.modality(one.scanner).store(copies)
        house.wait_until_delivered()

        until(lambda: bool(exams_of(engine, ["2.25.98001"])), within_s=30, what="the second exam")
        assert exams_of(engine, ["2.25.98001", one.study_instance_uid]) == {
            "2.25.98001": "held",
            one.study_instance_uid: "counted",
        }
        assert house.doors.exam(one)["dlp_mgy_cm"] == pytest.approx(one.dlp_mgy_cm)

    @pytest.mark.parametrize("call", ["merge", "split"])
    def test_that_orthanc_moved_to_another_study_is_counted_once(
        self, house: LivingHouse, engine: Engine, call: str
    ) -> None:
        """Orthanc leaves no trace on what it merged or split off; the events tell."""
        one, other = study(f"{call} from"), study(f"{call} to")
        ids = store(house, one)
        target = store(house, other)["studies"]
        studies = all_studies(house)

        if call == "merge":
            orthanc(house, f"/studies/{target}/merge", {"Resources": [ids["studies"]], "KeepSource": True})
        else:
            orthanc(house, f"/studies/{ids['studies']}/split", {"Series": [ids["series"]], "KeepSource": True})

        house.wait_until_delivered()
        counted = house.doors.exams(one.person)
        assert {uid: exam["dlp_mgy_cm"] for uid, exam in counted.items()} == {
            one.study_instance_uid: pytest.approx(one.dlp_mgy_cm)
        }
        made = sorted(all_studies(house) - studies)
        assert set(exams_of(engine, made).values()) <= {"held"}


class TestACorrection:
    @pytest.mark.parametrize("values", [{"PatientName": "Correct^Cora"}, {"StudyDescription": "corrected"}])
    def test_in_its_place_is_the_same_exam(
        self, overwriting: LivingHouse, engine: Engine, values: dict[str, str]
    ) -> None:
        """Nothing else is left of it: a copy of nothing would be a dose of nobody."""
        house, one = overwriting, study(f"in place {next(iter(values))}")
        ids = store(house, one)

        orthanc(house, f"/studies/{ids['studies']}/modify", {"Replace": values, **KEEP_ALL})

        until(lambda: len(evidence_of(engine, [ids["instances"]])) > 1, within_s=30, what="the new version")
        assert evidence_of(engine, [ids["instances"]]) == [(None, "read")] * 2
        assert list(house.doors.exams(one.person)) == [one.study_instance_uid]
        assert house.doors.exam(one)["dlp_mgy_cm"] == pytest.approx(one.dlp_mgy_cm)

    def test_that_the_scanner_sends_is_the_same_exam(self, overwriting: LivingHouse, engine: Engine) -> None:
        house, one = overwriting, study("sent again")
        ids = store(house, one)

        house.doors.modality(one.scanner).store(changed(one, PatientName="Correct^Cora", AccessionNumber="C-1"))
        house.wait_until_delivered()

        until(lambda: len(evidence_of(engine, [ids["instances"]])) > 1, within_s=30, what="the new version")
        assert exams_of(engine, [one.study_instance_uid]) == {one.study_instance_uid: "counted"}
        assert house.doors.exam(one)["dlp_mgy_cm"] == pytest.approx(one.dlp_mgy_cm)
        assert house.doors.exam(one)["accession_number"] == "C-1"

    def test_of_whose_it_is_never_counts_for_two_patients(self, overwriting: LivingHouse, engine: Engine) -> None:
        """The same objects under another patient, whom Orthanc keeps beside the first."""
        house, one = overwriting, study("moved")
        other = replace(one.person, identifier="COPY-MOVED")
        ids = store(house, one)

        house.doors.modality(one.scanner).store(changed(one, PatientID=other.identifier))
        house.wait_until_delivered()

        report = {"SOPInstanceUID": dose_report(one).SOPInstanceUID}
        stored = [instance["ID"] for instance in found(house, "Instance", report)]
        assert len(stored) > len([ids["instances"]])
        until(lambda: len(evidence_of(engine, stored)) == len(stored), within_s=30, what="both versions")
        counted = [exam for person in (one.person, other) for exam in house.doors.exams(person).values()]
        assert [exam["dlp_mgy_cm"] for exam in counted] in ([], [pytest.approx(one.dlp_mgy_cm)])
