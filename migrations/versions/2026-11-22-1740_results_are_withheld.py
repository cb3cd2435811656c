"""
A message for another system is withheld while its patient is restricted.

Revision: 0022, after 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE outbound_message DROP CONSTRAINT ck_outbound_message_state_known;
ALTER TABLE outbound_message ADD CONSTRAINT ck_outbound_message_state_known
    CHECK (state IN ('queued','withheld','sent','parked','dropped'));
CREATE INDEX ix_outbound_message_state ON outbound_message (state) WHERE state = 'withheld';
"""
# What was withheld is parked, so that a person decides: the release before would send it.
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP INDEX ix_outbound_message_state;
UPDATE outbound_message SET state = 'parked', ended_at = now(), problem = 'its patient is restricted'
    WHERE state = 'withheld';
ALTER TABLE outbound_message DROP CONSTRAINT ck_outbound_message_state_known;
ALTER TABLE outbound_message ADD CONSTRAINT ck_outbound_message_state_known
    CHECK (state IN ('queued','sent','parked','dropped'));
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
