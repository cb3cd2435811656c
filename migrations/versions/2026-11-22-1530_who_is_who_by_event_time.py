"""
Who is who follows from facts by the time of their events: registers, links, and one family for all who are one.

Revision: 0017, after 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE patient
    ADD COLUMN family_id uuid,
    ADD COLUMN merged_at timestamptz,
    ADD COLUMN is_stated boolean NOT NULL DEFAULT false,
    ADD COLUMN stated jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN deleted_at timestamptz;

-- Who is merged into somebody, at any depth, is of their family.
WITH RECURSIVE family AS (
    SELECT id AS root, id FROM patient WHERE merged_into_id IS NULL
    UNION SELECT f.root, p.id FROM patient p JOIN family f ON p.merged_into_id = f.id
)
UPDATE patient p SET family_id = f.root FROM family f WHERE f.id = p.id;
UPDATE patient SET family_id = id WHERE family_id IS NULL;

UPDATE patient p SET merged_at = (
    SELECT max(coalesce(e.event_at, e.recorded_at)) FROM identity_event e
    WHERE e.patient_id = p.id AND e.kind = 'merged'
) WHERE p.merged_into_id IS NOT NULL;

UPDATE patient p SET
    is_stated = p.demographics_at IS NOT NULL OR p.merged_into_id IS NOT NULL
        OR EXISTS (SELECT FROM patient m WHERE m.merged_into_id = p.id)
        OR EXISTS (SELECT FROM identity_event e WHERE e.patient_id = p.id AND e.hl7_message_id IS NOT NULL),
    stated = CASE WHEN p.demographics_at IS NULL THEN '{}' ELSE jsonb_strip_nulls(jsonb_build_object(
        'name', CASE WHEN p.name IS NOT NULL THEN p.demographics_at END,
        'birth_date', CASE WHEN p.birth_date IS NOT NULL THEN p.demographics_at END,
        'sex', CASE WHEN p.sex IS NOT NULL THEN p.demographics_at END
    )) END;

ALTER TABLE patient
    ALTER COLUMN family_id SET NOT NULL,
    ADD CONSTRAINT fk_patient_family_id_patient FOREIGN KEY (family_id) REFERENCES patient (id) ON DELETE RESTRICT;
CREATE INDEX ix_patient_family_id ON patient (family_id);

ALTER TABLE patient_identifier
    ADD COLUMN replaced_at timestamptz,
    ADD COLUMN is_home boolean NOT NULL DEFAULT false,
    ADD COLUMN is_listed boolean NOT NULL DEFAULT false;
UPDATE patient_identifier SET is_home = true WHERE id IN (
    SELECT DISTINCT ON (patient_id) id FROM patient_identifier WHERE ended_at IS NULL ORDER BY patient_id, since, id
);
CREATE UNIQUE INDEX uq_patient_identifier_home ON patient_identifier (value, authority) WHERE is_home;

CREATE TABLE patient_link (
    id uuid NOT NULL CONSTRAINT pk_patient_link PRIMARY KEY,
    one_id uuid NOT NULL CONSTRAINT fk_patient_link_one_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    other_id uuid NOT NULL CONSTRAINT fk_patient_link_other_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    since timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX uq_patient_link_current ON patient_link (one_id, other_id) WHERE ended_at IS NULL;
CREATE INDEX ix_patient_link_other_id ON patient_link (other_id);

CREATE TABLE identity_fact (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_identity_fact PRIMARY KEY,
    at timestamptz NOT NULL,
    content jsonb NOT NULL,
    hl7_message_id uuid,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE identity_fact_key (
    fact_id bigint NOT NULL
        CONSTRAINT fk_identity_fact_key_fact_id_identity_fact REFERENCES identity_fact (id) ON DELETE CASCADE,
    value text NOT NULL,
    authority text NOT NULL,
    at timestamptz NOT NULL,
    is_named boolean NOT NULL,
    is_structural boolean NOT NULL,
    CONSTRAINT pk_identity_fact_key PRIMARY KEY (fact_id, value, authority)
);
CREATE INDEX ix_identity_fact_key_value_authority_at ON identity_fact_key (value, authority, at);
"""
# What was known before facts were kept comes first of all; its values keep the times as of which they were stated.
_KNOWN = """
WITH known AS (
    SELECT p.id, i.value, i.authority, p.merged_at, h.value AS into_value, h.authority AS into_authority,
        nextval(pg_get_serial_sequence('identity_fact', 'id')) AS number,
        coalesce(p.demographics_at, p.created_at) AS stated_at,
        jsonb_strip_nulls(jsonb_build_object('name', p.name, 'birth_date', p.birth_date, 'sex', p.sex)) AS stated,
        (SELECT jsonb_agg(
            jsonb_build_array(o.value, o.authority, o.identifier_type) ORDER BY o.is_home DESC, o.since, o.id
        )
        FROM patient_identifier o WHERE o.patient_id = p.id AND o.ended_at IS NULL) AS identifiers
    FROM patient p JOIN patient_identifier i ON i.patient_id = p.id AND i.is_home
    LEFT JOIN patient_identifier h ON h.patient_id = p.merged_into_id AND h.is_home
    WHERE p.is_stated
), facts AS (
    INSERT INTO identity_fact (id, at, content, recorded_at)
    OVERRIDING SYSTEM VALUE
    SELECT number, '1900-01-01T00:00:00Z', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
        'kind', 'known', 'who', identifiers, 'stated', CASE WHEN stated <> '{}' THEN stated END,
        'stated_at', CASE WHEN stated <> '{}' THEN stated_at END,
        'merged_into', CASE WHEN into_value IS NOT NULL THEN jsonb_build_array(into_value, into_authority) END
    ))), now()
    FROM known
)
INSERT INTO identity_fact_key (fact_id, value, authority, at, is_named, is_structural)
SELECT number, one ->> 0, one ->> 1, CAST('1900-01-01T00:00:00Z' AS timestamptz), true, true
FROM known, jsonb_array_elements(identifiers) AS one
UNION
SELECT number, into_value, into_authority, '1900-01-01T00:00:00Z', true, true FROM known WHERE into_value IS NOT NULL;
"""
_HIDDEN = """
CREATE OR REPLACE VIEW hidden_exam AS
WITH restricted AS (
    SELECT f.id FROM patient_restriction r
    JOIN patient p ON p.id = r.patient_id JOIN patient f ON f.family_id = p.family_id
    WHERE r.lifted_at IS NULL
)
SELECT e.id AS exam_id FROM restricted r JOIN exam e ON e.patient_id = r.id
UNION
SELECT e.id FROM restricted r JOIN exam_named_patient n ON n.patient_id = r.id JOIN exam e ON e.id = n.exam_id
WHERE e.state <> 'counted';
"""
_HIDDEN_BEFORE = """
CREATE OR REPLACE VIEW hidden_exam AS
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
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE identity_fact_key, identity_fact, patient_link;
DROP INDEX uq_patient_identifier_home;
ALTER TABLE patient_identifier DROP COLUMN replaced_at, DROP COLUMN is_home, DROP COLUMN is_listed;
ALTER TABLE patient
    DROP COLUMN family_id, DROP COLUMN merged_at,
    DROP COLUMN is_stated, DROP COLUMN stated, DROP COLUMN deleted_at;
"""


def upgrade() -> None:
    op.execute(_UP)
    op.execute(_KNOWN)
    op.execute(_HIDDEN)


def downgrade() -> None:
    op.execute(_HIDDEN_BEFORE)
    op.execute(_DOWN)
