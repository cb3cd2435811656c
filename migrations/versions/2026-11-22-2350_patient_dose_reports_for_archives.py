"""
Patient dose reports for archives, with the maps of skin dose that they name.

Revision: 0038, after 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE patient_dose_due (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_patient_dose_due PRIMARY KEY,
    exam_id uuid NOT NULL,
    at timestamptz NOT NULL,
    is_of_many boolean NOT NULL
);
CREATE INDEX ix_patient_dose_due_exam_id ON patient_dose_due (exam_id);

ALTER TABLE publication
    ADD COLUMN names_id uuid CONSTRAINT fk_publication_names_id_publication
        REFERENCES publication (id) ON DELETE RESTRICT,
    ADD COLUMN tells_effective_dose boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT uq_publication_exam_id_revision_kind_destination_edition,
    ADD CONSTRAINT uq_publication_exam_id_revision_kind_destination_edition
        UNIQUE NULLS NOT DISTINCT (exam_id, revision, kind, destination, edition, substance);
"""

# What archives have of it stays there, and is known no more.
_DOWN = """
SET LOCAL lock_timeout = '5s';

DELETE FROM finding WHERE kind = 'dose_sr_not_planned' OR kind LIKE 'dose_sr_%'
    AND (subject LIKE '% patient dose%' OR subject LIKE '% skin map image%');
DELETE FROM commitment WHERE publication_id IN (
    SELECT id FROM publication WHERE kind LIKE 'patient dose %' OR kind = 'skin map image');
ALTER TABLE publication DROP COLUMN names_id, DROP COLUMN tells_effective_dose;
UPDATE publication SET predecessor_id = NULL WHERE kind LIKE 'patient dose %' OR kind = 'skin map image';
DELETE FROM publication WHERE kind LIKE 'patient dose %' OR kind = 'skin map image';
UPDATE pacs_destination SET kinds = array_remove(kinds, 'patient dose') WHERE 'patient dose' = ANY(kinds);
ALTER TABLE publication
    DROP CONSTRAINT uq_publication_exam_id_revision_kind_destination_edition,
    ADD CONSTRAINT uq_publication_exam_id_revision_kind_destination_edition
        UNIQUE (exam_id, revision, kind, destination, edition);
DROP TABLE patient_dose_due;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
