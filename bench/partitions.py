"""
``partitions``: what the reads of exams would cost if the exams lay in partitions by year.

The exams of the smaller synthetic database are copied into a partitioned table with the same indexes; the history of a
patient and the lookup of a study are asked of both in turns, and the CPU is that of the backend. It decides nothing by
itself: docs/adr names what was decided with it.
"""

from statistics import median
from typing import Any

from bench.grounds import SMALL, patients_of, synthetic
from bench.store import cpu_s

_MAKE = """
    CREATE TEMP TABLE exam_of_years (LIKE exam) PARTITION BY RANGE (started_at);
    DO $$ BEGIN FOR year IN 2010..2034 LOOP
        EXECUTE format('CREATE TEMP TABLE exam_of_%s PARTITION OF exam_of_years FOR VALUES FROM (%L) TO (%L)',
            year, year || '-01-01', year + 1 || '-01-01');
    END LOOP; END $$;
    CREATE TEMP TABLE exam_of_no_year PARTITION OF exam_of_years DEFAULT;
    INSERT INTO exam_of_years SELECT * FROM exam;
    CREATE INDEX ON exam_of_years (patient_id, started_at);
    CREATE INDEX ON exam_of_years (study_instance_uid);
    ANALYZE exam_of_years
"""
_HISTORY = """
    PREPARE {table}_history (uuid) AS SELECT id, summary FROM {table}
    WHERE patient_id = $1 AND state = 'counted' ORDER BY started_at DESC NULLS LAST, id
"""
_LOOKUP = "PREPARE {table}_lookup (text) AS SELECT id, summary FROM {table} WHERE study_instance_uid = $1"
_PARTITIONS = "SELECT count(DISTINCT tableoid) FROM exam_of_years"
_STUDIES = "SELECT study_instance_uid FROM exam ORDER BY md5(id::text) LIMIT %s"
_ASKED, _TURNS = 400, 6


def run() -> dict[str, Any]:
    """Return the CPU over that of the whole table, of either read."""
    with synthetic(SMALL) as ground:
        asked = {
            "history": [str(patient) for patient in patients_of(ground, _ASKED)],
            "lookup": [study for (study,) in ground.ask(_STUDIES, [_ASKED])],
        }
        connection = ground.connect()
        with connection.cursor() as cursor:
            cursor.execute(_MAKE)
            for table in ("exam", "exam_of_years"):
                cursor.execute(_HISTORY.format(table=table))
                cursor.execute(_LOOKUP.format(table=table))
            pid = connection.get_backend_pid()
            spent: dict[tuple[str, str], list[float]] = {}
            for _ in range(_TURNS):
                for table in ("exam", "exam_of_years"):
                    for read, values in asked.items():
                        before = cpu_s(pid)
                        for value in values:
                            cursor.execute(f"EXECUTE {table}_{read} (%s)", [value])
                            cursor.fetchall()
                        spent.setdefault((table, read), []).append((cpu_s(pid) - before) * 1000 / len(values))
            cursor.execute(_PARTITIONS)
            ((partitions,),) = cursor.fetchall()
        connection.close()
    cost = {place: median(times) for place, times in spent.items()}
    return {
        "history_over_whole": round(cost["exam_of_years", "history"] / cost["exam", "history"], 2),
        "lookup_over_whole": round(cost["exam_of_years", "lookup"] / cost["exam", "lookup"], 2),
        "history_ms_whole": round(cost["exam", "history"], 3),
        "lookup_ms_whole": round(cost["exam", "lookup"], 3),
        "partitions": partitions,
        "exams": SMALL,
    }
