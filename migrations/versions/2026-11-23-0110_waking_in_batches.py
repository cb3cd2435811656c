"""
A change of what an archive gets looks at the exams of before in batches, so that filing does not wait for it.

Revision: 0042, after 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE pacs_destination ADD COLUMN waking_from uuid;
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE pacs_destination DROP COLUMN waking_from;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
