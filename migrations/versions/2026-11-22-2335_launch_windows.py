"""
What of a patient a launch handle opens.

Revision: 0035, after 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE launch_handle ADD COLUMN opening jsonb NOT NULL DEFAULT '{}';
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

-- A window on one exam would become one on the whole history.
UPDATE view_session v SET expires_at = least(v.expires_at, now()) FROM launch_handle h
WHERE h.id = v.launch_handle_id AND h.opening ->> 'shows' <> 'history';
UPDATE launch_handle SET expires_at = least(expires_at, now()) WHERE opening ->> 'shows' <> 'history';
ALTER TABLE launch_handle DROP COLUMN opening;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
