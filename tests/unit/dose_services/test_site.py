"""Tests of dose_services.site."""

from zoneinfo import ZoneInfo

import pytest

from dose_services.site import Site, UnusableSiteError


class TestSite:
    def test_waits_a_day_unless_told_otherwise(self) -> None:
        assert Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP").quiet_time_s == 86400

    def test_an_empty_authority_would_join_patients_of_unknown_origin(self) -> None:
        with pytest.raises(UnusableSiteError, match="assigning authority"):
            Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority=" ")

    def test_a_character_set_that_there_is_not_is_refused_before_the_first_message(self) -> None:
        with pytest.raises(UnusableSiteError, match="'latin-99'"):
            Site(timezone=ZoneInfo("Europe/Stockholm"), default_authority="HOSP", hl7_default_charset="latin-99")
