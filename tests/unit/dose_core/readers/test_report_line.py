"""Tests of dose_core.readers.report_line: the keys that outsiders rely on."""

import json

from dose_core.model import (
    Administration,
    DoseReport,
    Filter,
    Kind,
    MammographyEvent,
    MammographyReport,
    NuclearReport,
    OrganDose,
    PlaneTotals,
    ProjectionEvent,
    ProjectionReport,
    ProjectionTotals,
    StatedEstimate,
)
from dose_core.readers.registry import read_dose
from dose_core.readers.report_line import report_line
from tests.builders.ct_image import ct_image_bytes
from tests.builders.ct_rdsr import chest_ct_report_bytes

# Written out from the promise, not derived from the code that keeps it.
LINE_KEYS = [
    "kind",
    "started_at",
    "ended_at",
    "scope",
    "completion",
    "intent",
    "source_of_dose",
    "physicians",
    "comment",
    "sop_instance_uid",
    "study_instance_uid",
    "accession_number",
    "patient",
    "device",
    "totals",
    "events",
    "warnings",
]
EVENT_KEYS = [
    "started_at",
    "ssde_mgy",
    "dw_mm",
    "z_start_mm",
    "z_end_mm",
    "modulation",
    "event_uid",
    "acquisition_type",
    "protocol",
    "target_region",
    "ctdi_vol_mgy",
    "dlp_mgy_cm",
    "phantom_diameter_mm",
    "exposure_time_s",
    "scanning_length_mm",
    "total_collimation_mm",
    "pitch",
    "sources",
]


PROJECTION_PLANE_KEYS = (
    "plane dap_gy_cm2 ka_r_mgy fluoro_dap_gy_cm2 fluoro_ka_r_mgy fluoro_time_s acquisition_dap_gy_cm2"
    " acquisition_ka_r_mgy acquisition_time_s"
)
PROJECTION_EVENT_KEYS = (
    "event_uid plane event_type dap_gy_cm2 ka_r_mgy kv ma mas duration_s pulse_count pulse_width_ms pulse_rate_per_s"
    " filters primary_angle_deg secondary_angle_deg primary_end_angle_deg secondary_end_angle_deg"
    " source_to_isocentre_mm source_to_detector_mm table_longitudinal_mm table_lateral_mm table_height_mm"
    " table_tilt_deg table_rotation_deg cradle_deg patient_position reference_point source_to_reference_point_mm"
    " source_to_entrance_mm shutters_mm field_area_cm2 exposure_index exposure_time_s"
)
MAMMOGRAPHY_EVENT_KEYS = (
    "event_uid laterality view agd_mgy entrance_dose_mgy kv mas anode filter thickness_mm force_n hvl_mm_al"
    " is_tomosynthesis"
)
ADMINISTRATION_KEYS = (
    "event_uid agent radionuclide administered_activity_mbq start route half_life_s effective_dose_msv organ_doses"
)


class TestKeysOfEachModality:
    def test_of_projection(self) -> None:
        totals = ProjectionTotals(planes=(PlaneTotals(),))
        event = ProjectionEvent(filters=(Filter(),))
        line = report_line(
            ProjectionReport(kind=Kind.PROJECTION_RDSR, totals=totals, events=(event,), sop_instance_uid="2.25.1")
        )

        assert set(line["totals"]) >= {"planes", "dap_gy_cm2", "event_count"}
        assert set(line["totals"]["planes"][0]) >= set(PROJECTION_PLANE_KEYS.split())
        assert set(line["events"][0]) >= set(PROJECTION_EVENT_KEYS.split())
        assert sorted(line["events"][0]["filters"][0]) == ["material", "max_mm", "min_mm"]

    def test_of_mammography(self) -> None:
        line = report_line(
            MammographyReport(kind=Kind.MAMMOGRAPHY_RDSR, events=(MammographyEvent(),), sop_instance_uid="2.25.1")
        )

        assert set(line["totals"]) >= {"agd_left_mgy", "agd_right_mgy", "agd_both_mgy", "event_count"}
        assert set(line["events"][0]) >= set(MAMMOGRAPHY_EVENT_KEYS.split())

    def test_of_nuclear_medicine(self) -> None:
        event = Administration(organ_doses=(OrganDose(organ="Liver", dose_mgy=8.0),))
        line = report_line(
            NuclearReport(kind=Kind.RADIOPHARMACEUTICAL_RDSR, events=(event,), sop_instance_uid="2.25.1")
        )

        assert set(line["events"][0]) >= set(ADMINISTRATION_KEYS.split())
        assert set(line["events"][0]["organ_doses"][0]) >= {"organ", "laterality", "dose_mgy"}

    def test_of_estimates(self) -> None:
        estimate = StatedEstimate(quantity="organ_dose", value=2.0, unit="mGy", path="1.1")
        line = report_line(DoseReport(kind=Kind.PATIENT_RDSR, estimates=(estimate,), sop_instance_uid="2.25.1"))

        assert set(line["estimates"][0]) >= {"quantity", "value", "unit", "organ", "method"}
        assert (line["totals"], line["events"]) == (None, [])

    def test_and_the_kinds_have_the_promised_names(self) -> None:
        promised = (
            "ct_rdsr projection_rdsr mammography_rdsr radiopharmaceutical_rdsr enhanced_rdsr patient_rdsr ct_image"
            " projection_image mammography_image nuclear_image dose_screen mpps legacy_dose_sr"
            " rejection_note"
        )

        of_files = [kind.value for kind in Kind if kind is not Kind.MANUAL]  # what a person types in is no file
        assert of_files == promised.split()


class TestReportLine:
    def test_has_the_promised_keys(self) -> None:
        line = report_line(read_dose(chest_ct_report_bytes()))

        assert set(LINE_KEYS) <= set(line)
        assert set(line["patient"]) >= {"id", "issuer", "name", "birth_date", "sex", "size_cm", "weight_kg"}
        assert set(line["device"]) >= {
            "manufacturer",
            "model",
            "station_name",
            "serial_number",
            "software_versions",
            "institution",
        }
        assert sorted(line["totals"]) == ["dlp_mgy_cm", "dlp_sub_totals", "event_count"]
        assert set(EVENT_KEYS) <= set(line["events"][0])
        assert sorted(line["events"][0]["sources"][0]) == ["kv", "ma_max", "ma_mean", "rotation_time_s"]

    def test_writes_times_as_iso_8601_with_an_offset_only_where_one_is_stated(self) -> None:
        local = report_line(read_dose(chest_ct_report_bytes()))
        aware = report_line(read_dose(chest_ct_report_bytes(TimezoneOffsetFromUTC="+0100")))

        assert local["started_at"] == "2026-03-01T10:16:00"
        assert aware["started_at"] == "2026-03-01T10:16:00+01:00"
        assert local["patient"]["birth_date"] == "1970-01-02"

    def test_is_json_with_null_for_what_is_not_stated(self) -> None:
        line = json.loads(json.dumps(report_line(read_dose(ct_image_bytes()))))

        assert (line["kind"], line["scope"], line["totals"]["dlp_mgy_cm"]) == ("ct_image", None, None)
        assert line["events"][0]["acquisition_type"] is None
