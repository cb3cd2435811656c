"""Tests of dose_core.writers.items."""

from datetime import UTC, datetime

import pytest

from dose_core.model import Code
from dose_core.writers import concepts
from dose_core.writers.items import UnwritableValueError, code, decimal_string, dicom_dt, number, text


class TestDecimalString:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (0.0, "0"),
            (150.0, "150"),
            (100 / 3, "33.33333333"),
            (1.25e-7, "1.25e-07"),
            (123456789012.0, "1.23456789e+11"),
            (-1.23456789012e-100, "-1.23456789e-100"),
        ],
    )
    def test_fits_into_sixteen_characters(self, value: float, expected: str) -> None:
        """DS holds 16 characters (PS3.5, 6.2)."""
        spelled = decimal_string(value)

        assert spelled == expected
        assert len(spelled) <= 16

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_refuses_what_is_no_number(self, value: float) -> None:
        with pytest.raises(UnwritableValueError):
            decimal_string(value)


class TestNumber:
    def test_an_unknown_value_is_written_as_unknown(self) -> None:
        """PS3.3, C.18.1: no measured value, and a qualifier of CID 42."""
        item = number(concepts.EXPOSURE_TIME, None, concepts.SECONDS)

        assert len(item.MeasuredValueSequence) == 0
        assert item.NumericValueQualifierCodeSequence[0].CodeValue == "114010"

    def test_zero_is_a_value(self) -> None:
        item = number(concepts.DLP, 0.0, concepts.MGY_CM)

        assert item.MeasuredValueSequence[0].NumericValue == 0


class TestText:
    def test_control_characters_become_blanks(self) -> None:
        assert text(concepts.COMMENT, "Thorax\x00\nlow dose\x1b").TextValue == "Thorax  low dose"

    def test_refuses_an_empty_text(self) -> None:
        with pytest.raises(UnwritableValueError, match="Comment"):
            text(concepts.COMMENT, " \x00 ")


class TestCode:
    def test_a_long_value_goes_to_the_long_code_value(self) -> None:
        """Code Value is SH, 16 characters; longer ones stand in (0008,0119) (PS3.3, 8.1)."""
        item = code(Code(value="12345678901234567", scheme="SCT", meaning="Something long"))

        assert item.LongCodeValue == "12345678901234567"
        assert "CodeValue" not in item


class TestDicomDt:
    def test_a_time_without_offset_stays_without(self) -> None:
        assert dicom_dt(datetime(2026, 3, 4, 10, 15, 30, 250000)) == "20260304101530.250000"  # noqa: DTZ001  the point

    def test_an_offset_is_kept(self) -> None:
        assert dicom_dt(datetime(2026, 3, 4, 10, 15, 30, tzinfo=UTC)) == "20260304101530+0000"
