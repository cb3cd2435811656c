"""
Devices: rows as objects state them, which of them are one machine, software, decisions. Who is named by held exams.

Revision: 0006, after 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UP = r"""
SET LOCAL lock_timeout = '5s';

ALTER TABLE device
    ADD COLUMN site text NOT NULL DEFAULT '',
    ADD COLUMN observer_uid text NOT NULL DEFAULT '',
    ADD COLUMN ae_title text NOT NULL DEFAULT '',
    ADD COLUMN digest text,
    ADD COLUMN machine_id uuid CONSTRAINT fk_device_machine_id_device REFERENCES device (id) ON DELETE RESTRICT,
    ADD COLUMN classed_as text NOT NULL DEFAULT 'by_dose',
    ADD CONSTRAINT ck_device_classed_as_known CHECK (classed_as IN ('by_dose','fluoroscopy','radiography'));
UPDATE device SET digest = encode(sha256(convert_to(concat_ws(
    E'\x1f', site, manufacturer, model, serial_number, station_name, institution, observer_uid, ae_title
), 'UTF8')), 'hex');
ALTER TABLE device DROP CONSTRAINT uq_device_manufacturer_model_serial_number_station_name_10b8;
ALTER TABLE device ALTER COLUMN digest SET NOT NULL, ADD CONSTRAINT uq_device_digest UNIQUE (digest);
CREATE INDEX ix_device_machine_id ON device (machine_id);

CREATE TABLE device_software (
    device_id uuid NOT NULL CONSTRAINT fk_device_software_device_id_device REFERENCES device (id) ON DELETE RESTRICT,
    versions text NOT NULL,
    since date NOT NULL,
    CONSTRAINT pk_device_software PRIMARY KEY (device_id, versions)
);

CREATE TABLE device_decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_device_decision PRIMARY KEY,
    kind text NOT NULL,
    site text NOT NULL,
    device_ids jsonb NOT NULL,
    withdraws bigint CONSTRAINT fk_device_decision_withdraws_device_decision
        REFERENCES device_decision (id) ON DELETE RESTRICT,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    comment text NOT NULL,
    CONSTRAINT uq_device_decision_withdraws UNIQUE (withdraws),
    CONSTRAINT ck_device_decision_kind_known CHECK (kind IN ('merged','split','withdrawn')),
    CONSTRAINT ck_device_decision_withdraws_one CHECK ((kind = 'withdrawn') = (withdraws IS NOT NULL))
);

CREATE TABLE exam_named_patient (
    exam_id uuid NOT NULL CONSTRAINT fk_exam_named_patient_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    patient_id uuid NOT NULL CONSTRAINT fk_exam_named_patient_patient_id_patient
        REFERENCES patient (id) ON DELETE RESTRICT,
    CONSTRAINT pk_exam_named_patient PRIMARY KEY (exam_id, patient_id)
);
CREATE INDEX ix_exam_named_patient_patient_id ON exam_named_patient (patient_id);

UPDATE finding SET evidence_id = CAST(subject AS uuid) WHERE kind = 'unreadable' AND evidence_id IS NULL;
CREATE INDEX ix_finding_raised_at_id ON finding (raised_at, id);
CREATE INDEX ix_evidence_received_at ON evidence USING brin (received_at);
CREATE INDEX ix_evidence_way_received_at ON evidence_way USING brin (received_at);

-- Filing a study finds out which machines its devices are, and what software they name.
INSERT INTO outbox (kind, site, study_instance_uid, at) SELECT 'refile', site, study_instance_uid, now() FROM exam;
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';
DROP INDEX ix_evidence_way_received_at;
DROP INDEX ix_evidence_received_at;
DROP INDEX ix_finding_raised_at_id;
DROP TABLE exam_named_patient;
DROP TABLE device_decision;
DROP TABLE device_software;
ALTER TABLE device DROP COLUMN machine_id;
"""

# The release before tells devices apart by five texts alone.
_ONE_FOR_FIVE_TEXTS = """
CREATE TEMPORARY TABLE kept_device ON COMMIT DROP AS
SELECT id, first_value(id) OVER (
    PARTITION BY manufacturer, model, serial_number, station_name, institution ORDER BY first_seen_at, id
) AS kept FROM device;
UPDATE exam SET device_id = kept FROM kept_device k WHERE k.id = exam.device_id AND k.kept <> k.id;
DELETE FROM finding WHERE device_id IS NOT NULL;
DELETE FROM device USING kept_device k WHERE k.id = device.id AND k.kept <> k.id;
DROP TABLE kept_device;
ALTER TABLE device
    DROP COLUMN site, DROP COLUMN observer_uid, DROP COLUMN ae_title, DROP COLUMN digest, DROP COLUMN classed_as;
ALTER TABLE device ADD CONSTRAINT uq_device_manufacturer_model_serial_number_station_name_10b8
    UNIQUE (manufacturer, model, serial_number, station_name, institution);
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
    op.execute(_ONE_FOR_FIVE_TEXTS)
