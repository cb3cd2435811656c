"""One cell of a template's row: what it holds in plain text, and the field that an exam gets in its place."""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bench.synthetic.fields import double, field, instant, jsonb, microseconds, raw
from bench.synthetic.filings import ARRIVED
from bench.synthetic.studies import BIRTH_DATE
from bench.synthetic.tokens import Given, Maker, Tokens, birth_date_of
from db.packing import pack, unpack
from db.sealed import new_key, seal, unseal

_DOSES = {"ctdi_vol_mgy", "dlp_mgy_cm", "dap_gy_cm2", "ka_r_mgy", "agd_mgy", "administered_activity_mbq"}
_PACKED = {("statement", "content"), ("exam_revision", "content")}
_TWO_DAYS = timedelta(days=2)
# The bar is without evidence: of an object the row is there, its content is empty.
_EMPTY_KEY = new_key()
_EMPTY = seal(_EMPTY_KEY, zlib.compress(b""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """``value`` is that of the column; of JSONB its text, of what is packed or sealed the text within."""

    table: str
    column: str
    kind: str
    value: Any

    @property
    def text(self) -> str | None:
        """The text to look for tokens in."""
        return self.value if isinstance(self.value, str) and self.kind != "uuid" else None

    def doses(self) -> Iterator[float]:
        """Yield the doses that it states."""
        if self.column in _DOSES and self.value:
            yield self.value
        if self.table == "exam" and self.column == "summary":
            yield from (one["value"] for one in json.loads(self.value).get("totals", ()) if one["value"])


def cells_of(table: str, columns: list[tuple[str, str]], values: tuple[Any, ...]) -> list[Cell]:
    """Return the cells of a row, opened."""
    row = dict(zip((name for name, _ in columns), values, strict=True))
    return [
        Cell(table=table, column=name, kind=kind, value=_opened(table, name, row[name], row)) for name, kind in columns
    ]


def _opened(table: str, column: str, value: Any, row: dict[str, Any]) -> Any:  # noqa: ANN401 - of any column
    if (table, column) in _PACKED:
        return unpack(bytes(value)).decode()
    if (table, column) == ("statement", "identity"):
        return zlib.decompress(unseal(bytes(row["identity_key"]), bytes(value))).decode()
    return value


def part(cell: Cell, tokens: Tokens, *, beside: list[Cell]) -> bytes | Maker:
    """Return the field of a cell if it is the same for every exam, else what makes it; ``beside`` is its row."""
    if (cell.table, cell.column) in _MADE:
        return _MADE[cell.table, cell.column](cell, tokens, beside)
    if cell.kind == "uuid":
        return _id(cell, tokens)
    if isinstance(cell.value, datetime):
        return _time(cell)
    if cell.column in _DOSES and cell.value:
        return _dose(cell)
    if cell.value == date.fromisoformat(BIRTH_DATE):
        return lambda given: field(cell.kind, birth_date_of(given.person))
    return _text(cell, tokens) if cell.text else field(cell.kind, cell.value)


def _digest(given: Given, cell: Cell) -> bytes:
    return hashlib.sha256(f"{given.number} {cell.value!r}".encode()).digest()


def _digest_of_content(_: Cell, tokens: Tokens, beside: list[Cell]) -> Maker:
    content = tokens.cut(next(one.value for one in beside if one.column == "content").encode())
    return lambda given: raw(hashlib.sha256(content.of(given)).hexdigest().encode())


def _packed(cell: Cell, tokens: Tokens, _: list[Cell]) -> Maker:
    content = tokens.cut(cell.value.encode())
    return lambda given: raw(pack(content.of(given)))


def _sealed(cell: Cell, tokens: Tokens, _: list[Cell]) -> Maker:
    identity = tokens.cut(cell.value.encode())
    return lambda given: raw(seal(given.key, zlib.compress(identity.of(given))))


_MADE: dict[tuple[str, str], Callable[[Cell, Tokens, list[Cell]], bytes | Maker]] = {
    ("evidence", "key"): lambda *_: raw(_EMPTY_KEY),
    ("evidence", "content"): lambda *_: raw(_EMPTY),
    ("evidence", "digest"): lambda cell, *_: lambda given: raw(_digest(given, cell).hex().encode()),
    ("statement", "content"): _packed,
    ("statement", "identity"): _sealed,
    ("statement", "identity_key"): lambda *_: lambda given: raw(given.key),
    ("exam_revision", "content"): _packed,
    ("exam_revision", "digest"): _digest_of_content,
}


def _id(cell: Cell, tokens: Tokens) -> bytes | Maker:
    number = tokens.ids.get(cell.value)
    if number is not None:
        return lambda given: raw(given.ids[number])
    person = tokens.persons.get(cell.value)
    return field(cell.kind, cell.value) if person is None else lambda given: raw(given.person_ids[person])


def _dose(cell: Cell) -> Maker:
    decimals = len(repr(cell.value).partition(".")[2])
    return lambda given: double(round(cell.value * given.factor, decimals))


def _time(cell: Cell) -> bytes | Maker:
    at = cell.value
    if abs(at.replace(tzinfo=ARRIVED.tzinfo) - ARRIVED) > _TWO_DAYS:
        return field(cell.kind, at)
    count = microseconds(at)
    return lambda given: instant(count + given.shift_us)


def _text(cell: Cell, tokens: Tokens) -> bytes | Maker:
    cut = tokens.cut(cell.value.encode())
    form = jsonb if cell.kind == "jsonb" else raw
    return form(cell.value.encode()) if cut.is_fixed else lambda given: form(cut.of(given))
