"""
How sites word report sentences.

Revision: 0029, after 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

CREATE TABLE report_sentence_template (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL CONSTRAINT pk_report_sentence_template PRIMARY KEY,
    site text NOT NULL,
    language text NOT NULL,
    part text NOT NULL,
    text text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX ix_report_sentence_template_site_language_part ON report_sentence_template (site, language, part);
CREATE TRIGGER report_sentence_template_append_only BEFORE UPDATE OR DELETE ON report_sentence_template
FOR EACH STATEMENT EXECUTE FUNCTION estimate_refuse_change();
CREATE TRIGGER report_sentence_template_not_truncated BEFORE TRUNCATE ON report_sentence_template
FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse_truncate();
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

DROP TABLE report_sentence_template;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
