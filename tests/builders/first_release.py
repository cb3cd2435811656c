"""A database as the first release left it: its rows, and what it told of them. Nobody in it exists; see tests/data."""

import json
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

REVISION = "0001"
_FILE = Path(__file__).parents[1] / "data" / "first_release.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One exam as the first release told it: DLP in mGy.cm and number of irradiation events."""

    accession_number: str
    dlp_mgy_cm: float
    events: int


# By patient identifier, newest first. The doses follow from doseledger/demo/hospital.py: CTDIvol x length; of the
# silent scanner five slices of 5 mm of each spiral were sent, 6 x 2.5 + 8 x 2.5, and a localizer without dose.
HISTORY: dict[str, tuple[Told, ...]] = {
    "DEMO-0001": (
        Told(accession_number="DEMO-A-0002", dlp_mgy_cm=634.4, events=2),
        Told(accession_number="DEMO-A-0001", dlp_mgy_cm=183.6, events=1),
    ),
    "DEMO-0002": (Told(accession_number="DEMO-B-0001", dlp_mgy_cm=776.0, events=1),),
    "DEMO-0003": (  # the first was filed under DEMO-0900, which was merged into this patient
        Told(accession_number="DEMO-X-0001", dlp_mgy_cm=776.0, events=1),
        Told(accession_number="DEMO-C-0001", dlp_mgy_cm=450.8, events=1),
    ),
    "DEMO-0004": (
        Told(accession_number="DEMO-D-0002", dlp_mgy_cm=12.0, events=1),
        Told(accession_number="DEMO-D-0001", dlp_mgy_cm=35.0, events=3),
    ),
}
# What it kept and could not read: a fluoroscopy of 2 Gy.cm2 and a mammography of 1.3 mGy, both of DEMO-0001.
NOT_READ_THEN = ("DEMO-A-0003", "DEMO-A-0004")


@cache
def rows() -> dict[str, list[dict[str, Any]]]:
    """Return all rows by table, as ``to_jsonb`` spells them."""
    content: dict[str, list[dict[str, Any]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return content


def fill(database_url: str) -> None:
    """Write the rows into a database at revision 0001."""
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        for table, of_table in rows().items():
            statement = sql.SQL(
                "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::{0}, %s)"
            ).format(sql.Identifier(table))
            cursor.execute(statement, (json.dumps(of_table),))


def exam_ids() -> dict[str, str]:
    """Return the ids of its exams by accession number."""
    return {exam["accession_number"]: exam["id"] for exam in rows()["exam"]}
