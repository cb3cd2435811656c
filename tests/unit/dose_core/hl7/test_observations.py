"""Tests of dose_core.hl7.observations. The oracle of codes and meanings is DICOM, in the dictionary of pydicom."""

from dataclasses import replace
from decimal import Decimal

import pytest
from pydicom.sr.codedict import codes

from dose_core.hl7.observations import DapUnit, Status, corrected, observations_of, taken_back
from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Basis, Estimated, Quantity, Total
from tests.builders.exams import EXAM
from tests.builders.results import CTDI, DLP, STUDY_UID
from tests.builders.totals import total

NAMES = {
    Quantity.DLP: "CTDoseLengthProductTotal",
    Quantity.CTDI_VOL_MAX: "MeanCtdivol",
    Quantity.DAP: "DoseAreaProductTotal",
    Quantity.FLUORO_DAP: "FluoroDoseAreaProductTotal",
    Quantity.ACQUISITION_DAP: "AcquisitionDoseAreaProductTotal",
    Quantity.KA_R: "DoseRPTotal",
    Quantity.FLUORO_TIME: "TotalFluoroTime",
    Quantity.AGD: "AccumulatedAverageGlandularDose",
    Quantity.ACTIVITY: "AdministeredActivity",
}

SURE = Estimated(low=0.9, high=1.3, coverage=None, source="a paper", methods=("invented version 1",))


def exam(*totals: Total) -> Exam:
    return replace(EXAM, totals=totals)


def told(*totals: Total, unit: DapUnit = DapUnit.GY_M2) -> list[tuple[str, str, str, str]]:
    """Return code, sub-id, value and unit of what is told beside the study."""
    return [(one.code, one.sub_id, one.value, one.unit) for one in observations_of(exam(*totals), unit)[1:]]


