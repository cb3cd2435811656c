"""
Programs get tokens by themselves, and of each token it is known when it was used last.

Revision: 0041, after 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE service_client (
    id uuid NOT NULL CONSTRAINT pk_service_client PRIMARY KEY,
    client_id text NOT NULL CONSTRAINT uq_service_client_client_id UNIQUE,
    scopes jsonb NOT NULL,
    site text NOT NULL,
    secret_digest text,
    jwks jsonb,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

ALTER TABLE issued_token ADD COLUMN last_used_at timestamptz;
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE issued_token DROP COLUMN last_used_at;
DROP TABLE service_client;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
