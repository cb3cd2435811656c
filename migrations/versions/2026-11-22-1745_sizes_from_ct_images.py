"""
Sizes of patients that were measured in CT images, and which exams were looked at.

Revision: 0024, after 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE ct_size (
    exam_id uuid NOT NULL CONSTRAINT fk_ct_size_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    event_uid text NOT NULL,
    series_instance_uid text NOT NULL,
    sop_instance_uid text NOT NULL,
    slices bytea NOT NULL,
    method_version text NOT NULL,
    measured_at timestamptz NOT NULL,
    CONSTRAINT pk_ct_size PRIMARY KEY (exam_id, event_uid)
);

CREATE TABLE ct_size_look (
    exam_id uuid NOT NULL CONSTRAINT pk_ct_size_look PRIMARY KEY
        CONSTRAINT fk_ct_size_look_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    evidence_at timestamptz,
    attempts integer NOT NULL,
    not_before timestamptz NOT NULL,
    reason text
);
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE ct_size, ct_size_look;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
