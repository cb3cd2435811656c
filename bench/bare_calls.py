"""The five main calls in the least Python that fetches the same: psycopg2, orjson, and the same row on record."""

from collections import defaultdict
from uuid import UUID, uuid4

import orjson

from bench.bare import Bare

_FOUND = """
    SELECT p.id, p.name, p.birth_date, p.sex FROM patient_identifier i JOIN patient p ON p.id = i.patient_id
    WHERE i.value = %s AND i.authority = %s AND i.ended_at IS NULL
"""
_IDENTIFIERS = "SELECT value, authority FROM patient_identifier WHERE patient_id = %s AND ended_at IS NULL"
_OF_STUDY = """
    SELECT id, patient_id, site, study_instance_uid, revision, state, modality, region, accession_number, started_at,
        started_local, revision_id, summary
    FROM exam WHERE study_instance_uid = %s AND state = 'counted'
"""
_EXAM = """
    SELECT e.id, e.patient_id, e.site, e.study_instance_uid, e.revision, e.state, e.modality, e.region,
        e.accession_number, e.started_at, e.started_local, e.revision_id, e.summary, r.content
    FROM exam e JOIN exam_revision r ON r.id = e.revision_id WHERE e.id = %s
"""
_ESTIMATES = "SELECT * FROM estimate WHERE exam_id = %s"
_SUMMARIES = "SELECT id, region, summary FROM exam WHERE patient_id = %s AND state = 'counted'"


class BareCalls(Bare):
    """One connection."""

    def search(self, value: str, authority: str) -> bytes:
        """Return the patients of an identifier."""
        with self._connection.cursor() as cursor:
            cursor.execute(_FOUND, (value, authority))
            patients = self.named(cursor)
            for patient in patients:
                cursor.execute(_IDENTIFIERS, (patient["id"],))
                patient["identifiers"] = self.named(cursor)
                self.look(cursor, "search_patient", patient_id=patient["id"])
        self._connection.commit()
        return orjson.dumps({"patients": patients})

    def study(self, study_instance_uid: str) -> bytes:
        """Return the exams of a study."""
        with self._connection.cursor() as cursor:
            cursor.execute(_OF_STUDY, (study_instance_uid,))
            exams = [self.line(exam) for exam in self.named(cursor)]
            for exam in exams:
                self.look(cursor, "find_exam", patient_id=exam["patient_id"], exam_id=exam["id"])
        self._connection.commit()
        return orjson.dumps({"exams": exams}, option=orjson.OPT_UTC_Z)

    def exam(self, exam_id: UUID) -> bytes:
        """Return all of an exam: its totals, its events, what is estimated of it."""
        with self._connection.cursor() as cursor:
            cursor.execute(_EXAM, (str(exam_id),))
            exam = self.named(cursor)[0]
            content = exam.pop("content")
            cursor.execute(_ESTIMATES, (str(exam_id),))
            estimates = self.named(cursor)
            self.look(cursor, "read_exam", patient_id=exam["patient_id"], exam_id=exam["id"])
        self._connection.commit()
        answer = {**self.line(exam), "content": content, "estimates": estimates}
        return orjson.dumps(answer, default=str, option=orjson.OPT_UTC_Z)

    def cumulative(self, patient_id: UUID) -> bytes:
        """Return what a patient's exams add up to, by quantity and region."""
        sums: dict[str, float] = defaultdict(float)
        exams: dict[str, list[str]] = defaultdict(list)
        with self._connection.cursor() as cursor:
            cursor.execute(_SUMMARIES, (str(patient_id),))
            for exam in self.named(cursor):
                for total in exam["summary"]["totals"]:
                    key = f"{total['quantity']} {total['of']} {exam['region']}"
                    sums[key] += total["value"] or 0.0
                    exams[key].append(exam["id"])
            self.look(cursor, "read_cumulative_dose", patient_id=patient_id)
        self._connection.commit()
        return orjson.dumps({"sums": sums, "exams": exams})

    def look(self, cursor: object, action: str, *, patient_id: object, exam_id: object = None) -> None:
        """Record a look."""
        cursor.execute(  # type: ignore[attr-defined]  # psycopg2's stubs do not name it
            """
            INSERT INTO access_log (id, at, subject, action, patient_id, exam_id, route, via, reference)
            VALUES (%s, now(), 'system:bench', %s, %s, %s, '/api/v1/bench', 'token', %s)
            """,
            (str(uuid4()), action, str(patient_id), str(exam_id) if exam_id else None, self._reference),
        )
