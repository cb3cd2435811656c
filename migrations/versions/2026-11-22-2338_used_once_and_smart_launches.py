"""
What other systems sign for one use, and SMART launches under way.

Revision: 0036, after 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE used_once (
    digest text NOT NULL CONSTRAINT pk_used_once PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE INDEX ix_used_once_until ON used_once (until);
CREATE TABLE smart_launch (
    state_digest text NOT NULL CONSTRAINT pk_smart_launch PRIMARY KEY,
    browser_digest text NOT NULL,
    issuer text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_smart_launch_expires_at ON smart_launch (expires_at);
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE smart_launch;
DROP TABLE used_once;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
