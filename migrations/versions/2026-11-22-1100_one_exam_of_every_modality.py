"""
One exam of every modality: sites, content digests, packed contents, summaries, events as rows, decisions, an outbox.

Revision: 0004, after 0003
"""

import json
import zlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BATCH = 500

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE issued_token ADD COLUMN site text NOT NULL DEFAULT '';

ALTER TABLE evidence ADD COLUMN site text NOT NULL DEFAULT '', ADD COLUMN content_digest bytea;
ALTER TABLE evidence DROP CONSTRAINT uq_evidence_sop_instance_uid_digest;
ALTER TABLE evidence ADD CONSTRAINT uq_evidence_sop_instance_uid_digest_site UNIQUE (sop_instance_uid, digest, site);
CREATE TABLE evidence_way (
    evidence_id uuid NOT NULL CONSTRAINT fk_evidence_way_evidence_id_evidence
        REFERENCES evidence (id) ON DELETE RESTRICT,
    sender text NOT NULL,
    calling_aet text NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT pk_evidence_way PRIMARY KEY (evidence_id, sender, calling_aet)
);

CREATE TABLE replay (
    id uuid NOT NULL CONSTRAINT pk_replay PRIMARY KEY,
    reader_version text NOT NULL,
    applied_by text NOT NULL,
    applied_at timestamptz NOT NULL,
    rolled_back_by text,
    rolled_back_at timestamptz,
    selection jsonb NOT NULL
);
ALTER TABLE statement
    ADD COLUMN site text NOT NULL DEFAULT '',
    ADD COLUMN replay_id uuid CONSTRAINT fk_statement_replay_id_replay REFERENCES replay (id) ON DELETE RESTRICT,
    ADD COLUMN packed bytea;
ALTER TABLE statement DROP CONSTRAINT uq_statement_evidence_id_reader_version;
CREATE UNIQUE INDEX uq_statement_evidence_id_reader_version_replay_id
    ON statement (evidence_id, reader_version, replay_id) NULLS NOT DISTINCT;

ALTER TABLE exam
    ADD COLUMN site text NOT NULL DEFAULT '',
    ADD COLUMN revision_id uuid,
    ADD COLUMN state text NOT NULL DEFAULT 'counted',
    ADD COLUMN state_reason text,
    ADD COLUMN region text,
    ADD COLUMN summary jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT ck_exam_state_known CHECK (state IN ('counted','held','not_patient'));
ALTER TABLE exam DROP CONSTRAINT uq_exam_study_instance_uid;
ALTER TABLE exam ADD CONSTRAINT uq_exam_study_instance_uid_site UNIQUE (study_instance_uid, site);
CREATE INDEX ix_exam_device_id_last_evidence_at ON exam (device_id, last_evidence_at);
CREATE INDEX ix_exam_state ON exam (state) WHERE state <> 'counted';
ALTER TABLE exam_revision ADD COLUMN cause text NOT NULL DEFAULT 'delivery', ADD COLUMN packed bytea;
UPDATE exam SET revision_id = r.id FROM exam_revision r WHERE r.exam_id = exam.id AND r.number = exam.revision;
ALTER TABLE exam ALTER COLUMN revision_id SET NOT NULL;

CREATE TABLE exam_event (
    exam_id uuid NOT NULL CONSTRAINT fk_exam_event_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    position integer NOT NULL,
    part text NOT NULL,
    event_uid text NOT NULL,
    uid_is_stand_in boolean NOT NULL,
    source text NOT NULL,
    started_local timestamp,
    event_type text,
    plane text,
    laterality text,
    protocol text,
    target_region text,
    kv double precision,
    ctdi_vol_mgy double precision,
    dlp_mgy_cm double precision,
    phantom_diameter_mm integer,
    dap_gy_cm2 double precision,
    ka_r_mgy double precision,
    agd_mgy double precision,
    administered_activity_mbq double precision,
    agent text,
    radionuclide text
);
CREATE INDEX ix_exam_event_exam_id ON exam_event (exam_id);
CREATE INDEX ix_exam_event_event_uid ON exam_event (hashtextextended(event_uid, 0));

