"""The least that gives a patient's history in Python: psycopg2, orjson, and the same row in the access log."""

from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import orjson
import psycopg2

_PATIENT = "SELECT id, name, birth_date, sex FROM patient WHERE id = %s"
_IDENTIFIERS = "SELECT value, authority FROM patient_identifier WHERE patient_id = %s AND ended_at IS NULL"
_EXAMS = """
    SELECT id, patient_id, site, study_instance_uid, revision, state, modality, region, accession_number, started_at,
        started_local, revision_id, summary
    FROM exam WHERE patient_id = %s AND state = 'counted' ORDER BY started_at DESC NULLS LAST, id
"""
_LOOK = """
    INSERT INTO access_log (id, at, subject, action, patient_id, route, via, reference)
    VALUES (%s, %s, 'system:bench', 'read_exams', %s, '/api/v1/patients/{patient_id}/exams', 'token', %s)
"""


class Bare:
    """One connection."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url)
        self._reference = str(uuid4())
        self.backend: int = self._connection.get_backend_pid()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def history(self, patient_id: UUID) -> bytes:
        """Return the history as JSON, the look committed."""
        asked = str(patient_id)
        with self._connection.cursor() as cursor:
            cursor.execute(_PATIENT, (asked,))
            patient = self.named(cursor)[0]
            cursor.execute(_IDENTIFIERS, (asked,))
            patient["identifiers"] = self.named(cursor)
            cursor.execute(_EXAMS, (asked,))
            exams = [self.line(exam) for exam in self.named(cursor)]
            now = datetime.now(UTC)  # noqa: TID251 - a bench is an edge
            cursor.execute(_LOOK, (str(uuid4()), now, asked, self._reference))
        self._connection.commit()
        return orjson.dumps({"patient": patient, "exams": exams}, option=orjson.OPT_UTC_Z)

    @staticmethod
    def line(exam: dict[str, Any]) -> dict[str, Any]:
        """Return an exam as the service does: each total with the id of its value and its class, the DLP beside."""
        revision = exam.pop("revision_id")
        line = {"dlp_mgy_cm": None, "dlp_basis": None, "value_ids": {}, **exam.pop("summary"), **exam}
        for number, total in enumerate(line["totals"]):
            total["value_id"] = f"{revision}.totals.{number}.value"
            total["class"] = "estimate" if total["basis"] == "estimate" else "measured"
            total.setdefault("estimated", None)
            if total["quantity"] == "dlp_mgy_cm" and total["of"] is None:
                line |= {"dlp_mgy_cm": total["value"], "dlp_basis": total["basis"]}
                line["value_ids"] = {"dlp_mgy_cm": total["value_id"]}
        return line

    @staticmethod
    def named(cursor: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - psycopg2's stubs do not name it
        """Return the rows by the names of their columns."""
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
