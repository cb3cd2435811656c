"""
An exam keeps the admission that its objects name, and who gave its accession number.

Exams that are known already tell them once their objects are read anew (``doseledger replay --apply``).

Revision: 0021, after 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_UP = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE exam ADD accession_issuer text, ADD admission_id text, ADD admission_issuer text;
CREATE INDEX ix_exam_admission_id ON exam (admission_id) WHERE admission_id IS NOT NULL;
"""
_DOWN = """
SET LOCAL lock_timeout = '5s';

ALTER TABLE exam DROP accession_issuer, DROP admission_id, DROP admission_issuer;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
