"""Queries on HL7 messages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import select

from db.prepared import Prepared
from db.sealed import ErasedError, new_key, seal, unseal
from db.session import Session
from db.tables.hl7_message import Hl7MessageRow

CONTROL_ID_USED_BEFORE = "MSH-10 names another message of this sender as well"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """A message that is kept. ``ack`` is its acknowledgement as it was stored, ``None`` before that."""

    id: UUID
    received_at: datetime
    status: str
    ack: bytes | None
    is_new: bool = False  # this transaction has kept it
    key: bytes | None = field(repr=False)


# What is committed with synchronous_commit off is on disk with the next commit that waits, as the one of the
# acknowledgement does; before that only a failure of the database's machine can lose it, and nobody was promised it.
# Source: PostgreSQL documentation, 30.4 (Asynchronous Commit).
_KEEP = Prepared(
    "keep_hl7_message",
    """
    WITH waiting AS MATERIALIZED (
        SELECT set_config('synchronous_commit', CASE WHEN CAST(:is_answered AS boolean)
            THEN current_setting('synchronous_commit') ELSE 'off' END, true)
    ), made AS (
        INSERT INTO hl7_message (id, raw, key, digest, sending_application, sending_facility, message_type, control_id,
            received_at, peer, status, warnings)
        SELECT CAST(:id AS uuid), CAST(:raw AS bytea), CAST(:key AS bytea), CAST(:digest AS text),
            CAST(:sending_application AS text), CAST(:sending_facility AS text), CAST(:message_type AS text),
            CAST(:control_id AS text), CAST(:received_at AS timestamptz), CAST(:peer AS text), 'pending',
            CASE WHEN CAST(:control_id AS text) <> '' AND EXISTS (
                SELECT FROM hl7_message WHERE control_id = CAST(:control_id AS text)
                    AND sending_application = CAST(:sending_application AS text)
                    AND sending_facility = CAST(:sending_facility AS text)
            ) THEN jsonb_build_array(CAST(:used_before AS text)) ELSE CAST('[]' AS jsonb) END
        FROM waiting
        ON CONFLICT (digest) DO NOTHING
        RETURNING id, received_at, status, key, ack
    )
    SELECT id, received_at, status, key, ack, true AS is_new FROM made
    UNION ALL
    SELECT id, received_at, status, key, ack, false FROM hl7_message WHERE digest = CAST(:digest AS text)
    """,
)


def keep(
    session: Session, raw: bytes, *, received_at: datetime, peer: str, stated: dict[str, str], is_answered: bool
) -> KeptMessage:
    """
    Keep a message and return it. The same bytes are kept once, and anew if those kept have expired.

    Args:
        session: the unit of work.
        raw: the message without its frame.
        received_at: when it came.
        peer: from which network address.
        stated: ``sending_application``, ``sending_facility``, ``message_type``, ``control_id``.
        is_answered: whether the sender is answered after the commit of this.
    """
    key = new_key()
    values = {
        "id": uuid4(),
        "raw": seal(key, raw),
        "key": key,
        "digest": hashlib.sha256(raw).hexdigest(),
        "received_at": received_at,
        "peer": peer,
        "used_before": CONTROL_ID_USED_BEFORE,
        "is_answered": is_answered,
        **stated,
    }
    while True:
        row = _KEEP.run(session, values).mappings().one_or_none()
        if row is not None:
            return _kept(dict(row))
        # Somebody else has kept the same bytes since this statement began to look; the next look finds them.


_TAKE = Prepared(
    "take_hl7_message",
    "SELECT id, received_at, status, key, ack FROM hl7_message WHERE id = CAST(:id AS uuid) FOR UPDATE",
)


def take(session: Session, message_id: UUID) -> KeptMessage:
    """Return a message for this transaction alone; others wait until it is answered."""
    return _kept(dict(_TAKE.run(session, {"id": message_id}).mappings().one()))


_FINISH = Prepared(
    "finish_hl7_message",
    """
    UPDATE hl7_message SET status = CAST(:status AS text), reason = CAST(:reason AS text),
        ack = CAST(:ack AS bytea), answered_at = CAST(:answered_at AS timestamptz),
        warnings = CASE WHEN warnings @> jsonb_build_array(CAST(:used_before AS text))
            THEN jsonb_build_array(CAST(:used_before AS text)) ELSE CAST('[]' AS jsonb) END || CAST(:warnings AS jsonb)
    WHERE id = CAST(:id AS uuid)
    """,
)


def finish(session: Session, kept: KeptMessage, ack: bytes, values: dict[str, Any], warnings: Sequence[str]) -> None:
    """
    Write down how a message was answered.

    Args:
        session: the unit of work.
        kept: the message, taken by this transaction.
        ack: its acknowledgement as it is sent.
        values: ``status``, ``reason``, ``answered_at``.
        warnings: what was tolerated.

    Raises:
        ErasedError: the time to keep the message is over.
    """
    if kept.key is None:
        raise ErasedError("the key of this message was destroyed when the time to keep it was over")
    told = {
        "id": kept.id,
        "ack": seal(kept.key, ack),
        "warnings": orjson.dumps(list(warnings)).decode(),
        "used_before": CONTROL_ID_USED_BEFORE,
    }
    _FINISH.run_later(session, told | values)


def raw_of(row: Hl7MessageRow) -> bytes:
    """
    Return the message as it was received.

    Raises:
        ErasedError: the time to keep it is over.
    """
    return unseal(row.key, row.raw)


def ack_of(row: Hl7MessageRow) -> bytes | None:
    """
    Return the acknowledgement as it was stored, ``None`` before that.

    Raises:
        ErasedError: the time to keep it is over.
    """
    return unseal(row.key, row.ack) if row.ack is not None else None


def get(session: Session, message_id: UUID) -> Hl7MessageRow:
    """Return a message; one that this session holds already costs no query."""
    return session.get_one(Hl7MessageRow, message_id)


def pending(session: Session, *, kept_until: datetime) -> list[UUID]:
    """Return the messages kept until a time and not answered, in the order in which they came."""
    query = select(Hl7MessageRow.id).where(
        Hl7MessageRow.status == "pending", Hl7MessageRow.received_at <= kept_until, Hl7MessageRow.key.is_not(None)
    )
    return list(session.scalars(query.order_by(Hl7MessageRow.arrival)))


def _kept(row: dict[str, Any]) -> KeptMessage:
    key, ack = (None if row[name] is None else bytes(row[name]) for name in ("key", "ack"))
    return KeptMessage(**row | {"key": key, "ack": None if ack is None else unseal(key, ack)})
