"""
People sign in: passwords, sessions of browsers, how often somebody tried, and until when somebody is let in.

Revision: 0039, after 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE app_user ADD COLUMN valid_until timestamptz;

CREATE TABLE user_password (
    user_id uuid NOT NULL CONSTRAINT pk_user_password PRIMARY KEY
        CONSTRAINT fk_user_password_user_id_app_user REFERENCES app_user (id) ON DELETE RESTRICT,
    hash text NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE browser_session (
    id uuid NOT NULL CONSTRAINT pk_browser_session PRIMARY KEY,
    digest text NOT NULL CONSTRAINT uq_browser_session_digest UNIQUE,
    user_id uuid NOT NULL
        CONSTRAINT fk_browser_session_user_id_app_user REFERENCES app_user (id) ON DELETE RESTRICT,
    method text NOT NULL,
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX ix_browser_session_user_id ON browser_session (user_id);

CREATE TABLE rate_count (
    key text NOT NULL CONSTRAINT pk_rate_count PRIMARY KEY,
    hits integer NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX ix_rate_count_ends_at ON rate_count (ends_at);
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE rate_count;
DROP TABLE browser_session;
DROP TABLE user_password;
ALTER TABLE app_user DROP COLUMN valid_until;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
