"""
What an order asks for: the kind of modality and the regions, by its code or by a name that a table has.

Nothing is guessed: a code that no table has, and a text that is not a name of one, ask for nothing that is known here.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from dose_core.errors import DoseError
from dose_core.ledger.region import Region
from dose_core.ledger.regions import RegionStated, parts_of
from dose_core.model import Code
from dose_core.orders.modality import ModalityKind

LOINC, SNOMED_CT, RADLEX = "http://loinc.org", "http://snomed.info/sct", "http://www.radlex.org"
# The same systems as FHIR guides, HL7 v2 (table 0396) and DICOM (PS3.16, 8) name them.
_SYSTEMS = MappingProxyType(
    {
        "LN": LOINC,
        "LOINC": LOINC,
        "SCT": SNOMED_CT,
        "SNM": SNOMED_CT,
        "http://radlex.org": RADLEX,
        "RADLEX": RADLEX,
        "RPID": RADLEX,
        "urn:oid:2.16.840.1.113883.6.1": LOINC,
        "urn:oid:2.16.840.1.113883.6.96": SNOMED_CT,
        "urn:oid:2.16.840.1.113883.6.256": RADLEX,
    }
)
_COLUMNS = ("system", "code", "kind", "regions", "name")
# What a table may say of a region: the parts, of which the others are put together.
_PARTS = frozenset(Region) - {
    Region.HEAD_AND_NECK,
    Region.ABDOMEN_AND_PELVIS,
    Region.CHEST_ABDOMEN_AND_PELVIS,
    Region.SEVERAL,
}


class UnusableProcedureTableError(DoseError):
    """A table of procedures cannot be worked with; the text names the line and what is wrong."""


class NotAProcedureError(DoseError):
    """What is asked for is neither SYSTEM|CODE nor KIND/REGION."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """What is asked for; no ``regions`` where that is not known."""

    kind: ModalityKind
    regions: frozenset[Region] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """A code with its system, a URI or a name of it; ``""`` where none is stated."""

    system: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An order as it states what it asks for: its codes, a text, and codes of the body site if it names one."""

    codings: Sequence[Coding] = ()
    text: str | None = None
    body_site: Sequence[Coding] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureTable:
    """Procedures by code and by name; a later row takes the place of an earlier one of the same code."""

    by_code: Mapping[tuple[str, str], Procedure] = field(default_factory=dict)
    by_name: Mapping[str, Procedure] = field(default_factory=dict)

    def over(self, other: "ProcedureTable") -> "ProcedureTable":
        """Return this table, and the other where this one says nothing."""
        return ProcedureTable(by_code={**other.by_code, **self.by_code}, by_name={**other.by_name, **self.by_name})

    def procedure(self, asked: Asked) -> Procedure | None:
        """
        Return what an order asks for; ``None`` if no table knows it, or its codes contradict each other in the kind.

        Of codes that agree in the kind the one with most regions counts: a translation may be coarser. A text counts
        only where no code is known, and only if it is a name of the table to the letter. A body site tells the region
        where the procedure tells none.
        """
        known = [one for coding in asked.codings if (one := self._of(coding)) is not None]
        if not known and asked.text is not None:
            named = self.by_name.get(plain(asked.text))
            known = [named] if named else []
        if len({one.kind for one in known}) != 1:
            return None
        most = max(known, key=lambda one: (len(one.regions), sorted(one.regions)))
        return most if most.regions else Procedure(kind=most.kind, regions=_of_body_site(asked.body_site))

    def _of(self, coding: Coding) -> Procedure | None:
        return self.by_code.get((system_of(coding.system), coding.code.strip()))


def asked_by(text: str, table: ProcedureTable) -> Procedure | None:
    """
    Return what is asked for in one word: ``http://loinc.org|24627-2``, ``|CODE`` of the site, or ``ct/chest,abdomen``.

    ``None`` if no table knows the code.

    Raises:
        NotAProcedureError: it is neither, or names no kind or region that there is.
    """
    system, bar, code = text.rpartition("|")
    if bar:
        return table.procedure(Asked(codings=(Coding(system=system, code=code),)))
    kind, _, regions = text.partition("/")
    named = regions.split(",")
    if kind not in set(ModalityKind) or not set(named) <= set(Region):
        msg = f"write SYSTEM|CODE, or KIND/REGION,REGION with a kind of {', '.join(ModalityKind)}, as in ct/chest"
        raise NotAProcedureError(msg)
    return Procedure(kind=ModalityKind(kind), regions=frozenset(map(Region, named)))


def system_of(stated: str) -> str:
    """Return the URI of a code system by one of its names; what is not known is returned as it is."""
    return _SYSTEMS.get(stated.strip(), stated.strip())


def plain(text: str) -> str:
    """Return a name as it is compared: without regard to case and blanks."""
    return " ".join(text.split()).casefold()


def read_table(lines: Iterable[str]) -> ProcedureTable:
    """
    Return a table that is written as CSV with the columns system, code, kind, regions and name; ``#`` begins a remark.

    An empty system is the site's own; regions have blanks between them; other columns are left alone.

    Raises:
        UnusableProcedureTableError: a column is missing, or a line names no known kind or region.
    """
    rows = csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        msg = f"a table of procedures has the columns {', '.join(_COLUMNS)}; '{missing[0]}' is missing"
        raise UnusableProcedureTableError(msg)
    by_code: dict[tuple[str, str], Procedure] = {}
    by_name: dict[str, Procedure] = {}
    for number, row in enumerate(rows, start=1):
        made = _row(number, row)
        by_code[system_of(row["system"]), row["code"].strip()] = made
        if row["name"].strip():
            by_name[plain(row["name"])] = made
    return ProcedureTable(by_code=by_code, by_name=by_name)


@cache
def built_in() -> ProcedureTable:
    """Return the table that comes along; its file names the sources."""
    text = (files("dose_core.orders") / "procedures.csv").read_text(encoding="utf-8")
    return read_table(text.splitlines())


def _row(number: int, row: Mapping[str, str]) -> Procedure:
    regions = (row["regions"] or "").split()
    if not (row["code"] or "").strip():
        msg = f"row {number} has no code"
        raise UnusableProcedureTableError(msg)
    if row["kind"] not in set(ModalityKind):
        msg = f"row {number}: {row['kind']!r} is no kind; use {', '.join(ModalityKind)}"
        raise UnusableProcedureTableError(msg)
    unknown = next((one for one in regions if one not in _PARTS), None)
    if unknown is not None:
        msg = f"row {number}: {unknown!r} is no region; use {', '.join(sorted(_PARTS))}"
        raise UnusableProcedureTableError(msg)
    return Procedure(kind=ModalityKind(row["kind"]), regions=frozenset(map(Region, regions)))


def _of_body_site(codings: Sequence[Coding]) -> frozenset[Region]:
    schemes = {SNOMED_CT: "SCT"}
    stated = (
        RegionStated(target_region=Code(value=one.code.strip(), scheme=schemes[system_of(one.system)], meaning=""))
        for one in codings
        if system_of(one.system) in schemes
    )
    return frozenset(part for one in stated for part in parts_of(one))
