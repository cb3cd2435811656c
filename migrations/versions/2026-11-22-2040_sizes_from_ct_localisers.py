"""
Calibrations of CT localisers, and sizes that were measured by them.

Revision: 0030, after 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE localiser_calibration (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_localiser_calibration PRIMARY KEY,
    device_id uuid NOT NULL CONSTRAINT fk_localiser_calibration_device_id_device
        REFERENCES device (id) ON DELETE RESTRICT,
    version integer NOT NULL,
    calibrations jsonb NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT uq_localiser_calibration_device_id_version UNIQUE (device_id, version)
);
CREATE TRIGGER localiser_calibration_append_only BEFORE UPDATE OR DELETE ON localiser_calibration
FOR EACH STATEMENT EXECUTE FUNCTION skin_refuse_change();
CREATE TRIGGER localiser_calibration_not_truncated BEFORE TRUNCATE ON localiser_calibration
FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse_truncate();

CREATE TABLE localiser_size (
    exam_id uuid NOT NULL CONSTRAINT fk_localiser_size_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    event_uid text NOT NULL,
    series_instance_uid text NOT NULL,
    sop_instance_uid text NOT NULL,
    z_mm double precision[] NOT NULL,
    dw_mm double precision[] NOT NULL,
    calibration_version integer NOT NULL,
    method_version text NOT NULL,
    measured_at timestamptz NOT NULL,
    CONSTRAINT pk_localiser_size PRIMARY KEY (exam_id, event_uid)
);
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE localiser_calibration, localiser_size;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
