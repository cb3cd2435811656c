"""Times of reports: an offset from UTC is applied, one that makes no sense leaves them local, none is made up."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import CtReport, ProjectionReport
from dose_core.readers.registry import read_dose
from tests.builders.ct_rdsr import acquisition, ct_rdsr_bytes, irradiated
from tests.builders.enhanced_rdsr import enhanced_rdsr_bytes, event_summary
from tests.builders.projection_rdsr import event, projection_rdsr_bytes
from tests.builders.sr import date_time
from tests.support.problems import problems
from tests.support.read_as import read_as

LOCAL = datetime(2026, 3, 1, 10, 16)  # noqa: DTZ001 - no offset is stated
AT_9_16 = datetime(2026, 3, 1, 9, 16, tzinfo=UTC)


def ct(start: str, offset: str | None = None) -> bytes:
    """Return a CT report whose event began then."""
    started = date_time(codes.DCM.DatetimeStarted, start, relationship="CONTAINS")
    return ct_rdsr_bytes(acquisition(started), TimezoneOffsetFromUTC=offset)


def projection(start: str, offset: str | None = None) -> bytes:
    """Return a projection report whose event began then."""
    return projection_rdsr_bytes(event(start=start), TimezoneOffsetFromUTC=offset)


def enhanced(start: str, offset: str | None = None) -> bytes:
    """Return an enhanced report whose event began then."""
    return enhanced_rdsr_bytes(event_summary(start=start, end=None), TimezoneOffsetFromUTC=offset)


def first_start(dicom: bytes) -> datetime | None:
    """Return when the first event of a report began."""
    report = read_dose(dicom)
    assert isinstance(report, CtReport | ProjectionReport)
    return report.events[0].started_at


@pytest.mark.parametrize("build", [ct, projection, enhanced])
class TestStartOfAnEvent:
    def test_is_local_without_an_offset(self, build: Callable[..., bytes]) -> None:
        assert first_start(build("20260301101600")) == LOCAL

    def test_takes_the_offset_of_the_object(self, build: Callable[..., bytes]) -> None:
        assert first_start(build("20260301101600", offset="+0100")) == AT_9_16

    @pytest.mark.parametrize("stated", ["20260301101600+0100", "20260301101600.000000+0100", "20260301051600-0400"])
    def test_has_its_own_offset_which_wins(self, build: Callable[..., bytes], stated: str) -> None:
        assert first_start(build(stated, offset="+0900")) == AT_9_16

    @pytest.mark.parametrize("offset", ["UTC-04:00", "+01:00", "+2500", "+0160", "Z"])
    def test_stays_local_under_an_offset_that_is_none(self, build: Callable[..., bytes], offset: str) -> None:
        """GE writes 'UTC-04:00'."""
        dicom = build("20260301101600", offset=offset)

        assert first_start(dicom) == LOCAL
        assert "malformed; times stay local" in problems(dicom)

    @pytest.mark.parametrize("stated", ["20260301101600+2500", "20260301101600UTC", "20260301", "yesterday"])
    def test_is_none_where_it_is_no_moment(self, build: Callable[..., bytes], stated: str) -> None:
        dicom = build(stated)

        assert first_start(dicom) is None
        assert "is not a date with a time of day (DT)" in problems(dicom)


class TestHeader:
    def test_study_and_content_times_take_the_offset_of_the_object(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(*irradiated(), TimezoneOffsetFromUTC="+0100"))

        assert report.study_started_at == datetime(2026, 3, 1, 9, 15, tzinfo=UTC)
        assert report.content_at == datetime(2026, 3, 1, 9, 20, tzinfo=UTC)
        assert report.started_at == AT_9_16
        assert report.timezone_offset == "+0100"

    def test_a_birth_date_is_moved_by_no_offset(self) -> None:
        report = read_as(CtReport, ct_rdsr_bytes(TimezoneOffsetFromUTC="-1200"))

        assert report.patient.birth_date == date(1970, 1, 2)
