"""Records of people as the tables hold them, and the changes that facts make to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text

from db.prepared import Prepared
from db.repositories.aliases import told_from
from db.session import Session
from db.tables.patient import PatientIdentifierRow, PatientLinkRow, PatientRow
from dose_core.identity.agreement import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIdentifier:
    """An identifier that a patient has (``ended_at`` is ``None``), or under which they became known."""

    id: UUID
    value: str
    authority: str
    type: str | None
    since: datetime
    ended_at: datetime | None
    replaced_at: datetime | None
    is_home: bool
    is_listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """
    One row of ``patient``; ``stated`` has the time of each value that HL7 or a person stated, as ISO 8601.

    ``told`` is what messages ever stated of them, ``is_placeholder`` whether a rule takes them for one.
    """

    id: UUID
    family_id: UUID
    merged_into_id: UUID | None
    merged_at: datetime | None
    is_stated: bool
    stated: dict[str, str]
    name: str | None
    birth_date: date | None
    sex: str | None
    demographics_at: datetime | None
    deleted_at: datetime | None
    told: Known
    is_placeholder: bool
    identifiers: tuple[KnownIdentifier, ...]

    @property
    def home(self) -> tuple[str, str] | None:
        """Return the identifier under which they became known; ``None`` if they have none (any more)."""
        return next(((one.value, one.authority) for one in self.identifiers if one.is_home), None)


_CONCERNED = Prepared(
    "people_concerned",
    """
    WITH family AS (
        SELECT DISTINCT p.family_id
        FROM unnest(CAST(:values AS text[]), CAST(:authorities AS text[])) AS a (value, authority)
        JOIN patient_identifier i ON i.value = a.value AND i.authority = a.authority
        JOIN patient p ON p.id = i.patient_id
        WHERE i.ended_at IS NULL OR i.is_home
    )
    SELECT p.id, p.family_id, p.merged_into_id, p.merged_at, p.is_stated, p.stated, p.name, p.birth_date, p.sex,
        p.demographics_at, p.deleted_at,
        (SELECT json_agg(json_build_array(a.kind, a.value)) FROM patient_alias a
        WHERE a.patient_id = p.id AND a.kind <> 'dicom_id') AS told,
        EXISTS (SELECT FROM patient_placeholder h WHERE h.patient_id = p.id AND h.rule IS NOT NULL) AS is_placeholder,
        (SELECT coalesce(json_agg(json_build_array(i.id, i.value, i.authority, i.identifier_type, i.since, i.ended_at,
            i.replaced_at, i.is_home, i.is_listed)), '[]')
        FROM patient_identifier i WHERE i.patient_id = p.id AND (i.ended_at IS NULL OR i.is_home)) AS identifiers
    FROM family f JOIN patient p ON p.family_id = f.family_id ORDER BY p.id
    """,
)
_CREATE = text(
    """
    INSERT INTO patient (id, family_id, name, birth_date, sex, merged_into_id, merged_at,
        is_stated, stated, demographics_at, deleted_at, created_at)
    VALUES (:id, :id, :name, :birth_date, :sex, NULL, NULL, :is_stated, CAST(:stated AS jsonb),
        :demographics_at, :deleted_at, :now)
    """
)
_CHANGE_DEMOGRAPHICS = Prepared(
    "change_patient_demographics",
    """
    UPDATE patient SET name = :name, birth_date = :birth_date, sex = :sex, stated = CAST(:stated AS jsonb),
        demographics_at = :demographics_at, deleted_at = :deleted_at
    WHERE id = :id
    """,
)
_CHANGE_STANDING = Prepared(
    "change_patient_standing",
    """
    UPDATE patient SET family_id = :family_id, merged_into_id = :merged_into_id, merged_at = :merged_at,
        is_stated = :is_stated
    WHERE id = :id
    """,
)
_END_IDENTIFIER = text(
    "UPDATE patient_identifier SET ended_at = greatest(since, :at), is_listed = false WHERE id = :id"
)
_ADD_IDENTIFIER = text(
    """
    INSERT INTO patient_identifier (id, patient_id, value, authority, identifier_type, since, ended_at, replaced_at,
        is_home, is_listed)
    VALUES (gen_random_uuid(), :patient_id, :value, :authority, :type, :since, :ended_at, :replaced_at, :is_home,
        :is_listed)
    """
)
_CHANGE_IDENTIFIER = text(
    """
    UPDATE patient_identifier SET identifier_type = :type, since = :since, replaced_at = :replaced_at,
        is_listed = :is_listed
    WHERE id = :id
    """
)
_LINK = text(
    "INSERT INTO patient_link (id, one_id, other_id, since) VALUES (gen_random_uuid(), :one_id, :other_id, :at)"
)
_UNLINK = text(
    """
    UPDATE patient_link SET ended_at = greatest(since, :at)
    WHERE one_id = :one_id AND other_id = :other_id AND ended_at IS NULL
    """
)
_REFILE = Prepared(
    "refile_exams_of_patients",
    """
    INSERT INTO outbox (kind, site, study_instance_uid, at)
    SELECT 'refile', site, study_instance_uid, CAST(:now AS timestamptz) FROM (
        SELECT e.site, e.study_instance_uid FROM exam e
        WHERE e.patient_id = ANY (CAST(:patient_ids AS uuid[])) AND e.state <> 'void'
        UNION
        SELECT e.site, e.study_instance_uid FROM exam_named_patient n JOIN exam e ON e.id = n.exam_id
        WHERE n.patient_id = ANY (CAST(:patient_ids AS uuid[])) AND e.state <> 'void'
    ) AS concerned
    """,
)


def concerned(session: Session, keys: Iterable[tuple[str, str]]) -> list[KnownPerson]:
    """Return who has these identifiers or became known by them, each with the whole family."""
    pairs = sorted(set(keys))
    values = {"values": [value for value, _ in pairs], "authorities": [authority for _, authority in pairs]}
    return [_person(dict(row)) for row in _CONCERNED.run(session, values).mappings()]


def links_among(session: Session, patient_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Return the links that hold of these patients, the lower id first."""
    row = PatientLinkRow
    query = select(row.one_id, row.other_id).where(
        or_(row.one_id.in_(patient_ids), row.other_id.in_(patient_ids)), row.ended_at.is_(None)
    )
    return [(one, other) for one, other in session.execute(query)]


