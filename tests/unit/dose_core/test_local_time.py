"""Tests of dose_core.local_time. Clock changes from the IANA rules for Europe/Stockholm and America/New_York."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from dose_core.local_time import to_utc

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NEW_YORK = ZoneInfo("America/New_York")


class TestToUtc:
    @pytest.mark.parametrize(
        ("local", "zone", "expected"),
        [
            pytest.param("2024-01-15T12:00:00", STOCKHOLM, "2024-01-15T11:00:00+00:00", id="winter"),
            pytest.param("2024-07-15T12:00:00", STOCKHOLM, "2024-07-15T10:00:00+00:00", id="summer"),
            pytest.param("2024-10-27T01:59:59", STOCKHOLM, "2024-10-26T23:59:59+00:00", id="before it repeats"),
            pytest.param("2024-10-27T03:00:00", STOCKHOLM, "2024-10-27T02:00:00+00:00", id="after it repeats"),
            pytest.param("2024-03-10T03:00:00", NEW_YORK, "2024-03-10T07:00:00+00:00", id="after it skips"),
        ],
    )
    def test_a_local_time_is_one_instant(self, local: str, zone: ZoneInfo, expected: str) -> None:
        resolved = to_utc(datetime.fromisoformat(local), zone)

        assert resolved.utc == datetime.fromisoformat(expected)
        assert resolved.problem is None

    def test_a_repeated_hour_is_not_guessed(self) -> None:
        resolved = to_utc(datetime.fromisoformat("2024-10-27T02:30:00"), STOCKHOLM)

        assert resolved.utc is None
        assert resolved.problem == "the clock change in Europe/Stockholm makes this local time ambiguous"
        assert resolved.candidates == (
            datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
            datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
        )

    def test_a_skipped_hour_is_not_guessed(self) -> None:
        resolved = to_utc(datetime.fromisoformat("2024-03-31T02:30:00"), STOCKHOLM)

        assert resolved.utc is None
        assert resolved.problem == "the clock change in Europe/Stockholm skips this local time"
        assert resolved.candidates == ()

    def test_a_stated_offset_settles_the_repeated_hour(self) -> None:
        stated = datetime(2024, 10, 27, 2, 30, tzinfo=timezone(timedelta(hours=2)))

        assert to_utc(stated, STOCKHOLM).utc == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "edge",
        [
            datetime(1, 1, 1),  # noqa: DTZ001 - local, as stated
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=1))),
        ],
    )
    def test_the_first_and_the_last_day_of_the_calendar_are_no_instant(self, edge: datetime) -> None:
        """Some systems write the first one where they know no date."""
        resolved = to_utc(edge, STOCKHOLM)

        assert (resolved.utc, resolved.candidates) == (None, ())
        assert resolved.problem == "the date lies at the end of the calendar"
