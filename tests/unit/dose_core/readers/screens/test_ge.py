"""Tests of dose_core.readers.screens.dose_screen with what GE states, and of screens that state nothing."""

import pytest
from pydicom.uid import MRImageStorage

from dose_core.model import AcquisitionType, CtReport, StatedValue
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.builders.dose_screen import dose_screen, exposure, ge_screen, phantom, screen_file
from tests.support.read_as import read_as

SCOUT = {"AcquisitionType": "CONSTANT_ANGLE", "CTDIvol": None, "SpiralPitchFactor": None}
BODY, HEAD = phantom("113691"), phantom("113690")


def problems(report: CtReport) -> list[str]:
    return [warning.problem for warning in report.warnings]


class TestGeDoseReport:
    def test_states_the_dlp_of_each_event_in_its_comment(self) -> None:
        screen = ge_screen(
            exposure(**SCOUT),
            exposure(CTDIPhantomTypeCodeSequence=BODY),
            exposure(CTDIPhantomTypeCodeSequence=BODY),
            comment="TotalDLP=1748.68\r\nEvent=1\r\nEvent=2 DLP=769.67\r\nEvent=3 DLP=979.01",
        )
        report = read_as(CtReport, screen_file(screen))

        assert report.totals.dlp_mgy_cm == 1748.68
        assert [event.dlp_mgy_cm for event in report.events] == [None, 769.67, 979.01]
        assert [event.phantom_diameter_mm for event in report.events] == [None, 320, 320]
        assert report.events[0].acquisition_type is AcquisitionType.CONSTANT_ANGLE
        assert report.warnings == ()
        assert (
            StatedValue(field="events[1].dlp_mgy_cm", path="(0040,0310)", text="769.67", unit="mGy.cm") in report.stated
        )

    def test_states_events_in_its_comment_alone(self) -> None:
        report = read_as(CtReport, screen_file(ge_screen(comment="TotalDLP=10.5\nEvent=1\nEvent=2 DLP=10.5")))

        assert [event.dlp_mgy_cm for event in report.events] == [None, 10.5]

    def test_names_a_dlp_of_an_event_that_is_not_listed(self) -> None:
        report = read_as(CtReport, screen_file(ge_screen(exposure(**SCOUT), comment="Event=1\nEvent=2 DLP=10.5")))

        assert [event.dlp_mgy_cm for event in report.events] == [None]
        assert problems(report) == ["it states the DLP of 1 events that the sequence does not list"]
        assert [one for one in report.stated if one.field.startswith("events[1]")] == []

    def test_names_a_total_or_an_event_that_is_stated_twice(self) -> None:
        item = exposure(CTDIPhantomTypeCodeSequence=BODY)
        comment = "TotalDLP=10.5\nTotalDLP=20\nEvent=1 DLP=10.5\nEvent=1 DLP=20"
        report = read_as(CtReport, screen_file(ge_screen(item, comment=comment)))

        assert (report.totals.dlp_mgy_cm, report.events[0].dlp_mgy_cm) == (10.5, 10.5)
        assert problems(report) == [
            "the comment states different totals; the first is used",
            "the comment states event 1 in different ways; the first is used",
        ]

    def test_names_a_total_that_the_events_do_not_make(self) -> None:
        item = exposure(CTDIPhantomTypeCodeSequence=BODY)
        report = read_as(CtReport, screen_file(ge_screen(item, comment="TotalDLP=100\nEvent=1 DLP=10.5")))

        assert (report.totals.dlp_mgy_cm, report.events[0].dlp_mgy_cm) == (100.0, 10.5)
        assert problems(report) == ["the total is 100 mGy.cm, the events add up to 10.5 mGy.cm"]

    def test_names_one_total_over_head_and_body_phantoms(self) -> None:
        items = (exposure(CTDIPhantomTypeCodeSequence=BODY), exposure(CTDIPhantomTypeCodeSequence=HEAD))
        report = read_as(CtReport, screen_file(ge_screen(*items, comment="TotalDLP=20")))

        assert problems(report) == ["one total stands for phantoms of different size"]

    def test_names_a_ctdi_for_no_phantom(self) -> None:
        report = read_as(CtReport, screen_file(ge_screen(exposure(), exposure(), comment="TotalDLP=20")))

        assert problems(report) == ["2 events state a CTDIvol and no phantom"]

    def test_names_exposures_that_are_not_listed(self) -> None:
        screen = ge_screen(exposure(**SCOUT), comment="TotalDLP=20")
        screen.TotalNumberOfExposures = 3
        report = read_as(CtReport, screen_file(screen))

        assert report.totals.event_count == 3
        assert problems(report) == ["3 exposures are stated, 1 are listed"]

    def test_names_a_total_that_is_no_number(self) -> None:
        report = read_as(CtReport, screen_file(ge_screen(exposure(**SCOUT), comment="TotalDLP=???")))

        assert report.totals.dlp_mgy_cm is None
        assert problems(report) == ["the comment states a DLP that is no number of mGy.cm"]

    def test_names_a_type_of_acquisition_that_nobody_knows(self) -> None:
        report = read_as(
            CtReport, screen_file(ge_screen(exposure(**SCOUT | {"AcquisitionType": "WOBBLE"}), comment=""))
        )

        assert report.events[0].acquisition_type is None
        assert problems(report) == ["'WOBBLE' is no type of acquisition that we know"]


class TestScreensWithoutNumbers:
    @pytest.mark.parametrize("description", ["Dose Report", "Rapport dose.", "Dosisbericht", "Patient Protocol"])
    def test_say_that_the_numbers_are_in_the_picture(self, description: str) -> None:
        with pytest.raises(NotDoseError, match="in the picture only"):
            read_dose(screen_file(dose_screen(SeriesDescription=description)))

    @pytest.mark.parametrize("values", [{"SeriesDescription": "3D view"}, {"Modality": "US"}, {"Modality": "OT"}])
    def test_other_captures_are_no_dose_screens(self, values: dict[str, str]) -> None:
        with pytest.raises(NotDoseError, match="no dose is read from objects of this class"):
            read_dose(screen_file(dose_screen(**values)))

    def test_an_image_that_is_described_so_is_an_image(self) -> None:
        screen = dose_screen(SOPClassUID=MRImageStorage)

        with pytest.raises(NotDoseError, match="no dose is read from objects of this class"):
            read_dose(screen_file(screen))
