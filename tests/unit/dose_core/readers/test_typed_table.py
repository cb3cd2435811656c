"""Tests of dose_core.readers.typed_table: what a former system exported, row by row."""

import json

import pytest

from dose_core.readers.typed_table import Entry, TableRefusedError, entry_of, value_columns

HEAD = ("patient_id", "birth_date", "modality", "started_at", "study_instance_uid", "station_name")
ROW = {
    "patient_id": "P-1",
    "birth_date": "1961-05-04",
    "modality": "CT",
    "started_at": "2019-03-02T10:15",
    "study_instance_uid": "1.2.3",
    "station_name": "",
}


def entry(*values: str, **cells: str) -> Entry:
    columns = value_columns([*HEAD, "record_id", *values])
    return entry_of({**ROW, **cells}, columns, system="Former 4.2", source="Former 4.2, a.csv, line 2")


class TestAHead:
    def test_says_quantity_part_and_unit_of_a_value(self) -> None:
        whole, part = value_columns([*HEAD, "dlp mGy.cm", "ka_r:a mGy"])

        assert (whole.quantity, whole.part, whole.unit) == ("dlp", None, "mGy.cm")
        assert (part.quantity, part.part, part.unit) == ("ka_r", "a", "mGy")

    @pytest.mark.parametrize(
        ("head", "text"),
        [
            ((*HEAD, "dlp mGy.cm", "modality"), "twice"),
            (("modality", "started_at", "study_instance_uid", "dlp mGy.cm"), "lacks patient_id"),
            (("patient_id", "modality", "started_at", "dlp mGy.cm"), "record_id"),
            ((*HEAD, "DLP"), "column 7 is unknown"),
            ((*HEAD, "kerma mGy"), "column 7 is unknown"),
            (HEAD, "no values"),
            ((), "lacks"),
        ],
    )
    def test_that_cannot_be_taken_is_refused(self, head: tuple[str, ...], text: str) -> None:
        with pytest.raises(TableRefusedError, match=text):
            value_columns(head)


class TestARow:
    def test_is_a_request_with_each_number_as_it_stands_in_the_table(self) -> None:
        made = entry("dlp mGy.cm", "dlp:160 mGy.cm", **{"dlp mGy.cm": " 512.30 ", "dlp:160 mGy.cm": ""})

        assert (made.study_instance_uid, made.modality) == ("1.2.3", "CT")
        assert b'"value": 512.30}' in made.body
        assert json.loads(made.body) == {
            "modality": "CT",
            "started_at": "2019-03-02T10:15",
            "patient": {"identifier": "P-1", "birth_date": "1961-05-04"},
            "source": "Former 4.2, a.csv, line 2",
            "values": [{"quantity": "dlp", "unit": "mGy.cm", "value": 512.3}],
        }

    def test_tells_what_was_administered(self) -> None:
        columns = value_columns([*HEAD, "administered_activity MBq", "radionuclide"])
        row = {**ROW, "administered_activity MBq": "300", "radionuclide": "F-18"}

        (value,) = json.loads(entry_of(row, columns, system="", source="x").body)["values"]

        assert value == {"quantity": "administered_activity", "unit": "MBq", "value": 300, "radionuclide": "F-18"}

    def test_without_study_uid_gets_the_same_one_each_time_from_its_record(self) -> None:
        cells = {"study_instance_uid": "", "record_id": "17", "dlp mGy.cm": "1"}
        first, again = (entry("dlp mGy.cm", **cells).study_instance_uid for _ in range(2))
        other = entry("dlp mGy.cm", **{**cells, "record_id": "18"}).study_instance_uid

        assert first == again != other
        assert first.startswith("2.25.")

    @pytest.mark.parametrize(
        ("cells", "text"),
        [
            ({"patient_id": ""}, "patient_id is empty"),
            ({"started_at": " "}, "started_at is empty"),
            ({"study_instance_uid": ""}, "neither study_instance_uid nor record_id"),
            ({"dlp mGy.cm": ""}, "no value"),
            ({"dlp mGy.cm": "512,3"}, "dlp is no number; write it like 512.30"),
            ({"dlp mGy.cm": "NaN"}, "no number"),
            ({"dlp mGy.cm": '1, "of": "160"'}, "no number"),
            ({"dlp mGy.cm": "Eva"}, "no number"),
        ],
    )
    def test_that_cannot_be_taken_is_refused_without_being_quoted(self, cells: dict[str, str], text: str) -> None:
        with pytest.raises(TableRefusedError, match=text) as refused:
            entry("dlp mGy.cm", **{"dlp mGy.cm": "1", **cells})
        assert "Eva" not in str(refused.value)
