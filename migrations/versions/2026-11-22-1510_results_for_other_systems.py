"""
What other systems are told of exams: destinations, what each was told, and a queue of messages for each.

Revision: 0015, after 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE outbound_destination (
    id uuid NOT NULL CONSTRAINT pk_outbound_destination PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_outbound_destination_name UNIQUE,
    host text NOT NULL,
    port integer NOT NULL,
    is_active boolean NOT NULL,
    is_strict boolean NOT NULL,
    modalities jsonb NOT NULL,
    exams_since timestamptz NOT NULL,
    quiet_s integer NOT NULL,
    answer_timeout_s integer NOT NULL,
    uses_tls boolean NOT NULL,
    server_name text,
    ca_file text,
    certificate_file text,
    key_file text,
    form jsonb NOT NULL,
    held_by uuid,
    held_until timestamptz,
    created_at timestamptz NOT NULL
);

CREATE TABLE outbound_exam (
    destination_id uuid NOT NULL CONSTRAINT fk_outbound_exam_destination_id_outbound_destination
        REFERENCES outbound_destination (id) ON DELETE RESTRICT,
    exam_id uuid NOT NULL CONSTRAINT fk_outbound_exam_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    look_at timestamptz,
    told jsonb NOT NULL,
    told_patient_id uuid CONSTRAINT fk_outbound_exam_told_patient_id_patient
        REFERENCES patient (id) ON DELETE RESTRICT,
    CONSTRAINT pk_outbound_exam PRIMARY KEY (destination_id, exam_id)
);
CREATE INDEX ix_outbound_exam_exam_id ON outbound_exam (exam_id);
CREATE INDEX ix_outbound_exam_look_at ON outbound_exam (look_at) WHERE look_at IS NOT NULL;

CREATE TABLE outbound_message (
    number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbound_message PRIMARY KEY,
    destination_id uuid NOT NULL CONSTRAINT fk_outbound_message_destination_id_outbound_destination
        REFERENCES outbound_destination (id) ON DELETE RESTRICT,
    exam_id uuid NOT NULL CONSTRAINT fk_outbound_message_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    patient_id uuid NOT NULL CONSTRAINT fk_outbound_message_patient_id_patient
        REFERENCES patient (id) ON DELETE RESTRICT,
    kind text NOT NULL,
    control_id text NOT NULL CONSTRAINT uq_outbound_message_control_id UNIQUE,
    content bytea NOT NULL,
    key bytea,
    state text NOT NULL,
    attempts integer NOT NULL,
    not_before timestamptz NOT NULL,
    problem text,
    answer bytea,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT ck_outbound_message_state_known CHECK (state IN ('queued','sent','parked','dropped')),
    CONSTRAINT ck_outbound_message_kind_known CHECK (kind IN ('F','C','D','W'))
);
CREATE INDEX ix_outbound_message_exam_id ON outbound_message (exam_id);
CREATE INDEX ix_outbound_message_destination_id_number ON outbound_message (destination_id, number)
    WHERE state IN ('queued','parked');
CREATE INDEX ix_outbound_message_created_at ON outbound_message (created_at) WHERE key IS NOT NULL;
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TABLE outbound_message;
DROP TABLE outbound_exam;
DROP TABLE outbound_destination;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
