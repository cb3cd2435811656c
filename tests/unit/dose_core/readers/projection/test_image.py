"""Tests of dose_core.readers.projection.image: which images state dose, and when they were taken."""

from datetime import UTC, datetime

import pytest

from dose_core.model import Kind, ProjectionEvent, ProjectionReport, ProjectionTotals
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import NotDoseError
from dose_core.readers.projection.image import ProjectionImageReader
from dose_core.readers.projection.image_rows import ROWS
from dose_core.readers.registry import read_dose
from tests.builders.projection_image import (
    CR,
    code_item,
    dx_bytes,
)
from tests.support.projection import problems, the_event
from tests.support.read_as import read_as


class TestRadiograph:
    def test_states_one_exposure_and_no_totals(self) -> None:
        report = read_as(ProjectionReport, dx_bytes())

        assert report.kind is Kind.PROJECTION_IMAGE
        assert report.totals == ProjectionTotals()
        assert report.warnings == ()
        (event,) = report.events
        assert (event.dap_gy_cm2, event.entrance_dose_mgy) == (0.0472, 0.11)
        assert (event.kv, event.ma, event.mas, event.exposure_time_s) == (117.0, 303.0, 1.7, 0.006)
        assert (event.source_to_detector_mm, event.focal_spot_mm, event.grid) == (1800.0, 1.2, "Focused grid")
        assert (event.protocol, event.body_part, event.view, event.laterality) == ("Chest p.a.", "CHEST", "PA", "U")

    def test_states_where_each_value_stood(self) -> None:
        stated = {one.field: (one.path, one.text, one.unit) for one in read_dose(dx_bytes()).stated}

        assert stated["events[0].dap_gy_cm2"] == ("(0018,115E)", "0.472", "dGy.cm2")
        assert stated["events[0].mas"] == ("(0018,1153)", "1700", "uA.s")
        assert stated["events[0].protocol"] == ("(0018,1030)", "Chest p.a.", None)

    @pytest.mark.parametrize(
        ("field", "path", "text"),
        [
            ("body_part", "(0018,0015)", "CHEST"),
            ("view", "(0018,5101)", "PA"),
            ("laterality", "(0020,0062)", "U"),
            ("grid", "(0018,1166)", "FOCUSED"),
        ],
    )
    def test_states_where_each_word_stood(self, field: str, path: str, text: str) -> None:
        stated = {one.field: (one.path, one.text) for one in read_dose(dx_bytes()).stated}

        assert stated[f"events[0].{field}"] == (path, text)

    def test_names_a_fine_element_that_holds_the_number_of_the_coarse_one(self) -> None:
        dicom = dx_bytes(Exposure="10", ExposureInuAs="10")

        assert the_event(dicom).mas == 0.01
        assert problems(dicom) == [("ExposureInuAs", "0.01 mA.s are stated here, 10 in (0018,1152)")]

    def test_states_how_the_image_was_made(self) -> None:
        image = read_as(ProjectionReport, dx_bytes(IrradiationEventUID="2.25.5100")).image

        assert image is not None
        assert (image.series_instance_uid, image.event_uids) == ("2.25.5003", ("2.25.5100",))
        assert image.presentation_intent == "FOR PRESENTATION"

    def test_takes_the_finest_form_of_each_quantity(self) -> None:
        event = the_event(
            dx_bytes(ExposureTimeInuS="5600", XRayTubeCurrentInuA="303500", Exposure="0", ExposureInuAs="400")
        )

        assert (event.exposure_time_s, event.ma, event.mas) == (0.0056, 303.5, 0.4)

    def test_states_entrance_dose_in_dgy_where_there_is_no_finer_form(self) -> None:
        assert the_event(dx_bytes(EntranceDoseInmGy=None, EntranceDose=2)).entrance_dose_mgy == 200.0

    def test_names_a_dose_it_cannot_use(self) -> None:
        dicom = dx_bytes(ImageAndFluoroscopyAreaDoseProduct="-1")

        assert the_event(dicom).dap_gy_cm2 is None
        assert problems(dicom) == [("ImageAndFluoroscopyAreaDoseProduct", "-1.0 is not a dose")]

    def test_prefers_the_coded_view(self) -> None:
        code = code_item("272460009", "SCT", "postero-anterior oblique")

        assert the_event(dx_bytes(ViewCodeSequence=code)).view == "postero-anterior oblique"

    def test_states_the_coded_region(self) -> None:
        anatomy = the_event(dx_bytes(AnatomicRegionSequence=code_item("T-D3000", "SRT", "Chest"))).anatomy

        assert anatomy is not None
        assert (anatomy.value, anatomy.scheme) == ("T-D3000", "SRT")

    @pytest.mark.parametrize(
        ("elements", "area_cm2", "diameter_mm"),
        [
            pytest.param({"FieldOfViewDimensions": ["337", "422"]}, 1422.14, None, id="rectangle"),
            pytest.param(
                {"FieldOfViewDimensions": ["337", "422"], "ExposedArea": [30, 40]}, 1200.0, None, id="exposed"
            ),
            pytest.param({"FieldOfViewDimensions": "250", "FieldOfViewShape": "ROUND"}, None, 250.0, id="round"),
            pytest.param({"IntensifierSize": "310"}, None, 310.0, id="intensifier"),
            pytest.param({"FieldOfViewDimensions": ["0", "0"]}, None, None, id="no field"),
        ],
    )
    def test_states_its_field(
        self, elements: dict[str, object], area_cm2: float | None, diameter_mm: float | None
    ) -> None:
        event = the_event(dx_bytes(**elements))

        assert (event.field_area_cm2, event.field_of_view_mm) == (area_cm2, diameter_mm)

    def test_names_a_laterality_that_is_none(self) -> None:
        dicom = dx_bytes(ImageLaterality="LEFT")

        assert the_event(dicom).laterality is None
        assert problems(dicom) == [("ImageLaterality", "is no side")]

    def test_leaves_the_number_fields_of_the_model_to_the_rows(self) -> None:
        names = set(ProjectionEvent.__dataclass_fields__)

        assert {row.field for row in ROWS} <= names
        assert all(ProjectionEvent.__dataclass_fields__[row.field].type == float | None for row in ROWS)

    def test_that_is_a_mammogram_in_a_radiographic_class_is_left_to_others(self) -> None:
        source, mammogram = (
            DicomObject(parse_part10(dx_bytes(Modality=modality)).data_set) for modality in ("DX", "MG")
        )

        assert ProjectionImageReader().accepts(source)
        assert not ProjectionImageReader().accepts(mammogram)


