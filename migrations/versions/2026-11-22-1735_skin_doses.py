"""
Maps of skin dose, what waits for one, calibrations of devices, where patients lay, and what their skin showed.

Revision: 0023, after 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE skin_map (
    id uuid NOT NULL CONSTRAINT pk_skin_map PRIMARY KEY,
    exam_id uuid NOT NULL CONSTRAINT fk_skin_map_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    revision_id uuid NOT NULL,
    method_version text NOT NULL,
    calibration_version integer,
    case_digest bytea NOT NULL,
    phantom text,
    map bytea,
    peak_mgy double precision,
    result bytea NOT NULL,
    made_at timestamptz NOT NULL
);
ALTER TABLE skin_map ALTER map SET STORAGE EXTERNAL, ALTER result SET STORAGE EXTERNAL;
CREATE INDEX ix_skin_map_exam_id_made_at ON skin_map (exam_id, made_at);

CREATE TABLE skin_map_due (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_skin_map_due PRIMARY KEY,
    exam_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ix_skin_map_due_exam_id ON skin_map_due (exam_id);

CREATE TABLE skin_calibration (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_skin_calibration PRIMARY KEY,
    device_id uuid NOT NULL CONSTRAINT fk_skin_calibration_device_id_device
        REFERENCES device (id) ON DELETE RESTRICT,
    version integer NOT NULL,
    conventions jsonb NOT NULL,
    tube jsonb NOT NULL,
    is_validated boolean NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT uq_skin_calibration_device_id_version UNIQUE (device_id, version)
);

CREATE TABLE skin_place (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_skin_place PRIMARY KEY,
    exam_id uuid NOT NULL CONSTRAINT fk_skin_place_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    left_mm double precision NOT NULL,
    back_mm double precision NOT NULL,
    head_mm double precision NOT NULL,
    position text,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX ix_skin_place_exam_id ON skin_place (exam_id);

CREATE TABLE skin_reaction (
    id uuid NOT NULL CONSTRAINT pk_skin_reaction PRIMARY KEY,
    exam_id uuid NOT NULL CONSTRAINT fk_skin_reaction_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    grade integer,
    seen_on date,
    place text NOT NULL,
    photo_reference text NOT NULL,
    comment text NOT NULL,
    withdraws uuid CONSTRAINT fk_skin_reaction_withdraws_skin_reaction
        REFERENCES skin_reaction (id) ON DELETE RESTRICT,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT uq_skin_reaction_withdraws UNIQUE (withdraws),
    CONSTRAINT ck_skin_reaction_grade_or_withdrawal CHECK ((grade IS NULL) = (withdraws IS NOT NULL)),
    CONSTRAINT ck_skin_reaction_grade_known CHECK (grade BETWEEN 0 AND 5)
);
CREATE INDEX ix_skin_reaction_exam_id ON skin_reaction (exam_id);

CREATE FUNCTION skin_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER skin_map_append_only BEFORE UPDATE OR DELETE ON skin_map
FOR EACH STATEMENT EXECUTE FUNCTION skin_refuse_change();
CREATE TRIGGER skin_calibration_append_only BEFORE UPDATE OR DELETE ON skin_calibration
FOR EACH STATEMENT EXECUTE FUNCTION skin_refuse_change();
CREATE TRIGGER skin_place_kept BEFORE DELETE ON skin_place
FOR EACH STATEMENT EXECUTE FUNCTION skin_refuse_change();
CREATE TRIGGER skin_reaction_kept BEFORE DELETE ON skin_reaction
FOR EACH STATEMENT EXECUTE FUNCTION skin_refuse_change();

-- What was counted before there were maps.
INSERT INTO skin_map_due (exam_id, at) SELECT id, now() FROM exam
WHERE state = 'counted' AND expired_at IS NULL AND (modality LIKE '%XA%' OR modality LIKE '%RF%');
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE skin_map, skin_map_due, skin_calibration, skin_place, skin_reaction;
DROP FUNCTION skin_refuse_change();
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
