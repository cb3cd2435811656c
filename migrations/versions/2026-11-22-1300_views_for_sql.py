"""
Views for SQL, in a schema of their own: what counts, without who it is of. docs/reference/sql.md tells each column.

Revision: 0009, after 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# security_barrier: no condition of a reader's query sees a row before the view's own conditions chose it.
_UP = """
SET LOCAL lock_timeout = '5s';

CREATE SCHEMA doseledger_sql;
COMMENT ON SCHEMA doseledger_sql IS 'Views for reading by SQL; docs/reference/sql.md. Nothing here names a patient.';

CREATE VIEW doseledger_sql.exams WITH (security_barrier) AS
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
    CASE WHEN p.birth_date <= CAST(left(e.started_local, 10) AS date)
        THEN CAST(least(extract(year FROM age(CAST(left(e.started_local, 10) AS date), p.birth_date)), 90) AS integer)
    END AS age_years,
    CASE WHEN p.sex IN ('M', 'F', 'O') THEN p.sex END AS sex,
    e.revision,
    e.last_evidence_at
FROM exam e
LEFT JOIN device d ON d.id = e.device_id
LEFT JOIN patient p ON p.id = e.patient_id
WHERE e.state = 'counted';
COMMENT ON VIEW doseledger_sql.exams IS 'One row for each exam that counts.';

CREATE VIEW doseledger_sql.exams_not_counted WITH (security_barrier) AS
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
WHERE e.state IN ('held', 'not_patient');
COMMENT ON VIEW doseledger_sql.exams_not_counted IS 'Exams that wait at the desk, and those that are not of a patient.';

CREATE VIEW doseledger_sql.totals WITH (security_barrier) AS
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
WHERE e.state = 'counted';
COMMENT ON VIEW doseledger_sql.totals IS 'The totals of the exams that count, one row for each quantity and part.';

CREATE VIEW doseledger_sql.events WITH (security_barrier) AS
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
WHERE e.state = 'counted';
COMMENT ON VIEW doseledger_sql.events IS 'Irradiation events and administrations of the exams that count, each once.';

CREATE VIEW doseledger_sql.devices WITH (security_barrier) AS
SELECT
    d.id AS device_id,
    d.site,
    nullif(d.manufacturer, '') AS manufacturer,
    nullif(d.model, '') AS model,
    nullif(d.serial_number, '') AS serial_number,
    nullif(d.station_name, '') AS station_name,
    nullif(d.institution, '') AS institution,
    d.sends_no_rdsr,
    d.first_seen_at
FROM device d
WHERE coalesce(d.machine_id, d.id) = d.id;
COMMENT ON VIEW doseledger_sql.devices IS 'One row for each machine, as its first objects state it.';

CREATE VIEW doseledger_sql.findings WITH (security_barrier) AS
SELECT
    f.id AS finding_id,
    f.kind,
    f.text,
    f.exam_id,
    f.device_id,
    f.raised_at,
    f.resolved_at,
    f.closed_by IS NOT NULL AS is_closed_by_person
FROM finding f;
COMMENT ON VIEW doseledger_sql.findings IS 'What somebody should look at, or did; open where resolved_at is null.';

CREATE VIEW doseledger_sql.accesses WITH (security_barrier) AS
SELECT
    CAST(l.at AT TIME ZONE 'UTC' AS date) AS day,
    l.action,
    l.via,
    count(*) AS looks,
    count(DISTINCT l.subject) AS subjects
FROM access_log l
GROUP BY 1, 2, 3;
COMMENT ON VIEW doseledger_sql.accesses IS 'How many looks at patients, by day (UTC); not who looked, nor at whom.';
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA doseledger_sql CASCADE")
