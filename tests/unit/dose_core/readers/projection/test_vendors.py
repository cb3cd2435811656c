"""Tests of the vendors' own items in projection reports: vendors_projection, siemens_comment."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import ProjectionEvent, ProjectionReport, Shutters, StatedValue
from tests.builders.projection_rdsr import event, lying, philips, projection_rdsr_bytes
from tests.builders.sr import Item, container, num, text
from tests.support.read_as import read_as

SCENE = (
    '<FluoroData><SceneName SRData="FL - Ang"/><CurrentTimeProduct SRData="9.586082"/><TubeFocalSpot SRData="small"/>'
    '<iiDiameter SRData="220"/><SceneTime SRData="3"/><FrameRate SRData="7.500000"/><NumOfFrames SRData="24"/>'
    "</FluoroData>"
)
POSITION = '<Root><PatientPosition><Position SRData="HFS "/></PatientPosition></Root>'


def comment(words: str) -> Item:
    """Return a comment of an event or a report."""
    return text(codes.DCM.Comment, words)


def read_event(*content: Item) -> tuple[ProjectionEvent, list[str]]:
    """Return the one event of a report, and the problems named."""
    report = read_as(ProjectionReport, projection_rdsr_bytes(event(*content)))
    return report.events[0], [warning.problem for warning in report.warnings]


class TestPhilips:
    def test_philips_shutters_are_kept_as_distances_in_the_plane_at_one_metre(self) -> None:
        shutters = container(
            philips("005", "Wedges and Shutters"),
            num(philips("006", "Bottom Shutter"), "131", "mm"),
            num(philips("007", "Left Shutter"), "164.5", "mm"),
            num(philips("008", "Right Shutter"), "160", "mm"),
            num(philips("009", "Top Shutter"), "130", "mm"),
        )

        stated, problems = read_event(shutters)

        assert stated.shutters_mm == Shutters(bottom_mm=131.0, left_mm=164.5, right_mm=160.0, top_mm=130.0)
        assert stated.field_area_cm2 is None  # not made of them
        assert problems == []

    def test_philips_final_positions_are_the_end_of_the_run(self) -> None:
        stated, problems = read_event(
            num(philips("018", "Final Distance Source to Detector"), "1194", "mm"),
            num(philips("019", "Final Table Cradle Angle"), "-2", "deg"),
            num(philips("020", "Final Table Height Position"), "905", "mm"),
            num(philips("021", "Table Height Position"), "900", "mm"),
            num(philips("022", "Final Table Tilt Angle"), "1", "deg"),
        )

        assert (stated.source_to_detector_end_mm, stated.cradle_end_deg) == (1194.0, -2.0)
        assert (stated.table_height_mm, stated.table_height_end_mm) == (900.0, 905.0)
        assert stated.table_tilt_end_deg == 1.0
        assert problems == []

    def test_philips_distance_source_to_detector_is_not_carried_forward(self) -> None:
        """It is sent when it changed; an event that does not state it states none, however likely the last one is."""
        report = read_as(
            ProjectionReport,
            projection_rdsr_bytes(event(num(codes.DCM.DistanceSourceToDetector, "1194", "mm")), event(uid="2.25.3002")),
        )

        assert [one.source_to_detector_mm for one in report.events] == [1194.0, None]

    def test_philips_azurion_states_its_table_height_in_both_codes(self) -> None:
        stated, problems = read_event(
            num(codes.DCM.TableHeightPosition, "935", "mm"), num(philips("021", "Table Height Position"), "935", "mm")
        )

        assert (stated.table_height_mm, problems) == (935.0, [])

    def test_philips_beam_position_and_detector_field_are_kept(self) -> None:
        stated, _ = read_event(
            container(
                philips("014", "Beam Position"),
                num(philips("015", "Longitudinal Beam Position"), "1675", "mm"),
                num(philips("016", "Lateral Beam Position"), "-3", "mm"),
                num(philips("017", "Beam Angle"), "-10", "deg"),
            ),
            container(
                philips("023", "Detector Field Size"),
                num(philips("024", "X side"), "380", "mm"),
                num(philips("025", "Y side"), "300", "mm"),
            ),
        )

        assert (stated.beam_longitudinal_mm, stated.beam_lateral_mm, stated.beam_angle_deg) == (1675.0, -3.0, -10.0)
        assert (stated.detector_x_mm, stated.detector_y_mm) == (380.0, 300.0)

    def test_philips_application_and_fluoro_flavour_stand_beside_the_protocol(self) -> None:
        stated, _ = read_event(
            text(philips("029", "Application Name"), "Abdomen"), text(philips("030", "Fluoro Flavour"), "Low 7.5")
        )

        assert (stated.application, stated.fluoro_flavour, stated.protocol) == ("Abdomen", "Low 7.5", None)

    def test_philips_number_of_frames_stands_for_absent_pulses_with_a_warning(self) -> None:
        frames = num(philips("003", "Number of Frames"), "98", "1")

        stated, problems = read_event(frames)

        assert (stated.frame_count, stated.pulse_count) == (98, 98.0)
        assert problems == ["is not stated; the number of frames stands for it"]

    def test_philips_number_of_pulses_counts_before_the_number_of_frames(self) -> None:
        stated, problems = read_event(
            num(philips("003", "Number of Frames"), "98", "1"), num(codes.DCM.NumberOfPulses, "97", "1")
        )

        assert (stated.frame_count, stated.pulse_count, problems) == (98, 97.0, [])

    def test_philips_negative_object_thickness_is_named_and_not_used(self) -> None:
        stated, problems = read_event(num(philips("026", "Object Thickness"), "-63.5", "mm"))

        assert stated.patient_thickness_mm is None
        assert problems == ["-63.5 is negative"]

    def test_philips_private_value_that_is_no_number_is_named(self) -> None:
        stated, problems = read_event(num(philips("026", "Object Thickness"), "n/a", "mm"))

        assert stated.patient_thickness_mm is None
        assert problems == ["is not a finite number"]

    def test_philips_veradius_without_kvp_current_and_pulses_states_its_dose(self) -> None:
        stated, problems = read_event(num(codes.DCM.DoseAreaProduct, "0.00001", "Gy.m2"))

        assert (stated.dap_gy_cm2, stated.kv, stated.ma, stated.pulse_count) == (0.1, None, None, None)
        assert problems == []


class TestSiemensComment:
    def test_siemens_axiom_artis_states_field_and_scene_time_in_its_comment(self) -> None:
        stated, problems = read_event(comment(SCENE))

        assert (stated.field_of_view_mm, stated.scene_time_s, stated.duration_s) == (220.0, 3.0, None)
        assert (stated.frame_count, stated.pulse_rate_per_s) == (24, 7.5)
        assert stated.mas == pytest.approx(9.586082)
        assert problems == []

    def test_siemens_coded_items_count_before_the_comment(self) -> None:
        stated, _ = read_event(num(codes.DCM.Exposure, "9586", "uA.s"), comment(SCENE))

        assert stated.mas == 9.586

    def test_siemens_comment_values_keep_their_place(self) -> None:
        stated = read_as(ProjectionReport, projection_rdsr_bytes(event(comment(SCENE)))).stated

        assert StatedValue(field="events[0].field_of_view_mm", path="1.2.5", text="iiDiameter=220") in stated

    def test_siemens_blank_values_are_unknown(self) -> None:
        stated, problems = read_event(comment('<FluoroData><iiDiameter SRData=" "/></FluoroData>'))

        assert (stated.field_of_view_mm, problems) == (None, [])

    def test_siemens_patient_position_of_the_report_is_that_of_its_events(self) -> None:
        report = read_as(ProjectionReport, projection_rdsr_bytes(event(), comment(POSITION)))

        assert report.events[0].patient_position == "HFS"

    def test_siemens_patient_position_of_an_event_counts_before_that_of_the_report(self) -> None:
        prone = lying(("1240000", "SCT", "prone"))
        report = read_as(ProjectionReport, projection_rdsr_bytes(event(*prone), comment(POSITION)))

        assert report.events[0].patient_position == "HFP"

    def test_siemens_unknown_patient_position_is_none(self) -> None:
        report = read_as(ProjectionReport, projection_rdsr_bytes(event(), comment(POSITION.replace("HFS", "upside"))))

        assert report.events[0].patient_position is None

    @pytest.mark.parametrize(
        ("words", "problem"),
        [
            pytest.param(
                '<!DOCTYPE a [<!ENTITY b "b">]><a><iiDiameter SRData="&b;"/></a>',
                "XML with declarations or beyond 20,000 characters is not parsed",
                id="entities",
            ),
            pytest.param(
                f'<a><iiDiameter SRData="220"/>{"<b/>" * 6000}</a>',
                "XML with declarations or beyond 20,000 characters is not parsed",
                id="too long",
            ),
            pytest.param('<a><iiDiameter SRData="220"></a>', "is no sound XML", id="unsound"),
        ],
    )
    def test_siemens_comment_that_may_not_be_parsed_is_named(self, words: str, problem: str) -> None:
        stated, problems = read_event(comment(words))

        assert (stated.field_of_view_mm, problems) == (None, [problem])

    def test_other_comments_are_kept_as_they_are(self) -> None:
        stated, problems = read_event(comment("patient moved < 1 cm"))

        assert (stated.comment, problems) == ("patient moved < 1 cm", [])
