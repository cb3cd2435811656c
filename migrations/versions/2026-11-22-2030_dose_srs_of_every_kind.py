"""
Dose SRs of several kinds, for several archives; and which exams were looked at for them.

Revision: 0028, after 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE pacs_destination (
    id uuid NOT NULL CONSTRAINT pk_pacs_destination PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_pacs_destination_name UNIQUE,
    protocol text NOT NULL CONSTRAINT ck_pacs_destination_protocol_known
        CHECK (protocol IN ('orthanc','c-store','stow-rs')),
    node jsonb NOT NULL,
    is_active boolean NOT NULL,
    deletes boolean NOT NULL,
    kinds text[],
    sites text[] NOT NULL,
    exams_since timestamptz,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE publication_plan (
    exam_id uuid NOT NULL CONSTRAINT pk_publication_plan PRIMARY KEY
        CONSTRAINT fk_publication_plan_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    revision integer NOT NULL,
    planned_at timestamptz NOT NULL,
    marks text
);

-- What was written so far are reports of CT, for the Orthanc that the worker's settings name.
ALTER TABLE publication
    ADD COLUMN kind text NOT NULL DEFAULT 'ct rdsr',
    ADD COLUMN destination text NOT NULL DEFAULT 'orthanc',
    ADD COLUMN edition integer NOT NULL DEFAULT 1,
    ADD COLUMN software_version text,
    ADD COLUMN predecessor_id uuid CONSTRAINT fk_publication_predecessor_id_publication
        REFERENCES publication (id) ON DELETE RESTRICT,
    ADD COLUMN seen_at timestamptz,
    ADD COLUMN note_made_at timestamptz,
    ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT uq_publication_number UNIQUE;
ALTER TABLE publication
    ALTER COLUMN kind DROP DEFAULT,
    ALTER COLUMN destination DROP DEFAULT,
    ALTER COLUMN edition DROP DEFAULT,
    DROP CONSTRAINT uq_publication_exam_id_revision,
    DROP CONSTRAINT uq_publication_sop_instance_uid,
    DROP CONSTRAINT uq_publication_series_instance_uid,
    ADD CONSTRAINT uq_publication_exam_id_revision_kind_destination_edition
        UNIQUE (exam_id, revision, kind, destination, edition),
    ADD CONSTRAINT uq_publication_sop_instance_uid_destination UNIQUE (sop_instance_uid, destination),
    ADD CONSTRAINT uq_publication_series_instance_uid_destination UNIQUE (series_instance_uid, destination);
DROP INDEX uq_publication_waiting;
DROP INDEX uq_publication_sent;
CREATE UNIQUE INDEX uq_publication_waiting ON publication (exam_id, kind, destination) WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_publication_sent ON publication (exam_id, kind, destination) WHERE state = 'sent';

UPDATE finding SET subject = subject || ' ct rdsr' WHERE kind = 'dose_sr_not_written';
UPDATE finding SET subject = subject || ' ct rdsr orthanc'
WHERE kind IN ('dose_sr_refused_by_archive','dose_sr_waits_for_archive');
"""

# The release before knows reports of CT alone, one for each revision, in one archive.
_DOWN = r"""
SET LOCAL lock_timeout = '5s';

ALTER TABLE publication DROP COLUMN predecessor_id;
DELETE FROM publication WHERE kind <> 'ct rdsr' OR destination <> 'orthanc' OR edition > 1;
DROP INDEX uq_publication_waiting;
DROP INDEX uq_publication_sent;
CREATE UNIQUE INDEX uq_publication_waiting ON publication (exam_id) WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_publication_sent ON publication (exam_id) WHERE state = 'sent';
ALTER TABLE publication
    DROP CONSTRAINT uq_publication_exam_id_revision_kind_destination_edition,
    DROP CONSTRAINT uq_publication_sop_instance_uid_destination,
    DROP CONSTRAINT uq_publication_series_instance_uid_destination,
    ADD CONSTRAINT uq_publication_exam_id_revision UNIQUE (exam_id, revision),
    ADD CONSTRAINT uq_publication_sop_instance_uid UNIQUE (sop_instance_uid),
    ADD CONSTRAINT uq_publication_series_instance_uid UNIQUE (series_instance_uid),
    DROP COLUMN kind,
    DROP COLUMN destination,
    DROP COLUMN edition,
    DROP COLUMN software_version,
    DROP COLUMN seen_at,
    DROP COLUMN note_made_at,
    DROP COLUMN number;
DELETE FROM finding
WHERE kind LIKE 'dose\_sr\_%' AND subject NOT LIKE '% ct rdsr' AND subject NOT LIKE '% ct rdsr orthanc';
UPDATE finding SET subject = split_part(subject, ' ', 1) WHERE kind LIKE 'dose\_sr\_%';
DROP TABLE publication_plan;
DROP TABLE pacs_destination;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
