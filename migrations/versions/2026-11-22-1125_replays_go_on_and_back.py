"""
Replays: how far one came, how evidence stood before it, and exams of which nothing counts any more.

Revision: 0005, after 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE replay
    ADD COLUMN after_study text NOT NULL DEFAULT '',
    ADD COLUMN after_site text NOT NULL DEFAULT '',
    ADD COLUMN finished_at timestamptz;
CREATE TABLE replayed_evidence (
    replay_id uuid NOT NULL CONSTRAINT fk_replayed_evidence_replay_id_replay REFERENCES replay (id) ON DELETE RESTRICT,
    evidence_id uuid NOT NULL CONSTRAINT fk_replayed_evidence_evidence_id_evidence
        REFERENCES evidence (id) ON DELETE RESTRICT,
    read_status text NOT NULL,
    read_reason text,
    CONSTRAINT pk_replayed_evidence PRIMARY KEY (replay_id, evidence_id)
);
CREATE INDEX ix_statement_replay_id ON statement (replay_id) WHERE replay_id IS NOT NULL;

ALTER TABLE exam DROP CONSTRAINT ck_exam_state_known;
ALTER TABLE exam ADD CONSTRAINT ck_exam_state_known CHECK (state IN ('counted','held','not_patient','void'));
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE exam DROP CONSTRAINT ck_exam_state_known;
-- The release before has no word for them, and would count what nothing states any more.
UPDATE exam SET state = 'not_patient' WHERE state = 'void';
ALTER TABLE exam ADD CONSTRAINT ck_exam_state_known CHECK (state IN ('counted','held','not_patient'));
DROP INDEX ix_statement_replay_id;
DROP TABLE replayed_evidence;
ALTER TABLE replay DROP COLUMN after_study, DROP COLUMN after_site, DROP COLUMN finished_at;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
