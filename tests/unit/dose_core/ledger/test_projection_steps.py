"""Tests of dose_core.ledger.steps, and of the modality of projection exams."""

from dataclasses import replace

from dose_core.ledger.exam import Statement
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import Kind, MammographyReport, MammographyTotals, PlaneTotals, ProjectionReport, ProjectionTotals
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_projection import (
    ACQUISITION,
    exam,
    report,
    run,
    total,
)


class TestSteps:
    def test_count_by_their_last_message(self) -> None:
        create, last = of.projection_step([run(1)])
        interim = replace(last, key="step-interim", report=replace(last.report, completion="IN PROGRESS"))
        interim_report = interim.report
        assert isinstance(interim_report, ProjectionReport)
        half = replace(interim_report, totals=ProjectionTotals(planes=(PlaneTotals(dap_gy_cm2=1.0),), dap_gy_cm2=1.0))

        dap = total(exam(create, replace(interim, report=half), last), Quantity.DAP)

        assert (dap.value, dap.statement) == (2.0, last.key)

    def test_add_up_when_an_examination_had_several(self) -> None:
        _, last = of.projection_step([run(1)])
        other = replace(last, key="other", report=replace(last.report, sop_instance_uid="2.25.52"))

        dap = total(exam(last, other), Quantity.DAP)

        assert (dap.value, dap.basis) == (4.0, Basis.SUM_OF_TOTALS)

    def test_state_entrance_doses_that_are_listed_and_never_added(self) -> None:
        _, last = of.projection_step([run(1)])
        stating = replace(last.report, totals=ProjectionTotals(planes=(PlaneTotals(entrance_dose_mgy=12.0),)))  # type: ignore[call-arg]  # of its shape
        other = replace(stating, sop_instance_uid="2.25.52")

        found = exam(Statement(key="1", report=stating), Statement(key="2", report=other))

        assert [(one.of, one.value) for one in found.totals if one.quantity is Quantity.ENTRANCE_DOSE] == [
            ("step 1", 12.0),
            ("step 2", 12.0),
        ]

    def test_of_projection_and_of_mammography_state_entrance_doses_of_their_own(self) -> None:
        projection, breast = (
            made(
                kind=Kind.MPPS,
                sop_instance_uid=f"2.25.{number}",
                study_instance_uid=STUDY,
                modality=modality,
                completion="COMPLETED",
                totals=totals,
            )
            for number, (made, modality, totals) in enumerate(
                (
                    (ProjectionReport, "XA", ProjectionTotals(planes=(PlaneTotals(entrance_dose_mgy=12.0),))),
                    (MammographyReport, "MG", MammographyTotals(entrance_dose_mgy=6.0)),
                ),
                start=1,
            )
        )

        found = exam(Statement(key="1", report=projection), Statement(key="2", report=breast))

        assert [(one.of, one.value) for one in found.totals if one.quantity is Quantity.ENTRANCE_DOSE] == [
            ("step 1", 12.0),
            ("step 2", 6.0),
        ]

    def test_of_another_modality_that_a_message_does_not_name_are_not_taken_for_projections(self) -> None:
        create, last = of.projection_step([run(1)])
        ct = replace(create, report=replace(create.report, modality="CT"))

        found = exam(report(1, run(5)), ct, last)

        assert total(found, Quantity.DAP).rivals == ()
        assert [one.statements for one in found.not_counted] == [(last.key,)]


class TestModality:
    def test_is_radiography_without_fluoroscopy(self) -> None:
        assert exam(report(1, run(1, event_type=ACQUISITION))).modalities == ("DX",)

    def test_is_fluoroscopy_if_any_of_it_is_stated(self) -> None:
        """Vendor quirk A15: one device, radiography and fluoroscopy."""
        assert exam(report(1, run(1), run(2, event_type=ACQUISITION))).modalities == ("RF",)

    def test_is_fluoroscopy_if_the_device_type_says_so(self) -> None:
        kind = "Fluoroscopy-Guided Projection Radiography System"

        assert exam(report(1, run(1, event_type=ACQUISITION), device_type=kind)).modalities == ("RF",)

    def test_is_angiography_if_a_step_or_an_image_says_so(self) -> None:
        assert exam(report(1, run(1)), *of.projection_step([run(1)])).modalities == ("XA",)

    def test_is_that_of_the_images_where_there_are_only_images(self) -> None:
        image = of.angiogram(1, run(1, event_type=ACQUISITION))

        assert exam(replace(image, report=replace(image.report, modality="CR"))).modalities == ("CR",)
