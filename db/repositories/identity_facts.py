"""What was said about who is who, and how facts are found that concern each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from db.prepared import Prepared
from db.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKey:
    """An identifier of which a fact speaks."""

    value: str
    authority: str
    is_named: bool | None  # None: it only concerns those who have it
    is_structural: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFact:
    """The facts of one message; ``number`` orders those of one time."""

    number: int
    at: datetime
    content: list[Any]


# Updates of one time and another may be taken in any order; all else may not. See dose_services.identity_facts. What
# the statement itself adds it does not see.
_ADD = Prepared(
    "add_identity_fact",
    """
    WITH said AS (
        INSERT INTO identity_fact (at, content, hl7_message_id, recorded_at)
        VALUES (:at, CAST(:content AS jsonb), CAST(:message_id AS uuid), :now) RETURNING id
    ), of AS (
        INSERT INTO identity_fact_key (fact_id, value, authority, at, is_named, is_structural)
        SELECT said.id, k.value, k.authority, CAST(:at AS timestamptz), k.is_named, k.is_structural
        FROM said, unnest(
            CAST(:values AS text[]), CAST(:authorities AS text[]), CAST(:named AS boolean[]),
            CAST(:structural AS boolean[])
        ) AS k (value, authority, is_named, is_structural)
    )
    SELECT id, EXISTS (
        SELECT FROM unnest(
            CAST(:beside_values AS text[]), CAST(:beside_authorities AS text[]), CAST(:beside_named AS boolean[]),
            CAST(:beside_structural AS boolean[])
        ) AS a (value, authority, is_named, is_structural)
        JOIN identity_fact_key k ON k.value = a.value AND k.authority = a.authority AND k.at > :at
        WHERE k.is_structural OR a.is_structural OR k.is_named <> a.is_named
    ) AS is_late
    FROM said
    """,
)
# Ours: a number that stands beside so many is one that a system writes for everybody. It leads from nobody to nobody.
_COMMON = 1000
_REACH = f"""
    WITH RECURSIVE reach (value, authority) AS (
        SELECT a.value, a.authority
        FROM unnest(CAST(:values AS text[]), CAST(:authorities AS text[])) AS a (value, authority)
        UNION
        SELECT o.value, o.authority
        FROM reach r
        CROSS JOIN LATERAL (
            SELECT count(*) > {_COMMON} AS is_common FROM (
                SELECT FROM identity_fact_key l
                WHERE l.value = r.value AND l.authority = r.authority AND NOT l.is_named LIMIT {_COMMON + 1}
            ) AS listed
        ) AS c
        JOIN identity_fact_key k ON k.value = r.value AND k.authority = r.authority AND (k.is_named OR NOT c.is_common)
        JOIN identity_fact_key o ON o.fact_id = k.fact_id
        WHERE o.is_named OR EXISTS (
            SELECT FROM identity_fact_key n WHERE n.value = o.value AND n.authority = o.authority AND n.is_named
        )
    ), concerned AS (
        SELECT k.fact_id FROM reach r JOIN identity_fact_key k ON k.value = r.value AND k.authority = r.authority
        WHERE k.is_named OR EXISTS (
            SELECT FROM identity_fact_key n JOIN reach m ON m.value = n.value AND m.authority = n.authority
            WHERE n.fact_id = k.fact_id AND n.is_named
        )
    )
"""  # noqa: S608 - ours
_REACHED = text(f"{_REACH} SELECT value, authority FROM reach ORDER BY value, authority")  # noqa: S608 - ours
_OF = text(
    f"""
    {_REACH}
    SELECT f.id, f.at, f.content FROM identity_fact f
    WHERE f.id IN (SELECT c.fact_id FROM concerned c) ORDER BY f.at, f.id
    """  # noqa: S608 - ours
)


_TOLD = text(
    """
    SELECT f.subject FROM finding f
    WHERE f.kind = :kind AND f.resolved_at IS NULL AND (NOT EXISTS (
        SELECT FROM identity_fact i WHERE i.id = CAST(f.subject AS bigint)
    ) OR EXISTS (
        SELECT FROM identity_fact_key k
        JOIN unnest(CAST(:values AS text[]), CAST(:authorities AS text[])) AS a (value, authority)
            ON k.value = a.value AND k.authority = a.authority
        WHERE k.fact_id = CAST(f.subject AS bigint)))
    """
)
_OF_NUMBER = text("SELECT id, at, content FROM identity_fact WHERE id = :number")


def add(
    session: Session,
    keys: Sequence[FactKey],
    content: list[Any],
    *,
    concerning: Sequence[FactKey],
    at: datetime,
    hl7_message_id: UUID | None,
    now: datetime,
) -> tuple[int, bool]:
    """
    Keep the facts of one message; return their number, and whether they come late.

    They do if something was said of a later time about those whom they are ``concerning`` that could have come out
    otherwise had they been known.
    """
    values = {
        "at": at,
        "content": orjson.dumps(content).decode(),
        "message_id": hl7_message_id,
        "now": now,
        **_columns(keys),
        **{f"beside_{name}": column for name, column in _columns(concerning).items()},
    }
    added = _ADD.run(session, values).mappings().one()
    return int(added["id"]), bool(added["is_late"])


def reached(session: Session, keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return these identifiers and all whose facts concern theirs, at any distance."""
    return [(row.value, row.authority) for row in session.execute(_REACHED, _pairs(keys))]


def of(session: Session, keys: Iterable[tuple[str, str]]) -> list[KeptFact]:
    """Return all facts that concern these identifiers, at any distance, in the order of their events."""
    rows = session.execute(_OF, _pairs(keys))
    return [KeptFact(number=row.id, at=row.at, content=row.content) for row in rows]


def told_of(session: Session, kind: str, keys: Iterable[tuple[str, str]]) -> set[int]:
    """
    Return the numbers of facts that open findings of a kind are about.

    They are about these identifiers, or not kept any more, since their patient expired.
    """
    return {int(subject) for subject in session.scalars(_TOLD, {"kind": kind, **_pairs(keys)})}


def of_number(session: Session, number: int) -> KeptFact | None:
    """Return the facts of one message; ``None`` if they are not kept (any more)."""
    row = session.execute(_OF_NUMBER, {"number": number}).one_or_none()
    return KeptFact(number=row.id, at=row.at, content=row.content) if row else None


def _pairs(keys: Iterable[tuple[str, str]]) -> dict[str, Any]:
    pairs = sorted(set(keys))
    return {"values": [value for value, _ in pairs], "authorities": [authority for _, authority in pairs]}


def _columns(keys: Sequence[FactKey]) -> dict[str, Any]:
    return {
        "values": [key.value for key in keys],
        "authorities": [key.authority for key in keys],
        "named": [key.is_named for key in keys],
        "structural": [key.is_structural for key in keys],
    }
