"""Tests of dose_core.readers.report_line: the keys that outsiders rely on."""

import json

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
