"""
Organisations, who may do what in which of them, and what a site changed of what a role may do.

What users could do, they can do at the root, and so can programs that read.

Revision: 0037, after 0036
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_ROOT = "00000000-0000-4000-8000-000000000001"

_UP = f"""
SET LOCAL lock_timeout = '5s';

CREATE TABLE organisation (
    id uuid NOT NULL CONSTRAINT pk_organisation PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_organisation_name UNIQUE,
    kind text NOT NULL CONSTRAINT ck_organisation_kind_known CHECK (kind IN ('region','hospital','department')),
    parent_id uuid CONSTRAINT fk_organisation_parent_id_organisation REFERENCES organisation (id) ON DELETE RESTRICT
        CONSTRAINT ck_organisation_not_below_itself CHECK (parent_id <> id),
    site text CONSTRAINT uq_organisation_site UNIQUE,
    created_at timestamptz NOT NULL,
    CONSTRAINT ck_organisation_one_root CHECK ((parent_id IS NULL) = (id = '{_ROOT}'))
);
INSERT INTO organisation (id, name, kind, created_at) VALUES ('{_ROOT}', 'all', 'region', now());

CREATE TABLE role_grant (
    id uuid NOT NULL CONSTRAINT pk_role_grant PRIMARY KEY,
    subject text NOT NULL,
    role text NOT NULL,
    organisation_id uuid NOT NULL
        CONSTRAINT fk_role_grant_organisation_id_organisation REFERENCES organisation (id) ON DELETE RESTRICT,
    purposes text[] NOT NULL DEFAULT '{{}}',
    origin text NOT NULL DEFAULT 'given' CONSTRAINT ck_role_grant_origin_known CHECK (origin IN ('given','directory')),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz CONSTRAINT ck_role_grant_ends_after_it_begins CHECK (valid_until >= valid_from),
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL
);
CREATE INDEX ix_role_grant_subject ON role_grant (subject);

INSERT INTO role_grant (id, subject, role, organisation_id, valid_from, granted_by, granted_at)
SELECT gen_random_uuid(), 'user:' || u.login,
    CASE r.role WHEN 'physicist' THEN 'mpe' WHEN 'admin' THEN 'administrator' ELSE r.role END,
    '{_ROOT}', u.created_at, 'migration', now()
FROM app_user u CROSS JOIN LATERAL jsonb_array_elements_text(u.roles) AS r (role);
INSERT INTO role_grant (id, subject, role, organisation_id, valid_from, granted_by, granted_at)
SELECT gen_random_uuid(), t.subject, 'integrator', '{_ROOT}', min(t.issued_at), 'migration', now()
FROM issued_token t WHERE t.user_id IS NULL AND t.scopes ? 'read' GROUP BY t.subject;

ALTER TABLE app_user DROP COLUMN roles;

CREATE TABLE role_permission (
    role text NOT NULL,
    permission text NOT NULL,
    purpose text NOT NULL,
    span text NOT NULL CONSTRAINT ck_role_permission_span_known
        CHECK (span IN ('none','organisation','region','everywhere')),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_role_permission PRIMARY KEY (role, permission, purpose)
);

ALTER TABLE device ADD COLUMN organisation_id uuid
    CONSTRAINT fk_device_organisation_id_organisation REFERENCES organisation (id) ON DELETE RESTRICT;
"""  # noqa: S608 - ours

_DOWN = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE device DROP COLUMN organisation_id;
DROP TABLE role_permission;

ALTER TABLE app_user ADD COLUMN roles jsonb NOT NULL DEFAULT '[]';
UPDATE app_user u SET roles = coalesce((
    SELECT jsonb_agg(DISTINCT
        CASE g.role WHEN 'mpe' THEN 'physicist' WHEN 'administrator' THEN 'admin' ELSE g.role END)
    FROM role_grant g WHERE g.subject = 'user:' || u.login
        AND g.role IN ('radiologist','mpe','referrer','administrator')
        AND (g.valid_until IS NULL OR g.valid_until > now())
), '[]');
ALTER TABLE app_user ALTER COLUMN roles DROP DEFAULT;

DROP TABLE role_grant;
DROP TABLE organisation;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
