"""Tests of api.web.formatting."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from api.web import formatting
from dose_core.model import DeviceStated


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (0.0, "0.00"),
            (0.0472, "0.047"),
            (5.4, "5.40"),
            (48.53, "48.5"),
            (634.4, "634.4"),
            (1452.0, "1452"),
            (None, "not stated"),
        ],
    )
    def test_have_the_decimals_that_a_reader_needs(self, value: float | None, shown: str) -> None:
        assert formatting.number(value) == shown


class TestPersonNames:
    """PS3.5, 6.2.1.2: family, given, middle, prefix, suffix; groups for other scripts."""

    @pytest.mark.parametrize(
        ("stated", "shown"),
        [
            ("Example^Anna", "Example, Anna"),
            ("Example^Anna^Maria^Dr.^MD", "Example, Dr. Anna Maria, MD"),
            ("Example", "Example"),
            ("^Anna", "Anna"),
            ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田, 太郎, やまだ, たろう)"),
            ("=山田^太郎", "山田, 太郎"),
            ("^^^^", "not stated"),
            ("a^b^c^d^e^f^g", "a, d b c, e"),
            (None, "not stated"),
            ("", "not stated"),
        ],
    )
    def test_read_as_people_write_them(self, stated: str | None, shown: str) -> None:
        assert formatting.person_name(stated) == shown


class TestTimes:
    @pytest.mark.parametrize(
        ("stated", "shown"),
        [
            ("2026-07-02T10:20:00", "2026-07-02 10:20"),
            ("2026-07-02T10:20:00+00:00", "2026-07-02 12:20"),
            (None, "not stated"),
        ],
    )
    def test_are_local_to_the_site_and_never_guessed(self, stated: str | None, shown: str) -> None:
        assert formatting.local_time(stated, ZoneInfo("Europe/Berlin")) == shown

    def test_of_birth_are_iso_dates(self) -> None:
        assert formatting.day(date(1961, 4, 12)) == "1961-04-12"
        assert formatting.day(None) == "not stated"


class TestWords:
    @pytest.mark.parametrize(("code", "word"), [("F", "female"), ("M", "male"), ("O", "other"), (None, "not stated")])
    def test_for_sex(self, code: str | None, word: str) -> None:
        assert formatting.sex(code) == word

    def test_for_a_device_leave_out_what_is_not_stated(self) -> None:
        assert formatting.device_name(DeviceStated(model="Ring 64", station_name="CT1")) == "Ring 64 · CT1"
        assert formatting.device_name(DeviceStated()) == "not stated"
