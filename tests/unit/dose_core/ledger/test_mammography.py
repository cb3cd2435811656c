"""Tests of dose_core.ledger.mammography: glandular doses breast by breast."""

from dataclasses import replace
from typing import Any

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.region import Region
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import Kind, MammographyReport, MammographyTotals
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_study import AnyStatement

LEFT, RIGHT = of.view(1, laterality="L", agd_mgy=1.25), of.view(2, laterality="R", agd_mgy=1.5)
LEFT_AGAIN = of.view(3, laterality="L", agd_mgy=1.75)


def exam(*statements: AnyStatement) -> Exam:
    return exam_of(STUDY, statements)


def with_totals(statement: AnyStatement, **totals: Any) -> AnyStatement:  # noqa: ANN401  of the report
    report = statement.report
    assert isinstance(report, MammographyReport)
    return replace(statement, report=replace(report, totals=MammographyTotals(**totals)))


def agd(of_exam: Exam) -> dict[str | None, Total]:
    return {one.of: one for one in of_exam.totals if one.quantity is Quantity.AGD}


def test_several_views_of_a_breast_add_up_and_two_breasts_do_not() -> None:
    found = agd(exam(of.mammogram(1, LEFT), of.mammogram(2, RIGHT), of.mammogram(3, LEFT_AGAIN)))

    assert {side: one.value for side, one in found.items()} == {"L": 3.0, "R": 1.5}
    assert {one.basis for one in found.values()} == {Basis.SUM_OF_EVENTS}


def test_the_total_that_a_report_states_counts_and_names_its_place() -> None:
    found = agd(exam(of.mammography_report(1, [LEFT, LEFT_AGAIN, RIGHT])))

    assert (found["L"].value, found["L"].basis, found["L"].field) == (3.0, Basis.STATED_TOTAL, "totals.agd_left_mgy")


def test_totals_of_two_reports_of_one_breast_each_count_though_no_exposure_states_a_dose() -> None:
    left, right = (
        with_totals(of.mammography_report(number, [replace(one, agd_mgy=None)]), **totals)
        for number, one, totals in ((1, LEFT, {"agd_left_mgy": 1.25}), (2, RIGHT, {"agd_right_mgy": 1.5}))
    )

    found = agd(exam(left, right))

    assert {side: (one.value, one.basis) for side, one in found.items()} == {
        "L": (1.25, Basis.STATED_TOTAL),
        "R": (1.5, Basis.STATED_TOTAL),
    }


def test_a_total_does_not_stand_for_an_exposure_of_another_report_that_names_no_breast() -> None:
    """It may be of this breast, so that the total may lack it."""
    nameless = replace(LEFT_AGAIN, laterality=None)

    found = agd(exam(of.mammography_report(1, [LEFT]), of.mammography_report(2, [nameless])))

    assert (found["L"].basis, found["L"].value, found[None].value) == (Basis.SUM_OF_EVENTS, 1.25, 1.75)


def test_what_was_typed_of_the_other_breast_counts_beside_a_report_that_does_not_know_it() -> None:
    typed = MammographyReport(
        kind=Kind.MANUAL,
        sop_instance_uid="2.25.9",
        study_instance_uid=STUDY,
        totals=MammographyTotals(agd_right_mgy=1.5),
    )

    found = exam(of.mammography_report(1, [LEFT]), Statement(key="typed", report=typed))

    assert (agd(found)["R"].value, agd(found)["R"].source, found.conflicts) == (1.5, Source.MANUAL, ())


def test_a_mean_over_both_breasts_is_a_quantity_of_its_own() -> None:
    found = agd(exam(with_totals(of.mammography_report(1, [LEFT, RIGHT]), agd_both_mgy=1.4)))

    assert {side: one.value for side, one in found.items()} == {"L": 1.25, "R": 1.5, "B": 1.4}


def test_twin_images_are_one_exposure() -> None:
    found = exam(of.mammogram(1, LEFT), of.mammogram(1, LEFT, is_twin=True))

    assert len(found.mammography) == 1
    assert len(found.mammography[0].places) == 2
    assert agd(found)["L"].value == 1.25


def test_images_of_some_views_are_no_whole_beside_a_report_that_lacks_a_dose() -> None:
    unknown = replace(LEFT_AGAIN, agd_mgy=None)

    found = agd(exam(of.mammography_report(1, [LEFT, unknown]), of.mammogram(1, LEFT)))

    assert (found["L"].value, found["L"].missing, found["L"].source) == (1.25, 1, Source.RDSR)


def test_an_image_fills_the_dose_that_its_report_lacks() -> None:
    unknown = replace(LEFT, agd_mgy=None)

    found = exam(of.mammography_report(1, [unknown]), of.mammogram(1, LEFT))

    assert (agd(found)["L"].value, agd(found)["L"].missing) == (1.25, 0)
    assert found.mammography[0].filled[0].field == "agd_mgy"


def test_a_total_of_zero_gives_way_to_an_exposure_of_more() -> None:
    found = exam(with_totals(of.mammography_report(1, [LEFT]), agd_left_mgy=0.0))

    assert (agd(found)["L"].value, agd(found)["L"].basis) == (1.25, Basis.SUM_OF_EVENTS)
    assert found.conflicts == (
        "the report states a total glandular dose of the left breast of 0 mGy, its events add up to 1.25 mGy",
    )


def test_a_view_that_names_no_breast_has_a_total_of_its_own() -> None:
    found = agd(exam(of.mammogram(1, replace(LEFT, laterality=None))))

    assert {side: one.value for side, one in found.items()} == {None: 1.25}


def test_a_typed_dose_stays_beside_that_of_the_report() -> None:
    typed = MammographyReport(
        kind=Kind.MANUAL,
        sop_instance_uid="2.25.9",
        study_instance_uid=STUDY,
        totals=MammographyTotals(agd_left_mgy=9.0),
    )

    found = exam(of.mammography_report(1, [LEFT]), Statement(key="typed", report=typed))

    assert [(rival.source, rival.value) for rival in agd(found)["L"].rivals] == [(Source.MANUAL, 9.0)]
    assert found.conflicts == (
        "the typed statement says a total glandular dose of the left breast of 9 mGy, the dose report says 1.25 mGy",
    )


def test_exposures_of_a_step_are_of_unknown_dose() -> None:
    exposures = tuple(replace(view, event_uid=None, laterality=None, agd_mgy=None) for view in (LEFT, RIGHT))
    step = MammographyReport(
        kind=Kind.MPPS,
        sop_instance_uid="2.25.9",
        study_instance_uid=STUDY,
        modality="MG",
        completion="COMPLETED",
        totals=MammographyTotals(entrance_dose_mgy=6.0),
        events=exposures,
    )

    found = exam(Statement(key="step", report=step))

    assert [one.source for one in found.mammography] == [Source.MPPS, Source.MPPS]
    assert [(one.quantity, one.value, one.missing) for one in found.totals] == [
        (Quantity.AGD, None, 2),
        (Quantity.ENTRANCE_DOSE, 6.0, 0),
    ]


def test_it_is_an_exam_of_the_breast() -> None:
    found = exam(of.mammogram(1, LEFT))

    assert (found.modalities, found.region) == (("MG",), Region.BREAST)
