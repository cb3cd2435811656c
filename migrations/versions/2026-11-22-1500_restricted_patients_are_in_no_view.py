"""
Views for SQL leave out the exams of restricted patients, and who saw one by break-glass.

Revision: 0014, after 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A restriction holds for all who are one with the patient: those merged into them, and whom they are merged into.
# In the tables' own schema, which no role that reads by SQL sees; the views look into it as their owner.
_HIDDEN = """
CREATE VIEW hidden_exam AS
WITH RECURSIVE survivors AS (
    SELECT p.id, p.merged_into_id
    FROM patient_restriction r JOIN patient p ON p.id = r.patient_id WHERE r.lifted_at IS NULL
    UNION
    SELECT p.id, p.merged_into_id FROM survivors s JOIN patient p ON p.id = s.merged_into_id
), restricted AS (
    SELECT id FROM survivors
    UNION
    SELECT p.id FROM restricted r JOIN patient p ON p.merged_into_id = r.id
)
SELECT e.id AS exam_id FROM restricted r JOIN exam e ON e.patient_id = r.id
UNION
SELECT e.id FROM restricted r JOIN exam_named_patient n ON n.patient_id = r.id JOIN exam e ON e.id = n.exam_id
WHERE e.state <> 'counted';
"""
# Not by NOT IN, which looks through all of them for each exam where the server expects many.
_AND_NOT_HIDDEN = "\n    AND NOT EXISTS (SELECT FROM hidden_exam h WHERE h.exam_id = e.id)"

_VIEWS = """
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
    coalesce(e.age_years, CASE WHEN p.birth_date <= CAST(left(e.started_local, 10) AS date)
        THEN CAST(least(extract(year FROM age(CAST(left(e.started_local, 10) AS date), p.birth_date)), 90) AS integer)
    END) AS age_years,
    coalesce(e.sex, CASE WHEN p.sex IN ('M', 'F', 'O') THEN p.sex END) AS sex,
    e.revision,
    e.last_evidence_at
FROM exam e
LEFT JOIN device d ON d.id = e.device_id
LEFT JOIN patient p ON p.id = e.patient_id
WHERE e.state = 'counted'{and_not_hidden};

CREATE OR REPLACE VIEW doseledger_sql.exams_not_counted WITH (security_barrier) AS
SELECT
    e.id AS exam_id,
    e.site,
    coalesce(d.machine_id, e.device_id) AS device_id,
    e.state,
    e.state_reason,
    e.started_at,
    CAST(left(e.started_local, 19) AS timestamp) AS started_local,
    e.modality,
    e.region,
    e.last_evidence_at
FROM exam e
LEFT JOIN device d ON d.id = e.device_id
WHERE e.state IN ('held', 'not_patient'){and_not_hidden};

CREATE OR REPLACE VIEW doseledger_sql.totals WITH (security_barrier) AS
SELECT
    e.id AS exam_id,
    t.quantity,
    t.of AS part,
    t.value,
    t.basis,
    t.source,
    t.missing,
    t.others
FROM exam e
CROSS JOIN LATERAL jsonb_to_recordset(e.summary -> 'totals') AS t(
    quantity text, "of" text, value double precision, basis text, source text, missing integer, others integer
)
WHERE e.state = 'counted'{and_not_hidden};

CREATE OR REPLACE VIEW doseledger_sql.events WITH (security_barrier) AS
SELECT
    v.exam_id,
    v.position,
    v.part AS kind,
    v.source,
    v.uid_is_stand_in,
    v.started_local,
    v.event_type,
    v.plane,
    v.laterality,
    v.protocol,
    v.target_region,
    v.kv,
    v.ctdi_vol_mgy,
    v.dlp_mgy_cm,
    v.phantom_diameter_mm,
    v.dap_gy_cm2,
    v.ka_r_mgy,
    v.agd_mgy,
    v.administered_activity_mbq,
    v.agent,
    v.radionuclide
FROM exam_event v
JOIN exam e ON e.id = v.exam_id
WHERE e.state = 'counted'{and_not_hidden};

CREATE OR REPLACE VIEW doseledger_sql.findings WITH (security_barrier) AS
SELECT
    f.id AS finding_id,
    f.kind,
    f.text,
    f.exam_id,
    f.device_id,
    f.raised_at,
    f.resolved_at,
    f.closed_by IS NOT NULL AS is_closed_by_person
FROM finding f{findings};
"""
_FINDINGS = """
WHERE f.kind <> 'break_glass' AND NOT EXISTS (SELECT FROM hidden_exam h WHERE h.exam_id = f.exam_id)"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_HIDDEN)
    op.execute(_VIEWS.format(and_not_hidden=_AND_NOT_HIDDEN, findings=_FINDINGS))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_VIEWS.format(and_not_hidden="", findings=""))
    op.execute("DROP VIEW hidden_exam")
