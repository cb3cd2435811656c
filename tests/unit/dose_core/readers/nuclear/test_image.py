"""Tests of dose_core.readers.nuclear.image, nuclear_times and nuclear_checks."""

from datetime import datetime

import pytest

from dose_core.model import Code, Kind, NuclearReport, StatedValue
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.builders.nuclear import (
    CONVERTED_PET_CLASS,
    ENHANCED_PET_CLASS,
    FDG_SRT,
    NM_CLASS,
    PET_CLASS,
    nm_image_bytes,
    pet_image_bytes,
    radiopharmaceutical,
)
from tests.support.read_as import read_as

at = datetime.fromisoformat


def problems(report: NuclearReport) -> list[str]:
    return [warning.problem for warning in report.warnings]


class TestActivity:
    def test_of_a_pet_image_is_in_bq(self) -> None:
        report = read_as(NuclearReport, pet_image_bytes())

        assert report.kind is Kind.NUCLEAR_IMAGE
        (event,) = report.events
        assert (event.agent, event.radionuclide) == ("Fluorodeoxyglucose", "^18^Fluorine")
        assert event.agent_code == Code(value="C-B1031", scheme="SRT", meaning="Fluorodeoxyglucose F^18^")
        assert (event.administered_activity_mbq, event.half_life_s) == (370, 6586.2)
        assert report.warnings == ()
        origin = StatedValue(
            field="events[0].administered_activity_mbq", path="(0054,0016)[1].(0018,1074)", text="370000000", unit="Bq"
        )
        assert origin in report.stated

    def test_of_an_nm_image_is_in_mbq_though_the_element_is_the_same(self) -> None:
        """Section F: Siemens Encore2 states 320, and agents by name alone, without half-life or start."""
        (event,) = read_as(NuclearReport, nm_image_bytes()).events

        assert (event.agent, event.agent_code, event.administered_activity_mbq) == ("Sestamibi", None, 320)
        assert (event.radionuclide, event.half_life_s, event.start) == ("99m Technetium", None, None)

    @pytest.mark.parametrize(
        ("sop_class", "stated"),
        [
            pytest.param(PET_CLASS, "370000000", id="PET, C.8.9.2: Bq"),
            pytest.param(CONVERTED_PET_CLASS, "370000000", id="converted PET: as the classic image stated it"),
            pytest.param(ENHANCED_PET_CLASS, "370", id="enhanced PET, C.8.22.4: MBq"),
            pytest.param(NM_CLASS, "370", id="NM, C.8.4.10: MBq"),
        ],
    )
    def test_has_the_unit_of_the_class(self, sop_class: str, stated: str) -> None:
        report = read_as(
            NuclearReport, pet_image_bytes(radiopharmaceutical(RadionuclideTotalDose=stated), SOPClassUID=sop_class)
        )

        assert (report.events[0].administered_activity_mbq, report.warnings) == (370, ())

    def test_in_the_wrong_unit_is_named_and_kept(self) -> None:
        pet = read_as(NuclearReport, pet_image_bytes(radiopharmaceutical(RadionuclideTotalDose="370")))
        spect = read_as(NuclearReport, nm_image_bytes(radiopharmaceutical(RadionuclideTotalDose="320000000")))

        assert pet.events[0].administered_activity_mbq == 0.00037
        assert problems(pet) == ["0.00037 MBq is no administered activity; the number looks like MBq"]
        assert spect.events[0].administered_activity_mbq == 320_000_000
        assert problems(spect) == ["3.2e+08 MBq is no administered activity; the number looks like Bq"]
        assert pet.warnings[0].path == "(0054,0016)[1].(0018,1074)"

    def test_of_several_radiopharmaceuticals_stays_apart(self) -> None:
        report = read_as(
            NuclearReport,
            nm_image_bytes(
                radiopharmaceutical(Radiopharmaceutical="Tl-201 chloride", RadionuclideTotalDose="74"),
                {},
                radiopharmaceutical(Radiopharmaceutical="Tetrofosmin", RadionuclideTotalDose="900"),
            ),
        )

        assert [(event.agent, event.administered_activity_mbq) for event in report.events] == [
            ("Tl-201 chloride", 74),
            ("Tetrofosmin", 900),
        ]

    @pytest.mark.parametrize("items", [None, [], [{}]], ids=["absent", "empty", "of one empty item"])
    def test_is_not_there_where_the_radiopharmaceutical_sequence_is_empty(self, items: object) -> None:
        """Section F: the sequence may be empty (#971)."""
        with pytest.raises(NotDoseError, match="no radiopharmaceutical"):
            read_dose(pet_image_bytes(RadiopharmaceuticalInformationSequence=items))

    def test_is_found_among_the_attributes_that_a_conversion_kept(self) -> None:
        kept = {"RadiopharmaceuticalInformationSequence": [radiopharmaceutical()]}
        shared = [{"UnassignedSharedConvertedAttributesSequence": [kept]}]
        per_frame = [{"UnassignedPerFrameConvertedAttributesSequence": [kept]}] * 2

        for groups in (
            {"SharedFunctionalGroupsSequence": shared},
            {"SharedFunctionalGroupsSequence": [{}], "PerFrameFunctionalGroupsSequence": per_frame},
        ):
            image = pet_image_bytes(
                SOPClassUID=CONVERTED_PET_CLASS, RadiopharmaceuticalInformationSequence=None, **groups
            )
            assert [event.administered_activity_mbq for event in read_as(NuclearReport, image).events] == [370]


