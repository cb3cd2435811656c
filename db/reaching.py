"""To which organisation exams belong, and the condition by which a query leaves out those that are out of reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, bindparam, text

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


ROOT_SQL = f"CAST('{ROOT}' AS uuid)"


def _listed(ids: Iterable[UUID] | None) -> list[UUID] | None:
    return None if ids is None else sorted(ids)


def conditions(sql: str, reach: Reach | None) -> list[ColumnElement[bool]]:
    """Return a condition of this module for a query of SQLAlchemy; none where all is in reach."""
    if reach is None:
        return []
    named: list[BindParameter[Any]] = [
        bindparam(name, value) for name, value in reach.values.items() if f":{name} " in sql
    ]
    # SQLAlchemy takes text where it takes a condition; its types do not say so.
    return [cast("ColumnElement[bool]", text(sql).bindparams(*named))]


def organisation_of(device_id: str, site: str) -> str:
    """Return SQL for the organisation that an exam of this device and site belongs to; both are SQL."""
    return (
        f"coalesce((SELECT rd.organisation_id FROM device rd WHERE rd.id = {device_id}), "  # noqa: S608 - ours
        f"(SELECT ro.id FROM organisation ro WHERE ro.site = {site}), {ROOT_SQL})"
    )


def within(organisation: str) -> str:
    """Return SQL for that an organisation, which is SQL, is in reach."""
    return f"(CAST(:reach AS uuid[]) IS NULL OR {organisation} = ANY (CAST(:reach AS uuid[])))"


def exam_within(exam: str = "exam") -> str:
    """Return SQL for that an exam, named so in the query, is in reach as it stands."""
    its = organisation_of(f"{exam}.device_id", f"{exam}.site")
    held = f"(CAST(:uncounted AS uuid[]) IS NULL OR {its} = ANY (CAST(:uncounted AS uuid[])))"
    return f"({within(its)} AND ({exam}.state = 'counted' OR {held}))"


def its_exam_within(exam_id: str) -> str:
    """Return SQL for that the exam of this id, which is SQL, is in reach."""
    return f"EXISTS (SELECT FROM exam re WHERE re.id = {exam_id} AND {exam_within('re')})"


def family_within(family_id: str) -> str:
    """
    Return SQL for that a patient is in reach, all who are one with them together; ``family_id`` is SQL.

    They have an exam that is, or none at all: such belong to nobody, and so to the root.
    """
    theirs = f"SELECT FROM patient rp JOIN exam re ON re.patient_id = rp.id WHERE rp.family_id = {family_id}"
    return f"""(
        EXISTS ({theirs} AND re.state <> 'void' AND {exam_within("re")})
        OR ({within(ROOT_SQL)} AND NOT EXISTS ({theirs} AND re.state <> 'void'))
    )"""


def order_within(order: str) -> str:
    """
    Return SQL for that an order, named so in the query, is in reach.

    It is of the exams that were made for it, of its patient's other exams, and of the devices that it names; one of
    which none of these is known is the root's.
    """
    device = organisation_of("rv.id", "rv.site")
    return f"""(
        {within(ROOT_SQL)}
        OR EXISTS (
            SELECT FROM order_match rm JOIN exam re ON re.id = rm.exam_id
            WHERE rm.order_id = {order}.id AND {exam_within("re")}
        ) OR EXISTS (
            SELECT FROM exam re WHERE re.patient_id = ANY ({order}.whose || {order}.patient_id)
                AND re.state <> 'void' AND {exam_within("re")}
        ) OR EXISTS (
            SELECT FROM order_procedure rp JOIN device rv
                ON rv.ae_title <> '' AND rv.ae_title = ANY (rp.station_ae_titles)
                OR rv.station_name <> '' AND rv.station_name = rp.station_name
            WHERE rp.order_id = {order}.id AND {within(device)}
        )
    )"""  # noqa: S608 - ours


def look_within() -> str:
    """
    Return SQL for that a row of ``access_log`` is in reach.

    It is of its exam, else of the exams of its patient, else of the organisations in which who looked has a duty; what
    is of none of these is the root's.
    """
    patients = f"""EXISTS (
        SELECT FROM exam re WHERE re.patient_id = access_log.patient_id AND {exam_within("re")}
    )"""
    peoples = f"""EXISTS (
        SELECT FROM role_grant rg WHERE rg.subject = access_log.subject AND {within("rg.organisation_id")}
    )"""
    return f"""(
        {within(ROOT_SQL)} OR CASE
            WHEN access_log.exam_id IS NOT NULL THEN {its_exam_within("access_log.exam_id")}
            WHEN access_log.patient_id IS NOT NULL THEN {patients}
            ELSE {peoples}
        END
    )"""


def finding_within(finding: str = "finding") -> str:
    """
    Return SQL for that a finding, named so in the query, is in reach.

    It is of its exam, else of its device, else of the site that handed its object in, else of the root.
    """
    its = f"""coalesce(
        (SELECT {organisation_of("re.device_id", "re.site")} FROM exam re WHERE re.id = {finding}.exam_id),
        (SELECT {organisation_of("rv.id", "rv.site")} FROM device rv WHERE rv.id = {finding}.device_id),
        (SELECT ro.id FROM evidence rn JOIN organisation ro ON ro.site = rn.site WHERE rn.id = {finding}.evidence_id),
        {ROOT_SQL}
    )"""  # noqa: S608 - ours
    return within(its)
