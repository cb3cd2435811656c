"""
What is append-only cannot be emptied either: the database refuses TRUNCATE, also by way of a table that it refers to.

Revision: 0025, after 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# What came, what it states, what was decided, and who looked.
_TABLES = (
    "access_log",
    "device_decision",
    "effective_dose_switch",
    "estimate",
    "evidence",
    "exam_decision",
    "exam_revision",
    "hl7_message",
    "identity_event",
    "order_decision",
    "order_statement",
    "retention_event",
    "skin_calibration",
    "skin_map",
    "skin_place",
    "skin_reaction",
    "statement",
)
_FUNCTION = """
CREATE FUNCTION append_only_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_FUNCTION)
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse_truncate()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION append_only_refuse_truncate() CASCADE")