class TestStart:
    def test_is_a_moment_where_one_is_stated(self) -> None:
        item = radiopharmaceutical(
            RadiopharmaceuticalStartTime="085500", RadiopharmaceuticalStopDateTime="20260301090100"
        )

        (event,) = read_as(NuclearReport, pet_image_bytes(item)).events

        assert (event.start, event.stop) == (at("2026-03-01T09:00"), at("2026-03-01T09:01"))

    def test_has_the_offset_of_the_object(self) -> None:
        (event,) = read_as(NuclearReport, pet_image_bytes(TimezoneOffsetFromUTC="+0100")).events

        assert event.start == at("2026-03-01T09:00+01:00")

    @pytest.mark.parametrize(
        "dates",
        [
            {"StudyDate": "20260301", "SeriesDate": "20260302", "AcquisitionDate": "20260302"},
            {"StudyDate": None, "SeriesDate": "20260301", "AcquisitionDate": "20260302"},
            {"StudyDate": "", "SeriesDate": None, "AcquisitionDate": "20260301"},
        ],
        ids=["study", "series", "acquisition"],
    )
    def test_time_belongs_to_the_day_of_the_study_then_series_then_acquisition(self, dates: dict[str, object]) -> None:
        """Section F: StartTime and study date, where no StartDateTime is stated."""
        item = radiopharmaceutical(RadiopharmaceuticalStartDateTime=None, RadiopharmaceuticalStartTime="090000.5")

        report = read_as(NuclearReport, pet_image_bytes(item, **dates))

        assert report.events[0].start == at("2026-03-01T09:00:00.5")
        assert report.warnings == ()

    def test_before_midnight_of_a_study_after_it_is_named(self) -> None:
        item = radiopharmaceutical(RadiopharmaceuticalStartDateTime=None, RadiopharmaceuticalStartTime="233000")

        report = read_as(NuclearReport, pet_image_bytes(item, AcquisitionTime="003000"))

        assert report.events[0].start == at("2026-03-01T23:30")
        assert problems(report) == [
            "lies after the acquisition; the administration may have been before midnight, a day earlier"
        ]

    def test_shortly_after_the_acquisition_began_is_nothing_to_name(self) -> None:
        """A dynamic acquisition is started before the injection."""
        report = read_as(NuclearReport, pet_image_bytes(AcquisitionTime="085930"))

        assert report.warnings == ()

    def test_without_any_day_or_of_no_time_is_named_and_not_used(self) -> None:
        item = radiopharmaceutical(RadiopharmaceuticalStartDateTime="soon", RadiopharmaceuticalStartTime="090000")

        report = read_as(NuclearReport, pet_image_bytes(item, StudyDate=None, SeriesDate=None, AcquisitionDate=None))

        assert report.events[0].start is None
        assert problems(report) == ["is no moment (DT)", "makes no moment: no day is stated, or it is no time"]

    def test_comes_before_the_stop(self) -> None:
        item = radiopharmaceutical(
            RadiopharmaceuticalStartDateTime="20260301235900", RadiopharmaceuticalStopTime="000100"
        )

        report = read_as(NuclearReport, pet_image_bytes(item, AcquisitionDate="20260302"))

        assert report.events[0].stop is None
        assert problems(report) == ["lies before the start; its day is not known"]


class TestImage:
    def test_states_its_place_its_time_and_the_patient(self) -> None:
        report = read_as(NuclearReport, pet_image_bytes())

        assert report.image is not None
        assert (report.image.series_instance_uid, report.image.instance_number) == ("2.25.7103", 1)
        assert report.started_at == at("2026-03-01T10:00")
        assert (report.patient.size_cm, report.patient.weight_kg) == (180, 80)

    def test_is_read_whatever_dates_the_last_calibrations_had(self) -> None:
        """Section F: DateOfLastCalibration and TimeOfLastCalibration may be multi-valued."""
        report = read_as(
            NuclearReport,
            pet_image_bytes(
                DateOfLastCalibration=["20260301", "20260222"], TimeOfLastCalibration=["000000.000000", "150546.000000"]
            ),
        )

        assert (report.events[0].administered_activity_mbq, report.warnings) == (370, ())

    def test_states_the_event_uid_as_it_stands(self) -> None:
        item = radiopharmaceutical(
            RadiopharmaceuticalAdministrationEventUID="2.25.9", RadiopharmaceuticalRoute="Intravenous route"
        )

        (event,) = read_as(NuclearReport, pet_image_bytes(item)).events

        assert (event.event_uid, event.route) == ("2.25.9", "Intravenous route")

    def test_names_an_agent_by_its_code_where_no_text_does(self) -> None:
        (event,) = read_as(NuclearReport, pet_image_bytes(radiopharmaceutical(Radiopharmaceutical=None))).events

        assert event.agent == FDG_SRT[2]
