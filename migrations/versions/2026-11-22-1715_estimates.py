"""
What methods say of exams, what waits for them, and who switched effective dose on.

Revision: 0020, after 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE estimate (
    id uuid NOT NULL CONSTRAINT pk_estimate PRIMARY KEY,
    exam_id uuid NOT NULL CONSTRAINT fk_estimate_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    revision_id uuid NOT NULL,
    method_id text NOT NULL,
    method_version text NOT NULL,
    case_digest bytea NOT NULL,
    outcomes bytea NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX ix_estimate_exam_id_method_id_made_at ON estimate (exam_id, method_id, made_at);

CREATE TABLE estimate_due (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_estimate_due PRIMARY KEY,
    exam_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ix_estimate_due_exam_id ON estimate_due (exam_id);

CREATE TABLE effective_dose_switch (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_effective_dose_switch PRIMARY KEY,
    site text NOT NULL,
    is_on boolean NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX ix_effective_dose_switch_site ON effective_dose_switch (site);

CREATE FUNCTION estimate_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER estimate_append_only BEFORE UPDATE OR DELETE ON estimate
FOR EACH STATEMENT EXECUTE FUNCTION estimate_refuse_change();
CREATE TRIGGER effective_dose_switch_append_only BEFORE UPDATE OR DELETE ON effective_dose_switch
FOR EACH STATEMENT EXECUTE FUNCTION estimate_refuse_change();

-- Age and sex go into estimates, and a merge brings in what else was observed. Who somebody is changes in many places.
CREATE FUNCTION estimate_due_of_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO estimate_due (exam_id, at)
    SELECT e.id, now() FROM patient p JOIN exam e ON e.patient_id = p.id
    WHERE p.family_id IN (OLD.family_id, NEW.family_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER estimate_due_of_patient AFTER UPDATE OF birth_date, sex, family_id ON patient
FOR EACH ROW
WHEN ((OLD.birth_date, OLD.sex, OLD.family_id) IS DISTINCT FROM (NEW.birth_date, NEW.sex, NEW.family_id))
EXECUTE FUNCTION estimate_due_of_patient();

-- What was counted before there were methods.
INSERT INTO estimate_due (exam_id, at) SELECT id, now() FROM exam WHERE state = 'counted' AND expired_at IS NULL;
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TRIGGER estimate_due_of_patient ON patient;
DROP FUNCTION estimate_due_of_patient();
DROP TABLE estimate, estimate_due, effective_dose_switch;
DROP FUNCTION estimate_refuse_change();
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
