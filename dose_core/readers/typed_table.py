"""
Rows of a table that a former system exported, as entries of typed values: one row for each study and modality.

The head names what a column holds. Values carry quantity, part and unit there: ``dlp mGy.cm``, ``dlp:320 mGy.cm``,
``dap cGy.cm2``, ``ka_r:a mGy``, ``agd:L mGy``, ``administered_activity MBq``.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dose_core.errors import DoseError
from dose_core.ledger.stand_in import uid_of
from dose_core.readers.typed import QUANTITIES

_PATIENT = {
    "patient_id": "identifier",
    "patient_authority": "authority",
    "patient_name": "name",
    "birth_date": "birth_date",
    "sex": "sex",
}
_DEVICE = ("manufacturer", "model", "serial_number", "station_name", "institution")
_STUDY = ("modality", "started_at", "study_instance_uid", "record_id", "accession_number", "comment")
_AGENT = ("radionuclide", "agent")
COLUMNS = (*_PATIENT, *_STUDY, *_DEVICE, *_AGENT)
_NEEDED = ("patient_id", "modality", "started_at")
_VALUE = re.compile(r"([a-z_]+)(?::(\w+))? (\S.*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")  # RFC 8259, 6
_KNOWN_QUANTITIES = frozenset(name for quantities in QUANTITIES.values() for name in quantities)


class TableRefusedError(DoseError):
    """The head of the table, or a row of it, is none that can be taken; the text says why and quotes no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueColumn:
    """A column of values: its name in the head, and the quantity, part and unit that it says."""

    name: str
    quantity: str
    part: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one row says: the study and modality that it is of, and its values as JSON of a request."""

    study_instance_uid: str
    modality: str
    body: bytes


def value_columns(head: Sequence[str]) -> tuple[ValueColumn, ...]:
    """
    Return the columns of values.

    Raises:
        TableRefusedError: a column is unknown or doubled, or one that is needed is missing.
    """
    doubled = {name for name in head if list(head).count(name) > 1}
    if doubled:
        msg = f"the head names {len(doubled)} column(s) twice"
        raise TableRefusedError(msg)
    missing = [name for name in _NEEDED if name not in head]
    if missing:
        msg = f"the head lacks {', '.join(missing)}"
        raise TableRefusedError(msg)
    if not {"study_instance_uid", "record_id"} & set(head):
        raise TableRefusedError("the head lacks study_instance_uid; where the former system has none, give record_id")
    columns = []
    for number, name in enumerate(head, start=1):
        if name in COLUMNS:
            continue
        match = _VALUE.fullmatch(name)
        if match is None or match[1] not in _KNOWN_QUANTITIES:
            msg = f"column {number} is unknown: write one of {', '.join(COLUMNS)}, or a value like 'dlp:320 mGy.cm'"
            raise TableRefusedError(msg)
        columns.append(ValueColumn(name=name, quantity=match[1], part=match[2], unit=match[3]))
    if not columns:
        raise TableRefusedError("the head names no values; write them like 'dlp mGy.cm'")
    return tuple(columns)


def entry_of(row: Mapping[str, str], columns: Sequence[ValueColumn], *, system: str, source: str) -> Entry:
    """
    Return what a row says, empty cells left out.

    Args:
        row: cells by column.
        columns: the columns of values.
        system: the former system; with ``record_id`` it names a study that has no UID.
        source: where the row stands, for people.

    Raises:
        TableRefusedError: a cell that is needed is empty, or a value is no number.
    """
    cells = {name: cell.strip() for name, cell in row.items() if cell and cell.strip()}
    missing = [name for name in _NEEDED if name not in cells]
    if missing:
        msg = f"{', '.join(missing)} is empty"
        raise TableRefusedError(msg)
    study = cells.get("study_instance_uid")
    if study is None and "record_id" in cells:
        study = uid_of("former system", system, cells["record_id"])
    if study is None:
        raise TableRefusedError("neither study_instance_uid nor record_id is given")
    values = [_value(column, cells) for column in columns if column.name in cells]
    if not values:
        raise TableRefusedError("the row has no value")
    body = {
        "modality": cells["modality"],
        "started_at": cells["started_at"],
        "accession_number": cells.get("accession_number"),
        "patient": {key: cells[name] for name, key in _PATIENT.items() if name in cells},
        "device": {name: cells[name] for name in _DEVICE if name in cells},
        "source": source,
        "comment": cells.get("comment"),
    }
    # The numbers stand in it as they stand in the table.
    told = json.dumps({name: what for name, what in body.items() if what})
    return Entry(
        study_instance_uid=study,
        modality=cells["modality"],
        body=f'{told[:-1]}, "values": [{", ".join(values)}]}}'.encode(),
    )


def _value(column: ValueColumn, cells: Mapping[str, str]) -> str:
    number = cells[column.name]
    if not _NUMBER.fullmatch(number):
        msg = f"{column.quantity} is no number; write it like 512.30"
        raise TableRefusedError(msg)
    more = {"quantity": column.quantity, "of": column.part, "unit": column.unit}
    if column.quantity == "administered_activity":
        more |= {name: cells.get(name) for name in _AGENT}
    told = json.dumps({name: what for name, what in more.items() if what})
    return f'{told[:-1]}, "value": {number}}}'
