"""Tests of dose screens of Philips: Brilliance, Gemini TF, Big Bore up to 3.5."""

import pytest

from dose_core.model import AcquisitionType, CtReport, Kind, StatedValue, XRaySource
from tests.builders.dose_screen import (
    PHILIPS_CREATOR,
    exposure,
    file_with_sequence_as_un,
    phantom,
    philips_screen,
    screen_file,
    with_private,
    without_creators,
)
from tests.support.read_as import read_as

DLP = (PHILIPS_CREATOR, 0x00E1, 0x21, "DS")
PHANTOM = (PHILIPS_CREATOR, 0x01E1, 0x26, "CS")


def problems(report: CtReport) -> list[str]:
    return [warning.problem for warning in report.warnings]


class TestPhilipsDoseInfo:
    def test_states_each_acquisition(self) -> None:
        item = with_private(exposure(ScanLength="231", SeriesDescription="PRE KIDNEYS"), *DLP, "610.5")
        report = read_as(CtReport, screen_file(philips_screen(with_private(item, *PHANTOM, "32 CM"))))

        assert report.kind is Kind.DOSE_SCREEN
        assert report.totals.dlp_mgy_cm == 610.5
        (event,) = report.events
        assert (event.event_uid, event.started_at) == (None, None)
        assert (event.acquisition_type, event.protocol) == (AcquisitionType.SPIRAL, "Abdomen/One")
        assert (event.ctdi_vol_mgy, event.dlp_mgy_cm, event.phantom_diameter_mm) == (12.5, 610.5, 320)
        assert (event.exposure_time_s, event.scanning_length_mm) == (4.5, 231.0)
        assert (event.single_collimation_mm, event.total_collimation_mm, event.pitch) == (0.625, 40.0, 0.9)
        assert event.sources == (XRaySource(kv=120.0, ma_mean=250.5005),)
        assert event.comment == "PRE KIDNEYS"
        assert report.warnings == ()

    def test_says_where_each_number_stood(self) -> None:
        item = with_private(exposure(), *DLP, "610.50")
        stated = read_as(CtReport, screen_file(philips_screen(item))).stated

        assert StatedValue(field="totals.dlp_mgy_cm", path="(00E1,1021)", text="610.5", unit="mGy.cm") in stated
        assert (
            StatedValue(field="events[0].dlp_mgy_cm", path="(0040,030E)[1].(00E1,1021)", text="610.50", unit="mGy.cm")
            in stated
        )
        assert (
            StatedValue(field="events[0].exposure_time_s", path="(0040,030E)[1].(0018,1150)", text="4500", unit="ms")
            in stated
        )

    @pytest.mark.parametrize(("stated", "diameter_mm"), [("16 CM", 160), ("32 CM", 320)])
    def test_names_the_phantom_in_a_private_element(self, stated: str, diameter_mm: int) -> None:
        report = read_as(CtReport, screen_file(philips_screen(with_private(exposure(), *PHANTOM, stated))))

        assert report.events[0].phantom_diameter_mm == diameter_mm

    def test_names_a_phantom_that_nobody_knows(self) -> None:
        report = read_as(CtReport, screen_file(philips_screen(with_private(exposure(), *PHANTOM, "24 CM"))))

        assert report.events[0].phantom_diameter_mm is None
        assert "no diameter is known for phantom '24 CM'" in problems(report)

    def test_lists_what_has_no_acquisition_type_and_was_not_irradiated(self) -> None:
        report = read_as(CtReport, screen_file(philips_screen(exposure(AcquisitionType=None), exposure())))

        (event,) = report.events
        assert event.acquisition_type is AcquisitionType.SPIRAL
        assert any(value.path == "(0040,030E)[2].(0018,9345)" for value in report.stated)

    def test_may_lack_the_total(self) -> None:
        """OpenREM #967."""
        report = read_as(CtReport, screen_file(philips_screen(exposure(), dlp=None)))

        assert report.totals.dlp_mgy_cm is None
        assert len(report.events) == 1

    def test_states_the_total_in_its_comment_where_the_element_is_missing(self) -> None:
        comment = "Series #3 PRE Average CTDIvol=12.5 DLP=610.5\r\nTotal DLP=610.5"
        report = read_as(CtReport, screen_file(philips_screen(exposure(), dlp=None, CommentsOnRadiationDose=comment)))

        assert report.totals.dlp_mgy_cm == 610.5
        assert report.comment is not None
        assert report.comment.startswith("Series #3 PRE")

    def test_may_lack_all_times(self) -> None:
        """OpenREM #500."""
        screen = philips_screen(exposure(AcquisitionDateTime=""))
        del screen.StudyTime
        report = read_as(CtReport, screen_file(screen))

        assert (report.study_started_at, report.started_at, report.events[0].started_at) == (None, None, None)

    def test_may_hold_its_exposures_as_unknown_vr(self) -> None:
        """OpenREM #302: an archive stored the sequence as UN, and what is inside is in implicit VR."""
        item = with_private(exposure(), *DLP, "610.5")
        report = read_as(CtReport, file_with_sequence_as_un(philips_screen(item)))

        assert (report.events[0].ctdi_vol_mgy, report.events[0].dlp_mgy_cm) == (12.5, 610.5)

    def test_reads_the_same_in_implicit_vr(self) -> None:
        item = with_private(exposure(), *DLP, "610.5")
        report = read_as(CtReport, screen_file(philips_screen(item), implicit=True))

        assert (report.totals.dlp_mgy_cm, report.events[0].dlp_mgy_cm) == (610.5, 610.5)

    def test_names_the_protocol_file_where_the_protocol_has_no_name(self) -> None:
        screen = philips_screen(exposure())
        del screen.ProtocolName
        with_private(screen, PHILIPS_CREATOR, 0x00E1, 0x61, "LO", "Abdomen_One.proc")

        assert read_as(CtReport, screen_file(screen)).events[0].protocol == "Abdomen_One.proc"

    def test_names_the_requesting_physician(self) -> None:
        report = read_as(CtReport, screen_file(philips_screen(exposure(), RequestingPhysician="Example^Asks")))

        assert report.physicians == ("Example^Asks",)

    def test_numbers_are_not_taken_from_the_block_of_another_creator(self) -> None:
        """PS3.5, 7.8.1: an element number says nothing without the creator of its block."""
        screen = philips_screen(exposure(), dlp=None)
        with_private(screen, "SOMEBODY ELSE", 0x00E1, 0x21, "DS", "999")
        with_private(screen, PHILIPS_CREATOR, 0x00E1, 0x21, "DS", "610.5")
        report = read_as(CtReport, screen_file(screen))

        assert screen[0x00E11121].value == 610.5
        assert report.totals.dlp_mgy_cm == 610.5

    def test_numbers_are_found_in_the_second_block_of_their_creator(self) -> None:
        screen = philips_screen(exposure(), dlp=None)
        screen.add_new(0x00E10010, "LO", PHILIPS_CREATOR)
        screen.add_new(0x00E10011, "LO", PHILIPS_CREATOR)
        screen.add_new(0x00E11121, "DS", "610.5")

        report = read_as(CtReport, screen_file(screen))

        assert report.totals.dlp_mgy_cm == 610.5

    def test_numbers_without_a_creator_are_believed_with_a_warning(self) -> None:
        report = read_as(CtReport, screen_file(without_creators(philips_screen(exposure()))))

        assert report.totals.dlp_mgy_cm == 610.5
        assert any("private creator ELSCINT1 is missing" in problem for problem in problems(report))

    def test_numbers_without_a_creator_are_nothing_on_the_device_of_another_maker(self) -> None:
        screen = without_creators(philips_screen(exposure()))
        screen.Manufacturer = "Invented Scanners"

        assert read_as(CtReport, screen_file(screen)).totals.dlp_mgy_cm is None

    def test_names_a_number_that_is_none(self) -> None:
        item = exposure(CTDIPhantomTypeCodeSequence=phantom("113691"))
        screen = philips_screen(item, dlp=None)
        with_private(screen, PHILIPS_CREATOR, 0x00E1, 0x21, "LO", "unknown")
        report = read_as(CtReport, screen_file(screen))

        assert report.totals.dlp_mgy_cm is None
        assert problems(report) == ["is not one finite number"]
