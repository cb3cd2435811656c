"""Tests of dose_core.ledger.exam_of: who and what an exam names, and what is a source of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import inf, nan
from typing import Any

import pytest

from dose_core.ledger.exam import Exam
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.reconcile import NothingToReconcileError
from dose_core.ledger.region import Region
from dose_core.ledger.totals import Quantity
from dose_core.model import Code, CtEvent, DeviceStated, EventType, Kind, PatientStated, Plane, ProjectionReport
from tests.builders import statements_study as of
from tests.builders.statements import STARTED, STUDY
from tests.builders.statements_study import AnyStatement

SCAN = of.scan(1, dlp_mgy_cm=8.0, phantom_diameter_mm=320)
RUN = of.run(1, plane=Plane.SINGLE, event_type=EventType.FLUOROSCOPY, dap_gy_cm2=2.0, ka_r_mgy=8.0)


def ct(number: int = 1, **fields: Any) -> AnyStatement:  # noqa: ANN401  of the report
    made = of.ct_report(number, [SCAN])
    return replace(made, report=replace(made.report, **fields))


def exam(*statements: AnyStatement, default_issuer: str = "", superseded: Sequence[AnyStatement] = ()) -> Exam:
    return exam_of(STUDY, statements, superseded=superseded, default_issuer=default_issuer)


class TestSources:
    def test_are_not_what_we_wrote_ourselves(self) -> None:
        with pytest.raises(NothingToReconcileError, match=STUDY):
            exam(ct(our_own=True))

    def test_are_not_patient_dose_reports(self) -> None:
        with pytest.raises(NothingToReconcileError):
            exam(ct(kind=Kind.PATIENT_RDSR))

    def test_are_not_steps_that_have_only_begun(self) -> None:
        with pytest.raises(NothingToReconcileError):
            exam(of.projection_step([RUN])[0])

    def test_are_none_in_nothing(self) -> None:
        with pytest.raises(NothingToReconcileError):
            exam()


class TestPatients:
    EVA = PatientStated(id="P-1", name="Example^Eva")

    def test_are_named_once_as_fully_as_any_object_names_them(self) -> None:
        full = replace(self.EVA, birth_date=date(1970, 1, 2), sex="F")

        assert exam(ct(1, patient=self.EVA), ct(2, patient=full)).patients == (full,)

    def test_of_one_id_and_two_issuers_are_two(self) -> None:
        here, there = replace(self.EVA, issuer="HERE"), replace(self.EVA, issuer="THERE")

        assert exam(ct(1, patient=there), ct(2, patient=here)).patients == (here, there)

    def test_without_issuer_are_of_the_default_one(self) -> None:
        stated = replace(self.EVA, issuer="HERE")

        assert exam(ct(1, patient=self.EVA), ct(2, patient=stated), default_issuer="HERE").patients == (stated,)
        assert len(exam(ct(1, patient=self.EVA), ct(2, patient=stated), default_issuer="THERE").patients) == 2

    def test_without_id_are_named_only_if_no_object_states_one(self) -> None:
        nameless = PatientStated(name="Example^Eva")

        assert exam(ct(1, patient=nameless), ct(2, patient=self.EVA)).patients == (self.EVA,)
        assert exam(ct(1, patient=nameless), ct(2, patient=PatientStated())).patients == (nameless,)

    def test_are_two_where_an_earlier_version_of_an_object_named_another_id(self) -> None:
        other = PatientStated(id="P-2", name="Sample^Otto")

        assert exam(ct(patient=self.EVA), superseded=[ct(patient=other)]).patients == (self.EVA, other)
        assert exam(ct(patient=other), superseded=[ct(patient=self.EVA)]).patients == (self.EVA, other)

    def test_are_named_as_the_version_that_counts_spells_them(self) -> None:
        misspelt = replace(self.EVA, name="Exmaple^Eva", birth_date=date(1970, 1, 2), sex="F")

        assert exam(ct(patient=self.EVA), superseded=[ct(patient=misspelt)]).patients == (self.EVA,)

    def test_are_whom_any_version_of_an_object_names_by_an_id(self) -> None:
        nameless = PatientStated(name="Example^Eva")

        assert exam(ct(patient=self.EVA), superseded=[ct(patient=nameless)]).patients == (self.EVA,)
        assert exam(ct(patient=nameless), superseded=[ct(patient=self.EVA)]).patients == (self.EVA,)

    def test_are_not_told_by_an_earlier_version_of_what_is_no_source(self) -> None:
        other = PatientStated(id="P-2")

        assert exam(ct(patient=self.EVA), superseded=[ct(patient=other, our_own=True)]).patients == (self.EVA,)

    def test_are_named_by_the_first_message_of_a_step_too(self) -> None:
        create, last = of.projection_step([RUN])
        bare = replace(last, report=replace(last.report, patient=PatientStated(), study_instance_uid=None))

        assert exam(create, bare).patients == (create.report.patient,)


class TestDevices:
    def test_are_those_that_irradiated_and_not_those_that_only_made_an_image_of_it(self) -> None:
        acquisition = replace(RUN, event_type=EventType.STATIONARY_ACQUISITION)
        image = of.angiogram(1, acquisition)
        workstation = DeviceStated(manufacturer="Invented Viewers", model="Three")

        found = exam(
            of.projection_report(1, [acquisition]), replace(image, report=replace(image.report, device=workstation))
        )

        assert found.devices == (of.C_ARM,)

    def test_stand_in_an_order_of_their_own_and_events_point_at_theirs(self) -> None:
        found = exam(of.projection_report(1, [RUN]), ct())

        assert found.devices == (of.C_ARM, of.CT)
        assert found.devices[found.projection[0].device] == of.C_ARM

    def test_are_one_without_names_if_no_object_names_any(self) -> None:
        assert exam(ct(device=DeviceStated())).devices == (DeviceStated(),)


class TestHeader:
    def test_is_that_of_the_best_source_which_states_it(self) -> None:
        create, last = of.projection_step([RUN])
        telling = replace(create, report=replace(create.report, accession_number="A-MPPS", study_description="Step"))
        report = of.projection_report(1, [RUN])

        found = exam(telling, last, replace(report, report=replace(report.report, accession_number="A-RDSR")))

        assert (found.accession_number, found.study_description) == ("A-RDSR", "Step")

    def test_names_the_first_start_of_what_counts(self) -> None:
        early = STARTED - timedelta(hours=1)
        create, last = of.projection_step([RUN])
        begun = replace(create, report=replace(create.report, started_at=early))
        report = of.projection_report(1, [RUN])

        found = exam(begun, last, replace(report, report=replace(report.report, started_at=STARTED)))

        assert found.started_at == STARTED

    def test_falls_back_to_the_events_and_to_the_study(self) -> None:
        assert exam(of.projection_report(1, [RUN])).started_at == RUN.started_at
        timeless = of.projection_report(1, [replace(RUN, started_at=None)])
        of_study = replace(timeless, report=replace(timeless.report, study_started_at=STARTED))
        assert exam(of_study).started_at == STARTED

    def test_names_each_intent_once(self) -> None:
        found = exam(ct(1, intent="Quality Control Intent"), ct(2, intent="Diagnostic Intent"))

        assert found.intents == ("Diagnostic Intent", "Quality Control Intent")


def test_the_region_is_that_of_all_events() -> None:
    chest = replace(SCAN, target_region=Code(value="51185008", scheme="SCT", meaning="Chest"))

    assert exam(of.ct_report(1, [chest])).region is Region.CHEST
    assert exam(of.ct_report(1, [SCAN])).region is None


@pytest.mark.parametrize("dap_gy_cm2", [-5.0, nan, inf, -inf, 1e30])
def test_a_value_that_no_exam_can_have_is_unknown_and_named(dap_gy_cm2: float) -> None:
    report = of.projection_report(1, [RUN, replace(RUN, event_uid="2.25.2", dap_gy_cm2=dap_gy_cm2)]).report
    assert isinstance(report, ProjectionReport)
    planes = (replace(report.totals.planes[0], dap_gy_cm2=dap_gy_cm2),)
    statement = replace(ct(), report=replace(report, totals=replace(report.totals, planes=planes, dap_gy_cm2=None)))

    found = exam(statement)

    (dap,) = (one for one in found.totals if one.quantity is Quantity.DAP)
    assert (dap.value, dap.missing) == (2.0, 1)
    assert [one.event.dap_gy_cm2 for one in found.projection] == [2.0, None]
    assert found.conflicts[0].startswith("2 value(s) of dap_gy_cm2 are none that an exam can have")


def test_values_at_the_edge_of_the_possible_count() -> None:
    """The worst accident that is published, CTDIvol of some 4 Gy in brain perfusion (FDA, 2009), is one."""
    scan = replace(SCAN, ctdi_vol_mgy=4000.0, dlp_mgy_cm=32000.0)

    found = exam(of.ct_report(1, [scan]))

    assert [one.value for one in found.totals] == [32000.0, 32000.0, 4000.0]
    assert found.conflicts == ()


def test_events_of_which_two_machines_state_nothing_are_still_two() -> None:
    """Nobody can tell them by what is stated, and a machine does what another one did not."""
    ones, others = DeviceStated(model="One", serial_number="11111"), DeviceStated(model="Two", serial_number="22222")

    found = exam(*(ct(n, device=device, events=(CtEvent(),)) for n, device in enumerate((ones, others), start=1)))

    assert found.ct is not None
    uids = [event.event_uid for event in found.ct.events]
    assert (len(uids), len(set(uids))) == (2, 2)
