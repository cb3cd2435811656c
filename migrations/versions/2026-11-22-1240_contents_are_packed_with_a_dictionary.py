"""
What statements and exams hold is packed with a dictionary; what was packed before is read as it is.

Revision: 0008, after 0007
"""

import zlib

import sqlalchemy as sa
from alembic import op

from db.packing import unpack

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BATCH = 500
_WITH_DICTIONARY = "get_byte(content, 1) & 32 <> 0"  # RFC 1950, 2.2: FDICT


def upgrade() -> None:
    """Nothing is to do."""


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    connection = op.get_bind()
    for table in ("statement", "exam_revision"):
        found = sa.text(f"SELECT id, content FROM {table} WHERE {_WITH_DICTIONARY} LIMIT :batch")  # noqa: S608 - ours
        fill = sa.text(f"UPDATE {table} SET content = :content WHERE id = :id")  # noqa: S608 - ours
        while rows := connection.execute(found, {"batch": _BATCH}).all():
            plain = [{"id": row.id, "content": zlib.compress(unpack(bytes(row.content)))} for row in rows]
            connection.execute(fill, plain)
