"""Tests of dose_services.filing: each kind of object makes an exam of its study, and all together one exam."""

import pytest
from sqlalchemy import Engine

from db.mapping import exam_from_packed
from db.repositories import evidence, exams, statements
from db.session import unit_of_work
from dose_core.ledger.exam import Exam
from dose_core.model import Kind
from tests.builders.ct_study import STUDY_UID
from tests.builders.every_kind import objects_of_every_kind
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

FILES = sorted(set(Kind) - {Kind.MANUAL})
OTHER_KINDS = [kind for kind in FILES if kind not in {Kind.CT_RDSR, Kind.CT_IMAGE}]
# Of CT as well: they say something of a CT study's dose themselves.
OF_CT = {Kind.DOSE_SCREEN}
STATE_NO_DOSE = {Kind.PATIENT_RDSR, Kind.REJECTION_NOTE}
LONELY_STUDY = "2.25.9200"
MODALITIES = {
    Kind.CT_RDSR: "CT",
    Kind.CT_IMAGE: "CT",
    Kind.DOSE_SCREEN: "CT",
    Kind.MAMMOGRAPHY_RDSR: "MG",
    Kind.MAMMOGRAPHY_IMAGE: "MG",
    Kind.NUCLEAR_IMAGE: "PT",
}


def kinds_kept(engine: Engine, study_instance_uid: str) -> set[Kind]:
    with unit_of_work(engine) as session:
        return {one.statement.report.kind for one in statements.of_study(session, "", study_instance_uid)}


def exam_of(engine: Engine, study_instance_uid: str) -> Exam | None:
    """Return what counts of the study's exam."""
    with unit_of_work(engine) as session:
        row = exams.by_study(session, study_instance_uid)
        known = exams.get(session, row.id) if row else None
        return exam_from_packed(known.content) if known else None


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind not in STATE_NO_DOSE])
def test_each_kind_alone_makes_an_exam(engine: Engine, archive: FakeArchive, kind: Kind) -> None:
    house = DoseHouse(engine=engine, archive=archive)

    house.receive([objects_of_every_kind(LONELY_STUDY)[kind]])

    exam = exam_of(engine, LONELY_STUDY)
    assert exam is not None
    assert kinds_kept(engine, LONELY_STUDY) == {kind}
    assert exam.totals != ()
    if kind in MODALITIES:
        assert exam.modalities == (MODALITIES[kind],)
    with unit_of_work(engine) as session:
        assert evidence.count_by_status(session) == {"read": 1}


def test_a_patient_dose_report_states_estimates_about_others_doses_and_makes_no_exam(
    engine: Engine, archive: FakeArchive
) -> None:
    DoseHouse(engine=engine, archive=archive).receive([objects_of_every_kind(LONELY_STUDY)[Kind.PATIENT_RDSR]])

    assert kinds_kept(engine, LONELY_STUDY) == {Kind.PATIENT_RDSR}
    assert exam_of(engine, LONELY_STUDY) is None


@pytest.mark.parametrize("others_come", ["before", "after"])
@pytest.mark.parametrize("kind", [Kind.CT_IMAGE, Kind.CT_RDSR])
def test_all_of_one_study_make_one_exam_whose_ct_is_what_it_is_without_the_others(
    engine: Engine, archive: FakeArchive, kind: Kind, others_come: str
) -> None:
    house = DoseHouse(engine=engine, archive=archive)
    objects, alone = objects_of_every_kind(STUDY_UID), objects_of_every_kind(LONELY_STUDY)
    of_ct = [objects[kind]]
    others = [objects[other] for other in OTHER_KINDS if other not in OF_CT]

    for delivered in (others, of_ct) if others_come == "before" else (of_ct, others):
        house.receive(delivered)
    house.receive([alone[kind]])

    exam, only = exam_of(engine, STUDY_UID), exam_of(engine, LONELY_STUDY)
    assert exam is not None
    assert only is not None
    assert exam.ct is not None
    assert only.ct is not None
    assert exam.ct.dlp_mgy_cm == only.ct.dlp_mgy_cm
    assert len(exam.ct.events) == len(only.ct.events)
    assert {"CT", "MG", "PT"} <= set(exam.modalities)


def test_a_study_whose_objects_name_different_patients_gets_no_dose_sr(house: DoseHouse, archive: FakeArchive) -> None:
    others = objects_of_every_kind(STUDY_UID)
    house.receive([others[kind] for kind in OTHER_KINDS if kind not in OF_CT])
    house.wait(QUIET_S)

    house.work()

    assert house.states() == ["cancelled"]
    assert archive.objects == {}
