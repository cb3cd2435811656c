"""Tests of dose_core.readers.mammography.image."""

import struct
from datetime import datetime

import pytest

from dose_core.model import Kind, MammographyEvent, MammographyReport, MammographyTotals
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.builders.dicom import EXPLICIT_BIG, IMPLICIT_LITTLE, part10
from tests.builders.mammography import (
    BREAST_PROJECTION,
    BREAST_TOMOSYNTHESIS,
    CC,
    MAMMOGRAPHY_IMAGE_FOR_PROCESSING,
    SECONDARY_CAPTURE,
    mammography_image,
    mammography_image_bytes,
)
from tests.builders.sr import coded
from tests.support.read_as import read_as


def only_event(**elements: object) -> MammographyEvent:
    """Return the one event of an image with these elements."""
    (one,) = read_as(MammographyReport, part10(mammography_image(**elements))).events
    return one


def problems(**elements: object) -> list[str]:
    """Return the problems that an image with these elements has."""
    return [warning.problem for warning in read_as(MammographyReport, part10(mammography_image(**elements))).warnings]


class TestMammogram:
    def test_states_one_event(self) -> None:
        report = read_as(MammographyReport, mammography_image_bytes())

        assert report.kind is Kind.MAMMOGRAPHY_IMAGE
        assert report.totals == MammographyTotals()
        (one,) = report.events
        assert one.event_uid == "2.25.6001"
        assert report.started_at == one.started_at == datetime(2026, 3, 1, 10, 17, 45)  # noqa: DTZ001  local
        assert (one.laterality, one.view, one.is_tomosynthesis) == ("L", "CC", False)
        assert (one.agd_mgy, one.entrance_dose_mgy, one.hvl_mm_al) == (1.3, 3.65, 0.535)
        assert (one.kv, one.ma, one.mas, one.exposure_time_s) == (28.0, 100.0, 90.2, 0.854)
        assert (one.anode, one.filter, one.filter_min_mm, one.filter_max_mm) == ("tungsten", "rhodium", 0.05, 0.05)
        assert (one.thickness_mm, one.force_n, one.grid, one.exposure_control) == (43.0, 101.0, "NONE", "AUTOMATIC")
        assert (one.source_to_detector_mm, one.source_to_entrance_mm) == (700.0, 657.0)
        assert report.warnings == ()

    def test_states_how_the_image_was_made(self) -> None:
        image = read_as(MammographyReport, mammography_image_bytes()).image

        assert image is not None
        assert (image.event_uids, image.presentation_intent) == (("2.25.6001",), "FOR PRESENTATION")

    def test_reads_the_organ_dose_as_decigray(self) -> None:
        """PS3.3, C.4.16: Organ Dose is in dGy."""
        report = read_as(MammographyReport, mammography_image_bytes(OrganDose="0.01409"))

        assert report.events[0].agd_mgy == 1.409
        (origin,) = [stated for stated in report.stated if stated.field == "events[0].agd_mgy"]
        assert (origin.path, origin.text, origin.unit) == ("(0040,0316)", "0.01409", "dGy")

    def test_tells_a_stated_zero_from_nothing(self) -> None:
        assert only_event(OrganDose="0").agd_mgy == 0.0
        assert only_event(OrganDose=None).agd_mgy is None
        assert only_event(OrganDose="").agd_mgy is None

    def test_states_where_each_word_stood(self) -> None:
        stated = {one.field: (one.path, one.text) for one in read_dose(mammography_image_bytes()).stated}

        assert stated["events[0].grid"] == ("(0018,1166)", "NONE")
        assert stated["events[0].exposure_control"] == ("(0018,7060)", "AUTOMATIC")

    def test_takes_no_zero_for_a_technique(self) -> None:
        one = only_event(KVP="0", ExposureInuAs="0", Exposure="90", ExposureTime="0", BodyPartThickness="0")

        assert (one.kv, one.mas, one.exposure_time_s, one.thickness_mm) == (None, 90.0, None, None)

    def test_that_states_no_exposure_is_no_dose(self) -> None:
        """A digitised film, or an image that a workstation made."""
        nothing: dict[str, None] = dict.fromkeys(
            ("KVP", "ExposureTime", "XRayTubeCurrent", "Exposure", "ExposureInuAs", "EntranceDoseInmGy", "OrganDose")
        )

        with pytest.raises(NotDoseError, match="neither dose nor exposure"):
            read_dose(part10(mammography_image(**nothing)))

    def test_names_a_fine_element_that_holds_the_number_of_the_coarse_one(self) -> None:
        assert only_event(XRayTubeCurrentInuA="100").ma == 0.1
        assert problems(XRayTubeCurrentInuA="100") == ["0.1 mA are stated here, 100 in (0018,1151)"]
        assert problems(ExposureInuAs="400", Exposure="1") == []  # rounded up

    def test_takes_no_entrance_dose_from_the_whole_decigray(self) -> None:
        assert only_event(EntranceDoseInmGy=None, EntranceDose=0).entrance_dose_mgy is None

    def test_names_an_organ_dose_that_was_written_in_milligray(self) -> None:
        assert problems(OrganDose="1.3") == ["130 mGy does not go with an entrance dose of 3.65 mGy"]

    @pytest.mark.parametrize("transfer_syntax", [IMPLICIT_LITTLE, EXPLICIT_BIG])
    def test_reads_other_encodings_too(self, transfer_syntax: str) -> None:
        report = read_as(MammographyReport, mammography_image_bytes(transfer_syntax=transfer_syntax))

        assert report.events[0].agd_mgy == 1.3

    def test_prefers_the_fine_elements(self) -> None:
        one = only_event(ExposureTimeInuS="853900", XRayTubeCurrentInuA="100100")

        assert one.exposure_time_s == pytest.approx(0.8539)
        assert one.ma == pytest.approx(100.1)

    def test_reads_the_coarse_ones_where_they_stand_alone(self) -> None:
        assert only_event(ExposureInuAs=None).mas == 90.0

    @pytest.mark.parametrize(
        ("elements", "view"),
        [
            ({"ViewCodeSequence": [coded(("399368009", "SCT", "medio-lateral oblique"))]}, "MLO"),
            ({"ViewCodeSequence": [coded(("R-10242", "SNM3", "cranio-caudal"))], "ViewPosition": "FLATFIELD"}, "CC"),
            ({"ViewCodeSequence": [coded(("X", "99LOCAL", "own"))], "ViewPosition": "LM"}, "LM"),
            ({"ViewPosition": "XCCL"}, "XCCL"),
            ({"ViewPosition": None}, None),
        ],
    )
    def test_states_the_view_by_its_code_or_else_by_its_position(
        self, elements: dict[str, object], view: str | None
    ) -> None:
        assert only_event(**elements).view == view

    def test_states_the_modifiers_of_the_view(self) -> None:
        modifiers = [coded(("399163009", "SCT", "Magnification")), coded(("R-102D7", "SRT", "Spot Compression"))]

        one = only_event(ViewCodeSequence=[{**coded(CC), "ViewModifierCodeSequence": modifiers}])

        assert one.view_modifiers == ("Magnification", "Spot Compression")

    def test_states_no_event_uid_of_an_image_made_from_several(self) -> None:
        assert only_event(IrradiationEventUID=["2.25.1", "2.25.2"]).event_uid is None

    @pytest.mark.parametrize("intent", ["FOR PRESENTATION", "FOR PROCESSING"])
    def test_is_read_for_processing_too(self, intent: str) -> None:
        report = read_as(
            MammographyReport,
            mammography_image_bytes(SOPClassUID=MAMMOGRAPHY_IMAGE_FOR_PROCESSING, PresentationIntentType=intent),
        )

        assert report.image is not None
        assert report.image.presentation_intent == intent

    def test_is_told_by_modality_in_a_class_of_any_region(self) -> None:
        computed_radiography = "1.2.840.10008.5.1.4.1.1.1"

        assert only_event(SOPClassUID=computed_radiography).agd_mgy == 1.3