class TestTheTimeOfAnExposure:
    def test_is_that_of_its_acquisition(self) -> None:
        assert read_dose(dx_bytes(TimezoneOffsetFromUTC="+0100")).started_at == datetime(2026, 3, 1, 9, 16, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("missing", "clock", "path"),
        [
            pytest.param(("Acquisition",), (10, 16, 30), "(0008,0033)", id="content"),
            pytest.param(("Acquisition", "Content"), (10, 15, 10), "(0008,0031)", id="series"),
            pytest.param(("Acquisition", "Content", "Series"), (10, 15, 0), "(0008,0030)", id="study"),
        ],
    )
    def test_is_the_next_best_that_is_stated_in_full(
        self, missing: tuple[str, ...], clock: tuple[int, int, int], path: str
    ) -> None:
        report = read_as(ProjectionReport, dx_bytes(**{f"{name}Date": "" for name in missing}))

        assert report.started_at is not None
        assert (report.started_at.hour, report.started_at.minute, report.started_at.second) == clock
        assert report.events[0].started_at == report.started_at
        assert path in {one.path for one in report.stated if one.field == "events[0].started_at"}

    def test_of_kodak_images_without_any_date_is_unknown(self) -> None:
        dates = {f"{name}Date": "" for name in ("Study", "Series", "Content", "Acquisition")}

        report = read_dose(dx_bytes(**dates))

        assert (report.started_at, report.study_started_at) == (None, None)

    def test_of_a_study_without_date_is_that_of_its_content(self) -> None:
        dicom = dx_bytes(StudyDate="")

        assert read_dose(dicom).study_started_at == datetime(2026, 3, 1, 10, 16, 30)  # noqa: DTZ001  local, as stated
        assert problems(dicom) == [("StudyDate", "date or time is not stated; (0008,0033) stands for it")]


# What a radiograph without any value of dose or exposure leaves out.
BARE = dict.fromkeys(
    (
        "KVP",
        "XRayTubeCurrent",
        "ExposureTime",
        "Exposure",
        "ExposureInuAs",
        "EntranceDoseInmGy",
        "ImageAndFluoroscopyAreaDoseProduct",
    )
)


class TestImagesWithoutDose:
    @pytest.mark.parametrize(
        "stated",
        [
            pytest.param({"KVP": "0", "Exposure": "0", "Sensitivity": "400"}, id="Agfa ADC: zeros are unknown"),
            pytest.param({"Manufacturer": "FUJI PHOTO FILM CO. LTD.", "Sensitivity": "357"}, id="Fuji CR reader"),
            pytest.param({}, id="nothing at all"),
        ],
    )
    def test_are_no_dose_and_say_why(self, stated: dict[str, object]) -> None:
        with pytest.raises(NotDoseError, match="neither dose nor exposure"):
            read_dose(dx_bytes(**{**BARE, "SOPClassUID": CR, "Modality": "CR", "Manufacturer": "Agfa", **stated}))

    def test_take_a_zero_beside_a_known_value_for_unknown(self) -> None:
        dicom = dx_bytes(ImageAndFluoroscopyAreaDoseProduct="0.000")

        assert the_event(dicom).dap_gy_cm2 is None
        assert problems(dicom) == [
            ("ImageAndFluoroscopyAreaDoseProduct", "0 stands for a value that is not known"),
        ]

    def test_are_dose_by_their_exposure_index_alone(self) -> None:
        assert the_event(dx_bytes(**BARE, ExposureIndex="176")).exposure_index == 176.0
