"""
Every name and birth date that was ever stated of a patient, patients that stand for somebody unknown, observations.

Revision: 0019, after 0018
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BATCH = 500

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE patient_alias (
    id uuid NOT NULL CONSTRAINT pk_patient_alias PRIMARY KEY,
    patient_id uuid NOT NULL CONSTRAINT fk_patient_alias_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    kind text NOT NULL CONSTRAINT ck_patient_alias_kind_known CHECK (kind IN ('name','birth_date','dicom_id')),
    value text NOT NULL,
    since timestamptz NOT NULL
);
CREATE UNIQUE INDEX uq_patient_alias_value ON patient_alias (patient_id, kind, md5(value));
CREATE INDEX ix_patient_alias_dicom_id ON patient_alias (md5(value)) WHERE kind = 'dicom_id';

CREATE TABLE patient_placeholder (
    patient_id uuid NOT NULL CONSTRAINT pk_patient_placeholder PRIMARY KEY
        CONSTRAINT fk_patient_placeholder_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    rule text,
    since timestamptz NOT NULL,
    identity_unknown boolean,
    stated_at timestamptz
);

CREATE TABLE patient_observation (
    id uuid NOT NULL CONSTRAINT pk_patient_observation PRIMARY KEY,
    patient_id uuid NOT NULL
        CONSTRAINT fk_patient_observation_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    observed text NOT NULL CONSTRAINT ck_patient_observation_observed_known
        CHECK (observed IN ('body_weight','body_height','head_circumference','pregnancy')),
    state text NOT NULL CONSTRAINT ck_patient_observation_state_known
        CHECK (state IN ('valid','refused','withdrawn')),
    reason text,
    observed_at timestamptz NOT NULL,
    is_time_of_message boolean NOT NULL,
    stated_at timestamptz NOT NULL,
    value double precision,
    pregnancy text,
    stated_value text NOT NULL,
    stated_unit text NOT NULL,
    code text NOT NULL,
    hl7_message_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX uq_patient_observation_statement
    ON patient_observation (patient_id, observed, observed_at, state, stated_value, stated_unit);
"""
_STATED = """
SELECT id, patient_id, content, key FROM identity_event
WHERE key IS NOT NULL AND hl7_message_id IS NOT NULL AND kind IN ('created', 'demographics') AND id > :last
ORDER BY id LIMIT :batch
"""
_ALIAS = """
INSERT INTO patient_alias (id, patient_id, kind, value, since)
VALUES (gen_random_uuid(), :patient_id, :kind, :value, now()) ON CONFLICT DO NOTHING
"""
# The finding was all that came of it before; now such exams are held.
_REFILE = """
INSERT INTO outbox (kind, site, study_instance_uid, at)
SELECT 'refile', e.site, e.study_instance_uid, now() FROM exam e
WHERE e.id IN (SELECT f.exam_id FROM finding f WHERE f.kind = 'patient_disagrees' AND f.resolved_at IS NULL)
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE patient_observation, patient_placeholder, patient_alias;
"""


def upgrade() -> None:
    op.execute(_UP)
    _remember()
    op.execute(_REFILE)


def downgrade() -> None:
    op.execute(_DOWN)


def _remember() -> None:
    """Take what messages stated from the journal, some rows at a time."""
    connection = op.get_bind()
    stated = sa.text(_STATED)
    last = "00000000-0000-0000-0000-000000000000"
    while rows := connection.execute(stated, {"last": last, "batch": _BATCH}).all():
        aliases = [alias for row in rows for alias in _aliases(str(row.patient_id), bytes(row.key), bytes(row.content))]
        if aliases:
            connection.execute(sa.text(_ALIAS), aliases)
        last = rows[-1].id


def _aliases(patient_id: str, key: bytes, content: bytes) -> list[dict[str, Any]]:
    after = json.loads(AESGCM(key).decrypt(content[:12], content[12:], None)).get("after") or {}
    return [
        {"patient_id": patient_id, "kind": kind, "value": after[kind]}
        for kind in ("name", "birth_date")
        if after.get(kind)
    ]
