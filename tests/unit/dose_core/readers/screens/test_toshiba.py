"""Tests of dose screens of Toshiba and Canon: Aquilion CX and CXL, V4.40 to V4.86."""

import struct

import pytest
from pydicom.dataset import Dataset

from dose_core.model import CtReport, StatedValue
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.builders.dose_screen import TOSHIBA_CREATOR, dose_screen, screen_file, with_private, without_creators
from tests.support.read_as import read_as

ROWS_IN_USE = "0" * 8 + "1" * 48 + "0" * 8


def toshiba_screen(*, as_un: bool = False) -> Dataset:
    """Return one of the pair of screens; archives turn its numbers into bytes of unknown VR."""
    screen = dose_screen(Manufacturer="TOSHIBA", SeriesDescription="")
    screen.ImageType = ["DERIVED", "SECONDARY"]

    def double(value: float) -> tuple[str, object]:
        return ("UN", struct.pack("<d", value)) if as_un else ("FD", value)

    def text(value: str) -> tuple[str, object]:
        return ("UN", value.encode()) if as_un else ("LO", value)

    for element, (vr, value) in {
        0x08: text("0.5 "),
        0x09: text(ROWS_IN_USE),
        0x23: text("0.8125"),
        0x40: double(245.1),
        0x63: double(9.8),
    }.items():
        with_private(screen, TOSHIBA_CREATOR, 0x7005, element, vr, value)
    return screen


class TestToshibaScreen:
    @pytest.mark.parametrize("implicit", [False, True])
    @pytest.mark.parametrize("as_un", [False, True])
    def test_states_one_acquisition_in_private_elements(self, *, as_un: bool, implicit: bool) -> None:
        report = read_as(CtReport, screen_file(toshiba_screen(as_un=as_un), implicit=implicit))

        (event,) = report.events
        assert (event.ctdi_vol_mgy, event.dlp_mgy_cm, event.pitch) == (9.8, 245.1, 0.8125)
        assert event.single_collimation_mm == 0.5
        assert report.totals.dlp_mgy_cm is None

    def test_counts_the_detector_rows_in_use(self) -> None:
        assert read_as(CtReport, screen_file(toshiba_screen())).events[0].total_collimation_mm == 24.0

    def test_does_not_count_rows_in_what_is_no_map_of_them(self) -> None:
        screen = with_private(toshiba_screen(), TOSHIBA_CREATOR, 0x7005, 0x09, "LO", "0.5x16")

        assert read_as(CtReport, screen_file(screen)).events[0].total_collimation_mm is None

    def test_says_where_a_number_stood(self) -> None:
        stated = read_as(CtReport, screen_file(toshiba_screen(as_un=True))).stated

        assert StatedValue(field="events[0].dlp_mgy_cm", path="(7005,1040)", text="245.1", unit="mGy.cm") in stated

    def test_numbers_without_a_creator_are_believed_with_a_warning(self) -> None:
        report = read_as(CtReport, screen_file(without_creators(toshiba_screen())))

        assert report.events[0].ctdi_vol_mgy == 9.8
        assert any("TOSHIBA_MEC_CT3 is missing" in warning.problem for warning in report.warnings)

    def test_names_a_double_that_is_no_number(self) -> None:
        screen = with_private(toshiba_screen(), TOSHIBA_CREATOR, 0x7005, 0x40, "UN", struct.pack("<d", float("nan")))
        report = read_as(CtReport, screen_file(screen))

        assert (report.events[0].ctdi_vol_mgy, report.events[0].dlp_mgy_cm) == (9.8, None)
        assert "is not one finite number" in [warning.problem for warning in report.warnings]

    def test_without_the_elements_it_is_a_picture(self) -> None:
        screen = dose_screen(Manufacturer="Canon Medical Systems", SeriesDescription="")
        screen.ImageType = ["DERIVED", "SECONDARY"]

        with pytest.raises(NotDoseError, match="in the picture only"):
            read_dose(screen_file(screen))
