"""To which organisation exams belong, and the condition by which a query leaves out those that are out of reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.tables.organisation import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """
    The organisations whose exams somebody may see; ``None`` are all.

    ``uncounted`` are those of whose exams they may see also what is held, or no patient's.
    """

    organisations: frozenset[UUID] | None
    uncounted: frozenset[UUID] | None

    @property
    def values(self) -> dict[str, Any]:
        """What the conditions below name."""
        return {"reach": _listed(self.organisations), "uncounted": _listed(self.uncounted)}

    def has(self, organisation_id: UUID) -> bool:
        """Tell if somebody may see what belongs to an organisation."""
        return self.organisations is None or organisation_id in self.organisations


def _listed(ids: Iterable[UUID] | None) -> list[UUID] | None:
    return None if ids is None else sorted(ids)


def organisation_of(device_id: str, site: str) -> str:
    """Return SQL for the organisation that an exam of this device and site belongs to; both are SQL."""
    return (
        f"coalesce((SELECT rd.organisation_id FROM device rd WHERE rd.id = {device_id}), "  # noqa: S608 - ours
        f"(SELECT ro.id FROM organisation ro WHERE ro.site = {site}), '{ROOT}')"
    )


def within(organisation: str) -> str:
    """Return SQL for that an organisation, which is SQL, is in reach."""
    return f"(CAST(:reach AS uuid[]) IS NULL OR {organisation} = ANY (CAST(:reach AS uuid[])))"


def exam_within(exam: str = "exam") -> str:
    """Return SQL for that an exam, named so in the query, is in reach as it stands."""
    its = organisation_of(f"{exam}.device_id", f"{exam}.site")
    held = f"(CAST(:uncounted AS uuid[]) IS NULL OR {its} = ANY (CAST(:uncounted AS uuid[])))"
    return f"({within(its)} AND ({exam}.state = 'counted' OR {held}))"
