"""Tests of ``doseledger audit``: one altered row is caught, and looks can be taken out."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from db.session import unit_of_work
from dose_services import audit_anchors
from dose_services.audit import Action, Looker, Via, record_look
from tests.support.commands import Run, run

__all__ = ["run"]

NOW = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
LOOKER = Looker(subject="user:ada", user_id=None, via=Via.TOKEN, reference=None, route="/api/v1/exams/{exam_id}")


@pytest.fixture
def looked(engine: Engine) -> Engine:
    """Three looks, anchored."""
    with unit_of_work(engine, asked_from="10.1.2.3") as session:
        record_look(session, LOOKER, Action.READ_EXAMS, now=NOW)
        record_look(session, LOOKER, Action.BREAK_GLASS, now=NOW + timedelta(hours=1), reason="=HYPERLINK(1)")
        record_look(session, LOOKER, Action.READ_EXAM, now=NOW + timedelta(hours=2))
    with unit_of_work(engine) as session:
        audit_anchors.set_anchor(session, now=NOW)
    return engine


@pytest.mark.usefixtures("looked")
class TestVerify:
    def test_finds_nothing_where_nothing_was_changed(self, looked: Engine, run: Run) -> None:
        with unit_of_work(looked) as session:
            digest = audit_anchors.verify_looks(session).last_anchor
        assert digest is not None

        told = run("audit", "verify", "--anchor", digest.hex())

        assert told.exit_code == 0, told.output
        assert told.output.splitlines() == [
            "3 looks in 1 chains, 1 anchors",
            f"last anchor {digest.hex()}",
            "all as it was recorded",
        ]

    def test_catches_one_altered_row(self, looked: Engine, run: Run) -> None:
        with looked.begin() as connection:
            connection.execute(text("ALTER TABLE access_log DISABLE TRIGGER USER"))
            altered = connection.scalar(
                text("UPDATE access_log SET subject = 'user:eve' WHERE action = 'break_glass' RETURNING id")
            )

        told = run("audit", "verify")

        assert told.exit_code == 1
        assert f"changed: look {altered}, chain " in told.output
        assert "position 2" in told.output

    @pytest.mark.parametrize("anchor", ["00" * 32, "no digest"])
    def test_asks_for_the_anchor_that_was_kept_elsewhere(self, run: Run, anchor: str) -> None:
        told = run("audit", "verify", "--anchor", anchor)

        assert told.exit_code == 1
        assert "not among these" in told.output


@pytest.mark.usefixtures("looked")
class TestExport:
    def test_writes_a_table_that_no_spreadsheet_computes(self, run: Run, tmp_path: Path) -> None:
        told = run("audit", "export", "--since", "2026-07-02T12:30:00", "--out", str(tmp_path / "looks.csv"))

        assert told.exit_code == 0, told.output
        rows = list(csv.DictReader((tmp_path / "looks.csv").read_text().splitlines()))
        assert [row["action"] for row in rows] == ["break_glass", "read_exam"]
        assert rows[0]["reason"] == "'=HYPERLINK(1)"
        assert (rows[0]["asked_from"], rows[0]["subject"]) == ("10.1.2.3", "user:ada")

    @pytest.mark.parametrize(("form", "begins"), [("dicom", "<?xml"), ("fhir", '{"resourceType": "AuditEvent"')])
    def test_writes_one_message_on_each_line(self, run: Run, tmp_path: Path, form: str, begins: str) -> None:
        run("audit", "export", "--format", form, "--out", str(tmp_path / "looks"))

        lines = (tmp_path / "looks").read_text().splitlines()
        assert len(lines) == 3
        assert all(line.startswith(begins) for line in lines)

    def test_is_a_look_itself(self, run: Run, tmp_path: Path) -> None:
        run("audit", "export", "--format", "fhir", "--out", str(tmp_path / "first"))
        run("audit", "export", "--format", "fhir", "--out", str(tmp_path / "second"))

        last = json.loads((tmp_path / "second").read_text().splitlines()[-1])
        assert last["type"]["display"] == "Audit Log Used"
