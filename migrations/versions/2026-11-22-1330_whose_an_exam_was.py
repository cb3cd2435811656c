"""
Decisions about exams say whose the exam was before.

Revision: 0011, after 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE exam_decision ADD COLUMN from_patient_id uuid
            CONSTRAINT fk_exam_decision_from_patient_id_patient REFERENCES patient (id) ON DELETE RESTRICT;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE exam_decision DROP COLUMN from_patient_id;
        """
    )