def records(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return these records, without their identifiers."""
    row = PatientRow
    columns = (row.id, row.name, row.birth_date, row.sex, row.is_stated, row.merged_into_id, row.merged_at)
    query = select(*columns, row.deleted_at).where(row.id.in_(patient_ids))
    return [dict(found) for found in session.execute(query).mappings()]


def identifiers_ever(session: Session, patient_id: UUID) -> list[dict[str, Any]]:
    """Return the identifiers that a record has or had, oldest first."""
    row = PatientIdentifierRow
    columns = (row.value, row.authority, row.identifier_type.label("type"), row.since, row.ended_at, row.replaced_at)
    query = select(*columns, row.is_listed).where(row.patient_id == patient_id).order_by(row.since, row.id)
    return [dict(found) for found in session.execute(query).mappings()]


def links_of(session: Session, patient_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the links that hold of these patients, oldest first."""
    row = PatientLinkRow
    query = select(row.one_id, row.other_id, row.since).where(row.one_id.in_(patient_ids), row.ended_at.is_(None))
    return [dict(found) for found in session.execute(query.order_by(row.since, row.id)).mappings()]


def home_of(session: Session, patient_id: UUID) -> tuple[str, str] | None:
    """Return the identifier under which a record became known; ``None`` if it has none (any more)."""
    row = PatientIdentifierRow
    query = select(row.value, row.authority).where(row.patient_id == patient_id, row.is_home)
    found = session.execute(query).one_or_none()
    return (found.value, found.authority) if found else None


def owner_id(session: Session, value: str, authority: str) -> UUID | None:
    """Return whose an identifier is now."""
    row = PatientIdentifierRow
    query = select(row.patient_id).where(row.value == value, row.authority == authority, row.ended_at.is_(None))
    return session.scalars(query).one_or_none()


def create(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Create patients, each a family of their own and merged into nobody yet."""
    _run(session, _CREATE, rows)


def change_demographics(session: Session, row: Mapping[str, Any]) -> None:
    """Set what is stated of a patient, and nothing else: who else is at work on their standing is not disturbed."""
    _CHANGE_DEMOGRAPHICS.run_later(session, row)


def change_standing(session: Session, row: Mapping[str, Any]) -> None:
    """Set whom a patient is one with, and nothing else."""
    _CHANGE_STANDING.run_later(session, row)


def end_identifiers(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """End whose these identifiers were (``id``, ``at``); do it before somebody else gets them."""
    _run(session, _END_IDENTIFIER, rows)


def add_identifiers(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Give patients identifiers."""
    _run(session, _ADD_IDENTIFIER, rows)


def change_identifiers(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Set what is known of identifiers that stay with their patient."""
    _run(session, _CHANGE_IDENTIFIER, rows)


def link(session: Session, pairs: Iterable[tuple[UUID, UUID]], *, at: datetime) -> None:
    """Link two patients each, the lower id first."""
    _run(session, _LINK, [{"one_id": one, "other_id": other, "at": at} for one, other in pairs])


def unlink(session: Session, pairs: Iterable[tuple[UUID, UUID]], *, at: datetime) -> None:
    """End these links."""
    _run(session, _UNLINK, [{"one_id": one, "other_id": other, "at": at} for one, other in pairs])


def refile(session: Session, patient_ids: Sequence[UUID], *, now: datetime) -> None:
    """Have all exams made anew that these patients have, or whose objects name them."""
    if patient_ids:
        _REFILE.run_later(session, {"patient_ids": sorted(patient_ids), "now": now})


def _run(session: Session, statement: Any, rows: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401 - of SQLAlchemy
    if rows:
        session.execute(statement, list(rows))


def _person(row: dict[str, Any]) -> KnownPerson:
    identifiers = tuple(
        KnownIdentifier(
            id=UUID(id_),
            value=value,
            authority=authority,
            type=type_,
            since=datetime.fromisoformat(since),
            ended_at=datetime.fromisoformat(ended) if ended else None,
            replaced_at=datetime.fromisoformat(replaced) if replaced else None,
            is_home=is_home,
            is_listed=is_listed,
        )
        for id_, value, authority, type_, since, ended, replaced, is_home, is_listed in row.pop("identifiers")
    )
    return KnownPerson(**row | {"told": told_from(row["told"])}, identifiers=identifiers)
