"""
Exams count the values of their objects that could not be used, or contradict others.

Revision: 0012, after 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE exam ADD COLUMN read_warnings integer NOT NULL DEFAULT 0;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE exam DROP COLUMN read_warnings;
        """
    )
