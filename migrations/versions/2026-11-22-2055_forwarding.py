"""
Dose SRs forwarded to registries and archives.

Revision: 0031, after 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE forward_destination (
    id uuid NOT NULL CONSTRAINT pk_forward_destination PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_forward_destination_name UNIQUE,
    protocol text NOT NULL CONSTRAINT ck_forward_destination_protocol_known
        CHECK (protocol IN ('pacs','folder','c-store','stow-rs')),
    pacs text,
    node jsonb NOT NULL,
    is_active boolean NOT NULL,
    is_identified boolean NOT NULL,
    modalities text[] NOT NULL,
    device_ids uuid[] NOT NULL,
    reports text NOT NULL CONSTRAINT ck_forward_destination_reports_known CHECK (reports IN ('device','own','all')),
    since timestamptz NOT NULL,
    keeps_characteristics boolean NOT NULL,
    keeps_device boolean NOT NULL,
    released_texts text[] NOT NULL,
    key_check text,
    swept_until timestamptz NOT NULL,
    failures integer NOT NULL,
    waits_until timestamptz,
    problem text,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT ck_forward_destination_pacs_is_named CHECK ((protocol = 'pacs') = (pacs IS NOT NULL)),
    CONSTRAINT ck_forward_destination_registry_is_not_told_who CHECK (protocol = 'pacs' OR NOT is_identified)
);

CREATE TABLE forward (
    number bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_forward PRIMARY KEY,
    destination_id uuid NOT NULL CONSTRAINT fk_forward_destination_id_forward_destination
        REFERENCES forward_destination (id) ON DELETE RESTRICT,
    evidence_id uuid NOT NULL CONSTRAINT fk_forward_evidence_id_evidence REFERENCES evidence (id) ON DELETE RESTRICT,
    exam_id uuid NOT NULL CONSTRAINT fk_forward_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    state text NOT NULL CONSTRAINT ck_forward_state_known
        CHECK (state IN ('waiting','withheld','sent','parked','cancelled')),
    attempts integer NOT NULL,
    problem text,
    sent_as text,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT uq_forward_destination_id_evidence_id UNIQUE (destination_id, evidence_id)
);
CREATE INDEX ix_forward_exam_id ON forward (exam_id);
CREATE INDEX ix_forward_destination_id_number ON forward (destination_id, number) WHERE state = 'waiting';
CREATE INDEX ix_forward_state ON forward (state) WHERE state IN ('withheld','parked');
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE forward;
DROP TABLE forward_destination;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
