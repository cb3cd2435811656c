"""Tests of dose_services.filing: what states no CT dose is kept beside the exams of CT, and changes none of them."""

from typing import Any

import pytest
from sqlalchemy import Engine

from db.mapping import exam_to_json
from db.repositories import evidence, exams, findings, statements
from db.session import unit_of_work
from dose_core.ledger.reconcile import reconcile_ct
from dose_core.model import Kind
from tests.builders.ct_study import STUDY_UID, device_report
from tests.builders.every_kind import objects_of_every_kind
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

OTHER_KINDS = [kind for kind in Kind if kind not in {Kind.CT_RDSR, Kind.CT_IMAGE}]
LONELY_STUDY = "2.25.9200"


def kinds_kept(engine: Engine, study_instance_uid: str) -> set[Kind]:
    with unit_of_work(engine) as session:
        return {statement.report.kind for statement in statements.of_study(session, study_instance_uid)}


def exam_of(engine: Engine) -> dict[str, Any]:
    """Return what counts of the study's exam."""
    with unit_of_work(engine) as session:
        assert exams.count(session) == 1
        row = exams.by_study(session, STUDY_UID)
        assert row is not None
        known = exams.get(session, row.id)
        assert known is not None
        return known.content


def exam_without_others(engine: Engine) -> dict[str, Any]:
    """Return the exam that the study would have if nothing but CT were stated of it."""
    with unit_of_work(engine) as session:
        of_study = statements.of_study(session, STUDY_UID)
    return exam_to_json(reconcile_ct(STUDY_UID, [one for one in of_study if one.report.kind not in OTHER_KINDS]))


def kinds_of_findings(engine: Engine) -> set[str]:
    with unit_of_work(engine) as session:
        return {row.kind for row in findings.unresolved(session)}


class TestAlone:
    @pytest.mark.parametrize("kind", OTHER_KINDS)
    def test_it_is_read_and_kept_and_makes_no_exam(self, engine: Engine, archive: FakeArchive, kind: Kind) -> None:
        house = DoseHouse(engine=engine, archive=archive)

        house.receive([objects_of_every_kind(LONELY_STUDY)[kind]])
        house.wait(QUIET_S)

        assert kinds_kept(engine, LONELY_STUDY) == {kind}
        assert house.work() == 0
        with unit_of_work(engine) as session:
            assert exams.by_study(session, LONELY_STUDY) is None
            assert evidence.count_by_status(session) == {"read": 1}
            assert findings.unresolved(session) == []


class TestBesideCt:
    @pytest.mark.parametrize("others_come", ["before", "after"])
    @pytest.mark.parametrize("kind", [Kind.CT_IMAGE, Kind.CT_RDSR])
    def test_all_of_them_leave_the_exam_as_it_is(
        self, engine: Engine, archive: FakeArchive, kind: Kind, others_come: str
    ) -> None:
        house = DoseHouse(engine=engine, archive=archive)
        objects = objects_of_every_kind(STUDY_UID)
        of_ct, others = [objects[kind]], [objects[other] for other in OTHER_KINDS]

        for delivered in (others, of_ct) if others_come == "before" else (of_ct, others):
            house.receive(delivered)

        assert kinds_kept(engine, STUDY_UID) == {kind, *OTHER_KINDS}
        assert exam_of(engine) == exam_without_others(engine)
        assert kinds_of_findings(engine) == set()

    def test_our_dose_sr_is_written_and_withdrawn_as_without_them(self, house: DoseHouse, archive: FakeArchive) -> None:
        others = objects_of_every_kind(STUDY_UID)
        house.receive([others[kind] for kind in OTHER_KINDS])
        house.wait(QUIET_S)
        house.work()
        assert house.states() == ["sent"]
        assert len(archive.objects) == 1

        house.receive([device_report()])
        house.work()

        assert house.states() == ["withdrawn"]
        assert archive.objects == {}
