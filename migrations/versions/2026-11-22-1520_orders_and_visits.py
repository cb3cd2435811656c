"""
Imaging orders, what messages say of them and of visits, and which exams were made for them.

Revision: 0016, after 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE imaging_order (
    id uuid NOT NULL CONSTRAINT pk_imaging_order PRIMARY KEY,
    joined_into_id uuid
        CONSTRAINT fk_imaging_order_joined_into_id_imaging_order REFERENCES imaging_order (id) ON DELETE RESTRICT,
    patient_id uuid CONSTRAINT fk_imaging_order_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    whose uuid[] NOT NULL DEFAULT '{}',
    moved_by_id uuid
        CONSTRAINT fk_imaging_order_moved_by_id_hl7_message REFERENCES hl7_message (id) ON DELETE RESTRICT,
    placer_number text,
    placer_issuer text,
    filler_number text,
    filler_issuer text,
    status text,
    status_at timestamptz,
    ordered_at timestamptz NOT NULL,
    said_at timestamptz NOT NULL,
    planned_at timestamptz,
    procedure_code text,
    procedure_scheme text,
    procedure_text text,
    indication text,
    reason_code text,
    reason_scheme text,
    reason_text text,
    referrer text,
    priority text,
    section text,
    visit_number text,
    visit_issuer text,
    account_number text,
    account_issuer text,
    is_visit_deleted boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    due_at timestamptz,
    expired_at timestamptz,
    CONSTRAINT ck_imaging_order_status_known
        CHECK (status IN ('ordered','scheduled','in_progress','completed','cancelled'))
);
CREATE INDEX ix_imaging_order_joined_into_id ON imaging_order (joined_into_id);
CREATE INDEX ix_imaging_order_placer_number ON imaging_order (placer_number);
CREATE INDEX ix_imaging_order_filler_number ON imaging_order (filler_number);
CREATE INDEX ix_imaging_order_visit_number ON imaging_order (visit_number);
CREATE INDEX ix_imaging_order_account_number ON imaging_order (account_number);
CREATE INDEX ix_imaging_order_due_at ON imaging_order (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_imaging_order_created_at_id ON imaging_order (created_at, id);
CREATE INDEX ix_imaging_order_ordered_at ON imaging_order (ordered_at);
CREATE INDEX ix_imaging_order_patient_id ON imaging_order (patient_id);
CREATE INDEX ix_imaging_order_whose ON imaging_order USING gin (whose);
CREATE INDEX ix_imaging_order_status_at ON imaging_order (status_at) WHERE status = 'completed';

CREATE TABLE order_procedure (
    order_id uuid NOT NULL
        CONSTRAINT fk_order_procedure_order_id_imaging_order REFERENCES imaging_order (id) ON DELETE RESTRICT,
    position integer NOT NULL,
    study_instance_uid text,
    accession_number text,
    accession_issuer text,
    requested_procedure_id text,
    step_ids text[] NOT NULL,
    modalities text[] NOT NULL,
    station_ae_titles text[] NOT NULL,
    station_name text,
    location text,
    protocol_code text,
    protocol_scheme text,
    protocol_text text,
    CONSTRAINT pk_order_procedure PRIMARY KEY (order_id, position)
);
CREATE INDEX ix_order_procedure_study_instance_uid ON order_procedure (study_instance_uid);
CREATE INDEX ix_order_procedure_accession_number ON order_procedure (accession_number);

CREATE TABLE order_statement (
    id uuid NOT NULL CONSTRAINT pk_order_statement PRIMARY KEY,
    order_id uuid NOT NULL
        CONSTRAINT fk_order_statement_order_id_imaging_order REFERENCES imaging_order (id) ON DELETE RESTRICT,
    hl7_message_id uuid NOT NULL
        CONSTRAINT fk_order_statement_hl7_message_id_hl7_message REFERENCES hl7_message (id) ON DELETE RESTRICT,
    number integer NOT NULL,
    said_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    content bytea NOT NULL,
    key bytea,
    CONSTRAINT uq_order_statement_hl7_message_id_number UNIQUE (hl7_message_id, number)
);
CREATE INDEX ix_order_statement_order_id ON order_statement (order_id);

CREATE TABLE order_match (
    order_id uuid NOT NULL
        CONSTRAINT fk_order_match_order_id_imaging_order REFERENCES imaging_order (id) ON DELETE RESTRICT,
    exam_id uuid NOT NULL CONSTRAINT fk_order_match_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    rule text NOT NULL,
    confidence text NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT pk_order_match PRIMARY KEY (order_id, exam_id),
    CONSTRAINT ck_order_match_rule_known
        CHECK (rule IN ('by_hand','study_uid','accession','patient_and_time')),
    CONSTRAINT ck_order_match_confidence_known CHECK (confidence IN ('certain','high','low'))
);
CREATE INDEX ix_order_match_exam_id ON order_match (exam_id);

CREATE TABLE order_decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_order_decision PRIMARY KEY,
    order_id uuid NOT NULL
        CONSTRAINT fk_order_decision_order_id_imaging_order REFERENCES imaging_order (id) ON DELETE RESTRICT,
    exam_id uuid NOT NULL CONSTRAINT fk_order_decision_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    kind text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    comment text NOT NULL,
    CONSTRAINT ck_order_decision_kind_known CHECK (kind IN ('matched','unmatched','withdrawn'))
);
CREATE INDEX ix_order_decision_order_id ON order_decision (order_id);
CREATE INDEX ix_order_decision_exam_id ON order_decision (exam_id);

CREATE TABLE stay_event (
    hl7_message_id uuid NOT NULL
        CONSTRAINT fk_stay_event_hl7_message_id_hl7_message REFERENCES hl7_message (id) ON DELETE RESTRICT,
    position integer NOT NULL,
    event text NOT NULL,
    register text NOT NULL,
    number text NOT NULL,
    issuer text NOT NULL,
    new_number text,
    new_issuer text,
    from_patient_id uuid CONSTRAINT fk_stay_event_from_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    to_patient_id uuid CONSTRAINT fk_stay_event_to_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    said_at timestamptz NOT NULL,
    control_id text NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT pk_stay_event PRIMARY KEY (hl7_message_id, position),
    CONSTRAINT ck_stay_event_event_known CHECK (event IN ('moved','renumbered','merged','deleted')),
    CONSTRAINT ck_stay_event_register_known CHECK (register IN ('visit','account'))
);
CREATE INDEX ix_stay_event_number ON stay_event (number);
CREATE INDEX ix_stay_event_new_number ON stay_event (new_number);
CREATE INDEX ix_stay_event_from_patient_id ON stay_event (from_patient_id);
CREATE INDEX ix_stay_event_to_patient_id ON stay_event (to_patient_id);

CREATE INDEX ix_exam_created_at ON exam USING brin (created_at);
ALTER TABLE exam_decision ADD COLUMN hl7_message_id uuid
    CONSTRAINT fk_exam_decision_hl7_message_id_hl7_message REFERENCES hl7_message (id) ON DELETE RESTRICT;
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';
ALTER TABLE exam_decision DROP COLUMN hl7_message_id;
DROP INDEX ix_exam_created_at;
DROP TABLE stay_event;
DROP TABLE order_decision;
DROP TABLE order_match;
DROP TABLE order_statement;
DROP TABLE order_procedure;
DROP TABLE imaging_order;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