class TestObservations:
    @pytest.mark.parametrize("quantity", NAMES)
    def test_have_the_codes_of_dicom(self, quantity: Quantity) -> None:
        part = "a" if quantity in {Quantity.KA_R, Quantity.CTDI_VOL_MAX} else None

        (_, one) = observations_of(exam(total(quantity, 1.0, of=part)), DapUnit.GY_M2)

        concept = getattr(codes.DCM, NAMES[quantity])
        assert (one.code, concept.meaning.startswith(one.meaning)) == (concept.value, True)

    def test_begin_with_the_study(self) -> None:
        (study, _) = observations_of(exam(total(Quantity.DLP, 1.0)), DapUnit.GY_M2)

        assert (study.code, study.value, study.is_number) == (
            codes.DCM.StudyInstanceUID.value,
            EXAM.study_instance_uid,
            False,
        )

    def test_name_each_phantom_plane_breast_and_agent(self) -> None:
        assert told(
            total(Quantity.CTDI_VOL_MAX, 10.5, of="160"),
            total(Quantity.CTDI_VOL_MAX, 20.25, of="unknown"),
            total(Quantity.KA_R, 300.0, of="a"),
            total(Quantity.KA_R, 200.0, of="b"),
            total(Quantity.AGD, 1.5, of="L"),
            total(Quantity.AGD, 1.75, of="R"),
            total(Quantity.ACTIVITY, 250.0, of="F-18 FDG"),
        ) == [
            ("113830", "160 mm phantom", "10.5", "mGy"),
            ("113830", "unknown phantom", "20.25", "mGy"),
            ("113725", "a", "300", "mGy"),
            ("113725", "b", "200", "mGy"),
            ("111637", "L", "1.5", "mGy"),
            ("111637", "R", "1.75", "mGy"),
            ("113507", "F-18 FDG", "250", "MBq"),
        ]

    def test_tell_of_the_whole_exam_what_may_be_added(self) -> None:
        assert told(
            total(Quantity.DLP, 30.0),
            total(Quantity.DLP, 10.0, of="160"),
            total(Quantity.FLUORO_TIME, 60.0),
            total(Quantity.FLUORO_TIME, 40.0, of="a"),
        ) == [("113813", "", "30", "mGy.cm"), ("113730", "", "60", "s")]

    @pytest.mark.parametrize(
        ("unit", "value"),
        [
            (DapUnit.GY_M2, "0.00125"),  # 1 Gy·cm² = 1e-4 Gy·m²
            (DapUnit.UGY_M2, "1250"),
            (DapUnit.CGY_CM2, "1250"),
            (DapUnit.MGY_CM2, "12500"),
            (DapUnit.GY_CM2, "12.5"),
        ],
    )
    def test_state_dose_area_products_in_the_unit_of_the_site(self, unit: DapUnit, value: str) -> None:
        assert told(total(Quantity.DAP, 12.5), unit=unit) == [("113722", "", value, unit.value)]

    @pytest.mark.parametrize("value", [1e-9, 3.0, 0.1 + 0.2, 1e17, 123456.789])
    def test_are_numbers_without_an_exponent(self, value: float) -> None:
        """HL7 v2.5.1, 2.A.46 (NM)."""
        ((_, _, text, _),) = told(total(Quantity.DLP, value))

        assert set(text) <= set("0123456789.")
        assert float(Decimal(text)) == pytest.approx(value, rel=1e-9)

    def test_of_two_agents_with_long_names_stay_apart(self) -> None:
        long = "Tc-99m macroaggregated albumin "
        made = observations_of(
            exam(total(Quantity.ACTIVITY, 1.0, of=f"{long}I"), total(Quantity.ACTIVITY, 2.0, of=f"{long}II")),
            DapUnit.GY_M2,
        )

        assert len({one.key for one in made}) == 3
        assert all(len(one.sub_id) <= 20 for one in made)
        assert [one.note for one in made[1:]] == [f"of {long}I", f"of {long}II"]

    def test_say_when_a_number_is_less_than_it_seems(self) -> None:
        notes = [
            one.note
            for one in observations_of(
                exam(
                    total(Quantity.DLP, 1.0, missing=2),
                    total(Quantity.DAP, 1.0, basis=Basis.ACQUISITIONS_ONLY),
                    replace(total(Quantity.AGD, 1.0, of="L", basis=Basis.ESTIMATE), estimated=SURE),
                ),
                DapUnit.GY_M2,
            )
        ]

        assert notes == [
            "",
            "lower bound: 2 part(s) without a value",
            "lower bound: fluoroscopy is not included",
            "computed by DoseLedger, not stated by the device: invented version 1; interval 0.9 to 1.3 (a paper)",
        ]

    def test_tell_no_estimate_that_has_no_interval(self) -> None:
        """An earlier release kept none; the exam is told of again once it is filed anew."""
        assert told(total(Quantity.DLP, 1.0, basis=Basis.ESTIMATE)) == []

    def test_are_none_where_no_dose_is_known(self) -> None:
        assert observations_of(exam(total(Quantity.DLP, None, missing=1)), DapUnit.GY_M2) == ()


class TestACorrection:
    def test_marks_what_changed_and_what_is_gone(self) -> None:
        changed = replace(DLP, value="600")
        new = replace(CTDI, sub_id="160 mm phantom")

        told = corrected((STUDY_UID, DLP, CTDI), (STUDY_UID, changed, new))

        assert [(one.key, one.value, one.status) for one in told] == [
            (STUDY_UID.key, STUDY_UID.value, Status.FINAL),
            (DLP.key, "600", Status.CORRECTED),
            (new.key, CTDI.value, Status.FINAL),
            (CTDI.key, CTDI.value, Status.DELETED),
        ]

    def test_is_one_if_only_the_reservation_changed(self) -> None:
        (one,) = corrected((DLP,), (replace(DLP, note="lower bound"),))

        assert one.status is Status.CORRECTED


def test_what_is_taken_back_is_named_value_by_value() -> None:
    told = taken_back((DLP, CTDI), Status.WRONG)

    assert [(one.key, one.status) for one in told] == [(DLP.key, Status.WRONG), (CTDI.key, Status.WRONG)]
