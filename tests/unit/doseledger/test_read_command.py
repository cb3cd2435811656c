"""Tests of doseledger.read_command: one line per file, whatever the files hold."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from dose_core.readers.dicom.elements import MAX_HEADER_BYTES
from doseledger.read_command import line_of, read
from tests.builders.ct_image import ct_image
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.dicom import part10


def lines_of(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


class TestRead:
    def test_prints_one_json_line_per_file_in_order(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        dose, other, broken = (tmp_path / name for name in ("dose.dcm", "ä other.dcm", "broken.dcm"))
        dose.write_bytes(chest_ct_report_bytes())
        other.write_bytes(part10(ct_image(SOPClassUID="1.2.840.10008.5.1.4.1.1.4")))
        broken.write_bytes(b"no object at all")

        read([dose, other, broken])

        lines = lines_of(capsys.readouterr().out)
        assert [line["status"] for line in lines] == ["read", "not_dose", "unreadable"]
        assert [Path(line["file"]).name for line in lines] == ["dose.dcm", "ä other.dcm", "broken.dcm"]
        assert lines[0]["totals"]["dlp_mgy_cm"] == 150.0
        assert "reason" not in lines[0]
        assert "stated" not in lines[0]
        assert "no DICOM object" in lines[2]["reason"]

    def test_ends_with_1_where_a_file_could_not_be_opened_and_reads_the_others(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        dose = tmp_path / "dose.dcm"
        dose.write_bytes(chest_ct_report_bytes())

        with pytest.raises(typer.Exit) as ended:
            read([tmp_path, tmp_path / "missing.dcm", dose])

        assert ended.value.exit_code == 1
        folder, missing, last = lines_of(capsys.readouterr().out)
        assert (folder["status"], missing["status"], last["status"]) == ("unreadable", "unreadable", "read")
        assert "a folder; name the files in it" in folder["reason"]
        assert "No such file" in missing["reason"]

    def test_says_on_request_where_each_value_stood(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        dose = tmp_path / "dose.dcm"
        dose.write_bytes(chest_ct_report_bytes())

        read([dose], origins=True)

        (line,) = lines_of(capsys.readouterr().out)
        assert {"field": "totals.dlp_mgy_cm", "path": "1.4.2", "text": "150", "unit": "mGy.cm"} in line["stated"]

    def test_loads_no_more_of_a_large_image_than_its_header_can_be(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        image = tmp_path / "image.dcm"
        with image.open("wb") as stream:
            stream.write(part10(ct_image()) + b"\xe0\x7f\x10\x00OW\0\0" + (50 * MAX_HEADER_BYTES).to_bytes(4, "little"))
            stream.truncate(50 * MAX_HEADER_BYTES)  # zeros that take no room on the disk

        read([image])

        (line,) = lines_of(capsys.readouterr().out)
        assert (line["status"], line["kind"]) == ("read", "ct_image")


class TestWhereTheLinesGo:
    @pytest.fixture
    def dose(self, tmp_path: Path) -> Path:
        dose = tmp_path / "dose.dcm"
        dose.write_bytes(chest_ct_report_bytes())
        return dose

    def test_a_full_disk_is_told_in_a_line(self, dose: Path) -> None:
        command = [sys.executable, "-m", "doseledger", "read", str(dose)]
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)

        assert ended.returncode == 1
        assert ended.stderr == "doseledger: the lines cannot be written: No space left on device\n"

    def test_a_reader_that_has_seen_enough_is_told_nothing(self, dose: Path) -> None:
        """As with ``| head -1``."""
        command = [sys.executable, "-m", "doseledger", "read", *[str(dose)] * 100]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reading:
            assert reading.stdout is not None
            assert reading.stderr is not None
            first = reading.stdout.readline()
            reading.stdout.close()
            told = reading.stderr.read()

        assert json.loads(first)["status"] == "read"
        assert told == ""


class TestLineOf:
    def test_a_bug_is_told_and_stops_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Foreseen or not, the next file must have its line."""

        def fail(_: bytes, **__: object) -> None:
            raise RecursionError

        monkeypatch.setattr("dose_core.readers.registry.read_dose", fail)

        line = json.loads(line_of(Path("any.dcm"), b""))

        assert line["reason"] == "a bug in DoseLedger, please report it: RecursionError"


class TestHelp:
    def test_loads_no_reader_no_database_and_no_settings(self) -> None:
        """A command that only tells about itself is quick: it imports what it runs when it runs it."""
        probe = (
            "import sys; sys.argv = ['doseledger', '--help']\n"
            "from doseledger.main import main\n"
            "try: main()\n"
            "except SystemExit: print(*sys.modules, file=sys.stderr)"
        )
        ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)

        loaded = set(ended.stderr.split())
        assert "dose" in ended.stdout
        costly = {"pydicom", "pydantic", "sqlalchemy", "fastapi", "uvicorn", "dose_core.readers.registry"}
        assert loaded & costly == set()
