"""
An exam keeps the age and sex of its patient when the patient expires, so that statistics stay what they were.

Revision: 0013, after 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_VIEW = """
CREATE OR REPLACE VIEW doseledger_sql.exams WITH (security_barrier) AS
SELECT
    e.id AS exam_id,
    e.site,
    coalesce(d.machine_id, e.device_id) AS device_id,
    e.started_at,
    CAST(left(e.started_local, 19) AS timestamp) AS started_local,
    e.modality,
    e.region,
    ARRAY(SELECT jsonb_array_elements_text(e.summary -> 'protocols')) AS protocols,
    CAST(e.summary ->> 'events' AS integer) AS events,
    e.summary ->> 'source' AS source,
    {age_years} AS age_years,
    {sex} AS sex,
    e.revision,
    e.last_evidence_at
FROM exam e
LEFT JOIN device d ON d.id = e.device_id
LEFT JOIN patient p ON p.id = e.patient_id
WHERE e.state = 'counted';
"""
_AGE = """CASE WHEN p.birth_date <= CAST(left(e.started_local, 10) AS date)
        THEN CAST(least(extract(year FROM age(CAST(left(e.started_local, 10) AS date), p.birth_date)), 90) AS integer)
    END"""
_SEX = "CASE WHEN p.sex IN ('M', 'F', 'O') THEN p.sex END"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE exam ADD COLUMN age_years integer, ADD COLUMN sex text")
    op.execute(_VIEW.format(age_years=f"coalesce(e.age_years, {_AGE})", sex=f"coalesce(e.sex, {_SEX})"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_VIEW.format(age_years=_AGE, sex=_SEX))
    op.execute("ALTER TABLE exam DROP COLUMN age_years, DROP COLUMN sex")
