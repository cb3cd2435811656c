"""Tests of dose_core.deidentify.content: what the items of a content tree tell of the patient."""

from io import BytesIO

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from dose_core.deidentify.document import deidentified
from dose_core.deidentify.policy import Policy
from tests.builders.ct_rdsr import ct_rdsr_bytes, irradiated
from tests.builders.sr import code, num
from tests.support.content import coded, items

STRICT = Policy(key=b"a key of a test, thirty-two bytes and more")
KEEPING = Policy(key=STRICT.key, keeps_characteristics=True)
SUBJECT_AGE = ("121033", "DCM", "Subject Age")


def clean(item: dict[str, object], policy: Policy) -> Dataset:
    dicom = ct_rdsr_bytes(*irradiated(), item)
    return dcmread(BytesIO(deidentified(dicom, policy, subject="a patient").dicom))


class TestAnAge:
    @pytest.mark.parametrize(
        ("stated", "told"),
        [
            (("89", "a"), ("89", "a")),
            (("90", "a"), ("90", "a")),
            (("104", "a"), ("90", "a")),
            (("1068", "mo"), ("1068", "mo")),  # 89 years of 12 months
            (("1200", "mo"), ("90", "a")),
            (("4643", "wk"), ("4643", "wk")),  # 89 years are 32507 days, that is 4643.9 weeks
            (("5000", "wk"), ("90", "a")),
            (("32507", "d"), ("32507", "d")),
            (("36500", "d"), ("90", "a")),
            (("10", "d"), ("10", "d")),
        ],
    )
    def test_is_90_if_older_than_89_in_whatever_unit_a_report_tells_it(
        self, stated: tuple[str, str], told: tuple[str, str]
    ) -> None:
        made = clean(num(SUBJECT_AGE, *stated), KEEPING)

        (age,) = items(made, "121033")
        (measured,) = age.MeasuredValueSequence
        assert (str(measured.NumericValue), measured.MeasurementUnitsCodeSequence[0].CodeValue) == told

    @pytest.mark.parametrize("unit", ["h", "min", "1", "mm", "years"])
    def test_is_left_out_in_a_unit_that_no_age_is_told_in(self, unit: str) -> None:
        assert items(clean(num(SUBJECT_AGE, "900000", unit), KEEPING), "121033") == []


class TestTheSexOfAPhantom:
    @pytest.mark.parametrize(("policy", "told"), [(STRICT, []), (KEEPING, ["F"])])
    def test_is_told_only_with_the_characteristics_of_the_patient(self, policy: Policy, told: list[str]) -> None:
        """A phantom is chosen by the sex of the patient."""
        model_sex = code(("128437", "DCM", "Model Patient Sex"), ("F", "DCM", "Female"))

        assert coded(clean(model_sex, policy), "128437") == told
