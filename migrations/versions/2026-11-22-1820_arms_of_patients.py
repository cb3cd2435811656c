"""
Whether a patient's arms lay beside the trunk, as a person says of one exam.

Revision: 0027, after 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; ALTER TABLE skin_place ADD COLUMN arms_beside boolean;")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'; ALTER TABLE skin_place DROP COLUMN arms_beside;")
