"""Tests of dose_core.readers.dicom.values."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dose_core.readers.dicom.values import parse_date, parse_date_time, parse_offset


class TestParseDate:
    @pytest.mark.parametrize(("text", "expected"), [("20260301", date(2026, 3, 1)), ("1997.04.24", date(1997, 4, 24))])
    def test_reads_the_form_of_dicom_and_the_older_one(self, text: str, expected: date) -> None:
        assert parse_date(text) == expected

    @pytest.mark.parametrize("text", ["0", "20240231", "1960.13.45", "2026-03-01", "٢٠٢٦٠٣٠١", "", "202603011"])
    def test_is_none_for_what_is_no_day(self, text: str) -> None:
        assert parse_date(text) is None


class TestParseDateTime:
    def test_keeps_local_time_naive_without_an_offset(self) -> None:
        assert parse_date_time("20260301101600.25", None) == datetime(2026, 3, 1, 10, 16, 0, 250000)  # noqa: DTZ001 - naive is the point

    def test_takes_the_offset_of_the_object(self) -> None:
        moment = parse_date_time("20260301101600", timezone(timedelta(hours=1)))

        assert moment == datetime(2026, 3, 1, 9, 16, tzinfo=UTC)

    def test_prefers_its_own_offset(self) -> None:
        moment = parse_date_time("20260301101600-0530", timezone(timedelta(hours=1)))

        assert moment == datetime(2026, 3, 1, 15, 46, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("20260301", id="a day has no time"),
            pytest.param("20260301256199", id="no such time"),
            pytest.param("20260301101600+9999", id="no such offset"),
            pytest.param("20260301101600 UTC", id="words"),
        ],
    )
    def test_is_none_for_what_is_no_moment(self, text: str) -> None:
        assert parse_date_time(text, None) is None

    @pytest.mark.parametrize("text", ["00010101000000", "18581117000000"])
    def test_is_none_before_x_rays_were_known(self, text: str) -> None:
        """Systems write the first day of their calendar where they know no day; no exam may begin there."""
        assert parse_date_time(text, None) is None


class TestParseOffset:
    @pytest.mark.parametrize("text", ["UTC-04:00", "+01:00", "0100", "+0160", "+1500", "-1300", ""])
    def test_is_none_for_what_devices_make_of_it(self, text: str) -> None:
        assert parse_offset(text) is None