CREATE TABLE exam_decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_exam_decision PRIMARY KEY,
    exam_id uuid NOT NULL CONSTRAINT fk_exam_decision_exam_id_exam REFERENCES exam (id) ON DELETE RESTRICT,
    kind text NOT NULL,
    patient_id uuid CONSTRAINT fk_exam_decision_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    comment text NOT NULL,
    CONSTRAINT ck_exam_decision_kind_known
        CHECK (kind IN ('released','not_patient','patient','withdrawn'))
);
CREATE INDEX ix_exam_decision_exam_id ON exam_decision (exam_id);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
    kind text NOT NULL,
    site text NOT NULL,
    study_instance_uid text NOT NULL,
    exam_id uuid,
    at timestamptz NOT NULL,
    CONSTRAINT ck_outbox_kind_known CHECK (kind IN ('revised','refile'))
);

ALTER TABLE finding
    ADD COLUMN device_id uuid,
    ADD COLUMN evidence_id uuid,
    ADD COLUMN closed_by text,
    ADD COLUMN comment text;
CREATE INDEX ix_finding_exam_id ON finding (exam_id) WHERE resolved_at IS NULL;
CREATE INDEX ix_finding_kind_raised_at ON finding (kind, raised_at);
"""

# What the release before filed is filed anew: exams of every modality, and summaries.
_REFILE = """
INSERT INTO outbox (kind, site, study_instance_uid, at)
SELECT DISTINCT 'refile', '', study_instance_uid, now() FROM statement
"""

_DOWN = """
SET LOCAL lock_timeout = '5s';
DROP TABLE outbox;
DROP TABLE exam_event;
DROP TABLE exam_decision;
DROP TABLE evidence_way;
DROP INDEX ix_finding_exam_id;
DROP INDEX ix_finding_kind_raised_at;
ALTER TABLE finding DROP COLUMN device_id, DROP COLUMN evidence_id, DROP COLUMN closed_by, DROP COLUMN comment;
DROP INDEX ix_exam_device_id_last_evidence_at;
DROP INDEX ix_exam_state;
ALTER TABLE exam DROP CONSTRAINT uq_exam_study_instance_uid_site;
ALTER TABLE exam DROP CONSTRAINT ck_exam_state_known;
ALTER TABLE exam
    DROP COLUMN site, DROP COLUMN revision_id, DROP COLUMN state, DROP COLUMN state_reason, DROP COLUMN region,
    DROP COLUMN summary;
