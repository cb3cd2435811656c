"""
Retention: what expired and what is on hold or restricted; the journal of identities and HL7 messages are sealed.

Revision: 0010, after 0009
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCH = 200
_FIRST = "00000000-0000-0000-0000-000000000000"

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE patient ADD COLUMN restricted_since timestamptz, ADD COLUMN expired_at timestamptz;
ALTER TABLE exam ADD COLUMN expired_at timestamptz;
ALTER TABLE access_log ADD COLUMN reason text;
ALTER TABLE view_session ADD COLUMN break_glass text;
ALTER TABLE identity_event ADD COLUMN content bytea, ADD COLUMN key bytea;
ALTER TABLE hl7_message ADD COLUMN key bytea, ALTER COLUMN digest DROP NOT NULL;
DROP INDEX ix_hl7_message_received_at;
CREATE INDEX ix_hl7_message_received_at ON hl7_message (received_at) WHERE key IS NOT NULL;

CREATE TABLE legal_hold (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_legal_hold PRIMARY KEY,
    patient_id uuid CONSTRAINT fk_legal_hold_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    exam_id uuid CONSTRAINT fk_legal_hold_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    lifted_by text,
    lifted_at timestamptz,
    lift_reason text,
    CONSTRAINT ck_legal_hold_holds_one CHECK (num_nonnulls(patient_id, exam_id) = 1)
);
CREATE INDEX ix_legal_hold_patient_id ON legal_hold (patient_id) WHERE lifted_at IS NULL;
CREATE INDEX ix_legal_hold_exam_id ON legal_hold (exam_id) WHERE lifted_at IS NULL;

CREATE TABLE patient_restriction (
    id uuid NOT NULL CONSTRAINT pk_patient_restriction PRIMARY KEY,
    patient_id uuid NOT NULL
        CONSTRAINT fk_patient_restriction_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    lifted_by text,
    lifted_at timestamptz,
    lift_reason text
);
CREATE INDEX ix_patient_restriction_patient_id ON patient_restriction (patient_id);
CREATE UNIQUE INDEX uq_patient_restriction_current ON patient_restriction (patient_id) WHERE lifted_at IS NULL;

CREATE TABLE retention_event (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_retention_event PRIMARY KEY,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    rule text NOT NULL,
    patient_id uuid CONSTRAINT fk_retention_event_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    exam_id uuid CONSTRAINT fk_retention_event_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    detail jsonb NOT NULL,
    CONSTRAINT ck_retention_event_kind_known CHECK (kind IN ('exam','patient','objects','messages'))
);
CREATE INDEX ix_retention_event_patient_id ON retention_event (patient_id);
CREATE INDEX ix_retention_event_exam_id ON retention_event (exam_id);
CREATE FUNCTION retention_event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'retention_event is append-only';
END
$$;
CREATE TRIGGER retention_event_append_only BEFORE UPDATE OR DELETE ON retention_event
FOR EACH STATEMENT EXECUTE FUNCTION retention_event_refuse_change();
"""

_DOWN = """
ALTER TABLE identity_event DROP COLUMN content, DROP COLUMN key;
DROP INDEX ix_hl7_message_received_at;
ALTER TABLE hl7_message DROP COLUMN key;
CREATE INDEX ix_hl7_message_received_at ON hl7_message (received_at);
ALTER TABLE hl7_message ALTER COLUMN digest SET NOT NULL;
DROP TABLE retention_event;
DROP FUNCTION retention_event_refuse_change();
DROP TABLE patient_restriction;
DROP TABLE legal_hold;
ALTER TABLE view_session DROP COLUMN break_glass;
ALTER TABLE access_log DROP COLUMN reason;
ALTER TABLE exam DROP COLUMN expired_at;
ALTER TABLE patient DROP COLUMN restricted_since, DROP COLUMN expired_at;
"""


def upgrade() -> None:
    op.execute(_UP)
    _rewrite("identity_event", "before, after", "content = :content, key = :key", _sealed_event)
    _rewrite("hl7_message", "raw, ack", "raw = :raw, ack = :ack, key = :key", _sealed_message)
    op.execute("ALTER TABLE identity_event ALTER COLUMN content SET NOT NULL")
    op.execute("ALTER TABLE identity_event DROP COLUMN before, DROP COLUMN after")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # What was destroyed stays destroyed.
    op.execute(
        "ALTER TABLE identity_event ADD COLUMN before jsonb NOT NULL DEFAULT '{}',"
        " ADD COLUMN after jsonb NOT NULL DEFAULT '{}'"
    )
    op.execute("ALTER TABLE identity_event ALTER COLUMN before DROP DEFAULT, ALTER COLUMN after DROP DEFAULT")
    change = "before = CAST(:before AS jsonb), after = CAST(:after AS jsonb)"
    _rewrite("identity_event", "content, key", change, _opened_event)
    _rewrite("hl7_message", "raw, ack, key, digest, id", "raw = :raw, ack = :ack, digest = :digest", _opened_message)
    op.execute(_DOWN)


def _rewrite(table: str, columns: str, change: str, changed: Callable[..., dict[str, Any]]) -> None:
    """Change the rows of a table, some at a time."""
    connection = op.get_bind()
    fill = sa.text(f"UPDATE {table} SET {change} WHERE id = :id")  # noqa: S608 - ours
    later = sa.text(f"SELECT id, {columns} FROM {table} WHERE id > :last ORDER BY id LIMIT :batch")  # noqa: S608 - ours
    first = sa.text(f"SELECT id, {columns} FROM {table} WHERE id = :last")  # noqa: S608 - ours
    found = connection.execute(first, {"last": _FIRST}).all()
    found = found or connection.execute(later, {"last": _FIRST, "batch": _BATCH}).all()
    while found:
        rows = [
            {
                "id": row[0],
                **changed(*(bytes(value) if isinstance(value, memoryview) else value for value in row[1:])),
            }
            for row in found
        ]
        connection.execute(fill, rows)
        found = connection.execute(later, {"last": found[-1][0], "batch": _BATCH}).all()


def _sealed(key: bytes, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def _opened(key: bytes, sealed: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)


def _sealed_event(before: Any, after: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    key = secrets.token_bytes(32)
    plain = json.dumps({"before": before, "after": after}, separators=(",", ":")).encode()
    return {"content": _sealed(key, plain), "key": key}


def _opened_event(content: bytes, key: bytes | None) -> dict[str, Any]:
    event = json.loads(_opened(key, content)) if key is not None else {"before": {}, "after": {}}
    return {name: json.dumps(event[name]) for name in ("before", "after")}


def _sealed_message(raw: bytes, ack: bytes | None) -> dict[str, Any]:
    key = secrets.token_bytes(32)
    return {"raw": _sealed(key, raw), "ack": _sealed(key, ack) if ack is not None else None, "key": key}


def _opened_message(
    raw: bytes, ack: bytes | None, key: bytes | None, digest: str | None, own_id: object
) -> dict[str, Any]:
    if key is None:
        return {"raw": b"", "ack": None, "digest": digest or f"erased {own_id}"}
    return {"raw": _opened(key, raw), "ack": _opened(key, ack) if ack is not None else None, "digest": digest}
