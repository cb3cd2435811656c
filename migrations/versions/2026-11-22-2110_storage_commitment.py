"""
What archives say of keeping dose SRs of ours.

Revision: 0033, after 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE commitment (
    id uuid NOT NULL CONSTRAINT pk_commitment PRIMARY KEY,
    publication_id uuid NOT NULL CONSTRAINT uq_commitment_publication_id UNIQUE
        CONSTRAINT fk_commitment_publication_id_publication REFERENCES publication (id) ON DELETE RESTRICT,
    state text NOT NULL CONSTRAINT ck_commitment_state_known CHECK (state IN ('asked','kept','not_kept','refused')),
    transaction_uid text NOT NULL CONSTRAINT uq_commitment_transaction_uid UNIQUE,
    attempts integer NOT NULL,
    not_before timestamptz NOT NULL,
    reason text,
    asked_at timestamptz NOT NULL,
    answered_at timestamptz
);
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';

DELETE FROM finding WHERE kind IN ('dose_sr_not_confirmed','commitment_refused');
DROP TABLE commitment;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
