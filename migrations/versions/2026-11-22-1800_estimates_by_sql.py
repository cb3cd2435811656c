"""
The view of totals tells interval and methods of what DoseLedger computed; exams of which it did are filed anew.

Until then the view gives no value of such a total, since there is none without its interval.

Revision: 0026, after 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TOTALS = """
CREATE OR REPLACE VIEW doseledger_sql.totals WITH (security_barrier) AS
SELECT
    e.id AS exam_id,
    t.quantity,
    t.of AS part,
    {value} AS value,
    t.basis,
    t.source,
    t.missing,
    t.others{more}
FROM exam e
CROSS JOIN LATERAL jsonb_to_recordset(e.summary -> 'totals') AS t(
    quantity text, "of" text, value double precision, basis text, source text, missing integer, others integer{column}
)
WHERE e.state = 'counted' AND NOT EXISTS (SELECT FROM hidden_exam h WHERE h.exam_id = e.id);
COMMENT ON VIEW doseledger_sql.totals IS 'The totals of the exams that count, one row for each quantity and part.';
"""
_INTERVAL = """,
    CAST(t.estimated ->> 'low' AS double precision) AS interval_low,
    CAST(t.estimated ->> 'high' AS double precision) AS interval_high,
    t.estimated ->> 'source' AS interval_source,
    (SELECT string_agg(m, ', ') FROM jsonb_array_elements_text(t.estimated -> 'methods') AS m) AS methods"""
_VALUE = "CASE WHEN t.basis = 'estimate' AND t.estimated IS NULL THEN NULL ELSE t.value END"
_REFILE = """
INSERT INTO outbox (kind, site, study_instance_uid, at)
SELECT 'refile', e.site, e.study_instance_uid, now() FROM exam e
WHERE e.summary @> '{"totals": [{"basis": "estimate"}]}' AND e.expired_at IS NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_TOTALS.format(value=_VALUE, more=_INTERVAL, column=", estimated jsonb"))
    op.execute(_REFILE)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW doseledger_sql.totals")
    op.execute(_TOTALS.format(value="t.value", more="", column=""))
