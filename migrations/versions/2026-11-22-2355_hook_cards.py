"""
The cards that EHRs were given while something was ordered, and what people did about them.

Revision: 0040, after 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE hook_card (
    id uuid NOT NULL CONSTRAINT pk_hook_card PRIMARY KEY,
    kind text NOT NULL
        CONSTRAINT ck_hook_card_kind_known CHECK (kind IN ('prior_similar','recent','pregnancy','skin_follow_up')),
    hook text NOT NULL,
    hook_instance uuid NOT NULL,
    client text NOT NULL,
    acting text NOT NULL,
    patient_id uuid NOT NULL CONSTRAINT fk_hook_card_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    exam_ids uuid[] NOT NULL,
    order_numbers text[] NOT NULL,
    suggestion_id uuid,
    shown_at timestamptz NOT NULL
);
CREATE INDEX ix_hook_card_patient_id ON hook_card (patient_id);

CREATE TABLE hook_feedback (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_hook_feedback PRIMARY KEY,
    card_id uuid NOT NULL CONSTRAINT fk_hook_feedback_card_id_hook_card REFERENCES hook_card (id) ON DELETE RESTRICT,
    outcome text NOT NULL CONSTRAINT ck_hook_feedback_outcome_known CHECK (outcome IN ('accepted','overridden')),
    reason jsonb,
    comment text NOT NULL,
    outcome_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    digest text NOT NULL,
    CONSTRAINT uq_hook_feedback_card_id_digest UNIQUE (card_id, digest)
);

-- Nothing of them changes but what leads to a patient, and that only to nothing.
CREATE FUNCTION hook_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE FUNCTION hook_card_only_expires() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.order_numbers <> '{}'
        OR (to_jsonb(NEW) - 'order_numbers') IS DISTINCT FROM (to_jsonb(OLD) - 'order_numbers') THEN
        RAISE EXCEPTION 'hook_card is append-only';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION hook_feedback_only_expires() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.comment <> '' OR (to_jsonb(NEW) - 'comment') IS DISTINCT FROM (to_jsonb(OLD) - 'comment') THEN
        RAISE EXCEPTION 'hook_feedback is append-only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER hook_card_kept BEFORE DELETE OR TRUNCATE ON hook_card
FOR EACH STATEMENT EXECUTE FUNCTION hook_refuse_change();
CREATE TRIGGER hook_feedback_kept BEFORE DELETE OR TRUNCATE ON hook_feedback
FOR EACH STATEMENT EXECUTE FUNCTION hook_refuse_change();
CREATE TRIGGER hook_card_append_only BEFORE UPDATE ON hook_card
FOR EACH ROW EXECUTE FUNCTION hook_card_only_expires();
CREATE TRIGGER hook_feedback_append_only BEFORE UPDATE ON hook_feedback
FOR EACH ROW EXECUTE FUNCTION hook_feedback_only_expires();
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE hook_feedback, hook_card;
DROP FUNCTION hook_refuse_change();
DROP FUNCTION hook_card_only_expires();
DROP FUNCTION hook_feedback_only_expires();
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
