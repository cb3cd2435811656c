"""
Statements of every modality: each names its shape, a CT one lists its slices; what no reader took is read again.

Revision: 0003, after 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        UPDATE statement SET content = (content - 'slice') || jsonb_build_object(
            'shape', 'ct',
            'slices', CASE WHEN content -> 'slice' IS NULL OR content -> 'slice' = 'null'::jsonb
                      THEN '[]'::jsonb ELSE jsonb_build_array(content -> 'slice') END)
        """
    )
    # The sweep reads what is pending. What it still cannot read gets its finding anew.
    op.execute(
        """
        UPDATE finding SET resolved_at = now() WHERE resolved_at IS NULL AND kind IN ('no_reader', 'unreadable')
        """
    )
    op.execute(
        """
        UPDATE evidence SET read_status = 'pending', read_reason = NULL, read_at = NULL
        WHERE read_status IN ('unreadable', 'not_dose')
        """
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # The readers before know CT alone: what they cannot hold is read again by whichever comes next.
    op.execute(
        """
        UPDATE evidence SET read_status = 'pending', read_at = NULL WHERE id IN (
            SELECT evidence_id FROM statement
            WHERE content ->> 'shape' <> 'ct' OR jsonb_array_length(content -> 'slices') > 1)
        """
    )
    op.execute("DELETE FROM statement WHERE content ->> 'shape' <> 'ct' OR jsonb_array_length(content -> 'slices') > 1")
    op.execute(
        """
        UPDATE statement
        SET content = (content - 'slices' - 'shape') || jsonb_build_object('slice', content -> 'slices' -> 0)
        """
    )
