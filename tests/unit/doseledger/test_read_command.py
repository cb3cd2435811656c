"""Tests of doseledger.read_command: one line per file, whatever the files hold."""

import json
from pathlib import Path

import pytest

from doseledger.read_command import line_of, read
from tests.builders.ct_image import ct_image
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.dicom import part10


class TestRead:
    def test_prints_one_json_line_per_file_in_order(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        dose, other, broken = (tmp_path / name for name in ("dose.dcm", "ä other.dcm", "broken.dcm"))
        dose.write_bytes(chest_ct_report_bytes())
        other.write_bytes(part10(ct_image(SOPClassUID="1.2.840.10008.5.1.4.1.1.4")))
        broken.write_bytes(chest_ct_report_bytes()[:-9])

        read([dose, other, broken, tmp_path, tmp_path / "missing.dcm"])

        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["status"] for line in lines] == ["read", "not_dose", "unreadable", "unreadable", "unreadable"]
        assert [Path(line["file"]).name for line in lines][:3] == ["dose.dcm", "ä other.dcm", "broken.dcm"]
        assert lines[0]["totals"]["dlp_mgy_cm"] == 150.0
        assert "reason" not in lines[0]
        assert "cut short" in lines[2]["reason"]
        assert "No such file" in lines[4]["reason"]


class TestLineOf:
    def test_a_bug_is_told_and_stops_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Foreseen or not, the next file must have its line."""

        def fail(_: bytes) -> None:
            raise RecursionError

        monkeypatch.setattr("doseledger.read_command.read_dose", fail)
        file = tmp_path / "any.dcm"
        file.write_bytes(b"")

        assert line_of(file)["reason"] == "a bug in DoseLedger, please report it: RecursionError"