class TestTomosynthesis:
    def test_is_read_from_the_acquisition_of_the_enhanced_class(self) -> None:
        """PS3.3, C.8.21.3: what the classic header has at the top stands in the X-Ray 3D Acquisition Sequence."""
        moved = ("OrganDose", "EntranceDoseInmGy", "KVP", "CompressionForce", "AnodeTargetMaterial", "FilterMaterial")
        whole = mammography_image()
        acquisition = {keyword: whole[keyword] for keyword in moved}

        report = read_as(
            MammographyReport,
            part10(
                mammography_image(
                    SOPClassUID=BREAST_TOMOSYNTHESIS,
                    ImageLaterality=None,
                    XRay3DAcquisitionSequence=[{**acquisition, "ExposureInmAs": 60.0}],
                    SharedFunctionalGroupsSequence=[{"FrameAnatomySequence": [{"FrameLaterality": "R"}]}],
                    PerFrameFunctionalGroupsSequence=[{}, {}],
                    **dict.fromkeys((*moved, "ExposureInuAs", "Exposure")),
                )
            ),
        )

        (one,) = report.events
        assert (one.agd_mgy, one.entrance_dose_mgy, one.kv, one.mas) == (1.3, 3.65, 28.0, 60.0)
        assert (one.force_n, one.anode, one.filter) == (101.0, "tungsten", "rhodium")
        assert (one.laterality, one.is_tomosynthesis) == ("R", True)
        paths = {stated.field: stated.path for stated in report.stated}
        assert paths["events[0].agd_mgy"] == "(0018,9507)[1].(0040,0316)"

    def test_names_an_image_made_from_several_acquisitions(self) -> None:
        acquisitions: list[object] = [{"KVP": "28"}, {"KVP": "30"}]

        noted = problems(SOPClassUID=BREAST_TOMOSYNTHESIS, KVP=None, XRay3DAcquisitionSequence=acquisitions)

        assert noted == ["the image was made from 2 acquisitions; the first one is read"]

    def test_projections_share_the_dose_that_stands_once(self) -> None:
        shared: list[object] = [{"XRayAcquisitionDoseSequence": [{"OrganDose": "0.013", "HalfValueLayer": "0.5"}]}]

        one = only_event(
            SOPClassUID=BREAST_PROJECTION,
            OrganDose=None,
            HalfValueLayer=None,
            SharedFunctionalGroupsSequence=shared,
            PerFrameFunctionalGroupsSequence=[{}, {}],
        )

        assert (one.agd_mgy, one.hvl_mm_al, one.is_tomosynthesis) == (1.3, 0.5, None)

    def test_a_dose_of_each_projection_is_not_taken_for_that_of_all(self) -> None:
        frame: dict[str, object] = {"XRayAcquisitionDoseSequence": [{"OrganDose": "0.001"}]}
        frames: list[object] = [frame, frame]
        elements: dict[str, object] = {
            "SOPClassUID": BREAST_PROJECTION,
            "OrganDose": None,
            "PerFrameFunctionalGroupsSequence": frames,
        }

        assert only_event(**elements).agd_mgy is None
        assert problems(**elements) == ["each frame states its own dose; none is used"]

    @pytest.mark.parametrize(
        "image_type", [["ORIGINAL", "PRIMARY", "TOMO"], ["DERIVED", "PRIMARY", "", "GENERATED_2D"]]
    )
    def test_is_told_by_the_image_type_in_the_class_of_2d_images(self, image_type: list[str]) -> None:
        assert only_event(ImageType=image_type).is_tomosynthesis is True


