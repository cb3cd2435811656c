"""Queries on patients, their identifiers and what merged them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select

from db.prepared import Prepared
from db.repositories.aliases import claimed, known_from, told_from
from db.sealed import new_key, seal, unseal
from db.session import Session, lock_key
from db.tables.patient import IdentityEventRow, PatientIdentifierRow, PatientRow
from dose_core.identity.agreement import Known


def get(session: Session, patient_id: UUID) -> PatientRow | None:
    """Return one patient, merged or not."""
    return session.get(PatientRow, patient_id)


def find_by_identifier(session: Session, value: str, authority: str | None) -> PatientRow | None:
    """
    Return the patient that has this identifier now; it may be merged, see ``survivor_of``.

    Without an authority the identifier must be unique: two patients of two authorities give ``None``.
    """
    query = select(PatientRow).join(PatientIdentifierRow, PatientIdentifierRow.patient_id == PatientRow.id)
    query = query.where(PatientIdentifierRow.value == value, PatientIdentifierRow.ended_at.is_(None))
    if authority is not None:
        query = query.where(PatientIdentifierRow.authority == authority)
    found = session.scalars(query.distinct().limit(2)).all()
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """
    The patient that has an identifier now, the ``number``-th that was asked for, from 1.

    ``lacks_demographics`` if objects may still tell something of them. ``told`` is what messages ever stated of them,
    ``known`` by what they are known: what objects stated counts only where no message did. ``is_named_otherwise`` if
    they, or somebody who is one with them, have an identifier beside those that were asked for.
    """

    number: int
    id: UUID
    family_id: UUID
    merged_into_id: UUID | None
    name: str | None
    birth_date: date | None
    lacks_demographics: bool
    is_placeholder: bool
    is_named_otherwise: bool
    told: Known

    @property
    def known(self) -> Known:
        """By what they are known."""
        return known_from(self.told, self.name, self.birth_date)


_IDENTIFIED = Prepared(
    "patient_identified",
    """
    SELECT w.number, p.id, p.family_id, p.merged_into_id, p.name, p.birth_date,
        p.name IS NULL AND p.stated -> 'name' IS NULL
        OR p.birth_date IS NULL AND p.stated -> 'birth_date' IS NULL
        OR p.sex IS NULL AND p.stated -> 'sex' IS NULL AS lacks_demographics, (
            SELECT json_agg(json_build_array(a.kind, a.value)) FROM patient_alias a
            WHERE a.patient_id = p.id AND a.kind <> 'dicom_id'
        ) AS stated,
        EXISTS (SELECT FROM patient_placeholder h WHERE h.patient_id = p.id AND h.rule IS NOT NULL) AS is_placeholder,
        EXISTS (SELECT FROM patient f WHERE f.family_id = p.family_id AND f.id <> p.id) OR EXISTS (
            SELECT FROM patient_identifier o WHERE o.patient_id = p.id AND (o.ended_at IS NULL OR o.is_home)
                AND (o.value, o.authority) NOT IN (
                    SELECT v, a FROM unnest(CAST(:values AS text[]), CAST(:authorities AS text[])) AS asked (v, a)
                )
        ) AS is_named_otherwise
    FROM unnest(CAST(:values AS text[]), CAST(:authorities AS text[])) WITH ORDINALITY AS w(value, authority, number)
    JOIN patient_identifier i ON i.value = w.value AND i.authority = w.authority AND i.ended_at IS NULL
    JOIN patient p ON p.id = i.patient_id
    ORDER BY w.number
    """,
)


def identified(session: Session, identifiers: Sequence[tuple[str, str]]) -> list[Identified]:
    """
    Return the patients that have these identifiers (value, authority) now, in their order.

    What nobody has is left out. They may be merged, see ``survivor_of``.
    """
    values = {"values": [value for value, _ in identifiers], "authorities": [authority for _, authority in identifiers]}
    return [
        Identified(
            number=row.number,
            id=row.id,
            family_id=row.family_id,
            merged_into_id=row.merged_into_id,
            name=row.name,
            birth_date=row.birth_date,
            lacks_demographics=row.lacks_demographics,
            is_placeholder=row.is_placeholder,
            is_named_otherwise=row.is_named_otherwise,
            told=told_from(row.stated),
        )
        for row in _IDENTIFIED.run(session, values)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journalled:
    """One change of identity; ``before`` and ``after`` are ``None`` once the patient has expired."""

    kind: str
    patient_id: UUID
    other_patient_id: UUID | None
    hl7_message_id: UUID | None
    evidence_id: UUID | None
    event_at: datetime | None
    recorded_at: datetime
    before: dict[str, Any] | None
    after: dict[str, Any] | None


# Under the lock that HL7 takes as well. Who has the identifier already is found by the index, whatever was seen before.
_CREATE_NAMED = Prepared(
    "create_patient",
    """
    WITH locked AS MATERIALIZED (
        SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))
    ), named AS (
        INSERT INTO patient_identifier (id, patient_id, value, authority, since, is_home)
        SELECT gen_random_uuid(), CAST(:id AS uuid), CAST(:value AS text), CAST(:authority AS text),
            CAST(:now AS timestamptz), true
        FROM locked
        ON CONFLICT (value, authority) WHERE ended_at IS NULL DO NOTHING
        RETURNING patient_id
    ), made AS (
        INSERT INTO patient (id, family_id, name, birth_date, sex, placeholder_for_study, created_at)
        SELECT patient_id, patient_id, CAST(:name AS text), CAST(:birth_date AS date), CAST(:sex AS text), NULL,
            CAST(:now AS timestamptz)
        FROM named
    ), journalled AS (
        INSERT INTO identity_event (id, kind, patient_id, evidence_id, recorded_at, content, key)
        SELECT gen_random_uuid(), change.kind, patient_id, CAST(:evidence_id AS uuid), CAST(:now AS timestamptz),
            change.content, change.key
        FROM named, (VALUES
            ('created', CAST(:created AS bytea), CAST(:created_key AS bytea)),
            ('identifier_added', CAST(:added AS bytea), CAST(:added_key AS bytea))
        ) AS change (kind, content, key)
    ), refiled AS (
        INSERT INTO outbox (kind, site, study_instance_uid, at)
        SELECT DISTINCT 'refile', e.site, e.study_instance_uid, CAST(:now AS timestamptz)
        FROM named, patient_alias a JOIN exam e ON e.patient_id = a.patient_id
        WHERE a.kind = 'dicom_id' AND md5(a.value) = md5(CAST(:claimed AS text)) AND a.value = CAST(:claimed AS text)
            AND e.state IN ('counted', 'held')
    )
    SELECT patient_id FROM named
    """,
)


def create_named(session: Session, values: dict[str, Any]) -> bool:
    """
    Create a patient as an object names them, with one identifier, and write both into the journal.

    Returns whether they were created: not if somebody else has just made the identifier known. Exams that were found
    to be of somebody by another identifier beside this one are made anew.
    ``values``: id, name, birth_date, sex, value, authority, evidence_id, now.
    """
    person = {name: values[name] for name in ("name", "birth_date", "sex")}
    identifier = {name: values[name] for name in ("value", "authority")}
    created, added = sealed_change({}, person), sealed_change({}, identifier)
    sealed = {
        "created": created["content"],
        "created_key": created["key"],
        "added": added["content"],
        "added_key": added["key"],
        "lock": locks_of([(values["value"], values["authority"])])[0],
        "claimed": claimed(values["value"], values["authority"]),
    }
    return _CREATE_NAMED.run(session, values | sealed).one_or_none() is not None


def placeholder_of_study(session: Session, study_instance_uid: str) -> PatientRow | None:
    """Return the patient that stands for a study whose objects name none."""
    return session.scalars(
        select(PatientRow).where(PatientRow.placeholder_for_study == study_instance_uid)
    ).one_or_none()


def survivor_of(session: Session, patient_id: UUID) -> UUID | None:
    """Return the patient that stands for this one after all merges; ``None`` if the id is unknown."""
    up = select(PatientRow.id, PatientRow.merged_into_id).where(PatientRow.id == patient_id).cte("up", recursive=True)
    # UNION, not UNION ALL: it ends even if a loop should ever come to be.
    up = up.union(select(PatientRow.id, PatientRow.merged_into_id).join(up, PatientRow.id == up.c.merged_into_id))
    return session.scalar(select(up.c.id).where(up.c.merged_into_id.is_(None)))


def family_of(session: Session, patient_id: UUID) -> list[UUID]:
    """Return the survivor of this patient first, then all who are one with them by merges and links."""
    survivor_id = survivor_of(session, patient_id)
    if survivor_id is None:
        return []
    family = select(PatientRow.family_id).where(PatientRow.id == survivor_id).scalar_subquery()
    query = select(PatientRow.id).where(PatientRow.family_id == family, PatientRow.id != survivor_id)
    return [survivor_id, *session.scalars(query.order_by(PatientRow.id))]


def identifiers_of(session: Session, patient_ids: Sequence[UUID]) -> list[PatientIdentifierRow]:
    """Return the current identifiers of these patients, oldest first."""
    query = select(PatientIdentifierRow).where(
        PatientIdentifierRow.patient_id.in_(patient_ids), PatientIdentifierRow.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(PatientIdentifierRow.since, PatientIdentifierRow.id)))


def former_identifiers_of(session: Session, patient_id: UUID) -> list[PatientIdentifierRow]:
    """Return the identifiers that a patient had last before they had none, oldest first."""
    row = PatientIdentifierRow
    last = select(func.max(row.ended_at)).where(row.patient_id == patient_id).scalar_subquery()
    query = select(row).where(row.patient_id == patient_id, row.ended_at == last)
    return list(session.scalars(query.order_by(row.since, row.id)))


def sealed_change(before: dict[str, Any], after: dict[str, Any]) -> dict[str, bytes]:
    """Return ``content`` and ``key`` of a row of the journal."""
    key = new_key()
    return {"key": key, "content": seal(key, orjson.dumps({"before": before, "after": after}))}


_ADD_TO_JOURNAL = Prepared(
    "add_to_identity_journal",
    """
    INSERT INTO identity_event (id, kind, patient_id, other_patient_id, hl7_message_id, evidence_id, event_at,
        recorded_at, content, key)
    VALUES (gen_random_uuid(), :kind, :patient_id, CAST(:other_patient_id AS uuid), CAST(:message_id AS uuid),
        CAST(:evidence_id AS uuid), CAST(:event_at AS timestamptz), :recorded_at, :content, :key)
    """,
)


def add_to_journal(session: Session, event: dict[str, Any], *, before: dict[str, Any], after: dict[str, Any]) -> None:
    """
    Write one change of identity down.

    ``event``: kind, patient_id, other_patient_id, message_id, evidence_id, event_at, recorded_at.
    """
    _ADD_TO_JOURNAL.run_later(session, event | sealed_change(before, after))


def journal_of(session: Session, patient_ids: Sequence[UUID]) -> list[Journalled]:
    """Return the journal of these patients, oldest first."""
    query = select(IdentityEventRow).where(IdentityEventRow.patient_id.in_(patient_ids))
    rows = session.scalars(query.order_by(IdentityEventRow.recorded_at, IdentityEventRow.id))
    return [_journalled(row) for row in rows]


def _journalled(row: IdentityEventRow) -> Journalled:
    change = orjson.loads(unseal(row.key, row.content)) if row.key is not None else {"before": None, "after": None}
    return Journalled(
        kind=row.kind,
        patient_id=row.patient_id,
        other_patient_id=row.other_patient_id,
        hl7_message_id=row.hl7_message_id,
        evidence_id=row.evidence_id,
        event_at=row.event_at,
        recorded_at=row.recorded_at,
        before=change["before"],
        after=change["after"],
    )


_LOCK = Prepared(
    "lock_identifiers",
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS key",
)


def lock_records(session: Session, patient_ids: Iterable[UUID]) -> None:
    """Hold these records for this transaction alone, in an order that cannot deadlock; after any identifiers."""
    _LOCK.run_later(session, {"keys": [f"patient {patient_id}" for patient_id in sorted(set(patient_ids))]})


def lock_identifiers(session: Session, identifiers: Iterable[tuple[str, str]]) -> None:
    """Hold these identifiers (value, authority) for this transaction alone, in an order that cannot deadlock."""
    _LOCK.run_later(session, {"keys": locks_of(identifiers)})


def locks_of(identifiers: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of the locks of identifiers, for a statement that takes them itself: in this order."""
    return [f"identifier {authority}|{value}" for value, authority in sorted(set(identifiers))]


def lock_merges(session: Session) -> None:
    """
    Let one merge run at a time, and take it before any identifier.

    Two merges at once could each see the other's survivor as living and close a loop, although
    they name four different identifiers.
    """
    lock_key(session, "identity merge")
