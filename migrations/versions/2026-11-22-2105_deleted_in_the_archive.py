"""
Objects that their archive deleted.

Revision: 0032, after 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE evidence ADD COLUMN gone_at timestamptz;
CREATE INDEX ix_evidence_orthanc_id ON evidence USING hash (orthanc_id) WHERE orthanc_id IS NOT NULL;
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP INDEX ix_evidence_orthanc_id;
ALTER TABLE evidence DROP COLUMN gone_at;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