ALTER TABLE exam ADD CONSTRAINT uq_exam_study_instance_uid UNIQUE (study_instance_uid);
ALTER TABLE exam_revision DROP COLUMN cause;
DROP INDEX uq_statement_evidence_id_reader_version_replay_id;
ALTER TABLE statement DROP COLUMN site, DROP COLUMN replay_id;
ALTER TABLE statement ADD CONSTRAINT uq_statement_evidence_id_reader_version UNIQUE (evidence_id, reader_version);
DROP TABLE replay;
ALTER TABLE evidence DROP CONSTRAINT uq_evidence_sop_instance_uid_digest_site;
ALTER TABLE evidence DROP COLUMN site, DROP COLUMN content_digest;
ALTER TABLE evidence ADD CONSTRAINT uq_evidence_sop_instance_uid_digest UNIQUE (sop_instance_uid, digest);
ALTER TABLE issued_token DROP COLUMN site;
"""

# The release before knows one site, one version of a statement, and exams of CT alone.
_ONLY_WHAT_THE_OLD_ONE_HOLDS = """
DELETE FROM publication WHERE exam_id IN (SELECT id FROM exam WHERE modality NOT LIKE '%CT%' OR site <> '');
DELETE FROM finding WHERE exam_id IN (SELECT id FROM exam WHERE modality NOT LIKE '%CT%' OR site <> '');
DELETE FROM exam_event;
DELETE FROM exam_decision;
DELETE FROM exam_revision WHERE exam_id IN (SELECT id FROM exam WHERE modality NOT LIKE '%CT%' OR site <> '');
UPDATE access_log SET exam_id = NULL
WHERE exam_id IN (SELECT id FROM exam WHERE modality NOT LIKE '%CT%' OR site <> '');
DELETE FROM exam WHERE modality NOT LIKE '%CT%' OR site <> '';
DELETE FROM statement WHERE replay_id IS NOT NULL OR site <> '';
DELETE FROM evidence_way WHERE evidence_id IN (SELECT id FROM evidence WHERE site <> '');
DELETE FROM evidence WHERE site <> '';
"""


def upgrade() -> None:
    op.execute(_UP)
    _rewrite("statement", "content", "packed", _pack)
    _rewrite("exam_revision", "content", "packed", lambda content: _pack(_wrapped(content)))
    for table in ("statement", "exam_revision"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN content")
        op.execute(f"ALTER TABLE {table} RENAME COLUMN packed TO content")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN content SET NOT NULL")
    op.execute(_REFILE)


def downgrade() -> None:
    op.execute("ALTER TABLE access_log DISABLE TRIGGER USER")  # the log keeps its line; its exam is not known any more
    op.execute(_ONLY_WHAT_THE_OLD_ONE_HOLDS)
    op.execute("ALTER TABLE access_log ENABLE TRIGGER USER")
    for table in ("statement", "exam_revision"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN plain jsonb")
    _rewrite("statement", "content", "plain", lambda content: json.dumps(_unpack(bytes(content))))
    _rewrite("exam_revision", "content", "plain", lambda content: json.dumps(_unwrapped(bytes(content))))
    for table in ("statement", "exam_revision"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN content")
        op.execute(f"ALTER TABLE {table} RENAME COLUMN plain TO content")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN content SET NOT NULL")
    op.execute(_DOWN)


def _rewrite(table: str, source: str, target: str, change: Callable[[Any], Any]) -> None:
    """Fill a column from another, some rows at a time."""
    connection = op.get_bind()
    kind = "bytea" if target == "packed" else "jsonb"
    last = "00000000-0000-0000-0000-000000000000"
    rows = sa.text(f"SELECT id, {source} FROM {table} WHERE id > :last ORDER BY id LIMIT :batch")  # noqa: S608 - ours
    fill = sa.text(f"UPDATE {table} SET {target} = CAST(:value AS {kind}) WHERE id = :id")  # noqa: S608 - ours
    # The nil UUID itself is no random one; tests use it all the same.
    first = sa.text(f"SELECT id, {source} FROM {table} WHERE id = :last")  # noqa: S608 - ours
    found = (
        connection.execute(first, {"last": last}).all()
        or connection.execute(rows, {"last": last, "batch": _BATCH}).all()
    )
    while found:
        connection.execute(fill, [{"id": row[0], "value": change(row[1])} for row in found])
        found = connection.execute(rows, {"last": found[-1][0], "batch": _BATCH}).all()


def _pack(content: Any) -> bytes:  # noqa: ANN401 - JSON has no narrower type
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode())


def _unpack(content: bytes) -> Any:  # noqa: ANN401 - likewise
    return json.loads(zlib.decompress(content))


def _wrapped(ct: dict[str, Any]) -> dict[str, Any]:
    """Return an exam of any modality that holds a CT exam."""
    return {
        "study_instance_uid": ct["study_instance_uid"],
        "patients": [ct["patient"]],
        "devices": [ct["device"]],
        "modalities": ["CT"],
        "accession_number": ct.get("accession_number"),
        "study_description": ct.get("study_description"),
        "started_at": ct.get("started_at"),
        "ended_at": ct.get("ended_at"),
        "ct": ct,
    }


def _unwrapped(content: bytes) -> Any:  # noqa: ANN401 - JSON has no narrower type
    return _unpack(content).get("ct") or {}
