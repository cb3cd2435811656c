"""Tests of dose_core.readers.patient_rdsr and codes_patient: other people's estimates, kept as theirs."""

import pytest

from dose_core.model import DoseReport, Kind, StatedEstimate, StatedValue
from dose_core.readers.errors import UnreadableError
from dose_core.readers.registry import read_dose
from tests.builders.patient_rdsr import (
    EFFECTIVE,
    LEFT,
    LIVER,
    LUNG,
    MAXIMUM_ABSORBED,
    MEAN_ABSORBED,
    MEAN_EQUIVALENT,
    SKIN,
    dose,
    estimate,
    methodology,
    organ,
    patient_rdsr_bytes,
    side,
)
from tests.builders.sr import Concept, Item, container, uidref
from tests.support.read_as import read_as

METHOD = "Anthropomorphic Model; ICRP 110; Voxelized Radiation Transport Model; Monte Carlo Method"


def problems(report: DoseReport) -> list[str]:
    return [warning.problem for warning in report.warnings]


class TestEstimates:
    def test_are_stated_with_organ_side_statistic_and_method(self) -> None:
        report = read_as(
            DoseReport,
            patient_rdsr_bytes(
                estimate(
                    dose(MAXIMUM_ABSORBED, "2.1", "Gy", organ(SKIN)),
                    dose(MEAN_EQUIVALENT, "0.004", "Sv", organ(LUNG, side(LEFT))),
                    methodology(),
                )
            ),
        )

        assert report.kind is Kind.PATIENT_RDSR
        assert report.estimates == (
            StatedEstimate(
                quantity="skin_dose",
                value=2100,
                unit="mGy",
                path="1.1.2",
                organ="Skin",
                statistic="maximum",
                method=METHOD,
            ),
            StatedEstimate(
                quantity="equivalent_dose",
                value=4,
                unit="mSv",
                path="1.1.3",
                organ="Lung",
                laterality="L",
                statistic="mean",
                method=METHOD,
            ),
        )
        assert StatedValue(field="estimates[0].value", path="1.1.2", text="2.1", unit="Gy") in report.stated
        assert report.warnings == ()

    @pytest.mark.parametrize(
        ("concept", "unit", "site", "quantity"),
        [
            (MEAN_ABSORBED, "mGy", LIVER, "organ_dose"),
            (MEAN_ABSORBED, "mGy", ("T-00009", "SRT", "Skin"), "skin_dose"),
            (MEAN_ABSORBED, "mGy", None, "Mean Absorbed Radiation Dose"),
            (("113518", "DCM", "Organ Dose"), "mGy", LIVER, "organ_dose"),
            (EFFECTIVE, "mSv", None, "effective_dose"),
            (("113930", "DCM", "Size Specific Dose Estimation"), "mGy", None, "ssde"),
            (("128512", "DCM", "Equivalent Dose"), "mSv", LIVER, "equivalent_dose"),
        ],
    )
    def test_are_named_by_what_they_are(self, concept: Concept, unit: str, site: Concept | None, quantity: str) -> None:
        below = (organ(site),) if site else ()

        (stated,) = read_as(DoseReport, patient_rdsr_bytes(estimate(dose(concept, "5", unit, *below)))).estimates

        assert (stated.quantity, stated.value, stated.unit) == (quantity, 5, unit)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param((dose(MEAN_ABSORBED, "3", "mGy", organ(LIVER)),), id="below the dose"),
            pytest.param((organ(LIVER), dose(MEAN_ABSORBED, "3", "mGy")), id="beside the dose"),
            pytest.param((organ(LIVER, dose(MEAN_ABSORBED, "3", "mGy")),), id="above the dose"),
            pytest.param(
                (container(("1", "99ACME", "Organ"), organ(LIVER), dose(MEAN_ABSORBED, "3", "mGy")),),
                id="in a container with it",
            ),
        ],
    )
    def test_find_their_organ_wherever_it_is_named(self, content: tuple[Item, ...]) -> None:
        (stated,) = read_as(DoseReport, patient_rdsr_bytes(estimate(*content))).estimates

        assert (stated.organ, stated.value) == ("Liver", 3)

    def test_name_no_organ_where_several_stand_beside_each_other(self) -> None:
        content = organ(LIVER), organ(LUNG), dose(MEAN_ABSORBED, "3", "mGy")

        report = read_as(DoseReport, patient_rdsr_bytes(estimate(*content)))

        assert report.estimates[0].organ is None
        assert problems(report) == ["2 organs stand beside each other; none is taken"]

    def test_take_no_input_of_the_method_for_a_result(self) -> None:
        given = container(("128434", "DCM", "Radiation Dose Estimate Parameters"), dose(MEAN_ABSORBED, "9", "mGy"))
        report = read_as(
            DoseReport,
            patient_rdsr_bytes(estimate(dose(EFFECTIVE, "1", "mSv"), given, methodology(parameters=(given,)))),
        )

        assert [stated.value for stated in report.estimates] == [1]

    def test_stand_for_the_one_event_that_was_used(self) -> None:
        report = read_as(DoseReport, patient_rdsr_bytes(estimate(dose(EFFECTIVE, "1", "mSv"), methodology("2.25.8"))))

        assert report.estimates[0].event_uid == "2.25.8"

    def test_say_when_they_stand_for_some_of_the_events(self) -> None:
        used = methodology("2.25.8", "2.25.9")

        report = read_as(DoseReport, patient_rdsr_bytes(estimate(dose(EFFECTIVE, "1", "mSv"), used)))

        assert report.estimates[0].event_uid is None
        assert problems(report) == ["the estimate stands for 2 events of the report, not for all"]

    def test_stand_for_the_event_that_stands_below_them(self) -> None:
        """As we write them; the events of the methodology are then those of all together, and no matter for a note."""
        own = dose(EFFECTIVE, "1", "mSv", uidref(("128429", "DCM", "Event UID Used"), "2.25.9"))

        report = read_as(DoseReport, patient_rdsr_bytes(estimate(own, methodology("2.25.8", "2.25.9"))))

        assert report.estimates[0].event_uid == "2.25.9"
        assert problems(report) == []

    def test_take_the_method_of_the_report_where_they_have_none(self) -> None:
        report = read_as(DoseReport, patient_rdsr_bytes(estimate(dose(EFFECTIVE, "1", "mSv")), methodology()))

        assert report.estimates[0].method == METHOD

    def test_of_several_containers_are_numbered_through(self) -> None:
        report = read_as(
            DoseReport,
            patient_rdsr_bytes(
                estimate(dose(EFFECTIVE, "1", "mSv")), estimate(dose(MEAN_ABSORBED, "2", "mGy", organ(LIVER)))
            ),
        )

        assert [origin.field for origin in report.stated] == ["estimates[0].value", "estimates[1].value"]
        assert [stated.value for stated in report.estimates] == [1, 2]

    def test_without_a_number_are_named(self) -> None:
        """A skin dose map alone states no number."""
        report = read_as(DoseReport, patient_rdsr_bytes(estimate(methodology())))

        assert report.estimates == ()
        assert problems(report) == ["states no dose that we know as a number"]

    def test_in_a_unit_of_another_quantity_are_refused(self) -> None:
        report = read_as(DoseReport, patient_rdsr_bytes(estimate(dose(EFFECTIVE, "1", "mGy"))))

        assert report.estimates == ()
        assert problems(report)[0] == "no conversion from 'mGy' to 'mSv'"

    def test_are_what_makes_the_report_one(self) -> None:
        with pytest.raises(UnreadableError, match="no content that we know"):
            read_dose(patient_rdsr_bytes(methodology()))