class TestVendors:
    def test_hologic_tomosynthesis_projection_in_a_secondary_capture_is_an_exposure(self) -> None:
        one = only_event(SOPClassUID=SECONDARY_CAPTURE, ImageLaterality=None, Laterality="R", FilterMaterial="ALUMINUM")

        assert (one.is_tomosynthesis, one.agd_mgy, one.filter) == (True, 1.3, "aluminum")

    def test_hologic_secondary_capture_that_is_derived_is_no_exposure(self) -> None:
        with pytest.raises(NotDoseError):
            read_dose(part10(mammography_image(SOPClassUID=SECONDARY_CAPTURE, ImageType=["DERIVED", "SECONDARY"])))

    def test_hologic_laterality_stands_in_the_series_element(self) -> None:
        """OpenREM #411: Laterality instead of Image Laterality."""
        assert only_event(ImageLaterality=None, Laterality="R").laterality == "R"

    def test_a_breast_without_side_has_none(self) -> None:
        assert only_event(ImageLaterality="U").laterality is None

    def test_ge_senographe_glandularity_is_a_comment(self) -> None:
        ge = only_event(Manufacturer="GE MEDICAL SYSTEMS", CommentsOnRadiationDose="82 %")
        other = only_event(CommentsOnRadiationDose="82 %")
        words = only_event(Manufacturer="GE MEDICAL SYSTEMS", CommentsOnRadiationDose="repeated, 82 %")

        assert (ge.glandularity_percent, ge.comment) == (82.0, "82 %")
        assert (other.glandularity_percent, words.glandularity_percent) == (None, None)

    def test_ge_senographe_grid_has_two_terms(self) -> None:
        assert only_event(Grid=["RECIPROCATING", "FOCUSED"]).grid == "RECIPROCATING, FOCUSED"

    def test_ge_senographe_exposure_control_is_kept_in_its_words(self) -> None:
        words = "AOP standard RECTANGLE 822 mm 190 mm"

        assert only_event(ExposureControlModeDescription=words).exposure_control_detail == words

    def test_ge_force_that_may_be_decanewton_is_named_and_stays_as_stated(self) -> None:
        """OpenREM #135: older Senographe state (0018,11A2) in daN."""
        elements: dict[str, object] = {"Manufacturer": "GE MEDICAL SYSTEMS", "CompressionForce": "9"}

        assert only_event(**elements).force_n == 9.0
        assert problems(**elements) == ["9 N is little; devices of this maker stated decanewton"]
        assert problems(Manufacturer="GE MEDICAL SYSTEMS", CompressionForce="90") == []
        assert problems(CompressionForce="9") == []

    def test_siemens_and_others_spell_aluminium_in_two_ways(self) -> None:
        assert only_event(FilterMaterial="ALUMINIUM").filter == "aluminum"
        assert only_event(FilterMaterial="aluminum").filter == "aluminum"

    def test_a_material_that_is_not_known_is_kept_in_its_words(self) -> None:
        assert only_event(AnodeTargetMaterial="BIMETAL").anode == "bimetal"

    def test_several_filters_are_joined_and_their_thicknesses_not_mixed(self) -> None:
        one = only_event(FilterMaterial=["RHODIUM", "ALUMINUM"], FilterThicknessMinimum=["0.05", "0.7"])

        assert (one.filter, one.filter_min_mm) == ("rhodium + aluminum", None)

    def test_text_that_an_archive_turned_into_bytes_is_read(self) -> None:
        """Old files: a PACS that knew no VR wrote UN; the bytes are the same."""
        known = mammography_image_bytes(AnodeTargetMaterial="RHODIUM ")
        unknown = known.replace(b"\x18\x00\x91\x11CS\x08\x00", b"\x18\x00\x91\x11UN\x00\x00\x08\x00\x00\x00")

        (one,) = read_as(MammographyReport, unknown).events

        assert unknown != known
        assert one.anode == "rhodium"

    @pytest.mark.parametrize("block", [0x10, 0x11])
    def test_ge_senographe_radiological_thickness_is_private(self, block: int) -> None:
        """(0045,xx49) of GEMS_SENO_02, in whichever block the creator reserved."""
        creator = struct.pack("<HH2sH", 0x0045, block, b"LO", 12) + b"GEMS_SENO_02"
        thickness = struct.pack("<HH2sH", 0x0045, block << 8 | 0x49, b"DS", 2) + b"41"

        (one,) = read_as(MammographyReport, mammography_image_bytes() + creator + thickness).events

        assert (one.equivalent_thickness_mm, one.thickness_mm) == (41.0, 43.0)
