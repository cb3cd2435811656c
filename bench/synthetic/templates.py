"""The rows that a filing left, cut into what is the same for every exam of its kind and what is an exam's own."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.house import Database, answer_of
from bench.synthetic.cells import Cell, cells_of, part
from bench.synthetic.fields import row_head
from bench.synthetic.filings import Filing
from bench.synthetic.studies import PATIENT_ID, SOMEBODY_ELSE
from bench.synthetic.tokens import Given, Maker, Tokens

_OF_EXAM = {
    "exam": "id = %(exam_id)s",
    "finding": "exam_id = %(exam_id)s",
    "statement": "site = %(site)s AND study_instance_uid = %(study)s",
    "evidence": "id IN (SELECT evidence_id FROM statement WHERE site = %(site)s AND study_instance_uid = %(study)s)",
    "patient": "placeholder_for_study LIKE '%%' || %(study)s",  # of an exam that waits at the desk
}
_OF_PERSON = {
    "patient": "id = %(person_id)s",
    "patient_identifier": "patient_id = %(person_id)s",
    "identity_event": "patient_id = %(person_id)s",
}
_LOOK = {"access_log": "patient_id = %(person_id)s"}
# Whatever else belongs to exams, now or when this is read again.
_REFERRING = """
    SELECT conrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'exam'::regclass
"""
# A place in a chain is one look's alone: the many copies are as looks from before there were chains.
_UNCHAIN = """
    ALTER TABLE access_log DISABLE TRIGGER USER;
    UPDATE access_log SET chain_id = NULL, position = NULL, digest = NULL;
    ALTER TABLE access_log ENABLE TRIGGER USER;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The rows of one filing, of one person, or of one look; ``ids`` is how many ids of its own an exam needs."""

    tokens: Tokens
    rows: tuple[tuple[int, list[bytes | Maker]], ...]  # the number of the table, and the parts

    @property
    def ids(self) -> int:
        """How many ids of its own an exam needs."""
        return len(self.tokens.ids)

    def write(self, given: Given) -> Iterator[tuple[int, bytes]]:
        """Yield the rows for what is given, each with the number of its table."""
        self.tokens.fill(given)
        for table, parts in self.rows:
            yield table, b"".join([one if type(one) is bytes else one(given) for one in parts])  # type: ignore[operator]  # a maker


class Reader:
    """Reads what filings left; ``tables`` are those that an exam, a person or a look has rows of."""

    def __init__(self, database: Database) -> None:
        self._connection = database.connect()
        answer_of(self._connection, _UNCHAIN)
        self._of_exam = _OF_EXAM | {
            table: "exam_id = %(exam_id)s" for (table,) in answer_of(self._connection, _REFERRING)
        }
        self.tables = tuple(sorted({*self._of_exam, *_OF_PERSON, *_LOOK}))
        self._columns = {table: self._columns_of(table) for table in self.tables}

    def exam(self, filing: Filing) -> Template:
        """Return the template of an exam."""
        values = {"site": filing.site, "study": filing.study_instance_uid}
        asked = "SELECT id FROM exam WHERE site = %(site)s AND study_instance_uid = %(study)s"
        ((exam_id,),) = answer_of(self._connection, asked, values)
        return self._template(self._of_exam, values | {"exam_id": exam_id}, filing.site, filing.root)

    def person(self, site: str) -> Template:
        """Return the template of a person of a site."""
        return self._template(_OF_PERSON, {"person_id": self._persons(site, PATIENT_ID)[0]}, site)

    def look(self, site: str) -> Template:
        """Return the template of a look at a person of a site."""
        return self._template(_LOOK, {"person_id": self._persons(site, PATIENT_ID)[0]}, site)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _template(self, where: dict[str, str], values: dict[str, str], site: str, root: str | None = None) -> Template:
        rows = self._rows(where, values)
        named = (self._persons(site, value) for value in (PATIENT_ID, SOMEBODY_ELSE))
        persons = {person_id: number for number, found in enumerate(named) for person_id in found}
        cells = [cell for row in rows for cell in row]
        tokens = Tokens(
            root=root,
            persons=persons,
            # Who only stands for a study is the exam's own; whom objects name has many exams.
            ids=dict.fromkeys(cell.value for cell in cells if cell.column == "id" and cell.value not in persons),
            doses={dose for cell in cells for dose in cell.doses()},
            texts=[cell.text for cell in cells if cell.text],
        )
        return Template(
            tokens=tokens, rows=tuple((self.tables.index(row[0].table), _parts(tokens, row)) for row in rows)
        )

    def _persons(self, site: str, value: str) -> list[str]:
        """Return the one person of an identifier, or nobody where no study names them."""
        asked = "SELECT patient_id::text FROM patient_identifier WHERE value = %(value)s AND authority = %(site)s"
        return [person_id for (person_id,) in answer_of(self._connection, asked, {"value": value, "site": site})]

    def _rows(self, where: dict[str, str], values: dict[str, str]) -> list[list[Cell]]:
        rows = []
        for table, condition in where.items():
            columns = self._columns[table]
            names = ", ".join(f"{name}::text" if kind == "jsonb" else name for name, kind in columns)
            found = answer_of(self._connection, f"SELECT {names} FROM {table} WHERE {condition}", values)  # noqa: S608 - ours
            rows += [cells_of(table, columns, row) for row in found]
        return rows

    def _columns_of(self, table: str) -> list[tuple[str, str]]:
        asked = """
            SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
        """
        return [(name, kind) for name, kind in answer_of(self._connection, asked, {"table": table})]


def _parts(tokens: Tokens, row: list[Cell]) -> list[bytes | Maker]:
    """Return the parts of a row, what is the same for every exam in one piece."""
    parts: list[bytes | Maker] = [row_head(len(row))]
    for cell in row:
        one, last = part(cell, tokens, beside=row), parts[-1]
        if isinstance(one, bytes) and isinstance(last, bytes):
            parts[-1] = last + one
        else:
            parts.append(one)
    return parts
