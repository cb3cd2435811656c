"""Queries on how long patients and exams have been kept: whom to look at, page by page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from db.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPatient:
    """A patient of a family."""

    id: UUID
    birth_date: date | None
    told_of_at: datetime
    is_on_hold: bool  # by a legal hold, or a restriction


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptExam:
    """An exam of a patient, or one that is nobody's yet and names them."""

    id: UUID
    site: str
    study_instance_uid: str
    patient_id: UUID
    revision_id: UUID
    started_local: str | None
    created_at: datetime
    expired_at: datetime | None
    is_on_hold: bool
    has_administration: bool
    has_wrong_clock: bool  # somebody should look at its times


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Patients who are one by merges and links, their exams, and how many exams at the desk name them."""

    root: UUID  # what is the same for all of them: the id of one
    members: tuple[KeptPatient, ...]
    exams: tuple[KeptExam, ...]
    named_by: int


_PAGE = """
    WITH page AS (
        SELECT DISTINCT family_id FROM patient
        WHERE expired_at IS NULL AND family_id > :after ORDER BY family_id LIMIT :limit
    ), family AS (
        SELECT f.family_id AS root, p.id FROM page f JOIN patient p ON p.family_id = f.family_id
    )
"""
_MEMBERS = text(
    f"""
    {_PAGE}
    SELECT f.root, p.id, p.birth_date,
        greatest(p.created_at, p.demographics_at,
            (SELECT max(i.recorded_at) FROM identity_event i WHERE i.patient_id = p.id)) AS told_of_at,
        p.restricted_since IS NOT NULL OR EXISTS (
            SELECT FROM legal_hold h WHERE h.patient_id = p.id AND h.lifted_at IS NULL) AS is_on_hold
    FROM family f JOIN patient p ON p.id = f.id ORDER BY f.root, p.id
    """  # noqa: S608 - ours
)
_EXAMS = text(
    f"""
    {_PAGE}
    SELECT f.root, e.id, e.site, e.study_instance_uid, e.patient_id, e.revision_id, e.started_local, e.created_at,
        e.expired_at,
        EXISTS (SELECT FROM legal_hold h WHERE h.exam_id = e.id AND h.lifted_at IS NULL) AS is_on_hold,
        EXISTS (SELECT FROM exam_event v WHERE v.exam_id = e.id AND v.part = 'nuclear') AS has_administration,
        EXISTS (SELECT FROM finding c WHERE c.exam_id = e.id AND c.kind = 'clock_skew' AND c.resolved_at IS NULL)
            AS has_wrong_clock
    FROM family f JOIN exam e ON e.patient_id = f.id ORDER BY f.root, e.id
    """  # noqa: S608 - ours
)
_NAMED = text(
    f"""
    {_PAGE}
    SELECT f.root, count(DISTINCT e.id) AS exams
    FROM family f JOIN exam_named_patient n ON n.patient_id = f.id JOIN exam e ON e.id = n.exam_id
    WHERE e.expired_at IS NULL AND e.patient_id NOT IN (SELECT g.id FROM family g WHERE g.root = f.root)
    GROUP BY f.root
    """  # noqa: S608 - ours
)
_READ_ONLY = text("SET TRANSACTION READ ONLY")


def read_only(session: Session) -> None:
    """Have the database refuse every change in this transaction; call it first."""
    session.execute(_READ_ONLY)


def families(session: Session, *, after: UUID, limit: int) -> list[Family]:
    """Return the next families of whom somebody has not expired, in the order of their ids."""
    page = {"after": after, "limit": limit}
    members: dict[UUID, list[KeptPatient]] = defaultdict(list)
    for row in session.execute(_MEMBERS, page).mappings():
        members[row["root"]].append(KeptPatient(**{k: v for k, v in row.items() if k != "root"}))
    exams: dict[UUID, list[KeptExam]] = defaultdict(list)
    for row in session.execute(_EXAMS, page).mappings():
        exams[row["root"]].append(KeptExam(**{k: v for k, v in row.items() if k != "root"}))
    named: dict[UUID, int] = {row.root: row.exams for row in session.execute(_NAMED, page)}
    return [
        Family(root=root, members=tuple(ones), exams=tuple(exams[root]), named_by=named.get(root, 0))
        for root, ones in members.items()
    ]


def family(session: Session, root: UUID) -> Family | None:
    """Return one family as it stands now; ``None`` if it expired, or is one with another, meanwhile."""
    before = UUID(int=root.int - 1) if root.int else root
    found = families(session, after=before, limit=1)
    return next((one for one in found if one.root == root), None)
