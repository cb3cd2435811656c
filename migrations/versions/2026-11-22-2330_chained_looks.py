"""
Each look has a place in the chain of the process that recorded it, and anchors tell what the chains had come to.

It also tells from where somebody asked, and what came of it where they were refused. Feeds hand the looks on to audit
repositories, anchor by anchor.

The foreign keys of the log go: who adds to a chain must wait for nobody, and what they guarded is never deleted.

Revision: 0034, after 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE access_log
    ADD COLUMN chain_id uuid,
    ADD COLUMN position bigint,
    ADD COLUMN digest bytea,
    ADD COLUMN asked_from text,
    ADD COLUMN outcome text,
    ADD CONSTRAINT uq_access_log_chain_id_position UNIQUE (chain_id, position),
    DROP CONSTRAINT fk_access_log_user_id_app_user,
    DROP CONSTRAINT fk_access_log_patient_id_patient,
    DROP CONSTRAINT fk_access_log_exam_id_exam;

CREATE TABLE access_anchor (
    number integer NOT NULL CONSTRAINT pk_access_anchor PRIMARY KEY,
    at timestamptz NOT NULL,
    digest bytea NOT NULL
);

CREATE TABLE access_anchor_head (
    number integer NOT NULL
        CONSTRAINT fk_access_anchor_head_number_access_anchor REFERENCES access_anchor (number) ON DELETE RESTRICT,
    chain_id uuid NOT NULL,
    position bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT pk_access_anchor_head PRIMARY KEY (number, chain_id)
);
CREATE INDEX ix_access_anchor_head_chain_id_position ON access_anchor_head (chain_id, position);

CREATE TABLE audit_feed (
    name text NOT NULL CONSTRAINT pk_audit_feed PRIMARY KEY,
    anchor integer NOT NULL,
    sent integer NOT NULL
);

CREATE FUNCTION access_anchor_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER access_anchor_append_only BEFORE UPDATE OR DELETE ON access_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION access_anchor_refuse_change();
CREATE TRIGGER access_anchor_not_truncated BEFORE TRUNCATE ON access_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse_truncate();
CREATE TRIGGER access_anchor_head_append_only BEFORE UPDATE OR DELETE ON access_anchor_head
    FOR EACH STATEMENT EXECUTE FUNCTION access_anchor_refuse_change();
CREATE TRIGGER access_anchor_head_not_truncated BEFORE TRUNCATE ON access_anchor_head
    FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse_truncate();
"""

# As they were, but for what is there already: it was never asked, and to look it through would hold up the log.
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE audit_feed;
DROP TABLE access_anchor_head;
DROP TABLE access_anchor;
DROP FUNCTION access_anchor_refuse_change();

ALTER TABLE access_log
    DROP COLUMN chain_id,
    DROP COLUMN position,
    DROP COLUMN digest,
    DROP COLUMN asked_from,
    DROP COLUMN outcome,
    ADD CONSTRAINT fk_access_log_user_id_app_user
        FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE RESTRICT NOT VALID,
    ADD CONSTRAINT fk_access_log_patient_id_patient
        FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE RESTRICT NOT VALID,
    ADD CONSTRAINT fk_access_log_exam_id_exam FOREIGN KEY (exam_id) REFERENCES exam (id) ON DELETE RESTRICT NOT VALID;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
