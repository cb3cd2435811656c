"""
Control ids of HL7 messages are looked up, to note those that a sender uses for two messages.

Revision: 0018, after 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE INDEX ix_hl7_message_control_id ON hl7_message USING hash (control_id)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_hl7_message_control_id")
